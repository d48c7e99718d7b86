//! Counting is work for threads of its own: a few at once, a short queue, and a clear answer when
//! the queue is full.

use std::sync::Arc;

use domain::problem::Problem;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

/// How many questions are counted at once: enough that a long one does not hold up the short
/// ones, few enough that the core's thread keeps its share of two processors.
const AT_ONCE: usize = 4;

/// How many questions may wait. When so many wait, the next is answered 503 with `Retry-After`:
/// whoever asks then is told within a millisecond instead of after half a minute.
const WAITING_MAX: usize = 64;

/// Where answers are counted. Cheap to clone.
#[derive(Clone)]
pub struct Work {
    places: Arc<Semaphore>,
    permits: Arc<Semaphore>,
}

impl Default for Work {
    fn default() -> Self {
        Self::new(AT_ONCE, WAITING_MAX)
    }
}

impl Work {
    pub(super) fn new(at_once: usize, waiting_max: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(at_once + waiting_max)),
            permits: Arc::new(Semaphore::new(at_once)),
        }
    }

    /// Does a job away from the async threads.
    ///
    /// # Errors
    /// 503 `busy` where too many wait already; 500 `internal` where the job panics.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let held = self.enter().await?;
        // The job keeps its place until it is done, even where nobody waits for it any more.
        let job = move || {
            let done = job();
            drop(held);
            done
        };
        tokio::task::spawn_blocking(job).await.map_err(|error| {
            tracing::error!(%error, "an answer could not be counted");
            super::problem::internal()
        })
    }

    /// How many questions are being counted or wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        (AT_ONCE + WAITING_MAX).saturating_sub(self.places.available_permits())
    }

    async fn enter(&self) -> Result<[OwnedSemaphorePermit; 2], Problem> {
        let place = self.places.clone().try_acquire_owned().map_err(|error| match error {
            TryAcquireError::NoPermits | TryAcquireError::Closed => busy(),
        })?;
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| busy())?;
        Ok([place, permit])
    }
}

fn busy() -> Problem {
    let detail = "More questions are being counted than this server can. Ask again in a second.";
    Problem::new("busy", 503, "Too busy now", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_comes_to_a_full_queue_is_told_at_once() {
        let work = Work::new(1, 1);
        let (release, released) = std::sync::mpsc::sync_channel::<()>(1);
        let first = tokio::spawn({
            let work = work.clone();
            async move { work.run(move || released.recv().is_ok()).await }
        });
        while work.permits.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let second = tokio::spawn({
            let work = work.clone();
            async move { work.run(|| 2).await }
        });
        while work.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = work.run(|| 3).await.unwrap_err();
        assert_eq!((refused.status, refused.slug()), (503, "busy"));
        release.send(()).unwrap();
        assert!(first.await.unwrap().unwrap());
        assert_eq!(second.await.unwrap().unwrap(), 2);
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_and_gives_its_place_back() {
        let work = Work::new(1, 0);
        let panicked = work.run(|| -> () { panic!("a job's own fault") }).await.unwrap_err();
        assert_eq!(panicked.status, 500);
        assert_eq!(work.run(|| 1).await.unwrap(), 1);
    }
}
