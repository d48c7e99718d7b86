//! Where in the files a record stands.

use std::path::PathBuf;

use crate::frame::Header;
use crate::item::Seq;
use crate::segment::{self, SegmentHeader};

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
    /// Where its last durable frame ends; [`UNKNOWN_END`] while that was not read yet.
    pub(crate) end: u32,
}

/// The frames of a segment end where nothing stands any more.
pub(crate) const UNKNOWN_END: u32 = u32::MAX;

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

    /// A segment that was not read yet, after all others: a reader steps through it from its beginning.
    pub(crate) fn add_unread(&mut self, entry: SegmentEntry) {
        let (seq, segment) = (entry.header.first_seq, self.segments.len());
        self.segments.push(entry);
        self.marks.push(Mark { seq, segment, offset: segment::HEADER_BYTES });
    }

    /// Takes over what was read of everything before a place, which was not known until now.
    pub(crate) fn complete(&mut self, earlier: Index, (number, offset): (u64, u32)) {
        let last = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
        for (known, read) in self.segments.iter_mut().zip(&earlier.segments).take(last) {
            known.end = read.end;
        }
        let later = self.marks.iter().filter(|mark| (mark.segment, mark.offset) >= (last, offset));
        self.marks = earlier.marks.iter().chain(later).copied().collect();
    }

    /// The last mark at or before `seq`.
    pub(crate) fn mark_before(&self, seq: Seq) -> Option<Mark> {
        let after = self.marks.partition_point(|mark| mark.seq <= seq);
        after.checked_sub(1).map(|at| self.marks[at])
    }
}
