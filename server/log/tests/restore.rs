//! A log made again from its copy: whole, up to any record, up to an instant; it goes on as the same log.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use support::{DIR, NEW_YEAR_US, append_each, batch, options, read_all, segments};
use toancanh_log::backup::{Restored, Until, restore};
use toancanh_log::clock::ManualClock;
use toancanh_log::disk::sim::SimDisk;
use toancanh_log::keys::KeyStore;
use toancanh_log::{Against, Disk, Log, OpenError, Options, RealDisk, Seq, StoredRecord, verify};

const TO: &str = "/again/log";
const SECOND_US: i64 = 1_000_000;

/// Commits of one to five records, one each second, over several segments; a checkpoint in the middle.
fn source() -> (SimDisk, Vec<StoredRecord>) {
    let disk = SimDisk::new(1);
    let clock = Arc::new(ManualClock::at(NEW_YEAR_US));
    let (log, _) = Log::open(DIR, options(&disk).clock(clock.clone())).unwrap();
    let keys = KeyStore::open_on(Arc::new(disk.clone()), "/keys", "test").unwrap();
    let mut number = 0;
    for commit in 0..30 {
        let size = 1 + commit % 5;
        log.append(batch(number..number + size, 300)).unwrap();
        number += size;
        clock.advance(Duration::from_secs(1));
        if commit == 15 {
            log.checkpoint(&keys).unwrap();
        }
    }
    let records = read_all(&log);
    (disk, records)
}

fn restore_on(disk: &SimDisk, until: Until) -> Result<Restored, OpenError> {
    let disk: Arc<dyn Disk> = Arc::new(disk.clone());
    restore(&disk, DIR.as_ref(), TO.as_ref(), until, 0)
}

/// Restores, and sees that exactly the first `count` records are there and that the log goes on.
#[track_caller]
fn check(until: Until, count: usize) {
    let (disk, records) = source();
    let restored = restore_on(&disk, until).unwrap();
    assert_eq!(restored.position.durable(), Seq::new(count as u64), "{until:?}");
    assert_eq!(restored.recorded_us, count.checked_sub(1).map(|last| records[last].recorded_us), "{until:?}");
    let shared: Arc<dyn Disk> = Arc::new(disk.clone());
    let found = verify(&shared, TO.as_ref(), Against::default()).unwrap();
    assert!(found.is_whole() && found.torn.is_none(), "{until:?}: {found:?}");
    let (log, recovery) = Log::open(TO, options(&disk)).unwrap();
    assert_eq!(recovery.torn, None, "{until:?}");
    assert_eq!(read_all(&log), records[..count], "{until:?}");
    append_each(&log, 1_000..1_010, 300);
    drop(log);
    let (log, _) = Log::open(TO, options(&disk.after_power_cut(1))).unwrap();
    assert_eq!(log.durable(), Seq::new(count as u64 + 10), "{until:?}");
}

#[test]
fn a_log_is_restored_whole() {
    let (disk, records) = source();
    assert!(segments(&disk).len() > 1);
    check(Until::End, records.len());
    check(Until::Seq(Seq::new(10_000)), records.len());
    check(Until::Instant(i64::MAX), records.len());
}

#[test]
fn a_log_is_restored_up_to_any_record() {
    for last in 0..=90 {
        check(Until::Seq(Seq::new(last)), last as usize);
    }
}

#[test]
fn a_log_is_restored_up_to_an_instant() {
    let (_, records) = source();
    for half_seconds in -1..62 {
        let at_us = NEW_YEAR_US + half_seconds * SECOND_US / 2;
        let count = records.iter().filter(|record| record.recorded_us <= at_us).count();
        check(Until::Instant(at_us), count);
    }
}

#[test]
fn a_checkpoint_before_its_end_comes_with_it_and_a_later_one_does_not() {
    for (last, want) in [(20, 0), (90, 1)] {
        let (disk, _) = source();
        restore_on(&disk, Until::Seq(Seq::new(last))).unwrap();
        let shared: Arc<dyn Disk> = Arc::new(disk);
        let found = verify(&shared, TO.as_ref(), Against::default()).unwrap();
        assert_eq!((found.checkpoints, found.is_whole()), (want, true), "{last}");
    }
}

#[test]
fn nothing_is_restored_over_something() {
    let (disk, _) = source();
    disk.put(&PathBuf::from(TO).join("letter.txt"), b"dear".to_vec());
    assert!(matches!(restore_on(&disk, Until::End), Err(OpenError::NotEmpty { .. })));
}

#[test]
fn of_a_damaged_copy_what_stands_before_the_damage_can_be_had() {
    let (disk, records) = source();
    disk.damage(&segments(&disk)[1], |bytes| bytes[4_096 + 3_000] ^= 1);
    let refused = restore_on(&disk, Until::End);
    let Err(OpenError::Corrupt(corruption)) = refused else { panic!("{refused:?}") };
    let intact = corruption.intact_to;
    for file in disk.files().into_iter().filter(|file| file.starts_with(TO)) {
        disk.steal(&file);
    }
    restore_on(&disk, Until::Seq(intact)).unwrap();
    let (log, _) = Log::open(TO, options(&disk)).unwrap();
    assert_eq!(read_all(&log), records[..intact.get() as usize]);
}

#[test]
fn a_running_log_is_restored_from_while_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let from = dir.path().join("log");
    let options = || Options::default().segment_bytes(64 << 10);
    let (log, _) = Log::open(&from, options()).unwrap();
    append_each(&log, 0..10, 500);
    let stop = AtomicBool::new(false);
    let copies = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut number = 10;
            while !stop.load(Ordering::Relaxed) {
                append_each(&log, number..number + 1, 500);
                number += 1;
            }
        });
        let mut copies = Vec::new();
        for turn in 0..20 {
            let to = dir.path().join(format!("again-{turn}"));
            let before = log.durable();
            let disk: Arc<dyn Disk> = Arc::new(RealDisk);
            let restored = restore(&disk, &from, &to, Until::End, 0).unwrap();
            assert!(restored.position.durable() >= before, "what was acknowledged before is in it");
            copies.push(to);
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap();
        copies
    });
    let all = read_all(&log);
    for copy in copies {
        let (log, _) = Log::open(copy, options()).unwrap();
        let records = read_all(&log);
        assert_eq!(records, all[..records.len()]);
    }
}
