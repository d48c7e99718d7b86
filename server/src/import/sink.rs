//! Where an import's events go: a stopped server's log, or a running server.

use domain::Timestamp;
use serde_json::Value as Json;

/// Takes events, and knows what it has already. An import calls it with batches of at most
/// [`super::BATCH_ROWS`] rows and waits for each answer, so that it never runs ahead of the log.
pub trait EventSink {
    /// The events that `source` has given for each of these cases, in the order of `cases`; each
    /// case's in any order.
    ///
    /// # Errors
    /// Where the server or the log cannot answer.
    fn known(&mut self, source: &str, cases: &[String]) -> Result<Vec<Vec<KnownEvent>>, SinkError>;

    /// The `data` of events of one case by their ids, without personal members; none for an event
    /// that cannot be found.
    ///
    /// # Errors
    /// Where the server or the log cannot answer.
    fn data(&mut self, source: &str, case: &str, ids: &[String]) -> Result<Vec<Option<Json>>, SinkError>;

    /// Offers events, each exactly as `POST /api/v1/events` takes it, and returns when the accepted
    /// ones are durable.
    ///
    /// # Errors
    /// Where none of them can be taken now.
    fn offer(&mut self, batch: Vec<Json>) -> Result<Outcome, SinkError>;
}

/// One event that a source has given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEvent {
    /// Its id.
    pub id: String,
    /// When it happened.
    pub time: Timestamp,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Events that are new and durable.
    pub accepted: u64,
    /// Events that were there already.
    pub duplicates: u64,
    /// Events that were refused, each for itself.
    pub rejected: Vec<Refused>,
}

/// One event of a batch that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Why, safe to show: the problem's kind and detail.
    pub reason: String,
}

/// Why a batch could not be taken at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SinkError(pub String);
