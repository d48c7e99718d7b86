//! Records inside a frame's uncompressed payload.
//!
//! ```text
//!   0        4    5              8                24                56
//!   ┌────────┬────┬──────────────┬────────────────┬─────────────────┬───────────┐
//!   │ length │ 1  │      0       │  key (16)      │  digest (32)    │  payload  │
//!   └────────┴────┴──────────────┴────────────────┴─────────────────┴───────────┘
//! ```
//!
//! `length` counts what follows it. The byte 1 is the record's form; a reader meets no other in a
//! frame of kind 1. The place of a record is the frame's first `Seq` plus its position.

use crate::frame::{array_at, u32_at};
use crate::item::{Digest, Item, ItemKey};

/// Bytes of a record besides its payload.
pub(crate) const OVERHEAD_BYTES: usize = 56;

const FORM: u8 = 1;

/// A record in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordRef<'a> {
    pub(crate) key: ItemKey,
    pub(crate) digest: Digest,
    pub(crate) payload: &'a [u8],
}

pub(crate) fn put(item: &Item, out: &mut Vec<u8>) {
    let len = (OVERHEAD_BYTES - 4 + item.payload.len()) as u32;
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(&[FORM, 0, 0, 0]);
    out.extend_from_slice(&item.key);
    out.extend_from_slice(&item.digest);
    out.extend_from_slice(&item.payload);
}

/// Takes the next record off `bytes`; `None` if there is no whole one.
pub(crate) fn take<'a>(bytes: &mut &'a [u8]) -> Option<RecordRef<'a>> {
    let whole = *bytes;
    if whole.len() < OVERHEAD_BYTES || whole[4] != FORM {
        return None;
    }
    let end = 4_usize.checked_add(u32_at(whole, 0) as usize)?;
    let payload = whole.get(OVERHEAD_BYTES..end)?;
    *bytes = &whole[end..];
    Some(RecordRef { key: array_at(whole, 8), digest: array_at(whole, 24), payload })
}

/// Whether `bytes` are exactly `count` records.
pub(crate) fn check(mut bytes: &[u8], count: u32) -> bool {
    (0..count).all(|_| take(&mut bytes).is_some()) && bytes.is_empty()
}
