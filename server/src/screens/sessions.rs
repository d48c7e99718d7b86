//! Browsers that are signed in with the administrator's token: for eight hours, and until the server stops.

use std::time::{Duration, Instant};

use super::Hashed;

/// One shift.
pub(super) const LASTS: Duration = Duration::from_secs(8 * 3_600);
/// One more signs the oldest out.
const AT_ONCE: usize = 16;

/// The browsers, the oldest first; only hashes of what they hold.
#[derive(Debug, Default)]
pub(super) struct Sessions(Vec<(Hashed, Instant)>);

impl Sessions {
    pub(super) fn begin(&mut self, secret: Hashed, now: Instant) {
        self.0.retain(|(_, begun)| now.saturating_duration_since(*begun) < LASTS);
        if self.0.len() == AT_ONCE {
            self.0.remove(0);
        }
        self.0.push((secret, now));
    }

    pub(super) fn holds(&self, secret: &Hashed, now: Instant) -> bool {
        self.0.iter().any(|(held, begun)| held == secret && now.saturating_duration_since(*begun) < LASTS)
    }

    pub(super) fn end(&mut self, secret: &Hashed) {
        self.0.retain(|(held, _)| held != secret);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_with_the_shift_by_itself_or_for_a_newer_one() {
        let (mut sessions, now) = (Sessions::default(), Instant::now());
        sessions.begin([0; 32], now);
        assert!(sessions.holds(&[0; 32], now + LASTS - Duration::from_secs(1)));
        assert!(!sessions.holds(&[0; 32], now + LASTS));
        sessions.end(&[0; 32]);
        assert!(!sessions.holds(&[0; 32], now));
        for n in 0..=u8::try_from(AT_ONCE).unwrap() {
            sessions.begin([n; 32], now);
        }
        assert!(!sessions.holds(&[0; 32], now) && sessions.holds(&[1; 32], now));
    }
}
