//! The same question asked by many at once is counted once.
//!
//! Whoever asks while the same question still waits for its turn joins it; its snapshot is taken
//! when counting begins, so that nobody is given a state older than his question. Whoever asks
//! while it is being counted already starts anew.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::problem::Problem;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use super::work::Work;

type Flight<T> = Shared<BoxFuture<'static, Result<Arc<T>, Problem>>>;

/// The questions of one kind that wait to be counted: never more than [`Work`] lets wait.
pub(super) struct Flights<K, T>(Arc<Mutex<HashMap<K, Flight<T>>>>);

impl<K, T> Clone for Flights<K, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, T> Default for Flights<K, T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K, T> Flights<K, T>
where
    K: Clone + Eq + Hash + Send + 'static,
    T: Send + Sync + 'static,
{
    /// The answer of a question: that of the same question that waits already, or of this job.
    pub(super) async fn join(
        &self,
        work: &Work,
        key: K,
        job: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<Arc<T>, Problem> {
        let flight = match lock(&self.0).entry(key) {
            Entry::Occupied(waiting) => waiting.get().clone(),
            Entry::Vacant(place) => {
                let key = place.key().clone();
                place.insert(self.begin(work.clone(), key, job)).clone()
            }
        };
        flight.await
    }

    /// Runs the job in a task of its own: whoever asked first may leave, others still wait for it.
    fn begin(
        &self,
        work: Work,
        key: K,
        job: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Flight<T> {
        let leave = Leave { flights: self.clone(), key: Some(key) };
        let task = tokio::spawn(async move {
            let done = work.run(move || {
                // From here on the state is fixed: newcomers must not join any more. Where the job
                // never gets here, the question is taken out as well, when this is dropped.
                drop(leave);
                job()
            });
            done.await.and_then(|answer| answer).map(Arc::new)
        });
        async move { task.await.unwrap_or_else(|_| Err(super::problem::internal())) }.boxed().shared()
    }
}

/// Takes a question out of those that wait.
struct Leave<K: Eq + Hash, T> {
    flights: Flights<K, T>,
    key: Option<K>,
}

impl<K: Eq + Hash, T> Drop for Leave<K, T> {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            lock(&self.flights.0).remove(&key);
        }
    }
}

fn lock<K, T>(flights: &Mutex<HashMap<K, Flight<T>>>) -> MutexGuard<'_, HashMap<K, Flight<T>>> {
    flights.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{SyncSender, sync_channel};

    use tokio::task::JoinHandle;

    use super::*;

    /// A job that holds the only worker until it is told to end.
    struct Busy {
        release: SyncSender<()>,
        job: JoinHandle<Result<(), Problem>>,
    }

    impl Busy {
        async fn done(self) {
            self.release.send(()).unwrap();
            self.job.await.unwrap().unwrap();
        }
    }

    async fn occupy(work: &Work) -> Busy {
        let (release, released) = sync_channel::<()>(1);
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let work = work.clone();
        let job = tokio::spawn(async move {
            work.run(move || {
                begun.send(()).ok();
                released.recv().ok();
            })
            .await
        });
        has_begun.await.unwrap();
        Busy { release, job }
    }

    #[tokio::test]
    async fn questions_that_wait_are_joined_and_one_that_runs_is_not() {
        let work = Work::new(1, 8);
        let flights: Flights<&str, usize> = Flights::default();
        let counted = Arc::new(AtomicUsize::new(0));
        let busy = occupy(&work).await;
        let ask = |key: &'static str| {
            let (work, flights, counted) = (work.clone(), flights.clone(), counted.clone());
            tokio::spawn(async move {
                flights.join(&work, key, move || Ok(counted.fetch_add(1, Ordering::SeqCst))).await
            })
        };
        let asked = [ask("a"), ask("a"), ask("b"), ask("a")];
        while lock(&flights.0).len() < 2 {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        busy.done().await;
        for answer in asked {
            answer.await.unwrap().unwrap();
        }
        assert_eq!(counted.load(Ordering::SeqCst), 2);
        ask("a").await.unwrap().unwrap();
        assert_eq!(counted.load(Ordering::SeqCst), 3, "what is done is not given again");
        assert!(lock(&flights.0).is_empty());
    }

    #[tokio::test]
    async fn a_question_that_is_refused_does_not_stay() {
        let work = Work::new(1, 0);
        let flights: Flights<u8, u8> = Flights::default();
        let busy = occupy(&work).await;
        assert_eq!(flights.join(&work, 1, || Ok(1)).await.unwrap_err().slug(), "busy");
        assert!(lock(&flights.0).is_empty());
        busy.done().await;
        assert_eq!(*flights.join(&work, 1, || Ok(2)).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_question_whose_job_panics_does_not_stay() {
        let work = Work::new(1, 0);
        let flights: Flights<u8, u8> = Flights::default();
        assert_eq!(flights.join(&work, 1, || panic!("the job's own fault")).await.unwrap_err().status, 500);
        assert!(lock(&flights.0).is_empty());
    }
}
