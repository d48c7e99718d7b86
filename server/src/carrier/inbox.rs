//! From the stream into the own log: what other servers took. Taking an entry twice changes nothing.

use std::convert::Infallible;
use std::sync::Weak;
use std::time::Duration;

use domain::Seq;
use toancanh_log::{AppendError, Batch, Item, Outcome, StoredRecord};

use super::Shared;
use super::entry::Entry;
use super::error::CarrierError;
use super::link::{Link, Raw};
use super::session::{Place, upgrade};
use crate::store::carried::{plain_digest, recorded_us};
use crate::store::{Store, Stored};

/// How long a full disk or queue is waited for.
const AGAIN: Duration = Duration::from_millis(100);

/// Reads for as long as the session lasts.
pub(super) async fn run(
    shared: &Shared,
    store: &Weak<Store>,
    mut link: Link,
    place: &Place,
) -> Result<Infallible, CarrierError> {
    loop {
        let after = place.held().read;
        let raws = link.read(place.stream(), after).await?;
        let Some(last) = raws.last().map(|(id, _)| *id) else {
            upgrade(store)?;
            continue;
        };
        take(shared, &*upgrade(store)?, raws, place).await?;
        place.held().read = last;
    }
}

/// Takes entries into the log. With them goes the position before them: should the server end in
/// between, they are read once more.
async fn take(shared: &Shared, store: &Store, raws: Vec<Raw>, place: &Place) -> Result<(), CarrierError> {
    let mut entries = Vec::with_capacity(raws.len());
    for (id, fields) in raws {
        let is_own = fields.get("s").is_some_and(|server| *server == shared.options.server.as_bytes());
        match Entry::read(fields) {
            Some(entry) => entries.push((entry, is_own)),
            None => {
                shared.count(|counters| &counters.refused, 1);
                tracing::error!(%id, "an entry of the stream was written by no server of this product");
            }
        }
    }
    for (entry, _) in &entries {
        adopt(shared, store, entry)?;
    }
    let items: Vec<Item> = entries.iter().map(|(entry, _)| entry.carried.item()).collect();
    let cursor = place.held().cursor(place.stream());
    let stored = submit(store, Batch { items, cursors: vec![cursor] }).await?;
    let mut rivals = Vec::new();
    let mut news = 0;
    for ((entry, is_own), outcome) in entries.iter().zip(stored.outcomes) {
        match outcome {
            Outcome::Appended(_) => news += 1,
            // This server wrote the entry: its record is the very one.
            Outcome::Duplicate(_) if *is_own => {}
            Outcome::Duplicate(seq) | Outcome::IdReused(seq) => {
                rivals.extend(rival(shared, store, entry, Seq(seq.get()))?);
            }
        }
    }
    shared.count(|counters| &counters.present, news);
    if !rivals.is_empty() {
        submit(store, Batch::of(rivals)).await?;
    }
    Ok(())
}

/// The keys go first: they are durable before the records that need them.
fn adopt(shared: &Shared, store: &Store, entry: &Entry) -> Result<(), CarrierError> {
    for (case, key) in entry.all_keys() {
        match store.keys().adopt(&case, key) {
            Err(toancanh_log::keys::KeyError::NotAuthentic) => {
                shared.count(|counters| &counters.refused, 1);
                tracing::error!(
                    "a key of the stream is of another ring: what it seals stays unreadable here"
                );
            }
            adopted => adopted?,
        }
    }
    Ok(())
}

/// What is to be kept of an event whose identity this log holds: nothing where it says the same and
/// was recorded no earlier.
fn rival(shared: &Shared, store: &Store, entry: &Entry, standing: Seq) -> Result<Option<Item>, CarrierError> {
    let Some(standing) = store.read_many(&[standing])?.pop() else { return Ok(None) };
    let carried = &entry.carried;
    let same = carried.digest == standing.digest || says_the_same(store, entry, &standing);
    if same {
        let is_earlier = carried.recorded_us < recorded_us(&standing);
        return Ok(is_earlier.then(|| carried.rival_item(&standing, true)));
    }
    shared.count(|counters| &counters.rivals, 1);
    Ok(Some(carried.rival_item(&standing, false)))
}

/// Sealed under keys of two servers, equal content has two digests.
fn says_the_same(store: &Store, entry: &Entry, standing: &StoredRecord) -> bool {
    let came = StoredRecord { bytes: entry.carried.payload.clone(), ..standing.clone() };
    let digest = plain_digest(store.keys(), &came);
    digest.is_some() && digest == plain_digest(store.keys(), standing)
}

/// Hands a batch to the log, and waits while it has no room: nothing is skipped.
pub(super) async fn submit(store: &Store, batch: Batch) -> Result<Stored, CarrierError> {
    loop {
        match store.submit(batch.clone()).await {
            Err(AppendError::Busy | AppendError::Full) => tokio::time::sleep(AGAIN).await,
            answer => return Ok(answer?),
        }
    }
}
