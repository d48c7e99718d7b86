//! A simulated disk on which one file reads otherwise, without a copy of all the others.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toancanh_log::disk::sim::SimDisk;
use toancanh_log::disk::{Access, DiskLock, LockError};
use toancanh_log::{Disk, DiskFile};

/// For reading only.
pub(crate) struct Overlay {
    disk: SimDisk,
    path: PathBuf,
    bytes: Arc<Vec<u8>>,
}

impl Overlay {
    pub(crate) fn new(disk: SimDisk, path: &Path, bytes: Vec<u8>) -> Overlay {
        Overlay { disk, path: path.to_path_buf(), bytes: Arc::new(bytes) }
    }
}

fn refused<T>() -> io::Result<T> {
    Err(io::Error::from(io::ErrorKind::ReadOnlyFilesystem))
}

impl Disk for Overlay {
    fn create_dir(&self, _: &Path) -> io::Result<()> {
        refused()
    }
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.disk.list(dir)
    }
    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        match (access, path == self.path) {
            (Access::Read, true) => Ok(Arc::new(Bytes(Arc::clone(&self.bytes)))),
            (Access::Read, false) => self.disk.open(path, access),
            _ => refused(),
        }
    }
    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        refused()
    }
    fn remove(&self, _: &Path) -> io::Result<()> {
        refused()
    }
    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        refused()
    }
    fn lock(&self, _: &Path, _: &str) -> Result<Box<dyn DiskLock>, LockError> {
        Err(LockError::Io(io::Error::from(io::ErrorKind::ReadOnlyFilesystem)))
    }
}

struct Bytes(Arc<Vec<u8>>);

impl DiskFile for Bytes {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let from = (offset as usize).min(self.0.len());
        let len = buf.len().min(self.0.len() - from);
        buf[..len].copy_from_slice(&self.0[from..from + len]);
        Ok(len)
    }
    fn write_at(&self, _: &[u8], _: u64) -> io::Result<()> {
        refused()
    }
    fn sync_data(&self) -> io::Result<()> {
        refused()
    }
    fn sync_all(&self) -> io::Result<()> {
        refused()
    }
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }
    fn set_len(&self, _: u64) -> io::Result<()> {
        refused()
    }
    fn mode(&self) -> io::Result<u32> {
        Ok(0o444)
    }
}
