//! Every cut and every flipped bit near the end, and random damage everywhere: never a silent loss, a
//! panic or a hang. The controls take a protection away, and the same checks must fail.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::path::PathBuf;

use support::damage::{
    HEADER, Left, Opened, Stop, forge, frame_offsets, left, left_long, left_of, open_damaged,
};
use support::proof::{count, each, figure, is_long};
use support::{open, path};
use toancanh_log::disk::sim::{Rng, SimDisk};
use toancanh_log::{Batch, Damage, Item, OpenMode};

const STOPS: [Stop; 2] = [Stop::Clean, Stop::Killed];

/// What a case of damage comes to, and whether it may.
fn found(left: &Left, disk: &SimDisk, at: usize) -> Result<&'static str, String> {
    match open_damaged(left, disk, OpenMode::Strict)? {
        Opened::Damaged(corruption) if corruption.offset > at as u64 => {
            Err(format!("too late: {corruption}"))
        }
        Opened::Damaged(corruption) if corruption.file != left.last() => {
            Err(format!("elsewhere: {corruption}"))
        }
        Opened::Damaged(_) => Ok("found"),
        Opened::Whole => Ok("harmless"),
    }
}

/// The bits of the last 4 KiB of frames; in the short form one bit of each byte, another each time, of
/// every fifth byte but for the last ones.
fn bits(left: &Left) -> Vec<(usize, u32)> {
    let end = left.end();
    let bytes = end.saturating_sub(4_096).max(HEADER)..end;
    let bytes = bytes.filter(|at| is_long() || at % 5 == 0 || end - at < 600);
    bytes
        .flat_map(|at| (0..8).map(move |bit| (at, bit)))
        .filter(|(at, bit)| is_long() || at % 8 == *bit as usize)
        .collect()
}

#[test]
fn prove_every_flipped_bit_in_the_last_4_kib_is_found() {
    for stop in STOPS {
        let left = left_long(stop, 5_000);
        let bits = bits(&left);
        let tally = each(&format!("bits-{stop:?}"), bits.len() as u64, |case| {
            let (at, bit) = bits[case as usize];
            let disk = left.disk.copy();
            disk.damage(&left.last(), |bytes| bytes[at] ^= 1 << bit);
            match found(&left, &disk, at)? {
                "found" => Ok("found"),
                _ => Err(format!("byte {at}, bit {bit}: not noticed")),
            }
        });
        figure(&format!("bits_{stop:?}"), bits.len());
        figure(&format!("bits_{stop:?}_found"), tally["found"]);
        figure(&format!("bits_{stop:?}_slowest_ms"), tally["slowest_ms"]);
    }
}

#[test]
fn prove_every_cut_in_the_last_64_kib_is_found() {
    for stop in STOPS {
        let left = left_long(stop, if is_long() { 66_000 } else { 5_000 });
        let (last, end) = (left.last(), left.end());
        let from = end.saturating_sub(64 << 10).max(HEADER);
        let cuts: Vec<usize> =
            (from..end + 64).filter(|at| is_long() || at % 7 == 0 || end.abs_diff(*at) < 300).collect();
        let whole = left.disk.contents(&last).unwrap();
        let tally = each(&format!("cuts-{stop:?}"), cuts.len() as u64, |case| {
            let at = cuts[case as usize];
            let zeroed = left.disk.copy();
            zeroed.damage(&last, |bytes| bytes[at..].fill(0));
            // Behind the last frame, and in its padding, there is nothing but zeros anyway.
            let changed = whole[at..].iter().position(|byte| *byte != 0);
            let is_cut = changed.is_some();
            if (found(&left, &zeroed, at + changed.unwrap_or(0))? == "found") != is_cut {
                return Err(format!("zeros from byte {at} of {end}"));
            }
            let shortened = left.disk.copy();
            shortened.damage(&last, |bytes| bytes.truncate(at));
            match open_damaged(&left, &shortened, OpenMode::Strict)? {
                Opened::Damaged(corruption) if matches!(corruption.damage, Damage::Length { .. }) => {}
                other => return Err(format!("ends at byte {at} of {end}: {other:?}")),
            }
            Ok(if is_cut { "found" } else { "harmless" })
        });
        figure(&format!("cuts_{stop:?}"), cuts.len());
        figure(&format!("cuts_{stop:?}_found"), tally["found"]);
        figure(&format!("cuts_{stop:?}_slowest_ms"), tally["slowest_ms"]);
    }
}

/// One of six kinds of damage, somewhere in a file.
fn damage(rng: &mut Rng, bytes: &mut [u8], other: &[u8]) {
    let at = rng.below(bytes.len() as u64) as usize;
    let sector = at / 512 * 512..(at / 512 * 512 + 512).min(bytes.len());
    match rng.below(6) {
        // One bit, a byte of garbage, a sector lost,
        0 => bytes[at] ^= 1 << rng.below(8),
        1 => bytes[at] = rng.next_u64() as u8,
        2 => bytes[sector].fill(0),
        // a sector full of garbage, one of another place or file, and everything moved.
        3 => bytes[sector].fill_with(|| rng.next_u64() as u8),
        4 => {
            let from = rng.below(other.len() as u64) as usize / 512 * 512;
            let len = sector.len().min(other.len() - from);
            bytes[sector.start..sector.start + len].copy_from_slice(&other[from..from + len]);
        }
        _ => {
            let moved = &mut bytes[at..];
            moved.rotate_right((1 + at % 7).min(moved.len()));
        }
    }
}

#[test]
fn prove_random_damage_anywhere_is_found_or_harmless() {
    let left = left(Stop::Clean);
    let files: Vec<PathBuf> = left.disk.files();
    let cases = count(2_000, 10_000);
    let tally = each("random", cases, |seed| {
        let mut rng = Rng::new(seed);
        let file = &files[rng.below(files.len() as u64) as usize];
        let other = left.disk.contents(&files[rng.below(files.len() as u64) as usize]).unwrap();
        let disk = left.disk.copy();
        disk.damage(file, |bytes| damage(&mut rng, bytes, &other));
        match open_damaged(&left, &disk, OpenMode::Strict)? {
            Opened::Damaged(_) => Ok("found"),
            Opened::Whole => Ok("harmless"),
        }
    });
    assert!(tally["found"] > cases / 20, "{tally:?}");
    figure("random_damages", cases);
    figure("random_damages_found", tally["found"]);
    figure("random_damages_harmless", tally["harmless"]);
    figure("random_damages_slowest_ms", tally["slowest_ms"]);
}

#[test]
fn without_head_a_cut_passes_and_the_check_says_so() {
    // The control: the witness is taken away, and the log told to do without.
    let left = left_long(Stop::Clean, 5_000);
    let offsets = frame_offsets(&left.disk.contents(&left.last()).unwrap());
    let passed = offsets[1..offsets.len() - 1].iter().filter(|at| {
        let disk = left.disk.copy();
        disk.steal(&path("HEAD"));
        disk.damage(&left.last(), |bytes| bytes[**at..].fill(0));
        open_damaged(&left, &disk, OpenMode::Rebuild).is_err()
    });
    assert_eq!(passed.count(), offsets.len() - 2, "cuts at frames' borders");
}

#[test]
fn without_checksums_and_chain_a_changed_record_passes_and_the_check_says_so() {
    // The control: the last frame's checksums are made to hold again, and nothing names its hash.
    let disk = SimDisk::new(9);
    let (log, _) = open(&disk);
    let mut rng = Rng::new(7);
    let payload = (0..900).map(|_| rng.next_u64() as u8).collect();
    let [key, other] = [3, 4].map(|by: u8| std::array::from_fn(|at| (at as u8).wrapping_mul(37) ^ by));
    let digest = std::array::from_fn(|at| other[at % 16] ^ rng.next_u64() as u8);
    log.append(Batch::of(vec![Item { key, digest, payload }])).unwrap();
    let left = left_of(disk, log, Stop::Clean);
    let disk = left.disk.copy();
    disk.steal(&path("HEAD"));
    disk.damage(&left.last(), |bytes| forge(bytes, HEADER));
    assert!(open_damaged(&left, &disk, OpenMode::Rebuild).is_err());
}
