//! How many hexagons have each number: all that a legend needs to know of them, kept as they change.

use std::collections::BTreeMap;

/// Numbers and how often each occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    of: BTreeMap<i64, usize>,
    len: usize,
}

impl Counts {
    /// One more has this number.
    pub(super) fn add(&mut self, value: i64) {
        *self.of.entry(value).or_default() += 1;
        self.len += 1;
    }

    /// One that had this number has it no more.
    pub(super) fn take(&mut self, value: i64) {
        let Some(times) = self.of.get_mut(&value) else { return };
        *times -= 1;
        self.len -= 1;
        if *times == 0 {
            self.of.remove(&value);
        }
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Each number and how often it occurs, ascending.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, usize)> {
        self.of.iter().map(|(value, times)| (*value, *times))
    }

    /// How many are at least `lower`.
    pub(super) fn from(&self, lower: i64) -> usize {
        self.of.range(lower..).map(|(_, times)| times).sum()
    }

    /// The number at a rank among those of at least `lower`, the smallest at 0.
    pub(super) fn at_rank(&self, lower: i64, rank: usize) -> Option<i64> {
        at_rank(self.of.range(lower..), rank)
    }

    /// The number at a rank among those of at least `lower`, the greatest at 0.
    pub(super) fn at_rank_from_above(&self, lower: i64, rank: usize) -> Option<i64> {
        at_rank(self.of.range(lower..).rev(), rank)
    }
}

fn at_rank<'a>(counts: impl Iterator<Item = (&'a i64, &'a usize)>, rank: usize) -> Option<i64> {
    let mut passed = 0;
    for (value, times) in counts {
        passed += times;
        if passed > rank {
            return Some(*value);
        }
    }
    None
}

impl FromIterator<i64> for Counts {
    fn from_iter<T: IntoIterator<Item = i64>>(values: T) -> Self {
        let mut counts = Self::default();
        values.into_iter().for_each(|value| counts.add(value));
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ranks_are_those_of_the_sorted_numbers(
            values in proptest::collection::vec(-3_i64..9, 0..40),
            gone in 0_usize..20,
            lower in -3_i64..9,
        ) {
            let mut counts: Counts = values.iter().copied().collect();
            let gone = gone.min(values.len());
            values[..gone].iter().for_each(|value| counts.take(*value));
            counts.take(99);
            let mut sorted = values[gone..].to_vec();
            sorted.sort_unstable();
            prop_assert_eq!(counts.len(), sorted.len());
            sorted.retain(|value| *value >= lower);
            prop_assert_eq!(counts.from(lower), sorted.len());
            for rank in 0..=sorted.len() {
                prop_assert_eq!(counts.at_rank(lower, rank), sorted.get(rank).copied());
                prop_assert_eq!(counts.at_rank_from_above(lower, rank), sorted.iter().rev().nth(rank).copied());
            }
        }
    }
}
