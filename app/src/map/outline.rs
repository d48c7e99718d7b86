//! Which hexagons get the red outline. Red is spent only on what needs action: where overdue cases
//! lie almost everywhere, an outline around each would say nothing, so it goes to those with the
//! most, and the legend says from which number on.

use super::counts::Counts;
use super::scale::{ladder, step_at_or_below};

/// Of the drawn hexagons at most this share is outlined …
const SHARE_PERCENT_MAX: usize = 4;
/// … but a few always may be.
const ALWAYS_MAX: usize = 5;
/// How much more than that may be outlined before the number changes: it holds on to what it was.
const SLACK: usize = 2;

/// The number of overdue cases from which a hexagon is outlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    from: i64,
}

impl Outline {
    /// The number that fits these hexagons: round, and 1 wherever that is few enough. `overdue` has
    /// one entry for each drawn hexagon.
    pub(super) fn fit(overdue: &Counts) -> Self {
        // The first that would be one too many must stay below the number.
        let Some(over) = overdue.at_rank_from_above(1, most(overdue)) else { return Self { from: 1 } };
        Self { from: ladder(step_at_or_below(over) + 1) }
    }

    /// The number for the next hexagons: this same one while it outlines neither far too many nor
    /// needlessly few.
    pub(super) fn follow(self, overdue: &Counts) -> Self {
        let best = Self::fit(overdue);
        let outlined = overdue.from(self.from);
        let is_near = step_at_or_below(self.from).abs_diff(step_at_or_below(best.from)) <= 1;
        if is_near && outlined <= most(overdue) * SLACK { self } else { best }
    }

    /// Whether a hexagon with so many overdue cases is outlined.
    #[cfg_attr(not(any(test, feature = "hydrate")), allow(dead_code))] // Drawn in the browser only.
    pub(super) const fn is_around(self, overdue: i64) -> bool {
        overdue >= self.from
    }

    /// The number itself.
    pub(super) const fn from(self) -> i64 {
        self.from
    }
}

fn most(overdue: &Counts) -> usize {
    (overdue.len() * SHARE_PERCENT_MAX / 100).max(ALWAYS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(overdue: &[i64]) -> Counts {
        overdue.iter().copied().collect()
    }

    #[track_caller]
    fn check(overdue: &[i64], from: i64) {
        let overdue = counts(overdue);
        let outline = Outline::fit(&overdue);
        assert_eq!(outline.from(), from);
        let outlined: usize =
            overdue.iter().filter(|(number, _)| outline.is_around(*number)).map(|(_, times)| times).sum();
        assert!(outlined <= most(&overdue), "{outlined} outlined");
    }

    #[test]
    fn few_overdue_cells_are_all_outlined_and_of_many_only_the_worst() {
        check(&[], 1);
        check(&[0; 400], 1);
        let mut few = vec![0; 400];
        few[..3].copy_from_slice(&[1, 7, 2]);
        check(&few, 1);
        check(&[1; 400], 2);
        let many: Vec<i64> = (0..400).map(|place| place / 10).collect();
        check(&many, 40);
    }

    #[test]
    fn the_number_does_not_swing_with_a_case() {
        let mut overdue: Vec<i64> = (0..400).map(|place| place / 10).collect();
        let first = Outline::fit(&counts(&overdue));
        let mut outline = first;
        for place in 0..20 {
            overdue[place * 19] += 1;
            outline = outline.follow(&counts(&overdue));
        }
        assert_eq!(outline, first);
        assert_eq!(outline.follow(&counts(&[0; 400])), Outline { from: 1 });
    }
}
