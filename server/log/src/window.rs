//! Reading a file in large pieces while looking at it in small ones, and the frames in it.

use std::io;
use std::sync::Arc;

use crate::disk::DiskFile;
use crate::frame::{HEADER_BYTES, Header, HeaderFault};
use crate::segment::SegmentHeader;

/// A piece of a file in memory that moves along.
pub(crate) struct Window {
    file: Arc<dyn DiskFile>,
    piece_bytes: usize,
    start: u64,
    held: Vec<u8>,
    /// The file ends where `held` ends: there is no more to read behind it.
    at_end: bool,
}

impl Window {
    /// Reads `piece_bytes` at once (but not more than `file_bytes`, the file's size), or more where
    /// more is asked for.
    pub(crate) fn new(file: Arc<dyn DiskFile>, piece_bytes: usize, file_bytes: u32) -> Window {
        let piece_bytes = piece_bytes.min(file_bytes as usize);
        Window { file, piece_bytes, start: 0, held: Vec::new(), at_end: false }
    }

    /// The bytes from `offset` on, `len` of them or as many as the file has.
    pub(crate) fn get(&mut self, offset: u64, len: usize) -> io::Result<&[u8]> {
        let held_end = self.start + self.held.len() as u64;
        let is_behind = offset + len as u64 > held_end && !self.at_end;
        if offset < self.start || is_behind {
            let wanted = len.max(self.piece_bytes);
            self.at_end = false;
            self.held.resize(wanted, 0);
            // Should the read fail, nothing is held.
            let read = self.file.read_at(&mut self.held, offset);
            self.held.truncate(*read.as_ref().unwrap_or(&0));
            self.start = offset;
            self.at_end = read? < wanted;
        }
        let from = ((offset - self.start) as usize).min(self.held.len());
        let to = (from + len).min(self.held.len());
        Ok(&self.held[from..to])
    }
}

/// What stands at a place where a frame may begin.
#[derive(Debug)]
pub(crate) enum Met {
    /// Zeros, or no room for a header: nothing was written there.
    Nothing,
    /// Something that is not a frame, or not this place's.
    Bad(&'static str),
    /// A frame of a newer program.
    Newer(String),
    /// A frame with a valid header; its body is not verified yet.
    Frame(Header),
}

/// Looks at the header at `offset` of a segment.
pub(crate) fn meet(window: &mut Window, segment: &SegmentHeader, offset: u64) -> io::Result<Met> {
    let segment_bytes = u64::from(segment.bytes);
    if offset + HEADER_BYTES as u64 > segment_bytes {
        return Ok(Met::Nothing);
    }
    let bytes = window.get(offset, HEADER_BYTES)?;
    let Ok(bytes) = <&[u8; HEADER_BYTES]>::try_from(bytes) else {
        return Ok(Met::Bad("the file ends"));
    };
    if bytes.iter().all(|byte| *byte == 0) {
        return Ok(Met::Nothing);
    }
    // Below the segment's size, which is 32 bits.
    match Header::decode(bytes, &segment.binding(), offset as u32) {
        Ok(header) if offset + header.frame_bytes() > segment_bytes => {
            Ok(Met::Bad("longer than its segment"))
        }
        Ok(header) => Ok(Met::Frame(header)),
        Err(HeaderFault::Invalid(why)) => Ok(Met::Bad(why)),
        Err(HeaderFault::Newer(what)) => Ok(Met::Newer(what)),
    }
}

/// The whole frame whose header was met at `offset`, if its body is what was written.
pub(crate) fn whole_frame<'a>(
    window: &'a mut Window,
    header: &Header,
    offset: u64,
) -> io::Result<Option<&'a [u8]>> {
    let len = header.frame_bytes() as usize;
    let bytes = window.get(offset, len)?;
    let holds = bytes.len() == len && crc32c::crc32c(&bytes[HEADER_BYTES..]) == header.body_crc;
    Ok(holds.then_some(bytes))
}
