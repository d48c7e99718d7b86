//! How much the gateway has in hand at once. What does not fit waits a little, unread, so that the
//! sender feels it; then it is sent away with 429 and loses nothing, because it was not taken.

use std::sync::Arc;
use std::time::Duration;

use domain::problem::Problem;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::problems;

/// Requests whose bodies are being read or whose events wait for the disk.
const REQUESTS_MAX: usize = 512;

/// Bytes of bodies in memory, in KiB: eight of the largest. Parsed they take about six times as much.
const BODIES_KIB_MAX: usize = 128 << 10;

/// WebSockets of sources.
const SOCKETS_MAX: usize = 1_024;

/// How long a request waits for room.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// The room of one server's gateway.
#[derive(Clone, Debug)]
pub struct Admission {
    requests: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
    wait_max: Duration,
}

/// Room that is held; given back when dropped.
#[derive(Debug)]
pub struct Room {
    _request: OwnedSemaphorePermit,
    bodies: Arc<Semaphore>,
    wait_max: Duration,
    held: Option<OwnedSemaphorePermit>,
}

impl Default for Admission {
    fn default() -> Self {
        Self {
            requests: Arc::new(Semaphore::new(REQUESTS_MAX)),
            bodies: Arc::new(Semaphore::new(BODIES_KIB_MAX)),
            sockets: Arc::new(Semaphore::new(SOCKETS_MAX)),
            wait_max: WAIT_MAX,
        }
    }
}

impl Admission {
    /// Room for one request.
    ///
    /// # Errors
    /// 429 where there is none for some seconds.
    pub async fn request(&self) -> Result<Room, Problem> {
        let request = wait(self.requests.clone(), 1, self.wait_max).await?;
        Ok(Room { _request: request, bodies: self.bodies.clone(), wait_max: self.wait_max, held: None })
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
    /// 429 where there is none for some seconds.
    pub async fn grow_to(&mut self, bytes: usize) -> Result<(), Problem> {
        let wanted = bytes.div_ceil(1024);
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = u32::try_from(wanted.saturating_sub(held)).unwrap_or(u32::MAX);
        if more == 0 {
            return Ok(());
        }
        let grown = wait(self.bodies.clone(), more, self.wait_max).await?;
        match &mut self.held {
            Some(held) => held.merge(grown),
            None => self.held = Some(grown),
        }
        Ok(())
    }
}

async fn wait(
    semaphore: Arc<Semaphore>,
    permits: u32,
    most: Duration,
) -> Result<OwnedSemaphorePermit, Problem> {
    match timeout(most, semaphore.acquire_many_owned(permits)).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(crowded()),
    }
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
        let mut first = admission.request().await.unwrap();
        first.grow_to(BODIES_KIB_MAX * 1024).await.unwrap();
        let mut second = admission.request().await.unwrap();
        assert_eq!(second.grow_to(1).await.unwrap_err().status, 429);
        drop(first);
        second.grow_to(16 << 20).await.unwrap();
    }
}
