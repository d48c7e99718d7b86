//! Making what is kept of a signed request.

use std::collections::BTreeSet;

use rand::TryRngCore;
use rand::rngs::OsRng;
use serde_json::{Value as Json, json};
use toancanh_log::keys::{KeyError, KeyStore};

use super::{Part, Piece, TYPE, Whole, context, whole_context};
use crate::gateway::signed::SignedBody;
use crate::memos::OWN_SOURCE;
use crate::signature::encoded;

/// Bytes of a body in one record, at most.
const PART_BYTES: usize = 1 << 20;

/// What is kept of a request: its name, and the records that go into the log before its events. `subjects` holds
/// the case of each event, where one can be read.
pub(crate) fn memos(
    keys: &KeyStore,
    signed: &SignedBody,
    subjects: &[Option<String>],
) -> Result<(String, Vec<Json>), KeyError> {
    let request = name();
    let now = jiff::Timestamp::now();
    let day = format!("signed-requests/{}/{}", signed.source, now.strftime("%Y-%m-%d"));
    let verified = &signed.verified;
    let whole = Whole {
        base: verified.base.clone(),
        signature: encoded(&verified.signature),
        public_key: verified.key.to_base64(),
        created: verified.created,
        body_bytes: signed.body.len(),
    };
    let whole = serde_json::to_vec(&whole).unwrap_or_default();
    let whole = encoded(&keys.seal(&day, &whole, &whole_context(&request))?);
    let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
    let mut bytes = 0;
    for cut in cuts(signed) {
        let held = &signed.body[cut.at..cut.end];
        if bytes + held.len() > PART_BYTES && bytes > 0 {
            parts.push(Vec::new());
            bytes = 0;
        }
        bytes += held.len();
        let piece = match cut.event {
            None => Piece {
                at: cut.at,
                event: None,
                case: None,
                sealed: None,
                text: Some(String::from_utf8_lossy(held).into_owned()),
            },
            Some(event) => {
                let case = subjects.get(event).cloned().flatten().unwrap_or_else(|| day.clone());
                let sealed = match keys.seal(&case, held, &context(&request, cut.at)) {
                    Ok(sealed) => Some(encoded(&sealed)),
                    // Whoever was taken out of the case does not come back by this way either.
                    Err(KeyError::Erased) => None,
                    Err(error) => return Err(error),
                };
                Piece { at: cut.at, event: Some(event), case: Some(case), sealed, text: None }
            }
        };
        if let Some(part) = parts.last_mut() {
            part.push(piece);
        }
    }
    let count = parts.len();
    let mut whole = Some(whole);
    let records = (0..).zip(parts).map(|(part, pieces)| {
        let data = Part {
            request: request.clone(),
            source: signed.source.clone(),
            keyid: verified.keyid.clone(),
            day: day.clone(),
            part,
            parts: count,
            whole: whole.take(),
            pieces,
        };
        json!({
            "specversion": "1.0",
            "id": format!("signed/{request}/{part}"),
            "source": OWN_SOURCE,
            "type": TYPE,
            "time": now.to_string(),
            "data": data,
        })
    });
    let records = records.collect();
    Ok((request, records))
}

/// A stretch of a body: of an event, or between events.
struct Cut {
    at: usize,
    end: usize,
    event: Option<usize>,
}

/// The body without a gap, in stretches of at most [`PART_BYTES`].
fn cuts(signed: &SignedBody) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut at = 0;
    let mut add = |from: usize, to: usize, event: Option<usize>| {
        let mut at = from;
        while at < to {
            let end = to.min(at + PART_BYTES);
            cuts.push(Cut { at, end, event });
            at = end;
        }
    };
    for (event, span) in signed.spans.iter().enumerate() {
        add(at, span.start, None);
        add(span.start, span.end, Some(event));
        at = span.end;
    }
    add(at, signed.body.len(), None);
    cuts
}

/// Random, so that it says nothing of the request.
fn name() -> String {
    let mut bytes = [0; 16];
    if OsRng.try_fill_bytes(&mut bytes).is_err() {
        // Without the system's random bytes nothing could be sealed either.
        rand::Rng::fill(&mut rand::rng(), &mut bytes);
    }
    hex::encode(bytes)
}

/// The cases under whose keys a record of [`memos`] holds something; none for any other record.
pub(crate) fn kept_cases(payload: &[u8]) -> BTreeSet<String> {
    let is_one = payload.windows(TYPE.len()).any(|window| window == TYPE.as_bytes());
    let part = || -> Option<Part> {
        let mut record: Json = serde_json::from_slice(payload).ok()?;
        (record["type"] == TYPE).then(|| serde_json::from_value(record["data"].take()).ok())?
    };
    let Some(part) = is_one.then(part).flatten() else { return BTreeSet::new() };
    let mut cases: BTreeSet<String> = part.pieces.into_iter().filter_map(|piece| piece.case).collect();
    cases.insert(part.day);
    cases
}
