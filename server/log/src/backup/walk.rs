//! From frame to frame through the files of a log that somebody else may be writing, up to a place that is
//! durable there. Every frame is checked before it is handed on.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{Access, Disk};
use crate::error::{Corruption, Damage, OpenError, Witness};
use crate::frame::{self, Header};
use crate::item::ClusterId;
use crate::recover::read_segment_header;
use crate::segment::{self, SegmentFault, SegmentHeader};
use crate::window::{Met, Window, meet, whole_frame};
use crate::witness::Position;

const PIECE_BYTES: usize = 1 << 20;

pub(crate) struct Walk {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    cluster: ClusterId,
    at: Position,
    end: Position,
    open: Option<(SegmentHeader, Window)>,
}

/// A frame, verified.
pub(crate) struct Piece<'a> {
    pub(crate) segment: &'a SegmentHeader,
    pub(crate) offset: u32,
    pub(crate) header: Header,
    pub(crate) bytes: &'a [u8],
}

/// What stands at a place.
enum Step {
    Frame(Header),
    /// The segment ends here, if another continues it.
    End(&'static str),
}

impl Walk {
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        dir: &Path,
        cluster: ClusterId,
        at: Position,
        end: Position,
    ) -> Walk {
        Walk { disk, dir: dir.to_path_buf(), cluster, at, end, open: None }
    }

    /// Behind the last frame that was handed on.
    pub(crate) fn position(&self) -> &Position {
        &self.at
    }

    /// The next frame; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Piece<'_>>, OpenError> {
        let header = loop {
            if (self.at.segment, self.at.offset) >= (self.end.segment, self.end.offset) {
                return Ok(None);
            }
            match self.step()? {
                Step::Frame(header) => break header,
                Step::End(why) => self.next_segment(why)?,
            }
        };
        let path = self.path();
        let offset = self.at.offset;
        if header.first_seq != self.at.next_seq {
            return Err(self.damage(path, offset, Damage::Chain { why: "its first record's number" }));
        }
        if header.previous != self.at.chain {
            return Err(self.damage(path, offset, Damage::Chain { why: "the hash of the frame before" }));
        }
        let before = self.at.clone();
        let witness = self.witness();
        let Some((segment, window)) = &mut self.open else { return Ok(None) };
        let whole =
            whole_frame(window, &header, u64::from(offset)).map_err(OpenError::io("reading", &path))?;
        let Some(bytes) = whole else {
            let damage = Damage::Frame { why: "body checksum", witness };
            return Err(corrupt(path, offset, damage, &before));
        };
        self.at.chain = frame::hash(bytes);
        self.at.next_seq = header.next_seq();
        self.at.offset += bytes.len() as u32;
        Ok(Some(Piece { segment, offset, header, bytes }))
    }

    fn step(&mut self) -> Result<Step, OpenError> {
        let path = self.path();
        if self.open.is_none() {
            let header = self.read_header(&path)?;
            let file = self.disk.open(&path, Access::Read).map_err(OpenError::io("opening", &path))?;
            self.open = Some((header.clone(), Window::new(file, PIECE_BYTES, header.bytes)));
        }
        let Some((header, window)) = &mut self.open else { return Ok(Step::End("nothing is there")) };
        let offset = u64::from(self.at.offset);
        match meet(window, header, offset).map_err(OpenError::io("reading", &path))? {
            Met::Frame(header) => Ok(Step::Frame(header)),
            Met::Nothing => Ok(Step::End("nothing is there")),
            // Behind the last frame of a finished segment may stand the remains of a refused append.
            Met::Bad(why) => Ok(Step::End(why)),
            Met::Newer(found) => Err(OpenError::Unsupported { file: path, offset, found }),
        }
    }

    /// Goes on in the segment that continues this one, where there is one; else the frame here is damaged.
    fn next_segment(&mut self, why: &'static str) -> Result<(), OpenError> {
        let next = self.dir.join(segment::file_name(self.at.next_seq, self.at.segment + 1));
        let bad = Damage::Frame { why, witness: self.witness() };
        if self.at.segment >= self.end.segment || !self.is_there(&next)? {
            return Err(self.damage(self.path(), self.at.offset, bad));
        }
        self.at.segment += 1;
        self.at.segment_first = self.at.next_seq;
        self.at.offset = segment::HEADER_BYTES;
        self.open = None;
        Ok(())
    }

    fn is_there(&self, path: &Path) -> Result<bool, OpenError> {
        match self.disk.open(path, Access::Read) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(OpenError::io("opening", path)(error)),
        }
    }

    fn read_header(&self, path: &Path) -> Result<SegmentHeader, OpenError> {
        let read = match read_segment_header(self.disk.as_ref(), path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(self.damage(path.to_path_buf(), 0, Damage::Missing));
            }
            read => read.map_err(OpenError::io("reading", path))?,
        };
        let damage = |offset, damage| Err(self.damage(path.to_path_buf(), offset, damage));
        match read {
            Ok(header) if header.cluster != self.cluster => {
                damage(32, Damage::Header { why: "it belongs to another log" })
            }
            Ok(header) if (header.first_seq, header.number) != (self.at.segment_first, self.at.segment) => {
                damage(48, Damage::Header { why: "it is not what its name says" })
            }
            Ok(header) if self.at.offset == segment::HEADER_BYTES && header.previous != self.at.chain => {
                damage(64, Damage::Chain { why: "the hash of the frame before this segment" })
            }
            Ok(header) => Ok(header),
            Err(SegmentFault::Invalid(why)) => damage(0, Damage::Header { why }),
            Err(SegmentFault::Newer(found)) => {
                Err(OpenError::Unsupported { file: path.to_path_buf(), offset: 0, found })
            }
        }
    }

    fn witness(&self) -> Witness {
        match self.at.segment < self.end.segment {
            true => Witness::LaterSegment,
            false => Witness::Head { offset: u64::from(self.end.offset) },
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.join(segment::file_name(self.at.segment_first, self.at.segment))
    }

    fn damage(&self, file: PathBuf, offset: u32, damage: Damage) -> OpenError {
        corrupt(file, offset, damage, &self.at)
    }
}

fn corrupt(file: PathBuf, offset: u32, damage: Damage, at: &Position) -> OpenError {
    let (offset, intact_to) = (u64::from(offset), at.durable());
    OpenError::Corrupt(Box::new(Corruption { file, offset, damage, intact_to }))
}
