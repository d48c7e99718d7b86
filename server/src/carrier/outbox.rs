//! From the own log to the stream: what this server took is added, and is confirmed when a replica has
//! answered. The log is the queue; nothing else is held.

use std::convert::Infallible;
use std::sync::{Arc, Weak};
use std::time::Duration;

use domain::Seq;

use super::entry::Entry;
use super::error::CarrierError;
use super::link::Link;
use super::report::Standing;
use super::session::{Place, upgrade};
use super::{BATCH, BATCH_BYTES, Shared};
use crate::store::Store;
use crate::store::carried::is_carried;

/// Records looked at in one go: those of other servers are passed over.
const LOOKED_AT: usize = 20_000;
/// How often the log is looked at where nobody told of anything.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What is to be offered next.
struct Next {
    entries: Vec<Entry>,
    /// Everything up to here is in it, or is there already.
    last: u64,
}

/// Offers for as long as the session lasts.
pub(super) async fn run(
    shared: &Shared,
    store: &Weak<Store>,
    mut link: Link,
    place: &Place,
) -> Result<Infallible, CarrierError> {
    loop {
        let confirmed = place.held().confirmed;
        let next = look(upgrade(store)?, confirmed + 1).await?;
        let Some(next) = next else {
            // Either way it looks again.
            let _ = tokio::time::timeout(LOOK_EVERY, shared.grown.notified()).await;
            continue;
        };
        if !next.entries.is_empty() {
            offer(shared, &mut link, place.stream(), &next.entries).await?;
            shared.count(|counters| &counters.acknowledged, next.entries.len());
        }
        place.held().confirmed = next.last;
        shared.confirmed.send_replace(next.last);
    }
}

/// Adds entries, and returns when a replica has them: else nobody may be told that they are safe.
pub(super) async fn offer(
    shared: &Shared,
    link: &mut Link,
    stream: &str,
    entries: &[Entry],
) -> Result<(), CarrierError> {
    let before = *shared.standing.borrow();
    let mut replicas = link.offer(stream, &shared.options.server, entries).await?;
    while replicas == 0 && !shared.options.without_replica {
        shared.stands(Standing::NoReplica);
        // They are on the stream already: it is only asked again who has them.
        replicas = link.replicas().await?;
    }
    shared.stands(if before == Standing::NoReplica { Standing::Live } else { before });
    Ok(())
}

async fn look(store: Arc<Store>, from: u64) -> Result<Option<Next>, CarrierError> {
    tokio::task::spawn_blocking(move || {
        let mut next = Next { entries: Vec::new(), last: from - 1 };
        let mut bytes = 0;
        for record in store.read_from(Seq(from)).take(LOOKED_AT) {
            let record = record?;
            next.last = record.seq.get();
            if is_carried(&record) {
                continue;
            }
            let entry = Entry::of(record, store.keys())?;
            bytes += entry.weight();
            next.entries.push(entry);
            if next.entries.len() >= BATCH || bytes >= BATCH_BYTES {
                break;
            }
        }
        Ok((next.last >= from).then_some(next))
    })
    .await
    .unwrap_or(Err(CarrierError::Lost))
}
