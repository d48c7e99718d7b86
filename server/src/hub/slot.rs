//! One question that is followed: its rows, its numbered frames, and who follows.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use domain::wire::{Delta, ServerFrame, Snapshot};
use engine::{Frozen, MicroBatch, Topic};

use super::beat::Now;
use super::frame::{Format, Frame};
use super::{RESUME, Socket};
use crate::core::Subscribe;
use crate::telemetry::Telemetry;

/// Deltas are kept for those who come back within [`RESUME`], at most so many bytes of them; who
/// left before the oldest kept gets a snapshot.
const RING_BYTES: usize = 4 << 20;

pub(super) struct Slot {
    name: String,
    topic: Topic,
    n: u64,
    ring: VecDeque<(Instant, Arc<Frame>)>,
    ring_bytes: usize,
    /// The snapshot last encoded, good as long as nothing changed since.
    snapshot: Option<Arc<Frame>>,
    followers: Vec<Follower>,
    alone_since: Option<Instant>,
}

struct Follower {
    socket: Arc<Socket>,
    /// Its own numbers for this question, at least one.
    ids: Vec<u32>,
}

impl Slot {
    pub(super) fn new(name: String, topic: Topic) -> Self {
        Self {
            name,
            topic,
            n: 0,
            ring: VecDeque::new(),
            ring_bytes: 0,
            snapshot: None,
            followers: Vec::new(),
            alone_since: Some(Instant::now()),
        }
    }

    pub(super) fn is_followed_by(&self, socket: &Arc<Socket>) -> bool {
        self.followers.iter().any(|follower| Arc::ptr_eq(&follower.socket, socket))
    }

    /// Under how many numbers of its own a socket follows.
    pub(super) fn subscriptions_of(&self, socket: &Arc<Socket>) -> usize {
        self.followers
            .iter()
            .find(|follower| Arc::ptr_eq(&follower.socket, socket))
            .map_or(0, |follower| follower.ids.len())
    }

    /// A socket follows: it gets what it missed, else everything. One that follows already under
    /// another number gets each frame once for all of them.
    pub(super) fn follow(&mut self, wish: &Subscribe, epoch: u64, now: &Now) {
        let socket = &wish.socket;
        match self.followers.iter_mut().find(|follower| Arc::ptr_eq(&follower.socket, socket)) {
            Some(follower) => follower.ids.push(wish.id),
            None => self.followers.push(Follower { socket: socket.clone(), ids: vec![wish.id] }),
        }
        self.alone_since = None;
        socket.push(Frame::new(ServerFrame::Subscribed { id: wish.id, topic: self.name.clone() }));
        let missed = wish
            .since
            .filter(|since| since.epoch == epoch && since.n > 0)
            .and_then(|since| self.missed(since.n));
        match missed {
            Some(frames) => frames.into_iter().for_each(|frame| socket.push(frame)),
            None => socket.push(self.all(now)),
        }
    }

    pub(super) fn leave(&mut self, socket: &Arc<Socket>, id: Option<u32>) {
        self.followers.retain_mut(|follower| {
            if !Arc::ptr_eq(&follower.socket, socket) {
                return true;
            }
            follower.ids.retain(|own| id.is_some_and(|id| id != *own));
            !follower.ids.is_empty()
        });
        if self.followers.is_empty() {
            self.alone_since.get_or_insert_with(Instant::now);
        }
    }

    /// Whether nobody has followed for so long that nobody comes back.
    pub(super) fn is_forgotten(&self) -> bool {
        self.alone_since.is_some_and(|since| since.elapsed() > RESUME)
    }

    /// One tick: only what changed goes out, once encoded.
    pub(super) fn step(&mut self, batch: &MicroBatch, after: &Frozen, now: &Now, telemetry: &Telemetry) {
        let change = self.topic.step(batch, after);
        if change.is_empty() {
            return;
        }
        self.n += 1;
        let frame = Frame::new(ServerFrame::Delta(Delta {
            topic: self.name.clone(),
            n: self.n,
            seq: now.seq,
            at: now.at.clone(),
            upsert: change.upsert,
            remove: change.remove,
        }));
        self.snapshot = None;
        for follower in &self.followers {
            follower.socket.push(frame.clone());
        }
        telemetry.live_frames_total.fetch_add(self.followers.len() as u64, Relaxed);
        self.keep(frame);
    }

    /// The newest of everything, for a socket that was behind.
    pub(super) fn resend(&mut self, socket: &Arc<Socket>, now: &Now) {
        if self.is_followed_by(socket) {
            socket.push(self.all(now));
        }
    }

    fn keep(&mut self, frame: Arc<Frame>) {
        self.ring_bytes += frame.len(Format::Binary);
        self.ring.push_back((Instant::now(), frame));
        while let Some((kept, oldest)) = self.ring.front() {
            if kept.elapsed() <= RESUME && self.ring_bytes <= RING_BYTES {
                break;
            }
            self.ring_bytes -= oldest.len(Format::Binary);
            self.ring.pop_front();
        }
    }

    /// The deltas after frame `n`, if all of them are still kept.
    fn missed(&self, n: u64) -> Option<Vec<Arc<Frame>>> {
        if n > self.n {
            return None;
        }
        let count = usize::try_from(self.n - n).ok()?;
        let first = self.ring.len().checked_sub(count)?;
        Some(self.ring.iter().skip(first).map(|(_, frame)| frame.clone()).collect())
    }

    fn all(&mut self, now: &Now) -> Arc<Frame> {
        // The first snapshot of a topic is its frame 1: 0 means "has nothing".
        self.n = self.n.max(1);
        let fresh = |frame: &Arc<Frame>| match frame.says() {
            ServerFrame::Snapshot(snapshot) => snapshot.at == now.at && snapshot.seq == now.seq,
            _ => false,
        };
        if let Some(frame) = self.snapshot.as_ref().filter(|frame| fresh(frame)) {
            return frame.clone();
        }
        let frame = Frame::new(ServerFrame::Snapshot(Snapshot {
            topic: self.name.clone(),
            n: self.n,
            seq: now.seq,
            at: now.at.clone(),
            columns: self.topic.columns(),
            rows: self.topic.rows(),
        }));
        self.snapshot = Some(frame.clone());
        frame
    }
}
