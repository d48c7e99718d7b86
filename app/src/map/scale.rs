//! The classes of a legend: few, with round bounds that fit the data, and steady, so that a map's
//! colours do not flicker as numbers move by one.

use super::counts::Counts;
use super::ramp::{CLASSES_MAX, Rgb, ramp, ramp_place};
use crate::theme::Shade;

/// Round numbers that a class may begin with, in one decade; above ten they repeat ten times as
/// large. Each is about 1.4 times the one before: a step is a difference worth a colour.
const ONES: [i64; 6] = [1, 2, 3, 4, 6, 9];
const DECADE: [i64; 6] = [14, 20, 30, 40, 60, 90];

/// Decades above the first that the ladder reaches: up to 90 million.
const DECADES: u32 = 7;

/// Shares of the cells below which the first classes end. Most cells hold little; the upper classes
/// are kept narrow, so that the few places that need a look stand out.
const SHARES_PERCENT: [usize; CLASSES_MAX - 1] = [28, 52, 74, 90, 97];

/// How far the last class's bound may lie from the best one, in steps of the ladder, before the
/// legend changes.
const DRIFT_STEPS_MAX: usize = 1;

/// How much fuller the fullest class may be than that of the best legend, in percent of the cells,
/// before the legend changes.
const CROWDED_PERCENT_MAX: usize = 10;

/// A legend's classes. The first begins with 1: a cell without a number is not drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Where each class begins, ascending, at most [`CLASSES_MAX`]; the last is open upwards.
    lowers: Vec<i64>,
}

impl Scale {
    /// The classes that fit these numbers best. Numbers below 1 are not drawn and so not counted.
    #[must_use]
    pub fn fit(values: &Counts) -> Self {
        let drawn = values.from(1);
        let Some(max) = values.at_rank_from_above(1, 0) else {
            return Self { lowers: vec![1] };
        };
        let mut steps = vec![0];
        for percent in SHARES_PERCENT {
            // The last value that counts into the share; `drawn` > 0, so the rank is in range.
            let rank = (drawn * percent / 100).min(drawn - 1);
            let step = step_at_or_below(values.at_rank(1, rank).unwrap_or(max));
            if steps.last().is_some_and(|last| step > *last) {
                steps.push(step);
            }
        }
        fill_gaps(&mut steps, step_at_or_below(max));
        Self { lowers: steps.into_iter().map(ladder).collect() }
    }

    /// The classes of numbers of which none below `least` is told: a legend begins with what can be seen.
    #[must_use]
    pub fn fit_from(least: i64, values: &Counts) -> Self {
        let mut scale = Self::fit(values);
        scale.lowers.retain(|lower| *lower > least);
        scale.lowers.insert(0, least);
        scale
    }

    /// The classes for the next numbers: these same ones while they still tell as much.
    #[must_use]
    pub fn follow(&self, values: &Counts) -> Self {
        let best = Self::fit(values);
        let drift_steps = self.last_step().abs_diff(best.last_step());
        let crowded = self.fullest(values).saturating_sub(best.fullest(values)) * 100;
        if drift_steps <= DRIFT_STEPS_MAX && crowded <= CROWDED_PERCENT_MAX * values.len() {
            self.clone()
        } else {
            best
        }
    }

    /// The step of the ladder where the last class begins.
    fn last_step(&self) -> usize {
        self.lowers.last().map_or(0, |lower| step_at_or_below(*lower))
    }

    /// How many cells are in the class that has the most.
    fn fullest(&self, values: &Counts) -> usize {
        let mut cells = [0; CLASSES_MAX];
        for (value, times) in values.iter() {
            if let Some(class) = self.class_of(value) {
                cells[class] += times;
            }
        }
        cells.into_iter().max().unwrap_or(0)
    }

    /// How many classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.lowers.len()
    }

    /// Where each class begins.
    #[must_use]
    pub fn lowers(&self) -> &[i64] {
        &self.lowers
    }

    /// The class of a number, from 0; none for what is not drawn.
    #[must_use]
    pub fn class_of(&self, value: i64) -> Option<usize> {
        self.lowers.partition_point(|lower| *lower <= value).checked_sub(1)
    }

    /// The colours of the classes, in their order.
    #[must_use]
    pub fn colours(&self, shade: Shade) -> Vec<Rgb> {
        let ramp = ramp(shade);
        (0..self.classes()).map(|class| ramp[ramp_place(class, self.classes())]).collect()
    }

    /// The colour of a cell with this number: the legend's, to the byte.
    #[must_use]
    pub fn colour_of(&self, shade: Shade, value: i64) -> Option<Rgb> {
        self.class_of(value).map(|class| ramp(shade)[ramp_place(class, self.classes())])
    }
}

/// The number at a step of the ladder.
pub(super) fn ladder(step: usize) -> i64 {
    if step < ONES.len() {
        return ONES[step];
    }
    let above = step - ONES.len();
    let decade = u32::try_from(above / DECADE.len()).unwrap_or(DECADES).min(DECADES);
    DECADE[above % DECADE.len()] * 10_i64.pow(decade)
}

/// The step of the greatest number of the ladder that is not above `value` (at least 1).
pub(super) fn step_at_or_below(value: i64) -> usize {
    let steps = ONES.len() + DECADE.len() * DECADES as usize;
    (1..steps).take_while(|step| ladder(*step) <= value).last().unwrap_or(0)
}

/// Splits the widest stretch between bounds until the classes are as many as a reader can use, or
/// no round number is left between them. `top` is the step of the largest value.
fn fill_gaps(steps: &mut Vec<usize>, top: usize) {
    while steps.len() < CLASSES_MAX {
        let ends = steps.iter().skip(1).copied().chain([top + 1]);
        let widest = steps
            .iter()
            .zip(ends)
            .enumerate()
            .map(|(place, (start, end))| (end - start, place))
            // Of equally wide stretches the upper one: detail is wanted where there is much.
            .max();
        match widest {
            Some((width, place)) if width > 1 => {
                let middle = steps[place] + width / 2;
                steps.insert(place + 1, middle);
            }
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(values: &[i64]) -> Counts {
        values.iter().copied().collect()
    }

    #[track_caller]
    fn check(values: &[i64], want: &[i64]) {
        let scale = Scale::fit(&counts(values));
        assert_eq!(scale.lowers(), want);
    }

    /// Many cells with little and few with much, as cities have them.
    fn skewed(cells: i64, max: i64) -> Vec<i64> {
        (1..=cells).map(|rank| (max / rank).max(1)).collect()
    }

    #[test]
    fn bounds_are_round_and_begin_with_one() {
        check(&[], &[1]);
        check(&[0, -3], &[1]);
        check(&[1, 1, 1], &[1]);
        check(&[1, 2, 3], &[1, 2, 3]);
        check(&[5, 5, 5, 5], &[1, 2, 3, 4]);
        check(&skewed(400, 16), &[1, 2, 4, 6, 9, 14]);
        let wide = Scale::fit(&counts(&skewed(2_000, 5_000)));
        assert_eq!(wide.classes(), CLASSES_MAX);
        assert_eq!(wide.lowers()[0], 1);
        assert!(wide.lowers().windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_legend_begins_with_the_least_that_is_told() {
        let lowers = |least: i64, values: &[i64]| Scale::fit_from(least, &counts(values)).lowers().to_vec();
        assert_eq!(lowers(5, &[5, 5, 6, 9, 14, 19]), [5, 6, 9, 14]);
        assert_eq!(lowers(5, &[]), [5]);
        assert_eq!(lowers(6, &[6, 9]), [6, 9]);
        assert_eq!(Scale::fit_from(5, &counts(&[5, 9])).class_of(4), None);
    }

    #[test]
    fn every_class_of_a_fresh_scale_has_a_cell_at_its_top() {
        for max in [1, 2, 3, 7, 19, 88, 1_200, 60_000] {
            let values = skewed(500, max);
            let scale = Scale::fit(&counts(&values));
            let last = *scale.lowers().last().unwrap();
            assert!(values.iter().any(|value| *value >= last), "{max}: {scale:?}");
        }
    }

    #[test]
    fn a_number_has_the_class_that_it_reaches() {
        let scale = Scale { lowers: vec![1, 2, 4, 6, 9, 14] };
        let classes: Vec<_> =
            [-1, 0, 1, 2, 3, 4, 8, 9, 13, 14, 9_999].map(|value| scale.class_of(value)).into();
        let want =
            [None, None, Some(0), Some(1), Some(1), Some(2), Some(3), Some(4), Some(4), Some(5), Some(5)];
        assert_eq!(classes, want);
    }

    #[test]
    fn the_colour_of_a_number_is_one_of_the_legends_colours() {
        for shade in [Shade::Dark, Shade::Light] {
            for max in [1, 2, 3, 5, 40, 900] {
                let scale = Scale::fit(&counts(&skewed(300, max)));
                let legend = scale.colours(shade);
                for value in 1..=max {
                    let class = scale.class_of(value).unwrap();
                    assert_eq!(scale.colour_of(shade, value), Some(legend[class]));
                }
            }
        }
    }

    #[test]
    fn small_changes_leave_the_legend_as_it_is() {
        let mut values = skewed(800, 120);
        let first = Scale::fit(&counts(&values));
        let mut scale = first.clone();
        for tick in 0..40 {
            // A case comes in one cell and goes from another.
            let (comes, goes) = (tick * 7 % 800, tick * 13 % 800);
            values[comes] += 1;
            values[goes] = (values[goes] - 1).max(1);
            scale = scale.follow(&counts(&values));
        }
        assert_eq!(scale, first);
    }

    #[test]
    fn great_changes_bring_a_new_legend_and_it_does_not_swing_back() {
        let little = Scale::fit(&counts(&skewed(800, 20)));
        let much = little.follow(&counts(&skewed(800, 2_000)));
        assert_eq!(much, Scale::fit(&counts(&skewed(800, 2_000))));
        assert_ne!(little, much);
        let again = much.follow(&counts(&skewed(800, 1_900)));
        assert_eq!(again, much);
    }
}
