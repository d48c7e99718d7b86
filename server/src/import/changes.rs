//! A row against what is known of it: what is new, what is unchanged, what has changed.
//!
//! An event's id is `key:name:digest`; that of the n-th change is `key:name~000n:digest`. The
//! digest is always that of what the *row* said, so that the newest id tells whether the row says
//! something new. Where a closing stands in the log and the row has none any more, the reopening's
//! digest is `gone`.

use std::collections::BTreeMap;

use domain::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::make::{Made, MappedRow, first_id};
use super::report::Changes;
use super::sink::{EventSink, KnownEvent, SinkError};

const GONE: &str = "gone";

/// What the log has of one rule of a row: its changes in order.
#[derive(Debug, Default)]
struct History {
    /// By the number of the change; 0 is the first telling.
    versions: BTreeMap<u32, Version>,
}

#[derive(Debug)]
struct Version {
    id: String,
    digest: String,
    time: Timestamp,
}

impl History {
    fn of(key: &str, name: &str, known: &[KnownEvent]) -> Self {
        let mut history = Self::default();
        for event in known {
            let Some((number, digest)) = parse_id(&event.id, key, name) else { continue };
            let version = Version { id: event.id.clone(), digest: digest.to_owned(), time: event.time };
            history.versions.insert(number, version);
        }
        history
    }

    fn last(&self) -> Option<(u32, &Version)> {
        self.versions.last_key_value().map(|(number, version)| (*number, version))
    }

    /// The newest instant among the changes. The first telling is dated by the case, not by the
    /// export, and says nothing about how old the export was.
    fn changed_at(&self) -> Option<Timestamp> {
        self.versions.range(1..).map(|(_, version)| version.time).max()
    }
}

/// The number and digest of an id of this row and rule.
fn parse_id<'a>(id: &'a str, key: &str, name: &str) -> Option<(u32, &'a str)> {
    let rest = id.strip_prefix(key)?.strip_prefix(':')?.strip_prefix(name)?;
    if let Some(digest) = rest.strip_prefix(':') {
        return Some((0, digest));
    }
    let (number, digest) = rest.strip_prefix('~')?.split_once(':')?;
    Some((number.parse().ok()?, digest))
}

fn next_id(key: &str, name: &str, number: u32, digest: &str) -> String {
    format!("{key}:{name}~{number:04}:{digest}")
}

/// One row being compared.
pub(super) struct Comparison<'a, S: EventSink + ?Sized> {
    pub(super) source: &'a str,
    /// The instant at which the export stood so.
    pub(super) as_of: Timestamp,
    /// The city's zone, for the times of events made here.
    pub(super) zone: &'a jiff::tz::TimeZone,
    pub(super) sink: &'a mut S,
    pub(super) changes: &'a mut Changes,
}

impl<S: EventSink + ?Sized> Comparison<'_, S> {
    /// The events to offer for a row, given the case's known events of this source.
    pub(super) fn events(&mut self, row: MappedRow, known: &[KnownEvent]) -> Result<Vec<Json>, SinkError> {
        let mut events = Vec::with_capacity(row.made.len());
        let mut reopened_at = None;
        for name in &row.absent_endings {
            if let Some((event, at)) = self.taken_back(&row, name, known) {
                events.push(event);
                reopened_at = reopened_at.max(Some(at));
            }
        }
        let MappedRow { key, case, made, .. } = row;
        for mut made in made {
            let history = History::of(&key, &made.name, known);
            match history.last() {
                None => {
                    if let Some(at) = reopened_at.filter(|at| made.is_ending() && made.time <= *at) {
                        self.date_after(&mut made, at);
                    }
                    let id = first_id(&key, &made.name, &made.digest);
                    events.push(made.into_event(id));
                }
                Some((_, last)) if last.digest == made.digest => self.changes.unchanged += 1,
                Some(_) if history.changed_at().is_some_and(|at| at > self.as_of) => {
                    self.changes.older += 1;
                }
                Some((number, _)) => {
                    let changed = self.changed(&key, &case, made, &history, number + 1)?;
                    events.extend(changed);
                }
            }
        }
        Ok(events)
    }

    /// An ending that the log has and the row has no more: the case is open again.
    fn taken_back(&mut self, row: &MappedRow, name: &str, known: &[KnownEvent]) -> Option<(Json, Timestamp)> {
        let history = History::of(&row.key, name, known);
        let (number, last) = history.last().filter(|(_, last)| last.digest != GONE)?;
        if history.changed_at().is_some_and(|at| at > self.as_of) {
            self.changes.older += 1;
            return None;
        }
        self.changes.reopened += 1;
        let at = self.as_of.max(last.time);
        let id = next_id(&row.key, name, number + 1, GONE);
        Some((self.own_event("case.reopened", id, &row.case, at, json!({})), at))
    }

    fn changed(
        &mut self,
        key: &str,
        case: &str,
        made: Made,
        history: &History,
        number: u32,
    ) -> Result<Vec<Json>, SinkError> {
        match made.kind.as_str() {
            "case.received" | "case.amended" => {
                let id = next_id(key, &made.name, number, &made.digest);
                self.amended(id, case, made, history).map(|event| vec![event])
            }
            _ if made.is_ending() => Ok(self.ended_otherwise(key, case, made, history, number)),
            // Any other changed fact is told once more as it now stands.
            _ => {
                self.changes.told_again += 1;
                let id = next_id(key, &made.name, number, &made.digest);
                Ok(vec![made.into_event(id)])
            }
        }
    }

    /// What the case is has changed: `case.amended` with the members that did, dated as of the
    /// export. A member that the row has lost is null.
    fn amended(&mut self, id: String, case: &str, made: Made, history: &History) -> Result<Json, SinkError> {
        let before = self.said_before(case, history)?;
        let now = made.envelope["data"].as_object().cloned().unwrap_or_default();
        let mut changed: Map<String, Json> = Map::new();
        for (member, value) in &now {
            if before.get(member) != Some(value) {
                changed.insert(member.clone(), value.clone());
            }
        }
        for (member, old) in &before {
            match (now.get(member), changed.get_mut(member)) {
                (None, _) if member != OPENING => _ = changed.insert(member.clone(), Json::Null),
                (_, Some(new)) => name_lost_members(old, new),
                _ => {}
            }
        }
        if made.kind == "case.received" {
            self.keep_opening(&made, history, &before, &mut changed);
        }
        self.changes.amended += 1;
        let at = history.versions.values().map(|version| version.time).fold(self.as_of, Timestamp::max);
        Ok(self.own_event("case.amended", id, case, at, Json::Object(changed)))
    }

    /// A case keeps the instant at which it was received; where the export now states another, that
    /// is kept beside it and counted.
    fn keep_opening(
        &mut self,
        made: &Made,
        history: &History,
        before: &Map<String, Json>,
        changed: &mut Map<String, Json>,
    ) {
        let first = history.versions.get(&0).map(|version| version.time);
        let stated = json!(made.time.to_rfc3339(self.zone));
        let known = before.get(OPENING);
        let is_new = known.map_or(first != Some(made.time), |known| *known != stated);
        if is_new {
            changed.insert(OPENING.to_owned(), stated);
            self.changes.opening_times += 1;
        }
    }

    /// The members that the log has of the row: the first telling, overlaid by each change.
    fn said_before(&mut self, case: &str, history: &History) -> Result<Map<String, Json>, SinkError> {
        let ids: Vec<String> = history.versions.values().map(|version| version.id.clone()).collect();
        let mut said = Map::new();
        for data in self.sink.data(self.source, case, &ids)? {
            // An event that cannot be found leaves its members to be told in full.
            for (member, value) in data.as_ref().and_then(Json::as_object).into_iter().flatten() {
                match without_nulls(value) {
                    Some(value) => _ = said.insert(member.clone(), value),
                    None => _ = said.remove(member),
                }
            }
        }
        Ok(said)
    }

    /// The case ended otherwise than was known: it was open again in between, and ended so.
    fn ended_otherwise(
        &mut self,
        key: &str,
        case: &str,
        mut made: Made,
        history: &History,
        mut number: u32,
    ) -> Vec<Json> {
        self.changes.ended_otherwise += 1;
        let newest = history.versions.values().map(|version| version.time).max();
        let newest = newest.unwrap_or(Timestamp::MIN);
        let is_open = history.last().is_some_and(|(_, last)| last.digest == GONE);
        let mut events = Vec::with_capacity(2);
        let reopened_at = if made.time > newest { made.time } else { newest.max(self.as_of) };
        if !is_open {
            let id = next_id(key, &made.name, number, GONE);
            events.push(self.own_event("case.reopened", id, case, reopened_at, json!({})));
            number += 1;
        }
        if made.time <= newest {
            self.date_after(&mut made, reopened_at);
        }
        let id = next_id(key, &made.name, number, &made.digest);
        events.push(made.into_event(id));
        events
    }

    /// An ending that is not later than the reopening before it cannot stand after it at its own
    /// time: it is dated one step after and says when the work was done.
    fn date_after(&self, made: &mut Made, at: Timestamp) {
        let done = made.time.to_rfc3339(self.zone);
        made.time = at.plus_micros(Timestamp::STEP);
        made.envelope["time"] = json!(made.time.to_rfc3339(self.zone));
        if let Some(data) = made.envelope["data"].as_object_mut() {
            data.entry("handled_at").or_insert_with(|| json!(done));
        }
    }

    fn own_event(&self, kind: &str, id: String, case: &str, at: Timestamp, data: Json) -> Json {
        json!({
            "specversion": "1.0",
            "id": id,
            "source": self.source,
            "type": format!("{}{kind}", domain::intake::TYPE_PREFIX),
            "time": at.to_rfc3339(self.zone),
            "subject": case,
            "data": data,
        })
    }
}

/// In an object that has changed (the location), the members that it has lost are null, as they are
/// at the top.
fn name_lost_members(old: &Json, new: &mut Json) {
    let (Json::Object(old), Json::Object(new)) = (old, new) else { return };
    for name in old.keys() {
        new.entry(name.clone()).or_insert(Json::Null);
    }
}

/// A value as it stands once its nulls have taken away what they name.
fn without_nulls(value: &Json) -> Option<Json> {
    match value {
        Json::Null => None,
        Json::Object(members) => {
            let kept = members.iter().filter_map(|(name, value)| Some((name.clone(), without_nulls(value)?)));
            Some(Json::Object(kept.collect()))
        }
        plain => Some(plain.clone()),
    }
}

/// The member of `case.amended` that keeps an opening time which the export states otherwise.
const OPENING: &str = "stated_received_at";
