//! `case-keys`: slots of 128 bytes, the first of which is the header.
//!
//! ```text
//!   header   0          8     10    16            32              48           56       124   128
//!            │"TCCASEKY"│ ver-│  0  │ store id    │ master check  │ 0          │  0 …   │ CRC │
//!            │          │ sion│     │ (16)        │ (16)          │            │        │     │
//!
//!   record   0    1    2     8             40           64               112        120  124  128
//!            │kind│wrap│  0  │ case hash   │ nonce (24) │ wrapped key    │ synced   │ 0  │ CRC │
//!            │    │    │     │ (32)        │            │ and tag (48)   │ before   │    │     │
//! ```
//!
//! - **kind**: 1 = a key, 2 = erased (nonce and wrapped key are zero), 3 = void (all is zero: here
//!   stood a record that was never finished, with finished ones behind it). **wrap**: 1 =
//!   XChaCha20-Poly1305 under the master key, bound to store id and case hash.
//! - **case hash**: SHA-256 of store id and case code: the file names no case.
//! - **synced before**: the length up to which the file was known to be durable when the record was
//!   written. A bad record before the largest of these is damage; one behind it is an unfinished
//!   write, which nobody was promised.
//! - **CRC**: CRC32C over store id, offset, and the 124 bytes before.
//!
//! Slots divide a sector evenly, so a record is written whole or not at all.

use std::io;
use std::path::Path;

use crate::disk::{Access, Disk, DiskFile, replace_file};
use crate::frame::{array_at, u32_at, u64_at};

use super::KeyError;
use super::crypto::{CaseHash, Nonce, Wrapped};

pub(super) const FILE_NAME: &str = "case-keys";

pub(super) const MAGIC: [u8; 8] = *b"TCCASEKY";
pub(super) const VERSION: u16 = 1;
pub(super) const SLOT_BYTES: u64 = 128;
pub(super) const CRC_AT: usize = 124;
pub(super) const KIND_KEY: u8 = 1;
pub(super) const KIND_ERASED: u8 = 2;
pub(super) const KIND_VOID: u8 = 3;
pub(super) const WRAP_XCHACHA: u8 = 1;

pub(super) type StoreId = [u8; 16];
pub(super) type SlotBytes = [u8; SLOT_BYTES as usize];

/// A record, decoded.
pub(super) struct Record {
    pub(super) kind: u8,
    pub(super) case: CaseHash,
    pub(super) nonce: Nonce,
    pub(super) wrapped: Wrapped,
    pub(super) synced_before: u64,
}

pub(super) fn write_file(
    disk: &dyn Disk,
    dir: &Path,
    store: &StoreId,
    check: &[u8; 16],
    records: &[u8],
) -> io::Result<()> {
    let mut header: SlotBytes = [0; SLOT_BYTES as usize];
    header[..8].copy_from_slice(&MAGIC);
    header[8..10].copy_from_slice(&VERSION.to_le_bytes());
    header[16..32].copy_from_slice(store);
    header[32..48].copy_from_slice(check);
    let crc = slot_crc(&header, store, 0);
    header[CRC_AT..].copy_from_slice(&crc.to_le_bytes());
    replace_file(disk, dir, FILE_NAME, Access::CreatePrivate, |file| {
        file.write_at(&header, 0)?;
        if records.is_empty() { Ok(()) } else { file.write_at(records, SLOT_BYTES) }
    })
}

/// The store's id, and the check of the key that its records are wrapped under.
pub(super) fn read_header(file: &dyn DiskFile, path: &Path) -> Result<(StoreId, [u8; 16]), KeyError> {
    let mut header: SlotBytes = [0; SLOT_BYTES as usize];
    let read = file.read_at(&mut header, 0).map_err(KeyError::io("reading", path))?;
    let store: StoreId = array_at(&header, 16);
    let corrupt = |why| Err(KeyError::Corrupt { path: path.to_path_buf(), offset: 0, why });
    if read < header.len() || header[..8] != MAGIC {
        return corrupt("the header is not valid");
    }
    if u32_at(&header, CRC_AT) != slot_crc(&header, &store, 0) {
        return corrupt("the header's checksum is wrong");
    }
    let version = u16::from_le_bytes(array_at(&header, 8));
    if version != VERSION {
        return Err(KeyError::Unsupported { found: format!("case keys of version {version}") });
    }
    Ok((store, array_at(&header, 32)))
}

pub(super) fn encode(record: &Record, store: &StoreId, offset: u64) -> SlotBytes {
    let mut bytes: SlotBytes = [0; SLOT_BYTES as usize];
    bytes[0] = record.kind;
    bytes[1] = WRAP_XCHACHA;
    bytes[8..40].copy_from_slice(&record.case);
    bytes[40..64].copy_from_slice(&record.nonce);
    bytes[64..112].copy_from_slice(&record.wrapped);
    bytes[112..120].copy_from_slice(&record.synced_before.to_le_bytes());
    let crc = slot_crc(&bytes, store, offset);
    bytes[CRC_AT..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

pub(super) fn decode(bytes: &SlotBytes, store: &StoreId, offset: u64) -> Option<Record> {
    let known = matches!((bytes[0], bytes[1]), (KIND_KEY | KIND_ERASED | KIND_VOID, WRAP_XCHACHA));
    if !known || u32_at(bytes, CRC_AT) != slot_crc(bytes, store, offset) {
        return None;
    }
    Some(Record {
        kind: bytes[0],
        case: array_at(bytes, 8),
        nonce: array_at(bytes, 40),
        wrapped: array_at(bytes, 64),
        synced_before: u64_at(bytes, 112),
    })
}

pub(super) fn slot_crc(slot: &SlotBytes, store: &StoreId, offset: u64) -> u32 {
    let crc = crc32c::crc32c_append(crc32c::crc32c(store), &offset.to_le_bytes());
    crc32c::crc32c_append(crc, &slot[..CRC_AT])
}
