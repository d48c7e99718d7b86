//! Signed checkpoints and `verify`: what they prove, what each change of them or of the log comes to, and
//! what cannot be seen without one that was kept elsewhere.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use support::damage::{forge, frame_offsets};
use support::{DIR, append_each, open, options, path, segments};
use toancanh_log::disk::sim::SimDisk;
use toancanh_log::keys::{KeyStore, PublicKey};
use toancanh_log::{Against, Checkpoint, Disk, Log, OpenError, Seq, Verified, WhyBad, verify};

fn keys(disk: &SimDisk) -> KeyStore {
    KeyStore::open_on(Arc::new(disk.clone()), "/keys", "test").unwrap()
}

/// A log of several segments with a checkpoint after each ten records, closed.
fn signed() -> (SimDisk, PublicKey, Vec<Checkpoint>) {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    let keys = keys(&disk);
    let mut made = Vec::new();
    for ten in 0..6 {
        append_each(&log, ten * 10..ten * 10 + 10, 500);
        made.push(log.checkpoint(&keys).unwrap().unwrap());
    }
    (disk, keys.public_key(), made)
}

#[track_caller]
fn verified(disk: &SimDisk, kept: &[&str], trusted: &[PublicKey]) -> Verified {
    let kept = kept.iter().map(PathBuf::from).collect();
    let against = Against { kept, trusted: trusted.to_vec(), ..Against::default() };
    let disk: Arc<dyn Disk> = Arc::new(disk.copy());
    verify(&disk, DIR.as_ref(), against).unwrap()
}

fn put_kept(disk: &SimDisk, checkpoints: &[Checkpoint]) {
    let lines: String = checkpoints.iter().map(|checkpoint| format!("{checkpoint}\n")).collect();
    disk.put("/kept".as_ref(), lines.into_bytes());
}

#[test]
fn a_whole_log_is_verified_up_to_its_end_and_its_newest_checkpoint() {
    let (disk, key, made) = signed();
    let found = verified(&disk, &[], &[key]);
    assert!(found.is_whole() && !found.is_live, "{found:?}");
    assert_eq!((found.position.durable(), found.checkpoints), (Seq::new(60), 6));
    assert_eq!(found.newest.as_ref(), made.last());
    assert!(segments(&disk).len() > 2);
}

#[test]
fn nothing_is_signed_twice_and_an_empty_log_not_at_all() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    let keys = keys(&disk);
    assert_eq!(log.checkpoint(&keys).unwrap(), None);
    append_each(&log, 0..1, 10);
    assert!(log.checkpoint(&keys).unwrap().is_some());
    assert_eq!(log.checkpoint(&keys).unwrap(), None);
    drop(log);
    let (log, _) = open(&disk);
    assert_eq!(log.checkpoint(&keys).unwrap(), None);
}

#[test]
fn every_changed_byte_of_a_checkpoint_is_found_with_its_line() {
    let (disk, key, _) = signed();
    let file = path("checkpoints");
    let bytes = disk.contents(&file).unwrap();
    let second = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let third = second + bytes[second..].iter().position(|byte| *byte == b'\n').unwrap();
    for at in second..third {
        let disk = disk.copy();
        disk.damage(&file, |bytes| bytes[at] ^= 1);
        let found = verified(&disk, &[], &[key]);
        let bad = found.bad_checkpoints.first().unwrap_or_else(|| panic!("byte {at} of the file"));
        assert!(bad.offset >= second as u64 && bad.offset <= at as u64, "byte {at}: {bad}");
        assert_eq!(found.damage, None);
    }
}

#[test]
fn lines_that_others_signed_or_of_another_log_are_no_proof() {
    let (disk, key, made) = signed();
    let (_, other_key, others) = signed();
    put_kept(&disk, &others);
    let why = |trusted: &[PublicKey], at: usize| {
        verified(&disk, &["/kept"], trusted).bad_checkpoints[at].why.clone()
    };
    assert_eq!(why(&[key, other_key], 0), WhyBad::OtherLog);
    put_kept(&disk, &made);
    assert_eq!(why(&[other_key], 6), WhyBad::Untrusted { key });
    // Without a key that is trusted the form alone is checked; the caller says so.
    assert!(verified(&disk, &["/kept"], &[]).is_whole());
}

#[test]
fn a_log_forged_with_all_its_checksums_is_found_by_a_checkpoint() {
    // The whole chain after it would have to be forged too: here, of the last segment's last frame.
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    let mut rng = toancanh_log::disk::sim::Rng::new(3);
    let payload = (0..900).map(|_| rng.next_u64() as u8).collect();
    let key = std::array::from_fn(|_| rng.next_u64() as u8);
    let digest = std::array::from_fn(|_| rng.next_u64() as u8);
    log.append(toancanh_log::Batch::of(vec![toancanh_log::Item { key, digest, payload }])).unwrap();
    let keys = keys(&disk);
    log.checkpoint(&keys).unwrap();
    drop(log);
    disk.damage(&segments(&disk)[0], |bytes| forge(bytes, 4_096));
    // Who forges the log forges its HEAD as well.
    disk.steal(&path("HEAD"));
    let said = verified(&disk, &[], &[keys.public_key()]).damage.unwrap().to_string();
    assert!(said.contains("a signed checkpoint knows another frame"), "{said}");
}

/// Cuts everything of the log after the record that the checkpoint at `keep` signed: frames, `HEAD` and later
/// checkpoints, as somebody would who knows the format.
fn cut_after(disk: &SimDisk, made: &[Checkpoint], keep: usize) {
    let position = &made[keep].position;
    let names = segments(disk);
    for later in &names[position.segment as usize..] {
        disk.steal(later);
    }
    disk.damage(&names[position.segment as usize - 1], |bytes| bytes[position.offset as usize..].fill(0));
    disk.steal(&path("HEAD"));
    disk.steal(&path("checkpoints"));
    drop(Log::open(DIR, options(disk).mode(toancanh_log::OpenMode::Rebuild)).unwrap());
}

#[test]
fn a_tail_cut_with_all_that_names_it_needs_a_checkpoint_kept_elsewhere() {
    let (disk, key, made) = signed();
    cut_after(&disk, &made, 3);
    // This is what cannot be seen from here.
    let found = verified(&disk, &[], &[key]);
    assert!(found.is_whole(), "{found:?}");
    assert_eq!(found.position.durable(), Seq::new(40));
    put_kept(&disk, &made[5..]);
    let found = verified(&disk, &["/kept"], &[key]);
    let damage = found.damage.unwrap();
    assert_eq!(damage.intact_to, Seq::new(40));
    assert!(damage.to_string().contains("a signed checkpoint names byte"), "{damage}");
    // Cut at a segment's end, whole files are missing.
    put_kept(&disk, &made[..4]);
    assert!(verified(&disk, &["/kept"], &[key]).is_whole());
}

#[test]
fn a_checkpoint_beside_the_log_is_a_witness_when_it_opens() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..5, 100);
    drop(log);
    let head = disk.contents(&path("HEAD")).unwrap();
    let (log, _) = open(&disk);
    append_each(&log, 5..8, 100);
    let keys = keys(&disk);
    log.checkpoint(&keys).unwrap().unwrap();
    drop(log);
    // HEAD as it was before: the last frame alone would pass for a torn tail.
    disk.put(&path("HEAD"), head);
    let segment = segments(&disk)[0].clone();
    let last = *frame_offsets(&disk.contents(&segment).unwrap()).iter().rev().nth(1).unwrap();
    let without = disk.copy();
    for disk in [&disk, &without] {
        disk.damage(&segment, |bytes| bytes[last + 140] ^= 1);
    }
    let opened = Log::open(DIR, options(&disk)).map(drop);
    let Err(OpenError::Corrupt(corruption)) = opened else { panic!("{opened:?}") };
    assert_eq!((corruption.offset, corruption.intact_to), (last as u64, Seq::new(7)));
    // The control: without that witness it does pass.
    without.steal(&path("checkpoints"));
    assert!(open(&without).1.torn.is_some());
}

#[test]
fn verify_runs_beside_a_writer_and_changes_nothing() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..20, 500);
    let shared: Arc<dyn Disk> = Arc::new(disk.clone());
    let ops = disk.ops();
    let found = verify(&shared, DIR.as_ref(), Against::default()).unwrap();
    assert!(found.is_whole() && found.is_live);
    assert_eq!((found.position, disk.ops()), (log.position(), ops));
}

#[test]
fn the_first_bad_byte_of_a_log_is_named() {
    let (disk, key, _) = signed();
    let second = segments(&disk)[1].clone();
    disk.damage(&second, |bytes| bytes[4_096 + 300] ^= 4);
    let damage = verified(&disk, &[], &[key]).damage.unwrap();
    assert_eq!((damage.file, damage.offset), (second, 4_096));
}

#[test]
fn a_checkpoint_that_was_never_finished_is_overwritten() {
    let (disk, key, made) = signed();
    disk.damage(&path("checkpoints"), |bytes| bytes.truncate(bytes.len() - 30));
    let found = verified(&disk, &[], &[key]);
    assert!(found.is_whole() && found.checkpoints == 5, "{found:?}");
    let (log, _) = open(&disk);
    let again = log.checkpoint(&keys(&disk)).unwrap().unwrap();
    assert_eq!(again.position, made[5].position);
    drop(log);
    assert_eq!(verified(&disk, &[], &[key]).checkpoints, 6);
}
