//! A full disk: refused plainly, nothing acknowledged lost, and on again by itself.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use support::{DIR, append_each, batch, open, options};
use toancanh_log::disk::sim::{Fault, Op, SimDisk};
use toancanh_log::{AppendError, Log, OpenError, Seq};

#[test]
fn when_room_comes_back_the_log_goes_on_by_itself() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..5, 500);
    disk.set_full(true);
    for _ in 0..3 {
        assert_eq!(log.append(batch(5..8, 2_000)).unwrap_err(), AppendError::Full);
    }
    assert_eq!(log.durable(), Seq::new(5));
    assert_eq!(support::numbers(&log), [0, 1, 2, 3, 4]);
    disk.set_full(false);
    // Shorter than what failed: its remains must not stay behind it.
    append_each(&log, 5..9, 10);
    let stats = log.stats();
    assert_eq!((stats.poisoned, stats.refused_full_total), (false, 3));
    drop(log);
    let (log, recovery) = open(&disk.after_power_cut(3));
    assert_eq!(recovery.torn, None);
    assert_eq!(support::numbers(&log), (0..9).collect::<Vec<u64>>());
}

#[test]
fn what_failed_for_lack_of_room_is_news_when_it_is_sent_again() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    disk.set_full(true);
    log.append(batch(0..3, 100)).unwrap_err();
    disk.set_full(false);
    let answer = log.append(batch(0..3, 100)).unwrap();
    let appended = |seq| toancanh_log::Outcome::Appended(Seq::new(seq));
    assert_eq!(answer.outcomes, [appended(1), appended(2), appended(3)]);
}

#[test]
fn no_room_for_the_next_segment_is_no_loss() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..3, 100);
    // Room for this segment and a half; the space of what was written is there beforehand.
    disk.set_capacity(36 << 10);
    let mut written = 3;
    let refused = loop {
        match log.append(batch(written..written + 1, 800)) {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, AppendError::Full);
    assert!(written > 10, "{written}");
    let unfinished = disk.files().into_iter().find(|file| file.to_string_lossy().ends_with(".new"));
    assert_eq!(unfinished, None, "an unfinished segment takes the last room");
    assert_eq!(log.append(batch(written..written + 1, 800)).unwrap_err(), AppendError::Full);
    // A small one still fits into what was prepared.
    append_each(&log, written..written + 1, 1);
    disk.set_capacity(u64::MAX);
    append_each(&log, written + 1..written + 20, 800);
    drop(log);
    let (log, _) = open(&disk.after_power_cut(5));
    assert_eq!(support::numbers(&log), (0..written + 20).collect::<Vec<u64>>());
}

#[test]
fn a_batch_half_of_which_found_room_is_refused_and_can_be_sent_again() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    disk.set_capacity(36 << 10);
    // Several segments long: the first ones land, then there is no room.
    assert_eq!(log.append(batch(0..100, 900)).unwrap_err(), AppendError::Full);
    let landed = log.durable().get();
    assert!(landed > 0 && landed < 100, "{landed}");
    disk.set_capacity(u64::MAX);
    let answer = log.append(batch(0..100, 900)).unwrap();
    let duplicates =
        answer.outcomes.iter().filter(|outcome| matches!(outcome, toancanh_log::Outcome::Duplicate(_)));
    assert_eq!(duplicates.count() as u64, landed);
    assert_eq!(support::numbers(&log), (0..100).collect::<Vec<u64>>());
}

#[test]
fn a_full_disk_at_the_first_opening_leaves_nothing_in_the_way() {
    let disk = SimDisk::new(1);
    disk.set_capacity(10 << 10);
    let opened = Log::open(DIR, options(&disk));
    assert!(matches!(opened, Err(OpenError::Full { .. })), "{opened:?}");
    disk.set_capacity(u64::MAX);
    let (log, recovery) = open(&disk);
    assert!(recovery.created);
    append_each(&log, 0..3, 10);
}

#[test]
fn no_room_for_head_does_not_stop_the_log() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    // The frame is written, then HEAD's turn comes.
    disk.fail_at(disk.ops() + 3, Fault::NoSpace);
    append_each(&log, 0..5, 10);
    assert!(!log.stats().poisoned);
    assert!(disk.count(Op::Write) > 0);
    drop(log);
    assert_eq!(open(&disk.after_power_cut(1)).0.durable(), Seq::new(5));
}
