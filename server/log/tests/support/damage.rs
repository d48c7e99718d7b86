//! A log that some stop left behind, damage to it, and what an opening of it may come to.

#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses its part, and stops at surprises")]

use std::path::PathBuf;

use toancanh_log::disk::sim::SimDisk;
use toancanh_log::{Batch, Corruption, Cursor, Log, OpenError, OpenMode, Seq, StoredRecord};

use super::{DIR, append_each, batch, item, open, options, segments};

pub(crate) const HEADER: usize = 4_096;

/// A log as some stop left it, and what is in it.
pub(crate) struct Left {
    pub(crate) disk: SimDisk,
    pub(crate) records: Vec<StoredRecord>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stop {
    Clean,
    Killed,
}

/// Several segments with small and large frames; the last segment holds a few KiB of frames.
pub(crate) fn left(stop: Stop) -> Left {
    let disk = SimDisk::new(9);
    let (log, _) = open(&disk);
    append_each(&log, 0..70, 700);
    log.append(batch(70..75, 300)).unwrap();
    let cursor = Cursor { source: String::from("crm"), position: b"75".to_vec() };
    log.append(Batch { items: vec![item(75, 40)], cursors: vec![cursor] }).unwrap();
    append_each(&log, 76..90, 150);
    left_of(disk, log, stop)
}

/// One segment with so many bytes of frames, of all sizes.
pub(crate) fn left_long(stop: Stop, frame_bytes: u64) -> Left {
    let disk = SimDisk::new(9);
    let (log, _) = Log::open(DIR, options(&disk).segment_bytes(128 << 10)).unwrap();
    let mut number = 0;
    while log.stats().bytes_total < frame_bytes {
        append_each(&log, number..number + 1, (number * 37 % 1_500) as usize);
        number += 1;
    }
    left_of(disk, log, stop)
}

pub(crate) fn left_of(disk: SimDisk, log: Log, stop: Stop) -> Left {
    let records = super::read_all(&log);
    if stop == Stop::Killed {
        disk.kill();
    }
    drop(log);
    Left { disk, records }
}

impl Left {
    pub(crate) fn last(&self) -> PathBuf {
        segments(&self.disk).pop().unwrap()
    }

    /// Where the frames of the last segment end.
    pub(crate) fn end(&self) -> usize {
        self.disk.contents(&self.last()).unwrap().iter().rposition(|byte| *byte != 0).unwrap() + 1
    }
}

/// How an opening ended.
#[derive(Debug)]
pub(crate) enum Opened {
    Whole,
    Damaged(Corruption),
}

/// Opens a damaged copy and sees to it that nothing is silently missing or changed.
#[track_caller]
pub(crate) fn check_not_silent(left: &Left, disk: &SimDisk, what: &str) -> Opened {
    open_damaged(left, disk, OpenMode::Strict).unwrap_or_else(|silent| panic!("{what}: {silent}"))
}

/// The same, with what was silent as an error.
pub(crate) fn open_damaged(left: &Left, disk: &SimDisk, mode: OpenMode) -> Result<Opened, String> {
    match Log::open(DIR, options(&disk.copy()).mode(mode)) {
        Ok((log, _)) => {
            let read: Result<Vec<StoredRecord>, _> = log.read_from(Seq::FIRST).collect();
            match read {
                Ok(records) if records == left.records => Ok(Opened::Whole),
                Ok(_) => Err(String::from("opened, and is not whole")),
                Err(error) => Err(format!("opened, and cannot be read: {error}")),
            }
        }
        Err(OpenError::Corrupt(corruption)) => {
            check_prefix(left, disk, &corruption, "for reading");
            Ok(Opened::Damaged(*corruption))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// For reading, what stands before the damage can be had, and the same damage is told.
#[track_caller]
pub(crate) fn check_prefix(left: &Left, disk: &SimDisk, corruption: &Corruption, what: &str) {
    let before = disk.ops();
    let (log, recovery) = Log::open(DIR, options(disk).mode(OpenMode::ReadOnly)).unwrap();
    assert_eq!(recovery.damage.as_ref(), Some(corruption), "{what}");
    let intact = corruption.intact_to.get() as usize;
    assert_eq!(log.durable(), corruption.intact_to, "{what}");
    assert_eq!(super::read_all(&log), left.records[..intact], "{what}");
    drop(log);
    assert_eq!(disk.ops(), before, "{what}: reading changed something");
}

#[track_caller]
pub(crate) fn damaged(opened: Opened, what: &str) -> Corruption {
    match opened {
        Opened::Damaged(corruption) => corruption,
        Opened::Whole => panic!("{what}: not noticed"),
    }
}

/// Where the frames of a segment begin, and where the last ends.
pub(crate) fn frame_offsets(bytes: &[u8]) -> Vec<usize> {
    let mut offsets = vec![HEADER];
    let mut at = HEADER;
    while bytes[at..].starts_with(b"TCF1") {
        let body = u32::from_le_bytes(bytes[at + 8..at + 12].try_into().unwrap()) as usize;
        at += 128 + body.next_multiple_of(8);
        offsets.push(at);
    }
    offsets
}

/// Changes a byte of the payload of the frame at `at`, and makes its checksums hold again.
pub(crate) fn forge(bytes: &mut [u8], at: usize) {
    let body_bytes = u32::from_le_bytes(bytes[at + 8..at + 12].try_into().unwrap()) as usize;
    let end = at + 128 + body_bytes.next_multiple_of(8);
    assert_eq!(bytes[at + 17], 0, "compressed");
    bytes[at + 128 + 56 + 3] ^= 1;
    let body_crc = crc32c::crc32c(&bytes[at + 128..end]);
    bytes[at + 12..at + 16].copy_from_slice(&body_crc.to_le_bytes());
    let place = [&bytes[32..64], (at as u64).to_le_bytes().as_slice()].concat();
    let crc = crc32c::crc32c_append(crc32c::crc32c(&place), &bytes[at + 8..at + 128]);
    bytes[at + 4..at + 8].copy_from_slice(&crc.to_le_bytes());
}
