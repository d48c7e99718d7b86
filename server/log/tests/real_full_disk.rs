//! A real file system that is full: refused within a second, reading goes on, nothing acknowledged is lost,
//! and the log takes more within ten seconds of room. The control answers success where there was no room.
//!
//! Each test runs itself again in a mount namespace of its own, with a file system of a few MiB. That
//! needs root, or a system that lets users make namespaces; `TOANCANH_WITHOUT_ROOT` leaves it out.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test stops at surprises"
)]

mod support;

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use support::{batch, numbers, proof};
use toancanh_log::disk::{Access, DiskLock, LockError};
use toancanh_log::{AppendError, Disk, DiskFile, Log, Options, RealDisk};

/// Where the small file system is mounted, in the namespace's process.
const MOUNTED: &str = "TOANCANH_TEST_MOUNTED";

/// Runs the test `name` once more, on a file system of 2 MiB. `None` in that run: go on there.
fn on_a_small_file_system(name: &str) -> Option<bool> {
    if std::env::var_os(MOUNTED).is_some() {
        return None;
    }
    let place = tempfile::tempdir().unwrap();
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let mut command = Command::new("unshare");
    command.args(if is_root { &["--mount"][..] } else { &["--user", "--map-root-user", "--mount"] });
    let script = "mount -t tmpfs -o size=2m none \"$1\" && shift && exec \"$@\"";
    let program = std::env::current_exe().unwrap();
    command.args(["sh", "-c", script, "sh"]).arg(place.path()).arg(program);
    command.args(["--exact", name, "--nocapture"]).env(MOUNTED, place.path());
    let ran = command.status();
    if ran.as_ref().is_ok_and(std::process::ExitStatus::success) {
        return Some(true);
    }
    if std::env::var_os("TOANCANH_WITHOUT_ROOT").is_some() {
        support::left_out(name, &format!("no file system could be mounted ({ran:?})"));
        return Some(false);
    }
    panic!("{name}: a small file system is mounted for it, as root, and it must hold: {ran:?}");
}

/// The mounted folder, and a file in it that takes all the room there is.
struct Small {
    dir: PathBuf,
}

impl Small {
    fn new() -> Small {
        Small { dir: PathBuf::from(std::env::var_os(MOUNTED).unwrap()) }
    }

    fn log(&self, disk: impl Disk + 'static) -> Log {
        let options = Options::default().segment_bytes(64 << 10).disk(Arc::new(disk));
        Log::open(self.dir.join("log"), options).unwrap().0
    }

    fn fill(&self) {
        let mut file = std::fs::File::create(self.dir.join("filler")).unwrap();
        while io::Write::write_all(&mut file, &[7; 4_096]).is_ok() {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.dir.join("filler")).unwrap();
    }
}

/// Appends until the disk is full, and once more; the numbers that were acknowledged.
fn append_until_full(log: &Log, limit: u64) -> Vec<u64> {
    let mut acknowledged = Vec::new();
    for number in 0..limit {
        match log.append(batch(number..number + 1, 900)) {
            Ok(_) => acknowledged.push(number),
            Err(AppendError::Full) => break,
            Err(error) => panic!("{error}"),
        }
    }
    acknowledged
}

#[test]
fn a_full_file_system_is_refused_and_left_behind() {
    if on_a_small_file_system("a_full_file_system_is_refused_and_left_behind").is_some() {
        return;
    }
    let small = Small::new();
    let log = small.log(RealDisk);
    small.fill();
    let mut acknowledged = append_until_full(&log, 10_000);
    let next = acknowledged.len() as u64;
    assert!(next > 10 && next < 200, "{next}");
    let began = Instant::now();
    assert_eq!(log.append(batch(next..next + 1, 900)).unwrap_err(), AppendError::Full);
    let refused_in = began.elapsed();
    assert_eq!(numbers(&log), acknowledged, "reading goes on");
    small.make_room();
    let began = Instant::now();
    let mut number = next;
    while log.append(batch(number..number + 1, 900)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "room, and it takes nothing");
        std::thread::sleep(Duration::from_millis(10));
    }
    let again_in = began.elapsed();
    for _ in 0..100 {
        acknowledged.push(number);
        number += 1;
        log.append(batch(number..number + 1, 900)).unwrap();
    }
    acknowledged.push(number);
    drop(log);
    assert_eq!(numbers(&small.log(RealDisk)), acknowledged);
    assert!(refused_in < Duration::from_secs(1), "{refused_in:?}");
    proof::figure("full_disk_refused_ms", refused_in.as_millis());
    proof::figure("full_disk_again_ms", again_in.as_millis());
    proof::figure("full_disk_acknowledged_lost", 0);
}

/// A disk that says "done" where there was no room.
struct Boaster;

struct BoasterFile(Arc<dyn DiskFile>);

fn boast(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Ok(()),
        done => done,
    }
}

impl Disk for Boaster {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_dir(path)
    }
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(dir)
    }
    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(BoasterFile(RealDisk.open(path, access)?)))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        RealDisk.sync_dir(dir)
    }
    fn lock(&self, path: &Path, holder: &str) -> Result<Box<dyn DiskLock>, LockError> {
        RealDisk.lock(path, holder)
    }
}

impl DiskFile for BoasterFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(buf, offset)
    }
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        boast(self.0.write_at(bytes, offset))
    }
    fn sync_data(&self) -> io::Result<()> {
        boast(self.0.sync_data())
    }
    fn sync_all(&self) -> io::Result<()> {
        boast(self.0.sync_all())
    }
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }
    fn mode(&self) -> io::Result<u32> {
        self.0.mode()
    }
}

#[test]
fn a_log_that_took_a_full_disk_for_success_is_caught() {
    if on_a_small_file_system("a_log_that_took_a_full_disk_for_success_is_caught").is_some() {
        return;
    }
    let small = Small::new();
    let log = small.log(Boaster);
    small.fill();
    let acknowledged = append_until_full(&log, 300);
    assert_eq!(acknowledged.len(), 300, "everything is acknowledged");
    drop(log);
    let options = Options::default().segment_bytes(64 << 10);
    let kept = match Log::open(small.dir.join("log"), options) {
        Ok((log, _)) => log.durable().get(),
        Err(_) => 0,
    };
    assert!(kept < 300, "{kept} of 300 are there: the control lost nothing");
}
