//! Answers come after the sync that makes them true; commits share syncs; readers see in order.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};

use support::{DIR, Door, batch, item, open, options};
use toancanh_log::disk::sim::{Op, SimDisk};
use toancanh_log::{AppendError, Appended, Batch, Log, Outcome, Seq, StoredRecord};

type Answers = Receiver<Result<Appended, AppendError>>;

fn submit(log: &Log, batch: Batch) -> Answers {
    let (tell, told) = mpsc::sync_channel(1);
    log.submit(batch, Box::new(move |answer| tell.send(answer).unwrap()));
    told
}

#[test]
fn at_each_answer_a_power_cut_would_lose_nothing_of_it() {
    let disk = SimDisk::new(3);
    let (log, _) = open(&disk);
    let checked = Arc::new(Mutex::new(0));
    for number in 0..60 {
        let (disk, checked) = (disk.clone(), Arc::clone(&checked));
        log.submit(
            batch(number * 3..number * 3 + 3, 500),
            Box::new(move |answer| {
                let answer = answer.unwrap();
                let (after, _) = open(&disk.after_power_cut(number));
                for outcome in answer.outcomes {
                    let Outcome::Appended(seq) = outcome else { panic!("{outcome:?}") };
                    assert!(after.read_one(seq).unwrap().is_some(), "{seq} after answer {number}");
                }
                *checked.lock().unwrap() += 1;
            }),
        );
    }
    log.close();
    assert_eq!(*checked.lock().unwrap(), 60);
}

#[test]
fn what_waits_together_is_synced_together() {
    let disk = SimDisk::new(1);
    let door = Door::default();
    let (log, _) = Log::open(DIR, options(&disk).before_commit(door.pass())).unwrap();
    door.close();
    let first = submit(&log, batch(0..1, 10));
    door.await_waiting();
    let others: Vec<Answers> = (1..50).map(|number| submit(&log, batch(number..number + 1, 10))).collect();
    let syncs = disk.count(Op::SyncData);
    assert_eq!(log.stats().queued_batches, 49);
    door.open();
    assert_eq!(first.recv().unwrap().unwrap().durable, Seq::new(1));
    for (answer, number) in others.iter().zip(1..) {
        let answer = answer.recv().unwrap().unwrap();
        assert_eq!(answer.outcomes, [Outcome::Appended(Seq::new(number + 1))]);
        assert_eq!(answer.durable, Seq::new(50));
    }
    assert_eq!(disk.count(Op::SyncData) - syncs, 2);
    let stats = log.stats();
    assert_eq!((stats.frames_total, stats.records_total, stats.fsyncs_total), (2, 50, 2));
    assert_eq!((stats.queued_batches, stats.queued_bytes), (0, 0));
}

#[test]
fn a_lone_append_is_synced_at_once_and_alone() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    for number in 0..10 {
        let syncs = disk.count(Op::SyncData);
        log.append(batch(number..number + 1, 10)).unwrap();
        assert_eq!(disk.count(Op::SyncData) - syncs, 1);
    }
}

#[test]
fn many_threads_at_once_get_each_its_own_answer() {
    let dir = tempfile::tempdir().unwrap();
    let small = || toancanh_log::Options::default().segment_bytes(256 << 10);
    let (log, _) = Log::open(dir.path(), small()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8_u64 {
            let log = &log;
            scope.spawn(move || {
                for turn in 0..100 {
                    let number = thread * 1_000 + turn;
                    let answer = log.append(batch(number..number + 1, 200)).unwrap();
                    let Outcome::Appended(seq) = answer.outcomes[0] else { panic!("{answer:?}") };
                    let record = log.read_one(seq).unwrap().unwrap();
                    assert_eq!(support::number_of(&record), number);
                }
            });
        }
    });
    let stats = log.stats();
    assert_eq!(stats.records_total, 800);
    assert!(stats.fsyncs_total <= 800);
    drop(log);
    let (log, _) = Log::open(dir.path(), small()).unwrap();
    assert_eq!(log.durable(), Seq::new(800));
}

#[test]
fn the_reader_gets_everything_durable_in_order_before_the_answer() {
    let disk = SimDisk::new(1);
    let seen: Arc<Mutex<Vec<StoredRecord>>> = Arc::default();
    let sink = Arc::clone(&seen);
    let sink = move |records: Vec<StoredRecord>| sink.lock().unwrap().extend(records);
    let (log, _) = Log::open(DIR, options(&disk).sink(sink)).unwrap();
    log.append(batch(0..40, 900)).unwrap();
    assert_eq!(seen.lock().unwrap().len(), 40);
    // A duplicate is not handed on again.
    log.append(Batch::of(vec![item(3, 900), item(40, 5)])).unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(*seen, support::read_all(&log));
    assert_eq!(seen.len(), 41);
}

#[test]
fn a_reader_that_blocks_delays_answers_and_loses_none() {
    let disk = SimDisk::new(1);
    let (hand, taken) = mpsc::sync_channel(0);
    let sink = move |records: Vec<StoredRecord>| hand.send(records).unwrap();
    let (log, _) = Log::open(DIR, options(&disk).sink(sink)).unwrap();
    let answers: Vec<Answers> = (0..20).map(|number| submit(&log, batch(number..number + 1, 10))).collect();
    // Nobody reads: the first commit is durable, and its answer waits.
    while log.durable() < Seq::FIRST {
        std::thread::yield_now();
    }
    assert!(answers[0].try_recv().is_err());
    let mut read = 0;
    while read < 20 {
        read += taken.recv().unwrap().len();
    }
    for answer in answers {
        answer.recv().unwrap().unwrap();
    }
}

#[test]
fn a_reader_that_panics_stops_the_log_but_keeps_the_promises_made() {
    let disk = SimDisk::new(1);
    let sink = |_: Vec<StoredRecord>| panic!("the reader's own fault");
    let (log, _) = Log::open(DIR, options(&disk).sink(sink)).unwrap();
    assert_eq!(log.append(batch(0..1, 10)).unwrap().durable, Seq::FIRST);
    let refused = log.append(batch(1..2, 10)).unwrap_err();
    assert!(matches!(refused, AppendError::NotDurable { .. }), "{refused:?}");
    assert!(log.stats().poisoned);
}

#[test]
fn a_completion_that_panics_harms_nobody_else() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    log.submit(batch(0..1, 10), Box::new(|_| panic!("the caller's own fault")));
    assert_eq!(log.append(batch(1..2, 10)).unwrap().durable, Seq::new(2));
}

#[test]
fn a_full_queue_says_busy_and_forgets_nothing_that_it_took() {
    let disk = SimDisk::new(1);
    let door = Door::default();
    let mut options = options(&disk).before_commit(door.pass());
    options.queue_batches = 4;
    let (log, _) = Log::open(DIR, options).unwrap();
    door.close();
    let first = submit(&log, batch(0..1, 10));
    door.await_waiting();
    let waiting: Vec<Answers> = (1..5).map(|number| submit(&log, batch(number..number + 1, 10))).collect();
    let refused = submit(&log, batch(5..6, 10));
    assert_eq!(refused.try_recv().unwrap(), Err(AppendError::Busy));
    assert_eq!(log.stats().refused_busy_total, 1);
    door.open();
    first.recv().unwrap().unwrap();
    for answer in waiting {
        answer.recv().unwrap().unwrap();
    }
    assert_eq!(support::numbers(&log), [0, 1, 2, 3, 4]);
    log.append(batch(5..6, 10)).unwrap();
}

#[test]
fn the_queue_is_bounded_in_bytes_too() {
    let disk = SimDisk::new(1);
    let door = Door::default();
    let mut options = options(&disk).before_commit(door.pass());
    options.queue_bytes = 10_000;
    let (log, _) = Log::open(DIR, options).unwrap();
    door.close();
    let first = submit(&log, batch(0..1, 10));
    door.await_waiting();
    // Larger than the whole allowance, but alone in the queue: taken, or it could never be.
    let large = submit(&log, batch(1..31, 500));
    let refused = submit(&log, batch(31..32, 500));
    assert_eq!(refused.try_recv().unwrap(), Err(AppendError::Busy));
    door.open();
    first.recv().unwrap().unwrap();
    assert_eq!(large.recv().unwrap().unwrap().durable, Seq::new(31));
}

#[test]
fn what_could_never_be_written_is_refused_at_once() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    let refused = log.append(Batch::of(vec![item(0, 1), item(1, 10_000)])).unwrap_err();
    assert!(matches!(refused, AppendError::TooLarge { index: 1, bytes: 10_000, .. }), "{refused:?}");
    let cursor = toancanh_log::Cursor { source: "s".repeat(256), position: Vec::new() };
    let refused = log.append(Batch { items: vec![item(0, 1)], cursors: vec![cursor] }).unwrap_err();
    assert_eq!(refused, AppendError::BadCursor { index: 0 });
    assert_eq!(log.durable(), Seq::ZERO);
}

#[test]
fn closing_writes_what_waits_and_answers_it() {
    let disk = SimDisk::new(1);
    let door = Door::default();
    let (log, _) = Log::open(DIR, options(&disk).before_commit(door.pass())).unwrap();
    door.close();
    let answers: Vec<Answers> = (0..9).map(|number| submit(&log, batch(number..number + 1, 10))).collect();
    door.await_waiting();
    let closing = std::thread::spawn({
        let log = log.clone();
        move || log.close()
    });
    door.open();
    closing.join().unwrap();
    for answer in answers {
        answer.try_recv().unwrap().unwrap();
    }
    assert_eq!(log.append(batch(9..10, 10)).unwrap_err(), AppendError::Closed);
    assert_eq!(support::numbers(&log).len(), 9);
    // The directory is free, though a handle is still there to read by.
    let (again, recovery) = open(&disk);
    assert_eq!(recovery.durable, Seq::new(9));
    drop(again);
    drop(log);
}

#[test]
fn the_last_handle_may_go_with_a_completion() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    let (tell, told) = mpsc::sync_channel(1);
    let last = log.clone();
    log.submit(
        batch(0..1, 10),
        Box::new(move |answer| {
            drop(last);
            tell.send(answer).unwrap();
        }),
    );
    drop(log);
    told.recv().unwrap().unwrap();
}
