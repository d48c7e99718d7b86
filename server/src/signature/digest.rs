//! `Content-Digest` (RFC 9530): what the bytes of a body must be.

use axum::http::HeaderMap;
use sfv::{Dictionary, ListEntry, Parser};
use sha2::{Digest, Sha256, Sha512};

use super::SignatureError;

/// The digests that a header names, of those that are known here: SHA-256 and SHA-512.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentDigest {
    sha_256: Option<Vec<u8>>,
    sha_512: Option<Vec<u8>>,
}

impl ContentDigest {
    /// Those of a request.
    ///
    /// # Errors
    /// Where there is none that is known.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, SignatureError> {
        let text = super::base::field(headers, "content-digest");
        text.as_deref().and_then(Self::read).ok_or(SignatureError::Malformed(
            "Content-Digest: must hold sha-256 or sha-512 of the body (RFC 9530)",
        ))
    }

    /// Those of a header's text; none where it names none that is known.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let held: Dictionary = Parser::new(text).parse().ok()?;
        let bytes = |name: &str| match held.get(name) {
            Some(ListEntry::Item(item)) => item.bare_item.as_byte_sequence().map(<[u8]>::to_vec),
            _ => None,
        };
        let digest = Self { sha_256: bytes("sha-256"), sha_512: bytes("sha-512") };
        (digest.sha_256.is_some() || digest.sha_512.is_some()).then_some(digest)
    }

    /// Whether a body has all of them.
    #[must_use]
    pub fn is_of(&self, body: &[u8]) -> bool {
        let is_256 = self.sha_256.as_ref().is_none_or(|want| Sha256::digest(body)[..] == want[..]);
        is_256 && self.sha_512.as_ref().is_none_or(|want| Sha512::digest(body)[..] == want[..])
    }
}
