//! Counters and gauges, for `GET /metrics` (Prometheus text). Never a label with a case, a person
//! or an address.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::Timestamp;
use domain::problem::Problem;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

use crate::store::StoreError;

/// How many sources' last errors are kept; a further source's are only counted.
const SOURCES_MAX: usize = 1_024;

/// What is counted. The names that Prometheus sees are given where they are written out.
#[derive(Debug, Default)]
pub struct Telemetry {
    /// Events accepted, by the gateway.
    pub events_accepted_total: AtomicU64,
    /// Events that were there already.
    pub events_duplicate_total: AtomicU64,
    /// Events rejected one by one.
    pub events_rejected_total: AtomicU64,
    /// Frames put on sockets' queues.
    pub live_frames_total: AtomicU64,
    /// Frames dropped because a socket was behind.
    pub live_frames_dropped_total: AtomicU64,
    /// Sockets open now.
    pub live_sockets: AtomicU64,
    /// Topics kept now.
    pub live_topics: AtomicU64,
    /// The place of the image that the start went on from; 0 where it read the whole log.
    pub image_seq: AtomicU64,
    /// Records of the log that are no events to this build: the numbers are without them.
    pub records_unreadable: AtomicU64,
    /// Ticks done.
    pub ticks_total: AtomicU64,
    /// How long the last tick took, microseconds.
    pub tick_micros: AtomicU64,
    /// The longest tick since the start, microseconds.
    pub tick_micros_max: AtomicU64,
    /// Requests answered.
    pub requests: Requests,
    /// Requests of sources that were refused for who sent them.
    pub refusals: Refusals,
    /// What was last wrong with the events of each source.
    pub source_errors: SourceErrors,
}

impl Telemetry {
    /// A record of the log is no event to this build.
    pub(crate) fn record_is_unreadable(&self, error: &StoreError) {
        self.records_unreadable.fetch_add(1, Relaxed);
        tracing::error!(%error, "a record cannot be read back: the numbers are without it");
    }
}

/// Requests by what they asked and how they ended.
#[derive(Clone, Debug)]
pub struct Requests {
    pub(crate) answered: Family<RequestLabels, Counter>,
    pub(crate) seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
}

/// Which route, and the class of its status: few values, whatever is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RequestLabels {
    route: String,
    method: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RouteLabels {
    route: String,
}

impl Default for Requests {
    fn default() -> Self {
        Self { answered: Family::default(), seconds: Family::new_with_constructor(durations) }
    }
}

impl Requests {
    /// Counts an answer. `route` is the pattern (`/api/v1/cases/{code}`), never the path itself.
    pub fn count(&self, route: &str, method: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        let labels = RequestLabels { route: route.clone(), method: method.to_owned(), status };
        self.answered.get_or_create(&labels).inc();
        self.seconds.get_or_create(&RouteLabels { route }).observe(took.as_secs_f64());
    }
}

/// From a millisecond to half a minute.
fn durations() -> Histogram {
    Histogram::new([0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0])
}

/// Requests refused for who sent them, by source and reason. Sources are registered ones or `unknown`, reasons
/// the slugs of problems: few values, whatever is sent.
#[derive(Clone, Debug, Default)]
pub struct Refusals(pub(crate) Family<RefusalLabels, Counter>);

/// Who was refused, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RefusalLabels {
    source: String,
    reason: String,
}

impl Refusals {
    /// Counts one.
    pub fn count(&self, source: &str, reason: &str) {
        let labels = RefusalLabels { source: source.to_owned(), reason: reason.to_owned() };
        self.0.get_or_create(&labels).inc();
    }
}

/// What was last wrong with the events of each source: shown by `GET /api/v1/sources`.
#[derive(Debug, Default)]
pub struct SourceErrors(Mutex<BTreeMap<String, SourceError>>);

/// The last thing wrong with a source's events.
#[derive(Clone, Debug)]
pub struct SourceError {
    /// When, on the machine's clock.
    pub at: Timestamp,
    /// What.
    pub problem: Problem,
    /// How many events were rejected since the start.
    pub rejected: u64,
}

impl SourceErrors {
    /// Keeps what was last wrong with the events of a source (by their attribute `source`, where one
    /// could be read), and counts how many were rejected with it.
    pub fn note(&self, source: &str, at: Timestamp, problem: &Problem, rejected: u64) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = held.get_mut(source) {
            error.at = at;
            error.problem = problem.clone();
            error.rejected += rejected;
        } else if held.len() < SOURCES_MAX {
            held.insert(source.to_owned(), SourceError { at, problem: problem.clone(), rejected });
        }
    }

    /// What was last wrong, by source.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, SourceError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_error_of_a_source_is_kept_and_all_are_counted() {
        let errors = SourceErrors::default();
        for (second, slug) in [(1, "too-large"), (2, "wrong-city")] {
            let problem = Problem::new(slug, 422, "", "");
            errors.note("urn:a", Timestamp::from_secs(second), &problem, 3);
        }
        let held = errors.all();
        assert_eq!((held["urn:a"].problem.slug(), held["urn:a"].rejected), ("wrong-city", 6));
    }

    #[test]
    fn many_sources_do_not_fill_memory() {
        let errors = SourceErrors::default();
        for place in 0..2_000 {
            errors.note(&format!("urn:{place}"), Timestamp::from_secs(0), &Problem::new("x", 422, "", ""), 1);
        }
        assert_eq!(errors.all().len(), SOURCES_MAX);
    }
}
