//! Records that came from another server. They are what that server's log holds, with an extension
//! attribute in front that says when it took them: `{"carriedrecorded":1443715200000000,…`. By it a
//! server knows that the event is on the stream already, and `known_at` agrees on all servers.
//!
//! Where this log held an event of the same (`source`, `id`) already, `carriedrival` names what it is
//! weighed against (`domain::event::Rival`), and the record stands under a key of its own.

use domain::event::Rival;
use domain::intake;
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};
use toancanh_log::keys::KeyStore;
use toancanh_log::{Digest, Item, ItemKey, Outcome, Seq, StoredRecord};

use super::record::SEALED;

/// The extension attribute that holds when the first server took an event, microseconds since 1970 UTC.
pub(super) const RECORDED: &str = "carriedrecorded";
/// The extension attribute that holds what a rival is weighed against: digest and case.
pub(super) const RIVAL: &str = "carriedrival";

const MARK: &str = "{\"carriedrecorded\":";
const RIVAL_MARK: &str = "\"carriedrival\":";

/// An event as it travels: what the first server's log holds, and when that took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    /// What identifies it.
    pub(crate) key: ItemKey,
    /// Its content digest.
    pub(crate) digest: Digest,
    /// When the first server's log took it, microseconds since 1970 UTC.
    pub(crate) recorded_us: i64,
    /// The sealed record.
    pub(crate) payload: Vec<u8>,
}

impl Carried {
    /// What travels of a record, be it this server's own or another's.
    pub(crate) fn of(record: StoredRecord) -> Self {
        let Some((recorded_us, payload, is_rival)) = unmark(&record.bytes) else {
            let StoredRecord { key, digest, recorded_us, bytes: payload, .. } = record;
            return Self { key, digest, recorded_us, payload };
        };
        let key = if is_rival { identity(&payload).unwrap_or(record.key) } else { record.key };
        Self { key, digest: record.digest, recorded_us, payload }
    }

    /// What this log is given of it.
    pub(crate) fn item(&self) -> Item {
        let payload = self.marked(None);
        Item { key: self.key, digest: self.digest, payload }
    }

    /// What this log is given of it where it holds `standing` under the same key; `same` where both say
    /// the same.
    pub(crate) fn rival_item(&self, standing: &StoredRecord, same: bool) -> Item {
        // What says the same differs in when it was recorded only.
        let of_digest = if same { self.digest } else { standing.digest };
        let against = Json::Array(vec![
            Json::String(hex::encode(of_digest)),
            Json::String(subject(&standing.bytes).unwrap_or_default()),
        ]);
        let key = Sha256::new()
            .chain_update(b"toancanh rival 1\n")
            .chain_update(self.key)
            .chain_update(self.digest)
            .chain_update(self.recorded_us.to_be_bytes())
            .finalize();
        let mut short: ItemKey = [0; 16];
        short.copy_from_slice(&key[..16]);
        Item { key: short, digest: self.digest, payload: self.marked(Some(&against)) }
    }

    fn marked(&self, against: Option<&Json>) -> Vec<u8> {
        let mut marked = format!("{MARK}{},", self.recorded_us).into_bytes();
        if let Some(against) = against {
            marked.extend_from_slice(format!("{RIVAL_MARK}{against},").as_bytes());
        }
        // An event has members, so that a comma stands between them and the mark.
        marked.extend_from_slice(self.payload.get(1..).unwrap_or_default());
        marked
    }

    /// The case whose keys its personal data are sealed with; none where it has no such data.
    pub(crate) fn sealed_case(&self) -> Option<String> {
        let has_sealed = self.payload.windows(SEALED.len()).any(|window| window == SEALED.as_bytes());
        has_sealed.then(|| subject(&self.payload)).flatten()
    }
}

/// Whether a record came from another server.
pub(crate) fn is_carried(record: &StoredRecord) -> bool {
    record.bytes.starts_with(MARK.as_bytes())
}

/// When the first server's log took a record.
pub(crate) fn recorded_us(record: &StoredRecord) -> i64 {
    unmark_recorded(&record.bytes).map_or(record.recorded_us, |(recorded_us, _)| recorded_us)
}

/// What a record is weighed against.
pub(super) fn rival(envelope: &Json, record: &StoredRecord) -> Option<Box<Rival>> {
    let against = envelope.get(RIVAL).filter(|_| is_carried(record))?;
    let of_digest = unhex(against.get(0)?.as_str()?)?;
    let of_subject = against.get(1)?.as_str()?.into();
    Some(Box::new(Rival { digest: record.digest, of_digest, of_subject }))
}

/// The place that an outcome names.
pub(super) fn place(outcome: Outcome) -> Seq {
    match outcome {
        Outcome::Appended(seq) | Outcome::Duplicate(seq) | Outcome::IdReused(seq) => seq,
    }
}

/// The digest of what a record said, its personal members opened; none where that cannot be done.
pub(crate) fn plain_digest(keys: &KeyStore, record: &StoredRecord) -> Option<Digest> {
    let mut event: Json = serde_json::from_slice(&record.bytes).ok()?;
    let Some(Json::String(sealed)) = event.as_object_mut()?.remove(SEALED) else {
        return Some(intake::content_digest(&event));
    };
    let text = |name: &str| event.get(name).and_then(Json::as_str).unwrap_or_default();
    let key = intake::identity(text("source"), text("id"));
    let plain = keys.unseal(text("subject"), &unhex_all(&sealed)?, &key).ok()?;
    let personal: Map<String, Json> = serde_json::from_slice(&plain).ok()?;
    intake::put_personal_back(&mut event, personal);
    Some(intake::content_digest(&event))
}

fn unmark_recorded(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let rest = bytes.strip_prefix(MARK.as_bytes())?;
    let comma = rest.iter().position(|byte| *byte == b',')?;
    let recorded_us = std::str::from_utf8(&rest[..comma]).ok()?.parse().ok()?;
    Some((recorded_us, &rest[comma + 1..]))
}

/// A record without its mark: when it was taken, the payload, and whether it is a rival.
fn unmark(bytes: &[u8]) -> Option<(i64, Vec<u8>, bool)> {
    let (recorded_us, rest) = unmark_recorded(bytes)?;
    let is_rival = rest.starts_with(RIVAL_MARK.as_bytes());
    let payload = match rest.strip_prefix(RIVAL_MARK.as_bytes()) {
        None => rest,
        Some(after) => {
            let mut against = serde_json::Deserializer::from_slice(after).into_iter::<Json>();
            against.next()?.ok()?;
            after.get(against.byte_offset() + 1..)?
        }
    };
    Some((recorded_us, [b"{", payload].concat(), is_rival))
}

fn identity(payload: &[u8]) -> Option<ItemKey> {
    let event: Json = serde_json::from_slice(payload).ok()?;
    Some(intake::identity(event.get("source")?.as_str()?, event.get("id")?.as_str()?))
}

fn subject(payload: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Stub {
        subject: Option<String>,
    }
    serde_json::from_slice::<Stub>(payload).ok()?.subject
}

fn unhex(text: &str) -> Option<Digest> {
    unhex_all(text)?.try_into().ok()
}

fn unhex_all(text: &str) -> Option<Vec<u8>> {
    hex::decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(payload: &str) -> StoredRecord {
        let bytes = payload.as_bytes().to_vec();
        StoredRecord {
            seq: Seq::FIRST,
            recorded_us: 7,
            key: intake::identity("s", "1"),
            digest: [9; 32],
            bytes,
        }
    }

    fn stored(item: Item) -> StoredRecord {
        StoredRecord {
            seq: Seq::FIRST,
            recorded_us: 100,
            key: item.key,
            digest: item.digest,
            bytes: item.payload,
        }
    }

    #[test]
    fn a_record_that_goes_from_log_to_log_stays_what_it_was() {
        let own = record(r#"{"id":"1","source":"s","subject":"C, 1"}"#);
        let carried = Carried::of(own.clone());
        let there = stored(carried.item());
        assert!(is_carried(&there) && !is_carried(&own));
        assert_eq!((recorded_us(&own), recorded_us(&there)), (7, 7));
        assert_eq!(Carried::of(there), carried);
    }

    #[test]
    fn a_rival_travels_on_as_the_event_that_it_is() {
        let carried = Carried::of(record(r#"{"id":"1","source":"s","subject":"C"}"#));
        let standing = record(r#"{"id":"1","source":"s","subject":"D\","}"#);
        let there = stored(carried.rival_item(&standing, false));
        assert_ne!(there.key, carried.key);
        let envelope: Json = serde_json::from_slice(&there.bytes).unwrap();
        let rival = rival(&envelope, &there).unwrap();
        assert_eq!((&*rival.of_subject, rival.of_digest), ("D\",", [9; 32]));
        assert_eq!(Carried::of(there), carried);
    }

    #[test]
    fn nobody_but_a_server_says_that_a_record_was_carried() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyStore::open(folder.path().join("keys")).unwrap();
        let event = serde_json::json!({
            "id": "1", "source": "s", "data": {}, "carriedrecorded": 5, "carriedrival": ["00", "C"],
        });
        let item = super::super::record::item(&keys, event).unwrap();
        assert!(!is_carried(&stored(item.clone())));
        assert!(!String::from_utf8(item.payload).unwrap().contains("carried"));
    }

    #[test]
    fn what_was_sealed_is_compared_by_what_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyStore::open(folder.path().join("keys")).unwrap();
        let event = serde_json::json!({
            "id": "1", "source": "s", "subject": "C", "type": "t", "time": "2025-01-01T00:00:00Z",
            "data": { "field": "x", "reporter": { "phone": "0900" }, "deep": { "email": "a@b" } },
        });
        let item = super::super::record::item(&keys, event.clone()).unwrap();
        assert_eq!(plain_digest(&keys, &stored(item)), Some(intake::content_digest(&event)));
    }
}
