//! The key that signs checkpoints: Ed25519. Its seed lies beside the other keys, outside the data, mode 0600, wrapped
//! under the master key as they are; its public half lies beside it in a form that may be given to anybody.
//!
//! ```text
//!   signing.key   0          8     10    12              16            32           56             104
//!                 │"TCSIGNKY"│  2  │  0  │ CRC32C of all │ master check│ nonce (24) │ wrapped seed │
//!                 │          │     │     │ but itself    │ (16)        │            │ and tag (48) │
//!
//!   version 1     … 16 │ seed (32) │ 48: in the clear; it is wrapped at the next opening
//!
//!   signing.pub   toancanh-public-key 1 <64 hex>
//! ```

use std::fmt;
use std::io;
use std::path::Path;
use std::str::FromStr;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use zeroize::Zeroizing;

use super::KeyError;
use super::crypto::{self, Key};
use crate::checkpoint::{Hex, unhex};
use crate::disk::{Access, Disk, replace_file};
use crate::frame::{array_at, u32_at};

pub(super) const FILE_NAME: &str = "signing.key";
const PUBLIC_NAME: &str = "signing.pub";
const PUBLIC_BEGINS: &str = "toancanh-public-key 1 ";

const MAGIC: [u8; 8] = *b"TCSIGNKY";
const VERSION: u16 = 2;
const FILE_BYTES: usize = 104;
const CLEAR_VERSION: u16 = 1;
const CLEAR_BYTES: usize = 48;

/// What the wrapped seed is bound to.
const PLACE: &[u8] = b"toancanh signing key 1\n";

/// The public half of a signing key; written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl PublicKey {
    /// Whether the signature is this key's over these bytes.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, &signature.0).is_ok()
    }
}

impl Default for Signature {
    fn default() -> Self {
        Signature([0; 64])
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", Hex(&self.0))
    }
}

/// That a text is no public key: neither 64 hexadecimal digits nor the line of a `signing.pub`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no public key: 64 hexadecimal digits, or what a signing.pub holds")]
pub struct NotAKey;

impl FromStr for PublicKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let text = text.trim();
        unhex(text.strip_prefix(PUBLIC_BEGINS).unwrap_or(text)).map(PublicKey).ok_or(NotAKey)
    }
}

/// The key that signs, in memory: wiped when it is dropped, never printed.
pub(super) struct SigningKey {
    seed: Key,
    public: PublicKey,
}

impl SigningKey {
    /// Reads the key in `dir`, or makes it there. It is wrapped under the ring's first key from then on.
    pub(super) fn read_or_make(disk: &dyn Disk, dir: &Path, ring: &[Key]) -> Result<SigningKey, KeyError> {
        let path = dir.join(FILE_NAME);
        let (seed, is_current) = match disk.open(&path, Access::Read) {
            Ok(file) => {
                let mode = file.mode().map_err(KeyError::io("looking at", &path))?;
                if mode & 0o077 != 0 {
                    return Err(KeyError::Exposed { path, mode });
                }
                let mut bytes = Zeroizing::new([0; FILE_BYTES + 1]);
                let read = file.read_at(bytes.as_mut(), 0).map_err(KeyError::io("reading", &path))?;
                decode(&bytes[..read], &path, ring)?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => (crypto::random_key()?, false),
            Err(error) => return Err(KeyError::io("opening", &path)(error)),
        };
        if !is_current {
            let bytes = encode(&seed, ring, &path)?;
            replace_file(disk, dir, FILE_NAME, Access::CreatePrivate, |file| file.write_at(&bytes, 0))
                .map_err(KeyError::io("writing", &path))?;
        }
        let pair = pair(&seed)?;
        let mut public = PublicKey([0; 32]);
        public.0.copy_from_slice(pair.public_key().as_ref());
        let key = SigningKey { seed, public };
        if read_public(disk, dir) != Ok(Some(public)) {
            let line = format!("{PUBLIC_BEGINS}{public}\n");
            replace_file(disk, dir, PUBLIC_NAME, Access::Create, |file| file.write_at(line.as_bytes(), 0))
                .map_err(KeyError::io("writing", &dir.join(PUBLIC_NAME)))?;
        }
        Ok(key)
    }

    pub(super) fn public(&self) -> PublicKey {
        self.public
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        let mut signature = Signature::default();
        signature.0.copy_from_slice(pair(&self.seed)?.sign(message).as_ref());
        Ok(signature)
    }
}

/// The public half in a folder of keys, without opening these; none where there is none.
///
/// # Errors
/// [`NotAKey`] where the file holds something else or cannot be read.
pub(super) fn read_public(disk: &dyn Disk, dir: &Path) -> Result<Option<PublicKey>, NotAKey> {
    let file = match disk.open(&dir.join(PUBLIC_NAME), Access::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) => return Err(NotAKey),
    };
    let mut bytes = [0; 128];
    let read = file.read_at(&mut bytes, 0).map_err(|_| NotAKey)?;
    std::str::from_utf8(&bytes[..read]).map_err(|_| NotAKey)?.parse().map(Some)
}

fn pair(seed: &Key) -> Result<Ed25519KeyPair, KeyError> {
    // Any 32 bytes are a seed.
    Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).map_err(|_| KeyError::NotAuthentic)
}

fn encode(seed: &Key, ring: &[Key], path: &Path) -> Result<[u8; FILE_BYTES], KeyError> {
    let master = ring.first().ok_or_else(|| wrong_master(path))?;
    let (nonce, wrapped) = crypto::wrap(master, seed, PLACE)?;
    let mut bytes = [0; FILE_BYTES];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
    bytes[16..32].copy_from_slice(&crypto::master_check(master));
    bytes[32..56].copy_from_slice(&nonce);
    bytes[56..].copy_from_slice(&wrapped);
    let crc = crc(&bytes);
    bytes[12..16].copy_from_slice(&crc.to_le_bytes());
    Ok(bytes)
}

/// The seed, and whether it is wrapped under the ring's first key.
fn decode(bytes: &[u8], path: &Path, ring: &[Key]) -> Result<(Key, bool), KeyError> {
    let corrupt = |why| Err(KeyError::Corrupt { path: path.to_path_buf(), offset: 0, why });
    if bytes.len() < CLEAR_BYTES || bytes[..8] != MAGIC {
        return corrupt("it is no signing key");
    }
    if u32_at(bytes, 12) != crc(bytes) {
        return corrupt("its checksum is wrong");
    }
    match (u16::from_le_bytes(array_at(bytes, 8)), bytes.len()) {
        (CLEAR_VERSION, CLEAR_BYTES) => Ok((Zeroizing::new(array_at(bytes, 16)), false)),
        (VERSION, FILE_BYTES) => {
            let check: [u8; 16] = array_at(bytes, 16);
            let found = ring.iter().position(|master| crypto::master_check(master) == check);
            let at = found.ok_or_else(|| wrong_master(path))?;
            let seed = crypto::unwrap(&ring[at], &array_at(bytes, 32), &array_at(bytes, 56), PLACE)?;
            Ok((seed, at == 0))
        }
        (CLEAR_VERSION | VERSION, _) => corrupt("it has not the length of a signing key"),
        (version, _) => Err(KeyError::Unsupported { found: format!("a signing key of version {version}") }),
    }
}

fn wrong_master(path: &Path) -> KeyError {
    KeyError::WrongMaster { path: path.to_path_buf(), why: "it was wrapped under another master key" }
}

fn crc(bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&bytes[..12]), &bytes[16..])
}
