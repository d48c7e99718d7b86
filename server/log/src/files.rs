//! The files of a log's directory besides segments and `HEAD`.
//!
//! ```text
//!   log.id                                 which log this is; written last when a log is made
//!   HEAD                                   up to where it is durable
//!   00000000000000000001-00000001.seg      segments
//!   checkpoints                            signed places, one a line (see `checkpoint.rs`)
//!   …-00000001.seg.at-00012345.torn        a torn tail that recovery took off, for inspection
//!   LOCK                                   who has the directory open
//!   *.new                                  unfinished; removed at the next opening
//! ```
//!
//! `log.id` is 64 bytes: `"TCLOGIDF"`, version (`u16`), kind (`u8`: 0 a log, 1 a copy of one), 5 zeros, cluster
//! id (16), created (µs, `i64`), zeros, and the CRC32C of the first 60 bytes.

use std::io;
use std::path::Path;

use crate::disk::{Access, Disk, replace_file};
use crate::frame::{array_at, u32_at};
use crate::item::ClusterId;
use crate::segment::FORMAT_VERSION;

pub(crate) const ID_NAME: &str = "log.id";
pub(crate) const LOCK_NAME: &str = "LOCK";

const MAGIC: [u8; 8] = *b"TCLOGIDF";
const ID_BYTES: usize = 64;

/// Why `log.id` was not read.
#[derive(Debug)]
pub(crate) enum IdFault {
    Missing,
    Invalid,
    Newer(String),
    Io(io::Error),
}

/// What a directory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A log that is written to.
    Log,
    /// A backup: it ends where its `HEAD` says.
    Copy,
}

/// Which log it is, and whether a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id {
    pub(crate) cluster: ClusterId,
    pub(crate) kind: Kind,
}

pub(crate) fn write_id(
    disk: &dyn Disk,
    dir: &Path,
    cluster: &ClusterId,
    kind: Kind,
    now_us: i64,
) -> io::Result<()> {
    let mut bytes = [0; ID_BYTES];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..10].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
    bytes[10] = u8::from(kind == Kind::Copy);
    bytes[16..32].copy_from_slice(cluster);
    bytes[32..40].copy_from_slice(&now_us.to_le_bytes());
    let crc = crc32c::crc32c(&bytes[..60]);
    bytes[60..].copy_from_slice(&crc.to_le_bytes());
    replace_file(disk, dir, ID_NAME, Access::Create, |file| file.write_at(&bytes, 0))
}

pub(crate) fn read_id(disk: &dyn Disk, dir: &Path) -> Result<Id, IdFault> {
    let file = match disk.open(&dir.join(ID_NAME), Access::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(IdFault::Missing),
        Err(error) => return Err(IdFault::Io(error)),
    };
    let mut bytes = [0; ID_BYTES];
    let read = file.read_at(&mut bytes, 0).map_err(IdFault::Io)?;
    let crc_holds = u32_at(&bytes, 60) == crc32c::crc32c(&bytes[..60]);
    if read != ID_BYTES || bytes[..8] != MAGIC || !crc_holds {
        return Err(IdFault::Invalid);
    }
    let version = u16::from_le_bytes(array_at(&bytes, 8));
    if version != FORMAT_VERSION {
        return Err(IdFault::Newer(format!("a log of version {version}")));
    }
    let kind = match bytes[10] {
        0 => Kind::Log,
        1 => Kind::Copy,
        other => return Err(IdFault::Newer(format!("a directory of kind {other}"))),
    };
    Ok(Id { cluster: array_at(&bytes, 16), kind })
}
