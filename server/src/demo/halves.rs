//! Where the demo's events go: the past into a log, the future, if there is any, into memory, to be sorted.

use std::path::Path;

use domain::Timestamp;
use domain::city::City;
use domain::intake;
use domain::symbol::Symbols;
use serde_json::Value as Json;
use toancanh_log::Bulk;
use toancanh_log::keys::KeyStore;

use crate::import::{EventSink, KnownEvent, Outcome, Refused, SinkError};
use crate::store::{StoreError, record};

/// After so many bytes the past is made durable.
const SYNC_BYTES: u64 = 16 << 20;

pub(super) struct Halves<'a> {
    bulk: Bulk,
    keys: KeyStore,
    city: &'a City,
    symbols: Symbols,
    from: Timestamp,
    rest: Vec<(Timestamp, Json)>,
}

impl<'a> Halves<'a> {
    pub(super) fn open(
        data: &Path,
        keys: &Path,
        city: &'a City,
        from: Timestamp,
        training: bool,
    ) -> Result<Self, StoreError> {
        let keys = KeyStore::open(keys)?;
        let options = toancanh_log::Options::default().opened_by("toancanh demo, preparing");
        let mut options = options.log_keys(keys.log_keys()?, None);
        options.training = Some(training);
        let (bulk, _) = Bulk::open(data.join("log"), options, SYNC_BYTES)?;
        Ok(Self { bulk, keys, city, symbols: Symbols::default(), from, rest: Vec::new() })
    }

    /// Makes the past durable and gives the future in its order.
    pub(super) fn finish(self) -> anyhow::Result<impl Iterator<Item = Json>> {
        self.keys.flush()?;
        self.bulk.finish()?;
        let mut rest = self.rest;
        rest.sort_by_key(|(time, _)| *time);
        Ok(rest.into_iter().map(|(_, event)| event))
    }
}

impl EventSink for Halves<'_> {
    fn known(&mut self, _: &str, cases: &[String]) -> Result<Vec<Vec<KnownEvent>>, SinkError> {
        // It is prepared from nothing.
        Ok(cases.iter().map(|_| Vec::new()).collect())
    }

    fn data(&mut self, _: &str, _: &str, ids: &[String]) -> Result<Vec<Option<Json>>, SinkError> {
        Ok(ids.iter().map(|_| None).collect())
    }

    fn offer(&mut self, batch: Vec<Json>) -> Result<Outcome, SinkError> {
        let failed = |error: &dyn std::fmt::Display| SinkError(error.to_string());
        let mut outcome = Outcome::default();
        let mut past = Vec::with_capacity(batch.len());
        for (index, event) in batch.into_iter().enumerate() {
            match intake::read(&event, self.city, &self.symbols, None) {
                Err(problem) => outcome.rejected.push(Refused { index, reason: problem.detail }),
                Ok(read) if read.time < self.from => {
                    past.push(record::item(&self.keys, event).map_err(|error| failed(&error))?);
                }
                Ok(read) => {
                    outcome.accepted += 1;
                    self.rest.push((read.time, event));
                }
            }
        }
        outcome.accepted += past.len() as u64;
        self.bulk.append(past).map_err(|error| failed(&error))?;
        Ok(outcome)
    }
}
