//! What this import itself has brought: known here before anybody else can say so.

use std::collections::HashMap;

use domain::Timestamp;
use serde_json::Value as Json;

use crate::gateway::Answer;
use crate::import::{KnownEvent, Outcome, Refused};

/// The events of this import that were taken, by source and case. About 150 bytes of memory each.
#[derive(Default)]
pub(in crate::cli) struct Session {
    /// Whether nobody will ask: then nothing is remembered.
    is_forgetful: bool,
    by_case: HashMap<String, HashMap<String, Vec<KnownEvent>>>,
}

/// What of a batch is remembered once it is answered.
pub(super) struct Offer(Vec<Option<(String, String, KnownEvent)>>);

impl Offer {
    pub(super) fn of(events: &[Json]) -> Self {
        let text = |event: &Json, name: &str| Some(event.get(name)?.as_str()?.to_owned());
        let of_event = |event: &Json| {
            let time: Timestamp = event.get("time")?.as_str()?.parse().ok()?;
            let known = KnownEvent { id: text(event, "id")?, time };
            Some((text(event, "source")?, text(event, "subject")?, known))
        };
        Self(events.iter().map(of_event).collect())
    }
}

impl Session {
    /// For a sender that never asks what is known.
    pub(in crate::cli) fn forgetful() -> Self {
        Self { is_forgetful: true, ..Self::default() }
    }

    /// Remembers what of an offer was taken, and says it in the importer's words.
    pub(super) fn settle(&mut self, offer: Offer, answer: Answer) -> Outcome {
        let rejected: Vec<Refused> = answer
            .rejected
            .into_iter()
            .map(|rejection| Refused {
                index: usize::try_from(rejection.index).unwrap_or(usize::MAX),
                reason: format!("{}: {}", rejection.problem.slug(), rejection.problem.detail),
            })
            .collect();
        let to_remember = if self.is_forgetful { Vec::new() } else { offer.0 };
        for (index, taken) in to_remember.into_iter().enumerate() {
            let is_taken = rejected.binary_search_by_key(&index, |refused| refused.index).is_err();
            if let (true, Some((source, case, known))) = (is_taken, taken) {
                self.by_case.entry(source).or_default().entry(case).or_default().push(known);
            }
        }
        Outcome { accepted: answer.accepted, duplicates: answer.duplicates, rejected }
    }

    /// Adds what this import has brought to what else is known.
    pub(super) fn complete(&self, source: &str, cases: &[String], known: &mut [Vec<KnownEvent>]) {
        let Some(by_case) = self.by_case.get(source) else {
            return;
        };
        for (case, known) in cases.iter().zip(known) {
            for event in by_case.get(case).into_iter().flatten() {
                if !known.iter().any(|other| other.id == event.id) {
                    known.push(event.clone());
                }
            }
        }
    }
}
