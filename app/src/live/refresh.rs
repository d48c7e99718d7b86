//! Answers that no socket carries (lists of cases) are asked for again while they are on a screen.

use std::time::Duration;

use domain::answer::CasePage;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How often a list on a screen is asked for again.
const EVERY: Duration = Duration::from_secs(10);

/// Asks again and again, from the first effect until the screen is left.
pub fn refresh<T>(resource: Resource<T>)
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    Effect::new(move |_| {
        if let Ok(interval) = set_interval_with_handle(move || resource.refetch(), EVERY) {
            on_cleanup(move || interval.clear());
        }
    });
}

/// The same list without the instant that it was asked at: two answers with the same cases are then
/// equal, and nothing on the screen is made anew. For lists that show no instant of their own.
#[must_use]
pub fn without_instant(page: CasePage) -> CasePage {
    CasePage { seq: domain::Seq::default(), at: String::new(), ..page }
}
