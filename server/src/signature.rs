//! Signed requests: HTTP Message Signatures (RFC 9421) by Ed25519 or ECDSA P-256, over a content
//! digest (RFC 9530), as a source's registration asks for them.
//!
//! ```text
//!   headers ──▶ verify ──▶ nonce seen once ──▶ body read ──▶ digest compared ──▶ gateway
//!              (no body is read for a signature that does not hold)
//! ```
//!
//! A request is refused whole, by a problem of its own for each reason ([`SignatureError`]), and no
//! problem repeats what was sent.
//!
//! `httpsig` (0.0.26) calls itself work in progress and brings a second set of cryptography beside `ring`. Structured
//! fields are read by `sfv`.

mod base;
mod digest;
mod key;
mod nonces;

use axum::http::{HeaderMap, Method, Uri};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::problem::Problem;
use sfv::{Dictionary, InnerList, ListEntry, Parser};

use crate::source::SourceGrant;

pub use base::{ask_for_token, with_authorization};
pub use digest::ContentDigest;
pub use key::{Algorithm, KeyFault, PublicKey};
pub use nonces::Nonces;

/// How far a source's clock may be ahead, seconds.
const AHEAD_SECS_MAX: i64 = 60;

/// Signatures of one request that are looked at, at most: proxies may add their own.
const SIGNATURES_MAX: usize = 4;

/// Bytes of a nonce, at most.
const NONCE_BYTES_MAX: usize = 256;

/// What of a request can be signed.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its target, as it stood in the request.
    pub uri: &'a Uri,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Whether it came over TLS of this server's own.
    pub over_tls: bool,
    /// Whether it has a body, which is then signed by its digest.
    pub has_body: bool,
}

/// From when to when a signature may have been made, Unix seconds.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Now.
    pub now: i64,
    /// How old it may be.
    pub secs: i64,
    /// When this server began to remember nonces: what was signed before may be a replay.
    pub since: i64,
}

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Which of the source's keys made it.
    pub keyid: String,
    /// That key.
    pub key: PublicKey,
    /// What was signed, without the secret of an `Authorization` that it covers.
    pub base: String,
    /// The signature.
    pub signature: Vec<u8>,
    /// What the body must be; none for a request without a body.
    pub digest: Option<ContentDigest>,
    /// Said once within the window.
    pub nonce: String,
    /// When it was made, Unix seconds.
    pub created: i64,
}

/// Why a request is refused, and by which key it says to be signed, where that is one of the source's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The reason.
    pub error: SignatureError,
    /// The key's name.
    pub keyid: Option<String>,
}

/// What is wrong with a request's signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is none.
    #[error(
        "this source was registered to sign: send Signature-Input, Signature and Content-Digest (RFC 9421, RFC 9530)"
    )]
    Missing,
    /// It cannot be read.
    #[error("{0}")]
    Malformed(&'static str),
    /// It leaves out what must be signed.
    #[error("Signature-Input: {0} must be among the covered components")]
    Uncovered(String),
    /// It is none of the key's.
    #[error("Signature: does not verify with the key that keyid names, over the components that it covers")]
    Invalid,
    /// Its time.
    #[error("Signature-Input: {0}; sign the request anew")]
    Expired(&'static str),
    /// It came before.
    #[error("Signature-Input: this nonce was used within the window; sign each attempt with a new one")]
    Replayed,
    /// Nobody has the key.
    #[error("Signature-Input: keyid is none of this source's keys; `toancanh source key list` shows them")]
    UnknownKey,
    /// The key was revoked.
    #[error("Signature-Input: the key that keyid names was revoked; sign with another of this source's keys")]
    RevokedKey,
    /// The body is another.
    #[error("Content-Digest: the body that came has another digest")]
    DigestMismatch,
    /// Too many nonces are remembered.
    #[error(
        "more signed requests came within the window than are remembered for one source; send larger batches"
    )]
    Crowded,
}

impl SignatureError {
    /// The kind of problem, which is also the reason that is counted and audited.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        match self {
            Self::Missing => "signature-missing",
            Self::Malformed(_) | Self::Uncovered(_) | Self::Invalid => "signature-invalid",
            Self::Expired(_) => "signature-expired",
            Self::Replayed => "signature-replayed",
            Self::UnknownKey => "unknown-key",
            Self::RevokedKey => "revoked-key",
            Self::DigestMismatch => "digest-mismatch",
            Self::Crowded => "too-many-requests",
        }
    }

    /// As the sender sees it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (status, title) = match self {
            Self::Missing => (401, "The request is not signed"),
            Self::Malformed(_) | Self::Uncovered(_) | Self::Invalid => (401, "The signature does not hold"),
            Self::Expired(_) => (401, "The signature's time has passed"),
            Self::Replayed => (401, "The request came before"),
            Self::UnknownKey => (401, "Unknown key"),
            Self::RevokedKey => (401, "The key was revoked"),
            Self::DigestMismatch => (401, "The body is not what was signed"),
            Self::Crowded => (429, "Too many requests"),
        };
        let header = match self {
            Self::Invalid => "Signature",
            Self::DigestMismatch => "Content-Digest",
            _ => "Signature-Input",
        };
        Problem::new(self.slug(), status, title, self.to_string()).at(header)
    }
}

/// Looks at the signature of a request of `source`. None where the source need not sign and has no keys, or
/// did not.
///
/// # Errors
/// [`Refused`] says why the request may not come in.
pub fn verify(asked: Asked<'_>, source: &SourceGrant, window: Window) -> Result<Option<Verified>, Refused> {
    let signing = &source.signing;
    let bare = |error| Refused { error, keyid: None };
    let is_signed = asked.headers.contains_key("signature-input") || asked.headers.contains_key("signature");
    match (is_signed, signing.is_required) {
        (false, true) => return Err(bare(SignatureError::Missing)),
        (false, false) => return Ok(None),
        (true, false) if signing.keys.is_empty() => return Ok(None),
        _ => {}
    }
    let inputs = dictionary(asked.headers, "signature-input").map_err(bare)?;
    let signatures = dictionary(asked.headers, "signature").map_err(bare)?;
    let mut refused = bare(SignatureError::UnknownKey);
    for (label, entry) in inputs.iter().take(SIGNATURES_MAX) {
        let ListEntry::InnerList(input) = entry else {
            return Err(bare(SignatureError::Malformed("Signature-Input: is not a list of components")));
        };
        let Some(keyid) = parameter(input, "keyid") else { continue };
        let Some(known) = signing.keys.iter().find(|known| known.keyid == keyid) else { continue };
        let signature = match signatures.get(label) {
            Some(ListEntry::Item(item)) => item.bare_item.as_byte_sequence(),
            _ => None,
        };
        let checked = match signature {
            None => {
                Err(SignatureError::Malformed("Signature: holds no bytes under the label of Signature-Input"))
            }
            Some(_) if known.is_revoked(window.now) => Err(SignatureError::RevokedKey),
            Some(signature) => one(asked, source, window, input, &known.key, signature),
        };
        match checked {
            Ok(verified) => return Ok(Some(Verified { keyid, ..verified })),
            Err(error) => refused = Refused { error, keyid: Some(keyid) },
        }
    }
    Err(refused)
}

/// One signature by a key of the source's.
fn one(
    asked: Asked<'_>,
    source: &SourceGrant,
    window: Window,
    input: &InnerList,
    key: &PublicKey,
    signature: &[u8],
) -> Result<Verified, SignatureError> {
    if parameter(input, "alg").is_some_and(|alg| alg != key.algorithm().name()) {
        return Err(SignatureError::Malformed("Signature-Input: alg is another than that of the key"));
    }
    let nonce = parameter(input, "nonce")
        .filter(|nonce| (8..=NONCE_BYTES_MAX).contains(&nonce.len()))
        .ok_or(SignatureError::Malformed("Signature-Input: nonce must be there, 8 to 256 characters long"))?;
    let created = in_time(input, window)?;
    let made = base::make(asked, input)?;
    let covers = |name: &str| made.covered.iter().any(|covered| covered == name);
    let need =
        |name: &str| if covers(name) { Ok(()) } else { Err(SignatureError::Uncovered(name.to_owned())) };
    need("@method")?;
    if !covers("@target-uri") {
        need("@authority")?;
        if !covers("@request-target") {
            need("@path")?;
            if asked.uri.query().is_some() {
                need("@query")?;
            }
        }
    }
    if asked.has_body {
        need("content-digest")?;
    }
    if asked.headers.contains_key("content-type") {
        need("content-type")?;
    }
    // In binary mode the event itself stands in the headers.
    let attributes =
        asked.headers.keys().map(axum::http::HeaderName::as_str).filter(|name| name.starts_with("ce-"));
    attributes.into_iter().try_for_each(need)?;
    source.signing.cover.iter().try_for_each(|name| need(name))?;
    if !key.verifies(made.text.as_bytes(), signature) {
        return Err(SignatureError::Invalid);
    }
    let digest = if asked.has_body { Some(ContentDigest::of(asked.headers)?) } else { None };
    let (key, signature) = (key.clone(), signature.to_vec());
    Ok(Verified { keyid: String::new(), key, base: made.kept, signature, digest, nonce, created })
}

/// When it was made, where that lies within the window.
fn in_time(input: &InnerList, window: Window) -> Result<i64, SignatureError> {
    let number = |name: &str| {
        let (_, value) = input.params.iter().find(|(key, _)| key.as_str() == name)?;
        value.as_integer().map(i64::from)
    };
    let created = number("created")
        .ok_or(SignatureError::Malformed("Signature-Input: created must be there, in Unix seconds"))?;
    let Window { now, secs, since } = window;
    if created > now.saturating_add(AHEAD_SECS_MAX) {
        return Err(SignatureError::Expired("created lies ahead of the server's clock"));
    }
    if now.saturating_sub(created) > secs {
        return Err(SignatureError::Expired("created is older than the window"));
    }
    if created < since {
        return Err(SignatureError::Expired("created is older than this server's last start"));
    }
    if number("expires").is_some_and(|expires| expires < now) {
        return Err(SignatureError::Expired("expires has passed"));
    }
    Ok(created)
}

fn parameter(input: &InnerList, name: &str) -> Option<String> {
    let (_, value) = input.params.iter().find(|(key, _)| key.as_str() == name)?;
    value.as_string().map(|text| text.as_str().to_owned())
}

fn dictionary(headers: &HeaderMap, name: &'static str) -> Result<Dictionary, SignatureError> {
    let text = base::field(headers, name).ok_or(SignatureError::Malformed(
        "Signature, Signature-Input: both must be there, of printable characters",
    ))?;
    Parser::new(&text).parse().map_err(|_| {
        SignatureError::Malformed("Signature, Signature-Input: are not structured fields (RFC 9651)")
    })
}

/// Base64 as it stands in files and in the log.
#[must_use]
pub fn encoded(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Bytes of base64; none where it is not.
#[must_use]
pub fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.trim()).ok()
}

#[cfg(test)]
mod tests;
