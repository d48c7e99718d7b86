//! The form of an event in the log: the CloudEvent itself, with what is personal ([`intake::take_personal`]) taken
//! out and sealed under the case's key in the extension attribute `sealedpersonal`.

use std::sync::Arc;

use domain::city::City;
use domain::event::Event;
use domain::intake;
use domain::problem::Problem;
use domain::symbol::Symbols;
use domain::{Seq, Timestamp};
use serde_json::Value as Json;
use toancanh_log::keys::{KeyError, KeyStore};
use toancanh_log::{Digest, Item, StoredRecord};

use super::signed::SIGNED_REQUEST;
use super::{StoreError, carried};

/// The extension attribute (CloudEvents: lower-case letters and digits) that holds the sealed
/// members, hexadecimal.
pub(super) const SEALED: &str = "sealedpersonal";

/// Makes the log's item of an event.
pub(crate) fn item(keys: &KeyStore, event: Json) -> Result<Item, KeyError> {
    Ok(item_and_digest(keys, event)?.0)
}

/// The same, with the digest of what was sent where that is not the item's own: something personal was in it.
pub(crate) fn item_and_digest(keys: &KeyStore, mut event: Json) -> Result<(Item, Option<Digest>), KeyError> {
    let text =
        |name: &str, event: &Json| event.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let key = intake::identity(&text("source", &event), &text("id", &event));
    // Only the product writes these attributes, and they are no part of what was sent.
    let bound = event.as_object_mut().map(|members| {
        members.remove(SEALED);
        members.remove(carried::RECORDED);
        members.remove(carried::RIVAL);
        [intake::BOUND_TO, SIGNED_REQUEST].map(|name| members.remove_entry(name))
    });
    let plain_digest = intake::content_digest(&event);
    let subject = text("subject", &event);
    let personal = intake::take_personal(&mut event);
    if let (Json::Object(members), Some(bound)) = (&mut event, bound) {
        members.extend(bound.into_iter().flatten());
    }
    let is_open = !personal.keys().any(|path| intake::is_of_data(path));
    let digest = if is_open {
        plain_digest
    } else {
        // A bare digest would let anyone who has the log guess at a telephone number for ever.
        match keys.content_digest(&subject, &plain_digest) {
            Ok(digest) => digest,
            // Whoever was taken out of the case does not come back with the next event; the event does.
            Err(KeyError::Erased) => intake::content_digest(&event),
            Err(error) => return Err(error),
        }
    };
    if !personal.is_empty() {
        let plain = Json::Object(personal).to_string();
        match (keys.seal(&subject, plain.as_bytes(), &key), &mut event) {
            (Ok(sealed), Json::Object(members)) => {
                members.insert(SEALED.to_owned(), Json::String(hex::encode(&sealed)));
            }
            (Ok(_) | Err(KeyError::Erased), _) => {}
            (Err(error), _) => return Err(error),
        }
    }
    let item = Item { key, digest, payload: event.to_string().into_bytes() };
    Ok((item, (!is_open).then_some(plain_digest)))
}

/// Reads an event back from its record.
///
/// # Errors
/// [`StoreError::NotAnEvent`] for a record of something else.
pub fn event(record: &StoredRecord, city: &City, symbols: &Symbols) -> Result<Arc<Event>, StoreError> {
    let seq = Seq(record.seq.get());
    let wrong = |why: String| StoreError::NotAnEvent { seq, why };
    let envelope = intake::envelope(&record.bytes).map_err(|error| wrong(error.to_string()))?;
    let mut event =
        intake::read(&envelope, city, symbols, None).map_err(|problem: Problem| wrong(problem.detail))?;
    event.seq = seq;
    event.recorded = Timestamp::from_micros(carried::recorded_us(record));
    event.rival = carried::rival(&envelope, record);
    Ok(Arc::new(event))
}

/// The same for many, on all cores, in their order.
pub fn events(
    records: &[StoredRecord],
    city: &City,
    symbols: &Symbols,
) -> Vec<Result<Arc<Event>, StoreError>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let each = records.len().div_ceil(threads).max(RECORDS_MIN);
    let read = |records: &[StoredRecord]| records.iter().map(|record| event(record, city, symbols)).collect();
    std::thread::scope(|scope| {
        let parts: Vec<_> = records.chunks(each).map(|part| scope.spawn(move || read(part))).collect();
        let joined = parts.into_iter().map(|part| part.join());
        let parts: Vec<Vec<_>> =
            joined.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect();
        parts.into_iter().flatten().collect()
    })
}

/// A thread of its own is not worth it for fewer.
const RECORDS_MIN: usize = 256;

/// The CloudEvent of a record as people may see it: without anything sealed.
///
/// # Errors
/// [`StoreError::NotAnEvent`] for a record of something else.
pub fn shown(record: &StoredRecord) -> Result<Json, StoreError> {
    let mut envelope: Json = serde_json::from_slice(&record.bytes)
        .map_err(|error| StoreError::NotAnEvent { seq: Seq(record.seq.get()), why: error.to_string() })?;
    if let Json::Object(members) = &mut envelope {
        for own in [SEALED, intake::BOUND_TO, SIGNED_REQUEST, carried::RECORDED, carried::RIVAL] {
            members.remove(own);
        }
    }
    Ok(envelope)
}
