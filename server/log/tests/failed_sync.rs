//! A disk that cannot promise: the log stops acknowledging for good, and says so.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::sync::{Arc, Mutex};

use support::{DIR, append_each, batch, open, options};
use toancanh_log::disk::sim::{Fault, Lie, Op, SimDisk};
use toancanh_log::{AppendError, Log, Seq};

#[track_caller]
fn check_not_durable(log: &Log, number: u64) {
    let refused = log.append(batch(number..number + 1, 10)).unwrap_err();
    assert!(matches!(refused, AppendError::NotDurable { .. }), "{refused:?}");
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged_any_more() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..5, 100);
    disk.fail_next(Op::SyncData, Fault::Io);
    check_not_durable(&log, 5);
    let syncs = disk.count(Op::SyncData);
    // The next sync would answer with success, and save nothing.
    for number in 6..10 {
        check_not_durable(&log, number);
    }
    assert_eq!(disk.count(Op::SyncData), syncs, "a failed sync was tried again");
    assert!(log.stats().poisoned);
    assert_eq!(log.durable(), Seq::new(5));
    assert_eq!(support::numbers(&log), [0, 1, 2, 3, 4]);
}

#[test]
fn a_duplicate_of_what_could_not_be_made_durable_is_not_answered_as_one() {
    for fault in [Fault::Io, Fault::NoSpace] {
        let disk = SimDisk::new(1);
        let door = support::Door::default();
        let (log, _) = Log::open(DIR, options(&disk).before_commit(door.pass())).unwrap();
        door.close();
        let submit = |number: u64| {
            let (tell, told) = std::sync::mpsc::sync_channel(1);
            log.submit(batch(number..number + 1, 10), Box::new(move |answer| tell.send(answer).unwrap()));
            told
        };
        let first = submit(0);
        door.await_waiting();
        // One commit: the record, and its repeat by somebody else.
        let answers = [submit(1), submit(1)];
        // The first commit writes its frame, syncs it, writes HEAD; then the second writes and syncs.
        let ahead = if fault == Fault::NoSpace { 4 } else { 5 };
        disk.fail_at(disk.ops() + ahead, fault);
        door.open();
        first.recv().unwrap().unwrap();
        for answer in answers {
            let answer = answer.recv().unwrap();
            assert!(answer.is_err(), "{fault:?}: {answer:?}");
        }
        assert_eq!(log.durable(), Seq::FIRST);
    }
}

#[test]
fn what_a_failed_sync_left_in_memory_is_saved_before_it_is_shown() {
    // Over many chances of what the failed sync saved and what the cut leaves.
    for seed in 0..200 {
        let disk = SimDisk::new(seed);
        let (log, _) = open(&disk);
        append_each(&log, 0..3, 900);
        disk.fail_next(Op::SyncData, Fault::Io);
        check_not_durable(&log, 3);
        drop(log);
        disk.kill();
        // The process comes back, the cache is as it was: the record is read, shown, and told of as
        // a duplicate.
        let (log, recovery) = open(&disk);
        let shown = recovery.durable;
        drop(log);
        let (log, _) = open(&disk.after_power_cut(seed));
        assert_eq!(log.durable(), shown, "seed {seed}");
    }
}

#[test]
fn a_disk_that_lies_while_saving_again_is_caught_by_the_same_check() {
    let lost = (0..200).filter(|seed| {
        let disk = SimDisk::new(*seed);
        let (log, _) = open(&disk);
        append_each(&log, 0..3, 900);
        disk.lie(Lie::SyncData);
        append_each(&log, 3..4, 10);
        drop(log);
        let shown = open(&disk).1.durable;
        let after = Log::open(DIR, options(&disk.after_power_cut(*seed)));
        after.is_err() || after.is_ok_and(|(log, _)| log.durable() < shown)
    });
    assert!(lost.count() > 0);
}

#[test]
fn a_failed_write_or_head_or_new_segment_stops_it_too() {
    for (op, what) in [
        (Op::Write, "a write"),
        (Op::SyncAll, "a new segment"),
        (Op::Rename, "a rename"),
        (Op::SyncDir, "names"),
    ] {
        let disk = SimDisk::new(1);
        let (log, _) = open(&disk);
        append_each(&log, 0..3, 10);
        disk.fail_next(op, Fault::Io);
        let mut number = 3;
        while log.append(batch(number..number + 1, 900)).is_ok() {
            number += 1;
            assert!(number < 100, "{what}");
        }
        check_not_durable(&log, 100);
        drop(log);
        let (log, _) = open(&disk.after_power_cut(1));
        let numbers = support::numbers(&log);
        assert!(numbers.len() as u64 >= number, "{what}: {numbers:?}");
        append_each(&log, 200..203, 10);
    }
}

#[test]
fn a_head_that_cannot_be_synced_stops_it_but_not_the_answer_given() {
    let disk = SimDisk::new(1);
    let mut options = options(&disk);
    options.head_frames = 1;
    let (log, _) = Log::open(DIR, options).unwrap();
    // The frame's own sync comes first, then HEAD's.
    disk.fail_at(disk.ops() + 4, Fault::Io);
    assert_eq!(log.append(batch(0..1, 10)).unwrap().durable, Seq::FIRST);
    check_not_durable(&log, 1);
    drop(log);
    assert_eq!(open(&disk.after_power_cut(1)).0.durable(), Seq::FIRST);
}

#[test]
fn what_must_be_durable_before_is_asked_before_anything_is_written() {
    let disk = SimDisk::new(1);
    let fails = Arc::new(Mutex::new(None));
    let asked = Arc::clone(&fails);
    let hook = move || match *asked.lock().unwrap() {
        Some(kind) => Err(std::io::Error::from(kind)),
        None => Ok(()),
    };
    let (log, _) = Log::open(DIR, options(&disk).before_commit(hook)).unwrap();
    append_each(&log, 0..2, 10);
    let ops = disk.ops();
    *fails.lock().unwrap() = Some(std::io::ErrorKind::BrokenPipe);
    let refused = log.append(batch(2..3, 10)).unwrap_err();
    assert!(matches!(refused, AppendError::BeforeCommit { .. }), "{refused:?}");
    *fails.lock().unwrap() = Some(std::io::ErrorKind::StorageFull);
    assert_eq!(log.append(batch(2..3, 10)).unwrap_err(), AppendError::Full);
    assert_eq!(disk.ops(), ops, "something was written");
    *fails.lock().unwrap() = None;
    append_each(&log, 2..4, 10);
    assert_eq!(log.durable(), Seq::new(4));
}

#[test]
fn a_sync_that_is_tried_again_answers_success_and_saves_nothing() {
    // The control: what a log that tries again would believe, shown on the same disk.
    use toancanh_log::Disk;
    use toancanh_log::disk::Access;
    let lost = (0..50).filter(|seed| {
        let disk = SimDisk::new(*seed);
        let path = support::path("file");
        let file = disk.open(&path, Access::Create).unwrap();
        disk.sync_dir(std::path::Path::new(DIR)).unwrap();
        file.write_at(&[7; 2_048], 0).unwrap();
        disk.fail_next(Op::SyncData, Fault::Io);
        file.sync_data().unwrap_err();
        file.sync_data().unwrap();
        disk.after_power_cut(*seed).contents(&path).is_none_or(|bytes| bytes != [7; 2_048])
    });
    assert!(lost.count() > 25);
}
