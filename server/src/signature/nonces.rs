//! Nonces that were seen. What is remembered is bounded for each source: a source that would go beyond
//! is refused (429) until some are older than the window, and no nonce goes unremembered. They are not
//! kept over a restart: what was signed before it is refused by its time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::SignatureError;

/// Nonces of one source within the window, at most: about 12 MB. With 300 s, 873 signed requests a second.
const NONCES_MAX: usize = 1 << 18;

/// From how many on old ones are looked for.
const SWEEP_FROM: usize = 1_024;

/// The nonces of all sources.
#[derive(Debug, Default)]
pub struct Nonces(Mutex<HashMap<String, Seen>>);

#[derive(Debug, Default)]
struct Seen {
    /// The instant (Unix seconds) after which its signature is too old anyway, by the nonce's digest.
    until: HashMap<[u8; 16], i64>,
    sweep_at: usize,
}

impl Nonces {
    /// Remembers a nonce of `source` until `until`; both in Unix seconds.
    ///
    /// # Errors
    /// [`SignatureError::Replayed`] where it is remembered already, [`SignatureError::Crowded`] where there is
    /// no room.
    pub fn take(&self, source: &str, nonce: &str, until: i64, now: i64) -> Result<(), SignatureError> {
        self.take_within(NONCES_MAX, source, nonce, until, now)
    }

    fn take_within(
        &self,
        most: usize,
        source: &str,
        nonce: &str,
        until: i64,
        now: i64,
    ) -> Result<(), SignatureError> {
        let mut short = [0; 16];
        short.copy_from_slice(&Sha256::digest(nonce)[..16]);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = held.entry(source.to_owned()).or_default();
        if seen.until.get(&short).is_some_and(|until| *until >= now) {
            return Err(SignatureError::Replayed);
        }
        if seen.until.len() >= seen.sweep_at.max(SWEEP_FROM).min(most) {
            seen.until.retain(|_, until| *until >= now);
            seen.sweep_at = 2 * seen.until.len();
        }
        if seen.until.len() >= most {
            return Err(SignatureError::Crowded);
        }
        seen.until.insert(short, until);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_taken_once_by_each_source_within_the_window() {
        let nonces = Nonces::default();
        assert_eq!(nonces.take("a", "n", 400, 100), Ok(()));
        assert_eq!(nonces.take("a", "n", 400, 400), Err(SignatureError::Replayed));
        assert_eq!(nonces.take("b", "n", 400, 100), Ok(()));
        // After it, the window itself refuses the signature.
        assert_eq!(nonces.take("a", "n", 800, 401), Ok(()));
    }

    #[test]
    fn a_full_memory_refuses_instead_of_forgetting() {
        let nonces = Nonces::default();
        for number in 0..10 {
            assert_eq!(nonces.take_within(10, "a", &number.to_string(), 400, 100), Ok(()));
        }
        assert_eq!(nonces.take_within(10, "a", "x", 400, 100), Err(SignatureError::Crowded));
        assert_eq!(nonces.take_within(10, "a", "3", 400, 100), Err(SignatureError::Replayed));
        assert_eq!(nonces.take_within(10, "b", "x", 400, 100), Ok(()));
        assert_eq!(nonces.take_within(10, "a", "x", 800, 401), Ok(()));
    }
}
