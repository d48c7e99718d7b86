//! Chance from a seed: the same seed, the same numbers, on every machine of one build.

use domain::geo::LatLng;
use rand::distr::Distribution;
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{LogNormal, Poisson};
use sha2::{Digest, Sha256};

use super::model::{Delay, Weights};

/// A stream of chance.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream that a seed has for a purpose and a number of it, such as a day: independent of all
    /// others, so that what is drawn for one day changes no other.
    pub(super) fn of(seed: u64, purpose: &str, number: i64) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(seed.to_be_bytes());
        hasher.update(number.to_be_bytes());
        hasher.update(purpose);
        Self(ChaCha8Rng::from_seed(hasher.finalize().into()))
    }

    /// From 0 up to 1, 1 excluded.
    pub(super) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// Whether something of this share happens.
    pub(super) fn happens(&mut self, share: f64) -> bool {
        // Drawn in any case, so that a share of 0 shifts nothing after it.
        self.unit() < share
    }

    /// A place in a list of `len`, which is not empty.
    pub(super) fn place(&mut self, len: usize) -> usize {
        // Not `random_range` over usize: 32 and 64 bits would differ.
        let len = u64::try_from(len).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.0.random_range(0..len)).unwrap_or_default()
    }

    /// A place in a list by its weights.
    pub(super) fn weighted(&mut self, weights: &Weights) -> usize {
        let at = self.unit() * weights.total();
        weights.place_at(at)
    }

    /// How often something happens whose mean is `mean`.
    pub(super) fn count(&mut self, mean: f64) -> u64 {
        // A mean of nothing has no distribution.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Whole and not negative.
        Poisson::new(mean).map_or(0, |poisson| poisson.sample(&mut self.0) as u64)
    }

    /// Microseconds of a delay, whole seconds and at least one, `pace` times as long as usual.
    pub(super) fn micros(&mut self, delay: &Delay, pace: f64) -> i64 {
        let secs = self.log_normal(delay.median_secs, delay.spread) * pace;
        #[allow(clippy::cast_possible_truncation)] // A year at most.
        let secs = secs.clamp(1.0, 366.0 * 86_400.0).round() as i64;
        secs * 1_000_000
    }

    /// A positive number whose logarithm is normal around that of `median`.
    pub(super) fn log_normal(&mut self, median: f64, spread: f64) -> f64 {
        LogNormal::new(median.max(f64::MIN_POSITIVE).ln(), spread)
            .map_or(median, |distribution| distribution.sample(&mut self.0))
    }

    /// A point near another, up to `radius_deg` on each axis.
    pub(super) fn near(&mut self, point: LatLng, radius_deg: f64) -> LatLng {
        let mut off = || (self.unit() * 2.0 - 1.0) * radius_deg;
        LatLng { lat: point.lat + off(), lng: point.lng + off() }
    }

    /// A number of its own for a story's chance.
    pub(super) fn branch(&mut self) -> Self {
        let mut seed = [0; 32];
        self.0.fill_bytes(&mut seed);
        Self(ChaCha8Rng::from_seed(seed))
    }
}
