//! How many requests are in hand at once: more while they are answered in time, fewer as soon as they are not.
//! What counts is the time from a body that is there to its acknowledgement; how slowly it was sent does not.
//! A large request takes several places, by the length that it declares.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::timeout;

/// Places for requests in hand, at most.
const PLACES_MAX: f64 = 512.0;

/// And so many there always are: a large body takes its time and is no flood.
const PLACES_MIN: f64 = 16.0;

/// Bytes of a body that take one place.
const PLACE_BYTES: usize = 16 << 10;

/// An acknowledgement that takes longer makes room for fewer. With the wait before it, this lies well below the
/// second within which it must come.
const IN_TIME: Duration = Duration::from_millis(250);

/// After fewer, this long passes before there can be fewer still: until then, what is answered was taken before.
const FEWER_EVERY: Duration = Duration::from_millis(100);

/// The places of requests.
#[derive(Debug)]
pub struct Pace {
    held: Mutex<Held>,
    freed: Notify,
}

#[derive(Debug)]
struct Held {
    taken: usize,
    waiting: usize,
    places: f64,
    fewer_at: Option<Instant>,
}

/// The places of one request; given back when dropped.
#[derive(Debug)]
pub struct Place {
    pace: Arc<Pace>,
    places: usize,
}

impl Default for Pace {
    fn default() -> Self {
        // Where nothing is known yet: enough for any city's systems, and few enough to be answered in time.
        let held = Held { taken: 0, waiting: 0, places: 32.0, fewer_at: None };
        Self { held: Mutex::new(held), freed: Notify::new() }
    }
}

impl Pace {
    /// The places of a request with a body of so many bytes, as soon as there is one within `wait_max`; none where
    /// as many wait already as there are places. A request that is larger than what is left gets in as well, so
    /// that none is too large for ever.
    pub async fn place(self: &Arc<Self>, body_bytes: usize, wait_max: Duration) -> Option<Place> {
        let places = 1 + body_bytes / PLACE_BYTES;
        if let Some(place) = self.place_now(places) {
            return Some(place);
        }
        let _waiting = Waiting::begin(self)?;
        timeout(wait_max, async {
            loop {
                let freed = self.freed.notified();
                if let Some(place) = self.place_now(places) {
                    return place;
                }
                freed.await;
            }
        })
        .await
        .ok()
    }

    fn place_now(self: &Arc<Self>, places: usize) -> Option<Place> {
        let mut held = self.held();
        let has_room = held.taken < held.room();
        has_room.then(|| {
            held.taken += places;
            Place { pace: self.clone(), places }
        })
    }

    #[allow(clippy::cast_precision_loss)] // There are never more than a few thousand.
    fn took(&self, places: usize, time: Duration, now: Instant) {
        let mut held = self.held();
        if time <= IN_TIME {
            // One more place for each round of answers in time. Places that nobody needs prove nothing.
            if held.taken < held.room() / 2 {
                return;
            }
            held.places = (held.places + places as f64 / held.places).min(PLACES_MAX);
        } else if held.fewer_at.is_none_or(|at| now.saturating_duration_since(at) >= FEWER_EVERY) {
            held.places = (held.places * 0.7).max(PLACES_MIN);
            held.fewer_at = Some(now);
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // It lies between the two bounds.
    fn room(&self) -> usize {
        self.places as usize
    }
}

/// One that waits; no longer, when dropped.
struct Waiting<'a>(&'a Pace);

impl<'a> Waiting<'a> {
    fn begin(pace: &'a Pace) -> Option<Self> {
        let mut held = pace.held();
        let has_room = held.waiting < held.room();
        has_room.then(|| {
            held.waiting += 1;
            Self(pace)
        })
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.held().waiting -= 1;
    }
}

impl Place {
    /// The request was acknowledged, or refused by the log, so long after its body was there.
    pub fn took(&self, time: Duration) {
        self.pace.took(self.places, time, Instant::now());
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.pace.held().taken -= self.places;
        // What was given back may be enough for several.
        self.pace.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(took: &[Duration], want: std::ops::RangeInclusive<f64>) {
        let pace = Pace::default();
        pace.held().taken = 512;
        let start = Instant::now();
        for (place, time) in (0_u32..).zip(took) {
            pace.took(1, *time, start + place * FEWER_EVERY);
        }
        let places = pace.held().places;
        assert!(want.contains(&places), "{places}");
    }

    #[test]
    fn places_grow_while_answers_come_in_time_and_shrink_as_soon_as_they_do_not() {
        check(&[], 32.0..=32.0);
        check(&[Duration::from_millis(5); 32], 32.9..=33.1);
        check(&[Duration::from_secs(1)], 22.3..=22.5);
        check(&[Duration::from_secs(1); 100], PLACES_MIN..=PLACES_MIN);
        check(&vec![Duration::from_millis(5); 300_000], PLACES_MAX..=PLACES_MAX);
    }

    #[track_caller]
    fn check_empty(pace: &Pace) {
        let held = pace.held();
        assert_eq!((held.taken, held.waiting), (0, 0));
    }

    #[test]
    fn one_slow_round_counts_once() {
        let pace = Pace::default();
        let now = Instant::now();
        (0..50).for_each(|_| pace.took(1, Duration::from_secs(1), now));
        assert!(pace.held().places > 22.0);
    }

    #[test]
    fn places_that_nobody_needs_do_not_grow() {
        let pace = Pace::default();
        let now = Instant::now();
        (0..10_000).for_each(|_| pace.took(1, Duration::from_millis(1), now));
        assert!(pace.held().places < 32.1);
    }

    #[tokio::test]
    async fn a_large_request_takes_several_places_and_is_never_too_large() {
        let pace = Arc::new(Pace::default());
        let small = pace.place(100, Duration::ZERO).await.unwrap();
        let large = pace.place(16 << 20, Duration::ZERO).await.unwrap();
        assert_eq!((small.places, large.places), (1, 1_025));
        assert!(pace.place(100, Duration::ZERO).await.is_none());
        drop(large);
        assert!(pace.place(100, Duration::ZERO).await.is_some());
    }

    #[tokio::test]
    async fn a_place_that_is_given_back_goes_to_who_waits() {
        let pace = Arc::new(Pace::default());
        let mut held: Vec<Place> = Vec::new();
        while let Some(place) = pace.place_now(1) {
            held.push(place);
        }
        assert_eq!(held.len(), 32);
        let waiting = tokio::spawn({
            let pace = pace.clone();
            async move { pace.place(0, Duration::from_secs(5)).await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!waiting.is_finished());
        held.pop();
        let place = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
        assert!(place.is_some());
        drop((place, held));
        check_empty(&pace);
    }

    #[tokio::test]
    async fn so_many_wait_and_the_next_is_sent_away_at_once() {
        let pace = Arc::new(Pace::default());
        let held: Vec<Place> = std::iter::from_fn(|| pace.place_now(1)).collect();
        let waiting: Vec<_> = (0..held.len())
            .map(|_| {
                tokio::spawn({
                    let pace = pace.clone();
                    async move { pace.place(0, Duration::from_millis(300)).await.is_none() }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let began = Instant::now();
        assert!(pace.place(0, Duration::from_secs(5)).await.is_none());
        assert!(began.elapsed() < Duration::from_millis(100));
        for waited in waiting {
            assert!(waited.await.unwrap(), "who waited in vain is sent away as well");
        }
        drop(held);
        check_empty(&pace);
    }
}
