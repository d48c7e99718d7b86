//! `GET /api/v1/sources`: how each source stands, and what was last wrong with what it sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::state::SourceState;
use domain::{Seq, Timestamp, Value};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::accept::{Form, choose};
use super::api::Api;
use super::params::Params;
use super::problem::Refusal;
use super::sheet::{Sheet, answer, text};
use crate::source_state;
use crate::telemetry::SourceError;

#[derive(Serialize)]
struct Sources {
    seq: Seq,
    at: String,
    sources: Vec<SourceView>,
}

#[derive(Serialize)]
struct SourceView {
    /// The attribute `source` of its events.
    source: String,
    /// `live`, `late`, `silent`, `closed`.
    state: String,
    /// It has sent everything up to here, as it says itself, else as far as is known: the time of
    /// its latest event, at most the city's now. Null where nothing of it was ever accepted.
    watermark: Option<String>,
    /// From there to the city's now, whole seconds.
    lag_secs: Option<i64>,
    /// The latest time of one of its events.
    latest: Option<String>,
    /// When something of it was last recorded.
    recorded: Option<String>,
    /// How many of its events there are.
    events: u64,
    /// How many were rejected since the server started.
    rejected: u64,
    /// What was last wrong.
    last_error: Option<LastError>,
}

#[derive(Serialize)]
struct LastError {
    at: String,
    #[serde(rename = "type")]
    kind: String,
    detail: String,
}

/// `GET /api/v1/sources`.
pub(super) async fn sources(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Params::of(&uri)?.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let snapshot = api.running.core.ready()?;
    let state = snapshot.frozen.state();
    let zone = api.answers.zone();
    let errors = api.running.telemetry.source_errors.all();
    let at = state.at().to_rfc3339(zone);
    let now = Now { city: state.at(), machine: Timestamp::from(jiff::Timestamp::now()), zone };
    let body = Sources { seq: state.seq(), at: at.clone(), sources: views(state.sources(), &errors, &now) };
    Ok(answer(form, state.seq(), &at, &body, || table(&body.sources))?)
}

struct Now<'a> {
    city: Timestamp,
    machine: Timestamp,
    zone: &'a TimeZone,
}

fn views(
    known: &BTreeMap<Arc<str>, SourceState>,
    errors: &BTreeMap<String, SourceError>,
    now: &Now<'_>,
) -> Vec<SourceView> {
    let heard = known.iter().map(|(name, source)| view(name, source, errors.get(&**name), now));
    // A source of which nothing was ever accepted is the one that most needs to be seen.
    let unheard = errors.iter().filter(|(name, _)| !known.contains_key(name.as_str()));
    let mut views: Vec<SourceView> =
        heard.chain(unheard.map(|(name, error)| never_heard(name, error, now))).collect();
    views.sort_by(|a, b| a.source.cmp(&b.source));
    views
}

fn view(name: &str, source: &SourceState, error: Option<&SourceError>, now: &Now<'_>) -> SourceView {
    SourceView {
        source: name.to_owned(),
        state: source_state::state_of(source, now.machine).to_owned(),
        watermark: Some(source_state::watermark(source, now.city).to_rfc3339(now.zone)),
        lag_secs: Some(lag_secs(source, now.city)),
        latest: Some(source.latest.to_rfc3339(now.zone)),
        recorded: Some(source.recorded.to_rfc3339(now.zone)),
        events: source.events,
        rejected: error.map_or(0, |error| error.rejected),
        last_error: error.map(|error| last_error(error, now.zone)),
    }
}

/// A source that says to be ahead of the city's clock is not behind at all.
fn lag_secs(source: &SourceState, now: Timestamp) -> i64 {
    now.since(source_state::watermark(source, now)).div_euclid(1_000_000).max(0)
}

fn never_heard(name: &str, error: &SourceError, now: &Now<'_>) -> SourceView {
    SourceView {
        source: name.to_owned(),
        state: "silent".to_owned(),
        watermark: None,
        lag_secs: None,
        latest: None,
        recorded: None,
        events: 0,
        rejected: error.rejected,
        last_error: Some(last_error(error, now.zone)),
    }
}

fn last_error(error: &SourceError, zone: &TimeZone) -> LastError {
    LastError {
        at: error.at.to_rfc3339(zone),
        kind: error.problem.kind.clone(),
        detail: error.problem.detail.clone(),
    }
}

fn table(sources: &[SourceView]) -> Sheet {
    let columns = [
        "source",
        "state",
        "watermark",
        "lag_secs",
        "latest",
        "recorded",
        "events",
        "rejected",
        "last_error",
    ];
    let count = |count: u64| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
    let rows = sources.iter().map(|source| {
        [
            text(Some(&source.source)),
            text(Some(&source.state)),
            text(source.watermark.as_deref()),
            source.lag_secs.map_or(Value::Null, Value::Int),
            text(source.latest.as_deref()),
            text(source.recorded.as_deref()),
            count(source.events),
            count(source.rejected),
            text(source.last_error.as_ref().map(|error| error.detail.as_str())),
        ]
    });
    Sheet::new(columns, rows)
}

#[cfg(test)]
mod tests {
    use domain::problem::Problem;

    use super::*;

    #[test]
    fn a_source_is_seen_though_nothing_of_it_was_ever_accepted() {
        let mut known = BTreeMap::new();
        let source = SourceState {
            watermark: None,
            latest: Timestamp::from_secs(40),
            recorded: Timestamp::from_secs(1_000),
            events: 3,
        };
        known.insert(Arc::from("urn:b"), source);
        let problem = Problem::new("wrong-city", 422, "", "city: is another");
        let error = SourceError { at: Timestamp::from_secs(5), problem, rejected: 9 };
        let errors = BTreeMap::from([("urn:a".to_owned(), error)]);
        let now = Now {
            city: Timestamp::from_secs(100),
            machine: Timestamp::from_secs(1_061),
            zone: &TimeZone::UTC,
        };
        let views = views(&known, &errors, &now);
        let said: Vec<_> =
            views.iter().map(|view| (view.source.as_str(), view.state.as_str(), view.lag_secs)).collect();
        assert_eq!(said, [("urn:a", "silent", None), ("urn:b", "late", Some(60))]);
        assert_eq!(views[0].last_error.as_ref().unwrap().kind, "urn:toancanh:problem:wrong-city");
    }
}
