//! Sealing and wrapping: XChaCha20-Poly1305, whose nonces are long enough to be drawn at random.
//!
//! ```text
//!   sealed:   │ 1 version │ 1 algorithm │ nonce (24) │ cipher text │ tag (16) │
//! ```
//!
//! The additional data of a seal is the two first bytes, the case's hash and the caller's context:
//! sealed bytes moved to another case, event or field do not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::KeyError;

/// A key that is wiped when it is dropped.
pub(crate) type Key = Zeroizing<[u8; 32]>;
/// A case, by hash: the store names none.
pub(super) type CaseHash = [u8; 32];
pub(crate) type Nonce = [u8; 24];
/// A case key under the master key, with its tag.
pub(crate) type Wrapped = [u8; 48];

const VERSION: u8 = 1;
const XCHACHA20_POLY1305: u8 = 1;
const HEADER: [u8; 2] = [VERSION, XCHACHA20_POLY1305];

pub(super) fn random_key() -> Result<Key, KeyError> {
    let mut key = Zeroizing::new([0; 32]);
    fill_random(key.as_mut())?;
    Ok(key)
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), KeyError> {
    OsRng.try_fill_bytes(bytes).map_err(|_| KeyError::NoRandomness)
}

pub(super) fn seal(
    key: &Key,
    case: &CaseHash,
    plaintext: &[u8],
    context: &[u8],
) -> Result<Vec<u8>, KeyError> {
    let mut nonce: Nonce = [0; 24];
    fill_random(&mut nonce)?;
    let aad = [&HEADER, case.as_slice(), context].concat();
    let payload = Payload { msg: plaintext, aad: &aad };
    let text = XChaCha20Poly1305::new(key.as_ref().into())
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| KeyError::NotAuthentic)?;
    Ok([&HEADER, nonce.as_slice(), &text].concat())
}

pub(super) fn unseal(
    key: &Key,
    case: &CaseHash,
    sealed: &[u8],
    context: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let (header, rest) = sealed.split_first_chunk::<2>().ok_or(KeyError::NotAuthentic)?;
    if *header != HEADER {
        let [version, algorithm] = header;
        return Err(KeyError::Unsupported {
            found: format!("sealed data of version {version} with algorithm {algorithm}"),
        });
    }
    let (nonce, text) = rest.split_first_chunk::<24>().ok_or(KeyError::NotAuthentic)?;
    let aad = [&HEADER, case.as_slice(), context].concat();
    XChaCha20Poly1305::new(key.as_ref().into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: text, aad: &aad })
        .map(Zeroizing::new)
        .map_err(|_| KeyError::NotAuthentic)
}

/// Wraps a case key; `place` is bound to it (store, case and kind of record).
pub(super) fn wrap(master: &Key, key: &Key, place: &[u8]) -> Result<(Nonce, Wrapped), KeyError> {
    let mut nonce: Nonce = [0; 24];
    fill_random(&mut nonce)?;
    let payload = Payload { msg: key.as_ref(), aad: place };
    let text = XChaCha20Poly1305::new(master.as_ref().into())
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| KeyError::NotAuthentic)?;
    let wrapped = text.try_into().map_err(|_| KeyError::NotAuthentic)?;
    Ok((nonce, wrapped))
}

pub(super) fn unwrap(master: &Key, nonce: &Nonce, wrapped: &Wrapped, place: &[u8]) -> Result<Key, KeyError> {
    let text = XChaCha20Poly1305::new(master.as_ref().into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: wrapped, aad: place })
        .map(Zeroizing::new)
        .map_err(|_| KeyError::NotAuthentic)?;
    let mut key = Zeroizing::new([0; 32]);
    if text.len() != key.len() {
        return Err(KeyError::NotAuthentic);
    }
    key.copy_from_slice(&text);
    Ok(key)
}

/// By which a store knows its master key again.
pub(super) fn master_check(master: &Key) -> [u8; 16] {
    let mac = hmac(master, b"toancanh master key check 1");
    let mut check = [0; 16];
    check.copy_from_slice(&mac[..16]);
    check
}

/// A digest that says nothing to those who have not the key. The key for it is derived, so that the
/// one that seals is used for nothing else.
pub(super) fn digest(key: &Key, content: &[u8]) -> [u8; 32] {
    let derived = Zeroizing::new(hmac(key, b"toancanh content digest 1"));
    hmac(&derived, content)
}

/// HMAC-SHA256 (RFC 2104) with a key of 32 bytes.
fn hmac(key: &Key, message: &[u8]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut block = Zeroizing::new([with; 64]);
        block.iter_mut().zip(key.iter()).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36).as_ref()).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c).as_ref()).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mac_is_hmac_sha256() {
        // Computed with another implementation: key 0x00..0x1f, message "abc".
        let key = Zeroizing::new(std::array::from_fn(|at| at as u8));
        let hex: String = hmac(&key, b"abc").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "f0133729c4163dede81e21cd47839256da58171238c8a0d874397c73b14e1e47");
    }
}
