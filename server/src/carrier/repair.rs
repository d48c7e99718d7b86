//! After a change of primary: what the new one has lost is offered again, by every server that has it.
//!
//! Recent records and recent entries are counted by the minute in which they were first taken. Only
//! where a minute's digest differs are its events looked for one by one.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Weak};

use domain::Seq;
use toancanh_log::StoredRecord;

use super::entry::Entry;
use super::error::CarrierError;
use super::link::Link;
use super::outbox::offer;
use super::position::{Id, Position};
use super::session::upgrade;
use super::{BATCH, BATCH_BYTES, Shared};
use crate::store::Store;
use crate::store::carried::{Carried, is_carried};

/// How far back the stream is read again and compared, milliseconds.
pub(super) const REWIND_MS: u64 = 10 * 60 * 1_000;
const MINUTE_US: i64 = 60_000_000;
const PAGE: usize = 1_000;

/// How many events were first taken in each minute, and the exclusive or of their identities.
type Minutes = BTreeMap<i64, (u64, u128)>;

/// Which event it is, in which content.
type Identity = u128;

/// Compares and offers again. Afterwards the stream has all that this log had of the time compared.
pub(super) async fn run(
    shared: &Shared,
    store: &Weak<Store>,
    link: &mut Link,
    stream: &str,
    position: &Position,
    from: Id,
) -> Result<(), CarrierError> {
    let there = on_stream(link, stream, from, |_| true).await?;
    let rewind_us = i64::try_from(REWIND_MS * 1_000).unwrap_or(i64::MAX);
    let since_us = position.live_us.saturating_sub(rewind_us);
    let confirmed = position.confirmed;
    let in_log = upgrade(store)?;
    let (first, here) = blocking(move || {
        let first = first_since(&in_log, since_us)?;
        let mut here = Vec::new();
        recent(&in_log, first, confirmed, |record| {
            here.push(mark(&Carried::of(record)));
            Ok(true)
        })?;
        Ok((first, here))
    })
    .await?;
    let differing = differing(&minutes(&here), &minutes(&there));
    if differing.is_empty() {
        return Ok(());
    }
    let there: HashSet<Identity> =
        there.into_iter().filter(|(minute, _)| differing.contains(minute)).map(|(_, id)| id).collect();
    let missing: HashSet<Identity> = here
        .into_iter()
        .filter(|(minute, id)| differing.contains(minute) && !there.contains(id))
        .map(|(_, id)| id)
        .collect();
    offer_missing(shared, store, link, stream, first, confirmed, Arc::new(missing)).await
}

async fn offer_missing(
    shared: &Shared,
    store: &Weak<Store>,
    link: &mut Link,
    stream: &str,
    mut first: u64,
    confirmed: u64,
    missing: Arc<HashSet<Identity>>,
) -> Result<(), CarrierError> {
    let mut left = missing.len();
    while left > 0 {
        let (store, wanted) = (upgrade(store)?, missing.clone());
        let (entries, next) = blocking(move || {
            let (mut entries, mut bytes, mut next) = (Vec::new(), 0, first);
            recent(&store, first, confirmed, |record| {
                next = record.seq.get() + 1;
                if wanted.contains(&mark(&Carried::of(record.clone())).1) {
                    let entry = Entry::of(record, store.keys())?;
                    bytes += entry.weight();
                    entries.push(entry);
                }
                Ok(entries.len() < BATCH && bytes < BATCH_BYTES)
            })?;
            Ok((entries, next))
        })
        .await?;
        if entries.is_empty() {
            return Ok(());
        }
        offer(shared, link, stream, &entries).await?;
        shared.count(|counters| &counters.repaired, entries.len());
        tracing::warn!(events = entries.len(), "Redis had lost events; they were offered again");
        left = left.saturating_sub(entries.len());
        first = next;
    }
    Ok(())
}

/// The records from a place on that were on the stream: other servers', and own ones that were confirmed.
fn recent(
    store: &Store,
    first: u64,
    confirmed: u64,
    mut take: impl FnMut(StoredRecord) -> Result<bool, CarrierError>,
) -> Result<(), CarrierError> {
    for record in store.read_from(Seq(first)) {
        let record = record?;
        let was_there = is_carried(&record) || record.seq.get() <= confirmed;
        if was_there && !take(record)? {
            return Ok(());
        }
    }
    Ok(())
}

/// The first place that this log took since an instant.
fn first_since(store: &Store, since_us: i64) -> Result<u64, CarrierError> {
    let (mut low, mut high) = (1, store.durable().0 + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let record = store.read_many(&[Seq(middle)])?.pop();
        if record.is_some_and(|record| record.recorded_us < since_us) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

async fn on_stream(
    link: &mut Link,
    stream: &str,
    mut after: Id,
    wanted: impl Fn(i64) -> bool,
) -> Result<Vec<(i64, Identity)>, CarrierError> {
    let mut marks = Vec::new();
    loop {
        let page = link.range(stream, after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(marks) };
        after = *last;
        let entries = page.into_iter().filter_map(|(_, fields)| Entry::read(fields));
        marks.extend(entries.map(|entry| mark(&entry.carried)).filter(|(minute, _)| wanted(*minute)));
    }
}

fn mark(carried: &Carried) -> (i64, Identity) {
    let mut half = [0; 16];
    half.copy_from_slice(&carried.digest[..16]);
    let identity = u128::from_be_bytes(carried.key) ^ u128::from_be_bytes(half).rotate_left(1);
    (carried.recorded_us.div_euclid(MINUTE_US), identity)
}

fn minutes(marks: &[(i64, Identity)]) -> Minutes {
    let mut minutes = Minutes::new();
    // One event may stand on the stream twice, where it was offered again.
    for (minute, identity) in marks.iter().collect::<BTreeSet<_>>() {
        let (count, digest) = minutes.entry(*minute).or_default();
        *count += 1;
        *digest ^= identity;
    }
    minutes
}

/// The minutes of which the stream does not hold what this log holds.
fn differing(here: &Minutes, there: &Minutes) -> BTreeSet<i64> {
    here.iter().filter(|(minute, held)| there.get(*minute) != Some(held)).map(|(minute, _)| *minute).collect()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CarrierError> + Send + 'static,
) -> Result<T, CarrierError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(CarrierError::Lost))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(here: &[(i64, Identity)], there: &[(i64, Identity)], want: &[i64]) {
        let found: Vec<i64> = differing(&minutes(here), &minutes(there)).into_iter().collect();
        assert_eq!(found, want);
    }

    #[test]
    fn only_minutes_of_which_something_may_be_missing_are_looked_at() {
        check(&[(1, 5), (1, 6), (2, 7)], &[(2, 7), (1, 6), (1, 5), (3, 9)], &[]);
        check(&[(1, 5), (1, 6), (2, 7)], &[(1, 5), (2, 7)], &[1]);
        check(&[(1, 5)], &[], &[1]);
        // Offered twice, it stands there twice.
        check(&[(1, 5)], &[(1, 5), (1, 5)], &[]);
    }
}
