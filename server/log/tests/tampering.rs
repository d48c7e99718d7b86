//! Somebody who knows the format changes, deletes, reorders or adds frames and makes every checksum hold again:
//! `verify` finds it by the chain, and names the place.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::sync::Arc;

use support::damage::{HEADER, frame_offsets};
use support::proof::{count, each, figure};
use support::{DIR, batch, path, segments};
use toancanh_log::clock::ManualClock;
use toancanh_log::disk::sim::{Rng, SimDisk};
use toancanh_log::{Against, Disk, Log, Options, verify};

/// A log of so many records, twenty to a frame.
fn log_of(records: u64) -> SimDisk {
    let disk = SimDisk::new(1);
    let options = Options::default()
        .disk(Arc::new(disk.clone()))
        .clock(Arc::new(ManualClock::at(support::NEW_YEAR_US)))
        .segment_bytes(256 << 10);
    let (log, _) = Log::open(DIR, options).unwrap();
    for first in (0..records).step_by(20) {
        log.append(batch(first..first + 20, 24)).unwrap();
    }
    drop(log);
    disk
}

/// Makes both checksums of the frame at `at` hold for that place.
fn seal(bytes: &mut [u8], at: usize) {
    let body = u32::from_le_bytes(bytes[at + 8..at + 12].try_into().unwrap()) as usize;
    let end = at + 128 + body.next_multiple_of(8);
    let body_crc = crc32c::crc32c(&bytes[at + 128..end]);
    bytes[at + 12..at + 16].copy_from_slice(&body_crc.to_le_bytes());
    let place = [&bytes[32..64], (at as u64).to_le_bytes().as_slice()].concat();
    let crc = crc32c::crc32c_append(crc32c::crc32c(&place), &bytes[at + 8..at + 128]);
    bytes[at + 4..at + 8].copy_from_slice(&crc.to_le_bytes());
}

/// Puts the frames in this order from `from` on, each renumbered and sealed where it now stands.
fn put(bytes: &mut [u8], from: usize, frames: &[Vec<u8>]) {
    let mut at = from;
    let mut seq = u64::from_le_bytes(bytes[from + 24..from + 32].try_into().unwrap());
    bytes[from..].fill(0);
    for frame in frames.iter().filter(|frame| !frame.is_empty()) {
        // What no longer fits is left out: another deletion.
        if at + frame.len() > bytes.len() {
            break;
        }
        bytes[at..at + frame.len()].copy_from_slice(frame);
        bytes[at + 24..at + 32].copy_from_slice(&seq.to_le_bytes());
        bytes[at + 40..at + 44].copy_from_slice(&0_u32.to_le_bytes());
        seal(bytes, at);
        seq += u64::from(u32::from_le_bytes(frame[20..24].try_into().unwrap()));
        at += frame.len();
    }
}

/// One change at a frame by chance; says what, and the byte at which the first changed frame begins.
fn tamper(rng: &mut Rng, bytes: &mut [u8]) -> (&'static str, usize) {
    let offsets = frame_offsets(bytes);
    let frames: Vec<Vec<u8>> = offsets.windows(2).map(|pair| bytes[pair[0]..pair[1]].to_vec()).collect();
    let at = rng.below(frames.len() as u64 - 1) as usize;
    let mut rest = frames[at..].to_vec();
    let what = match rng.below(4) {
        0 => {
            // The time of its recording: the frame stays one that reads.
            rest[0][32] ^= 1 << rng.below(8);
            "changed"
        }
        1 => {
            rest.remove(0);
            "deleted"
        }
        2 => {
            rest.swap(0, 1);
            "reordered"
        }
        _ => {
            rest.insert(1, rest[0].clone());
            "added"
        }
    };
    let before = bytes.to_vec();
    put(bytes, offsets[at], &rest);
    let is_another = before != bytes;
    (if is_another { what } else { "untouched" }, offsets[at])
}

#[test]
fn prove_every_change_deletion_and_reordering_is_found_with_its_place() {
    let records = count(4_000, 1_000_000);
    let disk = log_of(records);
    let names = segments(&disk);
    let contents: Vec<Vec<u8>> = names.iter().map(|name| disk.contents(name).unwrap()).collect();
    let cases = count(200, 300);
    let tally = each("tampering", cases, |case| {
        let mut rng = Rng::new(case);
        let segment = rng.below(names.len() as u64) as usize;
        let mut bytes = contents[segment].clone();
        let (what, at) = tamper(&mut rng, &mut bytes);
        // A disk of its own would copy the whole log: here, only this segment is another.
        let tampered: Arc<dyn Disk> =
            Arc::new(support::overlay::Overlay::new(disk.clone(), &names[segment], bytes));
        let found = verify(&tampered, DIR.as_ref(), Against::default()).map_err(|error| error.to_string())?;
        let damage = found.damage.ok_or(format!("{what} at byte {at} of segment {segment}: not found"))?;
        // By the frame itself or the one after it, which may begin the next segment.
        let next = names.get(segment + 1);
        let is_near =
            damage.file == names[segment] && damage.offset >= at as u64 || Some(&damage.file) == next;
        if what == "untouched" || !is_near {
            return Err(format!("{what} at byte {at} of segment {segment}: {damage}"));
        }
        Ok(what)
    });
    figure("records", records);
    for what in ["changed", "deleted", "reordered", "added"] {
        figure(&format!("{what}_and_found"), tally.get(what).copied().unwrap_or(0));
    }
    figure("slowest_ms", tally["slowest_ms"]);
}

#[test]
fn without_the_chain_a_change_passes() {
    // The control: the last frame of all, with nothing behind it and no witness that names it.
    let disk = log_of(100);
    disk.steal(&path("HEAD"));
    let last = segments(&disk).pop().unwrap();
    disk.damage(&last, |bytes| {
        let offsets = frame_offsets(bytes);
        let at = offsets[offsets.len() - 2];
        assert!(at >= HEADER);
        bytes[at + 32] ^= 1;
        seal(bytes, at);
    });
    let shared: Arc<dyn Disk> = Arc::new(disk.clone());
    let damage = verify(&shared, DIR.as_ref(), Against::default()).unwrap().damage.unwrap();
    assert_eq!(damage.file, path("HEAD"), "nothing but the missing witness is told: {damage}");
}
