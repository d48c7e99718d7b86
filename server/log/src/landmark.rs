//! A place in the log that somebody remembers by the frame before it, so that an opening can begin there.
//!
//! Reading and verifying a whole log takes seconds for each million records. Whoever holds what the log says
//! up to a place (an image of the fold) need not wait for that: the frame before the place has the hash of
//! the one before it in it, and so on to the first, so that a log in which that very frame stands at that
//! very place is the log that was read then, or one that has rotted since. It is verified all the same,
//! from its beginning to the landmark, by the writer before it writes or answers anything:
//! see [`crate::Options::landmark`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::admit::Admit;
use crate::disk::{Access, Disk};
use crate::error::OpenError;
use crate::frame;
use crate::index::Index;
use crate::item::{ClusterId, Seq};
use crate::options::Options;
use crate::recover;
use crate::segment::{self, SegmentHeader};
use crate::window::{Met, Window, meet, whole_frame};
use crate::witness::{Position, Vouched, Voucher};

/// A border between two frames, known by the frame before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landmark {
    /// Of which log.
    pub cluster: ClusterId,
    /// The place, and the hash of the frame before it.
    pub position: Position,
    /// Where that frame begins.
    pub frame_at: u32,
    /// How far each source had been read there.
    pub cursors: BTreeMap<String, Vec<u8>>,
}

/// What is still to be verified of a log that was opened at a landmark.
pub(crate) struct Unverified {
    pub(crate) landmark: Landmark,
    /// The places before it that are vouched for.
    pub(crate) vouched: Vec<Vouched>,
    /// What reading needs.
    pub(crate) options: Options,
}

impl Landmark {
    pub(crate) fn vouched(&self) -> Vouched {
        Vouched { cluster: self.cluster, by: Voucher::Image, position: self.position.clone() }
    }

    /// The headers of the segments up to the place, if they and the frame before it are there as they were.
    /// Otherwise the log is read from its beginning, and that says what is wrong, if anything is.
    pub(crate) fn met(&self, disk: &dyn Disk, dir: &Path) -> Option<Vec<SegmentHeader>> {
        let names = disk.list(dir).ok()?;
        let mut segments: Vec<(Seq, u64)> =
            names.iter().filter_map(|name| segment::parse_name(name)).collect();
        segments.truncate(usize::try_from(self.position.segment).ok()?);
        if segments.last() != Some(&(self.position.segment_first, self.position.segment)) {
            return None;
        }
        let mut headers = Vec::with_capacity(segments.len());
        for (expected, (first_seq, number)) in (1..).zip(segments) {
            let path = dir.join(segment::file_name(first_seq, number));
            let header = recover::read_segment_header(disk, &path).ok()?.ok()?;
            let is_it =
                header.cluster == self.cluster && (header.first_seq, header.number) == (first_seq, number);
            let is_whole = disk.open(&path, Access::Read).ok()?.len().ok()? == u64::from(header.bytes);
            if number != expected || !is_it || !is_whole {
                return None;
            }
            headers.push(header);
        }
        self.is_frame_there(disk, dir, headers.last()?).then_some(headers)
    }

    fn is_frame_there(&self, disk: &dyn Disk, dir: &Path, header: &SegmentHeader) -> bool {
        let path = dir.join(segment::file_name(header.first_seq, header.number));
        let Ok(file) = disk.open(&path, Access::Read) else { return false };
        let mut window = Window::new(file, PIECE_BYTES, header.bytes);
        let at = u64::from(self.frame_at);
        let Ok(Met::Frame(found)) = meet(&mut window, header, at) else { return false };
        if at + found.frame_bytes() != u64::from(self.position.offset)
            || found.next_seq() != self.position.next_seq
        {
            return false;
        }
        let Ok(Some(bytes)) = whole_frame(&mut window, &found, at) else { return false };
        frame::hash(bytes) == self.position.chain
    }
}

/// One frame and some of what follows it.
const PIECE_BYTES: usize = 64 << 10;

impl Unverified {
    /// Reads and verifies everything before the landmark, and tells `admit` of it. Ends early, with an error,
    /// once `stop` says so.
    pub(crate) fn verify(
        self,
        dir: &Path,
        admit: Box<dyn Admit>,
        stop: &Arc<AtomicBool>,
    ) -> (Box<dyn Admit>, Result<Index, String>) {
        let Self { landmark, mut vouched, mut options } = self;
        vouched.push(landmark.vouched());
        options.admit = admit;
        options.stop = Some(Arc::clone(stop));
        let disk = Arc::clone(&options.disk);
        let read = recover::before(disk.as_ref(), dir, &landmark, vouched, &mut options);
        let read = match read {
            Ok((index, None)) => Ok(index),
            Ok((_, Some(damage))) => Err(OpenError::Corrupt(Box::new(damage)).to_string()),
            Err(error) => Err(error.to_string()),
        };
        (options.admit, read)
    }
}

/// Whether somebody has asked for an end.
pub(crate) fn is_stopped(stop: Option<&Arc<AtomicBool>>) -> bool {
    stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
}
