//! An answer that a page holds: asked once with the page, and asked again whenever there is reason
//! to. A screen whose server cannot be reached keeps the last answer to the same question, and says
//! by its link how old it is; a question without an answer is asked until there is one.

use std::future::{Future, IntoFuture, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Live, platform, use_live};
use crate::error::AppError;

/// How often a list on a screen is asked for again.
const EVERY: Duration = Duration::from_secs(10);
/// An answer that takes longer is given up: a link that has gone without a word would hold it, and
/// every later one, for minutes.
const LATE_MS: i32 = 15_000;

/// What travels with a page.
pub trait Carried: Clone + Send + Sync + Serialize + DeserializeOwned + 'static {}

impl<T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static> Carried for T {}

/// A question and its newest answer. Wait for it with `await`; [`Answer::track`] it before, where
/// waiting happens later.
pub struct Answer<Q: Carried, T: Carried> {
    question: Signal<Q>,
    newest: Resource<(Q, Result<T, AppError>)>,
    /// The last one that was none of the errors that pass.
    good: StoredValue<Option<(Q, T)>>,
    has_failed: StoredValue<bool>,
}

impl<Q: Carried, T: Carried> Copy for Answer<Q, T> {}

impl<Q: Carried, T: Carried> Clone for Answer<Q, T> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Asks a question, and asks it again where the server could not be reached and where it has begun
/// anew on other data. Call it while the page is being set up, never within a
/// [`Suspend`](leptos::prelude::Suspend): the answers travel with the page by the order of the
/// asking.
#[must_use]
pub fn use_answer<Q, T, F>(
    question: impl Fn() -> Q + Send + Sync + 'static,
    load: impl Fn(Q) -> F + Send + Sync + 'static,
) -> Answer<Q, T>
where
    Q: Carried + PartialEq,
    T: Carried,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    // Not the page's own: an answer that is on its way may still look at it when the page is left.
    let question = ArcMemo::new(move |_| question());
    let asked = question.clone();
    let newest = Resource::new(
        move || asked.get(),
        move |question| {
            let answer = load(question.clone());
            async move { (question, in_time(answer).await) }
        },
    );
    let (good, has_failed) = (StoredValue::new(None), StoredValue::new(false));
    let answer = Answer { question: Signal::derive(move || question.get()), newest, good, has_failed };
    answer.persist(use_live());
    answer
}

/// The same for what no socket carries (lists of cases): asked again and again while it is on a
/// screen.
#[must_use]
pub fn use_list<Q, T, F>(
    question: impl Fn() -> Q + Send + Sync + 'static,
    load: impl Fn(Q) -> F + Send + Sync + 'static,
) -> Answer<Q, T>
where
    Q: Carried + PartialEq,
    T: Carried,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let answer = use_answer(question, load);
    let live = use_live();
    let ask_again = move || {
        if !live.is_frozen() {
            answer.ask_again();
        }
    };
    Effect::new(move |_| {
        if let Ok(interval) = set_interval_with_handle(ask_again, EVERY) {
            on_cleanup(move || interval.clear());
        }
    });
    answer
}

impl<Q, T> Answer<Q, T>
where
    Q: Carried + PartialEq,
    T: Carried,
{
    /// Makes whoever reads here read again with each new answer.
    pub fn track(self) {
        self.newest.track();
    }

    /// Asks the same question again.
    pub fn ask_again(self) {
        self.newest.refetch();
    }

    /// The newest answer that has come, where it is one. For effects: it waits for nothing.
    #[must_use]
    pub fn get(self) -> Option<T> {
        self.newest.get().and_then(|(_, answer)| answer.ok())
    }

    fn persist(self, live: Live) {
        let (returned, renewed) = (live.returned(), live.renewed());
        Effect::new(move |failures: Option<u32>| {
            let Some((question, answer)) = self.newest.get() else { return 0 };
            let is_passing = matches!(&answer, Err(error) if error.is_passing());
            self.has_failed.set_value(is_passing);
            if let Ok(answer) = answer {
                self.good.set_value(Some((question, answer)));
            }
            if !is_passing {
                return 0;
            }
            let failures = failures.unwrap_or_default();
            if let Ok(timer) = set_timeout_with_handle(move || self.ask_again(), pause(failures)) {
                on_cleanup(move || timer.clear());
            }
            failures.saturating_add(1)
        });
        Effect::new(move |before: Option<(u32, u32)>| {
            let now = (returned.get(), renewed.get());
            let is_owed = self.has_failed.get_value();
            if before.is_some_and(|before| before.1 != now.1 || (before.0 != now.0 && is_owed)) {
                self.ask_again();
            }
            now
        });
    }

    /// What stands for an answer: itself, or the last good one to the same question while the
    /// server cannot be reached.
    fn standing(self, question: Q, answer: Result<T, AppError>) -> Result<T, AppError> {
        if self.question.try_get_untracked().is_some_and(|asked| asked != question) {
            return Err(AppError::superseded());
        }
        match answer {
            Err(error) if error.is_passing() => {
                let good = self.good.try_get_value().flatten().filter(|(of, _)| *of == question);
                good.map(|(_, answer)| answer).ok_or(error)
            }
            answer => answer,
        }
    }
}

impl<Q, T> IntoFuture for Answer<Q, T>
where
    Q: Carried + PartialEq,
    T: Carried,
{
    type Output = Result<T, AppError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        // Taken hold of now: the page may be gone when the answer comes.
        let newest = self.newest.into_future();
        Box::pin(async move {
            let (question, answer) = newest.await;
            self.standing(question, answer)
        })
    }
}

fn pause(failures: u32) -> Duration {
    Duration::from_secs_f64(super::backoff::pause_ms(failures, platform::chance()) / 1000.0)
}

/// The answer, or the error of a server that cannot be reached where it takes too long.
async fn in_time<T>(answer: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    let (mut answer, mut late) = (pin!(answer), pin!(platform::pause(LATE_MS)));
    poll_fn(move |context| match answer.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(answer),
        Poll::Pending => late.as_mut().poll(context).map(|()| Err(AppError::unreachable())),
    })
    .await
}
