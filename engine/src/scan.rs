//! One lazy pass over history per kind of metric: polars filters, groups and sums, and the groups
//! that come out fill a [`Tally`].

use domain::Timestamp;
use domain::dimension::Dimension;
use polars::prelude::{
    Column, DataFrame, DataType, Expr, Field, IntoColumn, LazyFrame, PolarsResult, UInt32Chunked, col, lit,
};

use crate::error::QueryError;
use crate::plan::{Limits, Plan};
use crate::points::{AT, CELLS, SINCE, WEIGHT};
use crate::registry::{Formula, Measured};
use crate::tally::{Keyer, Tally};

const SPAN: &str = "span";
const SECS: &str = "secs";
const TIMES: &str = "times";

/// What history adds up to for a question, seen at `now`.
pub(crate) fn scan(
    plan: &Plan,
    points: &LazyFrame,
    keyer: &mut Keyer,
    now: Timestamp,
) -> Result<Tally, QueryError> {
    let mut tally = Tally::new(plan);
    for stock in [true, false] {
        let counts: Vec<(usize, &Formula)> = plan
            .asked
            .iter()
            .enumerate()
            .filter(|(_, asked)| asked.stock == stock)
            .filter_map(|(place, asked)| match &asked.entry.measured {
                Measured::Count(formula) => Some((place, formula)),
                Measured::Quantile { .. } | Measured::Mean { .. } | Measured::Derived(_) => None,
            })
            .collect();
        if !counts.is_empty() {
            let lf = in_question(plan, points, stock, now);
            fill_counts(plan, lf, stock, &counts, keyer, &mut tally)?;
        }
    }
    for (place, asked) in plan.asked.iter().enumerate() {
        if let Some(sample) = asked.entry.measured.sample() {
            let lf = in_question(plan, points, asked.stock, now);
            fill_samples(plan, lf, asked.stock, place, sample, keyer, &mut tally)?;
        }
    }
    Ok(tally)
}

/// The points that count: in the period, known at `now`, and asked about.
pub(crate) fn in_question(plan: &Plan, points: &LazyFrame, stock: bool, now: Timestamp) -> LazyFrame {
    let lf = points.clone().filter(counts_at(&plan.limits, stock, now));
    match plan.filter.expr() {
        Some(asked) => lf.filter(asked),
        None => lf,
    }
}

/// Whether a point counts within the limits, seen at `now`.
pub(crate) fn counts_at(limits: &Limits, stock: bool, now: Timestamp) -> Expr {
    let known = known_at(limits, stock, now);
    if stock {
        known
    } else {
        let end = limits.flow_end(now).micros();
        known.and(col(AT).gt_eq(lit(limits.from.micros()))).and(col(AT).lt(lit(end)))
    }
}

/// Whether a point has begun to count, in whatever period.
pub(crate) fn known_at(limits: &Limits, stock: bool, now: Timestamp) -> Expr {
    let limit = if stock { limits.stock_until } else { limits.flow_until };
    col(SINCE).lt_eq(lit(limit.min(now).micros()))
}

fn fill_counts(
    plan: &Plan,
    lf: LazyFrame,
    stock: bool,
    counts: &[(usize, &Formula)],
    keyer: &mut Keyer,
    tally: &mut Tally,
) -> Result<(), QueryError> {
    let keys = key_exprs(plan, stock);
    let sums: Vec<Expr> =
        counts.iter().map(|(place, formula)| formula.expr().sum().alias(sum_name(*place))).collect();
    let df = if keys.is_empty() { lf.select(sums) } else { lf.group_by(keys).agg(sums) }.collect()?;
    let groups = Groups::read(plan, &df)?;
    let amounts: Vec<(usize, Vec<i64>)> = counts
        .iter()
        .map(|(place, _)| {
            let column = df.column(&sum_name(*place))?.i64()?;
            Ok((*place, column.iter().map(Option::unwrap_or_default).collect()))
        })
        .collect::<PolarsResult<_>>()?;
    for line in 0..df.height() {
        let Some(span) = groups.span(line) else {
            continue;
        };
        let mut key = None;
        for (place, amounts) in &amounts {
            if let Some(amount) = amounts.get(line).filter(|amount| **amount != 0) {
                let key = key.get_or_insert_with(|| groups.key(keyer, line));
                tally.count(key, span, *place, *amount);
            }
        }
    }
    Ok(())
}

fn fill_samples(
    plan: &Plan,
    lf: LazyFrame,
    stock: bool,
    place: usize,
    sample: &Formula,
    keyer: &mut Keyer,
    tally: &mut Tally,
) -> Result<(), QueryError> {
    let mut keys = key_exprs(plan, stock);
    keys.push(col(SECS));
    let lf = lf.with_column(sample.expr().alias(SECS)).filter(col(SECS).is_not_null());
    let df = lf.group_by(keys).agg([col(WEIGHT).cast(DataType::Int64).sum().alias(TIMES)]).collect()?;
    let groups = Groups::read(plan, &df)?;
    let secs = df.column(SECS)?.i64()?;
    let times = df.column(TIMES)?.i64()?;
    for (line, (secs, times)) in secs.iter().zip(times.iter()).enumerate() {
        if let (Some(span), Some(secs), Some(times)) = (groups.span(line), secs, times) {
            tally.sample(&groups.key(keyer, line), span, place, secs, times);
        }
    }
    Ok(())
}

fn sum_name(place: usize) -> String {
    format!("sum{place}")
}

fn key_exprs(plan: &Plan, stock: bool) -> Vec<Expr> {
    // Two levels of one dimension are one column of points: rolled up later, per group.
    let mut dimensions: Vec<Dimension> = plan.keys.iter().map(|key| key.dimension).collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    let mut keys: Vec<Expr> = dimensions.into_iter().map(|dimension| col(dimension.name())).collect();
    keys.extend(plan.cell.map(|slot| col(CELLS[slot])));
    if plan.is_bucketed() {
        keys.push(span_expr(plan.clone(), stock).alias(SPAN));
    }
    keys
}

/// The place of what lies in no bucket.
const NO_SPAN: u32 = u32::MAX;

/// The bucket of each point, by its place.
fn span_expr(plan: Plan, stock: bool) -> Expr {
    col(if stock { SINCE } else { AT }).map(
        move |column: Column| {
            let places = column.i64()?.into_no_null_iter().map(|instant| {
                let place = if stock { plan.stock_span(instant) } else { plan.flow_span(instant) };
                place.and_then(|place| u32::try_from(place).ok()).unwrap_or(NO_SPAN)
            });
            let places: Vec<u32> = places.collect();
            Ok(UInt32Chunked::from_vec(column.name().clone(), places).into_column())
        },
        |_, field| Ok(Field::new(field.name().clone(), DataType::UInt32)),
    )
}

/// The key columns of what polars grouped.
struct Groups {
    syms: Vec<Vec<u32>>,
    cells: Option<Vec<u64>>,
    spans: Option<Vec<u32>>,
}

impl Groups {
    fn read(plan: &Plan, df: &DataFrame) -> PolarsResult<Self> {
        let syms =
            plan.keys.iter().map(|key| numbers(df, key.dimension.name())).collect::<PolarsResult<_>>()?;
        let cells = match plan.cell {
            Some(slot) => Some(df.column(CELLS[slot])?.u64()?.into_no_null_iter().collect()),
            None => None,
        };
        let spans = if plan.is_bucketed() { Some(numbers(df, SPAN)?) } else { None };
        Ok(Self { syms, cells, spans })
    }

    /// `None` where the line lies in no bucket.
    fn span(&self, line: usize) -> Option<usize> {
        match &self.spans {
            None => Some(0),
            Some(spans) => spans.get(line).filter(|span| **span != NO_SPAN).map(|span| *span as usize),
        }
    }

    fn key(&self, keyer: &mut Keyer, line: usize) -> crate::tally::Key {
        let cell = self.cells.as_ref().and_then(|cells| cells.get(line)).copied();
        keyer.key(self.syms.iter().filter_map(|syms| syms.get(line)).copied(), cell)
    }
}

fn numbers(df: &DataFrame, name: &str) -> PolarsResult<Vec<u32>> {
    Ok(df.column(name)?.u32()?.into_no_null_iter().collect())
}
