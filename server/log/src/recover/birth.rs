//! Making a log where there is none.

use std::path::Path;

use rand::TryRngCore;
use rand::rngs::OsRng;

use crate::disk::Disk;
use crate::error::OpenError;
use crate::files;
use crate::frame;
use crate::head::{self, Head};
use crate::item::{ClusterId, Seq};
use crate::options::Options;
use crate::sealing::SegmentCipher;
use crate::segment::{self, SegmentHeader};
use crate::witness::Position;

use super::scan;

/// Makes `HEAD`, the first segment and, last, `log.id`: without it, there is no log yet. Says whether
/// it did.
pub(super) fn make_if_new(disk: &dyn Disk, dir: &Path, options: &Options) -> Result<bool, OpenError> {
    let names = disk.list(dir).map_err(OpenError::io("listing", dir))?;
    if names.iter().any(|name| name == files::ID_NAME) || !only_unborn(disk, dir, &names)? {
        return Ok(false);
    }
    for name in names.iter().filter(|name| is_ours(name)) {
        let path = dir.join(name);
        disk.remove(&path).map_err(OpenError::io("removing", &path))?;
    }
    disk.sync_dir(dir).map_err(OpenError::io("syncing", dir))?;

    let now_us = options.clock.now_us();
    let mut cluster: ClusterId = [0; 16];
    OsRng.try_fill_bytes(&mut cluster).map_err(|error| OpenError::Io {
        doing: "asking the system for random bytes for",
        path: dir.to_path_buf(),
        source: std::io::Error::other(error.to_string()),
    })?;
    let chain = frame::genesis(&cluster);
    let position = Position {
        segment: 1,
        segment_first: Seq::FIRST,
        offset: segment::HEADER_BYTES,
        next_seq: Seq::FIRST,
        chain,
    };
    Head::create(disk, dir, cluster, &position, now_us)
        .map_err(OpenError::io("writing", &dir.join(head::FILE_NAME)))?;
    let mut header = SegmentHeader {
        bytes: options.segment_bytes,
        cluster,
        number: 1,
        first_seq: Seq::FIRST,
        previous: chain,
        created_us: now_us,
        seal: None,
        is_training: options.training.unwrap_or(false),
    };
    if let (Some(true), Some(keys)) = (options.encrypt, &options.log_keys) {
        let (_, seal) = SegmentCipher::new_for(keys, &header.binding()).map_err(Box::new)?;
        header.seal = Some(seal);
    }
    let first = dir.join(segment::file_name(Seq::FIRST, 1));
    segment::create(disk, dir, &header).map_err(OpenError::io("writing", &first))?;
    files::write_id(disk, dir, &cluster, files::Kind::Log, now_us)
        .map_err(OpenError::io("writing", &dir.join(files::ID_NAME)))?;
    Ok(true)
}

fn is_ours(name: &str) -> bool {
    name == head::FILE_NAME || segment::parse_name(name).is_some()
}

/// Whether nothing is there but what an interrupted making leaves: at most a `HEAD` at the very
/// beginning and a first segment without a frame.
fn only_unborn(disk: &dyn Disk, dir: &Path, names: &[String]) -> Result<bool, OpenError> {
    let first = segment::file_name(Seq::FIRST, 1);
    for name in names.iter().filter(|name| segment::parse_name(name).is_some()) {
        if *name != first || !scan::has_no_frames(disk, &dir.join(name))? {
            return Ok(false);
        }
    }
    let at_start = |position: &Position| {
        position.next_seq == Seq::FIRST && position.segment == 1 && position.offset == segment::HEADER_BYTES
    };
    Ok(match head::read(disk, dir) {
        Ok(found) => at_start(&found.position),
        Err(head::HeadFault::Missing) => true,
        Err(_) => false,
    })
}
