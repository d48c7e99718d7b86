//! The records of a log that is not opened: in order, each frame checked on the way, though somebody else may be
//! writing. It changes nothing and takes no lock.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::backup::walk::{Piece, Walk};
use crate::disk::Disk;
use crate::error::{Corruption, Damage, OpenError};
use crate::frame::{self, HEADER_BYTES};
use crate::item::{ClusterId, Seq, StoredRecord};
use crate::keys::LogKeys;
use crate::record;
use crate::sealing::{self, SealFault};
use crate::segment;
use crate::witness::Position;

/// The records of the log in a directory up to a place; at most one frame of them is in memory.
pub struct Beheld {
    walk: Walk,
    dir: PathBuf,
    log_keys: Option<Arc<LogKeys>>,
    opened: VecDeque<StoredRecord>,
    failed: bool,
}

impl Beheld {
    /// Those of the log `cluster` in `dir` up to `end`, such as [`crate::Verified::position`]. `log_keys` open
    /// encrypted segments.
    #[must_use]
    pub fn new(
        disk: &Arc<dyn Disk>,
        dir: &Path,
        cluster: ClusterId,
        end: Position,
        log_keys: Option<Arc<LogKeys>>,
    ) -> Beheld {
        let walk = Walk::new(Arc::clone(disk), dir, cluster, Position::start(&cluster), end);
        Beheld { walk, dir: dir.to_path_buf(), log_keys, opened: VecDeque::new(), failed: false }
    }

    fn read_next(&mut self) -> Result<Option<StoredRecord>, OpenError> {
        while self.opened.is_empty() {
            let Some(piece) = self.walk.next()? else { return Ok(None) };
            self.opened = open(&piece, &self.dir, self.log_keys.as_deref())?;
        }
        Ok(self.opened.pop_front())
    }
}

impl Iterator for Beheld {
    type Item = Result<StoredRecord, OpenError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let read = self.read_next().transpose();
        // What comes after an error would look like the log with a hole in it.
        self.failed = matches!(read, Some(Err(_)));
        read
    }
}

fn open(piece: &Piece<'_>, dir: &Path, keys: Option<&LogKeys>) -> Result<VecDeque<StoredRecord>, OpenError> {
    let file = dir.join(segment::file_name(piece.segment.first_seq, piece.segment.number));
    let damaged = |why| {
        let (offset, damage) = (u64::from(piece.offset), Damage::Content { why });
        let intact_to = Seq::new(piece.header.first_seq.get().saturating_sub(1));
        OpenError::Corrupt(Box::new(Corruption { file: file.clone(), offset, damage, intact_to }))
    };
    let (header, body) = (&piece.header, &piece.bytes[HEADER_BYTES..]);
    let clear =
        sealing::open(header, body, piece.segment, piece.offset, keys).map_err(|fault| match fault {
            SealFault::NoKey => OpenError::NoKey { file: file.clone() },
            SealFault::NotAuthentic(why) => damaged(why),
        })?;
    let (_, raw) = frame::open_body(header, &clear).map_err(damaged)?;
    let mut rest = raw.as_slice();
    let mut seq = header.first_seq;
    let mut records = VecDeque::with_capacity(header.records as usize);
    for _ in 0..header.records {
        let record = record::take(&mut rest).ok_or_else(|| damaged("records"))?;
        records.push_back(StoredRecord {
            seq,
            recorded_us: header.recorded_us,
            key: record.key,
            digest: record.digest,
            bytes: record.payload.to_vec(),
        });
        seq = seq.next();
    }
    Ok(records)
}
