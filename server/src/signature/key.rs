//! Public keys of sources: Ed25519 and ECDSA on P-256.

use std::fmt;

use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;

/// What stands before the 32 bytes of an Ed25519 key in its DER (RFC 8410).
const ED25519_DER: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// What stands before the 65 bytes of a point on P-256, uncompressed, in its DER (RFC 5480).
const P256_DER: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519.
    Ed25519,
    /// ECDSA on P-256 with SHA-256; the signature is r and s, 64 bytes.
    EcdsaP256,
}

impl Algorithm {
    /// Its name in RFC 9421.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::EcdsaP256 => "ecdsa-p256-sha256",
        }
    }
}

/// A key that signatures are verified with.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: Algorithm,
    bytes: Vec<u8>,
}

/// It is no key that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no public key: give Ed25519 or ECDSA P-256 as PEM (BEGIN PUBLIC KEY), as base64 of that DER, or as base64 of \
     the bare 32 or 65 bytes"
)]
pub struct KeyFault;

impl PublicKey {
    /// Reads a key: PEM, base64 of DER, or base64 of the bare bytes.
    ///
    /// # Errors
    /// Where it is none of these.
    pub fn read(text: &str) -> Result<Self, KeyFault> {
        let der = if text.contains("-----BEGIN") {
            let pem = SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes()).map_err(|_| KeyFault)?;
            pem.as_ref().to_vec()
        } else {
            super::decoded(text).ok_or(KeyFault)?
        };
        if let Some(bytes) = der.strip_prefix(&ED25519_DER) {
            return Self::of(Algorithm::Ed25519, bytes);
        }
        if let Some(bytes) = der.strip_prefix(&P256_DER) {
            return Self::of(Algorithm::EcdsaP256, bytes);
        }
        match der.len() {
            32 => Self::of(Algorithm::Ed25519, &der),
            _ => Self::of(Algorithm::EcdsaP256, &der),
        }
    }

    fn of(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyFault> {
        let is_whole = match algorithm {
            Algorithm::Ed25519 => bytes.len() == 32,
            Algorithm::EcdsaP256 => bytes.len() == 65 && bytes[0] == 4,
        };
        if is_whole { Ok(Self { algorithm, bytes: bytes.to_vec() }) } else { Err(KeyFault) }
    }

    /// How it signs.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Base64 of its DER: what stands between the lines of its PEM.
    #[must_use]
    pub fn to_base64(&self) -> String {
        let der = match self.algorithm {
            Algorithm::Ed25519 => [&ED25519_DER[..], &self.bytes].concat(),
            Algorithm::EcdsaP256 => [&P256_DER[..], &self.bytes].concat(),
        };
        super::encoded(&der)
    }

    /// Whether its holder signed this.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &dyn VerificationAlgorithm = match self.algorithm {
            Algorithm::Ed25519 => &ED25519,
            Algorithm::EcdsaP256 => &ECDSA_P256_SHA256_FIXED,
        };
        UnparsedPublicKey::new(algorithm, &self.bytes).verify(message, signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} {})", self.algorithm.name(), self.to_base64())
    }
}
