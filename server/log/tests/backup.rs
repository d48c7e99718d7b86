//! A copy that follows: it is the log as far as it goes, never says more than it holds, carries no rot, and
//! bears witness against a log that was cut.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use support::damage::frame_offsets;
use support::proof::{count, each, figure};
use support::{DIR, append_each, open, options, path, read_all, segments};
use toancanh_log::backup::{self, Backup};
use toancanh_log::disk::sim::{Fault, Lie, Rng, SimDisk};
use toancanh_log::keys::KeyStore;
use toancanh_log::{Against, Disk, Log, OpenError, OpenMode, Position, Seq, StoredRecord, Verified, verify};

const TO: &str = "/backup/log";

fn shared(disk: &SimDisk) -> Arc<dyn Disk> {
    Arc::new(disk.clone())
}

fn open_backup(disk: &SimDisk) -> Result<Backup, OpenError> {
    Backup::open(shared(disk), DIR.as_ref(), TO.as_ref(), 0)
}

/// Copies everything up to `end`.
#[track_caller]
fn copy(disk: &SimDisk, end: &Position) {
    let mut copied = open_backup(disk).unwrap();
    assert!(copied.copy(end, u64::MAX).unwrap());
    copied.copy_checkpoints().unwrap();
}

fn verified(disk: &SimDisk, dir: &str) -> Verified {
    verify(&shared(&disk.copy()), dir.as_ref(), Against::default()).unwrap()
}

#[track_caller]
fn records_of(disk: &SimDisk, dir: &str) -> Vec<StoredRecord> {
    let (log, recovery) = Log::open(dir, options(&disk.copy()).mode(OpenMode::ReadOnly)).unwrap();
    assert_eq!(recovery.damage, None);
    read_all(&log)
}

#[test]
fn a_copy_is_the_log_in_all_its_segments_and_checkpoints() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    let keys = KeyStore::open_on(shared(&disk), "/keys", "test").unwrap();
    for ten in 0..6 {
        append_each(&log, ten * 10..ten * 10 + 10, 500);
        log.checkpoint(&keys).unwrap();
        copy(&disk, &log.position());
        let found = verified(&disk, TO);
        assert!(found.is_whole(), "{found:?}");
        assert_eq!((found.position, found.checkpoints), (log.position(), ten + 1));
    }
    assert!(segments(&disk).len() > 4);
    assert_eq!(records_of(&disk, TO), read_all(&log));
    // Only the log is there: no key, nothing of their folder.
    let copied = disk.files().into_iter().filter(|file| file.starts_with("/backup"));
    let others: Vec<PathBuf> = copied
        .filter(|file| !["seg", "id"].iter().any(|end| file.extension().is_some_and(|is| is == *end)))
        .collect();
    assert_eq!(others, [PathBuf::from("/backup/log/HEAD"), PathBuf::from("/backup/log/checkpoints")]);
}

#[test]
fn a_copy_is_made_in_pieces_and_goes_on_where_it_was() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..60, 500);
    let end = log.position();
    let mut turns = 0;
    while !open_backup(&disk).unwrap().copy(&end, 3_000).unwrap() {
        turns += 1;
    }
    assert!(turns > 5, "{turns}");
    assert_eq!(records_of(&disk, TO), read_all(&log));
}

/// Backs a growing log up over power cuts and failures of the backup's disk; what is wrong, if something is.
fn story(seed: u64, lie: Option<Lie>) -> Result<(), String> {
    let disk = SimDisk::new(seed);
    let (log, _) = open(&disk);
    append_each(&log, 0..40, 400);
    let all = read_all(&log);
    let end = log.position();
    drop(log);
    if let Some(lie) = lie {
        disk.lie(lie);
    }
    let mut rng = Rng::new(seed);
    for _ in 0..4 {
        let fault = [Fault::PowerCut, Fault::PowerCut, Fault::Io, Fault::NoSpace][rng.below(4) as usize];
        disk.fail_at(disk.ops() + 1 + rng.below(40), fault);
        for _ in 0..3 {
            if let Ok(mut copied) = open_backup(&disk)
                && copied.copy(&end, 5_000).is_err()
            {
                break;
            }
        }
        disk.clear_faults();
        if !disk.is_powered() || rng.below(2) == 0 {
            disk.power_cut();
        } else {
            // Only the process ends: what a failed sync left in memory is still seen.
            disk.kill();
        }
        // Whatever its HEAD says is there.
        if disk.contents(&PathBuf::from(TO).join("log.id")).is_some() {
            let found = verified(&disk, TO);
            if let Some(damage) = found.damage {
                return Err(damage.to_string());
            }
        }
    }
    let mut copied = open_backup(&disk).map_err(|error| error.to_string())?;
    copied.copy(&end, u64::MAX).map_err(|error| error.to_string())?;
    drop(copied);
    match records_of(&disk, TO) == all {
        true => Ok(()),
        false => Err(String::from("the copy is not the log")),
    }
}

#[test]
fn prove_a_copy_never_says_more_than_it_holds_whatever_happens_when() {
    let seeds = count(800, 20_000);
    let tally = each("backups", seeds, |seed| story(seed, None).map(|()| "held"));
    figure("seeds", seeds);
    figure("violations", seeds - tally["held"]);
}

#[test]
fn a_copy_on_a_disk_that_does_not_sync_is_caught() {
    for lie in [Lie::SyncData, Lie::SyncDir] {
        assert!((0..400).any(|seed| story(seed, Some(lie)).is_err()), "{lie:?}");
    }
}

#[test]
fn rot_at_the_source_is_named_and_does_not_travel() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..60, 500);
    let second = segments(&disk)[1].clone();
    let bad = frame_offsets(&disk.contents(&second).unwrap())[3] as u64;
    disk.damage(&second, |bytes| bytes[bad as usize + 200] ^= 1);
    let refused = open_backup(&disk).unwrap().copy(&log.position(), u64::MAX);
    let Err(OpenError::Corrupt(corruption)) = refused else { panic!("{refused:?}") };
    assert_eq!((corruption.file, corruption.offset), (second, bad));
    let found = verified(&disk, TO);
    assert!(found.is_whole(), "{found:?}");
    assert_eq!(found.position.durable(), corruption.intact_to, "what was good before it is kept");
}

/// Takes the last record away as somebody would who knows the format: the frame, `HEAD`, the checkpoints.
fn cut_last(disk: &SimDisk) {
    let last = segments(disk).into_iter().rfind(|file| file.starts_with(DIR)).unwrap();
    disk.damage(&last, |bytes| {
        let offsets = frame_offsets(bytes);
        bytes[offsets[offsets.len() - 2]..].fill(0);
    });
    disk.steal(&path("HEAD"));
    drop(Log::open(DIR, options(disk).mode(OpenMode::Rebuild)).unwrap());
}

fn open_with_witness(disk: &SimDisk) -> Result<(), OpenError> {
    let mut options = options(disk);
    options.witnesses.extend(backup::witness(disk, TO.as_ref())?);
    Log::open(DIR, options).map(drop)
}

#[test]
fn a_backup_is_a_witness_against_a_log_that_was_cut() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..9, 100);
    copy(&disk, &log.position());
    drop(log);
    open_with_witness(&disk).unwrap();
    cut_last(&disk);
    // The control: without it, nothing can be seen.
    assert_eq!(open(&disk.copy()).1.durable, Seq::new(8));
    let refused = open_with_witness(&disk);
    let Err(OpenError::Corrupt(corruption)) = refused else { panic!("{refused:?}") };
    assert_eq!(corruption.intact_to, Seq::new(8));
    assert!(corruption.to_string().contains("the backup names byte"), "{corruption}");
    // And the backup does not follow the shorter one.
    let end = backup::end_of(&disk, DIR.as_ref()).unwrap();
    assert!(matches!(open_backup(&disk).unwrap().copy(&end, u64::MAX), Err(OpenError::OtherLog { .. })));
}

#[test]
fn a_lost_log_is_not_begun_anew_over_its_backup() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..9, 100);
    copy(&disk, &log.position());
    drop(log);
    for file in disk.files().into_iter().filter(|file| file.starts_with(DIR)) {
        disk.steal(&file);
    }
    let refused = open_with_witness(&disk);
    assert!(matches!(refused, Err(OpenError::NotAsBackedUp { .. })), "{refused:?}");
    // Another log in its place is no better.
    drop(open(&disk));
    let refused = open_with_witness(&disk);
    assert!(matches!(refused, Err(OpenError::NotAsBackedUp { .. })), "{refused:?}");
    assert!(matches!(open_backup(&disk).map(drop), Err(OpenError::OtherLog { .. })));
}

#[test]
fn another_history_of_the_same_log_is_refused() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..5, 100);
    drop(log);
    let older = disk.copy();
    let (log, _) = open(&disk);
    append_each(&log, 5..9, 100);
    copy(&disk, &log.position());
    drop(log);
    let (log, _) = open(&older);
    append_each(&log, 100..120, 100);
    let end = log.position();
    drop(log);
    for file in older.files().into_iter().filter(|file| file.starts_with(DIR)) {
        disk.put(&file, older.contents(&file).unwrap());
    }
    assert!(matches!(open_backup(&disk).unwrap().copy(&end, u64::MAX), Err(OpenError::OtherLog { .. })));
}

#[test]
fn two_do_not_write_one_copy() {
    let disk = SimDisk::new(1);
    drop(open(&disk));
    let _first = open_backup(&disk).unwrap();
    assert!(matches!(open_backup(&disk).map(drop), Err(OpenError::Locked { .. })));
}
