//! How far a start has come: one share of the whole, whatever is being done, for everyone who is told that
//! there are no numbers yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use domain::problem::Problem;

/// The stages of a start, in their order. Each has its share of the whole, by about how long it takes where
/// no image of the fold can be used; a start that skips some comes to its end the sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The log is opened: its files are read and verified.
    Opening,
    /// Its records are read again, as events.
    Reading,
    /// Cases are folded from their events.
    Folding,
    /// The aggregates are built.
    Counting,
}

impl Stage {
    /// Where the stage begins and ends, per cent of the whole. It never says 100: then there are numbers.
    const fn share(self) -> (u8, u8) {
        match self {
            Self::Opening => (0, 20),
            Self::Reading => (20, 70),
            Self::Folding => (70, 90),
            Self::Counting => (90, 99),
        }
    }
}

/// How far a start has come. Clones are handles to the same one.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicU8>);

impl Progress {
    /// So much of a stage is done. It never goes back.
    pub fn came(&self, stage: Stage, done: u64, of: u64) {
        let (from, to) = stage.share();
        let share = u64::from(to - from) * done.min(of) / of.max(1);
        let percent = from.saturating_add(u8::try_from(share).unwrap_or_default());
        self.0.fetch_max(percent, Ordering::Relaxed);
    }

    /// The share of the whole, in per cent.
    #[must_use]
    pub fn percent(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is answered in place of a number.
#[must_use]
pub fn problem(percent: u8) -> Problem {
    Problem::new(
        "rebuilding",
        503,
        "Numbers are being rebuilt",
        format!("The log is being read again after a start: {percent} %. Ask again shortly."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(came: &[(Stage, u64, u64)], want: u8) {
        let progress = Progress::default();
        for (stage, done, of) in came {
            progress.came(*stage, *done, *of);
        }
        assert_eq!(progress.percent(), want);
    }

    #[test]
    fn a_start_goes_from_0_to_99_and_never_back() {
        check(&[], 0);
        check(&[(Stage::Opening, 1, 2)], 10);
        check(&[(Stage::Opening, 1, 1), (Stage::Reading, 1, 2)], 45);
        check(&[(Stage::Reading, 1, 2), (Stage::Opening, 1, 1)], 45);
        check(&[(Stage::Counting, 7, 7)], 99);
    }

    #[test]
    fn a_stage_of_nothing_or_of_too_much_stays_within_its_share() {
        check(&[(Stage::Opening, 0, 0)], 0);
        check(&[(Stage::Opening, 9, 0)], 0);
        check(&[(Stage::Reading, u64::MAX / 100, 3)], 70);
    }
}
