//! The master key: 32 random bytes in a file that only its owner may read.

use std::io;
use std::path::Path;

use zeroize::Zeroizing;

use crate::disk::{Access, Disk, replace_file};

use super::crypto::{self, Key};
use super::{KeyError, slot};

pub(super) const FILE_NAME: &str = "master.key";

pub(super) fn read_or_make(disk: &dyn Disk, dir: &Path) -> Result<Key, KeyError> {
    let path = dir.join(FILE_NAME);
    match disk.open(&path, Access::Read) {
        Ok(opened) => {
            let mode = opened.mode().map_err(KeyError::io("looking at", &path))?;
            if mode & 0o077 != 0 {
                return Err(KeyError::Exposed { path, mode });
            }
            // One more than a key has, to notice a longer file.
            let mut bytes = Zeroizing::new([0; 33]);
            let read = opened.read_at(bytes.as_mut(), 0).map_err(KeyError::io("reading", &path))?;
            if read != 32 {
                return Err(KeyError::WrongMaster { path, why: "it has not 32 bytes" });
            }
            let mut key = Zeroizing::new([0; 32]);
            key.copy_from_slice(&bytes[..32]);
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(disk, dir, &path),
        Err(error) => Err(KeyError::io("opening", &path)(error)),
    }
}

/// Only where there are no case keys either: a new master key could not open one of them.
fn make(disk: &dyn Disk, dir: &Path, path: &Path) -> Result<Key, KeyError> {
    let names = disk.list(dir).map_err(KeyError::io("listing", dir))?;
    if names.iter().any(|name| name == slot::FILE_NAME) {
        return Err(KeyError::WrongMaster { path: path.to_path_buf(), why: "it is missing" });
    }
    let key = crypto::random_key()?;
    replace_file(disk, dir, FILE_NAME, Access::CreatePrivate, |file| file.write_at(key.as_ref(), 0))
        .map_err(KeyError::io("writing", path))?;
    Ok(key)
}
