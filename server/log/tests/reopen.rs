//! What was acknowledged is there after a restart, in order, however it is asked for.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use support::{DIR, NEW_YEAR_US, append_each, batch, item, open, options, read_all, segments};
use toancanh_log::clock::ManualClock;
use toancanh_log::disk::sim::SimDisk;
use toancanh_log::{Batch, Cursor, Log, OpenMode, Options, Outcome, Seq};

#[test]
fn everything_is_there_after_a_clean_stop() {
    let disk = SimDisk::new(1);
    let (log, first) = open(&disk);
    assert!(first.created);
    append_each(&log, 0..100, 300);
    drop(log);

    let (log, again) = open(&disk);
    assert!(!again.created);
    assert_eq!((again.durable, again.frames), (Seq::new(100), 100));
    assert_eq!((again.torn, again.head_slots_bad), (None, 0));
    let records = read_all(&log);
    assert_eq!(records.len(), 100);
    for (number, record) in records.iter().enumerate() {
        let item = item(number as u64, 300);
        assert_eq!(record.seq, Seq::new(number as u64 + 1));
        assert_eq!((record.key, record.digest, &record.bytes), (item.key, item.digest, &item.payload));
        assert_eq!(record.recorded_us, NEW_YEAR_US);
    }
}

#[test]
fn everything_is_there_on_a_real_disk() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a/b");
    let small = || Options::default().segment_bytes(64 << 10);
    let (log, _) = Log::open(&path, small()).unwrap();
    append_each(&log, 0..300, 600);
    log.append(batch(300..900, 600)).unwrap();
    drop(log);
    let (log, recovery) = Log::open(&path, small()).unwrap();
    assert!(recovery.segments > 3, "{recovery:?}");
    let wanted: Vec<u64> = (0..900).collect();
    assert_eq!(support::numbers(&log), wanted);
    // Pre-zeroed: each segment has its full size from the start.
    for entry in std::fs::read_dir(&path).unwrap() {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|end| end == "seg") {
            assert_eq!(entry.metadata().unwrap().len(), 64 << 10);
        }
    }
}

#[test]
fn a_log_goes_on_through_many_segments_and_restarts() {
    let disk = SimDisk::new(1);
    for life in 0..10 {
        let (log, recovery) = open(&disk);
        assert_eq!(recovery.durable, Seq::new(life * 50));
        append_each(&log, life * 50..(life + 1) * 50, 700);
    }
    assert!(segments(&disk).len() > 10, "{:?}", segments(&disk));
    let (log, _) = open(&disk);
    assert_eq!(support::numbers(&log), (0..500).collect::<Vec<u64>>());
}

#[test]
fn a_batch_larger_than_a_segment_is_acknowledged_whole() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    let answer = log.append(batch(0..200, 500)).unwrap();
    assert_eq!(answer.durable, Seq::new(200));
    assert_eq!(answer.outcomes[199], Outcome::Appended(Seq::new(200)));
    drop(log);
    let (log, _) = open(&disk);
    assert_eq!(support::numbers(&log), (0..200).collect::<Vec<u64>>());
}

#[test]
fn any_record_is_found_by_its_place() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    log.append(batch(0..30, 400)).unwrap();
    append_each(&log, 30..90, 400);
    for reopened in [false, true] {
        let log = if reopened {
            drop(log.clone());
            log.close();
            open(&disk).0
        } else {
            log.clone()
        };
        for number in [89_u64, 0, 45, 29, 30, 31, 60, 1] {
            let record = log.read_one(Seq::new(number + 1)).unwrap().unwrap();
            assert_eq!(support::number_of(&record), number);
        }
        assert_eq!(log.read_one(Seq::ZERO).unwrap(), None);
        assert_eq!(log.read_one(Seq::new(91)).unwrap(), None);
        let places = [Seq::new(80), Seq::new(5), Seq::new(1_000), Seq::new(6)];
        let many = log.read_many(&places).unwrap();
        assert_eq!(many.iter().map(|record| record.seq.get()).collect::<Vec<_>>(), [80, 5, 6]);
        let from_there: Vec<_> = log.read_from(Seq::new(88)).map(|record| record.unwrap().seq).collect();
        assert_eq!(from_there, [Seq::new(88), Seq::new(89), Seq::new(90)]);
    }
}

#[test]
fn a_reader_that_began_before_an_append_ends_where_it_began() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..5, 100);
    let mut records = log.read_from(Seq::FIRST);
    assert_eq!(records.next().unwrap().unwrap().seq, Seq::FIRST);
    append_each(&log, 5..80, 900);
    assert_eq!(records.count(), 4);
    assert_eq!(log.read_from(Seq::new(6)).count(), 75);
}

#[test]
fn cursors_are_durable_with_their_events_and_alone() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    let cursor = |source: &str, position: &str| Cursor {
        source: source.to_owned(),
        position: position.as_bytes().to_vec(),
    };
    let with_item = Batch { items: vec![item(1, 10)], cursors: vec![cursor("a", "1"), cursor("b", "x")] };
    log.append(with_item).unwrap();
    log.append(Batch { items: Vec::new(), cursors: vec![cursor("a", "2")] }).unwrap();
    // The same position once more is nothing new: no frame for it.
    let frames = log.stats().frames_total;
    log.append(Batch { items: Vec::new(), cursors: vec![cursor("a", "2")] }).unwrap();
    assert_eq!(log.stats().frames_total, frames);
    log.append(batch(2..3, 10)).unwrap();
    let held = log.cursors();
    assert_eq!(held["a"], b"2");
    drop(log);
    let disk = disk.after_power_cut(7);
    let (log, recovery) = open(&disk);
    assert_eq!(recovery.cursors, held);
    assert_eq!(log.cursors(), held);
    assert_eq!(recovery.durable, Seq::new(2));
}

#[test]
fn a_segment_full_of_cursors_alone_is_followed_by_another_of_the_same_first_seq() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    for turn in 0..200_u32 {
        let position = turn.to_le_bytes().repeat(20);
        log.append(Batch { items: Vec::new(), cursors: vec![Cursor { source: "s".into(), position }] })
            .unwrap();
    }
    assert!(segments(&disk).len() > 2);
    append_each(&log, 0..3, 10);
    drop(log);
    let (log, recovery) = open(&disk);
    assert_eq!(recovery.cursors["s"], 199_u32.to_le_bytes().repeat(20));
    assert_eq!(support::numbers(&log), [0, 1, 2]);
    assert_eq!(support::number_of(&log.read_one(Seq::FIRST).unwrap().unwrap()), 0);
}

#[test]
fn records_carry_the_clock_and_keep_their_order_when_it_jumps() {
    let disk = SimDisk::new(1);
    let clock = Arc::new(ManualClock::at(NEW_YEAR_US));
    let (log, _) = Log::open(DIR, options(&disk).clock(clock.clone())).unwrap();
    let ten_years_us = 10 * 366 * 86_400_000_000;
    let mut instants = Vec::new();
    for (number, shift) in [0, ten_years_us, -ten_years_us, 3_600_000_000].into_iter().enumerate() {
        clock.set(NEW_YEAR_US + shift);
        clock.advance(Duration::from_micros(5));
        append_each(&log, number as u64..number as u64 + 1, 10);
        instants.push(NEW_YEAR_US + shift + 5);
    }
    drop(log);
    let (log, _) = open(&disk);
    let read: Vec<i64> = read_all(&log).iter().map(|record| record.recorded_us).collect();
    assert_eq!(read, instants);
    assert_eq!(support::numbers(&log), [0, 1, 2, 3]);
}

#[test]
fn reading_alone_changes_nothing() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..40, 500);
    drop(log);
    let ops = disk.ops();
    let (log, recovery) = Log::open(DIR, options(&disk).mode(OpenMode::ReadOnly)).unwrap();
    assert!(recovery.read_only && log.is_read_only());
    assert_eq!(support::numbers(&log).len(), 40);
    let refused = log.append(batch(40..41, 1)).unwrap_err();
    assert_eq!(refused, toancanh_log::AppendError::ReadOnly);
    drop(log);
    assert_eq!(disk.ops(), ops);
}

#[test]
fn the_opening_tells_how_far_it_is() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..100, 700);
    drop(log);
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let tell = Arc::clone(&seen);
    let mut options = options(&disk);
    options.progress = Some(Box::new(move |progress| tell.lock().unwrap().push(progress)));
    drop(Log::open(DIR, options).unwrap());
    let seen = seen.lock().unwrap();
    let last = seen.last().unwrap();
    assert!(seen.len() > 3);
    assert!(seen.windows(2).all(|pair| pair[0].bytes_done <= pair[1].bytes_done));
    assert_eq!(last.records, 100);
    assert_eq!(last.bytes_done, last.bytes_total);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_sequence_of_batches_comes_back(
        batches in prop::collection::vec(prop::collection::vec(0_usize..3_000, 0..12), 1..30),
        restarts in prop::collection::vec(any::<bool>(), 30),
    ) {
        let disk = SimDisk::new(1);
        let mut log = open(&disk).0;
        let mut sizes = Vec::new();
        for (batch, restart) in batches.iter().zip(restarts) {
            let first = sizes.len() as u64;
            let items = batch.iter().zip(first..).map(|(bytes, number)| item(number, *bytes)).collect();
            let answer = log.append(Batch::of(items)).unwrap();
            for (at, outcome) in answer.outcomes.iter().enumerate() {
                prop_assert_eq!(*outcome, Outcome::Appended(Seq::new(first + at as u64 + 1)));
            }
            sizes.extend(batch);
            if restart {
                drop(log);
                log = open(&disk).0;
            }
        }
        let read = read_all(&log);
        prop_assert_eq!(read.len(), sizes.len());
        for (number, (record, bytes)) in read.iter().zip(sizes).enumerate() {
            prop_assert_eq!(&record.bytes, &support::payload(number as u64, bytes));
        }
    }
}
