//! `HEAD`, the witness: how far it may lag, what it proves, and what is told without it.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use support::{DIR, NEW_YEAR_US, append_each, open, options, path, segments};
use toancanh_log::clock::ManualClock;
use toancanh_log::disk::sim::{Op, SimDisk};
use toancanh_log::{Batch, Damage, Log, OpenError, Seq};

fn slots(disk: &SimDisk) -> [Vec<u8>; 2] {
    let head = disk.contents(&path("HEAD")).unwrap();
    [head[..4_096].to_vec(), head[4_096..].to_vec()]
}

/// After its answer the writer may still tend `HEAD`; an answer to nothing comes after that.
fn wait_until_idle(log: &Log) {
    log.append(Batch::default()).unwrap();
}

#[test]
fn between_two_syncs_only_one_slot_is_written() {
    let disk = SimDisk::new(1);
    let mut options = options(&disk);
    options.head_frames = 10;
    let (log, _) = Log::open(DIR, options).unwrap();
    let mut durable = slots(&disk);
    let mut turns = 0;
    for number in 0..100 {
        let syncs = disk.count(Op::SyncData);
        append_each(&log, number..number + 1, 10);
        wait_until_idle(&log);
        let now = slots(&disk);
        let changed = usize::from(now[0] != durable[0]) + usize::from(now[1] != durable[1]);
        assert_eq!(changed, 1, "frame {number}");
        if disk.count(Op::SyncData) - syncs == 2 {
            durable = now;
            turns += 1;
        }
    }
    assert_eq!(turns, 10);
}

#[test]
fn it_is_synced_each_second_that_something_was_written_in() {
    let disk = SimDisk::new(1);
    let clock = Arc::new(ManualClock::at(NEW_YEAR_US));
    let (log, _) = Log::open(DIR, options(&disk).clock(clock.clone())).unwrap();
    let mut head_syncs = 0;
    for number in 0..20 {
        let syncs = disk.count(Op::SyncData);
        clock.advance(Duration::from_millis(400));
        append_each(&log, number..number + 1, 10);
        wait_until_idle(&log);
        head_syncs += disk.count(Op::SyncData) - syncs - 1;
    }
    // 400, 800, 1,200 → synced; and so on: every third.
    assert_eq!(head_syncs, 6);
}

#[test]
fn it_is_synced_a_second_later_though_nothing_follows() {
    let disk = SimDisk::new(1);
    let mut options = options(&disk).clock(Arc::new(toancanh_log::SystemClock::new()));
    options.head_every = Duration::from_millis(30);
    let (log, _) = Log::open(DIR, options).unwrap();
    append_each(&log, 0..1, 10);
    let frame_syncs = disk.count(Op::SyncData);
    // Only that it comes, not when: the test ends by its harness's limit if it never does.
    while disk.count(Op::SyncData) == frame_syncs {
        std::thread::sleep(Duration::from_millis(5));
    }
    let after = disk.after_power_cut(1);
    assert_eq!(slots(&after).iter().filter(|slot| slots(&disk).contains(slot)).count(), 2);
}

/// A log whose `HEAD` knows of `known` records only, as a power cut may leave it, and `more` behind.
fn lagging(known: u64, more: u64) -> SimDisk {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..known, 100);
    drop(log);
    let head = disk.contents(&path("HEAD")).unwrap();
    let (log, _) = open(&disk);
    append_each(&log, known..known + more, 100);
    wait_until_idle(&log);
    drop(log);
    disk.put(&path("HEAD"), head);
    disk
}

/// Where the frame with this number begins, from 0, in the first segment.
fn frame_start(disk: &SimDisk, number: usize) -> usize {
    let bytes = disk.contents(&segments(disk)[0]).unwrap();
    let mut at = 4_096;
    for _ in 0..number {
        let body = u32::from_le_bytes(bytes[at + 8..at + 12].try_into().unwrap()) as usize;
        at += 128 + body.next_multiple_of(8);
    }
    at
}

#[test]
fn frames_that_it_does_not_know_yet_are_taken_in() {
    let disk = lagging(5, 5);
    let (log, recovery) = open(&disk);
    assert_eq!((log.durable(), recovery.torn), (Seq::new(10), None));
}

#[test]
fn a_bad_frame_that_it_does_not_know_is_damage_if_another_follows() {
    for (part, at) in [("header", 20), ("hash", 60), ("body", 150)] {
        let disk = lagging(5, 5);
        let bad = frame_start(&disk, 7);
        let next = frame_start(&disk, 8) as u64;
        disk.damage(&segments(&disk)[0], |bytes| bytes[bad + at] ^= 4);
        let opened = Log::open(DIR, options(&disk)).map(drop);
        let Err(OpenError::Corrupt(corruption)) = opened else { panic!("{part}: {opened:?}") };
        assert_eq!((corruption.offset, corruption.intact_to), (bad as u64, Seq::new(7)), "{part}");
        assert!(matches!(corruption.damage, Damage::Frame { .. }), "{part}: {corruption}");
        assert!(
            corruption.to_string().contains(&format!("a later frame begins at byte {next}")),
            "{corruption}"
        );
    }
}

#[test]
fn a_bad_frame_is_damage_even_if_of_the_next_only_the_header_was_written() {
    // The next one is torn: its header alone says that the one before had been durable.
    let disk = lagging(5, 2);
    let (bad, torn) = (frame_start(&disk, 5), frame_start(&disk, 6));
    disk.damage(&segments(&disk)[0], |bytes| {
        bytes[bad + 150] ^= 1;
        bytes[torn + 128..torn + 200].fill(0);
    });
    let opened = Log::open(DIR, options(&disk)).map(drop);
    let Err(OpenError::Corrupt(corruption)) = opened else { panic!("{opened:?}") };
    assert_eq!(corruption.offset, bad as u64);
}

#[test]
fn a_bad_last_frame_that_it_does_not_know_is_a_torn_tail_and_said() {
    let disk = lagging(5, 5);
    let bad = frame_start(&disk, 9);
    disk.damage(&segments(&disk)[0], |bytes| bytes[bad + 150] ^= 1);
    let (log, recovery) = open(&disk);
    let torn = recovery.torn.unwrap();
    assert_eq!((log.durable(), torn.offset), (Seq::new(9), bad as u64));
    assert!(disk.contents(&torn.kept.unwrap()).is_some());
}

#[test]
fn one_bad_slot_is_said_and_does_not_matter() {
    for (slot, at) in [(0, 70), (1, 4_096 + 70)] {
        let disk = lagging(5, 0);
        disk.damage(&path("HEAD"), |bytes| bytes[at] ^= 1);
        let (log, recovery) = open(&disk);
        assert_eq!((recovery.head_slots_bad, log.durable()), (1, Seq::new(5)), "slot {slot}");
        drop(log);
        assert_eq!(open(&disk).1.head_slots_bad, 0);
    }
}
