//! A source's secret, and the digest under which it is known.

use std::fmt;

use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

/// Says what a leaked string is, to people and to secret scanners.
const PREFIX: &str = "tcs_";

/// A source's secret. One that is made here is `tcs_` and 32 random bytes in hexadecimal;
/// it is shown once and never stored.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    pub(super) fn random() -> std::io::Result<Self> {
        let mut bytes = [0; 32];
        OsRng.try_fill_bytes(&mut bytes).map_err(std::io::Error::other)?;
        Ok(Self(format!("{PREFIX}{}", hex::encode(bytes))))
    }

    /// A secret that somebody was given.
    #[must_use]
    pub fn given(secret: &str) -> Self {
        Self(secret.trim().to_owned())
    }

    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// SHA-256 of a token. A token has 256 random bits, so a plain digest cannot be guessed back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub(super) fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    pub(super) fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_random_and_never_shown_by_accident() {
        let (a, b) = (Token::random().unwrap(), Token::random().unwrap());
        assert_eq!(a.reveal().len(), 4 + 64);
        assert_ne!(a.reveal(), b.reveal());
        assert_eq!(format!("{a:?}"), "Token(…)");
    }

    #[test]
    fn a_digest_survives_the_file() {
        let digest = TokenDigest::of("tcs_x");
        assert_eq!(TokenDigest::from_hex(&digest.to_hex()), Some(digest));
        assert_eq!(TokenDigest::from_hex("zz"), None);
        assert_eq!(TokenDigest::from_hex(&"é".repeat(32)), None);
    }
}
