//! Opening a directory: what is there, what is torn, what is damaged.
//!
//! A write that a power cut interrupted and a frame that rotted look alike at first: a bad frame.
//! They are told apart by asking whether the bad frame had been *durable*, for then it was
//! acknowledged and must not be dropped. It had been durable, if
//!
//! - a header stands anywhere after it in the segment that says "durable before: beyond the bad
//!   frame" (frames are begun only after that much was synced), or
//! - a later segment exists (it is made only after everything before it was synced), or
//! - `HEAD`, the newest checkpoint or another witness, such as a backup, names a place beyond it (each is
//!   written only after that was synced).
//!
//! Then it is **corruption**: an error that names file and offset, or, if asked for, a log to read
//! up to there. Otherwise it is a **torn tail**: its bytes are kept in a `.torn` file, the place is
//! zeroed, and the log goes on; nobody was ever told that those records are safe.
//!
//! A frame whose checksums hold but that does not continue its predecessor is corruption always: no
//! interrupted write makes one.
//!
//! What was durable in the eyes of the process before may be so no longer after a failed `fsync`:
//! the system then answers reads from memory and considers the pages saved. Therefore the tail that
//! `HEAD` does not vouch for is written again, byte for byte, and synced, before anybody is told of
//! it.
//!
//! What this cannot notice: a tail that was acknowledged, is not yet in `HEAD`'s durable slot, and
//! was zeroed exactly at a frame's border. That needs a witness outside this directory.

mod birth;
mod repair;
mod scan;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::checkpoint;
use crate::disk::{Disk, NEW_SUFFIX};
use crate::error::{Corruption, Damage, OpenError};
use crate::files::{self, Id, IdFault, Kind};
use crate::head::{self, Head, HeadFault};
use crate::index::Index;
use crate::item::{ClusterId, Seq};
use crate::landmark::{Landmark, Unverified};
use crate::options::{OpenMode, Options};
use crate::segment::{self, SegmentHeader};
use crate::witness::{Expected, Position, Vouched, Voucher};

pub(crate) use scan::read_header as read_segment_header;

/// What opening found and did.
#[derive(Clone, Debug, Default)]
pub struct Recovery {
    /// Whether the log was made just now.
    pub created: bool,
    /// The last durable place.
    pub durable: Seq,
    /// Frames read and verified.
    pub frames: u64,
    /// Segments read.
    pub segments: u64,
    /// A torn tail that was taken off (or, when open for reading, found).
    pub torn: Option<Torn>,
    /// Damage, where the log was opened for reading in spite of it.
    pub damage: Option<Corruption>,
    /// Whether the log takes no appends.
    pub read_only: bool,
    /// Slots of `HEAD` that could not be read: 0 or 1, or 2 if it was made anew.
    pub head_slots_bad: u8,
    /// How far each source has been read.
    pub cursors: BTreeMap<String, Vec<u8>>,
}

/// Bytes at the end that a write left unfinished. Nothing in them was acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The segment.
    pub file: PathBuf,
    /// Where they begin.
    pub offset: u64,
    /// How many, up to the last that is not zero.
    pub bytes: u64,
    /// Where they are kept; none when open for reading.
    pub kept: Option<PathBuf>,
}

/// What the rest of the opening goes on with.
pub(crate) struct Recovered {
    pub(crate) report: Recovery,
    pub(crate) cluster: ClusterId,
    pub(crate) index: Index,
    /// Up to where all is durable.
    pub(crate) position: Position,
    /// `None` when open for reading.
    pub(crate) end: Option<End>,
    /// What was passed over.
    pub(crate) unverified: Option<Unverified>,
}

/// Where writing goes on.
pub(crate) struct End {
    pub(crate) segment: SegmentHeader,
    pub(crate) head: Head,
}

/// Reads everything, repairs what may be repaired, and says where to go on.
pub(crate) fn recover(dir: &Path, options: &mut Options) -> Result<Recovered, OpenError> {
    let disk = std::sync::Arc::clone(&options.disk);
    let disk = disk.as_ref();
    let writable = options.mode != OpenMode::ReadOnly;
    check_purpose(disk, dir, options.training)?;
    if writable {
        remove_unfinished(disk, dir)?;
    }
    if !options.witnesses.is_empty() && !is_there(disk, dir)? {
        return Err(OpenError::NotAsBackedUp { dir: dir.to_path_buf() });
    }
    let created = writable && birth::make_if_new(disk, dir, options)?;

    let (id, head, about_files) = identify(disk, dir)?;
    let cluster = id.cluster;
    if writable && id.kind == Kind::Copy {
        return Err(OpenError::IsCopy { dir: dir.to_path_buf() });
    }
    if options.witnesses.iter().any(|vouched| vouched.cluster != cluster) {
        return Err(OpenError::NotAsBackedUp { dir: dir.to_path_buf() });
    }
    let checkpoint =
        checkpoint::last(disk, dir).map_err(OpenError::io("reading", &dir.join(checkpoint::FILE_NAME)))?;
    let mut vouched = std::mem::take(&mut options.witnesses);
    vouched.extend(checkpoint.map(|checkpoint| checkpoint.vouched()));
    vouched.extend(head.as_ref().map(|head| head.vouched(Voucher::Head)));
    let start = start(disk, dir, cluster, options, &mut vouched);
    let found = scan::scan(
        disk,
        dir,
        cluster,
        scan::Bounds { from: start.as_ref(), ends: ends(id, head.as_ref()) },
        expected(&cluster, None, vouched),
        options,
    )?;

    let intact_to = Seq::new(found.next_seq.get() - 1);
    let about_files = about_files.map(|damage| Corruption { intact_to, ..damage });
    let rebuild = options.mode == OpenMode::Rebuild;
    let position = found.position();
    let damage = found.damage.or(about_files.clone().filter(|_| !rebuild));
    let mut report = Recovery {
        created,
        durable: intact_to,
        frames: found.frames,
        segments: found.index.segments.len() as u64,
        torn: found.torn,
        damage,
        read_only: !writable,
        head_slots_bad: head.as_ref().map_or(2, |head| head.bad_slots),
        cursors: found.cursors,
    };
    match (&report.damage, options.mode) {
        (None, _) | (Some(_), OpenMode::ReadOnly) => {}
        (Some(_), OpenMode::ReadOnlyIfDamaged) => report.read_only = true,
        (Some(damage), OpenMode::Strict | OpenMode::Rebuild) => {
            return Err(OpenError::Corrupt(Box::new(damage.clone())));
        }
    }
    let end = match (report.read_only, found.last) {
        (false, Some(segment)) => {
            if about_files.is_some() {
                files::write_id(disk, dir, &cluster, Kind::Log, options.clock.now_us())
                    .map_err(OpenError::io("writing", &dir.join(files::ID_NAME)))?;
            }
            let now_us = options.clock.now_us();
            let repair = repair::Repair { disk, dir, segment: &segment, position: &position, now_us };
            report.torn = repair.take_off(report.torn)?;
            repair.save_again(head.as_ref())?;
            let head = repair.witness(head.as_ref(), &cluster)?;
            Some(End { segment, head })
        }
        _ => None,
    };
    let unverified = start.map(|start| start.unverified);
    Ok(Recovered { report, cluster, index: found.index, position, end, unverified })
}

/// Refuses a log of a training where a real one is asked for, and the other way round, before anything is changed.
/// What is no readable segment is the reading's to judge.
fn check_purpose(disk: &dyn Disk, dir: &Path, training: Option<bool>) -> Result<(), OpenError> {
    let (Some(training), Ok(names)) = (training, disk.list(dir)) else { return Ok(()) };
    let headers = names
        .iter()
        .filter(|name| segment::parse_name(name).is_some())
        .filter_map(|name| scan::read_header(disk, &dir.join(name)).ok()?.ok());
    match headers.map(|header| header.is_training).find(|is_training| *is_training != training) {
        Some(is_training) => Err(OpenError::OtherPurpose { dir: dir.to_path_buf(), is_training }),
        None => Ok(()),
    }
}

/// Where the reading begins, if not at the beginning.
pub(crate) struct Start {
    /// The segments up to there.
    headers: Vec<SegmentHeader>,
    unverified: Unverified,
}

/// The place at which the reading may begin. Who vouches for a place before it is asked later.
fn start(
    disk: &dyn Disk,
    dir: &Path,
    cluster: ClusterId,
    options: &mut Options,
    vouched: &mut Vec<Vouched>,
) -> Option<Start> {
    let landmark = options.landmark.take().filter(|landmark| landmark.cluster == cluster)?;
    if options.mode != OpenMode::Strict {
        return None;
    }
    let headers = landmark.met(disk, dir)?;
    let place = (landmark.position.segment, landmark.position.offset);
    let (earlier, later): (Vec<_>, Vec<_>) = std::mem::take(vouched)
        .into_iter()
        .partition(|vouched| (vouched.position.segment, vouched.position.offset) < place);
    *vouched = later;
    Some(Start {
        headers,
        unverified: Unverified { landmark, vouched: earlier, options: options.for_reading() },
    })
}

/// Reads everything before a landmark and changes nothing.
pub(crate) fn before(
    disk: &dyn Disk,
    dir: &Path,
    landmark: &Landmark,
    vouched: Vec<Vouched>,
    options: &mut Options,
) -> Result<(Index, Option<Corruption>), OpenError> {
    let ends = Some((landmark.position.segment, landmark.position.offset));
    let bounds = scan::Bounds { from: None, ends };
    let expected = expected(&landmark.cluster, None, vouched);
    let found = scan::scan(disk, dir, landmark.cluster, bounds, expected, options)?;
    Ok((found.index, found.damage))
}

/// Whether there is anything of a log.
fn is_there(disk: &dyn Disk, dir: &Path) -> Result<bool, OpenError> {
    let names = disk.list(dir).map_err(OpenError::io("listing", dir))?;
    Ok(names.iter().any(|name| name == files::ID_NAME || segment::parse_name(name).is_some()))
}

/// Which log this is, what `HEAD` says, and what is wrong with either.
pub(crate) fn identify(disk: &dyn Disk, dir: &Path) -> Result<(Id, Option<head::Found>, Damaged), OpenError> {
    let (head, head_damage) = read_head(disk, dir)?;
    let (id, id_damage) = read_id(disk, dir, head.as_ref())?;
    Ok((id, head, id_damage.or(head_damage)))
}

/// Where a copy ends; a log ends where its frames do.
fn ends(id: Id, head: Option<&head::Found>) -> Option<(u64, u32)> {
    let head = head.filter(|_| id.kind == Kind::Copy)?;
    Some((head.position.segment, head.position.offset))
}

/// What all the segments say, for somebody who only looks.
pub(crate) struct Survey {
    pub(crate) position: Position,
    pub(crate) frames: u64,
    pub(crate) frames_closed: u64,
    pub(crate) segments: u64,
    pub(crate) torn: Option<Torn>,
    pub(crate) damage: Option<Corruption>,
}

/// Reads everything and changes nothing.
pub(crate) fn survey(
    disk: &dyn Disk,
    dir: &Path,
    id: Id,
    head: Option<&head::Found>,
    vouched: Vec<Vouched>,
    options: &mut Options,
) -> Result<Survey, OpenError> {
    let expected = expected(&id.cluster, head, vouched);
    let bounds = scan::Bounds { from: None, ends: ends(id, head) };
    let found = scan::scan(disk, dir, id.cluster, bounds, expected, options)?;
    Ok(Survey {
        position: found.position(),
        frames: found.frames,
        frames_closed: found.frames_closed,
        segments: found.index.segments.len() as u64,
        torn: found.torn,
        damage: found.damage,
    })
}

/// What must be met on the way. A witness of another log was refused by whoever named it.
fn expected(cluster: &ClusterId, head: Option<&head::Found>, vouched: Vec<Vouched>) -> Expected {
    let head = head.map(|head| head.vouched(Voucher::Head));
    Expected::of(head.into_iter().chain(vouched).filter(|vouched| vouched.cluster == *cluster))
}

/// Files that a crash left unfinished; nothing in them was ever promised.
fn remove_unfinished(disk: &dyn Disk, dir: &Path) -> Result<(), OpenError> {
    let names = disk.list(dir).map_err(OpenError::io("listing", dir))?;
    for name in names.iter().filter(|name| name.ends_with(NEW_SUFFIX)) {
        let path = dir.join(name);
        disk.remove(&path).map_err(OpenError::io("removing", &path))?;
    }
    // Names that the process before gave, and was killed before it could make them durable.
    disk.sync_dir(dir).map_err(OpenError::io("syncing", dir))
}

type Damaged = Option<Corruption>;

fn read_head(disk: &dyn Disk, dir: &Path) -> Result<(Option<head::Found>, Damaged), OpenError> {
    let file = dir.join(head::FILE_NAME);
    let damage = match head::read(disk, dir) {
        Ok(found) => return Ok((Some(found), None)),
        Err(HeadFault::Missing) => Damage::Missing,
        Err(HeadFault::BothSlots) => Damage::Head,
        Err(HeadFault::Newer(found)) => {
            return Err(OpenError::Unsupported { file, offset: 0, found });
        }
        Err(HeadFault::Io(error)) => return Err(OpenError::io("reading", &file)(error)),
    };
    Ok((None, Some(Corruption { file, offset: 0, damage, intact_to: Seq::ZERO })))
}

/// Which log this is; where `log.id` cannot say, what `HEAD` or the first segment says.
fn read_id(disk: &dyn Disk, dir: &Path, head: Option<&head::Found>) -> Result<(Id, Damaged), OpenError> {
    let file = dir.join(files::ID_NAME);
    let damage = match files::read_id(disk, dir) {
        Ok(id) => return Ok((id, None)),
        Err(IdFault::Missing) => Damage::Missing,
        Err(IdFault::Invalid) => Damage::Header { why: "checksum" },
        Err(IdFault::Newer(found)) => {
            return Err(OpenError::Unsupported { file, offset: 0, found });
        }
        Err(IdFault::Io(error)) => return Err(OpenError::io("reading", &file)(error)),
    };
    let first = dir.join(segment::file_name(Seq::FIRST, 1));
    let from_segment = || scan::read_header(disk, &first).ok()?.ok().map(|header| header.cluster);
    let cluster = head.map(|head| head.cluster).or_else(from_segment).unwrap_or_default();
    let id = Id { cluster, kind: Kind::Log };
    Ok((id, Some(Corruption { file, offset: 0, damage, intact_to: Seq::ZERO })))
}
