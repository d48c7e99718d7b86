//! The wrapping keys: which one the case keys are wrapped under, and which they shall be.
//!
//! The *ring* is a list of keys of 32 bytes, the current one first. It comes from the environment
//! (`TOANCANH_MASTER_KEY`: 64 hexadecimal digits each, separated by commas; or `TOANCANH_MASTER_KEY_FILE`, a file
//! with the same text), else from the folder: `master.key`, made on first use, mode 0600.
//!
//! The key is changed by putting a new one in front. What was wrapped under another key of the ring is wrapped
//! anew at the next opening, in one file that takes the place of the old one; then the old key is of no use any
//! more. In the folder the new one waits as `master.next` until that is done: a stop at any point in between is
//! finished by the next opening.

use std::io;
use std::path::Path;

use zeroize::{Zeroize, Zeroizing};

use crate::checkpoint::unhex;
use crate::disk::{Access, Disk, replace_file};

use super::crypto::{self, Key};
use super::{KeyError, slot};

pub(super) const FILE_NAME: &str = "master.key";
const NEXT_NAME: &str = "master.next";

/// The wrapping keys from outside the folder, the current one first; none if they are in the folder.
#[derive(Default)]
pub struct Ring(Vec<Key>);

impl Ring {
    /// What the environment says.
    ///
    /// # Errors
    /// [`KeyError::BadRing`] without a byte of it.
    pub fn from_environment() -> Result<Ring, KeyError> {
        let said = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty()).map(Zeroizing::new);
        if let Some(text) = said("TOANCANH_MASTER_KEY") {
            return Ring::read(&text, "TOANCANH_MASTER_KEY");
        }
        let Some(path) = said("TOANCANH_MASTER_KEY_FILE") else { return Ok(Ring::default()) };
        let text = std::fs::read_to_string(path.as_str())
            .map_err(KeyError::io("reading TOANCANH_MASTER_KEY_FILE", Path::new(path.as_str())))?;
        Ring::read(&Zeroizing::new(text), "TOANCANH_MASTER_KEY_FILE")
    }

    /// Keys of 64 lower-case hexadecimal digits, separated by commas; `place` is where they were said.
    ///
    /// # Errors
    /// [`KeyError::BadRing`].
    pub fn read(text: &str, place: &'static str) -> Result<Ring, KeyError> {
        let key = |text: &str| unhex(text.trim()).map(Zeroizing::new).ok_or(KeyError::BadRing { place });
        text.split(',').map(key).collect::<Result<Vec<Key>, KeyError>>().map(Ring)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The keys to try, the one to wrap under first; none is made.
pub(super) fn read_all(disk: &dyn Disk, dir: &Path, ring: Ring) -> Result<Vec<Key>, KeyError> {
    let mut keys = ring.0;
    keys.extend(read(disk, &dir.join(NEXT_NAME))?);
    keys.extend(read(disk, &dir.join(FILE_NAME))?);
    Ok(keys)
}

/// The same, with one made where there is none.
pub(super) fn read_or_make(disk: &dyn Disk, dir: &Path, ring: Ring) -> Result<Vec<Key>, KeyError> {
    let mut keys = read_all(disk, dir, ring)?;
    if keys.is_empty() {
        keys.push(make(disk, dir)?);
    }
    Ok(keys)
}

/// The case keys are wrapped under the first key of the ring: what else is in the folder has no use any more.
pub(super) fn settle(disk: &dyn Disk, dir: &Path, is_outside: bool) -> Result<(), KeyError> {
    let names = disk.list(dir).map_err(KeyError::io("listing", dir))?;
    let is_there = |name: &str| names.iter().any(|known| known == name);
    let (next, path) = (dir.join(NEXT_NAME), dir.join(FILE_NAME));
    if is_outside {
        for file in [(NEXT_NAME, &next), (FILE_NAME, &path)].into_iter().filter(|(name, _)| is_there(name)) {
            disk.remove(file.1).map_err(KeyError::io("removing", file.1))?;
        }
    } else if is_there(NEXT_NAME) {
        disk.rename(&next, &path).map_err(KeyError::io("renaming", &next))?;
    } else {
        return Ok(());
    }
    disk.sync_dir(dir).map_err(KeyError::io("syncing", dir))
}

/// Puts a new key in front of that in the folder.
pub(super) fn put_next(disk: &dyn Disk, dir: &Path) -> Result<(), KeyError> {
    let path = dir.join(NEXT_NAME);
    let key = crypto::random_key()?;
    replace_file(disk, dir, NEXT_NAME, Access::CreatePrivate, |file| file.write_at(key.as_ref(), 0))
        .map_err(KeyError::io("writing", &path))
}

fn read(disk: &dyn Disk, path: &Path) -> Result<Option<Key>, KeyError> {
    let opened = match disk.open(path, Access::Read) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(KeyError::io("opening", path)(error)),
    };
    let mode = opened.mode().map_err(KeyError::io("looking at", path))?;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed { path: path.to_path_buf(), mode });
    }
    // One more than a key has, to notice a longer file.
    let mut bytes = Zeroizing::new([0; 33]);
    let read = opened.read_at(bytes.as_mut(), 0).map_err(KeyError::io("reading", path))?;
    if read != 32 {
        return Err(KeyError::WrongMaster { path: path.to_path_buf(), why: "it has not 32 bytes" });
    }
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(&bytes[..32]);
    bytes.zeroize();
    Ok(Some(key))
}

/// Only where there are no case keys either: a new master key could not open one of them.
fn make(disk: &dyn Disk, dir: &Path) -> Result<Key, KeyError> {
    let path = dir.join(FILE_NAME);
    let names = disk.list(dir).map_err(KeyError::io("listing", dir))?;
    if names.iter().any(|name| name == slot::FILE_NAME) {
        return Err(KeyError::WrongMaster { path, why: "it is missing" });
    }
    let key = crypto::random_key()?;
    replace_file(disk, dir, FILE_NAME, Access::CreatePrivate, |file| file.write_at(key.as_ref(), 0))
        .map_err(KeyError::io("writing", &path))?;
    Ok(key)
}
