//! How long to wait before the socket is opened again.

/// The shortest pause, in milliseconds.
const SHORTEST_MS: f64 = 500.0;
/// The longest.
const LONGEST_MS: f64 = 30_000.0;

/// Full jitter: anywhere between the shortest pause and one that doubles with each attempt, so that
/// five thousand screens that lost the same server do not come back in the same instant. `chance`
/// lies in [0, 1).
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
pub(super) fn pause_ms(attempt: u32, chance: f64) -> f64 {
    let doubled = SHORTEST_MS * 2_f64.powi(i32::try_from(attempt.min(16)).unwrap_or(16) + 1);
    let ceiling = doubled.min(LONGEST_MS);
    SHORTEST_MS + (ceiling - SHORTEST_MS) * chance.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(attempt: u32, chance: f64, want: f64) {
        assert!((pause_ms(attempt, chance) - want).abs() < 1e-9);
    }

    #[test]
    fn pauses_grow_to_half_a_minute_and_never_end() {
        check(0, 0.0, 500.0);
        check(0, 1.0, 1_000.0);
        check(3, 1.0, 8_000.0);
        check(6, 1.0, 30_000.0);
        check(u32::MAX, 1.0, 30_000.0);
        check(u32::MAX, 0.0, 500.0);
    }
}
