//! The city's clock: the system's, or another one (a replay's, a simulation's, one that stands
//! still). "Today" and every limit follow it; every screen says which one runs and how fast.

use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use domain::Timestamp;
use domain::problem::Problem;

/// Which clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockKind {
    /// The system's.
    System,
    /// Started at an instant given on the command line.
    Set,
    /// A replay's.
    Replay,
    /// That of a simulated city.
    Simulated,
}

/// The clock of the city. Never goes back.
#[derive(Debug)]
pub struct CityClock {
    kind: ClockKind,
    hand: RwLock<Hand>,
}

/// Where a set clock stood at an instant of the machine, and how fast it goes.
#[derive(Clone, Copy, Debug)]
struct Hand {
    at: Timestamp,
    since: Instant,
    speed: f64,
}

impl CityClock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(ClockKind::System, system_now(), 1.0)
    }

    /// A clock that starts at `at` and goes at `speed` city seconds per second; 0 stands still.
    #[must_use]
    pub fn set(kind: ClockKind, at: Timestamp, speed: f64) -> Self {
        Self::new(kind, at, speed)
    }

    fn new(kind: ClockKind, at: Timestamp, speed: f64) -> Self {
        Self { kind, hand: RwLock::new(Hand { at, since: Instant::now(), speed }) }
    }

    /// Now, in the city.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        if self.kind == ClockKind::System {
            return system_now();
        }
        let hand = *self.hand.read().unwrap_or_else(PoisonError::into_inner);
        hand.now()
    }

    /// City seconds per second.
    #[must_use]
    pub fn speed(&self) -> f64 {
        if self.kind == ClockKind::System {
            return 1.0;
        }
        self.hand.read().unwrap_or_else(PoisonError::into_inner).speed
    }

    /// `system`, `replay`, `simulated`, `set` or `still`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            ClockKind::System => "system",
            ClockKind::Replay => "replay",
            ClockKind::Simulated => "simulated",
            ClockKind::Set if self.speed() == 0.0 => "still",
            ClockKind::Set => "set",
        }
    }

    /// Moves a clock that is not the system's: on to `at`, at `speed` from now on.
    ///
    /// # Errors
    /// A [`Problem`] for the system's clock, for a step back and for a speed below 0.
    pub fn move_on(&self, at: Option<Timestamp>, speed: Option<f64>) -> Result<(), Problem> {
        let refuse = |parameter: &str, what: &str| {
            let detail = format!("{parameter}: {what}");
            Problem::new("clock-refused", 409, "The clock cannot be moved so", detail).at(parameter)
        };
        if self.kind == ClockKind::System {
            return Err(refuse("at", "this server follows the system's clock; start it with --clock"));
        }
        let mut hand = self.hand.write().unwrap_or_else(PoisonError::into_inner);
        let now = hand.now();
        let at = at.unwrap_or(now);
        if at < now {
            return Err(refuse("at", "lies before the clock; it only goes forwards"));
        }
        let speed = speed.unwrap_or(hand.speed);
        if !(0.0..=1_000_000.0).contains(&speed) {
            return Err(refuse("speed", "is not between 0 and 1,000,000 city seconds per second"));
        }
        *hand = Hand { at, since: Instant::now(), speed };
        Ok(())
    }
}

impl Hand {
    #[allow(clippy::cast_possible_truncation)] // Centuries of microseconds fit.
    fn now(&self) -> Timestamp {
        let micros = self.since.elapsed().as_secs_f64() * self.speed * 1e6;
        self.at.plus_micros(micros as i64)
    }
}

fn system_now() -> Timestamp {
    Timestamp::from(jiff::Timestamp::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_stands_still_moves_only_when_told() {
        let start = Timestamp::from_secs(1_000);
        let clock = CityClock::set(ClockKind::Set, start, 0.0);
        assert_eq!(clock.now(), start);
        assert_eq!(clock.name(), "still");
        clock.move_on(Some(Timestamp::from_secs(2_000)), None).unwrap();
        assert_eq!(clock.now(), Timestamp::from_secs(2_000));
    }

    #[test]
    fn no_clock_goes_back_and_the_systems_clock_is_never_moved() {
        let clock = CityClock::set(ClockKind::Set, Timestamp::from_secs(1_000), 0.0);
        assert!(clock.move_on(Some(Timestamp::from_secs(999)), None).is_err());
        assert!(clock.move_on(None, Some(-1.0)).is_err());
        assert!(CityClock::system().move_on(None, Some(2.0)).is_err());
    }
}
