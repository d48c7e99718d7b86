//! How fast a source may send: a token bucket that may go into debt.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Holds one second's worth of events. A request is let in while anything is left and then takes
/// what it needs, into debt if need be: so a large batch is never refused for ever, and the mean
/// rate holds all the same.
#[derive(Debug)]
pub struct Bucket {
    per_second: u32,
    level: Mutex<Level>,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    events: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn new(per_second: u32, now: Instant) -> Self {
        let per_second = per_second.max(1);
        Self { per_second, level: Mutex::new(Level { events: f64::from(per_second), at: now }) }
    }

    /// Events per second.
    #[must_use]
    pub fn per_second(&self) -> u32 {
        self.per_second
    }

    /// Whether a request may come in.
    ///
    /// # Errors
    /// How long to wait.
    pub fn ready(&self, now: Instant) -> Result<(), Duration> {
        let level = self.level_at(now);
        if level.events > 0.0 {
            return Ok(());
        }
        let wait_secs = (1.0 - level.events) / f64::from(self.per_second);
        Err(Duration::try_from_secs_f64(wait_secs).unwrap_or(Duration::MAX))
    }

    /// Takes `events` out.
    #[allow(clippy::cast_precision_loss)] // No request holds 2^53 events.
    pub fn take(&self, events: usize, now: Instant) {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = self.fill(*level, now);
        *level = Level { events: filled.events - events as f64, at: filled.at };
    }

    fn level_at(&self, now: Instant) -> Level {
        self.fill(*self.level.lock().unwrap_or_else(PoisonError::into_inner), now)
    }

    fn fill(&self, level: Level, now: Instant) -> Level {
        let per_second = f64::from(self.per_second);
        let elapsed = now.saturating_duration_since(level.at).as_secs_f64();
        Level { events: (level.events + elapsed * per_second).min(per_second), at: now.max(level.at) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debt_is_paid_off_at_the_rate_and_no_credit_piles_up() {
        let start = Instant::now();
        let after = |secs: u64| start + Duration::from_secs(secs);
        let bucket = Bucket::new(10, start);
        assert_eq!(bucket.ready(start), Ok(()));
        bucket.take(30, start);
        let wait = bucket.ready(start).unwrap_err();
        assert!((2.0..=2.2).contains(&wait.as_secs_f64()), "{wait:?}");
        assert!(bucket.ready(after(1)).is_err());
        assert_eq!(bucket.ready(after(3)), Ok(()));
        bucket.take(11, after(1_000));
        assert!(bucket.ready(after(1_000)).is_err());
    }
}
