//! Case keys that travel to the city's other servers, which hold the same key ring (master key and
//! store): wrapped under the master key for the way, never in the clear.
//!
//! Two servers that meet a case at the same instant may each make a key for it. The first that a
//! server knows is the one it seals with; a further one is kept beside it, so that what was sealed
//! with either can be read, and is erased with it.

use sha2::{Digest as _, Sha256};

use super::crypto::{self, CaseHash, Key, Nonce, Wrapped};
use super::file::KeyFile;
use super::{KeyError, KeyStore};

/// Bytes of a travelling key: nonce (24), wrapped key (48).
pub const TRAVELLING_BYTES: usize = 72;

/// A case's key on its way.
pub type Travelling = [u8; TRAVELLING_BYTES];

/// Keys of one case, at most: as many servers can have met it at the same instant.
const KEYS_MAX: u8 = 16;

impl KeyStore {
    /// By which two servers know that they hold the same key ring; it tells nothing of the keys.
    #[must_use]
    pub fn ring(&self) -> [u8; 16] {
        let digest = Sha256::new()
            .chain_update(b"toancanh key ring 1\n")
            .chain_update(self.file().store())
            .chain_update(crypto::master_check(&self.master))
            .finalize();
        let mut ring = [0; 16];
        ring.copy_from_slice(&digest[..16]);
        ring
    }

    /// The keys of a case, wrapped for the way to a server with the same ring; none for a case
    /// without a key, and for one whose key was erased.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn travelling(&self, case: &str) -> Result<Vec<Travelling>, KeyError> {
        let file = self.file();
        let hash = file.case_hash(case);
        let place = travel_place(&file, &hash);
        let wrap = |key: &Key| {
            let (nonce, wrapped) = crypto::wrap(&self.master, key, &place)?;
            let mut bytes = [0; TRAVELLING_BYTES];
            bytes[..24].copy_from_slice(&nonce);
            bytes[24..].copy_from_slice(&wrapped);
            Ok(bytes)
        };
        self.keys_of(&file, &hash)?.iter().map(wrap).collect()
    }

    /// Takes in a key that another server made for a case; durable after the next flush. A key that
    /// is known already, and one of a case that was erased here, changes nothing.
    ///
    /// # Errors
    /// [`KeyError::NotAuthentic`] for a key of another ring or case; else see [`KeyError`].
    pub fn adopt(&self, case: &str, travelling: &Travelling) -> Result<(), KeyError> {
        let mut file = self.file();
        let hash = file.case_hash(case);
        let mut nonce: Nonce = [0; 24];
        let mut wrapped: Wrapped = [0; 48];
        nonce.copy_from_slice(&travelling[..24]);
        wrapped.copy_from_slice(&travelling[24..]);
        let key = crypto::unwrap(&self.master, &nonce, &wrapped, &travel_place(&file, &hash))?;
        if file.slot(&hash).is_some_and(|slot| slot.is_erased()) {
            return Ok(());
        }
        let known = self.keys_of(&file, &hash)?;
        if known.iter().any(|other| **other == *key) {
            return Ok(());
        }
        let free = (0..KEYS_MAX).map(|place| nth(&hash, place)).find(|name| file.slot(name).is_none());
        match free {
            Some(name) => file.add(&self.master, &name, &key),
            None => Err(KeyError::NotAuthentic),
        }
    }

    /// Opens what another server sealed with a further key of the same case.
    pub(super) fn unseal_with_further(
        &self,
        hash: &CaseHash,
        sealed: &[u8],
        context: &[u8],
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, KeyError> {
        let keys = self.keys_of(&self.file(), hash)?;
        let opened = keys.iter().skip(1).find_map(|key| crypto::unseal(key, hash, sealed, context).ok());
        opened.ok_or(KeyError::NotAuthentic)
    }

    /// All keys of a case that stand, the one it seals with first.
    fn keys_of(&self, file: &KeyFile, hash: &CaseHash) -> Result<Vec<Key>, KeyError> {
        let slots = (0..KEYS_MAX).map(|place| nth(hash, place)).map_while(|name| {
            let slot = file.slot(&name)?;
            Some((name, slot))
        });
        let standing = slots.filter(|(_, slot)| !slot.is_erased());
        standing.map(|(name, slot)| file.read_key(&self.master, &name, slot)).collect()
    }
}

/// Where further keys of a case stand, after its own.
pub(super) fn further(hash: &CaseHash) -> impl Iterator<Item = CaseHash> {
    (1..KEYS_MAX).map(|place| nth(hash, place))
}

fn nth(hash: &CaseHash, place: u8) -> CaseHash {
    if place == 0 {
        return *hash;
    }
    Sha256::new()
        .chain_update(b"toancanh further key 1\n")
        .chain_update(hash)
        .chain_update([place])
        .finalize()
        .into()
}

/// What a travelling key is bound to: it opens for this store and case only.
fn travel_place(file: &KeyFile, hash: &CaseHash) -> Vec<u8> {
    [b"toancanh travelling key 1\n".as_slice(), file.store(), hash].concat()
}
