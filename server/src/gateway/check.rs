//! Whether one event may go into the log.

use std::sync::Arc;

use domain::Timestamp;
use domain::city::City;
use domain::event::Body;
use domain::intake;
use domain::problem::Problem;
use domain::symbol::Symbols;
use serde_json::Value as Json;

use super::problems;
use crate::core::Snapshot;
use crate::source::SourceGrant;
use crate::store::signed::SIGNED_REQUEST;

/// What the product says to itself: a source that said it could change rules or quiet an alarm.
const RESERVED: [&str; 7] = ["directive.", "alarm.", "shift.", "screen.", "scenes.", "config.", "memo."];

/// Checks the events of one request.
pub struct Checker<'a> {
    city: &'a City,
    source: &'a SourceGrant,
    now: Timestamp,
    /// Codes met while checking, thrown away with the request: what is rejected must leave nothing
    /// behind in the table that lives as long as the server.
    symbols: Symbols,
    /// The cases known, for a source that may only touch its own. At most a tick old.
    cases: Option<Arc<Snapshot>>,
}

impl<'a> Checker<'a> {
    /// Checks for `city` what `source` sends, at the instant `now`; `cases` holds the cases known,
    /// where the source may only touch its own.
    #[must_use]
    pub fn new(
        city: &'a City,
        source: &'a SourceGrant,
        now: Timestamp,
        cases: Option<Arc<Snapshot>>,
    ) -> Self {
        Self { city, source, now, symbols: Symbols::default(), cases }
    }

    /// Whether the event may go into the log.
    ///
    /// # Errors
    /// The problem with it.
    pub fn check(&self, event: &Json) -> Result<(), Problem> {
        let kind = event.get("type").and_then(Json::as_str).unwrap_or_default();
        let kind = kind.strip_prefix(intake::TYPE_PREFIX).unwrap_or_default();
        if RESERVED.iter().any(|prefix| kind.starts_with(prefix)) {
            return Err(problems::reserved_type());
        }
        let read = intake::read(event, self.city, &self.symbols, Some(self.now))?;
        if !self.source.may_say(&read.source) {
            return Err(problems::wrong_source());
        }
        if !read.subject.is_empty() && !self.is_own(&read.subject) {
            return Err(problems::not_your_case());
        }
        Ok(())
    }

    /// Writes to whose cases the event is bound, and takes away what a sender may have written there:
    /// the right is kept with the event, so that the fold holds it whatever comes first.
    pub fn bind(&self, event: &mut Json) {
        let Json::Object(members) = event else { return };
        members.remove(intake::BOUND_TO);
        members.remove(SIGNED_REQUEST);
        if let Some(uri) = self.source.uri.as_ref().filter(|_| self.source.own_cases_only) {
            members.insert(intake::BOUND_TO.to_owned(), Json::String(uri.clone()));
        }
    }

    /// Whether the case is free, or was received from this source: an early answer to the sender. What
    /// holds is the fold's.
    fn is_own(&self, code: &str) -> bool {
        let Some(snapshot) = &self.cases else {
            return true;
        };
        let Some(case) = snapshot.frozen.state().find(code) else {
            return true;
        };
        let received = case.events.iter().find(|event| matches!(event.body, Body::Received(_)));
        received.is_none_or(|event| self.source.may_say(&event.source))
    }
}
