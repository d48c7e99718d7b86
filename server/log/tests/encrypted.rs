//! A log that is encrypted by segment: nobody reads it without its keys, everybody can check it, and segments of
//! before stay what they are.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::path::Path;
use std::sync::Arc;

use support::{DIR, append_each, batch, numbers, open, options, segments};
use toancanh_log::backup::{Backup, Until, end_of, restore, restore_with};
use toancanh_log::disk::sim::SimDisk;
use toancanh_log::keys::{KeyError, KeyStore, LogKeys, Ring};
use toancanh_log::{
    Against, AppendError, Bulk, Cursor, Disk, Item, Log, OpenError, OpenMode, Outcome, ReadError, Seq,
    Verified, verify,
};

const KEYS: &str = "/keys";
/// What must be in no file.
const CANARY: &[u8] = "số điện thoại 0901 234 567".as_bytes();

fn shared(disk: &SimDisk) -> Arc<dyn Disk> {
    Arc::new(disk.clone())
}

fn keys(disk: &SimDisk) -> KeyStore {
    KeyStore::open_on(shared(disk), KEYS, "test").unwrap()
}

fn log_keys(disk: &SimDisk) -> Arc<LogKeys> {
    keys(disk).log_keys_or_new().unwrap()
}

#[track_caller]
fn open_sealed(disk: &SimDisk, encrypt: Option<bool>) -> Log {
    Log::open(DIR, options(disk).log_keys(Some(log_keys(disk)), encrypt)).unwrap().0
}

fn look(disk: &SimDisk, dir: &str, log_keys: Option<Arc<LogKeys>>) -> Verified {
    verify(&shared(disk), dir.as_ref(), Against { log_keys, ..Against::default() }).unwrap()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Whether any file below a folder of the disk holds the canary.
fn holds_canary(disk: &SimDisk, dir: &str) -> bool {
    let files = disk.files().into_iter().filter(|path| path.starts_with(dir));
    files.into_iter().any(|path| holds(&disk.contents(&path).unwrap(), CANARY))
}

fn with_canary(number: u64) -> Item {
    Item { payload: CANARY.to_vec(), ..support::item(number, 10) }
}

fn append_canary(log: &Log, number: u64) {
    let cursor = Cursor { source: String::from("crm"), position: CANARY.to_vec() };
    let batch = toancanh_log::Batch { items: vec![with_canary(number)], cursors: vec![cursor] };
    log.append(batch).unwrap();
}

#[test]
fn what_is_written_is_in_no_file_and_comes_back() {
    for (encrypt, is_readable) in [(false, true), (true, false)] {
        let disk = SimDisk::new(1);
        let log = open_sealed(&disk, Some(encrypt));
        append_canary(&log, 0);
        append_each(&log, 1..60, 900);
        log.checkpoint(&keys(&disk)).unwrap();
        drop(log);
        assert!(segments(&disk).len() > 2);
        // The control: in a log that is not encrypted it is found.
        assert_eq!(holds_canary(&disk, DIR), is_readable, "{encrypt}");
        let log = open_sealed(&disk, None);
        assert_eq!(log.read_one(Seq::FIRST).unwrap().unwrap().bytes, CANARY);
        assert_eq!(log.cursors()["crm"], CANARY);
        assert_eq!(numbers(&log), (0..60).collect::<Vec<u64>>());
        // What repeats is told from news by what was sealed.
        assert_eq!(log.append(batch(1..2, 900)).unwrap().outcomes.len(), 1);
        assert_eq!(log.durable(), Seq::new(60));
    }
}

#[test]
fn segments_of_before_stay_readable_and_nobody_stops_encrypting_by_forgetting_it() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..30, 900);
    drop(log);
    let before: Vec<_> = segments(&disk);
    for (encrypt, from) in [(Some(true), 30), (None, 60), (Some(false), 90), (None, 120)] {
        let log = open_sealed(&disk, encrypt);
        append_each(&log, from..from + 29, 900);
        let number = from + 29;
        append_canary(&log, number);
        drop(log);
        let is_sealed = from < 90;
        assert_eq!(holds_canary(&disk, DIR), !is_sealed, "{encrypt:?}");
        assert!(look(&disk, DIR, None).frames_closed > 0);
    }
    assert!(segments(&disk).len() > before.len() + 3);
    let log = open_sealed(&disk, None);
    assert_eq!(numbers(&log), (0..150).collect::<Vec<u64>>());
    assert!(look(&disk, DIR, Some(log_keys(&disk))).is_whole());
}

#[test]
fn without_the_keys_a_log_is_checked_and_not_read() {
    let disk = SimDisk::new(1);
    let log = open_sealed(&disk, Some(true));
    append_each(&log, 0..40, 900);
    drop(log);
    let found = look(&disk, DIR, None);
    assert!(found.is_whole() && found.frames_closed == found.frames && found.frames == 40, "{found:?}");
    assert_eq!(look(&disk, DIR, Some(log_keys(&disk))).frames_closed, 0);
    assert!(matches!(Log::open(DIR, options(&disk)), Err(OpenError::NoKey { .. })));
    let other = SimDisk::new(2);
    let wrong = Some(log_keys(&other));
    assert!(matches!(Log::open(DIR, options(&disk).log_keys(wrong, None)), Err(OpenError::NoKey { .. })));
    let (log, recovery) = Log::open(DIR, options(&disk).mode(OpenMode::ReadOnly)).unwrap();
    assert_eq!((recovery.durable, recovery.damage), (Seq::new(40), None));
    assert!(matches!(log.read_one(Seq::FIRST), Err(ReadError::NoKey { .. })));
    // A damaged byte is found by anybody.
    drop(log);
    let segment = &segments(&disk)[1];
    disk.damage(segment, |bytes| bytes[4_096 + 300] ^= 1);
    let damage = look(&disk, DIR, None).damage.unwrap();
    assert_eq!((damage.file.as_path(), damage.offset), (segment.as_path(), 4_096));
}

#[test]
fn a_log_that_is_to_be_encrypted_without_a_key_is_refused() {
    let disk = SimDisk::new(1);
    let refused = Log::open(DIR, options(&disk).log_keys(None, Some(true)));
    assert!(matches!(refused, Err(OpenError::BadOptions { .. })));
}

#[test]
fn an_import_is_encrypted_as_the_log_is() {
    let disk = SimDisk::new(1);
    drop(open_sealed(&disk, Some(true)));
    let options = options(&disk).log_keys(Some(log_keys(&disk)), None);
    let (mut bulk, _) = Bulk::open(DIR, options, 1 << 20).unwrap();
    bulk.append(vec![with_canary(0)]).unwrap();
    bulk.finish().unwrap();
    assert!(!holds_canary(&disk, DIR));
    assert_eq!(open_sealed(&disk, None).read_one(Seq::FIRST).unwrap().unwrap().bytes, CANARY);
}

#[test]
fn another_master_key_opens_the_same_segments_and_what_is_new_has_a_new_log_key() {
    let disk = SimDisk::new(1);
    let log = open_sealed(&disk, Some(true));
    append_each(&log, 0..20, 900);
    drop(log);
    let before: Vec<_> = segments(&disk).iter().map(|path| disk.contents(path).unwrap()).collect();
    let old = log_keys(&disk);
    let rotated = KeyStore::rotate_on(&shared(&disk), KEYS).unwrap();
    assert_eq!(rotated.len(), 0, "log keys are no cases");
    drop(rotated);
    let log = open_sealed(&disk, None);
    assert_eq!(numbers(&log), (0..20).collect::<Vec<u64>>());
    append_each(&log, 20..60, 900);
    drop(log);
    let now: Vec<_> = segments(&disk).iter().map(|path| disk.contents(path).unwrap()).collect();
    assert_eq!(now[..before.len() - 1], before[..before.len() - 1], "no segment is written anew");
    assert_eq!(numbers(&open_sealed(&disk, None)), (0..60).collect::<Vec<u64>>());
    // The keys of before open what was before, and only that.
    assert!(matches!(Log::open(DIR, options(&disk).log_keys(Some(old), None)), Err(OpenError::NoKey { .. })));
}

#[test]
fn the_log_keys_are_read_beside_a_server_that_holds_the_folder() {
    let disk = SimDisk::new(1);
    let held = keys(&disk);
    let none = LogKeys::read_in(&shared(&disk), KEYS.as_ref(), Ring::default()).unwrap();
    assert!(none.is_none());
    let log =
        Log::open(DIR, options(&disk).log_keys(Some(held.log_keys_or_new().unwrap()), Some(true))).unwrap().0;
    append_each(&log, 0..3, 10);
    let read = LogKeys::read_in(&shared(&disk), KEYS.as_ref(), Ring::default()).unwrap();
    assert_eq!(look(&disk, DIR, read).frames_closed, 0);
    let other = Ring::read(&"0f".repeat(32), "test").unwrap();
    let master = Path::new(KEYS).join("master.key");
    drop((log, held));
    disk.remove(&master).unwrap();
    let refused = LogKeys::read_in(&shared(&disk), KEYS.as_ref(), other);
    assert!(matches!(refused, Err(KeyError::WrongMaster { .. })));
}

#[test]
fn a_backup_of_it_holds_no_key_and_is_restored_up_to_any_record() {
    let disk = SimDisk::new(1);
    let log = open_sealed(&disk, Some(true));
    append_canary(&log, 0);
    log.append(batch(1..9, 300)).unwrap();
    append_each(&log, 9..40, 900);
    let end = log.position();
    let mut copy = Backup::open(shared(&disk), DIR.as_ref(), "/copy".as_ref(), 0).unwrap();
    assert!(copy.copy(&end, u64::MAX).unwrap());
    drop((copy, log));
    assert!(!holds_canary(&disk, "/copy"));
    assert!(look(&disk, "/copy", None).is_whole());
    // Its end in the middle of a frame needs the key of that frame, a whole one does not.
    let in_a_frame = Until::Seq(Seq::new(5));
    let refused = restore(&shared(&disk), "/copy".as_ref(), "/a".as_ref(), in_a_frame, 0);
    assert!(matches!(refused, Err(OpenError::NoKey { .. })), "{refused:?}");
    restore(&shared(&disk), "/copy".as_ref(), "/b".as_ref(), Until::End, 0).unwrap();
    let opener = log_keys(&disk);
    restore_with(&shared(&disk), "/copy".as_ref(), "/c".as_ref(), in_a_frame, 0, Some(&opener)).unwrap();
    for (dir, want) in [("/b", 40), ("/c", 5)] {
        assert_eq!(end_of(&disk, dir.as_ref()).unwrap().durable(), Seq::new(want));
        assert!(look(&disk, dir, Some(opener.clone())).is_whole(), "{dir}");
        let (log, _) = Log::open(dir, options(&disk).log_keys(Some(opener.clone()), None)).unwrap();
        assert_eq!(numbers(&log), (0..want).collect::<Vec<u64>>(), "{dir}");
        append_canary(&log, 1_000);
        drop(log);
        assert!(!holds_canary(&disk, dir), "{dir}");
    }
}

#[test]
fn a_power_cut_takes_nothing_acknowledged_of_it() {
    for seed in 0..40 {
        let disk = SimDisk::new(seed);
        let log = open_sealed(&disk, Some(true));
        let mut acknowledged = 0;
        for number in 0..25 {
            match log.append(batch(number..number + 1, 700)) {
                Ok(_) => acknowledged = number + 1,
                Err(AppendError::Full) => break,
                Err(error) => panic!("{error}"),
            }
        }
        let cut = disk.after_power_cut(seed);
        drop(log);
        let log = open_sealed(&cut, None);
        assert!(numbers(&log).len() as u64 >= acknowledged, "seed {seed}");
    }
}

#[test]
fn what_lies_beside_the_log_is_sealed_with_the_same_keys() {
    let (disk, other) = (SimDisk::new(1), SimDisk::new(2));
    let opener = log_keys(&disk);
    let sealed = opener.seal(CANARY, b"image 7").unwrap();
    assert!(!holds(&sealed, CANARY));
    assert_eq!(opener.open(&sealed, b"image 7").unwrap().as_slice(), CANARY);
    assert!(matches!(opener.open(&sealed, b"image 8"), Err(KeyError::NotAuthentic)));
    assert!(matches!(log_keys(&other).open(&sealed, b"image 7"), Err(KeyError::NoKey)));
    let mut bent = sealed.clone();
    *bent.last_mut().unwrap() ^= 1;
    assert!(matches!(opener.open(&bent, b"image 7"), Err(KeyError::NotAuthentic)));
    // The next one after a change of the master key opens it too.
    KeyStore::rotate_on(&shared(&disk), KEYS).unwrap();
    assert_eq!(log_keys(&disk).open(&sealed, b"image 7").unwrap().as_slice(), CANARY);
}

#[test]
fn an_opening_at_a_landmark_verifies_what_it_passed_over_with_the_keys() {
    let disk = SimDisk::new(1);
    let log = open_sealed(&disk, Some(true));
    append_each(&log, 0..60, 900);
    let landmark = log.landmark().unwrap().unwrap();
    append_each(&log, 60..80, 900);
    drop(log);
    assert!(segments(&disk).len() > 3);
    let mut at = options(&disk).log_keys(Some(log_keys(&disk)), None);
    at.landmark = Some(landmark);
    let (log, recovery) = Log::open(DIR, at).unwrap();
    assert_eq!((recovery.frames, recovery.durable), (20, Seq::new(80)));
    assert!(!log.is_verified());
    // Before it is verified and after, what lies before the landmark is there and known.
    assert_eq!(numbers(&log), (0..80).collect::<Vec<u64>>());
    assert_eq!(log.append(batch(3..4, 900)).unwrap().outcomes, [Outcome::Duplicate(Seq::new(4))]);
    assert!(log.is_verified());
    append_each(&log, 80..90, 900);
    drop(log);
    assert_eq!(numbers(&open_sealed(&disk, None)), (0..90).collect::<Vec<u64>>());
}
