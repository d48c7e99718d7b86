//! Repeats and reused ids, told apart by the writer.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use support::{append_each, batch, item, open};
use toancanh_log::disk::sim::SimDisk;
use toancanh_log::{Batch, Item, Outcome, Seq};

fn appended(seq: u64) -> Outcome {
    Outcome::Appended(Seq::new(seq))
}

fn duplicate(seq: u64) -> Outcome {
    Outcome::Duplicate(Seq::new(seq))
}

fn reused(seq: u64) -> Outcome {
    Outcome::IdReused(Seq::new(seq))
}

/// The same id with other content.
fn other(number: u64) -> Item {
    Item { digest: [0xEE; 32], ..item(number, 10) }
}

#[track_caller]
fn check(earlier: std::ops::Range<u64>, items: Vec<Item>, want: &[Outcome]) {
    for restart in [false, true] {
        let disk = SimDisk::new(1);
        let mut log = open(&disk).0;
        append_each(&log, earlier.clone(), 10);
        if restart {
            drop(log);
            log = open(&disk).0;
        }
        let answer = log.append(Batch::of(items.clone())).unwrap();
        assert_eq!(answer.outcomes, want, "after a restart: {restart}");
        assert_eq!(answer.durable, log.durable());
        let news = want.iter().filter(|outcome| matches!(outcome, Outcome::Appended(_))).count();
        assert_eq!(log.durable().get(), earlier.end - earlier.start + news as u64);
    }
}

#[test]
fn a_repeat_is_named_with_its_place() {
    check(0..3, vec![item(1, 10), item(3, 10)], &[duplicate(2), appended(4)]);
}

#[test]
fn a_repeat_within_one_batch_is_a_repeat() {
    check(0..1, vec![item(7, 10), item(7, 10), item(7, 10)], &[appended(2), duplicate(2), duplicate(2)]);
}

#[test]
fn the_same_id_with_other_content_is_refused_alone() {
    check(
        0..2,
        vec![other(0), item(5, 10), other(5), item(1, 10)],
        &[reused(1), appended(3), reused(3), duplicate(2)],
    );
}

#[test]
fn a_batch_of_repeats_writes_nothing() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..5, 10);
    let before = log.stats();
    let answer = log.append(batch(0..5, 10)).unwrap();
    assert_eq!(answer.outcomes, [duplicate(1), duplicate(2), duplicate(3), duplicate(4), duplicate(5)]);
    let after = log.stats();
    assert_eq!((after.frames_total, after.fsyncs_total), (before.frames_total, before.fsyncs_total));
    assert_eq!(after.duplicates_total, 5);
}

#[test]
fn a_digest_that_differs_only_behind_its_middle_counts_as_the_same() {
    // The index keeps half of it: documented, 128 bits.
    let twin = Item {
        digest: {
            let mut digest = item(0, 10).digest;
            digest[31] ^= 1;
            digest
        },
        ..item(0, 10)
    };
    check(0..1, vec![twin], &[duplicate(1)]);
}
