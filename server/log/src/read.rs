//! Reading records back, in order or by place, in bounded memory.
//!
//! A reader sees what was durable when it began. Every frame that it opens is verified against its
//! checksums again: what was good at opening may have rotted since.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::Access;
use crate::error::{Corruption, Damage, ReadError, Witness};
use crate::frame::{self, HEADER_BYTES, Header};
use crate::index::{SegmentEntry, UNKNOWN_END};
use crate::item::{Seq, StoredRecord};
use crate::keys::LogKeys;
use crate::landmark::Landmark;
use crate::record;
use crate::sealing::{self, SealFault};
use crate::segment::{self, SegmentHeader};
use crate::shared::Shared;
use crate::window::{Met, Window, meet, whole_frame};

/// Reading in order: few, large pieces.
const PIECE_BYTES_STREAM: usize = 1 << 20;
/// Looking up one record: about the distance between two marks.
const PIECE_BYTES_LOOKUP: usize = 64 << 10;
/// Frames kept open for look-ups: the events of one case are scattered, but a page asks for them
/// again and again. At most so many times 1 MiB, usually far less.
const CACHED_FRAMES: usize = 8;

/// The records from some place on, up to what was durable when it was asked for.
pub struct Records {
    shared: Arc<Shared>,
    next: Seq,
    end: Seq,
    walk: Option<Walk>,
    frame: Option<Arc<OpenFrame>>,
    failed: bool,
}

/// Steps from frame to frame, and from segment to segment.
struct Walk {
    segment: usize,
    entry: SegmentEntry,
    window: Window,
    offset: u64,
    piece_bytes: usize,
}

/// A frame's records, uncompressed.
pub(crate) struct OpenFrame {
    header: Header,
    raw: Vec<u8>,
    /// Where each record begins in `raw`.
    starts: Vec<u32>,
}

impl OpenFrame {
    fn holds(&self, seq: Seq) -> bool {
        self.header.first_seq <= seq && seq < self.header.next_seq()
    }

    fn record(&self, seq: Seq) -> Option<StoredRecord> {
        let at = usize::try_from(seq.get().checked_sub(self.header.first_seq.get())?).ok()?;
        let mut bytes = &self.raw[*self.starts.get(at)? as usize..];
        let record = record::take(&mut bytes)?;
        Some(StoredRecord {
            seq,
            recorded_us: self.header.recorded_us,
            key: record.key,
            digest: record.digest,
            bytes: record.payload.to_vec(),
        })
    }
}

/// The frames that were looked into last.
#[derive(Default)]
pub(crate) struct FrameCache(VecDeque<Arc<OpenFrame>>);

impl FrameCache {
    fn get(&mut self, seq: Seq) -> Option<Arc<OpenFrame>> {
        let at = self.0.iter().position(|frame| frame.holds(seq))?;
        let frame = self.0.remove(at)?;
        self.0.push_front(Arc::clone(&frame));
        Some(frame)
    }

    fn put(&mut self, frame: Arc<OpenFrame>) {
        self.0.truncate(CACHED_FRAMES - 1);
        self.0.push_front(frame);
    }
}

impl Records {
    pub(crate) fn new(shared: Arc<Shared>, from: Seq) -> Records {
        let end = shared.durable();
        Records { shared, next: from.max(Seq::FIRST), end, walk: None, frame: None, failed: false }
    }

    /// The last place that it will give.
    #[must_use]
    pub fn end(&self) -> Seq {
        self.end
    }

    fn read_next(&mut self) -> Result<StoredRecord, ReadError> {
        let frame = match self.frame.take().filter(|frame| frame.holds(self.next)) {
            Some(frame) => frame,
            None => {
                let mut walk = match self.walk.take() {
                    Some(walk) => walk,
                    None => Walk::to(&self.shared, self.next, PIECE_BYTES_STREAM)?,
                };
                let frame = Arc::new(walk.find(&self.shared, self.next)?);
                self.walk = Some(walk);
                frame
            }
        };
        let record = frame.record(self.next).ok_or_else(|| self.hole())?;
        self.frame = Some(frame);
        self.next = self.next.next();
        Ok(record)
    }

    fn hole(&self) -> ReadError {
        damaged(&self.shared.dir, 0, Damage::Content { why: "a record is missing" }, self.next)
    }
}

impl Iterator for Records {
    type Item = Result<StoredRecord, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.next > self.end {
            return None;
        }
        let read = self.read_next();
        // What comes after an error would look like the log with a hole in it.
        self.failed = read.is_err();
        Some(read)
    }
}

/// One record; `None` beyond what is durable.
pub(crate) fn read_one(shared: &Shared, seq: Seq) -> Result<Option<StoredRecord>, ReadError> {
    if seq < Seq::FIRST || seq > shared.durable() {
        return Ok(None);
    }
    let cached = shared.cache().get(seq);
    let frame = match cached {
        Some(frame) => frame,
        None => {
            let mut walk = Walk::to(shared, seq, PIECE_BYTES_LOOKUP)?;
            let frame = Arc::new(walk.find(shared, seq)?);
            shared.cache().put(Arc::clone(&frame));
            frame
        }
    };
    Ok(frame.record(seq))
}

/// The place up to which everything is durable, and the frame before it; `None` where there is none in its segment.
pub(crate) fn landmark(shared: &Shared) -> Result<Option<Landmark>, ReadError> {
    let (position, cursors) = shared.position_with_cursors();
    let durable = position.durable();
    if durable < Seq::FIRST || position.offset <= segment::HEADER_BYTES {
        return Ok(None);
    }
    let mut walk = Walk::to(shared, durable, PIECE_BYTES_LOOKUP)?;
    if walk.entry.header.number != position.segment {
        return Ok(None);
    }
    let frame_at = walk.last_before(position.offset, durable)?;
    Ok(Some(Landmark { cluster: shared.cluster, position, frame_at, cursors }))
}

impl Walk {
    fn to(shared: &Shared, seq: Seq, piece_bytes: usize) -> Result<Walk, ReadError> {
        let (mark, entry) = {
            let index = shared.index();
            let mark = index.mark_before(seq);
            (mark, mark.and_then(|mark| index.segments.get(mark.segment).cloned()))
        };
        let (Some(mark), Some(entry)) = (mark, entry) else {
            return Err(damaged(&shared.dir, 0, Damage::Missing, seq));
        };
        let window = open_window(shared, &entry, piece_bytes)?;
        Ok(Walk { segment: mark.segment, entry, window, offset: u64::from(mark.offset), piece_bytes })
    }

    /// The frame that holds `seq`, which is durable and not before the place where this stands.
    fn find(&mut self, shared: &Shared, seq: Seq) -> Result<OpenFrame, ReadError> {
        loop {
            if self.offset >= u64::from(self.entry.end) {
                self.go_on(shared, seq)?;
                continue;
            }
            if self.entry.end == UNKNOWN_END && self.is_at_end()? {
                self.go_on(shared, seq)?;
                continue;
            }
            let header = self.header(seq)?;
            let offset = self.offset;
            self.offset += header.frame_bytes();
            if header.first_seq > seq {
                return Err(self.damaged(offset, Damage::Chain { why: "a record is missing" }, seq));
            }
            if header.next_seq() > seq {
                return self.open(shared, header, offset, seq);
            }
        }
    }

    /// Whether nothing stands here any more, in a segment of which that is not known.
    fn is_at_end(&mut self) -> Result<bool, ReadError> {
        let met = meet(&mut self.window, &self.entry.header, self.offset);
        Ok(matches!(met.map_err(|error| unreadable(&self.entry.path, error))?, Met::Nothing))
    }

    /// Where the last frame before `offset` begins, of the segment that this stands in.
    fn last_before(&mut self, offset: u32, seq: Seq) -> Result<u32, ReadError> {
        let mut begun = self.offset;
        while self.offset < u64::from(offset) {
            begun = self.offset;
            self.offset += self.header(seq)?.frame_bytes();
        }
        Ok(u32::try_from(begun).unwrap_or(u32::MAX))
    }

    fn header(&mut self, seq: Seq) -> Result<Header, ReadError> {
        let met = meet(&mut self.window, &self.entry.header, self.offset)
            .map_err(|error| unreadable(&self.entry.path, error))?;
        let why = match met {
            Met::Frame(header) => return Ok(header),
            Met::Nothing => "nothing there",
            Met::Bad(why) => why,
            Met::Newer(_) => "of a newer program",
        };
        let witness = Witness::Head { offset: u64::from(self.entry.end) };
        Err(self.damaged(self.offset, Damage::Frame { why, witness }, seq))
    }

    fn open(
        &mut self,
        shared: &Shared,
        header: Header,
        offset: u64,
        seq: Seq,
    ) -> Result<OpenFrame, ReadError> {
        let whole = whole_frame(&mut self.window, &header, offset)
            .map_err(|error| unreadable(&self.entry.path, error))?;
        let opened = match whole {
            Some(bytes) => open_frame(
                header,
                &bytes[HEADER_BYTES..],
                &self.entry.header,
                offset as u32,
                shared.log_keys(),
            ),
            None => Err(Closed::Damaged("body checksum")),
        };
        opened.map_err(|closed| match closed {
            Closed::NoKey => ReadError::NoKey { path: self.entry.path.clone() },
            Closed::Damaged(why) => {
                let witness = Witness::Head { offset: u64::from(self.entry.end) };
                self.damaged(offset, Damage::Frame { why, witness }, seq)
            }
        })
    }

    /// On to the next segment. What this one got since is beyond what any reader of it asks for.
    fn go_on(&mut self, shared: &Shared, seq: Seq) -> Result<(), ReadError> {
        let next = shared.index().segments.get(self.segment + 1).cloned();
        let Some(next) = next else {
            return Err(self.damaged(self.offset, Damage::Chain { why: "a record is missing" }, seq));
        };
        self.window = open_window(shared, &next, self.piece_bytes)?;
        self.entry = next;
        self.segment += 1;
        self.offset = u64::from(segment::HEADER_BYTES);
        Ok(())
    }

    fn damaged(&self, offset: u64, damage: Damage, seq: Seq) -> ReadError {
        damaged(&self.entry.path, offset, damage, seq)
    }
}

/// Why a frame that is there was not opened.
enum Closed {
    NoKey,
    Damaged(&'static str),
}

fn open_frame(
    header: Header,
    body: &[u8],
    segment: &SegmentHeader,
    offset: u32,
    keys: Option<&LogKeys>,
) -> Result<OpenFrame, Closed> {
    let clear = sealing::open(&header, body, segment, offset, keys).map_err(|fault| match fault {
        SealFault::NoKey => Closed::NoKey,
        SealFault::NotAuthentic(why) => Closed::Damaged(why),
    })?;
    let (_, raw) = frame::open_body(&header, &clear).map_err(Closed::Damaged)?;
    let mut starts = Vec::with_capacity(header.records as usize);
    let mut rest = raw.as_slice();
    for _ in 0..header.records {
        starts.push((raw.len() - rest.len()) as u32);
        record::take(&mut rest).ok_or(Closed::Damaged("records"))?;
    }
    Ok(OpenFrame { header, raw, starts })
}

fn open_window(shared: &Shared, entry: &SegmentEntry, piece_bytes: usize) -> Result<Window, ReadError> {
    let opened = shared.disk.open(&entry.path, Access::Read);
    let file = opened.map_err(|error| unreadable(&entry.path, error))?;
    Ok(Window::new(file, piece_bytes, entry.header.bytes))
}

fn unreadable(path: &Path, error: std::io::Error) -> ReadError {
    ReadError::Io { path: path.to_path_buf(), source: Arc::new(error) }
}

fn damaged(path: &Path, offset: u64, damage: Damage, seq: Seq) -> ReadError {
    let file: PathBuf = path.to_path_buf();
    let intact_to = Seq::new(seq.get().saturating_sub(1));
    ReadError::Corrupt(Box::new(Corruption { file, offset, damage, intact_to }))
}
