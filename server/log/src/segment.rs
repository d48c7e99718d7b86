//! A segment: a file of fixed size that is full of zeros before its first frame is written.
//!
//! Its name is `<first Seq, 20 digits>-<number, 8 digits>.seg`. The number counts segments from 1;
//! it tells two segments apart of which the first got no record (only cursors).
//!
//! ```text
//!        0                 8      10     12              16              24              32
//!      0 ┌─────────────────┬──────┬──────┬───────────────┬───────────────┬───────────────┐
//!        │  "TCLOGSEG"     │ ver- │  0   │ segment size  │ required      │ optional      │
//!        │                 │ sion │      │ (bytes)       │ features      │ features      │
//!     32 ├─────────────────┴──────┴──────┴───────────────┼───────────────┼───────────────┤
//!        │           cluster id (16 bytes)               │ number        │ first Seq     │
//!     64 ├───────────────────────────────────────────────┴───────────────┴───────────────┤
//!        │           SHA-256 of the last frame of the previous segment                   │
//!     96 ├───────────────┬───────────────────────────────────────────────────────────────┤
//!        │ created (µs)  │ of a sealed segment: log key's id (16), nonce (24), wrapped   │
//!    192 ├───────────────┘ key with its tag (48); else 0 …                               │
//!  4,092 ├───────────────┴───────────────────────────────────────────────┬───────────────┤
//!        │                                                               │ CRC32C of all │
//!        │                                                               │ before        │
//!  4,096 ├───────────────────────────────────────────────────────────────┴───────────────┤
//!        │ frame │ frame │ frame │ … 0 0 0                                               │
//!        └───────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! A reader refuses an unknown version and unknown *required* features, and passes over unknown
//! *optional* ones. All is zero that is not drawn. Required features: bit 0 = the frames are sealed with a key
//! of this segment, which stands here wrapped under a log key (`keys/log_keys.rs`). Sealed segments and others
//! may follow each other in one log. Bit 1 = what is in it was made for training and is nobody's real number; all
//! segments of a log have it or none.
//!
//! A segment is made under a name that ends in `.new`: zeros, header, `fsync`, then its real name,
//! then `fsync` of the directory, and only then the first frame. A file with a segment's name is
//! therefore always of full length with a valid header; anything else is damage.
//!
//! Zeros are really written, not only reserved: an `fdatasync` after a write into written blocks
//! has no metadata to carry, and the room for what will be acknowledged is there beforehand.

use std::io;
use std::path::Path;

use crate::disk::{Access, Disk, DiskFile, replace_file};
use crate::frame::{Binding, Hash, array_at, u32_at, u64_at};
use crate::item::{ClusterId, Seq};
use crate::keys::SegmentSeal;

/// Bytes of a segment's header: the first frame begins here.
pub const HEADER_BYTES: u32 = 4_096;

/// The version of the whole layout, in every file of the log.
pub const FORMAT_VERSION: u16 = 1;

pub(crate) const MAGIC: [u8; 8] = *b"TCLOGSEG";
/// Required feature: the frames are sealed.
const SEALED: u64 = 1;
/// Required feature: nothing in it is real.
const TRAINING: u64 = 1 << 1;

const CRC_AT: usize = HEADER_BYTES as usize - 4;

/// A segment's header, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) bytes: u32,
    pub(crate) cluster: ClusterId,
    pub(crate) number: u64,
    pub(crate) first_seq: Seq,
    pub(crate) previous: Hash,
    pub(crate) created_us: i64,
    /// The key of its frames, where they are sealed.
    pub(crate) seal: Option<SegmentSeal>,
    /// Whether it is of a training, where nothing is real.
    pub(crate) is_training: bool,
}

/// Why a segment's header was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SegmentFault {
    Invalid(&'static str),
    Newer(String),
}

impl SegmentHeader {
    pub(crate) fn binding(&self) -> Binding {
        Binding { cluster: self.cluster, segment: self.number, segment_first: self.first_seq }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES as usize];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..10].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.bytes.to_le_bytes());
        bytes[32..48].copy_from_slice(&self.cluster);
        bytes[48..56].copy_from_slice(&self.number.to_le_bytes());
        bytes[56..64].copy_from_slice(&self.first_seq.get().to_le_bytes());
        bytes[64..96].copy_from_slice(&self.previous);
        bytes[96..104].copy_from_slice(&self.created_us.to_le_bytes());
        let required = self.seal.as_ref().map_or(0, |_| SEALED) | if self.is_training { TRAINING } else { 0 };
        bytes[16..24].copy_from_slice(&required.to_le_bytes());
        if let Some(seal) = &self.seal {
            bytes[104..120].copy_from_slice(&seal.by);
            bytes[120..144].copy_from_slice(&seal.nonce);
            bytes[144..192].copy_from_slice(&seal.wrapped);
        }
        let crc = crc32c::crc32c(&bytes[..CRC_AT]);
        bytes[CRC_AT..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8; HEADER_BYTES as usize]) -> Result<SegmentHeader, SegmentFault> {
        if bytes[..8] != MAGIC {
            return Err(SegmentFault::Invalid("no magic number"));
        }
        if u32_at(bytes, CRC_AT) != crc32c::crc32c(&bytes[..CRC_AT]) {
            return Err(SegmentFault::Invalid("checksum"));
        }
        let version = u16::from_le_bytes(array_at(bytes, 8));
        let required = u64_at(bytes, 16);
        if version != FORMAT_VERSION || required & !(SEALED | TRAINING) != 0 {
            return Err(SegmentFault::Newer(format!(
                "a segment of version {version} with required features {required:#x}"
            )));
        }
        Ok(SegmentHeader {
            bytes: u32_at(bytes, 12),
            cluster: array_at(bytes, 32),
            number: u64_at(bytes, 48),
            first_seq: Seq::new(u64_at(bytes, 56)),
            previous: array_at(bytes, 64),
            created_us: u64_at(bytes, 96).cast_signed(),
            seal: (required & SEALED != 0).then(|| SegmentSeal {
                by: array_at(bytes, 104),
                nonce: array_at(bytes, 120),
                wrapped: array_at(bytes, 144),
            }),
            is_training: required & TRAINING != 0,
        })
    }
}

/// The name of a segment.
pub(crate) fn file_name(first_seq: Seq, number: u64) -> String {
    format!("{first_seq}-{number:08}.seg")
}

/// First `Seq` and number out of a name; `None` where it is none of ours.
pub(crate) fn parse_name(name: &str) -> Option<(Seq, u64)> {
    let (first, number) = name.strip_suffix(".seg")?.split_once('-')?;
    let (first_seq, number) = (Seq::new(first.parse().ok()?), number.parse().ok()?);
    // Only the one spelling: `+1` or a missing zero would name the same segment twice.
    (file_name(first_seq, number) == name).then_some((first_seq, number))
}

/// Makes a segment on the disk, complete and durable.
pub(crate) fn create(disk: &dyn Disk, dir: &Path, header: &SegmentHeader) -> io::Result<()> {
    let name = file_name(header.first_seq, header.number);
    replace_file(disk, dir, &name, Access::Create, |file| {
        write_zeros(file, u64::from(HEADER_BYTES), u64::from(header.bytes))?;
        file.write_at(&header.encode(), 0)
    })
}

/// Writes zeros from `from` to `to`.
pub(crate) fn write_zeros(file: &dyn DiskFile, from: u64, to: u64) -> io::Result<()> {
    const CHUNK: u64 = 1 << 20;
    let zeros = vec![0; CHUNK.min(to.saturating_sub(from)) as usize];
    let mut at = from;
    while at < to {
        let len = (to - at).min(CHUNK) as usize;
        file.write_at(&zeros[..len], at)?;
        at += len as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> SegmentHeader {
        SegmentHeader {
            bytes: 1 << 20,
            cluster: [3; 16],
            number: 12,
            first_seq: Seq::new(34),
            previous: [5; 32],
            created_us: 77,
            seal: None,
            is_training: false,
        }
    }

    #[test]
    fn a_header_comes_back_as_it_was() {
        let seal = SegmentSeal { by: [1; 16], nonce: [2; 24], wrapped: [3; 48] };
        let sealed = SegmentHeader { seal: Some(seal), ..sample() };
        let training = SegmentHeader { is_training: true, ..sample() };
        let both = SegmentHeader { is_training: true, ..sealed.clone() };
        for header in [sample(), sealed, training, both] {
            assert_eq!(SegmentHeader::decode(&array_at(&header.encode(), 0)), Ok(header));
        }
    }

    #[test]
    fn every_flipped_bit_of_a_header_is_noticed() {
        let bytes = sample().encode();
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(SegmentHeader::decode(&array_at(&bytes, 0)).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn a_name_has_one_spelling() {
        let name = file_name(Seq::new(34), 12);
        assert_eq!(name, "00000000000000000034-00000012.seg");
        assert_eq!(parse_name(&name), Some((Seq::new(34), 12)));
        for other in ["34-12.seg", "+0000000000000000034-00000012.seg", "HEAD", "x-y.seg"] {
            assert_eq!(parse_name(other), None, "{other}");
        }
    }
}
