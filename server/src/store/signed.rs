//! Signed requests, kept as they came beside the events that were in them: in the log, as
//! `vn.toancanh.memo.signed`, in the same batch and before them. So they are durable with the events, lie in
//! every backup, and go to every server of the city.
//!
//! ```text
//!   event      "signedrequest": "3f0c…"                       which request it came in
//!   memo.signed  data.request    the same
//!                data.source, data.keyid, data.part, data.parts
//!                data.whole      signature base, signature, key, length; sealed for the source's day
//!                data.pieces     the body, byte for byte: {"at", "text"} between events,
//!                                {"at", "event", "case", "sealed"} for each event
//! ```
//!
//! A piece is sealed under the key of the case that it is about, taken or not: erasing a case makes its own
//! pieces unreadable, and those of the other cases stay. What names no case, and the signature base, is sealed
//! under a key of its own for each source and day (`signed-requests/SOURCE/DATE`), which `toancanh erase` takes
//! as well. While all of these keys live, the body can be put together and its signature verified again
//! ([`proof`]). The signature base holds the digest of the whole body: whoever has the keys of the day could try
//! guesses at what was erased against it. That is inherent in a signature that others can verify.
//!
//! No token is kept: where a signature covers `Authorization`, its line is kept without the secret.

mod keep;
mod prove;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub(crate) use keep::{kept_cases, memos};
pub use prove::{BodyProof, EventProof, Proof, SignatureProof, proof};

/// The extension attribute that names the request that an event came in. Only the gateway writes it.
pub const SIGNED_REQUEST: &str = "signedrequest";

/// The type of what is kept of a request.
const TYPE: &str = "vn.toancanh.memo.signed";

/// What is kept of a request as a whole.
#[derive(Debug, Serialize, Deserialize)]
struct Whole {
    base: String,
    signature: String,
    public_key: String,
    created: i64,
    body_bytes: usize,
}

/// A part of a body.
#[derive(Debug, Serialize, Deserialize)]
struct Piece {
    /// Its first byte.
    at: usize,
    /// Which event of the body it is of, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<usize>,
    /// Under which case's key it is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    /// Base64; none where the case's key had been erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
    /// What stands between events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// What of a request lies in one record.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    request: String,
    source: String,
    keyid: String,
    /// The pseudo-case of the source's day.
    day: String,
    part: usize,
    parts: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whole: Option<String>,
    pieces: Vec<Piece>,
}

/// To what a piece is bound, so that none can stand for another.
fn context(request: &str, at: usize) -> Vec<u8> {
    format!("signed\n{request}\n{at}").into_bytes()
}

/// To what the whole is bound.
fn whole_context(request: &str) -> Vec<u8> {
    format!("signed\n{request}\nwhole").into_bytes()
}
