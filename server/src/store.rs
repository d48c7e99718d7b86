//! The way to the log: an event is sealed, appended, and answered for only when it is durable.
//! What the log holds is a CloudEvent in JSON with its personal members sealed.

pub mod carried;
mod erasing;
pub mod record;
pub mod signed;
mod tending;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::Seq;
use domain::problem::Problem;
use serde_json::Value as Json;
use toancanh_log::keys::{KeyError, KeyStore, LogKeys};
use toancanh_log::{
    AppendError, Batch, Checkpoint, Digest, Item, Log, OpenError, Outcome, ReadError, StoredRecord,
    TendStatus, Tender,
};
use tokio::sync::oneshot;

use crate::carrier::Carrier;
use crate::gateway::SignedBody;

pub use tending::{LOG, copy_beside};

/// The log and the keys that seal what is personal in it.
pub struct Store {
    /// Ends before the log's last handle goes.
    tender: Option<Tender>,
    log: Log,
    keys: Arc<KeyStore>,
    /// What takes events to the other servers, where there are any.
    carrier: Option<Carrier>,
    checkpoints: tending::Checkpoints,
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
    /// The log holds events and the keys of their personal data are not where they should be.
    #[error(
        "{} holds no keys, and the log in {} holds {records} events: without their keys what is personal in them \
         cannot be read. Put the key folder back there, or name it with --keys. If it is lost for good, \
         `toancanh serve --new-keys` goes on with new keys, once; what was sealed until now stays unreadable",
        keys.display(),
        data.display()
    )]
    KeysLost {
        /// Where the keys should be.
        keys: PathBuf,
        /// Where the log is.
        data: PathBuf,
        /// How many records it holds.
        records: u64,
    },
    /// The log is of another city.
    #[error(
        "{} holds events of the city {held:?}, and {asked:?} was asked for: name a folder of its own with --data, \
         or the city with --city",
        data.display()
    )]
    OtherCity {
        /// Where the log is.
        data: PathBuf,
        /// The city of its events.
        held: String,
        /// The city that was asked for.
        asked: String,
    },
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
        if !KeyStore::is_in(keys) {
            // New keys are made only for a new log.
            let records = records_in(&data.join(LOG))?;
            if records > 0 {
                let (keys, data) = (keys.to_owned(), data.to_owned());
                return Err(StoreError::KeysLost { keys, data, records });
            }
        }
        let keys = Arc::new(KeyStore::open(keys)?);
        let flushed = keys.clone();
        options.before_commit = Some(Box::new(move || flushed.flush().map_err(std::io::Error::other)));
        options.log_keys = match options.encrypt {
            Some(true) => Some(keys.log_keys_or_new()?),
            _ => keys.log_keys()?,
        };
        let (log, recovery) = Log::open(data.join(LOG), options)?;
        let checkpoints = tending::Checkpoints::default();
        Ok((Self { tender: None, log, keys, carrier: None, checkpoints }, recovery))
    }

    /// Signs checkpoints from now on, and keeps up the backup, where one is asked for.
    ///
    /// # Errors
    /// Where the backup cannot be opened, or holds something else.
    pub fn tend(&mut self, data: &Path, backup: Option<&Path>) -> Result<(), StoreError> {
        self.tender = Some(tending::start(&self.log, &self.keys, data, backup)?);
        Ok(())
    }

    /// How checkpoints and backup go; none where nobody asked for them.
    #[must_use]
    pub fn tended(&self) -> Option<TendStatus> {
        self.tender.as_ref().map(Tender::status)
    }

    /// The newest signed checkpoint of the log; none before the first.
    #[must_use]
    pub fn newest_checkpoint(&self) -> Option<Checkpoint> {
        self.checkpoints.newest(self.log.dir())
    }

    /// What a backup says that the log must hold: for opening the log. One whose disk cannot be reached says
    /// nothing, and that is said in the server's own log: the city does not wait for it.
    ///
    /// # Errors
    /// Where the backup is there and damaged.
    pub fn witness(backup: &Path) -> Result<Option<toancanh_log::Vouched>, StoreError> {
        match toancanh_log::backup::witness(&toancanh_log::RealDisk, &backup.join(LOG)) {
            Err(error @ (OpenError::Io { .. } | OpenError::Full { .. })) => {
                tracing::error!(%error, "the backup cannot be reached: it does not vouch for the log");
                Ok(None)
            }
            said => Ok(said?),
        }
    }

    /// Makes keys in `keys` where there are none, though a log may hold what they cannot open.
    ///
    /// # Errors
    /// [`StoreError`] says which file and what to do.
    pub fn make_keys(keys: &Path) -> Result<(), StoreError> {
        Ok(KeyStore::open(keys).map(drop)?)
    }

    /// Refuses a log that holds events of another city than `city`. The first events say it.
    ///
    /// # Errors
    /// [`StoreError::OtherCity`], or that the log in `data` cannot be read.
    pub fn check_city(&self, data: &Path, city: &str) -> Result<(), StoreError> {
        for stored in self.read_from(Seq(1)).take(LOOKED_AT) {
            let Some(held) = city_of(&stored?) else { continue };
            if held == city {
                return Ok(());
            }
            let asked = city.to_owned();
            return Err(StoreError::OtherCity { data: data.to_owned(), held, asked });
        }
        Ok(())
    }

    /// From now on an event is durable only when the carrier has it too.
    pub(crate) fn carry_with(&mut self, carrier: Carrier) {
        self.carrier = Some(carrier);
    }

    /// What takes events to the other servers, where there are any.
    #[must_use]
    pub fn carrier(&self) -> Option<&Carrier> {
        self.carrier.as_ref()
    }

    /// Appends events (CloudEvents in JSON, checked already) and waits until they are durable: in this
    /// log, and with several servers on the carrier too.
    ///
    /// # Errors
    /// A [`Problem`] of status 503 that tells the source to send again under the same id.
    pub async fn append(&self, events: Vec<Json>) -> Result<Stored, Problem> {
        if let Some(carrier) = &self.carrier {
            carrier.accepts()?;
        }
        let (mut stored, personal) = self.append_sealed(events).await?;
        let highest = stored.outcomes.iter().map(|outcome| carried::place(*outcome)).max();
        for (at, digest) in personal {
            let Some(outcome) = stored.outcomes.get_mut(at) else { continue };
            // Sealed with another server's key, or kept by a build that looked for less, equal content has another
            // digest.
            if let Outcome::IdReused(seq) = *outcome
                && self.plain_digest(seq)? == Some(digest)
            {
                *outcome = Outcome::Duplicate(seq);
            }
        }
        if let (Some(carrier), Some(highest)) = (&self.carrier, highest) {
            carrier.carried(Seq(highest.get())).await?;
        }
        Ok(stored)
    }

    /// The digest of what a record said, its personal members opened; none where it cannot be read.
    fn plain_digest(&self, seq: toancanh_log::Seq) -> Result<Option<[u8; 32]>, Problem> {
        let read = self.log.read_one(seq).map_err(|error| {
            tracing::error!(%error, "a record could not be read");
            not_durable(&AppendError::Closed)
        })?;
        Ok(read.and_then(|record| carried::plain_digest(&self.keys, &record)))
    }

    /// What the log will hold of a signed request besides its events, and the request's name.
    ///
    /// # Errors
    /// A [`Problem`] of status 503 where the keys cannot be used.
    pub(crate) fn kept(
        &self,
        body: &SignedBody,
        subjects: &[Option<String>],
    ) -> Result<(String, Vec<Json>), Problem> {
        signed::memos(&self.keys, body, subjects).map_err(|error| not_sealed(&error))
    }

    /// Verifies again what is kept of the signed request that an event came in; none where it was not signed.
    ///
    /// # Errors
    /// [`StoreError`] where the log cannot be read.
    pub fn proof(&self, seq: Seq, token: Option<&str>) -> Result<Option<signed::Proof>, StoreError> {
        signed::proof(&self.log, &self.keys, seq, token)
    }

    /// The keys of personal data.
    pub(crate) fn keys(&self) -> &Arc<KeyStore> {
        &self.keys
    }

    /// What seals that which lies beside the log and tells what is in it, such as images; `None` where the log is
    /// not encrypted.
    ///
    /// # Errors
    /// [`StoreError::Keys`].
    pub(crate) fn seals_beside(&self) -> Result<Option<Arc<LogKeys>>, StoreError> {
        if self.log.is_encrypted() { self.opens_beside() } else { Ok(None) }
    }

    /// What opens what was sealed so.
    ///
    /// # Errors
    /// [`StoreError::Keys`].
    pub(crate) fn opens_beside(&self) -> Result<Option<Arc<LogKeys>>, StoreError> {
        Ok(self.keys.log_keys()?)
    }

    /// Appends events to this log alone, and waits until they are durable there. Where there is a
    /// carrier it takes them along by itself.
    ///
    /// # Errors
    /// A [`Problem`] of status 503 that tells the source to send again under the same id.
    pub async fn append_here(&self, events: Vec<Json>) -> Result<Stored, Problem> {
        Ok(self.append_sealed(events).await?.0)
    }

    /// The same, with the digests of what was sent, by place, where something personal was in it.
    async fn append_sealed(&self, events: Vec<Json>) -> Result<(Stored, Vec<(usize, Digest)>), Problem> {
        let mut items = Vec::with_capacity(events.len());
        let mut personal = Vec::new();
        for (at, event) in events.into_iter().enumerate() {
            let made = record::item_and_digest(&self.keys, event);
            let (item, digest) = made.map_err(|error| not_sealed(&error))?;
            items.push(item);
            personal.extend(digest.map(|digest| (at, digest)));
        }
        let stored = self.submit(Batch::of(items)).await.map_err(|error| not_durable(&error))?;
        Ok((stored, personal))
    }

    /// Hands a batch to the log and waits for its answer.
    pub(crate) async fn submit(&self, batch: Batch) -> Result<Stored, AppendError> {
        let (answer, answered) = oneshot::channel();
        let done = move |result| {
            // The request may be gone; the events are durable all the same.
            let _ = answer.send(result);
        };
        self.log.submit(batch, Box::new(done));
        let appended = answered.await.unwrap_or(Err(AppendError::Closed))?;
        Ok(Stored { outcomes: appended.outcomes, durable: Seq(appended.durable.get()) })
    }

    /// What the log will hold of an event.
    ///
    /// # Errors
    /// A [`Problem`] of status 503 where the keys cannot be used.
    pub fn item(&self, event: Json) -> Result<Item, Problem> {
        record::item(&self.keys, event).map_err(|error| not_sealed(&error))
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

/// How many records are looked at for one that names the city: each report and each dossier does.
const LOOKED_AT: usize = 4_096;

/// How many records a log holds; none where there is no log.
fn records_in(log: &Path) -> Result<u64, StoreError> {
    let has_files = std::fs::read_dir(log).is_ok_and(|mut files| files.next().is_some());
    if !has_files {
        return Ok(0);
    }
    let options = toancanh_log::Options::default().mode(toancanh_log::OpenMode::ReadOnly);
    let (_, recovery) = Log::open(log, options)?;
    match (recovery.durable.get(), recovery.damage) {
        // Without its id a log without records is one that was never finished.
        (0, Some(damage)) if log.join("log.id").exists() => Err(OpenError::from(Box::new(damage)).into()),
        (records, _) => Ok(records),
    }
}

/// How many records are looked at for the city.
pub(crate) const fn looked_at() -> usize {
    LOOKED_AT
}

/// The city that a record names: that of a case's first event.
pub(crate) fn city_of(stored: &StoredRecord) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Stub {
        #[serde(rename = "type")]
        kind: String,
        data: Option<Data>,
    }
    #[derive(serde::Deserialize)]
    struct Data {
        city: Option<String>,
    }
    let stub: Stub = serde_json::from_slice(&stored.bytes).ok()?;
    stub.data.filter(|_| stub.kind == "vn.toancanh.case.received")?.city
}

fn not_sealed(error: &KeyError) -> Problem {
    tracing::error!(%error, "an event could not be sealed");
    let detail = "The key store cannot be written. Send the same events again under the same ids.";
    Problem::new("not-durable", 503, "Not durable now", detail)
}

fn not_durable(error: &AppendError) -> Problem {
    tracing::error!(%error, "the log did not take a batch");
    let why = match error {
        AppendError::Full => "No room is left on the server's disk",
        AppendError::Busy => "Too much waits to be written",
        _ => "The log cannot take events now",
    };
    // Of a batch of several frames the first may be in the log.
    let detail = format!(
        "{why}. Some of these events may have been kept, none is promised: send the same events again under the \
         same ids, and those that were kept are answered as duplicates."
    );
    Problem::new("not-durable", 503, "Not durable now", detail)
}
