//! What has to be looked after while events are carried: that the primary is still the primary, that
//! the others know how far this server has read, and that the stream does not grow for ever.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Weak;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use toancanh_log::Batch;

use super::Shared;
use super::error::CarrierError;
use super::inbox::submit;
use super::link::{Link, Names};
use super::position::{Id, Position};
use super::purge::purge;
use super::report::Standing;
use super::session::{Place, upgrade};
use crate::store::Store;

/// How often it looks.
const EVERY: Duration = Duration::from_millis(500);
/// How often the position is written where nothing is read.
const KEEP_EVERY: Duration = Duration::from_secs(5);
/// How often the stream is trimmed.
const TRIM_EVERY: Duration = Duration::from_secs(10);
/// A server that was there so recently is running, milliseconds.
const RUNNING_MS: u64 = 3_000;
/// What every server has stays on the stream for so long, for the comparison after a change of primary.
const STAYS_MS: u64 = 60 * 60 * 1_000;

/// A server in the hash of servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Server {
    /// How far it has read.
    read: Id,
    /// When it was last there, by Redis' clock, milliseconds since 1970 UTC.
    seen_ms: u64,
    /// Which start of it.
    start: u64,
}

/// Says that this server is there, unless another one by its name is.
pub(super) async fn claim(
    shared: &Shared,
    link: &mut Link,
    names: &Names,
    start: u64,
    read: Id,
) -> Result<(), CarrierError> {
    let now_ms = link.now_ms().await?;
    if let Some(before) = held(shared, link, names).await?
        && before.start != start
        && before.seen_ms + RUNNING_MS > now_ms
    {
        // A server that was just started again finds itself; another one that runs goes on saying so.
        tokio::time::sleep(EVERY * 3).await;
        let again = held(shared, link, names).await?;
        if again.is_some_and(|again| again.seen_ms != before.seen_ms) {
            return Err(CarrierError::Stopped(Standing::NameTaken));
        }
    }
    tell(shared, link, names, Server { read, seen_ms: now_ms, start }).await
}

/// What stands under this server's name.
async fn held(shared: &Shared, link: &mut Link, names: &Names) -> Result<Option<Server>, CarrierError> {
    let mut command = redis::cmd("HGET");
    let held: Option<String> =
        link.ask("looking for this server", command.arg(&names.servers).arg(&shared.options.server)).await?;
    Ok(held.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Looks after it for as long as the session lasts.
pub(super) async fn run(
    shared: &Shared,
    store: &Weak<Store>,
    mut link: Link,
    names: &Names,
    place: &Place,
    start: u64,
) -> Result<Infallible, CarrierError> {
    let mut kept = (Instant::now(), place.held().clone());
    let mut trimmed: Option<Instant> = None;
    loop {
        link.check(&shared.options, names).await?;
        // Before the end is asked for: what is read meanwhile lies below it.
        let read = place.held().read;
        let ends = link.ends(names).await?;
        if ends.last < read {
            // Somebody took the stream away.
            return Err(CarrierError::Moved);
        }
        if ends.trimmed > read {
            return Err(CarrierError::Stopped(Standing::MustBeRestored));
        }
        let lag_ms = if read >= ends.last { 0 } else { ends.last.0.saturating_sub(read.0).max(1) };
        shared.counters.lag_ms.store(i64::try_from(lag_ms).unwrap_or(i64::MAX), Ordering::Relaxed);
        let now_ms = link.now_ms().await?;
        tell(shared, &mut link, names, Server { read, seen_ms: now_ms, start }).await?;
        if *shared.standing.borrow() == Standing::Live {
            place.held().live_us = jiff::Timestamp::now().as_microsecond();
        }
        keep(store, place, &mut kept).await?;
        if trimmed.is_none_or(|trimmed| trimmed.elapsed() >= TRIM_EVERY) {
            trimmed = Some(Instant::now());
            trim(shared, &mut link, names, now_ms).await?;
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn tell(shared: &Shared, link: &mut Link, names: &Names, server: Server) -> Result<(), CarrierError> {
    // Numbers alone: writing them as JSON cannot fail.
    let text = serde_json::to_string(&server).unwrap_or_default();
    let mut command = redis::cmd("HSET");
    command.arg(&names.servers).arg(&shared.options.server).arg(text);
    link.ask::<()>("saying that this server is there", &command).await
}

/// Writes the position where no events took it along.
async fn keep(
    store: &Weak<Store>,
    place: &Place,
    kept: &mut (Instant, Position),
) -> Result<(), CarrierError> {
    let now = place.held().clone();
    if kept.0.elapsed() < KEEP_EVERY || kept.1 == now {
        return Ok(());
    }
    let batch = Batch { items: Vec::new(), cursors: vec![now.cursor(place.stream())] };
    submit(&*upgrade(store)?, batch).await?;
    *kept = (Instant::now(), now);
    Ok(())
}

async fn trim(shared: &Shared, link: &mut Link, names: &Names, now_ms: u64) -> Result<(), CarrierError> {
    let doing = "trimming the stream";
    let told: HashMap<String, String> = link.ask(doing, redis::cmd("HGETALL").arg(&names.servers)).await?;
    let servers: Vec<Server> = told.values().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let absence_ms = u64::try_from(shared.options.absence.as_millis()).unwrap_or(u64::MAX);
    if servers.len() < told.len() {
        // Somebody wrote there in a form that this program does not know: nothing is taken from him.
        return Ok(());
    }
    if let Some(read) = read_by_all(&servers, now_ms, absence_ms) {
        purge(shared, link, names, read, now_ms).await?;
    }
    let Some(below) = trim_below(&servers, now_ms, absence_ms, STAYS_MS) else { return Ok(()) };
    let trimmed = link.trim(names, below).await?;
    if trimmed > 0 {
        tracing::info!(trimmed, "what every server has was trimmed from the stream");
    }
    Ok(())
}

/// Up to which id every server has read that was not away for too long.
fn read_by_all(servers: &[Server], now_ms: u64, absence_ms: u64) -> Option<Id> {
    let holds = |server: &&Server| server.seen_ms.saturating_add(absence_ms) >= now_ms;
    servers.iter().filter(holds).map(|server| server.read).min()
}

/// Below which id every server has everything, and nothing is needed for a comparison.
fn trim_below(servers: &[Server], now_ms: u64, absence_ms: u64, stays_ms: u64) -> Option<Id> {
    let read = read_by_all(servers, now_ms, absence_ms)?;
    let below = read.min(Id(now_ms.saturating_sub(stays_ms), 0));
    (below > Id::default()).then_some(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(servers: &[(u64, u64)], want: Option<u64>) {
        let server =
            |(read, seen_ms): &(u64, u64)| Server { read: Id(*read, 0), seen_ms: *seen_ms, start: 1 };
        let servers: Vec<Server> = servers.iter().map(server).collect();
        let below = trim_below(&servers, 10_000, 1_000, 2_000);
        assert_eq!(below.map(|id| id.0), want);
    }

    #[test]
    fn only_what_every_server_has_is_trimmed_and_one_that_is_away_for_too_long_no_longer_holds_it() {
        check(&[(5_000, 10_000), (7_000, 9_500)], Some(5_000));
        check(&[(5_000, 8_900), (7_000, 9_500)], Some(7_000));
        check(&[(9_900, 10_000)], Some(8_000));
        check(&[(0, 10_000), (7_000, 9_500)], None);
        check(&[(5_000, 1)], None);
        check(&[], None);
    }
}
