//! How much the gateway has in hand at once. What does not fit waits a little, unread, so that the
//! sender feels it; then it is sent away with 429 and loses nothing, because it was not taken.
//!
//! How many requests fit is found out while they come ([`Pace`]): as many as are answered in time, whatever
//! the machine and its disk. The aim is that those that are taken are acknowledged within a second even when ten
//! times as many come; how near that is, `cargo xtask prove flood_is_answered_within_a_second_or_sent_away` says.

mod pace;

use std::sync::Arc;
use std::time::Duration;

use domain::problem::Problem;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::problems;

pub use pace::{Pace, Place};

/// Bytes of bodies in memory, in KiB: eight of the largest. Parsed they take about six times as much.
const BODIES_KIB_MAX: usize = 128 << 10;

/// WebSockets of sources.
const SOCKETS_MAX: usize = 1_024;

/// How long a request waits for room.
const WAIT_MAX: Duration = Duration::from_millis(250);

/// About how long whoever is sent away is kept, unread, before he is told: else those who come again at once would
/// keep the server busy with sending them away.
const KEPT: Duration = Duration::from_secs(1);

/// The room of one server's gateway.
#[derive(Clone, Debug)]
pub struct Admission {
    requests: Arc<Pace>,
    bodies: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
    wait_max: Duration,
}

/// Room that is held; given back when dropped.
#[derive(Debug)]
pub struct Room {
    /// Among the requests; it is told how long the answer took.
    pub place: Place,
    bodies: Arc<Semaphore>,
    wait_max: Duration,
    held: Option<OwnedSemaphorePermit>,
}

impl Default for Admission {
    fn default() -> Self {
        Self {
            requests: Arc::default(),
            bodies: Arc::new(Semaphore::new(BODIES_KIB_MAX)),
            sockets: Arc::new(Semaphore::new(SOCKETS_MAX)),
            wait_max: WAIT_MAX,
        }
    }
}

impl Admission {
    /// Room for one request with a body of so many bytes, where it says how many.
    ///
    /// # Errors
    /// 429 where there is none for a while.
    pub async fn request(&self, body_bytes: usize) -> Result<Room, Problem> {
        let Some(place) = self.requests.place(body_bytes, self.wait_max).await else {
            keep_away(KEPT).await;
            return Err(crowded());
        };
        Ok(Room { place, bodies: self.bodies.clone(), wait_max: self.wait_max, held: None })
    }

    /// Room for one WebSocket of a source.
    ///
    /// # Errors
    /// 429 where there is none.
    pub fn socket(&self) -> Result<OwnedSemaphorePermit, Problem> {
        self.sockets.clone().try_acquire_owned().map_err(|_| crowded())
    }
}

impl Room {
    /// Makes room for a body of so many bytes in all.
    ///
    /// Requests that grow while others do hold what they have and wait for more; that this cannot
    /// last is what the time limit is for.
    ///
    /// # Errors
    /// 429 where there is none for a while.
    pub async fn grow_to(&mut self, bytes: usize) -> Result<(), Problem> {
        let wanted = bytes.div_ceil(1024);
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = u32::try_from(wanted.saturating_sub(held)).unwrap_or(u32::MAX);
        if more == 0 {
            return Ok(());
        }
        let grown = match timeout(self.wait_max, self.bodies.clone().acquire_many_owned(more)).await {
            Ok(Ok(permit)) => permit,
            _ => return Err(crowded()),
        };
        match &mut self.held {
            Some(held) => held.merge(grown),
            None => self.held = Some(grown),
        }
        Ok(())
    }
}

/// Waits for at most `time`, or [`KEPT`]; not all of those who came together are told together.
pub async fn keep_away(time: Duration) {
    tokio::time::sleep(time.min(KEPT).mul_f64(rand::random_range(0.5..1.0))).await;
}

fn crowded() -> Problem {
    problems::too_many_requests("the server has as much in hand as it can hold")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_does_not_fit_waits_and_is_then_sent_away() {
        let admission = Admission { wait_max: Duration::from_millis(50), ..Admission::default() };
        let mut first = admission.request(0).await.unwrap();
        first.grow_to(BODIES_KIB_MAX * 1024).await.unwrap();
        let mut second = admission.request(0).await.unwrap();
        assert_eq!(second.grow_to(1).await.unwrap_err().status, 429);
        drop(first);
        second.grow_to(16 << 20).await.unwrap();
    }
}
