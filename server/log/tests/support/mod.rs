//! What the tests of the log share: items, options for a small simulated disk, and looking at a log.

#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod damage;
pub(crate) mod overlay;
pub(crate) mod proof;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};

use toancanh_log::clock::ManualClock;
use toancanh_log::disk::sim::SimDisk;
use toancanh_log::{Batch, Item, Log, Options, Recovery, Seq, StoredRecord};

/// Where the log lies on every simulated disk.
pub(crate) const DIR: &str = "/data/log";

/// 2026-01-01T00:00:00Z in microseconds.
pub(crate) const NEW_YEAR_US: i64 = 1_767_225_600_000_000;

/// An item with this number; its payload follows from number and length.
pub(crate) fn item(number: u64, payload_bytes: usize) -> Item {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&number.to_le_bytes());
    let mut digest = [0xD1; 32];
    digest[..8].copy_from_slice(&number.to_le_bytes());
    digest[8..16].copy_from_slice(&(payload_bytes as u64).to_le_bytes());
    Item { key, digest, payload: payload(number, payload_bytes) }
}

/// Half of it compresses well, half does not.
pub(crate) fn payload(number: u64, bytes: usize) -> Vec<u8> {
    let mut rng = toancanh_log::disk::sim::Rng::new(number);
    (0..bytes).map(|at| if at < bytes / 2 { b'a' } else { rng.next_u64() as u8 }).collect()
}

/// Items `from..to` in one batch.
pub(crate) fn batch(numbers: std::ops::Range<u64>, payload_bytes: usize) -> Batch {
    Batch::of(numbers.map(|number| item(number, payload_bytes)).collect())
}

/// Options for a simulated disk: segments of 16 KiB, a clock that stands.
pub(crate) fn options(disk: &SimDisk) -> Options {
    Options::default()
        .disk(Arc::new(disk.clone()))
        .clock(Arc::new(ManualClock::at(NEW_YEAR_US)))
        .segment_bytes(16 << 10)
        .opened_by("test")
}

/// Opens the log on a simulated disk.
#[track_caller]
pub(crate) fn open(disk: &SimDisk) -> (Log, Recovery) {
    Log::open(DIR, options(disk)).unwrap()
}

/// Everything in a log, in order.
#[track_caller]
pub(crate) fn read_all(log: &Log) -> Vec<StoredRecord> {
    log.read_from(Seq::FIRST).collect::<Result<_, _>>().unwrap()
}

/// The keys' numbers of everything in a log, in order.
#[track_caller]
pub(crate) fn numbers(log: &Log) -> Vec<u64> {
    read_all(log).iter().map(number_of).collect()
}

pub(crate) fn number_of(record: &StoredRecord) -> u64 {
    u64::from_le_bytes(record.key[..8].try_into().unwrap())
}

/// Appends items `numbers`, each in a commit of its own.
#[track_caller]
pub(crate) fn append_each(log: &Log, numbers: std::ops::Range<u64>, payload_bytes: usize) {
    for number in numbers {
        log.append(batch(number..number + 1, payload_bytes)).unwrap();
    }
}

/// The segments on a disk, in order.
pub(crate) fn segments(disk: &SimDisk) -> Vec<PathBuf> {
    disk.files().into_iter().filter(|path| path.extension().is_some_and(|end| end == "seg")).collect()
}

/// The file `name` of the log.
pub(crate) fn path(name: &str) -> PathBuf {
    Path::new(DIR).join(name)
}

/// A door that the writer comes to before each commit: closed, it gathers a queue behind it.
#[derive(Clone, Default)]
pub(crate) struct Door(Arc<(Mutex<DoorState>, Condvar)>);

#[derive(Default)]
struct DoorState {
    closed: bool,
    waiting: bool,
}

impl Door {
    /// What [`Options::before_commit`] takes.
    pub(crate) fn pass(&self) -> impl FnMut() -> std::io::Result<()> + Send + 'static {
        let door = self.clone();
        move || {
            let (state, changed) = &*door.0;
            let mut state = state.lock().unwrap();
            state.waiting = true;
            changed.notify_all();
            while state.closed {
                state = changed.wait(state).unwrap();
            }
            state.waiting = false;
            Ok(())
        }
    }

    pub(crate) fn close(&self) {
        self.0.0.lock().unwrap().closed = true;
    }

    /// Waits until the writer stands before the closed door.
    pub(crate) fn await_waiting(&self) {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        while !state.waiting {
            state = changed.wait(state).unwrap();
        }
    }

    pub(crate) fn open(&self) {
        let (state, changed) = &*self.0;
        state.lock().unwrap().closed = false;
        changed.notify_all();
    }
}

/// Notes a test that was left out where `cargo xtask test` counts them.
pub(crate) fn left_out(test: &str, why: &str) {
    use std::io::Write;
    eprintln!("left out: {test}: {why}");
    let Some(file) = std::env::var_os("TOANCANH_LEFT_OUT") else { return };
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
    file.write_all(format!("{test}: {why}\n").as_bytes()).unwrap();
}
