//! Group → numbers: what a question's points add up to so far, and the rows that this makes.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::dimension::Dimension;
use domain::query::GroupKey;
use domain::symbol::{Sym, Symbols};
use domain::value::Value;
use domain::wire::Row;
use rustc_hash::FxHashMap;

use crate::calendar::Span;
use crate::cells;
use crate::plan::{Made, Plan, Shown};
use crate::registry::Measured;
use crate::view::View;

/// A group: the symbol of each key, rolled up, and the cell, in the order of the columns.
pub(crate) type Key = Box<[u64]>;

/// Turns codes into keys and keys into cells of rows.
pub(crate) struct Keyer {
    city: std::sync::Arc<domain::city::City>,
    symbols: Symbols,
    columns: Vec<KeyColumn>,
}

struct KeyColumn {
    key: GroupKey,
    /// A code and the one it rolls up to.
    rolled: FxHashMap<u32, u32>,
}

impl Keyer {
    pub(crate) fn new(view: &View<'_>, plan: &Plan) -> Self {
        let columns = plan.keys.iter().map(|key| KeyColumn { key: *key, rolled: FxHashMap::default() });
        Self {
            city: view.state().city().clone(),
            symbols: view.state().symbols().clone(),
            columns: columns.collect(),
        }
    }

    /// The city's zone.
    pub(crate) fn zone(&self) -> &jiff::tz::TimeZone {
        &self.city.zone
    }

    /// The key of a point: one symbol a key column, then the cell where cells are asked for.
    pub(crate) fn key(&mut self, syms: impl Iterator<Item = u32>, cell: Option<u64>) -> Key {
        let mut key = Vec::with_capacity(self.columns.len() + 1);
        let (city, symbols) = (&self.city, &self.symbols);
        for (column, sym) in self.columns.iter_mut().zip(syms) {
            key.push(u64::from(column.roll_up(city, symbols, sym)));
        }
        key.extend(cell);
        key.into_boxed_slice()
    }

    /// The key as answers write it.
    pub(crate) fn shown(&self, key: &[u64]) -> Row {
        let mut row: Row = self
            .columns
            .iter()
            .zip(key)
            .map(|(column, sym)| self.shown_code(column.key.dimension, *sym))
            .collect();
        row.extend(key.get(self.columns.len()).map(|cell| match cell {
            0 => Value::Null,
            cell => Value::Text(cells::name(*cell)),
        }));
        row
    }

    fn shown_code(&self, dimension: Dimension, sym: u64) -> Value {
        // Keys are made of symbols, which have 32 bits.
        let sym = Sym(u32::try_from(sym).unwrap_or_default());
        let Some(name) = self.symbols.name(sym) else {
            return Value::Null;
        };
        code_value(dimension, &name)
    }
}

/// A code as answers write it: content groups are numbers.
pub(crate) fn code_value(dimension: Dimension, name: &str) -> Value {
    let number = || name.parse::<i64>().ok().filter(|number| number.to_string() == *name);
    match dimension {
        Dimension::ContentGroup => number().map_or_else(|| name.into(), Value::Int),
        _ => name.into(),
    }
}

impl KeyColumn {
    fn roll_up(&mut self, city: &domain::city::City, symbols: &Symbols, sym: u32) -> u32 {
        let Some(level) = self.key.level else {
            return sym;
        };
        if let Some(rolled) = self.rolled.get(&sym) {
            return *rolled;
        }
        let rolled = match (symbols.name(Sym(sym)), city.catalogue.tree(self.key.dimension)) {
            (Some(name), Some(tree)) => symbols.intern(&tree.at_level(&name, usize::from(level))).0,
            _ => sym,
        };
        self.rolled.insert(sym, rolled);
        rolled
    }
}

/// What the points of one group in one bucket add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sums {
    /// For each metric of the question; unused for quantiles.
    counts: Box<[i64]>,
    /// For each metric of the question, what was sampled and how often; empty for counts.
    samples: Box<[BTreeMap<i64, i64>]>,
}

/// The buckets of one group that hold anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    spans: BTreeMap<usize, Sums>,
}

/// All groups that hold anything.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) groups: FxHashMap<Key, Group>,
    metrics: usize,
}

impl Tally {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self { groups: FxHashMap::default(), metrics: plan.asked.len() }
    }

    /// Adds to a count.
    pub(crate) fn count(&mut self, key: &Key, span: usize, metric: usize, amount: i64) {
        if amount == 0 {
            return;
        }
        if let Some(count) = self.sums(key, span).counts.get_mut(metric) {
            *count += amount;
        }
    }

    /// Adds so many samples of so many seconds.
    pub(crate) fn sample(&mut self, key: &Key, span: usize, metric: usize, secs: i64, times: i64) {
        if times == 0 {
            return;
        }
        let Some(samples) = self.sums(key, span).samples.get_mut(metric) else {
            return;
        };
        let held = samples.entry(secs).or_default();
        *held += times;
        if *held == 0 {
            samples.remove(&secs);
        }
    }

    fn sums(&mut self, key: &Key, span: usize) -> &mut Sums {
        if !self.groups.contains_key(key) {
            self.groups.insert(key.clone(), Group::default());
        }
        let metrics = self.metrics;
        let group = self.groups.entry(key.clone()).or_default();
        group.spans.entry(span).or_insert_with(|| Sums {
            counts: vec![0; metrics].into(),
            samples: vec![BTreeMap::new(); metrics].into(),
        })
    }

    /// Forgets a group's empty buckets, and the group when it has no others.
    pub(crate) fn tidy(&mut self, key: &Key) {
        if let Some(group) = self.groups.get_mut(key) {
            group.spans.retain(|_, sums| !sums.is_empty());
            if group.spans.is_empty() {
                self.groups.remove(key);
            }
        }
    }

    /// Carries levels over into the first bucket of a new period and forgets all movements.
    pub(crate) fn begin_period(&mut self, plan: &Plan) {
        for group in self.groups.values_mut() {
            let mut carried = vec![0; plan.asked.len()];
            for sums in std::mem::take(&mut group.spans).into_values() {
                for (total, (count, asked)) in carried.iter_mut().zip(sums.counts.iter().zip(&plan.asked)) {
                    *total += if asked.stock { *count } else { 0 };
                }
            }
            let samples = vec![BTreeMap::new(); plan.asked.len()].into();
            group.spans.insert(0, Sums { counts: carried.into(), samples });
        }
        self.groups.retain(|_, group| group.spans.values().any(|sums| !sums.is_empty()));
    }

    /// The keys of all rows that a group may have.
    pub(crate) fn row_keys(&self, plan: &Plan, keyer: &Keyer, key: &Key) -> Vec<Row> {
        let shown = keyer.shown(key);
        plan.spans.iter().map(|span| row_key(plan, span, &shown)).collect()
    }

    /// The rows of one group as they stand at `now`, or none where every number is zero.
    pub(crate) fn rows(&self, plan: &Plan, keyer: &Keyer, key: &Key, now: Timestamp) -> Vec<(Row, Row)> {
        let nothing = Group::default();
        let group = self.groups.get(key).unwrap_or(&nothing);
        let shown = keyer.shown(key);
        let mut levels = vec![0; plan.asked.len()];
        let mut rows = Vec::with_capacity(plan.spans.len());
        let mut any = plan.is_ungrouped();
        for (place, span) in plan.spans.iter().enumerate() {
            let sums = group.spans.get(&place);
            let begun = span.start <= now;
            let counted: Row = plan
                .asked
                .iter()
                .enumerate()
                .map(|(metric, asked)| {
                    let count = sums.and_then(|sums| sums.counts.get(metric)).copied().unwrap_or(0);
                    match (&asked.entry.measured, asked.stock) {
                        (Measured::Quantile { permille, .. }, _) => {
                            let samples = sums.and_then(|sums| sums.samples.get(metric));
                            samples
                                .and_then(|samples| nearest_rank(samples, *permille))
                                .map_or(Value::Null, hours)
                        }
                        (Measured::Mean { .. }, _) => {
                            sums.and_then(|sums| sums.samples.get(metric)).map_or(Value::Null, mean)
                        }
                        // How many will stand so in a bucket that has not begun, nobody knows.
                        (_, true) if !begun => Value::Null,
                        (_, true) => {
                            levels[metric] += count;
                            Value::Int(levels[metric])
                        }
                        (_, false) => Value::Int(count),
                    }
                })
                .collect();
            let values: Row = plan.shown.iter().map(|shown| made(&shown.made, &counted)).collect();
            let of_some = plan.shown.iter().zip(&values).filter(|(shown, _)| is_of_answers(plan, shown));
            // No satisfied answer among some is a fact, other than no answer.
            any |= values.iter().any(is_some_number)
                || of_some.into_iter().any(|(_, value)| *value != Value::Null);
            rows.push((row_key(plan, span, &shown), values));
        }
        if any { rows } else { Vec::new() }
    }
}

impl Sums {
    fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0) && self.samples.iter().all(BTreeMap::is_empty)
    }
}

fn row_key(plan: &Plan, span: &Span, shown: &Row) -> Row {
    let bucket = plan.bucket.map(|_| Value::Text(span.name.clone()));
    bucket.into_iter().chain(shown.iter().cloned()).collect()
}

/// Whether a column tells of answers: then zero is told, for it is not "none".
fn is_of_answers(plan: &Plan, shown: &Shown) -> bool {
    match shown.made {
        Made::Share { .. } => true,
        Made::Sum(_) => false,
        Made::Itself(place) => {
            plan.asked.get(place).is_some_and(|asked| matches!(asked.entry.measured, Measured::Mean { .. }))
        }
    }
}

/// A column's number, of those that were counted.
fn made(made: &Made, counted: &Row) -> Value {
    let number = |place: &usize| counted.get(*place).cloned().unwrap_or(Value::Null);
    match made {
        Made::Itself(place) => number(place),
        Made::Sum(places) => {
            let numbers: Option<Vec<i64>> = places.iter().map(|place| number(place).as_int()).collect();
            numbers.map_or(Value::Null, |numbers| Value::Int(numbers.into_iter().sum()))
        }
        Made::Share { part, whole } => match (number(part).as_int(), number(whole).as_int()) {
            (Some(part), Some(whole)) => share(part, whole),
            _ => Value::Null,
        },
    }
}

/// A share in percent with two decimals, halves rounded up; nothing of nothing.
#[must_use]
pub fn share(part: i64, whole: i64) -> Value {
    if whole == 0 {
        return Value::Null;
    }
    let hundredths = (part * 20_000 + whole).div_euclid(whole * 2);
    #[allow(clippy::cast_precision_loss)] // Below 2^53.
    Value::Float(hundredths as f64 / 100.0)
}

/// Neither zero nor nothing.
fn is_some_number(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number != 0.0)
}

/// The sample at rank ceil(q · n), counted from 1; `None` where there is none.
pub(crate) fn nearest_rank(samples: &BTreeMap<i64, i64>, permille: u32) -> Option<i64> {
    let total: i64 = samples.values().sum();
    let rank = (total * i64::from(permille) + 999) / 1000;
    let mut before = 0;
    samples.iter().find_map(|(secs, times)| {
        before += times;
        (before >= rank.max(1)).then_some(*secs)
    })
}

/// The mean of thousandths as a number with two decimals, halves rounded up; nothing of nothing.
pub(crate) fn mean(samples: &BTreeMap<i64, i64>) -> Value {
    let times: i64 = samples.values().sum();
    if times <= 0 {
        return Value::Null;
    }
    let sum: i64 = samples.iter().map(|(milli, times)| milli * times).sum();
    let hundredths = (sum * 2 + times * 10).div_euclid(times * 20);
    #[allow(clippy::cast_precision_loss)] // Below 2^53: scores of a hundred points at most.
    Value::Float(hundredths as f64 / 100.0)
}

/// Seconds as hours with two decimals, halves rounded up; exact, since only whole numbers are
/// divided.
pub(crate) fn hours(secs: i64) -> Value {
    let hundredths = (secs * 100 + 1_800).div_euclid(3_600);
    #[allow(clippy::cast_precision_loss)] // Below 2^53 for a hundred thousand centuries.
    Value::Float(hundredths as f64 / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_hours(secs: i64, want: f64) {
        assert_eq!(hours(secs), Value::Float(want), "{secs} s");
    }

    #[test]
    fn hours_have_two_decimals_and_halves_go_up() {
        check_hours(0, 0.0);
        check_hours(17, 0.0);
        check_hours(18, 0.01);
        check_hours(3_600, 1.0);
        check_hours(5_400, 1.5);
        check_hours(3_618, 1.01);
        check_hours(3_617, 1.0);
    }

    #[test]
    fn a_share_has_two_decimals_and_there_is_none_of_nothing() {
        assert_eq!(share(2, 3), Value::Float(66.67));
        assert_eq!(share(1, 8), Value::Float(12.5));
        assert_eq!(share(0, 5), Value::Float(0.0));
        assert_eq!(share(0, 0), Value::Null);
    }

    #[test]
    fn a_mean_has_two_decimals_and_there_is_none_of_nothing() {
        let samples = |list: &[(i64, i64)]| list.iter().copied().collect();
        assert_eq!(mean(&samples(&[])), Value::Null);
        assert_eq!(mean(&samples(&[(2_000, 1), (3_000, 2)])), Value::Float(2.67));
        assert_eq!(mean(&samples(&[(0, 3)])), Value::Float(0.0));
        assert_eq!(mean(&samples(&[(2_000, 199), (3_000, 1)])), Value::Float(2.01));
    }

    #[track_caller]
    fn check_rank(sorted: &[i64], permille: u32, want: Option<i64>) {
        let mut samples = BTreeMap::new();
        for secs in sorted {
            *samples.entry(*secs).or_default() += 1;
        }
        assert_eq!(nearest_rank(&samples, permille), want);
        let place = (sorted.len() * permille as usize).div_ceil(1000).max(1) - 1;
        assert_eq!(sorted.get(place).copied(), want);
    }

    #[test]
    fn the_nearest_rank_is_a_sample_that_there_was() {
        check_rank(&[], 500, None);
        check_rank(&[7], 500, Some(7));
        check_rank(&[1, 2], 500, Some(1));
        check_rank(&[1, 2, 2, 3, 9], 500, Some(2));
        check_rank(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 900, Some(9));
        check_rank(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 900, Some(10));
    }
}
