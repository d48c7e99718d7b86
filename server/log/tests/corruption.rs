//! Damage to what was durable is named by its place and never passed over: frames moved and forged, files
//! swapped and missing, garbage, rot under an open log. Every cut and bit is in `damage.rs`.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::path::PathBuf;

use support::damage::{
    HEADER, Left, Stop, check_not_silent, damaged, forge, frame_offsets, left, left_long, left_of,
};
use support::{DIR, append_each, batch, number_of, open, options, path, segments};
use toancanh_log::disk::sim::{Rng, SimDisk};
use toancanh_log::{Batch, Log, OpenError, OpenMode, Seq};

#[test]
fn of_a_segment_cut_in_its_empty_end_every_record_is_told_intact() {
    let left = left_long(Stop::Clean, 5_000);
    left.disk.damage(&left.last(), |bytes| bytes.truncate(bytes.len() - 500));
    let corruption = damaged(check_not_silent(&left, &left.disk, "cut"), "cut");
    assert_eq!(corruption.intact_to.get() as usize, left.records.len());
    let said = corruption.to_string();
    assert!(
        said.contains(&format!("Records 1 to {} were read and are intact", left.records.len())),
        "{said}"
    );
    assert!(!said.contains("read-only"), "{said}");
    left.disk.damage(&left.last(), |bytes| bytes.truncate(HEADER + 100));
    let corruption = damaged(check_not_silent(&left, &left.disk, "cut"), "cut");
    assert!(corruption.to_string().contains("No record could be read"), "{corruption}");
}

#[test]
fn garbage_behind_the_last_frame_is_a_torn_tail_and_kept() {
    let left = left(Stop::Clean);
    let (last, end) = (left.last(), left.end().next_multiple_of(8));
    let disk = left.disk.copy();
    // More than what is appended next covers.
    let garbage: Vec<u8> = (0..4_000_u32).map(|at| (at % 251) as u8 + 1).collect();
    disk.damage(&last, |bytes| bytes[end..end + 4_000].copy_from_slice(&garbage));
    let (log, recovery) = open(&disk);
    let torn = recovery.torn.unwrap();
    assert_eq!((&torn.file, torn.offset, torn.bytes), (&last, end as u64, 4_000));
    assert_eq!(disk.contents(&torn.kept.unwrap()).unwrap(), garbage);
    assert_eq!(support::read_all(&log), left.records);
    append_each(&log, 90..95, 300);
    drop(log);
    let (log, recovery) = open(&disk);
    assert_eq!((recovery.torn, recovery.durable), (None, Seq::new(95)));
    drop(log);
    // The same place can tear again, and both remain.
    disk.damage(&last, |bytes| bytes[16_000..16_010].fill(7));
    disk.damage(&last, |_| ());
    open(&disk);
    let kept = disk.files().iter().filter(|file| file.to_string_lossy().ends_with(".torn")).count();
    assert_eq!(kept, 2);
}

#[track_caller]
fn check_files(change: impl FnOnce(&Left, &SimDisk), want_file: impl FnOnce(&Left) -> PathBuf, want: &str) {
    let left = left(Stop::Clean);
    let disk = left.disk.copy();
    change(&left, &disk);
    let corruption = damaged(check_not_silent(&left, &disk, want), want);
    assert_eq!(corruption.file, want_file(&left));
    let told = corruption.to_string();
    assert!(told.contains(want), "{told}");
    assert!(told.contains("restore this file from a backup"), "{told}");
}

#[test]
fn a_missing_segment_is_named() {
    for at in [0, 1, 2] {
        check_files(
            |left, disk| disk.steal(&segments(&left.disk)[at]),
            |left| segments(&left.disk)[at].clone(),
            "the file is missing",
        );
    }
    check_files(|left, disk| disk.steal(&left.last()), Left::last, "the file is missing");
}

#[test]
fn a_segment_of_another_log_is_refused() {
    let foreign = left(Stop::Clean);
    check_files(
        |left, disk| {
            // Same work, so same names; another cluster id.
            let second = segments(&left.disk)[1].clone();
            disk.put(&second, foreign.disk.contents(&second).unwrap());
        },
        |left| segments(&left.disk)[1].clone(),
        "it belongs to another log",
    );
}

#[test]
fn a_segment_under_another_name_is_refused() {
    check_files(
        |left, disk| {
            let segments = segments(&left.disk);
            disk.put(&segments[1], left.disk.contents(&segments[2]).unwrap());
        },
        |left| segments(&left.disk)[1].clone(),
        "it is not what its name says",
    );
}

#[test]
fn frames_that_changed_places_are_found() {
    check_files(
        |left, disk| {
            disk.damage(&left.last(), |bytes| {
                let offsets = frame_offsets(bytes);
                // The last two are of equal size.
                let [.., a, b, end] = offsets[..] else { panic!("{offsets:?}") };
                assert_eq!(b - a, end - b);
                let moved = bytes[a..b].to_vec();
                bytes.copy_within(b..end, a);
                bytes[b..end].copy_from_slice(&moved);
            });
        },
        Left::last,
        "header checksum",
    );
}

#[test]
fn a_frame_taken_out_of_a_finished_segment_is_found() {
    check_files(
        |left, disk| {
            disk.damage(&segments(&left.disk)[0], |bytes| {
                let offsets = frame_offsets(bytes);
                let [.., a, end] = offsets[..] else { panic!("{offsets:?}") };
                bytes[a..end].fill(0);
            });
        },
        |left| segments(&left.disk)[0].clone(),
        "a later segment exists",
    );
}

#[test]
fn a_rewritten_end_is_found_though_every_checksum_holds() {
    // Somebody puts an older state of the last segment in place, and goes on from there.
    let disk = SimDisk::new(9);
    let (log, _) = open(&disk);
    append_each(&log, 0..5, 100);
    drop(log);
    let older = disk.copy();
    let (log, _) = open(&disk);
    append_each(&log, 5..8, 100);
    drop(log);
    let (log, _) = open(&older);
    append_each(&log, 100..110, 100);
    drop(log);
    let segment = segments(&disk)[0].clone();
    disk.put(&segment, older.contents(&segment).unwrap());
    let opened = Log::open(DIR, options(&disk));
    let Err(OpenError::Corrupt(corruption)) = opened else { panic!("{opened:?}") };
    assert!(corruption.to_string().contains("HEAD knows another frame"), "{corruption}");
}

/// A log of two segments whose frames are not compressed.
fn plain() -> Left {
    let disk = SimDisk::new(9);
    let (log, _) = open(&disk);
    for number in 0..15 {
        let mut rng = Rng::new(number);
        let digest = std::array::from_fn(|_| rng.next_u64() as u8);
        let payload = (0..900).map(|_| rng.next_u64() as u8).collect();
        let key = std::array::from_fn(|_| rng.next_u64() as u8);
        log.append(Batch::of(vec![toancanh_log::Item { key, digest, payload }])).unwrap();
    }
    left_of(disk, log, Stop::Clean)
}

#[test]
fn a_forged_record_is_found_by_what_comes_after_it() {
    for (segment, frame, want) in [
        (0, 3, "the hash of the frame before)"),
        (0, usize::MAX, "the hash of the frame before this segment"),
        (1, usize::MAX, "HEAD knows another frame"),
    ] {
        let left = plain();
        let file = segments(&left.disk)[segment].clone();
        left.disk.damage(&file, |bytes| {
            let offsets = frame_offsets(bytes);
            let last = offsets.len() - 2;
            forge(bytes, offsets[frame.min(last)]);
        });
        let opened = Log::open(DIR, options(&left.disk)).map(drop);
        let Err(OpenError::Corrupt(corruption)) = opened else { panic!("{want}: {opened:?}") };
        assert!(corruption.to_string().contains(want), "{corruption}");
    }
}

#[test]
fn a_head_that_knows_other_frames_is_refused() {
    // Two logs that were one until now; frames of other sizes end in other places.
    let disk = SimDisk::new(9);
    drop(open(&disk));
    let other = disk.copy();
    append_each(&open(&disk).0, 0..4, 300);
    append_each(&open(&other).0, 0..1, 400);
    disk.put(&path("HEAD"), other.contents(&path("HEAD")).unwrap());
    let opened = Log::open(DIR, options(&disk)).map(drop);
    let Err(OpenError::Corrupt(corruption)) = opened else { panic!("{opened:?}") };
    assert!(corruption.to_string().contains("HEAD names a place inside it"), "{corruption}");
}

#[test]
fn without_head_or_id_the_log_is_refused_until_told_otherwise() {
    for name in ["HEAD", "log.id"] {
        for (steal, want) in [(true, "the file is missing"), (false, "valid")] {
            let left = left(Stop::Clean);
            let disk = left.disk.copy();
            if steal {
                disk.steal(&path(name));
            } else {
                disk.damage(&path(name), |bytes| bytes.fill(0xFF));
            }
            let what = format!("{name}, {want}");
            let corruption = damaged(check_not_silent(&left, &disk, &what), &what);
            assert_eq!(corruption.file, path(name));
            assert!(corruption.to_string().contains(want), "{corruption}");
            assert_eq!(corruption.intact_to, Seq::new(90));
            let (log, _) = Log::open(DIR, options(&disk).mode(OpenMode::Rebuild)).unwrap();
            assert_eq!(support::read_all(&log), left.records);
            append_each(&log, 90..91, 10);
            drop(log);
            assert_eq!(open(&disk).0.durable(), Seq::new(91));
        }
    }
}

#[test]
fn a_damaged_log_is_served_for_reading_when_asked_for() {
    let left = left(Stop::Clean);
    let second = segments(&left.disk)[1].clone();
    left.disk.damage(&second, |bytes| bytes[HEADER + 500] ^= 1);
    let mode = OpenMode::ReadOnlyIfDamaged;
    let (log, recovery) = Log::open(DIR, options(&left.disk).mode(mode)).unwrap();
    assert!(recovery.read_only);
    let damage = recovery.damage.unwrap();
    assert_eq!(damage.file, second);
    let intact = support::read_all(&log);
    assert_eq!(intact, left.records[..intact.len()]);
    assert!(!intact.is_empty() && intact.len() < left.records.len());
    assert_eq!(log.append(batch(1..2, 1)).unwrap_err(), toancanh_log::AppendError::ReadOnly);
    drop(log);
    // One that is whole is opened for writing by the same mode.
    left.disk.damage(&second, |bytes| bytes[HEADER + 500] ^= 1);
    let (log, recovery) = Log::open(DIR, options(&left.disk).mode(mode)).unwrap();
    assert!(!recovery.read_only && recovery.damage.is_none());
    append_each(&log, 90..91, 1);
}

#[test]
fn rot_while_the_log_is_open_is_found_by_whoever_reads_there() {
    let left = left(Stop::Clean);
    let (log, _) = open(&left.disk);
    let second = segments(&left.disk)[1].clone();
    left.disk.damage(&second, |bytes| bytes[HEADER + 500] ^= 1);
    let read: Vec<_> = log.read_from(Seq::FIRST).collect();
    let good = read.iter().take_while(|record| record.is_ok()).count();
    assert_eq!(read.len(), good + 1, "after an error comes nothing");
    let error = read[good].as_ref().unwrap_err();
    assert!(error.to_string().contains("is damaged at byte"), "{error}");
    assert!(log.read_one(Seq::new(good as u64 + 1)).is_err());
    assert_eq!(number_of(&log.read_one(Seq::new(1)).unwrap().unwrap()), 0);
    assert_eq!(number_of(&log.read_one(Seq::new(90)).unwrap().unwrap()), 89);
}

#[test]
fn a_newer_programs_files_are_refused_and_not_called_damaged() {
    for (name, version_at, crc_at, crc_over) in [("log.id", 8, 60, 0..60), ("HEAD", 8, 12, 0..128)] {
        let left = left(Stop::Clean);
        left.disk.damage(&path(name), |bytes| {
            bytes[version_at] = 9;
            bytes[crc_at..crc_at + 4].fill(0);
            let crc = crc32c::crc32c(&bytes[crc_over]);
            bytes[crc_at..crc_at + 4].copy_from_slice(&crc.to_le_bytes());
        });
        let opened = Log::open(DIR, options(&left.disk));
        assert!(matches!(opened, Err(OpenError::Unsupported { .. })), "{name}: {opened:?}");
    }
}
