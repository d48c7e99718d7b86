//! All that the log asks of a disk, as one small trait.
//!
//! [`RealDisk`] is the machine's; [`sim::SimDisk`] is a disk in memory that can lose power, tear
//! writes, fail and fill up. The log touches files through nothing else, so that what holds on the
//! simulated disk says something about the real one.

mod real;
pub mod sim;

use std::io;
use std::path::Path;
use std::sync::Arc;

pub use real::RealDisk;

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// For reading; it must exist.
    Read,
    /// For reading and writing; it must exist.
    Write,
    /// For reading and writing; an old one of that name is emptied.
    Create,
    /// As `Create`, readable by its owner alone (mode 0600).
    CreatePrivate,
}

/// A place for files. Paths are given whole.
pub trait Disk: Send + Sync {
    /// Makes a directory and its parents, durably; it may exist.
    fn create_dir(&self, path: &Path) -> io::Result<()>;

    /// The names of the files in a directory, sorted.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// Opens a file.
    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>>;

    /// Gives a file another name in the same directory, in place of what bore it. Durable only
    /// after [`Disk::sync_dir`].
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Takes a file away. Durable only after [`Disk::sync_dir`].
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a directory durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// Takes a lock that ends with the guard or the process, and writes `holder` into it.
    fn lock(&self, path: &Path, holder: &str) -> Result<Box<dyn DiskLock>, LockError>;
}

/// An open file. Reading and writing name their place: there is no cursor to share.
pub trait DiskFile: Send + Sync {
    /// Reads up to `buf.len()` bytes; fewer only at the end of the file.
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Writes all of `bytes`, or fails having written any part of them.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Makes what was written durable, and of the metadata only what is needed to read it.
    fn sync_data(&self) -> io::Result<()>;

    /// Makes everything about the file durable, but for its name.
    fn sync_all(&self) -> io::Result<()>;

    /// Its length in bytes.
    fn len(&self) -> io::Result<u64>;

    /// Whether it has no bytes.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Cuts it off, or lengthens it with zeros.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Its permission bits, as in `0o600`.
    fn mode(&self) -> io::Result<u32>;
}

/// A lock that is held; dropping it lets go.
pub trait DiskLock: Send + Sync {}

/// Why a lock was not given.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody has it.
    #[error("held by {holder}")]
    Held {
        /// What he wrote into it.
        holder: String,
    },
    /// The disk answered with an error.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Fills `buf` from `offset`, or says that the file ends before.
pub(crate) fn read_exact_at(file: &dyn DiskFile, buf: &mut [u8], offset: u64) -> io::Result<()> {
    if file.read_at(buf, offset)? == buf.len() {
        Ok(())
    } else {
        Err(io::Error::from(io::ErrorKind::UnexpectedEof))
    }
}

/// Puts a whole new file in place of `path`, so that after a crash either the old or the new one is
/// there, complete. `fill` writes it; the directory is made durable too.
pub(crate) fn replace_file(
    disk: &dyn Disk,
    dir: &Path,
    name: &str,
    access: Access,
    fill: impl FnOnce(&dyn DiskFile) -> io::Result<()>,
) -> io::Result<()> {
    let new = dir.join(format!("{name}{NEW_SUFFIX}"));
    let written = disk.open(&new, access).and_then(|file| {
        fill(file.as_ref())?;
        crate::fail_point::reach("file-made");
        file.sync_all()
    });
    crate::fail_point::reach("file-durable");
    if let Err(error) = written {
        // The half-made file holds nothing that anybody was promised, and it may hold the last
        // free bytes. Should the removal fail too, the next opening removes it.
        disk.remove(&new).ok();
        return Err(error);
    }
    disk.rename(&new, &dir.join(name))?;
    crate::fail_point::reach("file-in-place");
    disk.sync_dir(dir)
}

/// Ends the name of a file that is not finished.
pub(crate) const NEW_SUFFIX: &str = ".new";
