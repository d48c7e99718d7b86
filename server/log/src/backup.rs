//! A second copy of the log in another directory, while the log is being written.
//!
//! What is copied is what was durable at its source, frame by frame, and every frame is checked against its
//! checksums and the one before it on the way: rot does not travel. The copy has the files of a log and can
//! be verified, restored from, or read like one. It never takes part in an acknowledgement: what was
//! acknowledged since it was last told is not in it, and how much that is, is told ([`TendStatus`]).
//!
//! Several commits are made durable at once in a copy, so only its `HEAD` says where it ends: what stands
//! behind that is on its way. Its `log.id` says that it is a copy, and it is opened for reading alone; whoever
//! wants to write in it restores from it.
//!
//! The copy's `HEAD` says up to where it is durable. That makes it a witness ([`witness`]): a log whose
//! tail was cut off, `HEAD` and all, is found out by its backup when it is opened.
//!
//! Not in a backup: the keys. They lie elsewhere and are copied by other means to other places; without them
//! what is personal in a backup cannot be read, and a key that is erased is erased for every backup too.

mod restore;
pub(crate) mod walk;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::checkpoint;
use crate::disk::{Access, Disk, DiskFile, DiskLock, LockError, read_exact_at, replace_file};
use crate::error::{Corruption, Damage, OpenError};
use crate::files::{self, IdFault, Kind, LOCK_NAME};
use crate::frame;
use crate::head::{self, Head, HeadFault};
use crate::item::{ClusterId, Seq};
use crate::segment::{self, SegmentHeader};
use crate::witness::{Position, Vouched, Voucher};

pub use restore::{Restored, Until, restore, restore_with};

use walk::Walk;

/// After so many bytes what was copied is made durable, and `HEAD` says so.
const SYNC_EVERY_BYTES: u64 = 8 << 20;

/// What a backup says about its log, for [`crate::Options::witnesses`]; `None` where there is none yet.
///
/// # Errors
/// Where its `HEAD` is there and cannot be read.
pub fn witness(disk: &dyn Disk, dir: &Path) -> Result<Option<Vouched>, OpenError> {
    Ok(read_head(disk, dir)?.map(|found| found.vouched(Voucher::Backup)))
}

/// Up to where the log in `dir` was durable when its `HEAD` was last written; the log may be running.
///
/// # Errors
/// Where there is no log, or its `HEAD` cannot be read.
pub fn end_of(disk: &dyn Disk, dir: &Path) -> Result<Position, OpenError> {
    let missing = || {
        let (file, damage) = (dir.join(head::FILE_NAME), Damage::Missing);
        OpenError::Corrupt(Box::new(Corruption { file, offset: 0, damage, intact_to: Seq::ZERO }))
    };
    read_head(disk, dir)?.map(|found| found.position).ok_or_else(missing)
}

/// A copy that is being kept up.
pub struct Backup {
    disk: Arc<dyn Disk>,
    from: PathBuf,
    to: PathBuf,
    cluster: ClusterId,
    /// Up to where the copy is durable.
    at: Position,
    head: Head,
    now_us: i64,
    segment: Option<(SegmentHeader, Arc<dyn DiskFile>)>,
    _lock: Box<dyn DiskLock>,
}

impl Backup {
    /// Opens the copy in `to` of the log in `from`, or begins it. `now_us` goes into the files that it makes.
    ///
    /// # Errors
    /// [`OpenError::OtherLog`] where `to` holds another log; [`OpenError::Locked`] where another process keeps it
    /// up or has opened it.
    pub fn open(disk: Arc<dyn Disk>, from: &Path, to: &Path, now_us: i64) -> Result<Backup, OpenError> {
        disk.create_dir(to).map_err(OpenError::io("making", to))?;
        let lock = lock(disk.as_ref(), to)?;
        // Names that an earlier turn gave, and could not make durable: HEAD must not speak of them before.
        disk.sync_dir(to).map_err(OpenError::io("syncing", to))?;
        let cluster = id_of(disk.as_ref(), from)?;
        let found = match files::read_id(disk.as_ref(), to) {
            Err(IdFault::Missing) => begin(disk.as_ref(), to, cluster, now_us)?,
            // A log is not written over, though it be the same one.
            Ok(id) if id.kind != Kind::Copy => return Err(other_log(from, to)),
            _ if id_of(disk.as_ref(), to)? != cluster => return Err(other_log(from, to)),
            _ => match read_head(disk.as_ref(), to)? {
                Some(found) if found.cluster == cluster => found,
                _ => return Err(other_log(from, to)),
            },
        };
        let head_path = to.join(head::FILE_NAME);
        let head = Head::open(disk.as_ref(), to, &found).map_err(OpenError::io("opening", &head_path))?;
        let (from, to) = (from.to_path_buf(), to.to_path_buf());
        Ok(Backup { disk, from, to, cluster, at: found.position, head, now_us, segment: None, _lock: lock })
    }

    /// Up to where the copy is durable.
    #[must_use]
    pub fn position(&self) -> &Position {
        &self.at
    }

    /// Copies what stands before `end`, which is durable at the source, but not much more than `bytes_max`;
    /// says whether it has come to `end`. With it come the checkpoints.
    ///
    /// # Errors
    /// [`OpenError::Corrupt`] names the first byte at the source that cannot be believed, and nothing from
    /// there on is copied; [`OpenError::OtherLog`] where the source does not continue the copy. After any error
    /// the copy must be opened again.
    pub fn copy(&mut self, end: &Position, bytes_max: u64) -> Result<bool, OpenError> {
        if (end.segment, end.offset) < (self.at.segment, self.at.offset) {
            // The source has lost what it once acknowledged.
            return Err(other_log(&self.from, &self.to));
        }
        let mut unsynced = 0;
        let copied = self.copy_frames(end, bytes_max, &mut unsynced);
        // What was copied before a damaged frame is good, and kept.
        let landed = self.land(&mut unsynced);
        copied.and(landed)?;
        let is_done = (self.at.segment, self.at.offset) == (end.segment, end.offset);
        match (is_done, self.at.chain == end.chain) {
            (true, false) => Err(other_log(&self.from, &self.to)),
            _ => Ok(is_done),
        }
    }

    fn copy_frames(&mut self, end: &Position, bytes_max: u64, unsynced: &mut u64) -> Result<(), OpenError> {
        let mut walk =
            Walk::new(Arc::clone(&self.disk), &self.from, self.cluster, self.at.clone(), end.clone());
        let mut copied = 0;
        while copied < bytes_max {
            let next = match walk.next() {
                Err(OpenError::Corrupt(corruption))
                    if copied == 0 && matches!(corruption.damage, Damage::Chain { .. }) =>
                {
                    return Err(other_log(&self.from, &self.to));
                }
                next => next?,
            };
            let Some(piece) = next else { break };
            let bytes = piece.bytes.len() as u64;
            if self.segment.as_ref().is_none_or(|(held, _)| held.number != piece.segment.number) {
                self.land(unsynced)?;
                let made = make_segment(self.disk.as_ref(), &self.to, piece.segment)?;
                self.segment = Some((piece.segment.clone(), made));
            }
            if let Some((header, file)) = &self.segment {
                let path = self.to.join(segment::file_name(header.first_seq, header.number));
                file.write_at(piece.bytes, u64::from(piece.offset))
                    .map_err(OpenError::io("writing", &path))?;
            }
            self.at = walk.position().clone();
            copied += bytes;
            *unsynced += bytes;
            if *unsynced >= SYNC_EVERY_BYTES {
                self.land(unsynced)?;
            }
        }
        Ok(())
    }

    /// Copies the checkpoints that lie before the copy's end. They are few: the file is written anew where it
    /// has grown.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn copy_checkpoints(&self) -> Result<(), OpenError> {
        copy_checkpoints(self.disk.as_ref(), &self.from, &self.to, &self.at)
    }

    /// Makes durable what was written, and only then lets `HEAD` say so. After a failure the copy must be opened
    /// again: a failed sync is not tried twice.
    fn land(&mut self, unsynced: &mut u64) -> Result<(), OpenError> {
        if *unsynced == 0 {
            return Ok(());
        }
        *unsynced = 0;
        if let Some((_, file)) = &self.segment {
            file.sync_data().map_err(OpenError::io("syncing", &self.to))?;
        }
        let head_path = self.to.join(head::FILE_NAME);
        let written = self.head.write(&self.at, self.now_us).and_then(|()| self.head.sync());
        written.map_err(OpenError::io("writing", &head_path))
    }
}

fn lock(disk: &dyn Disk, dir: &Path) -> Result<Box<dyn DiskLock>, OpenError> {
    let path = dir.join(LOCK_NAME);
    disk.lock(&path, &format!("process {} (backup)", std::process::id())).map_err(|error| match error {
        LockError::Held { holder } => OpenError::Locked { dir: dir.to_path_buf(), holder },
        LockError::Io(error) => OpenError::io("locking", &path)(error),
    })
}

/// Makes `HEAD` at the very beginning and, last, `log.id`.
fn begin(disk: &dyn Disk, to: &Path, cluster: ClusterId, now_us: i64) -> Result<head::Found, OpenError> {
    let names = disk.list(to).map_err(OpenError::io("listing", to))?;
    if let Some(name) = names.iter().find(|name| segment::parse_name(name).is_some()) {
        // Somebody's segments: not to be written over.
        let file = to.join(name);
        let damage = Damage::Header { why: "no log.id stands beside it" };
        return Err(OpenError::Corrupt(Box::new(Corruption {
            file,
            offset: 0,
            damage,
            intact_to: Seq::ZERO,
        })));
    }
    let head_path = to.join(head::FILE_NAME);
    Head::create(disk, to, cluster, &Position::start(&cluster), now_us)
        .map_err(OpenError::io("writing", &head_path))?;
    files::write_id(disk, to, &cluster, Kind::Copy, now_us)
        .map_err(OpenError::io("writing", &to.join(files::ID_NAME)))?;
    read_head(disk, to)?.ok_or_else(|| OpenError::io("reading", &head_path)(io::ErrorKind::NotFound.into()))
}

/// Opens a segment of the copy, or makes it; its empty end takes no room yet.
fn make_segment(disk: &dyn Disk, to: &Path, header: &SegmentHeader) -> Result<Arc<dyn DiskFile>, OpenError> {
    let name = segment::file_name(header.first_seq, header.number);
    let path = to.join(&name);
    let encoded = header.encode();
    let held = match disk.open(&path, Access::Write) {
        Ok(file) => {
            let mut bytes = vec![0; encoded.len()];
            let same = read_exact_at(file.as_ref(), &mut bytes, 0).is_ok() && bytes == encoded;
            same.then_some(file)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(OpenError::io("opening", &path)(error)),
    };
    if let Some(file) = held {
        return Ok(file);
    }
    replace_file(disk, to, &name, Access::Create, |file| {
        file.set_len(u64::from(header.bytes))?;
        file.write_at(&encoded, 0)
    })
    .and_then(|()| disk.open(&path, Access::Write))
    .map_err(OpenError::io("writing", &path))
}

fn copy_checkpoints(disk: &dyn Disk, from: &Path, to: &Path, at: &Position) -> Result<(), OpenError> {
    let path = from.join(checkpoint::FILE_NAME);
    let held = checkpoint::last(disk, to).map_err(OpenError::io("reading", to))?;
    let last = checkpoint::last(disk, from).map_err(OpenError::io("reading", &path))?;
    if held == last {
        return Ok(());
    }
    let mut lines = String::new();
    checkpoint::each(&path, disk, |line| {
        // One beyond the copy's end would call the copy cut off; a damaged one is the source's to tell.
        if let Ok(checkpoint) = line.checkpoint
            && (checkpoint.position.segment, checkpoint.position.offset) <= (at.segment, at.offset)
            && checkpoint.position.next_seq <= at.next_seq
        {
            lines.push_str(&format!("{checkpoint}\n"));
        }
    })
    .map_err(OpenError::io("reading", &path))?;
    replace_file(disk, to, checkpoint::FILE_NAME, Access::Create, |file| file.write_at(lines.as_bytes(), 0))
        .map_err(OpenError::io("writing", &to.join(checkpoint::FILE_NAME)))
}

fn id_of(disk: &dyn Disk, dir: &Path) -> Result<ClusterId, OpenError> {
    let file = dir.join(files::ID_NAME);
    let damage = match files::read_id(disk, dir) {
        Ok(id) => return Ok(id.cluster),
        Err(IdFault::Missing) => Damage::Missing,
        Err(IdFault::Invalid) => Damage::Header { why: "checksum" },
        Err(IdFault::Newer(found)) => return Err(OpenError::Unsupported { file, offset: 0, found }),
        Err(IdFault::Io(error)) => return Err(OpenError::io("reading", &file)(error)),
    };
    Err(OpenError::Corrupt(Box::new(Corruption { file, offset: 0, damage, intact_to: Seq::ZERO })))
}

/// What `HEAD` says. It may be written at this moment: one that cannot be read is read again.
fn read_head(disk: &dyn Disk, dir: &Path) -> Result<Option<head::Found>, OpenError> {
    let file = dir.join(head::FILE_NAME);
    let mut looks = 0;
    loop {
        match head::read(disk, dir) {
            Ok(found) => return Ok(Some(found)),
            Err(HeadFault::Missing) => return Ok(None),
            Err(HeadFault::BothSlots) if looks < 3 => looks += 1,
            Err(HeadFault::BothSlots) => {
                let damage = Damage::Head;
                return Err(OpenError::Corrupt(Box::new(Corruption {
                    file,
                    offset: 0,
                    damage,
                    intact_to: Seq::ZERO,
                })));
            }
            Err(HeadFault::Newer(found)) => return Err(OpenError::Unsupported { file, offset: 0, found }),
            Err(HeadFault::Io(error)) => return Err(OpenError::io("reading", &file)(error)),
        }
    }
}

fn other_log(from: &Path, to: &Path) -> OpenError {
    OpenError::OtherLog { dir: from.to_path_buf(), witness: to.to_path_buf() }
}

impl Position {
    /// Before the first frame of a log.
    pub(crate) fn start(cluster: &ClusterId) -> Position {
        Position {
            segment: 1,
            segment_first: Seq::FIRST,
            offset: segment::HEADER_BYTES,
            next_seq: Seq::FIRST,
            chain: frame::genesis(cluster),
        }
    }
}
