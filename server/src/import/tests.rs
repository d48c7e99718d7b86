//! Files in, events out: what the gate makes of them and what a second run changes.

mod boston;
mod changes;
mod damaged;
mod described;
mod events;
mod invented;
mod mapping_faults;
mod rejects;
mod times;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use domain::Timestamp;
use domain::city::City;
use domain::event::Event;
use domain::intake;
use domain::symbol::Symbols;
use serde_json::Value as Json;

use super::*;
use domain::document::Source;

/// A log in memory, behind the real gate: repeats are known by (`source`, `id`) and digest.
struct MemoryLog {
    city: City,
    symbols: Symbols,
    events: Vec<(Event, Json)>,
    places: HashMap<(String, String), usize>,
    by_case: HashMap<String, Vec<usize>>,
    offered: u64,
}

impl MemoryLog {
    fn new(city: City) -> Self {
        Self {
            city,
            symbols: Symbols::default(),
            events: Vec::new(),
            places: HashMap::new(),
            by_case: HashMap::new(),
            offered: 0,
        }
    }

    /// The events of a case in the order of the fold.
    fn case(&self, case: &str) -> Vec<&Json> {
        let mut events: Vec<&(Event, Json)> =
            self.events.iter().filter(|(event, _)| &*event.subject == case).collect();
        events.sort_by(|(one, _), (other, _)| one.order(other));
        events.into_iter().map(|(_, json)| json).collect()
    }

    /// The events of a case as `type time`, short.
    fn story(&self, case: &str) -> Vec<String> {
        let text = |json: &Json, name: &str| json[name].as_str().unwrap().to_owned();
        let line = |json: &Json| {
            format!("{} {}", text(json, "type").replace("vn.toancanh.case.", ""), text(json, "time"))
        };
        self.case(case).into_iter().map(line).collect()
    }

    fn take(&mut self, json: Json) -> Result<bool, String> {
        let event = intake::read(&json, &self.city, &self.symbols, Some(options().now))
            .map_err(|problem| format!("{}: {}", problem.slug(), problem.detail))?;
        let identity = (event.source.to_string(), event.id.to_string());
        if let Some(place) = self.places.get(&identity) {
            let same = intake::content_digest(&self.events[*place].1) == intake::content_digest(&json);
            return if same { Ok(false) } else { Err("id-reused".to_owned()) };
        }
        self.by_case.entry(event.subject.to_string()).or_default().push(self.events.len());
        self.places.insert(identity, self.events.len());
        self.events.push((event, json));
        Ok(true)
    }
}

impl EventSink for MemoryLog {
    fn known(&mut self, source: &str, cases: &[String]) -> Result<Vec<Vec<KnownEvent>>, SinkError> {
        let of_case = |case: &String| {
            let places = self.by_case.get(case).into_iter().flatten();
            let events = places.map(|place| &self.events[*place].0);
            let of_source = events.filter(|event| &*event.source == source);
            of_source.map(|event| KnownEvent { id: event.id.to_string(), time: event.time }).collect()
        };
        Ok(cases.iter().map(of_case).collect())
    }

    fn data(&mut self, source: &str, _case: &str, ids: &[String]) -> Result<Vec<Option<Json>>, SinkError> {
        let find = |id: &String| {
            let place = self.places.get(&(source.to_owned(), id.clone()))?;
            Some(self.events[*place].1["data"].clone())
        };
        Ok(ids.iter().map(find).collect())
    }

    fn offer(&mut self, batch: Vec<Json>) -> Result<Outcome, SinkError> {
        self.offered += batch.len() as u64;
        let mut outcome = Outcome::default();
        for (index, json) in batch.into_iter().enumerate() {
            match self.take(json) {
                Ok(true) => outcome.accepted += 1,
                Ok(false) => outcome.duplicates += 1,
                Err(reason) => outcome.rejected.push(Refused { index, reason }),
            }
        }
        Ok(outcome)
    }
}

/// A folder for one test's files.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Imports a file's content into a log.
    fn import(&self, mapping: &Mapping, content: impl AsRef<[u8]>, log: &mut MemoryLog) -> Report {
        let path = self.file("rows.csv", content);
        let city = log.city.clone();
        import_rows(&path, mapping, &city, &options(), log).unwrap()
    }

    fn rejects(&self) -> String {
        // In the spelling of the rows that were imported, which may be no UTF-8.
        let bytes = std::fs::read(self.0.path().join("rows.csv.rejects.csv")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn options() -> Options {
    let now: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    Options { progress: false, ..Options::at(now) }
}

fn mapping(text: &str) -> Mapping {
    Mapping::parse(&Source::new(Path::new("m.toml"), text.to_owned())).unwrap()
}

/// A city that is only a code and a zone.
fn city(code: &str, zone: &str) -> City {
    let mut city = City::bare(code);
    city.zone_name = zone.to_owned();
    city.zone = jiff::tz::TimeZone::get(zone).unwrap();
    city
}
