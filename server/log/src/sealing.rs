//! Frames that nobody reads without the key of their segment: XChaCha20-Poly1305 over cursors and payload, after
//! compression. Checksums and the chain are over what stands in the file, so they verify without any key.
//!
//! The additional data of a seal is where the frame stands (cluster, segment and its first `Seq`, offset) and what
//! its header says (kind to previous hash): a sealed frame that was moved, or given another header, does not open,
//! though somebody made its checksums anew.
//!
//! The nonce of 24 bytes is drawn at random. One computed from the place alone would repeat: the same place of a
//! segment is written twice after a torn tail, a refused append, and in a log restored up to an event.

use std::borrow::Cow;

use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};

use crate::frame::{Binding, Header};
use crate::keys::{KeyError, LogKeys, SegmentKey, SegmentSeal, fill_random};
use crate::segment::SegmentHeader;

/// Bytes of a header that its seal covers: from `kind` to the previous hash.
pub(crate) const SAID_BYTES: usize = 72;

/// What a sealed frame's header says of its seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seal {
    pub(crate) nonce: [u8; 24],
    pub(crate) tag: [u8; 16],
    /// The header's words that it covers.
    pub(crate) said: [u8; SAID_BYTES],
}

/// Why a frame's body cannot be read, though its checksums hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealFault {
    /// The key of its segment is not among those given.
    NoKey,
    /// It is not what the key of its segment sealed.
    NotAuthentic(&'static str),
}

/// Seals the frames of one segment.
pub(crate) struct SegmentCipher(SegmentKey);

impl SegmentCipher {
    /// For a segment to be; its header holds the answer's second half.
    pub(crate) fn new_for(
        keys: &LogKeys,
        segment: &Binding,
    ) -> Result<(SegmentCipher, SegmentSeal), KeyError> {
        let (seal, key) = keys.new_segment(segment)?;
        Ok((SegmentCipher(key), seal))
    }

    /// For a segment that is there; `None` where it is not sealed.
    pub(crate) fn of(
        segment: &SegmentHeader,
        keys: Option<&LogKeys>,
    ) -> Result<Option<SegmentCipher>, SealFault> {
        let Some(seal) = &segment.seal else { return Ok(None) };
        let key = keys.and_then(|keys| keys.segment(seal, &segment.binding())).ok_or(SealFault::NoKey)?;
        Ok(Some(SegmentCipher(key)))
    }

    /// Seals a body in place.
    pub(crate) fn seal(
        &self,
        said: &[u8],
        binding: &Binding,
        offset: u32,
        body: &mut [u8],
    ) -> Result<([u8; 24], [u8; 16]), KeyError> {
        let mut nonce = [0; 24];
        fill_random(&mut nonce)?;
        let tag = XChaCha20Poly1305::new(self.0.as_ref().into())
            .encrypt_in_place_detached(XNonce::from_slice(&nonce), &place(said, binding, offset), body)
            .map_err(|_| KeyError::NotAuthentic)?;
        Ok((nonce, tag.into()))
    }

    fn open(&self, seal: &Seal, binding: &Binding, offset: u32, body: &mut [u8]) -> Result<(), SealFault> {
        XChaCha20Poly1305::new(self.0.as_ref().into())
            .decrypt_in_place_detached(
                XNonce::from_slice(&seal.nonce),
                &place(&seal.said, binding, offset),
                body,
                Tag::from_slice(&seal.tag),
            )
            .map_err(|_| SealFault::NotAuthentic("it is not what the key of its segment sealed"))
    }
}

/// A frame's body in the clear. `body` begins behind the frame's header.
pub(crate) fn open<'a>(
    header: &Header,
    body: &'a [u8],
    segment: &SegmentHeader,
    offset: u32,
    keys: Option<&LogKeys>,
) -> Result<Cow<'a, [u8]>, SealFault> {
    let stored = &body[..header.body_bytes as usize];
    match (&header.seal, &segment.seal) {
        (None, None) => return Ok(Cow::Borrowed(stored)),
        // Whoever has not the key can write no frame into a sealed segment.
        (None, Some(_)) => return Err(SealFault::NotAuthentic("it is not sealed, and its segment is")),
        (Some(_), None) => return Err(SealFault::NotAuthentic("it is sealed, and its segment is not")),
        (Some(_), Some(_)) => {}
    }
    let (Some(seal), Some(cipher)) = (&header.seal, SegmentCipher::of(segment, keys)?) else {
        return Err(SealFault::NoKey);
    };
    let mut clear = stored.to_vec();
    cipher.open(seal, &segment.binding(), offset, &mut clear)?;
    Ok(Cow::Owned(clear))
}

fn place(said: &[u8], binding: &Binding, offset: u32) -> Vec<u8> {
    [b"toancanh frame 1\n".as_slice(), &binding.bytes(offset), said].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::sim::SimDisk;
    use crate::frame::{self, Content, HEADER_BYTES, array_at};
    use crate::item::Seq;
    use crate::keys::KeyStore;
    use std::sync::Arc;

    const OFFSET: u32 = 4_096;

    fn segment(number: u64, keys: &LogKeys) -> (SegmentHeader, SegmentCipher) {
        let mut segment = SegmentHeader {
            bytes: 1 << 20,
            cluster: [7; 16],
            number,
            first_seq: Seq::FIRST,
            previous: [9; 32],
            created_us: 0,
            is_training: false,
            seal: None,
        };
        let (cipher, seal) = SegmentCipher::new_for(keys, &segment.binding()).unwrap();
        segment.seal = Some(seal);
        (segment, cipher)
    }

    /// A frame of that content at a place, and its header as it reads there.
    fn frame(segment: &SegmentHeader, cipher: Option<&SegmentCipher>) -> (Header, Vec<u8>) {
        let content = Content {
            records: 1,
            first_seq: Seq::new(5),
            recorded_us: 3,
            durable_before: OFFSET,
            cursors: &[],
            raw: b"records in the clear",
            compressed: None,
            previous: [9; 32],
        };
        let mut out = Vec::new();
        frame::encode(&content, &segment.binding(), OFFSET, cipher, &mut out).unwrap();
        let header = Header::decode(&array_at(&out, 0), &segment.binding(), OFFSET).unwrap();
        (header, out.split_off(HEADER_BYTES))
    }

    fn keys() -> Arc<LogKeys> {
        let disk = Arc::new(SimDisk::new(1));
        KeyStore::open_on(disk, "/keys", "test").unwrap().log_keys_or_new().unwrap()
    }

    #[test]
    fn a_sealed_frame_opens_where_it_was_written_and_nowhere_else() {
        let keys = keys();
        let (segment, cipher) = segment(1, &keys);
        let (header, body) = frame(&segment, Some(&cipher));
        assert!(!body.windows(7).any(|window| window == b"records"));
        let opened = open(&header, &body, &segment, OFFSET, Some(&keys)).unwrap();
        assert_eq!(&*opened, b"records in the clear");
        let forged = Err(SealFault::NotAuthentic("it is not what the key of its segment sealed"));
        // Whoever makes the checksums anew moves nothing and changes nothing all the same.
        assert_eq!(open(&header, &body, &segment, OFFSET + 8, Some(&keys)), forged);
        for at in 0..SAID_BYTES {
            let mut header = header.clone();
            header.seal.as_mut().unwrap().said[at] ^= 1;
            assert_eq!(open(&header, &body, &segment, OFFSET, Some(&keys)), forged, "byte {at}");
        }
        let (other, _) = super::tests::segment(2, &keys);
        assert_eq!(open(&header, &body, &other, OFFSET, Some(&keys)), forged);
        let mut bent = body.clone();
        bent[0] ^= 1;
        assert_eq!(open(&header, &bent, &segment, OFFSET, Some(&keys)), forged);
        assert_eq!(open(&header, &body, &segment, OFFSET, None), Err(SealFault::NoKey));
    }

    #[test]
    fn a_frame_in_the_clear_is_not_taken_in_a_sealed_segment() {
        let keys = keys();
        let (segment, cipher) = segment(1, &keys);
        let plain = SegmentHeader { seal: None, ..segment.clone() };
        let (header, body) = frame(&segment, None);
        assert!(matches!(
            open(&header, &body, &segment, OFFSET, Some(&keys)),
            Err(SealFault::NotAuthentic(_))
        ));
        assert_eq!(&*open(&header, &body, &plain, OFFSET, None).unwrap(), b"records in the clear");
        let (header, body) = frame(&segment, Some(&cipher));
        assert!(matches!(open(&header, &body, &plain, OFFSET, Some(&keys)), Err(SealFault::NotAuthentic(_))));
    }

    #[test]
    fn the_same_content_at_the_same_place_is_sealed_otherwise_each_time() {
        let keys = keys();
        let (segment, cipher) = segment(1, &keys);
        assert_ne!(frame(&segment, Some(&cipher)).1, frame(&segment, Some(&cipher)).1);
    }
}
