//! Importing into the files of a server that does not run.

use std::collections::HashMap;
use std::path::Path;

use domain::city::City;
use domain::{Seq, Timestamp};
use serde::Deserialize;
use serde_json::Value as Json;
use toancanh_log::Options;

use super::session::{Offer, Session};
use crate::cli::Failure;
use crate::gateway::{self, Checker};
use crate::import::{EventSink, KnownEvent, Outcome, SinkError};
use crate::source::SourceGrant;
use crate::store::{Store, record};

pub(super) struct StoppedLog<'a> {
    store: Store,
    city: &'a City,
    source: SourceGrant,
    now: Timestamp,
    session: Session,
    read: Read,
}

/// What the log holds of one source, as far as it has been read.
#[derive(Default)]
struct Read {
    source: String,
    by_case: HashMap<String, Vec<Place>>,
    next: u64,
}

struct Place {
    id: String,
    time: Timestamp,
    seq: Seq,
}

/// What of a record tells whose it is.
#[derive(Deserialize)]
struct Stub<'a> {
    #[serde(borrow)]
    id: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    source: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    subject: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow)]
    time: std::borrow::Cow<'a, str>,
}

impl<'a> StoppedLog<'a> {
    pub(super) fn open(
        data: &Path,
        keys: &Path,
        city: &'a City,
        now: Timestamp,
        session: Session,
    ) -> Result<Self, Failure> {
        std::fs::create_dir_all(data)
            .map_err(|error| Failure::environment(format!("{}: {error}", data.display())))?;
        let options = Options::default().opened_by("toancanh import");
        let (store, _) = Store::open(data, keys, options)?;
        store.check_city(data, &city.code)?;
        let source = SourceGrant::local(&city.code);
        Ok(Self { store, city, source, now, session, read: Read::default() })
    }

    /// Reads what the log holds of `source` and has not been read yet.
    fn read_on(&mut self, source: &str) -> Result<(), SinkError> {
        if self.read.source != source {
            self.read = Read { source: source.to_owned(), ..Read::default() };
        }
        let failed = |error: &dyn std::fmt::Display| SinkError(format!("the log cannot be read: {error}"));
        for stored in self.store.read_from(Seq(self.read.next + 1)) {
            let stored = stored.map_err(|error| failed(&error))?;
            self.read.next = stored.seq.get();
            let Ok(stub) = serde_json::from_slice::<Stub<'_>>(&stored.bytes) else { continue };
            let (Some(case), Ok(time)) = (stub.subject, stub.time.parse()) else { continue };
            if stub.source == source {
                let place = Place { id: stub.id.into_owned(), time, seq: Seq(stored.seq.get()) };
                self.read.by_case.entry(case.into_owned()).or_default().push(place);
            }
        }
        Ok(())
    }

    fn place(&self, case: &str, id: &str) -> Option<Seq> {
        let places = self.read.by_case.get(case)?;
        places.iter().find(|place| place.id == id).map(|place| place.seq)
    }
}

impl EventSink for StoppedLog<'_> {
    fn known(&mut self, source: &str, cases: &[String]) -> Result<Vec<Vec<KnownEvent>>, SinkError> {
        if self.read.source != source {
            // Once for each source; what this import adds is known without reading it back.
            self.read_on(source)?;
        }
        let of_case = |case: &String| {
            let places = self.read.by_case.get(case).map_or(&[][..], Vec::as_slice);
            places.iter().map(|place| KnownEvent { id: place.id.clone(), time: place.time }).collect()
        };
        let mut known: Vec<Vec<KnownEvent>> = cases.iter().map(of_case).collect();
        self.session.complete(source, cases, &mut known);
        Ok(known)
    }

    fn data(&mut self, source: &str, case: &str, ids: &[String]) -> Result<Vec<Option<Json>>, SinkError> {
        if self.read.source != source || ids.iter().any(|id| self.place(case, id).is_none()) {
            self.read_on(source)?;
        }
        let mut data = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(seq) = self.place(case, id) else {
                data.push(None);
                continue;
            };
            let records = self.store.read_many(&[seq]);
            let records = records.map_err(|error| SinkError(format!("the log cannot be read: {error}")))?;
            let shown = records.first().and_then(|stored| record::shown(stored).ok());
            data.push(shown.and_then(|mut event| event.get_mut("data").map(Json::take)));
        }
        Ok(data)
    }

    fn offer(&mut self, batch: Vec<Json>) -> Result<Outcome, SinkError> {
        let offer = Offer::of(&batch);
        let events = batch.into_iter().map(gateway::sized).collect();
        let checker = Checker::new(self.city, &self.source, self.now, None);
        let taken =
            futures::executor::block_on(gateway::take(&self.store, &checker, &|_| true, events, None));
        let answer = taken.map_err(|problem| SinkError(problem.detail))?;
        Ok(self.session.settle(offer, answer))
    }
}
