//! Reading all segments in order, until the end or the first thing that cannot be believed.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{Access, Disk};
use crate::error::{Corruption, Damage, OpenError, Witness};
use crate::frame::{self, ALIGN, HEADER_BYTES, Hash, Header};
use crate::index::{Index, SegmentEntry, UNKNOWN_END};
use crate::item::{ClusterId, Seq};
use crate::landmark::{Landmark, is_stopped};
use crate::options::{OpenMode, OpenProgress, Options};
use crate::record;
use crate::sealing::{self, SealFault};
use crate::segment::{self, SegmentFault, SegmentHeader};
use crate::window::{Met, Window, meet, whole_frame};
use crate::witness::{Expected, Position};

use super::{Start, Torn};

const PIECE_BYTES: usize = 1 << 20;
/// Zeros are passed over so many at a time.
const PAGE_BYTES: usize = 4_096;

/// What the segments say.
pub(super) struct Scanned {
    pub(super) index: Index,
    /// The last segment that was read; `None` if there is none.
    pub(super) last: Option<SegmentHeader>,
    /// Where its last good frame ends.
    pub(super) offset: u32,
    pub(super) chain: Hash,
    pub(super) next_seq: Seq,
    pub(super) frames: u64,
    /// Of them, those whose content could not be looked at for want of a key.
    pub(super) frames_closed: u64,
    pub(super) cursors: BTreeMap<String, Vec<u8>>,
    pub(super) torn: Option<Torn>,
    pub(super) damage: Option<Corruption>,
}

impl Scanned {
    /// Up to where everything holds.
    pub(super) fn position(&self) -> Position {
        Position {
            segment: self.last.as_ref().map_or(1, |segment| segment.number),
            segment_first: self.last.as_ref().map_or(Seq::FIRST, |segment| segment.first_seq),
            offset: self.offset,
            next_seq: self.next_seq,
            chain: self.chain,
        }
    }
}

/// How much is read.
pub(super) struct Bounds<'a> {
    /// From where on, if not from the beginning.
    pub(super) from: Option<&'a Start>,
    /// Where a copy ends, or a reading: segment and offset.
    pub(super) ends: Option<(u64, u32)>,
}

struct Scan<'a> {
    disk: &'a dyn Disk,
    dir: &'a Path,
    cluster: ClusterId,
    options: &'a mut Options,
    progress: OpenProgress,
    /// Where a copy ends: segment and offset.
    ends: Option<(u64, u32)>,
    /// Places that are vouched for and were not met yet.
    expected: Expected,
    out: Scanned,
}

/// Why reading stopped before the end.
enum Stop {
    Damage { file: PathBuf, offset: u64, damage: Damage },
    Error(OpenError),
}

impl From<OpenError> for Stop {
    fn from(error: OpenError) -> Stop {
        Stop::Error(error)
    }
}

/// How a segment's frames end.
struct SegmentEnd {
    /// What is wrong with what stands there; `None` if nothing does.
    bad: Option<&'static str>,
}

/// Reads every segment. Damage is in the answer; only what keeps from reading at all is an error.
pub(super) fn scan(
    disk: &dyn Disk,
    dir: &Path,
    cluster: ClusterId,
    bounds: Bounds<'_>,
    expected: Expected,
    options: &mut Options,
) -> Result<Scanned, OpenError> {
    let names = disk.list(dir).map_err(OpenError::io("listing", dir))?;
    let segments: Vec<(Seq, u64)> = names.iter().filter_map(|name| segment::parse_name(name)).collect();
    let out = Scanned {
        index: Index::default(),
        last: None,
        offset: segment::HEADER_BYTES,
        chain: frame::genesis(&cluster),
        next_seq: Seq::FIRST,
        frames: 0,
        frames_closed: 0,
        cursors: BTreeMap::new(),
        torn: None,
        damage: None,
    };
    let progress = OpenProgress { bytes_done: 0, bytes_total: 0, records: 0 };
    let Bounds { from, ends } = bounds;
    let mut scan = Scan { disk, dir, cluster, options, progress, ends, expected, out };
    match scan.all(&segments, from) {
        Ok(()) => {}
        Err(Stop::Error(error)) => return Err(error),
        Err(Stop::Damage { file, offset, damage }) => {
            let intact_to = Seq::new(scan.out.next_seq.get() - 1);
            scan.out.damage = Some(Corruption { file, offset, damage, intact_to });
        }
    }
    Ok(scan.out)
}

impl Scan<'_> {
    /// `segments` are sorted by first `Seq` and number, as their names are.
    fn all(&mut self, segments: &[(Seq, u64)], from: Option<&Start>) -> Result<(), Stop> {
        for (first_seq, number) in segments {
            let path = self.path(*first_seq, *number);
            let file = self.disk.open(&path, Access::Read).map_err(OpenError::io("opening", &path))?;
            self.progress.bytes_total += file.len().map_err(OpenError::io("measuring", &path))?;
        }
        let mut number = 1;
        let mut rest = segments;
        if self.ends == Some((number, segment::HEADER_BYTES)) && rest.is_empty() {
            // A copy that was just begun.
            return Ok(());
        }
        let mut landmark = from.map(|start| &start.unverified.landmark);
        if let Some(start) = from {
            number = self.pass_over(start);
            rest = segments.get(number as usize - 1..).unwrap_or_default();
        }
        loop {
            // The only segment that may come now is the one that continues what was read.
            let first_seq = landmark.map_or(self.out.next_seq, |landmark| landmark.position.segment_first);
            let expected = (first_seq, number);
            if rest.first() != Some(&expected) {
                let path = self.path(expected.0, expected.1);
                return Err(Stop::Damage { file: path, offset: 0, damage: Damage::Missing });
            }
            rest = &rest[1..];
            let end = self.segment(expected, rest, landmark.take())?;
            if rest.is_empty() || self.ends == Some((number, self.out.offset)) {
                return self.last_end(end);
            }
            number += 1;
        }
    }

    /// Takes the segments before the one of the landmark as they are. They were found to be there.
    fn pass_over(&mut self, start: &Start) -> u64 {
        let landmark = &start.unverified.landmark;
        let before = start.headers.len().saturating_sub(1);
        for header in start.headers.iter().take(before) {
            let path = self.path(header.first_seq, header.number);
            self.progress.bytes_done += u64::from(header.bytes);
            self.out.index.add_unread(SegmentEntry { path, header: header.clone(), end: UNKNOWN_END });
        }
        self.out.chain = landmark.position.chain;
        self.out.next_seq = landmark.position.next_seq;
        self.out.cursors = landmark.cursors.clone();
        landmark.position.segment
    }

    fn path(&self, first_seq: Seq, number: u64) -> PathBuf {
        self.dir.join(segment::file_name(first_seq, number))
    }

    /// Reads one segment to the end of its frames, which must reach to what comes after it.
    fn segment(
        &mut self,
        (first_seq, number): (Seq, u64),
        later: &[(Seq, u64)],
        landmark: Option<&Landmark>,
    ) -> Result<SegmentEnd, Stop> {
        let path = self.path(first_seq, number);
        let (header, wrong_length) = self.checked_header(&path, first_seq, number, landmark.is_some())?;
        let file = self.disk.open(&path, Access::Read).map_err(OpenError::io("opening", &path))?;
        let mut window = Window::new(file, PIECE_BYTES, header.bytes);
        self.out.offset = segment::HEADER_BYTES;
        let entry = SegmentEntry { path: path.clone(), header: header.clone(), end: segment::HEADER_BYTES };
        match landmark {
            None => self.out.index.add_segment(entry),
            Some(landmark) => {
                self.out.offset = landmark.position.offset;
                self.out.index.add_unread(SegmentEntry { end: landmark.position.offset, ..entry });
            }
        }
        self.out.last = Some(header.clone());
        self.progress.bytes_done += u64::from(self.out.offset);

        let bad = loop {
            self.check_vouched_here(&path, number)?;
            if self.ends == Some((number, self.out.offset)) {
                // What stands behind it was on its way.
                return Ok(SegmentEnd { bad: None });
            }
            let offset = u64::from(self.out.offset);
            let met = meet(&mut window, &header, offset).map_err(OpenError::io("reading", &path))?;
            match met {
                Met::Nothing => break None,
                Met::Bad(why) => break Some(why),
                Met::Newer(found) => {
                    return Err(Stop::Error(OpenError::Unsupported { file: path, offset, found }));
                }
                Met::Frame(frame) => {
                    let whole =
                        whole_frame(&mut window, &frame, offset).map_err(OpenError::io("reading", &path))?;
                    let Some(bytes) = whole else { break Some("body checksum") };
                    self.frame(&path, &frame, bytes)?;
                }
            }
        };
        self.progress.bytes_done += u64::from(header.bytes) - u64::from(self.out.offset);
        self.report_progress();
        if let Some(stop) = wrong_length {
            return Err(stop);
        }

        let why = bad.unwrap_or("nothing is there");
        // Behind the last frame of a finished segment may stand the remains of an append that found
        // the disk full: what follows accounts for every frame, so they do not matter.
        let continued = later.first() == Some(&(self.out.next_seq, number + 1));
        if !later.is_empty() && !continued && later.first().map(|next| next.1) == Some(number + 1) {
            return Err(self.bad_frame(path, why, Witness::LaterSegment));
        }
        self.check_vouched_passed(&path, number, why)?;
        if later.is_empty() {
            self.tail(&path, &header, &mut window, why)?;
        }
        Ok(SegmentEnd { bad })
    }

    /// The header, and what is wrong with the file's length: its frames are read all the same, as
    /// far as they are there.
    fn checked_header(
        &self,
        path: &Path,
        first_seq: Seq,
        number: u64,
        is_known: bool,
    ) -> Result<(SegmentHeader, Option<Stop>), Stop> {
        let damage = |offset, damage| Stop::Damage { file: path.to_path_buf(), offset, damage };
        let header = match read_header(self.disk, path).map_err(OpenError::io("reading", path))? {
            Ok(header) => header,
            Err(SegmentFault::Newer(found)) => {
                let file = path.to_path_buf();
                return Err(Stop::Error(OpenError::Unsupported { file, offset: 0, found }));
            }
            Err(SegmentFault::Invalid(why)) => return Err(damage(0, Damage::Header { why })),
        };
        if header.cluster != self.cluster {
            return Err(damage(32, Damage::Header { why: "it belongs to another log" }));
        }
        if (header.first_seq, header.number) != (first_seq, number) {
            return Err(damage(48, Damage::Header { why: "it is not what its name says" }));
        }
        // What is before a segment that is begun in its middle is verified later.
        if header.previous != self.out.chain && !is_known {
            return Err(damage(64, Damage::Chain { why: "the hash of the frame before this segment" }));
        }
        let file = self.disk.open(path, Access::Read).map_err(OpenError::io("opening", path))?;
        let found = file.len().map_err(OpenError::io("measuring", path))?;
        let expected = u64::from(header.bytes);
        let wrong_length =
            (found != expected).then(|| damage(found.min(expected), Damage::Length { found, expected }));
        Ok((header, wrong_length))
    }

    /// Takes in one frame whose checksums hold.
    fn frame(&mut self, path: &Path, header: &Header, bytes: &[u8]) -> Result<(), Stop> {
        if is_stopped(self.options.stop.as_ref()) {
            let stopped = io::Error::from(io::ErrorKind::Interrupted);
            return Err(OpenError::io("reading", path)(stopped).into());
        }
        let offset = self.out.offset;
        let damage = |damage| Stop::Damage { file: path.to_path_buf(), offset: u64::from(offset), damage };
        if header.first_seq != self.out.next_seq {
            return Err(damage(Damage::Chain { why: "its first record's number" }));
        }
        if header.previous != self.out.chain {
            return Err(damage(Damage::Chain { why: "the hash of the frame before" }));
        }
        let keys = self.options.log_keys.as_deref();
        let clear = match &self.out.last {
            Some(segment) => sealing::open(header, &bytes[HEADER_BYTES..], segment, offset, keys),
            None => Err(SealFault::NoKey),
        };
        match clear {
            Ok(clear) => {
                let (cursors, raw) =
                    frame::open_body(header, &clear).map_err(|why| damage(Damage::Content { why }))?;
                if !record::check(&raw, header.records) {
                    return Err(damage(Damage::Content { why: "records" }));
                }
                let mut rest = raw.as_slice();
                let mut seq = header.first_seq;
                while let Some(record) = record::take(&mut rest) {
                    self.options.admit.replay(seq, &record.key, &record.digest);
                    seq = seq.next();
                }
                for cursor in cursors {
                    self.out.cursors.insert(cursor.source, cursor.position);
                }
            }
            // Whoever only looks sees that the frame is the one that was written, and not what is in it.
            Err(SealFault::NoKey) if self.options.mode == OpenMode::ReadOnly => self.out.frames_closed += 1,
            Err(SealFault::NoKey) => return Err(OpenError::NoKey { file: path.to_path_buf() }.into()),
            Err(SealFault::NotAuthentic(why)) => return Err(damage(Damage::Content { why })),
        }
        self.out.index.add_frame(header, offset);
        self.out.chain = frame::hash(bytes);
        self.out.next_seq = header.next_seq();
        self.out.offset += header.frame_bytes() as u32;
        self.out.frames += 1;

        let before = self.progress.bytes_done >> 20;
        self.progress.bytes_done += header.frame_bytes();
        self.progress.records += u64::from(header.records);
        if self.progress.bytes_done >> 20 != before {
            self.report_progress();
        }
        Ok(())
    }

    fn report_progress(&mut self) {
        if let Some(report) = &mut self.options.progress {
            report(self.progress);
        }
    }

    /// At a place that is vouched for, everything must be as it was then.
    fn check_vouched_here(&mut self, path: &Path, number: u64) -> Result<(), Stop> {
        for vouched in self.expected.take(number, self.out.offset) {
            let position = &vouched.position;
            if position.chain != self.out.chain || position.next_seq != self.out.next_seq {
                return Err(Stop::Damage {
                    file: path.to_path_buf(),
                    offset: u64::from(self.out.offset),
                    damage: Damage::Chain { why: vouched.by.knows_another() },
                });
            }
        }
        Ok(())
    }

    /// Having read a segment, every place in it that is vouched for must have been met.
    fn check_vouched_passed(&self, path: &Path, number: u64, why: &'static str) -> Result<(), Stop> {
        let file = path.to_path_buf();
        if let Some(beyond) =
            self.expected.last_in(number).filter(|vouched| vouched.position.offset > self.out.offset)
        {
            return Err(self.bad_frame(file, why, beyond.by.witness(u64::from(beyond.position.offset))));
        }
        let Some(inside) = self.expected.first_in(number) else { return Ok(()) };
        let offset = u64::from(inside.position.offset);
        Err(Stop::Damage { file, offset, damage: Damage::Chain { why: inside.by.names_inside() } })
    }

    fn bad_frame(&self, file: PathBuf, why: &'static str, witness: Witness) -> Stop {
        let offset = u64::from(self.out.offset);
        Stop::Damage { file, offset, damage: Damage::Frame { why, witness } }
    }

    /// What stands behind the last good frame of the last segment.
    fn tail(
        &mut self,
        path: &Path,
        header: &SegmentHeader,
        window: &mut Window,
        why: &'static str,
    ) -> Result<(), Stop> {
        let from = u64::from(self.out.offset);
        let mut last_used = None;
        let mut at = from;
        while at < u64::from(header.bytes) {
            let page = window.get(at, PAGE_BYTES).map_err(OpenError::io("reading", path))?;
            if page.len() == PAGE_BYTES && page.iter().all(|byte| *byte == 0) {
                at += PAGE_BYTES as u64;
                continue;
            }
            let bytes = window.get(at, ALIGN as usize).map_err(OpenError::io("reading", path))?;
            if let Some(used) = bytes.iter().rposition(|byte| *byte != 0) {
                last_used = Some(at + used as u64);
                if at > from && bytes[..4] == frame::MAGIC {
                    self.later_frame(path, header, window, at, why)?;
                }
            }
            at += ALIGN;
        }
        self.out.torn = last_used.map(|last| Torn {
            file: path.to_path_buf(),
            offset: from,
            bytes: last + 1 - from,
            kept: None,
        });
        Ok(())
    }

    /// Whether a frame at `at`, behind the bad one, shows that the bad one had been durable.
    fn later_frame(
        &self,
        path: &Path,
        header: &SegmentHeader,
        window: &mut Window,
        at: u64,
        why: &'static str,
    ) -> Result<(), Stop> {
        match meet(window, header, at).map_err(OpenError::io("reading", path))? {
            Met::Frame(later) if later.durable_before > self.out.offset => {
                Err(self.bad_frame(path.to_path_buf(), why, Witness::LaterFrame { offset: at }))
            }
            Met::Newer(found) => {
                let file = path.to_path_buf();
                Err(Stop::Error(OpenError::Unsupported { file, offset: at, found }))
            }
            _ => Ok(()),
        }
    }

    /// After the last segment that is there: nobody must vouch for a later one.
    fn last_end(&self, end: SegmentEnd) -> Result<(), Stop> {
        let last = self.out.last.as_ref().map_or(0, |last| last.number);
        let Some(beyond) = self.expected.first_after(last) else { return Ok(()) };
        let position = &beyond.position;
        // Either this segment ends where the missing one begins, or it is itself cut short.
        if position.segment == last + 1 && position.segment_first == self.out.next_seq && end.bad.is_none() {
            let file = self.path(position.segment_first, position.segment);
            return Err(Stop::Damage { file, offset: 0, damage: Damage::Missing });
        }
        let path = self
            .out
            .last
            .as_ref()
            .map_or(self.dir.to_path_buf(), |last| self.path(last.first_seq, last.number));
        let witness = beyond.by.witness(u64::from(position.offset));
        Err(self.bad_frame(path, end.bad.unwrap_or("nothing is there"), witness))
    }
}

/// The header of a segment, or what is wrong with it.
pub(crate) fn read_header(disk: &dyn Disk, path: &Path) -> io::Result<Result<SegmentHeader, SegmentFault>> {
    let file = disk.open(path, Access::Read)?;
    let mut bytes = [0; segment::HEADER_BYTES as usize];
    if file.read_at(&mut bytes, 0)? < bytes.len() {
        return Ok(Err(SegmentFault::Invalid("the file ends in it")));
    }
    Ok(SegmentHeader::decode(&bytes))
}

/// Whether a segment holds nothing at all behind its header.
pub(super) fn has_no_frames(disk: &dyn Disk, path: &Path) -> Result<bool, OpenError> {
    let file = disk.open(path, Access::Read).map_err(OpenError::io("opening", path))?;
    let mut at = u64::from(segment::HEADER_BYTES);
    let mut bytes = vec![0; PIECE_BYTES];
    loop {
        let read = file.read_at(&mut bytes, at).map_err(OpenError::io("reading", path))?;
        if read == 0 {
            return Ok(true);
        }
        if bytes[..read].iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        at += read as u64;
    }
}
