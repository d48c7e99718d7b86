//! The way to the log: an event is sealed, appended, and answered for only when it is durable.
//! What the log holds is a CloudEvent in JSON with its personal members sealed.

pub mod record;

use std::path::Path;
use std::sync::Arc;

use domain::problem::Problem;
use domain::{Seq, Timestamp};
use serde_json::Value as Json;
use toancanh_log::keys::KeyStore;
use toancanh_log::{AppendError, Batch, Item, Log, OpenError, Outcome, ReadError, StoredRecord};
use tokio::sync::oneshot;

/// The log and the keys that seal what is personal in it.
pub struct Store {
    log: Log,
    keys: Arc<KeyStore>,
}

/// What became of the events of one request.
#[derive(Debug)]
pub struct Stored {
    /// One for each event, in order.
    pub outcomes: Vec<Outcome>,
    /// Everything up to here is durable.
    pub durable: Seq,
}

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The log.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] toancanh_log::keys::KeyError),
    /// Reading it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Counting it.
    #[error(transparent)]
    Count(#[from] engine::QueryError),
    /// A record that is no event: a log of something else.
    #[error("record {seq} is not an event of this product: {why}")]
    NotAnEvent {
        /// Its place.
        seq: Seq,
        /// What is wrong with it.
        why: String,
    },
}

impl Store {
    /// Opens the log under `data` and the keys in `keys`. `options` says who hears of new records.
    ///
    /// # Errors
    /// [`StoreError`] says which file and what to do.
    pub fn open(
        data: &Path,
        keys: &Path,
        mut options: toancanh_log::Options,
    ) -> Result<(Self, toancanh_log::Recovery), StoreError> {
        let keys = Arc::new(KeyStore::open(keys)?);
        let flushed = keys.clone();
        options.before_commit = Some(Box::new(move || flushed.flush().map_err(std::io::Error::other)));
        let (log, recovery) = Log::open(data.join("log"), options)?;
        Ok((Self { log, keys }, recovery))
    }

    /// Appends events (CloudEvents in JSON, checked already) and waits until they are durable.
    ///
    /// # Errors
    /// A [`Problem`] of status 503 that tells the source to send again under the same id.
    pub async fn append(&self, events: Vec<Json>) -> Result<Stored, Problem> {
        let mut items = Vec::with_capacity(events.len());
        for event in events {
            items.push(self.item(event)?);
        }
        let (answer, answered) = oneshot::channel();
        let done = move |result| {
            // The request may be gone; the events are durable all the same.
            let _ = answer.send(result);
        };
        self.log.submit(Batch::of(items), Box::new(done));
        match answered.await {
            Ok(Ok(appended)) => {
                Ok(Stored { outcomes: appended.outcomes, durable: Seq(appended.durable.get()) })
            }
            Ok(Err(error)) => Err(not_durable(&error)),
            Err(_) => Err(not_durable(&AppendError::Closed)),
        }
    }

    /// What the log will hold of an event.
    ///
    /// # Errors
    /// A [`Problem`] of status 503 where the keys cannot be used.
    pub fn item(&self, event: Json) -> Result<Item, Problem> {
        record::item(&self.keys, event).map_err(|error| {
            tracing::error!(%error, "an event could not be sealed");
            Problem::new(
                "not-durable",
                503,
                "Not durable now",
                "The key store cannot be written. Send the same events again under the same ids.",
            )
        })
    }

    /// The records from `from` on, in order, in bounded memory.
    pub fn read_from(&self, from: Seq) -> toancanh_log::Records {
        self.log.read_from(toancanh_log::Seq::new(from.0))
    }

    /// Single records by their places, in the order asked for.
    ///
    /// # Errors
    /// [`ReadError`] says which file.
    pub fn read_many(&self, places: &[Seq]) -> Result<Vec<StoredRecord>, ReadError> {
        let places: Vec<_> = places.iter().map(|seq| toancanh_log::Seq::new(seq.0)).collect();
        self.log.read_many(&places)
    }

    /// The highest durable place.
    #[must_use]
    pub fn durable(&self) -> Seq {
        Seq(self.log.durable().get())
    }

    /// The log itself, for its figures.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }
}

/// When a record was taken.
#[must_use]
pub fn recorded(record: &StoredRecord) -> Timestamp {
    Timestamp::from_micros(record.recorded_us)
}

fn not_durable(error: &AppendError) -> Problem {
    tracing::error!(%error, "the log did not take a batch");
    Problem::new(
        "not-durable",
        503,
        "Not durable now",
        "The log cannot take events now. Nothing of this request counts as accepted; send the same \
         events again under the same ids.",
    )
}
