//! The hub: each distinct question is kept once, moved on once a tick, encoded once, and the same
//! bytes are shared with every socket that follows it. It lives on the core's thread.
//!
//! Not here: what a number means (`engine`), sockets' reading and writing (`http::live`).

mod beat;
mod frame;
mod slot;
mod socket;

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::{Duration, Instant};

use domain::problem::Problem;
use domain::query::Query;
use domain::wire::ServerFrame;
use engine::{Frozen, MicroBatch, Topic};

use crate::core::{Snapshot, Subscribe};
use crate::telemetry::Telemetry;

pub use beat::Now;
pub use frame::{Format, Frame};
use slot::Slot;
pub use socket::{Closing, Socket};

/// A topic that nobody follows is kept this long, so that who comes back gets deltas.
pub const RESUME: Duration = Duration::from_secs(60);

/// How many questions are kept at once; one more is refused until others have gone.
const TOPICS_MAX: usize = 1_024;

/// Under how many numbers one socket may follow questions.
const FOLLOWED_MAX: usize = 128;

/// How many ticks a question's first rows may take: a minute of them.
const RECENT_TICKS: usize = 240;

/// A question whose first rows are ready, as of a tick.
pub(crate) struct Ready {
    query: Query,
    tick: u64,
    topic: Result<Topic, Problem>,
}

/// A question whose first rows are asked for.
pub(crate) struct Job {
    query: Query,
    tick: u64,
    frozen: Arc<Frozen>,
}

impl Job {
    /// Counts the first rows: work for a thread of its own.
    pub(crate) fn run(self) -> Ready {
        let topic = Topic::new(&self.frozen, self.query.clone()).map_err(Problem::from);
        Ready { query: self.query, tick: self.tick, topic }
    }
}

/// Every question that somebody follows.
pub(crate) struct Hub {
    epoch: u64,
    topics_named: u64,
    slots: HashMap<Query, Slot>,
    /// Questions whose first rows are being counted, and who waits for them.
    waiting: HashMap<Query, Vec<Subscribe>>,
    /// The last ticks, for questions whose first rows took longer than one.
    recent: VecDeque<(u64, Arc<MicroBatch>, Arc<Frozen>)>,
    sockets: Vec<Arc<Socket>>,
    /// Where first rows are counted. It holds 256 jobs; when it is full the question is refused.
    builder: SyncSender<Job>,
    telemetry: Arc<Telemetry>,
}

impl Hub {
    pub(crate) fn new(epoch: u64, builder: SyncSender<Job>, telemetry: Arc<Telemetry>) -> Self {
        Self {
            epoch,
            topics_named: 0,
            slots: HashMap::new(),
            waiting: HashMap::new(),
            recent: VecDeque::new(),
            sockets: Vec::new(),
            builder,
            telemetry,
        }
    }

    /// A socket wants beats from now on.
    pub(crate) fn open(&mut self, socket: Arc<Socket>) {
        self.sockets.push(socket);
        self.telemetry.live_sockets.store(self.sockets.len() as u64, Relaxed);
    }

    /// A socket follows a question. Its number for it may have stood for another one until now.
    pub(crate) fn subscribe(&mut self, wish: Subscribe, snapshot: &Snapshot, now: &Now) {
        self.unsubscribe(&wish.socket, Some(wish.id));
        if let Err(problem) = self.admit(&wish, snapshot) {
            wish.socket.push(Frame::new(ServerFrame::Error { id: Some(wish.id), problem }));
            return;
        }
        if let Some(slot) = self.slots.get_mut(&wish.query) {
            slot.follow(&wish, self.epoch, now);
            return;
        }
        if let Some(waiting) = self.waiting.get_mut(&wish.query) {
            waiting.push(wish);
            return;
        }
        let query = wish.query.clone();
        self.waiting.insert(query.clone(), vec![wish]);
        self.ask(query, snapshot);
    }

    fn admit(&self, wish: &Subscribe, snapshot: &Snapshot) -> Result<(), Problem> {
        let busy = |slug: &str, detail: &str| Problem::new(slug, 503, "Not now", detail);
        if let Some(percent) = snapshot.rebuilding {
            return Err(crate::rebuilding::problem(percent));
        }
        if !wish.query.is_live() {
            let detail = "to, at, known_at and rules fix what is asked: ask GET /api/v1/aggregates for it";
            return Err(domain::query::bad("at", detail));
        }
        if self.slots.len() + self.waiting.len() >= TOPICS_MAX {
            return Err(busy("too-many-topics", "Too many different questions are followed now."));
        }
        let followed: usize = self.slots.values().map(|slot| slot.subscriptions_of(&wish.socket)).sum();
        if followed >= FOLLOWED_MAX {
            return Err(busy("too-many-topics", "This socket follows as many questions as it may."));
        }
        Ok(())
    }

    fn ask(&mut self, query: Query, snapshot: &Snapshot) {
        let job = Job { query, tick: snapshot.tick, frozen: snapshot.frozen.clone() };
        let Err(error) = self.builder.try_send(job) else {
            return;
        };
        let (TrySendError::Full(job) | TrySendError::Disconnected(job)) = error;
        let problem = Problem::new("busy", 503, "Not now", "Too many new questions at once; ask again.");
        refuse(self.waiting.remove(&job.query).unwrap_or_default(), &problem);
    }

    /// A question's first rows are ready: they are brought up to this tick, then followed.
    pub(crate) fn adopt(&mut self, ready: Ready, snapshot: &Snapshot, now: &Now) {
        let Some(waiting) = self.waiting.remove(&ready.query) else {
            return;
        };
        let mut topic = match ready.topic {
            Ok(topic) => topic,
            Err(problem) => return refuse(waiting, &problem),
        };
        let missed = snapshot.tick - ready.tick;
        if missed > self.recent.len() as u64 {
            // Counting took longer than a minute of ticks: once more, from now.
            self.waiting.insert(ready.query.clone(), waiting);
            self.ask(ready.query, snapshot);
            return;
        }
        for (_, batch, after) in self.recent.iter().filter(|(tick, ..)| *tick > ready.tick) {
            topic.step(batch, after);
        }
        self.topics_named += 1;
        let mut slot = Slot::new(format!("t{}", self.topics_named), topic);
        for wish in waiting {
            slot.follow(&wish, self.epoch, now);
        }
        self.slots.insert(ready.query, slot);
        self.telemetry.live_topics.store(self.slots.len() as u64, Relaxed);
    }

    /// A socket no longer follows one question, or goes altogether.
    pub(crate) fn unsubscribe(&mut self, socket: &Arc<Socket>, id: Option<u32>) {
        for slot in self.slots.values_mut() {
            slot.leave(socket, id);
        }
        for waiting in self.waiting.values_mut() {
            waiting.retain(|wish| !(Arc::ptr_eq(&wish.socket, socket) && id.is_none_or(|id| id == wish.id)));
        }
        if id.is_none() {
            self.sockets.retain(|other| !Arc::ptr_eq(other, socket));
            self.telemetry.live_sockets.store(self.sockets.len() as u64, Relaxed);
        }
    }

    /// Moves every question on by one tick and tells who follows.
    pub(crate) fn tick(&mut self, tick: u64, batch: Arc<MicroBatch>, frozen: &Arc<Frozen>, now: &Now) {
        for slot in self.slots.values_mut() {
            slot.step(&batch, frozen, now, &self.telemetry);
        }
        self.slots.retain(|_, slot| !slot.is_forgotten());
        self.telemetry.live_topics.store(self.slots.len() as u64, Relaxed);
        self.recent.push_back((tick, batch, frozen.clone()));
        while self.recent.len() > RECENT_TICKS || (self.waiting.is_empty() && self.recent.len() > 8) {
            self.recent.pop_front();
        }
    }

    /// Tells every socket the time, and gives those that were behind the newest of everything.
    pub(crate) fn beat(&mut self, now: &Now) {
        let frame = Frame::new(ServerFrame::Beat(now.beat()));
        let instant = Instant::now();
        for socket in &self.sockets {
            if socket.has_caught_up(instant) {
                for slot in self.slots.values_mut() {
                    slot.resend(socket, now);
                }
            }
            socket.push(frame.clone());
        }
    }

    /// Drops every topic: who follows is closed, comes back and gets snapshots.
    pub(crate) fn forget(&mut self) {
        self.slots.clear();
        self.recent.clear();
        self.close_all(Closing::Going);
    }

    /// Closes every socket from here.
    pub(crate) fn close_all(&mut self, why: Closing) {
        for socket in self.sockets.drain(..) {
            socket.close(why);
        }
    }
}

/// Tells everyone who waits why there is nothing to follow.
fn refuse(waiting: Vec<Subscribe>, problem: &Problem) {
    for wish in waiting {
        let problem = problem.clone();
        wish.socket.push(Frame::new(ServerFrame::Error { id: Some(wish.id), problem }));
    }
}
