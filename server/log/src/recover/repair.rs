//! What may be put right at opening: a torn tail, and what `HEAD` does not vouch for.

use std::path::Path;

use crate::disk::{Access, Disk, DiskFile, read_exact_at, replace_file};
use crate::error::OpenError;
use crate::head::{self, Head};
use crate::item::ClusterId;
use crate::segment::{self, SegmentHeader, write_zeros};
use crate::witness::Position;

use super::Torn;

const CHUNK_BYTES: usize = 1 << 20;

/// The end of the log, to be put right.
pub(super) struct Repair<'a> {
    pub(super) disk: &'a dyn Disk,
    pub(super) dir: &'a Path,
    pub(super) segment: &'a SegmentHeader,
    pub(super) position: &'a Position,
    pub(super) now_us: i64,
}

impl Repair<'_> {
    /// Keeps a torn tail's bytes in a file of their own, and zeroes their place.
    pub(super) fn take_off(&self, torn: Option<Torn>) -> Result<Option<Torn>, OpenError> {
        let Some(mut torn) = torn else { return Ok(None) };
        let name = self.torn_name()?;
        let kept = self.dir.join(&name);
        let file = self.open(&torn.file)?;
        replace_file(self.disk, self.dir, &name, Access::Create, |aside| {
            copy(file.as_ref(), torn.offset, aside, 0, torn.bytes)
        })
        .map_err(OpenError::io("keeping a torn tail in", &kept))?;
        // The bytes are safe. Whatever of the zeros a crash keeps from the disk is found as a torn tail
        // again; `save_again` syncs them before anything is written there.
        write_zeros(file.as_ref(), torn.offset, torn.offset + torn.bytes)
            .map_err(OpenError::io("zeroing a torn tail in", &torn.file))?;
        torn.kept = Some(kept);
        Ok(Some(torn))
    }

    /// A name that is not taken: the same place may tear more than once.
    fn torn_name(&self) -> Result<String, OpenError> {
        let taken = self.disk.list(self.dir).map_err(OpenError::io("listing", self.dir))?;
        let segment = segment::file_name(self.segment.first_seq, self.segment.number);
        let stem = format!("{segment}.at-{:08}", self.position.offset);
        let names = (1_u32..).map(|turn| match turn {
            1 => format!("{stem}.torn"),
            turn => format!("{stem}.{turn}.torn"),
        });
        let free = names.into_iter().find(|name| !taken.contains(name));
        Ok(free.unwrap_or(stem))
    }

    /// Writes what `HEAD` does not vouch for once more and makes it durable.
    pub(super) fn save_again(&self, head: Option<&head::Found>) -> Result<(), OpenError> {
        let vouched = head
            .filter(|head| head.position.segment == self.segment.number)
            .map_or(segment::HEADER_BYTES, |head| head.position.offset);
        let path = self.dir.join(segment::file_name(self.segment.first_seq, self.segment.number));
        let file = self.open(&path)?;
        let (from, to) = (u64::from(vouched), u64::from(self.position.offset));
        if from < to {
            copy(file.as_ref(), from, file.as_ref(), from, to - from)
                .map_err(OpenError::io("saving again", &path))?;
        }
        file.sync_data().map_err(OpenError::io("syncing", &path))
    }

    /// Lets `HEAD` say what now holds.
    pub(super) fn witness(
        &self,
        found: Option<&head::Found>,
        cluster: &ClusterId,
    ) -> Result<Head, OpenError> {
        let path = self.dir.join(head::FILE_NAME);
        let head = match found {
            None => Head::create(self.disk, self.dir, *cluster, self.position, self.now_us),
            Some(found) => Head::open(self.disk, self.dir, found).and_then(|mut head| {
                // Both slots, so that a single one that rots costs nothing.
                for _ in 0..2 {
                    head.write(self.position, self.now_us)?;
                    head.sync()?;
                }
                Ok(head)
            }),
        };
        head.map_err(OpenError::io("writing", &path))
    }

    fn open(&self, path: &Path) -> Result<std::sync::Arc<dyn DiskFile>, OpenError> {
        self.disk.open(path, Access::Write).map_err(OpenError::io("opening", path))
    }
}

fn copy(
    from: &dyn DiskFile,
    from_offset: u64,
    to: &dyn DiskFile,
    to_offset: u64,
    bytes: u64,
) -> std::io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES.min(bytes as usize)];
    let mut done = 0;
    while done < bytes {
        let len = chunk.len().min((bytes - done) as usize);
        read_exact_at(from, &mut chunk[..len], from_offset + done)?;
        to.write_at(&chunk[..len], to_offset + done)?;
        done += len as u64;
    }
    Ok(())
}
