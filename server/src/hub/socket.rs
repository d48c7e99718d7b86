//! What waits for one socket: a bounded queue between the core, which never waits, and the task
//! that writes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::frame::{Format, Frame};

/// How many messages may wait.
const QUEUE_FRAMES: usize = 64;
/// How many bytes may wait, but for a lone message.
const QUEUE_BYTES: usize = 1 << 20;
/// A socket that is behind and reads nothing for so long is closed.
const STUCK: Duration = Duration::from_secs(10);

/// One open socket, as the hub sees it.
#[derive(Debug)]
pub struct Socket {
    format: Format,
    queue: Mutex<Queue>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Arc<Frame>>,
    bytes: usize,
    /// Since when frames had to be dropped; the newest snapshots follow once it reads again.
    behind_since: Option<Instant>,
    closing: Option<Closing>,
    dropped: u64,
}

/// Why a socket is closed from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// It read nothing for ten seconds while it was behind.
    TooSlow,
    /// The server goes.
    Going,
}

impl Closing {
    /// The close code: 1013 is "try again later", 1001 "going away".
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::TooSlow => 1013,
            Self::Going => 1001,
        }
    }
}

impl Socket {
    /// A socket that reads `format`.
    #[must_use]
    pub fn new(format: Format) -> Arc<Self> {
        Arc::new(Self { format, queue: Mutex::default(), filled: Notify::new() })
    }

    /// In which form it reads.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Gives it a message. When the queue is full everything that a snapshot will replace is
    /// dropped, and the socket is behind.
    pub fn push(&self, frame: Arc<Frame>) {
        let mut queue = self.lock();
        if queue.behind_since.is_some() && frame.is_replaceable() {
            queue.dropped += 1;
            return;
        }
        let len = frame.len(self.format);
        let full = queue.frames.len() >= QUEUE_FRAMES
            || (queue.bytes + len > QUEUE_BYTES && !queue.frames.is_empty());
        if full && frame.is_replaceable() {
            queue.fall_behind(self.format);
            queue.dropped += 1;
            return;
        }
        if queue.frames.len() >= 2 * QUEUE_FRAMES {
            // Only answers to its own requests are left: it asks and does not read.
            queue.closing = Some(Closing::TooSlow);
        } else {
            queue.bytes += len;
            queue.frames.push_back(frame);
        }
        drop(queue);
        self.filled.notify_one();
    }

    /// The next message to write; waits for one. The end says why.
    ///
    /// # Errors
    /// [`Closing`] once it shall be closed.
    pub async fn next(&self) -> Result<Arc<Frame>, Closing> {
        loop {
            let filled = self.filled.notified();
            {
                let mut queue = self.lock();
                if let Some(closing) = queue.closing {
                    return Err(closing);
                }
                if let Some(frame) = queue.frames.pop_front() {
                    queue.bytes -= frame.len(self.format);
                    return Ok(frame);
                }
            }
            filled.await;
        }
    }

    /// Closes it from here.
    pub fn close(&self, why: Closing) {
        self.lock().closing.get_or_insert(why);
        self.filled.notify_one();
    }

    /// Whether it was behind and has read all that waited: then it is due the newest snapshots,
    /// and is no longer behind. One that has been stuck too long is closed.
    pub(super) fn has_caught_up(&self, now: Instant) -> bool {
        let mut queue = self.lock();
        let Some(since) = queue.behind_since else {
            return false;
        };
        if queue.frames.is_empty() {
            queue.behind_since = None;
            return true;
        }
        if now.duration_since(since) > STUCK {
            queue.closing.get_or_insert(Closing::TooSlow);
            drop(queue);
            self.filled.notify_one();
        }
        false
    }

    /// How many messages it lost to snapshots.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn fall_behind(&mut self, format: Format) {
        self.behind_since.get_or_insert_with(Instant::now);
        let before = self.frames.len();
        self.frames.retain(|frame| !frame.is_replaceable());
        self.dropped += (before - self.frames.len()) as u64;
        self.bytes = self.frames.iter().map(|frame| frame.len(format)).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Seq;
    use domain::wire::{Delta, ServerFrame};

    fn delta(n: u64) -> Arc<Frame> {
        Frame::new(ServerFrame::Delta(Delta {
            topic: "t1".into(),
            n,
            seq: Seq(n),
            at: String::new(),
            upsert: vec![],
            remove: vec![],
        }))
    }

    fn subscribed() -> Arc<Frame> {
        Frame::new(ServerFrame::Subscribed { id: 1, topic: "t1".into() })
    }

    #[tokio::test]
    async fn a_full_queue_drops_what_a_snapshot_replaces_and_keeps_answers() {
        let socket = Socket::new(Format::Json);
        socket.push(subscribed());
        for n in 0..200 {
            socket.push(delta(n));
        }
        assert!(!socket.has_caught_up(Instant::now()), "an answer still waits");
        let first = socket.next().await.unwrap();
        assert!(matches!(first.says(), ServerFrame::Subscribed { .. }));
        assert!(socket.has_caught_up(Instant::now()));
        assert_eq!(socket.dropped(), 200);
        socket.push(delta(200));
        assert!(socket.next().await.is_ok());
    }

    #[tokio::test]
    async fn a_socket_that_stays_stuck_is_closed() {
        let socket = Socket::new(Format::Json);
        socket.push(subscribed());
        for n in 0..200 {
            socket.push(delta(n));
        }
        let later = Instant::now() + STUCK + Duration::from_secs(1);
        assert!(!socket.has_caught_up(later));
        assert_eq!(socket.next().await.unwrap_err(), Closing::TooSlow);
    }
}
