//! A log that is opened at a landmark: the same log, sooner; and whatever is wrong before the landmark is found
//! before anything is acknowledged.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use support::damage::{Stop, frame_offsets, left};
use support::{DIR, append_each, batch, item, open, options, read_all, segments};
use toancanh_log::disk::sim::SimDisk;
use toancanh_log::{
    AppendError, Batch, Cursor, Landmark, Log, OpenError, OpenMode, Options, Outcome, Recovery, Seq,
};

/// Several segments, with a landmark after each so many records.
struct Marked {
    disk: SimDisk,
    landmarks: Vec<Landmark>,
}

const RECORDS: u64 = 120;

fn marked() -> Marked {
    let disk = SimDisk::new(3);
    let (log, _) = open(&disk);
    assert_eq!(log.landmark().unwrap(), None, "an empty log has no frame to know a place by");
    let mut landmarks = Vec::new();
    for number in 0..RECORDS {
        let cursor = Cursor { source: String::from("crm"), position: number.to_string().into_bytes() };
        let cursors = if number % 10 == 3 { vec![cursor] } else { Vec::new() };
        log.append(Batch { items: vec![item(number, 500)], cursors }).unwrap();
        if number % 8 == 5 {
            landmarks.push(log.landmark().unwrap().unwrap());
        }
    }
    drop(log);
    assert!(segments(&disk).len() > 3);
    Marked { disk, landmarks }
}

fn at(disk: &SimDisk, landmark: Option<&Landmark>) -> Options {
    let mut options = options(disk);
    options.landmark = landmark.cloned();
    options
}

fn open_at(disk: &SimDisk, landmark: &Landmark) -> (Log, Recovery) {
    Log::open(DIR, at(disk, Some(landmark))).unwrap()
}

#[test]
fn it_is_the_same_log() {
    let Marked { disk, landmarks } = marked();
    let (plain, whole) = open(&disk.copy());
    let records = read_all(&plain);
    for landmark in &landmarks {
        let place = landmark.position.durable();
        let disk = disk.copy();
        let (log, recovery) = open_at(&disk, landmark);
        // Only what is after it was read; before it lies one frame a record.
        assert_eq!(recovery.frames, RECORDS - place.get());
        assert!(!log.is_verified());
        assert_eq!((recovery.durable, &recovery.cursors), (whole.durable, &whole.cursors), "{place}");
        assert_eq!(read_all(&log), records, "{place}: before it is verified");
        let again: Vec<Outcome> =
            [3, 60, RECORDS - 1].map(|number| Outcome::Duplicate(Seq::new(number + 1))).into();
        let repeats = Batch::of([3, 60, RECORDS - 1].map(|number| item(number, 500)).into());
        assert_eq!(log.append(repeats).unwrap().outcomes, again, "{place}");
        assert!(log.is_verified());
        assert_eq!(read_all(&log), records, "{place}: verified");
        for number in [0, place.get() - 1, place.get(), RECORDS - 1] {
            assert_eq!(log.read_one(Seq::new(number + 1)).unwrap().as_ref(), records.get(number as usize));
        }
        append_each(&log, RECORDS..RECORDS + 30, 500);
        drop(log);
        let (log, _) = open(&disk);
        assert_eq!(support::numbers(&log), (0..RECORDS + 30).collect::<Vec<u64>>(), "{place}");
    }
}

#[test]
fn one_at_the_very_end_leaves_nothing_to_read() {
    let disk = SimDisk::new(3);
    let (log, _) = open(&disk);
    append_each(&log, 0..50, 500);
    let landmark = log.landmark().unwrap().unwrap();
    drop(log);
    let (log, recovery) = open_at(&disk, &landmark);
    assert_eq!((recovery.frames, recovery.durable), (0, Seq::new(50)));
    append_each(&log, 50..90, 500);
    drop(log);
    assert_eq!(support::numbers(&open(&disk).0), (0..90).collect::<Vec<u64>>());
}

#[test]
fn what_is_of_another_log_or_another_past_counts_for_nothing() {
    let Marked { disk, landmarks } = marked();
    let landmark = &landmarks[6];
    let other = |change: &dyn Fn(&mut Landmark)| {
        let mut landmark = landmark.clone();
        change(&mut landmark);
        landmark
    };
    let wrong = [
        other(&|landmark| landmark.cluster[0] ^= 1),
        other(&|landmark| landmark.position.chain[0] ^= 1),
        other(&|landmark| landmark.position.next_seq = landmark.position.next_seq.next()),
        other(&|landmark| landmark.position.offset += 8),
        other(&|landmark| landmark.position.segment += 1),
        other(&|landmark| landmark.position.segment = 99),
        other(&|landmark| landmark.position.segment_first = Seq::FIRST),
        other(&|landmark| landmark.frame_at += 8),
        other(&|landmark| landmark.frame_at = u32::MAX - 1),
    ];
    for wrong in wrong {
        let (log, recovery) = open_at(&disk.copy(), &wrong);
        assert_eq!(recovery.frames, RECORDS, "{wrong:?}");
        assert!(log.is_verified());
        assert_eq!(support::numbers(&log), (0..RECORDS).collect::<Vec<u64>>());
    }
    // The control: the right one is used.
    assert!(open_at(&disk.copy(), landmark).1.frames < RECORDS);
}

/// Every frame of the log, each with one bit of its middle flipped, in a copy.
fn flipped(disk: &SimDisk) -> Vec<(u64, SimDisk)> {
    let mut all = Vec::new();
    for path in segments(disk) {
        let bytes = disk.contents(&path).unwrap();
        let offsets = frame_offsets(&bytes);
        for pair in offsets.windows(2) {
            let mut bytes = bytes.clone();
            bytes[pair[0].midpoint(pair[1])] ^= 4;
            let copy = disk.copy();
            copy.put(&path, bytes);
            all.push((all.len() as u64, copy));
        }
    }
    all
}

#[test]
fn damage_before_it_is_found_before_anything_is_acknowledged() {
    let Marked { disk, landmarks } = marked();
    let landmark = &landmarks[8];
    let place = landmark.position.durable().get();
    let frames = flipped(&disk);
    assert_eq!(frames.len() as u64, RECORDS);
    for (number, disk) in frames {
        let plain = Log::open(DIR, at(&disk.copy(), None));
        let Err(OpenError::Corrupt(damage)) = plain else { panic!("{number}: not found") };
        match Log::open(DIR, at(&disk, Some(landmark))) {
            // Behind it, and the frame that it is known by: as ever.
            Err(OpenError::Corrupt(found)) => {
                assert!(number + 1 >= place, "{number}");
                assert_eq!(found.to_string(), damage.to_string());
            }
            Err(error) => panic!("{number}: {error}"),
            Ok((log, _)) => {
                assert!(number + 1 < place, "{number}");
                let answer = log.append(batch(900..901, 50)).unwrap_err();
                let AppendError::NotDurable { cause } = &answer else { panic!("{number}: {answer}") };
                assert!(cause.contains(&damage.file.display().to_string()), "{cause}");
                assert!(log.stats().poisoned && !log.is_verified());
                assert_eq!(log.append(batch(901..902, 50)).unwrap_err(), answer);
                assert_eq!(log.durable(), Seq::new(RECORDS));
            }
        }
    }
}

#[test]
fn a_segment_before_it_that_is_not_there_is_found_at_once() {
    let Marked { disk, landmarks } = marked();
    let path = segments(&disk).remove(1);
    disk.steal(&path);
    let opened = Log::open(DIR, at(&disk, landmarks.last()));
    assert!(matches!(opened, Err(OpenError::Corrupt(_))), "{opened:?}");
}

#[test]
fn who_only_reads_reads_everything() {
    let Marked { disk, landmarks } = marked();
    let options = at(&disk, landmarks.last()).mode(OpenMode::ReadOnly);
    let (log, recovery) = Log::open(DIR, options).unwrap();
    assert_eq!(recovery.frames, RECORDS);
    assert!(log.is_verified());
}

#[test]
fn nothing_is_signed_before_all_of_it_was_seen() {
    let Marked { disk, landmarks } = marked();
    let keys =
        toancanh_log::keys::KeyStore::open_on(std::sync::Arc::new(SimDisk::new(1)), "/keys", "test").unwrap();
    let (log, _) = open_at(&disk, &landmarks[2]);
    assert_eq!(log.checkpoint(&keys).unwrap(), None);
    log.append(Batch::default()).unwrap();
    assert!(log.checkpoint(&keys).unwrap().is_some());
}

#[test]
fn a_tail_that_tears_after_it_is_taken_off_as_ever() {
    let whole = left(Stop::Killed);
    let landmark = {
        let (log, _) = open(&whole.disk.copy());
        log.landmark().unwrap().unwrap()
    };
    let disk = whole.disk.copy();
    let (log, _) = open_at(&disk, &landmark);
    drop(log);
    let (last, end) = (whole.last(), whole.end());
    let mut bytes = disk.contents(&last).unwrap();
    let start = end.next_multiple_of(8);
    bytes[start..start + 200].fill(7);
    disk.put(&last, bytes);
    let (log, recovery) = open_at(&disk, &landmark);
    assert_eq!(recovery.torn.map(|torn| torn.bytes), Some(200));
    assert_eq!(read_all(&log), whole.records);
}
