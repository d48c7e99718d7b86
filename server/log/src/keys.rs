//! Keys for personal data: one for each case, so that erasing a key erases what was sealed with it
//! wherever a copy of the log may lie.
//!
//! They live outside the data directory, in one of their own:
//!
//! ```text
//!   master.key    32 random bytes, mode 0600: nothing else of value to a thief, everything to him. It may come
//!                 from the environment instead, and can be changed (see `master.rs`)
//!   case-keys     each case's key, wrapped under the master key (see `slot.rs`)
//!                 and the log's own keys beside them (see `log_keys.rs`)
//!   signing.key   signs checkpoints, wrapped under the master key; signing.pub is its public half, for anybody (see `signing.rs`)
//!   LOCK          who has the directory open
//!   *.torn        an unfinished record that opening took off
//! ```
//!
//! The order that matters: [`KeyStore::seal`] writes a new case's key before it gives the sealed
//! bytes out, and [`KeyStore::flush`] makes it durable before the event that uses it is
//! acknowledged (the log calls it before each commit, see [`crate::BeforeCommit`]):
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use toancanh_log::{Log, Options, keys::KeyStore};
//!
//! # let dir = tempfile::tempdir()?;
//! let keys = Arc::new(KeyStore::open(dir.path().join("keys"))?);
//! let flushed = Arc::clone(&keys);
//! let options = Options::default().before_commit(move || flushed.flush().map_err(Into::into));
//! # let options = options.segment_bytes(64 << 10);
//! let (log, _) = Log::open(dir.path().join("data"), options)?;
//!
//! let sealed = keys.seal("HCM-1", b"+84 90 000 00 00", b"reporter")?;
//! assert_eq!(keys.unseal("HCM-1", &sealed, b"reporter")?.as_slice(), b"+84 90 000 00 00");
//! keys.erase("HCM-1")?;
//! assert!(keys.unseal("HCM-1", &sealed, b"reporter").is_err());
//! # Ok(())
//! # }
//! ```
//!
//! What does not belong here: which fields are personal (`domain`), and who may read them (`server`).

mod crypto;
mod error;
mod file;
mod log_keys;
mod master;
mod signing;
mod slot;
mod travel;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::disk::{Disk, DiskLock, LockError, NEW_SUFFIX, RealDisk};
use crate::item::Digest;

pub use error::KeyError;
pub use file::TornKeys;
pub use log_keys::LogKeys;
pub use master::Ring;
pub use signing::{NotAKey, PublicKey, Signature};
pub use travel::{TRAVELLING_BYTES, Travelling};

pub(crate) use crypto::{Key as SegmentKey, fill_random};
pub(crate) use log_keys::SegmentSeal;

use crypto::{CaseHash, Key};
use file::{KeyFile, Slot};
use signing::SigningKey;

const LOCK_NAME: &str = "LOCK";

/// The keys of all cases. Shared between threads by `Arc`.
///
/// Keys in memory are wiped when they are dropped; none is ever printed.
pub struct KeyStore {
    dir: PathBuf,
    master: Key,
    signing: SigningKey,
    file: Mutex<KeyFile>,
    /// Held during an `fsync`, without holding up those who seal. Taken before `file`.
    flushing: Mutex<()>,
    torn: Option<TornKeys>,
    _lock: Box<dyn DiskLock>,
}

/// What an erasure came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// The key is destroyed.
    Now,
    /// It had been destroyed before.
    Before,
    /// There is no key of that case: nothing was ever sealed for it.
    NoKey,
}

impl KeyStore {
    /// Opens the keys in `dir`, or makes the master key and an empty store there.
    ///
    /// # Errors
    /// See [`KeyError`]; among them a master key that others than its owner may read.
    pub fn open(dir: impl AsRef<Path>) -> Result<KeyStore, KeyError> {
        KeyStore::open_with(Arc::new(RealDisk), dir, "toancanh", Ring::from_environment()?)
    }

    /// Changes the master key of the folder: every case's key is wrapped under a new one. Nothing that was sealed
    /// changes. A stop in between is finished by the next opening. (Where the master key comes from the
    /// environment, it is changed there, see [`Ring`].)
    ///
    /// # Errors
    /// See [`KeyError`]; [`KeyError::Locked`] while a server runs on these keys.
    pub fn rotate_on(disk: &Arc<dyn Disk>, dir: impl AsRef<Path>) -> Result<KeyStore, KeyError> {
        let dir = dir.as_ref();
        // Opened first: what cannot be opened now is not to be changed.
        drop(KeyStore::open_on(Arc::clone(disk), dir, "toancanh keys rotate")?);
        master::put_next(disk.as_ref(), dir)?;
        KeyStore::open_on(Arc::clone(disk), dir, "toancanh keys rotate")
    }

    /// Whether `dir` holds keys: else [`KeyStore::open`] makes new ones there, which open nothing that
    /// was sealed before.
    #[must_use]
    pub fn is_in(dir: impl AsRef<Path>) -> bool {
        let dir = dir.as_ref();
        dir.join(slot::FILE_NAME).exists() && (dir.join(master::FILE_NAME).exists() || is_ring_outside())
    }

    /// As [`KeyStore::open`], on this disk, under this name for the lock file.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn open_on(
        disk: Arc<dyn Disk>,
        dir: impl AsRef<Path>,
        opened_by: &str,
    ) -> Result<KeyStore, KeyError> {
        KeyStore::open_with(disk, dir, opened_by, Ring::default())
    }

    /// The same, with wrapping keys from outside the folder.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn open_with(
        disk: Arc<dyn Disk>,
        dir: impl AsRef<Path>,
        opened_by: &str,
        ring: Ring,
    ) -> Result<KeyStore, KeyError> {
        let dir = dir.as_ref();
        disk.create_dir(dir).map_err(KeyError::io("making", dir))?;
        let lock_path = dir.join(LOCK_NAME);
        let holder = format!("process {} ({opened_by})", std::process::id());
        let lock = disk.lock(&lock_path, &holder).map_err(|error| match error {
            LockError::Held { holder } => KeyError::Locked { dir: dir.to_path_buf(), holder },
            LockError::Io(error) => KeyError::io("locking", &lock_path)(error),
        })?;
        remove_unfinished(disk.as_ref(), dir)?;
        let is_outside = !ring.is_empty();
        let mut ring = master::read_or_make(disk.as_ref(), dir, ring)?;
        let signing = SigningKey::read_or_make(disk.as_ref(), dir, &ring)?;
        let (file, torn) = KeyFile::open(Arc::clone(&disk), dir, &ring)?;
        let was_wrapped_anew = file.was_wrapped_anew();
        master::settle(disk.as_ref(), dir, is_outside)?;
        let master = ring.swap_remove(0);
        let store = KeyStore {
            dir: dir.to_path_buf(),
            master,
            signing,
            file: Mutex::new(file),
            flushing: Mutex::new(()),
            torn,
            _lock: lock,
        };
        if was_wrapped_anew && store.log_keys()?.is_some() {
            store.add_log_key()?;
        }
        Ok(store)
    }

    /// What opening took off the end of the store, if a write had been left unfinished there.
    #[must_use]
    pub fn torn(&self) -> Option<&TornKeys> {
        self.torn.as_ref()
    }

    /// How many cases it knows, erased ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        let file = self.file();
        file.len() - log_keys::count(&file)
    }

    /// Whether it knows no case.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Seals personal data of a case, making the case's key if it has none. `context` says what it
    /// is (such as the event's source, id and field): it is not stored, and the bytes can only be
    /// opened with the same. About 42 bytes longer than the plain text, different each time.
    ///
    /// # Errors
    /// [`KeyError::Erased`] for a case whose key was erased; else see [`KeyError`].
    pub fn seal(&self, case: &str, plaintext: &[u8], context: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (hash, key) = self.key_or_new(case)?;
        crypto::seal(&key, &hash, plaintext, context)
    }

    /// Opens what [`KeyStore::seal`] sealed for the same case with the same context.
    ///
    /// # Errors
    /// [`KeyError::Erased`] or [`KeyError::NoKey`] where there is no key (any more);
    /// [`KeyError::NotAuthentic`] where the bytes, the case or the context are others.
    pub fn unseal(&self, case: &str, sealed: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let hash = self.file().case_hash(case);
        let key = self.known_key(&hash)?.ok_or(KeyError::NoKey)?;
        match crypto::unseal(&key, &hash, sealed, context) {
            // Another server may have sealed it with a key of its own.
            Err(KeyError::NotAuthentic) => self.unseal_with_further(&hash, sealed, context),
            opened => opened,
        }
    }

    /// A digest of content with personal data in it, for [`crate::Item::digest`]: equal content of a
    /// case gives equal digests, and without the case's key nothing can be learnt from one by
    /// trying (a bare hash would give a telephone number away, even after erasure). Makes the case's
    /// key if it has none.
    ///
    /// # Errors
    /// As [`KeyStore::seal`].
    pub fn content_digest(&self, case: &str, content: &[u8]) -> Result<Digest, KeyError> {
        let (_, key) = self.key_or_new(case)?;
        Ok(crypto::digest(&key, content))
    }

    /// Makes durable every key that was made before this call. After a failure nothing is flushed
    /// any more until the store is opened again.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn flush(&self) -> Result<(), KeyError> {
        let _one_at_a_time = self.flushing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(unsynced) = self.file().begin_flush()? else { return Ok(()) };
        // Others go on sealing meanwhile.
        let synced = unsynced.sync();
        crate::fail_point::reach("case-keys-durable");
        self.file().end_flush(unsynced, synced)
    }

    /// Makes everything that was ever sealed for a case unreadable: its wrapped key is overwritten
    /// in place, and then the whole store is written anew without it. Durable when this returns.
    /// New data of that case can no longer be sealed.
    ///
    /// Copies of the key directory that were made before keep the key: they must be destroyed too.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn erase(&self, case: &str) -> Result<Erased, KeyError> {
        let _one_at_a_time = self.flushing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = self.file();
        let hash = file.case_hash(case);
        for name in travel::further(&hash).take_while(|name| file.slot(name).is_some()).collect::<Vec<_>>() {
            file.erase(&name)?;
        }
        let knows = file.slot(&hash).is_some();
        Ok(match (file.erase(&hash)?, knows) {
            (true, _) => Erased::Now,
            (false, true) => Erased::Before,
            (false, false) => Erased::NoKey,
        })
    }

    /// The public half of the key that signs checkpoints.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.signing.public()
    }

    /// Signs bytes with the key for checkpoints.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        self.signing.sign(message)
    }

    fn key_or_new(&self, case: &str) -> Result<(CaseHash, Key), KeyError> {
        let mut file = self.file();
        let hash = file.case_hash(case);
        let key = match file.slot(&hash) {
            Some(slot) => file.read_key(&self.master, &hash, slot)?,
            None => {
                let key = crypto::random_key()?;
                file.add(&self.master, &hash, &key)?;
                key
            }
        };
        Ok((hash, key))
    }

    fn known_key(&self, hash: &CaseHash) -> Result<Option<Key>, KeyError> {
        let file = self.file();
        file.slot(hash).map(|slot: Slot| file.read_key(&self.master, hash, slot)).transpose()
    }

    /// Every change under this lock leaves the file's picture whole at each step.
    fn file(&self) -> MutexGuard<'_, KeyFile> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyStore").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// The public half of the signing key in `dir`, without opening the keys (a server may hold them); none where
/// there is none.
///
/// # Errors
/// [`NotAKey`] where the file holds something else or cannot be read.
pub fn public_key_in(dir: impl AsRef<Path>) -> Result<Option<PublicKey>, NotAKey> {
    signing::read_public(&RealDisk, dir.as_ref())
}

/// Whether the environment says the wrapping keys.
fn is_ring_outside() -> bool {
    ["TOANCANH_MASTER_KEY", "TOANCANH_MASTER_KEY_FILE"].iter().any(|name| std::env::var_os(name).is_some())
}

fn remove_unfinished(disk: &dyn Disk, dir: &Path) -> Result<(), KeyError> {
    let names = disk.list(dir).map_err(KeyError::io("listing", dir))?;
    for name in names.iter().filter(|name| name.ends_with(NEW_SUFFIX)) {
        let path = dir.join(name);
        disk.remove(&path).map_err(KeyError::io("removing", &path))?;
    }
    disk.sync_dir(dir).map_err(KeyError::io("syncing", dir))
}
