//! How many requests are in hand at once: more while they are answered in time, fewer as soon as they are not.
//! What counts is the time from a body that is there to its acknowledgement; how slowly it was sent does not.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Requests in hand, at most.
const PLACES_MAX: f64 = 512.0;

/// And so many always fit: a few large bodies take their time and are no flood.
const PLACES_MIN: f64 = 8.0;

/// An acknowledgement that takes longer makes room for fewer. With the wait before it, this lies well below the
/// second within which it must come.
const IN_TIME: Duration = Duration::from_millis(300);

/// After fewer, this long passes before there can be fewer still: until then, what is answered was taken before.
const FEWER_EVERY: Duration = Duration::from_millis(200);

/// The places of requests.
#[derive(Debug)]
pub struct Pace {
    held: Mutex<Held>,
    freed: Notify,
}

#[derive(Debug)]
struct Held {
    taken: usize,
    places: f64,
    fewer_at: Option<Instant>,
}

/// The place of one request; given back when dropped.
#[derive(Debug)]
pub struct Place {
    pace: Arc<Pace>,
}

impl Default for Pace {
    fn default() -> Self {
        // Where nothing is known yet: enough for any city's systems, and few enough to be answered in time.
        let held = Held { taken: 0, places: 64.0, fewer_at: None };
        Self { held: Mutex::new(held), freed: Notify::new() }
    }
}

impl Pace {
    /// A place, as soon as there is one. Whoever stops waiting has taken none.
    pub async fn place(self: &Arc<Self>) -> Place {
        loop {
            let freed = self.freed.notified();
            if let Some(place) = self.place_now() {
                return place;
            }
            freed.await;
        }
    }

    fn place_now(self: &Arc<Self>) -> Option<Place> {
        let mut held = self.held();
        #[allow(clippy::cast_precision_loss)] // There are never more than a few hundred.
        let has_room = (held.taken as f64) < held.places;
        has_room.then(|| {
            held.taken += 1;
            Place { pace: self.clone() }
        })
    }

    fn took(&self, time: Duration, now: Instant) {
        let mut held = self.held();
        if time <= IN_TIME {
            // One more place for each round of answers in time.
            held.places = (held.places + 1.0 / held.places).min(PLACES_MAX);
        } else if held.fewer_at.is_none_or(|at| now.saturating_duration_since(at) >= FEWER_EVERY) {
            held.places = (held.places * 0.8).max(PLACES_MIN);
            held.fewer_at = Some(now);
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The request was acknowledged, or refused by the log, so long after its body was there.
    pub fn took(&self, time: Duration) {
        self.pace.took(time, Instant::now());
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.pace.held().taken -= 1;
        self.pace.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(took: &[Duration], want: std::ops::RangeInclusive<f64>) {
        let pace = Pace::default();
        let start = Instant::now();
        for (place, time) in (0_u32..).zip(took) {
            pace.took(*time, start + place * FEWER_EVERY);
        }
        let places = pace.held().places;
        assert!(want.contains(&places), "{places}");
    }

    #[test]
    fn places_grow_while_answers_come_in_time_and_shrink_as_soon_as_they_do_not() {
        check(&[], 64.0..=64.0);
        check(&[Duration::from_millis(5); 64], 64.9..=65.1);
        check(&[Duration::from_secs(1)], 51.1..=51.3);
        check(&[Duration::from_secs(1); 100], PLACES_MIN..=PLACES_MIN);
        check(&[Duration::from_millis(5); 200_000], PLACES_MAX..=PLACES_MAX);
    }

    #[test]
    fn one_slow_round_counts_once() {
        let pace = Pace::default();
        let now = Instant::now();
        (0..50).for_each(|_| pace.took(Duration::from_secs(1), now));
        assert!(pace.held().places > 51.0);
    }

    #[tokio::test]
    async fn a_place_that_is_given_back_goes_to_who_waits() {
        let pace = Arc::new(Pace::default());
        let mut held: Vec<Place> = Vec::new();
        while let Some(place) = pace.place_now() {
            held.push(place);
        }
        assert_eq!(held.len(), 64);
        let waiting = tokio::spawn({
            let pace = pace.clone();
            async move { pace.place().await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!waiting.is_finished());
        held.pop();
        let place = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
        drop((place, held));
        assert_eq!(pace.held().taken, 0);
    }
}
