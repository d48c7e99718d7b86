//! Importing into a stopped server's data.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::sync::Arc;

use support::{DIR, batch, item, open, options};
use toancanh_log::disk::sim::{Fault, Op, Rng, SimDisk};
use toancanh_log::{AppendError, Bulk, Item, Log, OpenMode, Options, Outcome, Seq};

fn items(numbers: std::ops::Range<u64>) -> Vec<Item> {
    batch(numbers, 600).items
}

#[track_caller]
fn bulk(disk: &SimDisk) -> Bulk {
    Bulk::open(DIR, options(disk), 20_000).unwrap().0
}

#[test]
fn an_import_is_read_back_and_gone_on_from() {
    let disk = SimDisk::new(1);
    let mut import = bulk(&disk);
    for start in (0..300).step_by(7) {
        import.append(items(start..(start + 7).min(300))).unwrap();
    }
    import.set_cursor("file", b"done").unwrap();
    let progress = import.finish().unwrap();
    assert_eq!((progress.items, progress.appended, progress.durable), (300, 300, Seq::new(300)));

    let (log, recovery) = open(&disk.after_power_cut(1));
    assert_eq!(recovery.cursors["file"], b"done");
    assert_eq!(support::numbers(&log), (0..300).collect::<Vec<u64>>());
    log.append(batch(300..301, 10)).unwrap();
}

#[test]
fn frames_are_large_and_syncs_few() {
    let dir = tempfile::tempdir().unwrap();
    let options = || Options::default().segment_bytes(8 << 20);
    let (mut import, _) = Bulk::open(dir.path(), options(), 16 << 20).unwrap();
    for number in 0..20_000 {
        import.append(vec![item(number, 400)]).unwrap();
    }
    import.finish().unwrap();
    let (log, recovery) = Log::open(dir.path(), options()).unwrap();
    assert_eq!(log.durable(), Seq::new(20_000));
    assert!(recovery.frames < 15, "{recovery:?}");
}

#[test]
fn a_second_import_changes_nothing() {
    let disk = SimDisk::new(1);
    let mut import = bulk(&disk);
    import.append(items(0..50)).unwrap();
    import.finish().unwrap();
    let files: Vec<_> = support::segments(&disk).iter().map(|file| disk.contents(file)).collect();
    let mut import = bulk(&disk);
    let outcomes = import.append(items(0..50)).unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Duplicate(_))));
    let progress = import.finish().unwrap();
    assert_eq!((progress.appended, progress.duplicates, progress.durable), (0, 50, Seq::new(50)));
    let again: Vec<_> = support::segments(&disk).iter().map(|file| disk.contents(file)).collect();
    assert_eq!(files, again);
}

#[test]
fn an_import_cut_anywhere_can_be_run_again_and_flushed_parts_stay() {
    for seed in 0..400 {
        let disk = SimDisk::new(seed);
        let mut rng = Rng::new(seed ^ 0xB01D);
        disk.fail_at(20 + rng.below(60), Fault::PowerCut);
        let mut flushed = Seq::ZERO;
        let opened = Bulk::open(DIR, options(&disk), 6_000);
        if let Ok((mut import, _)) = opened {
            for start in (0..200).step_by(5) {
                if import.append(items(start..start + 5)).is_err() {
                    break;
                }
                flushed = import.progress().durable;
            }
        }
        disk.power_cut();
        // Several frames were in flight at once: what is left of them is torn, not damaged.
        let (mut import, recovery) =
            Bulk::open(DIR, options(&disk), 6_000).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert!(recovery.durable >= flushed, "seed {seed}: {flushed}, {recovery:?}");
        import.append(items(0..200)).unwrap();
        import.finish().unwrap();
        let (log, _) = open(&disk);
        assert_eq!(support::numbers(&log), (0..200).collect::<Vec<u64>>(), "seed {seed}");
    }
}

#[test]
fn a_full_disk_stops_an_import_and_more_room_lets_it_be_run_again() {
    let disk = SimDisk::new(1);
    let mut import = bulk(&disk);
    import.append(items(0..10)).unwrap();
    import.flush().unwrap();
    disk.set_full(true);
    let refused = import.append(items(10..20)).and_then(|_| import.flush());
    assert_eq!(refused.unwrap_err(), AppendError::Full);
    disk.set_full(false);
    let outcomes = import.append(items(5..20)).unwrap();
    assert_eq!(outcomes[0], Outcome::Duplicate(Seq::new(6)));
    assert_eq!(outcomes[5], Outcome::Appended(Seq::new(11)));
    import.finish().unwrap();
    assert_eq!(support::numbers(&open(&disk).0), (0..20).collect::<Vec<u64>>());
}

#[test]
fn keys_are_made_durable_before_each_part() {
    let disk = SimDisk::new(1);
    let asked = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let count = Arc::clone(&asked);
    let hook = move || {
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(())
    };
    let (mut import, _) = Bulk::open(DIR, options(&disk).before_commit(hook), 1 << 30).unwrap();
    import.append(items(0..2)).unwrap();
    let syncs = disk.count(Op::SyncData);
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 0);
    import.flush().unwrap();
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 1);
    assert!(disk.count(Op::SyncData) > syncs);
}

#[test]
fn an_import_needs_a_mode_that_writes() {
    let disk = SimDisk::new(1);
    for mode in [OpenMode::ReadOnly, OpenMode::ReadOnlyIfDamaged] {
        assert!(Bulk::open(DIR, options(&disk).mode(mode), 1).is_err());
    }
}
