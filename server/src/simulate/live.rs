//! The stream into a running server, on its clock: a stretch of city time is put aside, played through
//! the same door as every source, and then the next.

use domain::Timestamp;

use super::stream::Simulation;
use crate::replay::{self, Events, Play, Played, ReplayError, Spool};
use crate::source::Token;

/// City time that is made at once: short enough that a jump of the clock finds little to catch up with.
const STRETCH_SECS: i64 = 6 * 60 * 60;

/// Where to play a stream, and by which clock.
pub struct Live {
    /// `http://…` or `ws://…`, as for a replay.
    pub to: String,
    /// In whose name.
    pub token: Token,
    /// What time it is in the city.
    pub now: std::sync::Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Whether to draw nothing.
    pub quiet: bool,
}

/// Plays the stream from `from` until it ends; an endless one is played until the future is dropped.
///
/// # Errors
/// As [`replay::play`].
pub async fn feed(mut stream: Simulation, from: Timestamp, live: Live) -> Result<Played, ReplayError> {
    let mut whole = Played::default();
    let mut end = from;
    loop {
        end = end.max((live.now)()).plus_secs(STRETCH_SECS);
        let (spool, rest) = put_aside(stream, end).await?;
        stream = rest;
        let is_over = stream.next_time().is_none();
        let now = live.now.clone();
        let played = replay::play(Play {
            events: Events::Spool(spool),
            to: live.to.clone(),
            token: live.token.clone(),
            now: Box::new(move || now()),
            from: None,
            until: (!is_over).then_some(end),
            quiet: live.quiet,
        })
        .await?;
        add(&mut whole, played);
        if is_over {
            return Ok(whole);
        }
    }
}

/// What happens before `end`, in a file of its own.
async fn put_aside(mut stream: Simulation, end: Timestamp) -> Result<(Spool, Simulation), ReplayError> {
    let work = move || {
        let stretch = std::iter::from_fn(|| {
            stream.next_time().filter(|time| *time < end)?;
            stream.next().map(|simulated| simulated.event)
        });
        let spool = Spool::of_events("simulation", stretch)?;
        Ok::<_, std::io::Error>((spool, stream))
    };
    let aside = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| replay::CarryError::Lost(error.to_string()))?;
    aside.map_err(|source| ReplayError::File { path: "simulation".into(), source })
}

fn add(whole: &mut Played, played: Played) {
    whole.sent += played.sent;
    whole.accepted += played.accepted;
    whole.duplicates += played.duplicates;
    whole.rejected += played.rejected;
    whole.reconnects += played.reconnects;
    for reason in played.reasons {
        if whole.reasons.len() < 3 && !whole.reasons.contains(&reason) {
            whole.reasons.push(reason);
        }
    }
}
