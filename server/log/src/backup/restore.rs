//! Making a log again from a copy of it, whole or up to an instant.

use std::path::Path;
use std::sync::Arc;

use crate::disk::Disk;
use crate::error::OpenError;
use crate::files;
use crate::frame::{self, Content, HEADER_BYTES, Hash};
use crate::head::{self, Head};
use crate::item::Seq;
use crate::keys::LogKeys;
use crate::record;
use crate::sealing::{self, SealFault, SegmentCipher};
use crate::segment;
use crate::witness::Position;

use super::walk::{Piece, Walk};
use super::{copy_checkpoints, end_of, id_of, lock, make_segment};

/// Up to where to restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Everything.
    End,
    /// Up to and including this record.
    Seq(Seq),
    /// Everything before the first commit that was written after this instant, in microseconds since 1970 UTC,
    /// by the log's clock.
    Instant(i64),
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Up to where.
    pub position: Position,
    /// When its last commit was written, in microseconds since 1970 UTC; `None` where there is none.
    pub recorded_us: Option<i64>,
}

/// Makes the log in `from` (a backup, or a log, which may be running) again in `to`, which must be empty.
/// It is the same log: checkpoints of it that were kept elsewhere hold, up to where it was restored.
///
/// # Errors
/// [`OpenError::NotEmpty`]; [`OpenError::Corrupt`] where `from` is damaged: the message says up to which record
/// it is intact, which is what [`Until::Seq`] takes.
pub fn restore(
    disk: &Arc<dyn Disk>,
    from: &Path,
    to: &Path,
    until: Until,
    now_us: i64,
) -> Result<Restored, OpenError> {
    restore_with(disk, from, to, until, now_us, None)
}

/// The same, with what opens encrypted segments: needed where a restoring ends inside an encrypted frame, and for
/// nothing else.
///
/// # Errors
/// As [`restore`]; [`OpenError::NoKey`] where it ends inside a frame whose key is not among these.
pub fn restore_with(
    disk: &Arc<dyn Disk>,
    from: &Path,
    to: &Path,
    until: Until,
    now_us: i64,
    log_keys: Option<&LogKeys>,
) -> Result<Restored, OpenError> {
    let end = end_of(disk.as_ref(), from)?;
    let cluster = id_of(disk.as_ref(), from)?;
    disk.create_dir(to).map_err(OpenError::io("making", to))?;
    let names = disk.list(to).map_err(OpenError::io("listing", to))?;
    if !names.is_empty() {
        return Err(OpenError::NotEmpty { dir: to.to_path_buf() });
    }
    let _lock = lock(disk.as_ref(), to)?;
    let mut walk = Walk::new(Arc::clone(disk), from, cluster, Position::start(&cluster), end);
    let mut restored = Restored { position: Position::start(&cluster), recorded_us: None };
    let mut held: Option<(u64, Arc<dyn crate::disk::DiskFile>)> = None;
    // What stands behind the last record that is wanted may be damaged.
    let has_all = |at: &Position| matches!(until, Until::Seq(last) if at.next_seq > last);
    while !has_all(&restored.position) {
        let Some(piece) = walk.next()? else { break };
        let path = to.join(segment::file_name(piece.segment.first_seq, piece.segment.number));
        let Some(kept) = kept(&piece, until, &restored.position.chain, log_keys, &path)? else { break };
        let number = piece.segment.number;
        if held.as_ref().is_none_or(|(held, _)| *held != number) {
            sync(held.as_ref(), to)?;
            held = Some((number, make_segment(disk.as_ref(), to, piece.segment)?));
        }
        let bytes = kept.part.as_deref().unwrap_or(piece.bytes);
        if let Some((_, file)) = &held {
            file.write_at(bytes, u64::from(piece.offset)).map_err(OpenError::io("writing", &path))?;
        }
        restored.recorded_us = Some(piece.header.recorded_us);
        restored.position = Position {
            segment: number,
            segment_first: piece.segment.first_seq,
            offset: piece.offset + bytes.len() as u32,
            next_seq: kept.next_seq,
            chain: frame::hash(bytes),
        };
    }
    if held.is_none() {
        // Not one frame: a log has its first segment all the same.
        let path = from.join(segment::file_name(Seq::FIRST, 1));
        let read = crate::recover::read_segment_header(disk.as_ref(), &path)
            .map_err(OpenError::io("reading", &path))?;
        if let Ok(header) = read {
            held = Some((1, make_segment(disk.as_ref(), to, &header)?));
        }
    }
    if let Some((_, file)) = &held {
        // The room for what is to come is there beforehand, as in a segment that the writer made.
        let len = file.len().map_err(OpenError::io("measuring", to))?;
        segment::write_zeros(file.as_ref(), u64::from(restored.position.offset), len)
            .map_err(OpenError::io("making room in", to))?;
    }
    sync(held.as_ref(), to)?;
    copy_checkpoints(disk.as_ref(), from, to, &restored.position)?;
    Head::create(disk.as_ref(), to, cluster, &restored.position, now_us)
        .map_err(OpenError::io("writing", &to.join(head::FILE_NAME)))?;
    // Last: without it, there is no log yet.
    files::write_id(disk.as_ref(), to, &cluster, files::Kind::Log, now_us)
        .map_err(OpenError::io("writing", &to.join(files::ID_NAME)))?;
    Ok(restored)
}

/// What is kept of a frame.
struct Kept {
    next_seq: Seq,
    /// The frame with fewer records; `None` where it is kept as it is.
    part: Option<Vec<u8>>,
}

fn kept(
    piece: &Piece<'_>,
    until: Until,
    previous: &Hash,
    log_keys: Option<&LogKeys>,
    file: &Path,
) -> Result<Option<Kept>, OpenError> {
    let header = &piece.header;
    let whole = Kept { next_seq: header.next_seq(), part: None };
    match until {
        Until::End => Ok(Some(whole)),
        Until::Instant(at_us) => Ok((header.recorded_us <= at_us).then_some(whole)),
        Until::Seq(last) if last.next() >= header.next_seq() => Ok(Some(whole)),
        Until::Seq(last) if last < header.first_seq => Ok(None),
        Until::Seq(last) => {
            let records = (last.get() - header.first_seq.get() + 1) as u32;
            let bad = |why| OpenError::BadOptions { what: format!("a frame cannot be divided ({why})") };
            let closed = |fault| match fault {
                SealFault::NoKey => OpenError::NoKey { file: file.to_path_buf() },
                SealFault::NotAuthentic(why) => bad(why),
            };
            let (body, segment) = (&piece.bytes[HEADER_BYTES..], piece.segment);
            let clear = sealing::open(header, body, segment, piece.offset, log_keys).map_err(closed)?;
            let cipher = SegmentCipher::of(segment, log_keys).map_err(closed)?;
            let (_, raw) = frame::open_body(header, &clear).map_err(bad)?;
            let mut rest = raw.as_slice();
            for _ in 0..records {
                record::take(&mut rest).ok_or_else(|| bad("records"))?;
            }
            let raw = &raw[..raw.len() - rest.len()];
            // As the writer does: the part then has room wherever the whole had.
            let compressed = zstd::bulk::compress(raw, 1).ok().filter(|bytes| bytes.len() < raw.len());
            let content = Content {
                records,
                first_seq: header.first_seq,
                recorded_us: header.recorded_us,
                durable_before: header.durable_before,
                // A source's cursor stands behind all records of its frame; it reads the others again.
                cursors: &[],
                raw,
                compressed: compressed.as_deref(),
                previous: *previous,
            };
            if u64::from(piece.offset) + frame::encoded_bytes(&content) > u64::from(piece.segment.bytes) {
                return Err(bad("its part has no room"));
            }
            let mut part = Vec::new();
            frame::encode(&content, &segment.binding(), piece.offset, cipher.as_ref(), &mut part)
                .map_err(Box::new)?;
            Ok(Some(Kept { next_seq: last.next(), part: Some(part) }))
        }
    }
}

fn sync(held: Option<&(u64, Arc<dyn crate::disk::DiskFile>)>, to: &Path) -> Result<(), OpenError> {
    held.map_or(Ok(()), |(_, file)| file.sync_all()).map_err(OpenError::io("syncing", to))
}
