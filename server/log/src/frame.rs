//! A frame: what one commit writes, or one part of a large commit.
//!
//! Numbers are little-endian. Frames begin at multiples of 8 and follow each other without holes.
//!
//! ```text
//!        0        4        8       12       16 17 18 19 20      24              32
//!      0 ┌────────┬────────┬────────┬────────┬──┬──┬──┬──┬────────┬───────────────┐
//!        │ "TCF1" │ header │  body  │  body  │ki│co│en│fl│ record │   first Seq   │
//!        │        │  CRC   │ length │  CRC   │nd│mp│cr│ag│ count  │               │
//!     32 ├────────┴────────┼────────┼────────┼──┴──┴──┴──┼────────┼───────────────┤
//!        │ recorded (µs)   │durable │ cursor │  payload  │   0    │               │
//!        │                 │ before │ bytes  │ raw bytes │        │               │
//!     56 ├─────────────────┴────────┴────────┴───────────┴────────┘               │
//!        │            SHA-256 of the whole previous frame (32 bytes)              │
//!     88 ├────────────────────────────────────────────────────────────────────────┤
//!        │ of a sealed frame: nonce (24 bytes), tag (16 bytes); else 0            │
//!    128 ├────────────────────────────────────────────────────────────────────────┤
//!        │ source cursors │ payload: the records, compressed │ 0 up to 8 bytes    │
//!        └────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! - **header CRC**: CRC32C over the binding (cluster id, number and first `Seq` of the segment,
//!   offset of the frame) and then the header from byte 8 on. A frame that was left over, copied
//!   from elsewhere or written to the wrong place does not verify.
//! - **body CRC**: CRC32C over cursors, payload and padding; itself covered by the header's.
//! - **kind**: 1 = records. **compression**: 0 none, 1 zstd. **encryption**: 0 none, 1 = cursors and payload
//!   are sealed with the segment's key (`sealing.rs`). **flags**: 0. A valid header with another value is a
//!   newer program's: it is refused as such, never taken for damage.
//! - **durable before**: the offset up to which this segment was known to be durable when the frame
//!   was written. At recovery, a frame that says so about a place *beyond* a bad frame proves that
//!   the bad one had been durable; one that does not was in flight together with it.
//! - **previous hash**: over every byte of the previous frame as it stands in the file, header and
//!   padding included, so `sha256sum` of the range verifies the chain. Before the first frame stands
//!   the SHA-256 of `"toancanh-log genesis 1\n"` and the cluster id.
//! - **cursors**: for each, `u16` length and name, `u16` length and position.
//!
//! Records lie in the payload as `record.rs` writes them.

use sha2::{Digest as _, Sha256};

use crate::item::{ClusterId, Cursor, Seq};
use crate::keys::KeyError;
use crate::sealing::{SAID_BYTES, Seal, SegmentCipher};

/// Bytes of a frame's header.
pub const HEADER_BYTES: usize = 128;

/// Frames begin at multiples of this.
pub const ALIGN: u64 = 8;

/// The most that a frame's payload may be uncompressed: a bound to check before memory is taken.
pub const RAW_BYTES_MAX: usize = 64 << 20;

pub(crate) const MAGIC: [u8; 4] = *b"TCF1";

const KIND_RECORDS: u8 = 1;
const COMPRESSION_NONE: u8 = 0;
const COMPRESSION_ZSTD: u8 = 1;
const ENCRYPTION_NONE: u8 = 0;
const ENCRYPTION_XCHACHA20_POLY1305: u8 = 1;
/// Where the words begin that a seal covers.
const SAID_AT: usize = 16;

/// A SHA-256.
pub(crate) type Hash = [u8; 32];

/// What a frame's checksum is bound to, but for its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    pub(crate) cluster: ClusterId,
    pub(crate) segment: u64,
    pub(crate) segment_first: Seq,
}

impl Binding {
    /// A frame's place, in bytes.
    pub(crate) fn bytes(&self, offset: u32) -> [u8; 40] {
        let mut bytes = [0; 40];
        bytes[..16].copy_from_slice(&self.cluster);
        bytes[16..24].copy_from_slice(&self.segment.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.segment_first.get().to_le_bytes());
        bytes[32..40].copy_from_slice(&u64::from(offset).to_le_bytes());
        bytes
    }

    fn crc(&self, offset: u32) -> u32 {
        crc32c::crc32c(&self.bytes(offset))
    }
}

/// What stands before the first frame of a log, in place of a hash.
pub(crate) fn genesis(cluster: &ClusterId) -> Hash {
    Sha256::new().chain_update(b"toancanh-log genesis 1\n").chain_update(cluster).finalize().into()
}

/// A frame's header, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) body_bytes: u32,
    pub(crate) body_crc: u32,
    pub(crate) compressed: bool,
    pub(crate) records: u32,
    pub(crate) first_seq: Seq,
    pub(crate) recorded_us: i64,
    pub(crate) durable_before: u32,
    pub(crate) cursor_bytes: u32,
    pub(crate) raw_bytes: u32,
    pub(crate) previous: Hash,
    /// Of a sealed frame.
    pub(crate) seal: Option<Seal>,
}

/// Why a header was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    /// The bytes are not what was written, or nothing was.
    Invalid(&'static str),
    /// A newer program wrote it.
    Newer(String),
}

impl Header {
    /// Bytes of the body in the file, padding included.
    pub(crate) fn padded_body(&self) -> u64 {
        u64::from(self.body_bytes).next_multiple_of(ALIGN)
    }

    /// Bytes of the whole frame in the file.
    pub(crate) fn frame_bytes(&self) -> u64 {
        HEADER_BYTES as u64 + self.padded_body()
    }

    /// The place after its last record.
    pub(crate) fn next_seq(&self) -> Seq {
        Seq::new(self.first_seq.get().saturating_add(u64::from(self.records)))
    }

    pub(crate) fn decode(
        bytes: &[u8; HEADER_BYTES],
        binding: &Binding,
        offset: u32,
    ) -> Result<Header, HeaderFault> {
        if bytes[..4] != MAGIC {
            return Err(HeaderFault::Invalid("no magic number"));
        }
        if u32_at(bytes, 4) != crc32c::crc32c_append(binding.crc(offset), &bytes[8..]) {
            return Err(HeaderFault::Invalid("header checksum"));
        }
        let (compressed, sealed) = match (bytes[16], bytes[17], bytes[18], bytes[19]) {
            (
                KIND_RECORDS,
                compression @ (COMPRESSION_NONE | COMPRESSION_ZSTD),
                encryption @ (ENCRYPTION_NONE | ENCRYPTION_XCHACHA20_POLY1305),
                0,
            ) => (compression == COMPRESSION_ZSTD, encryption != ENCRYPTION_NONE),
            (kind, compression, encryption, flags) => {
                return Err(HeaderFault::Newer(format!(
                    "a frame of kind {kind}, compression {compression}, encryption {encryption}, \
                     flags {flags}"
                )));
            }
        };
        let header = Header {
            body_bytes: u32_at(bytes, 8),
            body_crc: u32_at(bytes, 12),
            compressed,
            records: u32_at(bytes, 20),
            first_seq: Seq::new(u64_at(bytes, 24)),
            recorded_us: u64_at(bytes, 32).cast_signed(),
            durable_before: u32_at(bytes, 40),
            cursor_bytes: u32_at(bytes, 44),
            raw_bytes: u32_at(bytes, 48),
            previous: array_at(bytes, 56),
            seal: sealed.then(|| Seal {
                nonce: array_at(bytes, 88),
                tag: array_at(bytes, 112),
                said: array_at(bytes, SAID_AT),
            }),
        };
        if header.cursor_bytes > header.body_bytes
            || header.raw_bytes as usize > RAW_BYTES_MAX
            || header.durable_before > offset
        {
            return Err(HeaderFault::Invalid("sizes that contradict each other"));
        }
        Ok(header)
    }
}

/// What a frame shall hold.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    pub(crate) records: u32,
    pub(crate) first_seq: Seq,
    pub(crate) recorded_us: i64,
    pub(crate) durable_before: u32,
    pub(crate) cursors: &'a [Cursor],
    /// Records, uncompressed.
    pub(crate) raw: &'a [u8],
    /// The same, compressed, where that is smaller.
    pub(crate) compressed: Option<&'a [u8]>,
    pub(crate) previous: Hash,
}

/// The bytes that a frame takes, without encoding it.
pub(crate) fn encoded_bytes(content: &Content<'_>) -> u64 {
    let payload = content.compressed.unwrap_or(content.raw).len();
    let body = (cursor_bytes(content.cursors) + payload) as u64;
    HEADER_BYTES as u64 + body.next_multiple_of(ALIGN)
}

/// Writes a frame as it shall stand at `offset`, sealed where its segment is. The sizes were bounded by the writer.
pub(crate) fn encode(
    content: &Content<'_>,
    binding: &Binding,
    offset: u32,
    cipher: Option<&SegmentCipher>,
    out: &mut Vec<u8>,
) -> Result<(), KeyError> {
    let payload = content.compressed.unwrap_or(content.raw);
    out.clear();
    out.resize(HEADER_BYTES, 0);
    put_cursors(content.cursors, out);
    let cursor_bytes = out.len() - HEADER_BYTES;
    out.extend_from_slice(payload);
    let body_bytes = out.len() - HEADER_BYTES;
    out.resize(out.len().next_multiple_of(ALIGN as usize), 0);

    let (header, body) = out.split_at_mut(HEADER_BYTES);
    header[..4].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&(body_bytes as u32).to_le_bytes());
    header[16] = KIND_RECORDS;
    header[17] = if content.compressed.is_some() { COMPRESSION_ZSTD } else { COMPRESSION_NONE };
    header[18] = if cipher.is_some() { ENCRYPTION_XCHACHA20_POLY1305 } else { ENCRYPTION_NONE };
    header[20..24].copy_from_slice(&content.records.to_le_bytes());
    header[24..32].copy_from_slice(&content.first_seq.get().to_le_bytes());
    header[32..40].copy_from_slice(&content.recorded_us.to_le_bytes());
    header[40..44].copy_from_slice(&content.durable_before.to_le_bytes());
    header[44..48].copy_from_slice(&(cursor_bytes as u32).to_le_bytes());
    header[48..52].copy_from_slice(&(content.raw.len() as u32).to_le_bytes());
    header[56..88].copy_from_slice(&content.previous);
    if let Some(cipher) = cipher {
        let said: [u8; SAID_BYTES] = array_at(header, SAID_AT);
        let (nonce, tag) = cipher.seal(&said, binding, offset, &mut body[..body_bytes])?;
        header[88..112].copy_from_slice(&nonce);
        header[112..128].copy_from_slice(&tag);
    }
    header[12..16].copy_from_slice(&crc32c::crc32c(body).to_le_bytes());
    let crc = crc32c::crc32c_append(binding.crc(offset), &header[8..]);
    header[4..8].copy_from_slice(&crc.to_le_bytes());
    Ok(())
}

/// The hash by which the next frame names this one: over all its bytes.
pub(crate) fn hash(frame: &[u8]) -> Hash {
    Sha256::digest(frame).into()
}

/// Takes a frame's body apart (in the clear, see `sealing::open`): its cursors, and its records uncompressed.
pub(crate) fn open_body(header: &Header, clear: &[u8]) -> Result<(Vec<Cursor>, Vec<u8>), &'static str> {
    let (cursors, payload) = clear.split_at(header.cursor_bytes as usize);
    let cursors = take_cursors(cursors).ok_or("cursors")?;
    let raw_bytes = header.raw_bytes as usize;
    let raw = if header.compressed {
        zstd::bulk::decompress(payload, raw_bytes).map_err(|_| "compression")?
    } else {
        payload.to_vec()
    };
    if raw.len() != raw_bytes {
        return Err("payload length");
    }
    Ok((cursors, raw))
}

/// Bytes that these cursors take in a frame.
pub(crate) fn cursor_bytes(cursors: &[Cursor]) -> usize {
    cursors.iter().map(|cursor| 4 + cursor.source.len() + cursor.position.len()).sum()
}

fn put_cursors(cursors: &[Cursor], out: &mut Vec<u8>) {
    for cursor in cursors {
        for field in [cursor.source.as_bytes(), &cursor.position] {
            // Checked when the batch was submitted: neither is longer than 4,096 bytes.
            out.extend_from_slice(&(field.len() as u16).to_le_bytes());
            out.extend_from_slice(field);
        }
    }
}

fn take_cursors(mut bytes: &[u8]) -> Option<Vec<Cursor>> {
    let mut cursors = Vec::new();
    while !bytes.is_empty() {
        let source = take_field(&mut bytes)?;
        let position = take_field(&mut bytes)?.to_vec();
        cursors.push(Cursor { source: String::from_utf8(source.to_vec()).ok()?, position });
    }
    Some(cursors)
}

fn take_field<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (len, rest) = bytes.split_first_chunk::<2>()?;
    let (field, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*len)))?;
    *bytes = rest;
    Some(field)
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array_at(bytes, at))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array_at(bytes, at))
}

/// `N` bytes from `at` on. Only for places inside fixed-size buffers.
pub(crate) fn array_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[at..at + N]);
    array
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINDING: Binding = Binding { cluster: [7; 16], segment: 1, segment_first: Seq::FIRST };

    fn sample() -> Vec<u8> {
        let cursors = [Cursor { source: String::from("crm"), position: vec![1, 2, 3] }];
        let content = Content {
            records: 2,
            first_seq: Seq::new(5),
            recorded_us: -1,
            durable_before: 4_096,
            cursors: &cursors,
            raw: b"records",
            compressed: None,
            previous: [9; 32],
        };
        let mut out = Vec::new();
        encode(&content, &BINDING, 4_096, None, &mut out).unwrap();
        assert_eq!(out.len() as u64, encoded_bytes(&content));
        out
    }

    fn decode(bytes: &[u8], binding: &Binding, offset: u32) -> Result<Header, HeaderFault> {
        Header::decode(&array_at(bytes, 0), binding, offset)
    }

    #[test]
    fn a_frame_comes_back_as_it_was() {
        let bytes = sample();
        let header = decode(&bytes, &BINDING, 4_096).unwrap();
        assert_eq!(header.next_seq(), Seq::new(7));
        assert_eq!(header.recorded_us, -1);
        assert_eq!(header.frame_bytes(), bytes.len() as u64);
        let stored = &bytes[HEADER_BYTES..][..header.body_bytes as usize];
        let (cursors, raw) = open_body(&header, stored).unwrap();
        assert_eq!(cursors[0].position, [1, 2, 3]);
        assert_eq!(raw, b"records");
    }

    #[test]
    fn a_frame_in_the_wrong_place_does_not_verify() {
        let bytes = sample();
        for (binding, offset) in [
            (BINDING, 4_104),
            (Binding { cluster: [8; 16], ..BINDING }, 4_096),
            (Binding { segment: 2, ..BINDING }, 4_096),
            (Binding { segment_first: Seq::new(2), ..BINDING }, 4_096),
        ] {
            assert!(decode(&bytes, &binding, offset).is_err(), "{binding:?} at {offset}");
        }
    }

    #[test]
    fn every_flipped_bit_of_a_header_is_noticed() {
        let bytes = sample();
        for bit in 0..HEADER_BYTES * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&bytes, &BINDING, 4_096).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn a_frame_of_a_newer_program_is_named_as_such() {
        let mut bytes = sample();
        bytes[18] = 2;
        let crc = crc32c::crc32c_append(BINDING.crc(4_096), &bytes[8..HEADER_BYTES]);
        bytes[4..8].copy_from_slice(&crc.to_le_bytes());
        assert!(matches!(decode(&bytes, &BINDING, 4_096), Err(HeaderFault::Newer(_))));
    }
}
