//! Verifying again what is kept of a signed request.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use domain::{Seq, intake};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use toancanh_log::keys::KeyStore;
use toancanh_log::{Log, StoredRecord};

use super::{Part, Piece, SIGNED_REQUEST, TYPE, Whole, context, whole_context};
use crate::gateway::{Offered, binary, split};
use crate::signature::{Algorithm, ContentDigest, PublicKey, ask_for_token, decoded, with_authorization};
use crate::store::{StoreError, carried};

/// How far before an event its request is looked for, in steps: they went into the log together.
const BEFORE: [u64; 4] = [64, 4_096, 1 << 18, u64::MAX];

/// Whether an event is what its source signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The name of the request that it came in.
    pub request: String,
    /// The source's name.
    pub source: String,
    /// The source's name for its key.
    pub keyid: String,
    /// The key's algorithm, as RFC 9421 names it.
    pub algorithm: String,
    /// The key: base64 of its DER.
    pub public_key: String,
    /// When the request says that it was signed, RFC 3339 UTC.
    pub created_at: String,
    /// Bytes of the body.
    pub body_bytes: usize,
    /// Whether the key's holder signed what is kept.
    pub signature: SignatureProof,
    /// Whether the body is what was signed.
    pub body: BodyProof,
    /// Whether the event is what stands in the body.
    pub event: EventProof,
}

/// Of the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureProof {
    /// It verifies.
    Holds,
    /// It does not.
    Fails,
    /// It covers a token, and no token is kept.
    NeedsToken,
}

/// Of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyProof {
    /// Its digest is the one that was signed.
    Holds,
    /// It is not.
    Differs,
    /// Some of it can be read by nobody: a case was erased.
    Erased {
        /// How many parts.
        parts: usize,
    },
}

/// Of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventProof {
    /// It says what the log says.
    Same,
    /// It does not, or is not in it.
    Differs,
    /// As it came it can be read by nobody.
    Erased,
}

impl Proof {
    /// Whether all of it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        (self.signature, self.body, self.event) == (SignatureProof::Holds, BodyProof::Holds, EventProof::Same)
    }
}

/// Verifies again what is kept of the request that the event at `seq` came in; none where it was not signed.
/// `token` is the source's, for signatures that cover it.
///
/// # Errors
/// [`StoreError`] where the log cannot be read.
pub fn proof(log: &Log, keys: &KeyStore, seq: Seq, token: Option<&str>) -> Result<Option<Proof>, StoreError> {
    let Some(record) = log.read_one(toancanh_log::Seq::new(seq.0))? else { return Ok(None) };
    let event: Json = serde_json::from_slice(&record.bytes).unwrap_or_default();
    let Some(request) = event.get(SIGNED_REQUEST).and_then(Json::as_str) else { return Ok(None) };
    let parts = parts(log, seq, request)?;
    let wrong = |why: &str| StoreError::NotAnEvent { seq, why: why.to_owned() };
    let first = parts.first().ok_or_else(|| wrong("the log does not hold the request that it came in"))?;
    let whole = first.whole.as_deref().and_then(decoded);
    let opened = whole.and_then(|sealed| keys.unseal(&first.day, &sealed, &whole_context(request)).ok());
    let whole: Whole = opened.and_then(|plain| serde_json::from_slice(&plain).ok()).ok_or_else(|| {
        wrong("what was signed can be read by nobody: its day's key was erased, or is not here")
    })?;
    let body = Body::of(keys, request, &parts);
    let key = PublicKey::read(&whole.public_key).ok();
    Ok(Some(Proof {
        request: request.to_owned(),
        source: first.source.clone(),
        keyid: first.keyid.clone(),
        algorithm: key.as_ref().map(|key| key.algorithm()).map_or("", Algorithm::name).to_owned(),
        public_key: whole.public_key.clone(),
        created_at: jiff::Timestamp::from_second(whole.created).map(|at| at.to_string()).unwrap_or_default(),
        body_bytes: whole.body_bytes,
        signature: signature(&whole, key.as_ref(), token),
        body: body.proof(&whole),
        event: body.event(keys, &whole, &record),
    }))
}

/// What the log holds of a request, in order.
fn parts(log: &Log, seq: Seq, request: &str) -> Result<Vec<Part>, StoreError> {
    let mut until = seq.0;
    let mut parts: Vec<Part> = Vec::new();
    for before in BEFORE {
        let from = seq.0.saturating_sub(before).max(1);
        for record in log.read_from(toancanh_log::Seq::new(from)) {
            let record = record?;
            // A server that took it from another may hold it later, too.
            if record.seq.get() >= until && before != u64::MAX {
                break;
            }
            parts.extend(part(&record, request));
        }
        parts.sort_by_key(|part| part.part);
        parts.dedup_by_key(|part| part.part);
        if parts.first().is_some_and(|first| parts.len() == first.parts) {
            break;
        }
        until = from;
    }
    Ok(parts)
}

fn part(record: &StoredRecord, request: &str) -> Option<Part> {
    let is_of_it = record.bytes.windows(request.len()).any(|window| window == request.as_bytes());
    let mut envelope: Json = is_of_it.then(|| serde_json::from_slice(&record.bytes).ok())??;
    if envelope["type"] != TYPE {
        return None;
    }
    let part: Part = serde_json::from_value(envelope["data"].take()).ok()?;
    (part.request == request).then_some(part)
}

fn signature(whole: &Whole, key: Option<&PublicKey>, token: Option<&str>) -> SignatureProof {
    let base = match token {
        _ if !ask_for_token(&whole.base) => whole.base.clone(),
        Some(token) => with_authorization(&whole.base, token),
        None => return SignatureProof::NeedsToken,
    };
    let signature = decoded(&whole.signature).unwrap_or_default();
    match key {
        Some(key) if key.verifies(base.as_bytes(), &signature) => SignatureProof::Holds,
        _ => SignatureProof::Fails,
    }
}

/// A body as far as it can be read: its pieces in order.
struct Body(Vec<(Option<usize>, Option<Vec<u8>>)>);

impl Body {
    fn of(keys: &KeyStore, request: &str, parts: &[Part]) -> Self {
        let mut pieces: Vec<&Piece> = parts.iter().flat_map(|part| &part.pieces).collect();
        pieces.sort_by_key(|piece| piece.at);
        let read = |piece: &Piece| match (&piece.text, &piece.sealed, &piece.case) {
            (Some(text), ..) => Some(text.clone().into_bytes()),
            (None, Some(sealed), Some(case)) => {
                let plain = keys.unseal(case, &decoded(sealed)?, &context(request, piece.at)).ok()?;
                Some(plain.to_vec())
            }
            _ => None,
        };
        Self(pieces.into_iter().map(|piece| (piece.event, read(piece))).collect())
    }

    fn proof(&self, whole: &Whole) -> BodyProof {
        let parts = self.0.iter().filter(|(_, bytes)| bytes.is_none()).count();
        if parts > 0 {
            return BodyProof::Erased { parts };
        }
        let body: Vec<u8> =
            self.0.iter().filter_map(|(_, bytes)| bytes.as_deref()).flatten().copied().collect();
        let digest = covered(&whole.base, "content-digest").and_then(ContentDigest::read);
        let holds = body.len() == whole.body_bytes && digest.is_some_and(|digest| digest.is_of(&body));
        if holds { BodyProof::Holds } else { BodyProof::Differs }
    }

    fn event(&self, keys: &KeyStore, whole: &Whole, record: &StoredRecord) -> EventProof {
        let want = carried::plain_digest(keys, record);
        let mut is_unread = false;
        let mut events: Vec<usize> = self.0.iter().filter_map(|(event, _)| *event).collect();
        events.dedup();
        for event in events {
            let pieces = || self.0.iter().filter(|(of, _)| *of == Some(event));
            if pieces().any(|(_, bytes)| bytes.is_none()) {
                is_unread = true;
                continue;
            }
            let bytes: Vec<u8> =
                pieces().filter_map(|(_, bytes)| bytes.as_deref()).flatten().copied().collect();
            let Some(said) = said(&whole.base, &bytes) else { continue };
            let text = |name: &str| said.get(name).and_then(Json::as_str).unwrap_or_default();
            if intake::identity(text("source"), text("id")) != record.key {
                continue;
            }
            let is_same = want.is_some() && Some(intake::content_digest(&said)) == want;
            return if is_same { EventProof::Same } else { EventProof::Differs };
        }
        if is_unread { EventProof::Erased } else { EventProof::Differs }
    }
}

/// The event that these bytes of the body are, in binary mode with the headers that were signed.
fn said(base: &str, bytes: &[u8]) -> Option<Json> {
    let offered = match covered(base, "ce-id") {
        None => split::one(bytes).ok()?,
        Some(_) => binary::event(&attributes(base), bytes).ok()?,
    };
    match offered.into_iter().next()? {
        Offered::Event(event) => Some(event),
        Offered::Refused { .. } => None,
    }
}

fn attributes(base: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in base.lines().filter(|line| line.starts_with("\"ce-")) {
        let Some((name, value)) = line.trim_start_matches('"').split_once("\": ") else { continue };
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            headers.append(name, value);
        }
    }
    headers
}

/// The value of a component in a signature base.
fn covered<'a>(base: &'a str, name: &str) -> Option<&'a str> {
    base.lines().find_map(|line| line.strip_prefix('"')?.strip_prefix(name)?.strip_prefix("\": "))
}
