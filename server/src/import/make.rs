//! The events that one row makes.

use domain::Timestamp;
use domain::city::City;
use domain::intake::{TYPE_PREFIX, content_digest, take_personal};
use serde_json::{Map, Value as Json, json};

use super::mapping::{Condition, EventRule, Mapping};
use super::row::Row;
use super::value::Evaluation;

/// The longest key of a row, in bytes: with the rest of an event's id it stays under the 256 bytes
/// that an id may have.
const KEY_LEN_MAX: usize = 180;

/// What a row says, before it is compared with what is known already.
#[derive(Clone, Debug)]
pub struct MappedRow {
    /// What names the row in its source.
    pub key: String,
    /// The case.
    pub case: String,
    /// Its events, in the order of the mapping's rules.
    pub made: Vec<Made>,
    /// The names of the rules that end a case and of which this row makes no event.
    pub(super) absent_endings: Vec<String>,
}

/// One event of a row.
#[derive(Clone, Debug)]
pub struct Made {
    /// The rule's name.
    pub name: String,
    /// The type without its prefix.
    pub kind: String,
    /// When it happened.
    pub time: Timestamp,
    /// The digest of its mapped values, 16 hexadecimal digits. Personal data is left out of it, so
    /// that an id, which anyone may see, can never confirm a guess at a telephone number.
    pub digest: String,
    /// The event in CloudEvents' JSON form, without its id.
    pub envelope: Json,
}

impl Made {
    /// Whether the case is no longer open after it.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        ends_a_case(&self.kind)
    }

    /// The event under an id.
    #[must_use]
    pub fn into_event(mut self, id: String) -> Json {
        self.envelope["id"] = Json::String(id);
        self.envelope
    }
}

impl MappedRow {
    /// The events as they are when nothing is known of the row yet.
    pub fn into_events(self) -> impl Iterator<Item = Json> {
        let key = self.key;
        self.made.into_iter().map(move |made| {
            let id = first_id(&key, &made.name, &made.digest);
            made.into_event(id)
        })
    }
}

/// The id of a row's event when it is told for the first time.
pub(super) fn first_id(key: &str, name: &str, digest: &str) -> String {
    format!("{key}:{name}:{digest}")
}

/// What the first pass needs of a row.
#[derive(Debug)]
pub(super) struct Skimmed {
    pub(super) key: String,
    /// The newest instant at which something is said to have happened.
    pub(super) newest: Option<Timestamp>,
}

/// Reads all of a row that could be wrong with it, and keeps its key and newest instant.
///
/// # Errors
/// Exactly those of [`make`].
pub(super) fn skim(mapping: &Mapping, city: &City, row: &Row<'_>) -> Result<Skimmed, String> {
    let evaluation = Evaluation { mapping, city, row };
    let (key, _) = keys(&evaluation)?;
    let mut newest = None;
    for rule in &mapping.rules {
        if let Some((time, _)) = happened(&evaluation, rule)? {
            newest = newest.max(Some(time));
        }
    }
    if newest.is_none() {
        return Err(NO_EVENT.to_owned());
    }
    Ok(Skimmed { key, newest })
}

/// The events of one row.
///
/// # Errors
/// Says why the whole row is rejected: it is imported wholly or not at all.
pub(super) fn make(mapping: &Mapping, city: &City, row: &Row<'_>) -> Result<MappedRow, String> {
    let evaluation = Evaluation { mapping, city, row };
    let (key, case) = keys(&evaluation)?;
    let mut mapped = MappedRow { key, case, made: Vec::new(), absent_endings: Vec::new() };
    for rule in &mapping.rules {
        match happened(&evaluation, rule)? {
            Some(told) => mapped.made.push(tell(&evaluation, rule, &mapped.case, told)),
            None if ends_a_case(&rule.kind) => mapped.absent_endings.push(rule.name.clone()),
            None => {}
        }
    }
    if mapped.made.is_empty() {
        return Err(NO_EVENT.to_owned());
    }
    Ok(mapped)
}

const NO_EVENT: &str = "the row makes no event: it meets no condition of the mapping";

/// What names the row, and the case.
fn keys(evaluation: &Evaluation<'_>) -> Result<(String, String), String> {
    let key = evaluation.key(&evaluation.mapping.key)?;
    let case = evaluation.key(&evaluation.mapping.case)?;
    if key.len() > KEY_LEN_MAX || case.len() > KEY_LEN_MAX {
        return Err(format!("the key is longer than {KEY_LEN_MAX} bytes"));
    }
    Ok((key, case))
}

/// When something happened, and its data.
type Told = (Timestamp, Map<String, Json>);

/// When the row says that a rule's event happened, and with what data; none if it did not.
fn happened(evaluation: &Evaluation<'_>, rule: &EventRule) -> Result<Option<Told>, String> {
    if rule.condition.as_ref().is_some_and(|condition| !holds(condition, evaluation.row)) {
        return Ok(None);
    }
    let Some(time) = evaluation.time(&rule.time)? else {
        // Without a condition an event is made where it has a time. A case must have been received.
        let must = rule.condition.is_some() || rule.kind == "case.received";
        return if must { Err(format!("{} has no time", rule.kind)) } else { Ok(None) };
    };
    Ok(Some((time, evaluation.object(&rule.data)?)))
}

fn tell(evaluation: &Evaluation<'_>, rule: &EventRule, case: &str, (time, mut data): Told) -> Made {
    if rule.kind == "case.received" {
        data.entry("kind").or_insert_with(|| json!("report"));
        data.entry("city").or_insert_with(|| json!(evaluation.city.code));
    }
    let mut envelope = Map::new();
    envelope.insert("specversion".to_owned(), json!("1.0"));
    envelope.insert("source".to_owned(), json!(evaluation.mapping.source));
    envelope.insert("type".to_owned(), json!(format!("{TYPE_PREFIX}{}", rule.kind)));
    envelope.insert("time".to_owned(), json!(time.to_rfc3339(&evaluation.city.zone)));
    envelope.insert("subject".to_owned(), json!(case));
    envelope.insert("data".to_owned(), Json::Object(data));
    let envelope = Json::Object(envelope);
    let digest = digest(&envelope);
    Made { name: rule.name.clone(), kind: rule.kind.clone(), time, digest, envelope }
}

fn digest(envelope: &Json) -> String {
    let mut open = envelope.clone();
    take_personal(&mut open);
    hex::encode(&content_digest(&open)[..8])
}

fn ends_a_case(kind: &str) -> bool {
    matches!(kind, "case.resolved" | "case.closed" | "case.refused" | "case.cancelled")
}

fn holds(condition: &Condition, row: &Row<'_>) -> bool {
    match condition {
        Condition::Empty(column, empty) => row.get(*column).is_none() == *empty,
        Condition::In(column, texts, among) => {
            let text = row.get(*column).unwrap_or_default();
            texts.iter().any(|other| other == text) == *among
        }
        Condition::All(all) => all.iter().all(|condition| holds(condition, row)),
        Condition::Any(any) => any.iter().any(|condition| holds(condition, row)),
        Condition::Not(not) => !holds(not, row),
    }
}
