//! The keys of an encrypted log. Three steps, so that each can be changed without touching what lies under it:
//!
//! ```text
//!   master key ──wraps──► log key ──wraps──► key of a segment ──seals──► frames of that segment
//!   (the ring)            (case-keys)         (the segment's header)
//! ```
//!
//! A log key is a record of `case-keys` like that of a case, under a name that no case has. So another master key
//! wraps it anew with the others, and neither a segment nor a copy of one is touched by that; and any copy of the
//! key folder that was made since the log key was opens the log. With each change of the master key a further log
//! key is made, for the segments from then on.

use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::crypto::{self, Key, Nonce, Wrapped};
use super::file::KeyFile;
use super::slot::StoreId;
use super::{KeyError, KeyStore, Ring, master};
use crate::disk::Disk;
use crate::frame::Binding;
use crate::item::ClusterId;

/// Log keys of one store, at most: as many changes of the master key.
const KEYS_MAX: u32 = 4_096;

/// Which log key it is; tells nothing of it.
pub(crate) type LogKeyId = [u8; 16];

/// The key of a segment under a log key, as the segment's header holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentSeal {
    pub(crate) by: LogKeyId,
    pub(crate) nonce: Nonce,
    pub(crate) wrapped: Wrapped,
}

/// The log keys of a key folder, in memory: wiped when they are dropped, never printed.
pub struct LogKeys(Vec<(LogKeyId, Key)>);

impl std::fmt::Debug for LogKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogKeys({})", self.0.len())
    }
}

impl LogKeys {
    /// Those in `dir`, without opening the key folder, which a server may hold; none where there is none.
    ///
    /// # Errors
    /// See [`KeyError`]; [`KeyError::WrongMaster`] without the master key that belongs to them.
    pub fn read_in(disk: &Arc<dyn Disk>, dir: &Path, ring: Ring) -> Result<Option<Arc<LogKeys>>, KeyError> {
        let ring = master::read_all(disk.as_ref(), dir, ring)?;
        let Some(file) = KeyFile::look(Arc::clone(disk), dir)? else { return Ok(None) };
        let master = ring.iter().find(|key| file.is_wrapped_under(key));
        let keys = match master {
            Some(master) => read(&file, master)?,
            None if !has_any(&file) => LogKeys(Vec::new()),
            None => {
                let why = "no master key for it is here";
                return Err(KeyError::WrongMaster { path: dir.to_path_buf(), why });
            }
        };
        Ok(Some(Arc::new(keys)).filter(|keys| !keys.0.is_empty()))
    }

    /// A key for a segment, and as its header shall hold it.
    pub(crate) fn new_segment(&self, segment: &Binding) -> Result<(SegmentSeal, Key), KeyError> {
        let (by, log_key) = self.0.last().ok_or(KeyError::NoKey)?;
        let key = crypto::random_key()?;
        let (nonce, wrapped) = crypto::wrap(log_key, &key, &place(segment))?;
        Ok((SegmentSeal { by: *by, nonce, wrapped }, key))
    }

    /// The key of a segment; `None` where it is wrapped under none of these.
    pub(crate) fn segment(&self, seal: &SegmentSeal, segment: &Binding) -> Option<Key> {
        let (_, log_key) = self.0.iter().rev().find(|(id, _)| *id == seal.by)?;
        crypto::unwrap(log_key, &seal.nonce, &seal.wrapped, &place(segment)).ok()
    }

    /// Seals bytes that lie beside the log and tell what is in it, such as an image of the fold. `context` says what
    /// they are; they open with the same only.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (by, log_key) = self.0.last().ok_or(KeyError::NoKey)?;
        let sealed = crypto::seal(&beside(log_key), &beside_name(by), plain, context)?;
        Ok([by.as_slice(), &sealed].concat())
    }

    /// Opens what [`LogKeys::seal`] sealed.
    ///
    /// # Errors
    /// [`KeyError::NoKey`] where another log key sealed it, [`KeyError::NotAuthentic`] where the bytes or the context
    /// are others.
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let (by, sealed) = sealed.split_first_chunk::<16>().ok_or(KeyError::NotAuthentic)?;
        let (_, log_key) = self.0.iter().rev().find(|(id, _)| id == by).ok_or(KeyError::NoKey)?;
        crypto::unseal(&beside(log_key), &beside_name(by), sealed, context)
    }
}

impl KeyStore {
    /// The log keys that there are; none where no log was ever encrypted with this store.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn log_keys(&self) -> Result<Option<Arc<LogKeys>>, KeyError> {
        let keys = read(&self.file(), &self.master)?;
        Ok(Some(Arc::new(keys)).filter(|keys| !keys.0.is_empty()))
    }

    /// The same, with a first one made where there is none; durable when this returns.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn log_keys_or_new(&self) -> Result<Arc<LogKeys>, KeyError> {
        if let Some(keys) = self.log_keys()? {
            return Ok(keys);
        }
        self.add_log_key()?;
        self.log_keys()?.ok_or(KeyError::NoKey)
    }

    /// A further log key, for what is written from now on.
    pub(super) fn add_log_key(&self) -> Result<(), KeyError> {
        {
            let mut file = self.file();
            let next = (0..KEYS_MAX).map(|nth| name(&file, nth)).find(|name| file.slot(name).is_none());
            let key = crypto::random_key()?;
            file.add(&self.master, &next.ok_or(KeyError::NoKey)?, &key)?;
        }
        self.flush()
    }
}

/// How many log keys the file holds.
pub(super) fn count(file: &KeyFile) -> usize {
    (0..KEYS_MAX).take_while(|nth| file.slot(&name(file, *nth)).is_some()).count()
}

fn has_any(file: &KeyFile) -> bool {
    file.slot(&name(file, 0)).is_some()
}

fn read(file: &KeyFile, master: &Key) -> Result<LogKeys, KeyError> {
    let names = (0..KEYS_MAX).map(|nth| name(file, nth));
    let held = names.map_while(|name| file.slot(&name).map(|slot| (name, slot)));
    let keys = held.map(|(name, slot)| {
        let key = file.read_key(master, &name, slot)?;
        let mut id = [0; 16];
        id.copy_from_slice(
            &Sha256::new().chain_update(b"toancanh log key id 1\n").chain_update(name).finalize()[..16],
        );
        Ok((id, key))
    });
    keys.collect::<Result<_, KeyError>>().map(LogKeys)
}

/// The name of a log key among the records of cases: no case's, whose names begin otherwise before they are hashed.
fn name(file: &KeyFile, nth: u32) -> crypto::CaseHash {
    let store: &StoreId = file.store();
    let name = Sha256::new().chain_update(b"toancanh log key 1\n").chain_update(store);
    name.chain_update(nth.to_le_bytes()).finalize().into()
}

/// A segment's key opens for that segment of that log only.
fn place(segment: &Binding) -> Vec<u8> {
    let cluster: &ClusterId = &segment.cluster;
    let (number, first) = (segment.segment.to_le_bytes(), segment.segment_first.get().to_le_bytes());
    [b"toancanh segment key 1\n".as_slice(), cluster, &number, &first].concat()
}

/// A key of its own for what lies beside the log.
fn beside(log_key: &Key) -> Key {
    Zeroizing::new(crypto::digest(log_key, b"toancanh beside the log 1"))
}

fn beside_name(by: &LogKeyId) -> crypto::CaseHash {
    let mut name = [0; 32];
    name[..16].copy_from_slice(by);
    name
}
