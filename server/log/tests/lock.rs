//! Two processes cannot open one directory.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::process::{Command, Stdio};

use toancanh_log::disk::sim::SimDisk;
use toancanh_log::keys::{KeyError, KeyStore};
use toancanh_log::{Bulk, Log, OpenError, OpenMode, Options};

fn small() -> Options {
    Options::default().segment_bytes(16 << 10).opened_by("toancanh serve")
}

#[track_caller]
fn check_locked(opened: Result<(Log, toancanh_log::Recovery), OpenError>, holder: &str) {
    match opened {
        Err(error @ OpenError::Locked { .. }) => {
            let told = error.to_string();
            assert!(told.contains(holder) && told.contains("stop that first"), "{told}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_second_to_open_is_told_who_is_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(dir.path(), small()).unwrap();
    let holder = format!("process {} (toancanh serve)", std::process::id());
    check_locked(Log::open(dir.path(), small()), &holder);
    check_locked(Log::open(dir.path(), small().mode(OpenMode::ReadOnly)), &holder);
    let bulk = Bulk::open(dir.path(), small(), 1 << 20).map(drop);
    assert!(matches!(bulk, Err(OpenError::Locked { .. })), "{bulk:?}");
    drop(log);
    Log::open(dir.path(), small()).unwrap();
}

#[test]
fn the_simulated_disk_refuses_alike() {
    let disk = SimDisk::new(1);
    let (log, _) = support::open(&disk);
    check_locked(Log::open(support::DIR, support::options(&disk)), "(test)");
    drop(log);
    support::open(&disk);
}

#[test]
fn another_process_is_kept_out_too() {
    let dir = tempfile::tempdir().unwrap();
    drop(Log::open(dir.path(), small()).unwrap());
    let lock = dir.path().join("LOCK");
    let mut other = Command::new("flock")
        .arg("--exclusive")
        .arg(&lock)
        .args(["sh", "-c", "echo locked; read _"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("flock of util-linux");
    let mut line = [0; 7];
    std::io::Read::read_exact(other.stdout.as_mut().unwrap(), &mut line).unwrap();
    // It wrote nothing into the file: what the last holder wrote is all that can be told.
    check_locked(Log::open(dir.path(), small()), "process");
    drop(other.stdin.take());
    other.wait().unwrap();
    Log::open(dir.path(), small()).unwrap();
}

#[test]
fn a_lock_file_left_by_a_dead_process_keeps_nobody_out() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("LOCK"), "process 1 (long gone)").unwrap();
    Log::open(dir.path(), small()).unwrap();
}

#[test]
fn keys_are_opened_by_one_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let keys = KeyStore::open(dir.path()).unwrap();
    assert!(matches!(KeyStore::open(dir.path()), Err(KeyError::Locked { .. })));
    drop(keys);
    KeyStore::open(dir.path()).unwrap();
}
