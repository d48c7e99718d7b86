//! The gate: a CloudEvent as sent becomes an [`Event`], or the problem with it is named. Pure: the
//! current instant comes in, personal data is only ever taken out.
//!
//! Not here: who may send (the server's sources), size limits, repeats (the log knows them).

mod alarm;
mod attributes;
mod body;
mod directive;
pub mod fold_text;
mod free_text;
mod personal;
mod place;
mod scenes;
mod shift;

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::city::City;
use crate::clock::words::facts_of;
use crate::event::{Body, Event, Flag};
use crate::problem::Problem;
use crate::symbol::Symbols;
use crate::time::{Seq, Timestamp};

pub use personal::{PERSONAL_MEMBERS, has_personal_data, is_of_data, put_personal_back, take_personal};

use attributes::{missing, mistyped, text};

/// Every type of event begins so.
pub const TYPE_PREFIX: &str = "vn.toancanh.";

/// Events may be dated this far ahead of the server's clock.
pub const AHEAD_SECS_MAX: i64 = 24 * 60 * 60;

/// Nothing a city handles happened before 1990-01-01T00:00:00Z.
pub const EARLIEST: Timestamp = Timestamp::from_secs(631_152_000);

/// The members of `data` that say who of the administration did something, wherever in it they stand.
const OFFICER_MEMBERS: [&str; 7] = [
    "officer",
    "officers",
    "officer_code",
    "officer_name",
    "handling_officer",
    "processing_officer",
    "to_person",
];

/// The members of `data` that tell a confidential case's content.
pub const CONFIDENTIAL_MEMBERS: [&str; 5] =
    ["content", "title", "address_text", "incident_location", "attachments"];

/// The extension attribute (CloudEvents: lower-case letters and digits) that holds to whose cases an
/// event is bound. Only the gateway writes it.
pub const BOUND_TO: &str = "boundto";

/// The JSON of a record of the log. Here, and not where it is asked for: a log is read again as fast as this is
/// compiled to be.
///
/// # Errors
/// What is wrong with it, without repeating it.
pub fn envelope(bytes: &[u8]) -> Result<Json, serde_json::Error> {
    serde_json::from_slice(bytes)
}

/// Reads an event in CloudEvents' JSON form. `now` bounds its time; leave it out for an event that
/// the log holds already.
///
/// # Errors
/// The [`Problem`] with this one event.
pub fn read(
    envelope: &Json,
    city: &City,
    symbols: &Symbols,
    now: Option<Timestamp>,
) -> Result<Event, Problem> {
    let Json::Object(members) = envelope else {
        return Err(mistyped("event", "is not a JSON object"));
    };
    let specversion = text(members, "specversion")?;
    if specversion != "1.0" {
        return Err(mistyped("specversion", "is not \"1.0\""));
    }
    let id = named(members, "id")?;
    let source = named(members, "source")?;
    let kind = text(members, "type")?;
    let time = read_time(text(members, "time")?, now)?;
    let kind = kind.strip_prefix(TYPE_PREFIX).ok_or_else(|| unknown_type(kind))?;
    let subject = if kind.starts_with("case.") { named(members, "subject")? } else { String::new() };
    let empty = Map::new();
    let data = match members.get("data") {
        None | Some(Json::Null) => &empty,
        Some(Json::Object(data)) => data,
        Some(_) => return Err(mistyped("data", "is not a JSON object")),
    };
    let mut flags = Vec::new();
    let mut body = body::read(kind, data, &body::Gate { city, symbols, time }, &mut flags)?;
    match &mut body {
        Body::Directive(news) => news.digest = content_digest(envelope),
        Body::Alarm(news) => news.digest = content_digest(envelope),
        Body::Scenes(saved) => saved.digest = content_digest(envelope),
        Body::Shift(news) => news.digest = content_digest(envelope),
        _ => {}
    }
    flags.sort_unstable();
    flags.dedup();
    let facts = if city.has_regulations() {
        facts_of(kind, time, &format!("{source}\0{id}").into(), data)
    } else {
        Vec::new()
    };
    Ok(Event {
        seq: Seq::default(),
        recorded: Timestamp::default(),
        source: Arc::from(source),
        id: Arc::from(id),
        time,
        subject: Arc::from(subject),
        body,
        facts: facts.into_boxed_slice(),
        flags: flags.into_boxed_slice(),
        bound_to: members.get(BOUND_TO).and_then(Json::as_str).map(Arc::from),
        rival: None,
    })
}

/// The SHA-256 of what an event says: two events with the same digest say the same. The order of
/// members does not matter, nor does the offset in which the time is written.
#[must_use]
pub fn content_digest(envelope: &Json) -> [u8; 32] {
    let member = |name: &str| envelope.get(name).unwrap_or(&Json::Null);
    let time = member("time").as_str().and_then(|time| time.parse::<Timestamp>().ok());
    let mut hasher = Sha256::new();
    hasher.update(member("type").as_str().unwrap_or_default());
    hasher.update([0]);
    hasher.update(time.map_or(0, Timestamp::micros).to_be_bytes());
    hasher.update(member("subject").as_str().unwrap_or_default());
    hasher.update([0]);
    hasher.update(canonical(member("data")));
    hasher.finalize().into()
}

/// A key for (`source`, `id`): the first 16 bytes of SHA-256.
#[must_use]
pub fn identity(source: &str, id: &str) -> [u8; 16] {
    let mut hasher = Sha256::new();
    hasher.update((source.len() as u64).to_be_bytes());
    hasher.update(source);
    hasher.update(id);
    let digest: [u8; 32] = hasher.finalize().into();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}

/// Takes out who of the administration did it, wherever that stands: officers are seen by right only
/// (1468/STTTT-CNTT mục 2.a), and no reader has that right yet. The log keeps them.
pub fn conceal_officers(json: &mut Json) {
    match json {
        Json::Object(members) => {
            OFFICER_MEMBERS.iter().for_each(|name| drop(members.remove(*name)));
            members.values_mut().for_each(conceal_officers);
        }
        Json::Array(items) => items.iter_mut().for_each(conceal_officers),
        _ => {}
    }
}

/// JSON with its members in order of name. (serde_json's own map may keep the order of arrival.)
fn canonical(json: &Json) -> String {
    fn write(json: &Json, into: &mut String) {
        match json {
            Json::Object(members) => {
                let mut names: Vec<&String> = members.keys().collect();
                names.sort_unstable();
                into.push('{');
                for name in names {
                    into.push_str(&Json::String(name.clone()).to_string());
                    into.push(':');
                    write(&members[name.as_str()], into);
                    into.push(',');
                }
                into.push('}');
            }
            Json::Array(items) => {
                into.push('[');
                for item in items {
                    write(item, into);
                    into.push(',');
                }
                into.push(']');
            }
            plain => into.push_str(&plain.to_string()),
        }
    }
    let mut text = String::new();
    write(json, &mut text);
    text
}

/// A name that must be there and must not be empty or very long.
fn named(members: &Map<String, Json>, name: &str) -> Result<String, Problem> {
    let value = text(members, name)?;
    if value.is_empty() {
        return Err(missing(name));
    }
    if value.len() > 256 || value.chars().any(char::is_control) {
        return Err(mistyped(name, "is longer than 256 bytes or holds control characters"));
    }
    Ok(value.to_owned())
}

fn read_time(value: &str, now: Option<Timestamp>) -> Result<Timestamp, Problem> {
    let time: Timestamp =
        value.parse().map_err(|_| mistyped("time", "is not an RFC 3339 time with an offset"))?;
    let Some(now) = now else {
        return Ok(time);
    };
    if time < EARLIEST || time > now.plus_secs(AHEAD_SECS_MAX) {
        let detail = "time: lies before 1990 or more than 24 hours ahead of the server's clock";
        return Err(Problem::new("time-out-of-range", 422, "The time cannot be", detail).at("time"));
    }
    Ok(time)
}

fn unknown_type(kind: &str) -> Problem {
    // As of every other attribute, what was sent is not repeated: it may be personal. A name like those of the
    // contract is none of a person.
    let is_name =
        kind.len() <= 64 && kind.bytes().all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte));
    let named = if is_name { format!("{kind:?} ") } else { String::new() };
    let detail = format!("type: {named}is none of the types of the event contract");
    Problem::new("unknown-type", 422, "The type is not known", detail).at("type")
}

/// Whether an event is about a case and makes it: used where a source must own the case.
#[must_use]
pub fn makes_a_case(event: &Event) -> bool {
    matches!(event.body, Body::Received(_))
}

/// Whether the point of an event was kept.
#[must_use]
pub fn is_point_flag(flag: Flag) -> bool {
    matches!(flag, Flag::PointOutside | Flag::PointZero | Flag::PointSwapped | Flag::PointPlaceholder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn officers_are_concealed_wherever_they_stand() {
        let mut data = json!({
            "officer": "UB-cb07",
            "unit": "UB",
            "current": [{ "handling_officer": { "code": "UB-cb08" }, "unit": "UB" }],
        });
        conceal_officers(&mut data);
        assert_eq!(data, json!({ "unit": "UB", "current": [{ "unit": "UB" }] }));
    }
}
