//! `HEAD`: up to where the log is known to be durable.
//!
//! It is a witness, not an index: recovery finds the end by reading the segments, and then asks
//! `HEAD` whether that is far enough. Without it, a cut at the end would look like a torn write.
//!
//! ```text
//!          0            8     10    12    16         24              40           48          56
//!        0 ┌────────────┬─────┬─────┬─────┬──────────┬───────────────┬────────────┬───────────┐
//!          │ "TCLOGHED" │ ver-│  0  │ CRC │ counter  │  cluster id   │ segment's  │ its first │
//!          │            │ sion│     │     │          │               │ number     │ Seq       │
//!       56 ├────────────┼─────┴─────┴──┬──┴──────────┴───────────────┼────────────┼───────────┘
//!          │ offset     │ next Seq     │ hash of the last frame (32) │ written µs │
//!      112 ├────────────┴──────────────┴─────────────────────────────┴────────────┘
//!          │ 0 …
//!    4,096 ├──────────────────────────────
//!          │ the other slot, alike
//!    8,192 └──────────────────────────────
//! ```
//!
//! The CRC32C is over the slot's 128 bytes with the CRC taken as zero. The valid slot with the
//! larger counter counts.
//!
//! After each commit the *hot* slot is written, without `fsync`: a process that is killed loses
//! nothing of it. About each second or 64 frames the file is fsynced and the slots change places, so
//! that a power cut in the middle of a write always leaves the other one. A slot is written only
//! after the `fdatasync` of what it speaks of, so it never says too much, whenever it reaches the
//! disk. A clean stop writes both.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::disk::{Access, Disk, DiskFile, replace_file};
use crate::frame::{array_at, u32_at, u64_at};
use crate::item::{ClusterId, Seq};
use crate::segment::FORMAT_VERSION;
use crate::witness::{Position, Vouched, Voucher};

/// The file's name.
pub const FILE_NAME: &str = "HEAD";

const MAGIC: [u8; 8] = *b"TCLOGHED";
const SLOT_BYTES: usize = 128;
const SLOT_AT: [u64; 2] = [0, 4_096];
const FILE_BYTES: usize = 8_192;

/// What a `HEAD` file says.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) position: Position,
    pub(crate) cluster: ClusterId,
    pub(crate) counter: u64,
    slot: usize,
    /// Slots that could not be read: 0 or 1.
    pub(crate) bad_slots: u8,
}

impl Found {
    pub(crate) fn vouched(&self, by: Voucher) -> Vouched {
        Vouched { cluster: self.cluster, by, position: self.position.clone() }
    }
}

/// The file, open for writing.
pub(crate) struct Head {
    file: Arc<dyn DiskFile>,
    cluster: ClusterId,
    counter: u64,
    hot: usize,
    dirty: bool,
}

impl Head {
    /// Puts a new `HEAD` in place, durable, both slots alike.
    pub(crate) fn create(
        disk: &dyn Disk,
        dir: &Path,
        cluster: ClusterId,
        position: &Position,
        now_us: i64,
    ) -> io::Result<Head> {
        replace_file(disk, dir, FILE_NAME, Access::Create, |file| {
            let mut bytes = vec![0; FILE_BYTES];
            for (slot, at) in SLOT_AT.iter().enumerate() {
                let encoded = encode(&cluster, slot as u64 + 1, position, now_us);
                bytes[*at as usize..][..SLOT_BYTES].copy_from_slice(&encoded);
            }
            file.write_at(&bytes, 0)
        })?;
        let file = disk.open(&dir.join(FILE_NAME), Access::Write)?;
        Ok(Head { file, cluster, counter: 2, hot: 0, dirty: false })
    }

    /// Opens the file that was read as `found`.
    pub(crate) fn open(disk: &dyn Disk, dir: &Path, found: &Found) -> io::Result<Head> {
        let file = disk.open(&dir.join(FILE_NAME), Access::Write)?;
        // With both slots valid, the newer may be in the cache alone, and the other is durable: go on
        // with the newer. With one, it is the one to keep.
        let hot = if found.bad_slots == 0 { found.slot } else { 1 - found.slot };
        Ok(Head { file, cluster: found.cluster, counter: found.counter, hot, dirty: false })
    }

    /// Whether something was written since the last `sync`.
    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Writes the hot slot.
    pub(crate) fn write(&mut self, position: &Position, now_us: i64) -> io::Result<()> {
        self.dirty = true;
        self.counter += 1;
        let bytes = encode(&self.cluster, self.counter, position, now_us);
        self.file.write_at(&bytes, SLOT_AT[self.hot])
    }

    /// Makes the hot slot durable and turns to the other.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        self.hot = 1 - self.hot;
        self.dirty = false;
        Ok(())
    }
}

/// Why no `HEAD` was read.
#[derive(Debug)]
pub(crate) enum HeadFault {
    Missing,
    BothSlots,
    Newer(String),
    Io(io::Error),
}

/// Reads what `HEAD` says.
pub(crate) fn read(disk: &dyn Disk, dir: &Path) -> Result<Found, HeadFault> {
    let file = match disk.open(&dir.join(FILE_NAME), Access::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(HeadFault::Missing),
        Err(error) => return Err(HeadFault::Io(error)),
    };
    let mut best: Option<Found> = None;
    let mut bad_slots = 0;
    for (slot, at) in SLOT_AT.iter().enumerate() {
        let mut bytes = [0; SLOT_BYTES];
        file.read_at(&mut bytes, *at).map_err(HeadFault::Io)?;
        match decode(&bytes)? {
            Some((cluster, counter, position)) => {
                if best.as_ref().is_none_or(|best| counter > best.counter) {
                    best = Some(Found { position, cluster, counter, slot, bad_slots: 0 });
                }
            }
            None => bad_slots += 1,
        }
    }
    best.map(|best| Found { bad_slots, ..best }).ok_or(HeadFault::BothSlots)
}

fn encode(cluster: &ClusterId, counter: u64, position: &Position, now_us: i64) -> [u8; SLOT_BYTES] {
    let mut bytes = [0; SLOT_BYTES];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..10].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
    bytes[16..24].copy_from_slice(&counter.to_le_bytes());
    bytes[24..40].copy_from_slice(cluster);
    bytes[40..48].copy_from_slice(&position.segment.to_le_bytes());
    bytes[48..56].copy_from_slice(&position.segment_first.get().to_le_bytes());
    bytes[56..64].copy_from_slice(&u64::from(position.offset).to_le_bytes());
    bytes[64..72].copy_from_slice(&position.next_seq.get().to_le_bytes());
    bytes[72..104].copy_from_slice(&position.chain);
    bytes[104..112].copy_from_slice(&now_us.to_le_bytes());
    let crc = crc32c::crc32c(&bytes);
    bytes[12..16].copy_from_slice(&crc.to_le_bytes());
    bytes
}

type Slot = (ClusterId, u64, Position);

fn decode(bytes: &[u8; SLOT_BYTES]) -> Result<Option<Slot>, HeadFault> {
    let mut without_crc = *bytes;
    without_crc[12..16].fill(0);
    if bytes[..8] != MAGIC || u32_at(bytes, 12) != crc32c::crc32c(&without_crc) {
        return Ok(None);
    }
    let version = u16::from_le_bytes(array_at(bytes, 8));
    if version != FORMAT_VERSION {
        return Err(HeadFault::Newer(format!("HEAD of version {version}")));
    }
    let Ok(offset) = u32::try_from(u64_at(bytes, 56)) else { return Ok(None) };
    let position = Position {
        segment: u64_at(bytes, 40),
        segment_first: Seq::new(u64_at(bytes, 48)),
        offset,
        next_seq: Seq::new(u64_at(bytes, 64)),
        chain: array_at(bytes, 72),
    };
    Ok(Some((array_at(bytes, 24), u64_at(bytes, 16), position)))
}
