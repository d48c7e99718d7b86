//! The words of `--clock`.

use domain::Timestamp;

use super::Failure;
use crate::clock::{CityClock, ClockKind};

/// Reads `system`, or an instant with or without a speed: `2015-10-01T00:00:00-04:00,speed=600`.
///
/// # Errors
/// With what is wrong.
pub(super) fn read(words: &str) -> Result<CityClock, Failure> {
    let words = words.trim();
    if words == "system" {
        return Ok(CityClock::system());
    }
    let (instant, speed) = match words.split_once(',') {
        None => (words, 1.0),
        Some((instant, rest)) => (instant, read_speed(rest.trim())?),
    };
    let at: Timestamp = instant.trim().parse().map_err(|error| {
        Failure::usage(format!("--clock: {error}; say system, or such an instant with ,speed=600"))
    })?;
    Ok(CityClock::set(ClockKind::Set, at, speed))
}

fn read_speed(words: &str) -> Result<f64, Failure> {
    let speed = words.strip_prefix("speed=").and_then(|speed| speed.trim().parse::<f64>().ok());
    speed.filter(|speed| (0.0..=1_000_000.0).contains(speed)).ok_or_else(|| {
        Failure::usage(format!("--clock: {words:?} is not speed=N with N from 0 (stands still) to 1000000"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &str, want: Option<(&str, f64)>) {
        let clock = read(words).ok();
        let got = clock.as_ref().map(|clock| (clock.name(), clock.speed()));
        assert_eq!(got, want, "{words}");
    }

    #[test]
    fn a_clock_is_the_systems_or_starts_at_an_instant() {
        check("system", Some(("system", 1.0)));
        check("2015-10-01T00:00:00-04:00", Some(("set", 1.0)));
        check("2015-10-01T00:00:00-04:00,speed=600", Some(("set", 600.0)));
        check("2015-10-01T00:00:00-04:00, speed=0", Some(("still", 0.0)));
        check("2015-10-01T00:00:00-04:00,speed=-1", None);
        check("2015-10-01T00:00:00-04:00,fast", None);
        check("2015-10-01", None);
        check("", None);
    }
}
