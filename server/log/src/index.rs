//! Where in the files a record stands.

use std::path::PathBuf;

use crate::frame::Header;
use crate::item::Seq;
use crate::segment::SegmentHeader;

/// A mark stands at the first frame of a segment and then about once in so many bytes: between two
/// marks a reader steps from header to header. One per frame would take a gigabyte for a busy year.
const MARK_EVERY_BYTES: u32 = 64 << 10;

/// The segments there are, and marks into them.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) segments: Vec<SegmentEntry>,
    marks: Vec<Mark>,
}

/// One segment.
#[derive(Clone, Debug)]
pub(crate) struct SegmentEntry {
    pub(crate) path: PathBuf,
    pub(crate) header: SegmentHeader,
    /// Where its last durable frame ends.
    pub(crate) end: u32,
}

/// A frame that a reader can start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) seq: Seq,
    /// Position in `segments`.
    pub(crate) segment: usize,
    pub(crate) offset: u32,
}

impl Index {
    /// A further segment, after all others.
    pub(crate) fn add_segment(&mut self, entry: SegmentEntry) {
        self.segments.push(entry);
    }

    /// A further frame, after all others, in the last segment.
    pub(crate) fn add_frame(&mut self, header: &Header, offset: u32) {
        self.add(header.first_seq, offset, offset + header.frame_bytes() as u32);
    }

    /// A further frame from `offset` to `end` that begins with `first_seq`.
    pub(crate) fn add(&mut self, first_seq: Seq, offset: u32, end: u32) {
        let Some(segment) = self.segments.len().checked_sub(1) else { return };
        let far = self
            .marks
            .last()
            .is_none_or(|last| last.segment != segment || offset - last.offset >= MARK_EVERY_BYTES);
        if far {
            self.marks.push(Mark { seq: first_seq, segment, offset });
        }
        self.segments[segment].end = end;
    }

    /// The last mark at or before `seq`.
    pub(crate) fn mark_before(&self, seq: Seq) -> Option<Mark> {
        let after = self.marks.partition_point(|mark| mark.seq <= seq);
        after.checked_sub(1).map(|at| self.marks[at])
    }
}
