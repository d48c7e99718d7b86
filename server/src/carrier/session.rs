//! One connection after the other: each is begun by finding the primary, seeing whether it is the one
//! of before, and repairing what a change has lost; and ends with the first thing that goes wrong.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::error::CarrierError;
use super::link::{Link, Names};
use super::position::Position;
use super::repair::{self, REWIND_MS};
use super::report::Standing;
use super::{Shared, inbox, outbox, steward};
use crate::store::Store;

/// The first wait after a failure; it doubles, and a part of it is left to chance, so that servers do
/// not come back all at once.
const WAIT_MIN: Duration = Duration::from_millis(100);
const WAIT_MAX: Duration = Duration::from_secs(3);
/// A session that lasted so long was none that failed.
const LASTED: Duration = Duration::from_secs(10);

/// How far this server is, shared by those who move it.
pub(super) struct Place {
    position: Mutex<Position>,
    stream: String,
}

impl Place {
    /// Held for a step only, never across a wait.
    pub(super) fn held(&self) -> MutexGuard<'_, Position> {
        self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stream(&self) -> &str {
        &self.stream
    }
}

/// The store, while the server lives.
pub(super) fn upgrade(store: &Weak<Store>) -> Result<Arc<Store>, CarrierError> {
    store.upgrade().ok_or(CarrierError::Stopping)
}

/// Carries until the store is gone.
pub(super) async fn run(shared: &Shared, store: &Weak<Store>) {
    let names = Names::of(&shared.options);
    let Ok(held) = upgrade(store) else { return };
    let position = Position::of(held.log(), &names.stream);
    drop(held);
    shared.confirmed.send_replace(position.confirmed);
    let place = Place { position: Mutex::new(position), stream: names.stream.clone() };
    let start = rand::random::<u64>();
    let mut wait = WAIT_MIN;
    loop {
        let began = Instant::now();
        let Err(error) = once(shared, store, &names, &place, start).await;
        let standing = match &error {
            CarrierError::Stopping => return,
            CarrierError::Stopped(standing) => *standing,
            _ => Standing::Away,
        };
        if store.strong_count() == 0 {
            return;
        }
        // Once, however often it is tried again.
        if *shared.standing.borrow() != standing {
            tracing::warn!(%error, "the session with Redis ended");
        }
        shared.stands(standing);
        shared.counters.lag_ms.store(-1, std::sync::atomic::Ordering::Relaxed);
        if began.elapsed() >= LASTED {
            wait = WAIT_MIN;
        }
        tokio::time::sleep(wait.mul_f64(0.5 + rand::random::<f64>() / 2.0)).await;
        wait = (wait * 2).min(WAIT_MAX);
    }
}

async fn once(
    shared: &Shared,
    store: &Weak<Store>,
    names: &Names,
    place: &Place,
    start: u64,
) -> Result<std::convert::Infallible, CarrierError> {
    let mut link = Link::open(&shared.options, names).await?;
    check_ring(store, &mut link, names).await?;
    let ends = link.ends(names).await?;
    let position = place.held().clone();
    steward::claim(shared, &mut link, names, start, position.read).await?;
    if ends.trimmed > position.read {
        return Err(CarrierError::Stopped(Standing::MustBeRestored));
    }
    if position.primary != link.primary || ends.last < position.read {
        // Ids may have gone back, to below what was read.
        let from = position.read.min(ends.last).earlier(REWIND_MS).max(ends.trimmed);
        if !position.primary.is_empty() {
            shared.stands(Standing::Repairing);
            shared.count(|counters| &counters.primaries, 1);
            repair::run(shared, store, &mut link, &names.stream, &position, from).await?;
        }
        let mut held = place.held();
        held.read = from;
        held.primary.clone_from(&link.primary);
    }
    shared.stands(Standing::Live);
    let (reads, looks) = (link.another(&shared.options).await?, link.another(&shared.options).await?);
    tokio::select! {
        ended = outbox::run(shared, store, link, place) => ended,
        ended = inbox::run(shared, store, reads, place) => ended,
        ended = steward::run(shared, store, looks, names, place, start) => ended,
    }
}

/// All servers of a city seal with one key ring: the first says which.
async fn check_ring(store: &Weak<Store>, link: &mut Link, names: &Names) -> Result<(), CarrierError> {
    let own: String = upgrade(store)?.keys().ring().iter().map(|byte| format!("{byte:02x}")).collect();
    let doing = "comparing key rings";
    let mut command = redis::cmd("HSETNX");
    link.ask::<()>(doing, command.arg(&names.about).arg("keys").arg(&own)).await?;
    let held: String = link.ask(doing, redis::cmd("HGET").arg(&names.about).arg("keys")).await?;
    if held == own { Ok(()) } else { Err(CarrierError::Stopped(Standing::OtherKeys)) }
}
