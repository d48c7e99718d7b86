//! Playing recorded events into a running server, as their sources once sent them: each when the
//! city's clock reaches its time, through the same door as every other source.
//!
//! What is due goes out every [`STEP`] as batches, through a WebSocket or by requests. A batch is
//! given up only when it is answered: after a broken connection it is sent again under the same
//! ids, and what had come through is answered as a duplicate. Each second every source of the file
//! says by a heartbeat how far it has sent everything.

mod carry;
mod index;
mod post;
mod progress;
mod socket;
mod spool;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use crate::source::Token;

pub use carry::CarryError;
pub use spool::Spool;

use carry::{Answered, Batch};
use index::Index;
use progress::Progress;

/// How often what is due is gathered.
const STEP: Duration = Duration::from_millis(100);
/// How often each source says how far it is, in real time.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(1);
/// Events of one batch.
const BATCH_EVENTS_MAX: usize = 500;
/// Bytes of one batch.
const BATCH_BYTES_MAX: usize = 1 << 20;
/// Batches on their way. When so many wait for their answer, the replay falls behind its clock,
/// says so, and catches up as fast as the server takes them.
const BATCHES_MAX: usize = 32;

/// Which events to play.
pub enum Events {
    /// A file with one event a line; `.gz` and `.zst` by content. In any order.
    File(PathBuf),
    /// Events that were put aside before.
    Spool(Spool),
}

/// How to play.
pub struct Play {
    /// What.
    pub events: Events,
    /// Where: `http://…` or `ws://…` (or with TLS) opens a WebSocket at `/api/v1/events/stream`; an
    /// address that ends in `/api/v1/events` is posted to.
    pub to: String,
    /// In whose name.
    pub token: Token,
    /// What time it is in the replay. It may jump forwards and stand still.
    pub now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// Events before this are left out.
    pub from: Option<Timestamp>,
    /// Where it ends: events at or after this are left out, and the replay lasts until the clock is
    /// there.
    pub until: Option<Timestamp>,
    /// Whether to draw nothing on standard error.
    pub quiet: bool,
}

/// What was played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Events of the file that were sent.
    pub sent: u64,
    /// Of them (and of the heartbeats) new in the log.
    pub accepted: u64,
    /// There already.
    pub duplicates: u64,
    /// Refused one by one.
    pub rejected: u64,
    /// Why the first of them were refused.
    pub reasons: Vec<String>,
    /// Lines of the file that are no events with a time.
    pub unreadable: u64,
    /// How often the connection was opened again.
    pub reconnects: u64,
}

/// Why a replay ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system or the decompressor says.
        source: std::io::Error,
    },
    /// There is nothing to play.
    #[error("{}: no line is an event with a time; replay takes one CloudEvent a line, or a case file with --mapping and --city", path.display())]
    Nothing {
        /// Which.
        path: PathBuf,
    },
    /// The server cannot be reached or does not want it.
    #[error(transparent)]
    Carry(#[from] CarryError),
}

/// The time of the first event, for a clock that starts there.
///
/// # Errors
/// Where the file cannot be read or holds no event.
pub fn first_time(events: &Events, from: Option<Timestamp>) -> Result<Timestamp, ReplayError> {
    let index = Index::of(events)?;
    index.first(from).ok_or_else(|| ReplayError::Nothing { path: index.path.clone() })
}

/// Plays to the end.
///
/// # Errors
/// [`ReplayError`] says what to do. What was answered before is in the server's log.
pub async fn play(play: Play) -> Result<Played, ReplayError> {
    let Play { events, to, token, now, from, until, quiet } = play;
    let index = tokio::task::spawn_blocking(move || Index::of(&events))
        .await
        .map_err(|error| CarryError::Lost(error.to_string()))??;
    let progress = if quiet { Progress::hidden() } else { Progress::over(index.len(from, until)) };
    // Both hold at most what is on its way; the sender of the fuller one waits.
    let (batches, to_carry) = mpsc::channel(BATCHES_MAX);
    let (answers, answered) = mpsc::channel(BATCHES_MAX);
    let carrier = carry::start(&to, token, to_carry, answers)?;
    let player = Player {
        played: Played { unreadable: index.unreadable, ..Played::default() },
        batches: Some(batches),
        answered,
        on_the_way: VecDeque::new(),
        heartbeats: 0,
        run: format!("{:x}", jiff::Timestamp::now().as_microsecond()),
        now,
        until,
        progress,
    };
    let played = player.run(index, from).await;
    // The carrier ends once nobody gives it anything, or with why it could not go on.
    let carried = carrier.await.map_err(|error| CarryError::Lost(error.to_string()))?;
    match (played, carried) {
        (_, Err(error)) => Err(error.into()),
        (Ok(played), Ok(reconnects)) => Ok(Played { reconnects, ..played }),
        (Err(error), Ok(_)) => Err(error),
    }
}

struct Player {
    played: Played,
    batches: Option<mpsc::Sender<Batch>>,
    answered: mpsc::Receiver<Answered>,
    /// The first time in each batch that waits for its answer, in the order sent.
    on_the_way: VecDeque<(u64, Timestamp)>,
    heartbeats: u64,
    run: String,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    until: Option<Timestamp>,
    progress: Progress,
}

impl Player {
    async fn run(mut self, index: Index, from: Option<Timestamp>) -> Result<Played, ReplayError> {
        let path = index.path.clone();
        let at_fault = |source| ReplayError::File { path: path.clone(), source };
        let sources = index.sources.clone();
        let mut walk = index.walk(from, self.until).map_err(at_fault)?;
        let mut step = interval(STEP);
        step.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut beaten: Option<Instant> = None;
        let mut number = 0;
        loop {
            tokio::select! {
                answer = self.answered.recv() => match answer {
                    Some(answer) => self.account(&answer),
                    // The carrier has ended and says why to whoever awaits it.
                    None => return Ok(self.played),
                },
                _ = step.tick() => {
                    let now = (self.now)();
                    while self.on_the_way.len() < BATCHES_MAX {
                        let Some(batch) = walk.due(number, now).map_err(at_fault)? else { break };
                        number += 1;
                        self.played.sent += batch.events as u64;
                        if !self.send(batch).await {
                            return Ok(self.played);
                        }
                    }
                    let behind = walk.next_time().filter(|next| *next <= now);
                    let is_over = walk.next_time().is_none() && self.until.is_none_or(|until| now >= until);
                    if is_over || beaten.is_none_or(|at| at.elapsed() >= HEARTBEAT_EVERY) {
                        beaten = Some(Instant::now());
                        let batch = self.heartbeat(number, now, behind, &sources);
                        number += 1;
                        if batch.events > 0 && self.on_the_way.len() <= BATCHES_MAX && !self.send(batch).await {
                            return Ok(self.played);
                        }
                    }
                    self.progress.show(&self.played, now, behind);
                    if is_over {
                        return self.finish().await;
                    }
                }
            }
        }
    }

    /// Everything is sent: waits for the last answers.
    async fn finish(mut self) -> Result<Played, ReplayError> {
        drop(self.batches.take());
        while let Some(answer) = self.answered.recv().await {
            self.account(&answer);
        }
        self.progress.finish();
        Ok(self.played)
    }

    async fn send(&mut self, batch: Batch) -> bool {
        self.on_the_way.push_back((batch.number, batch.first));
        match &self.batches {
            Some(batches) => batches.send(batch).await.is_ok(),
            None => false,
        }
    }

    fn account(&mut self, answered: &Answered) {
        self.on_the_way.retain(|(number, _)| *number != answered.number);
        let answer = &answered.answer;
        self.played.accepted += answer.accepted;
        self.played.duplicates += answer.duplicates;
        self.played.rejected += answer.rejected.len() as u64;
        for rejection in &answer.rejected {
            if self.played.reasons.len() == 3 {
                break;
            }
            let reason = format!("{}: {}", rejection.problem.slug(), rejection.problem.detail);
            if !self.played.reasons.contains(&reason) {
                self.played.reasons.push(reason);
            }
        }
    }

    /// What each source says of itself: that it has sent everything up to the replay's now, or, while
    /// something still waits, up to the first of what waits.
    fn heartbeat(
        &mut self,
        number: u64,
        now: Timestamp,
        behind: Option<Timestamp>,
        sources: &[String],
    ) -> Batch {
        let waiting = self.on_the_way.iter().map(|(_, first)| *first).chain(behind).min();
        let watermark = waiting.map_or(now, |first| first.plus_micros(-Timestamp::STEP).min(now));
        let beat = |source: &String| {
            let event = serde_json::json!({
                "specversion": "1.0",
                "id": format!("heartbeat-{}-{}", self.run, self.heartbeats),
                "source": source,
                "type": "vn.toancanh.source.heartbeat",
                "time": now.to_rfc3339(&TimeZone::UTC),
                "data": {"watermark": watermark.to_rfc3339(&TimeZone::UTC)},
            });
            event.to_string()
        };
        let lines: Vec<String> = sources.iter().map(beat).collect();
        self.heartbeats += 1;
        // Nothing that waits for a heartbeat's answer holds the watermark back.
        Batch { number, first: Timestamp::MAX, events: lines.len(), text: format!("[{}]", lines.join(",")) }
    }
}

fn at_path(path: &Path) -> impl Fn(std::io::Error) -> ReplayError + use<> {
    let path = path.to_owned();
    move |source| ReplayError::File { path: path.clone(), source }
}
