//! The thread beside the writer: it signs and copies, acknowledgements never wait for it, and what it cannot
//! do it tells, and does later.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use support::{append_each, read_all};
use toancanh_log::keys::KeyStore;
use toancanh_log::{
    Against, Disk, Log, OpenMode, Options, RealDisk, Seq, TendStatus, Tender, Tending, verify,
};

fn options() -> Options {
    Options::default().segment_bytes(64 << 10)
}

fn tending(to: &Path) -> Tending {
    Tending {
        checkpoint_every: Duration::from_millis(50),
        backup_every: Duration::from_millis(10),
        backup: Some(to.to_path_buf()),
        ..Tending::default()
    }
}

/// Waits until it is so; the test's own patience ends after half a minute.
#[track_caller]
fn until(tender: &Tender, is_so: impl Fn(&TendStatus) -> bool) -> TendStatus {
    let began = Instant::now();
    loop {
        let status = tender.status();
        if is_so(&status) {
            return status;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{status:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn it_signs_and_copies_and_at_a_stop_both_are_complete() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (dir.path().join("log"), dir.path().join("backup"));
    let keys = Arc::new(KeyStore::open(dir.path().join("keys")).unwrap());
    let (log, _) = Log::open(&from, options()).unwrap();
    let beside = Arc::new(AtomicU64::new(0));
    let called = Arc::clone(&beside);
    let mut tending = tending(&to);
    tending.beside = Some(Box::new(move || {
        called.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }));
    let tender = Tender::start(&log, Arc::clone(&keys), tending).unwrap();
    append_each(&log, 0..200, 500);
    until(&tender, |status| status.backup == Seq::new(200) && status.checkpoints_total > 0);
    append_each(&log, 200..300, 500);
    drop(tender);
    assert!(beside.load(Ordering::Relaxed) > 0);
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let trusted = vec![keys.public_key()];
    let found = verify(&disk, &to, Against { trusted, ..Against::default() }).unwrap();
    assert!(found.is_whole(), "{found:?}");
    assert_eq!(found.newest.unwrap().position, log.position());
    let (copy, _) = Log::open(&to, options().mode(OpenMode::ReadOnly)).unwrap();
    assert_eq!(read_all(&copy), read_all(&log));
}

#[test]
fn a_backup_that_cannot_be_written_holds_nobody_up_and_catches_up() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (dir.path().join("log"), dir.path().join("backup"));
    let keys = Arc::new(KeyStore::open(dir.path().join("keys")).unwrap());
    let (log, _) = Log::open(&from, options()).unwrap();
    append_each(&log, 0..300, 500);
    // Something stands in the way of its second segment.
    let mut names =
        std::fs::read_dir(&from).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let blocked = to.join(format!("{}.new", names.find(|name| name.ends_with("2.seg")).unwrap()));
    std::fs::create_dir_all(&blocked).unwrap();
    let tender = Tender::start(&log, keys, tending(&to)).unwrap();
    let status = until(&tender, |status| status.backup_errors_total > 2);
    assert!(status.backup > Seq::ZERO && status.backup_lag_records > 0, "{status:?}");
    assert!(status.backup_error.is_some() && status.backup_lag > Duration::ZERO, "{status:?}");
    append_each(&log, 300..350, 500);
    assert_eq!(tender.status().backup, status.backup, "it stands where it stood");
    std::fs::remove_dir(blocked).unwrap();
    let status = until(&tender, |status| status.backup == log.durable() && status.backup_error.is_none());
    assert_eq!((status.backup_lag_records, status.backup_lag), (0, Duration::ZERO));
}

#[test]
fn a_backup_whose_disk_is_not_there_yet_holds_up_no_start() {
    let dir = tempfile::tempdir().unwrap();
    let (from, place) = (dir.path().join("log"), dir.path().join("mount"));
    // A file where the disk should be mounted.
    std::fs::write(&place, b"").unwrap();
    let keys = Arc::new(KeyStore::open(dir.path().join("keys")).unwrap());
    let (log, _) = Log::open(&from, options()).unwrap();
    append_each(&log, 0..10, 500);
    let tender = Tender::start(&log, keys, tending(&place.join("log"))).unwrap();
    let status = until(&tender, |status| status.backup_errors_total > 2);
    assert!(status.has_backup && status.backup_lag_records == 10, "{status:?}");
    std::fs::remove_file(&place).unwrap();
    until(&tender, |status| status.backup == Seq::new(10) && status.backup_error.is_none());
}
