//! What one tick moves live numbers by: computed once, shared by every topic.

use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::state::Changes;
use domain::symbol::Sym;
use polars::prelude::{DataFrame, Expr, IntoLazy};

use crate::cells::{CellCache, Cells};
use crate::error::QueryError;
use crate::points::Points;
use crate::registry::{Measured, Registry};

/// The points that began or ceased to count in one tick, with what each contributes to each metric:
/// every metric's expression is evaluated once, here, however many topics there are.
#[derive(Clone, Debug, Default)]
pub struct MicroBatch {
    pub(crate) rows: Vec<LiveRow>,
    contributions: Vec<(Metric, Contributions)>,
}

/// One point of a batch.
#[derive(Clone, Debug)]
pub(crate) struct LiveRow {
    /// The deciding instant, microseconds.
    pub(crate) at: i64,
    /// From when on it counts, microseconds.
    pub(crate) since: i64,
    /// +1 or −1.
    pub(crate) weight: i64,
    /// What it is counted under.
    pub(crate) dims: [Sym; Dimension::COUNT],
    /// Where.
    pub(crate) cells: Cells,
}

/// What each row of a batch contributes to one metric.
#[derive(Clone, Debug)]
pub(crate) enum Contributions {
    /// How much.
    Counts(Vec<i64>),
    /// What was sampled, if anything; the row's weight says how often.
    Samples(Vec<Option<i64>>),
}

impl Contributions {
    /// Whether a row contributes at all.
    pub(crate) fn is_some_at(&self, line: usize) -> bool {
        match self {
            Self::Counts(amounts) => amounts.get(line).is_some_and(|amount| *amount != 0),
            Self::Samples(secs) => secs.get(line).is_some_and(Option::is_some),
        }
    }
}

impl MicroBatch {
    pub(crate) fn new(
        registry: &Registry,
        cache: &mut CellCache,
        changes: &Changes,
    ) -> Result<Self, QueryError> {
        let mut points = Points::default();
        for row in changes.live() {
            points.push(cache, row.case, row.sign, &row.point);
        }
        if points.len() == 0 {
            return Ok(Self::default());
        }
        let rows = (0..points.len()).map(|place| live_row(&points, place)).collect();
        let df = points.into_frame()?;
        Ok(Self { rows, contributions: contributions(registry, df)? })
    }

    /// How many points it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it moves nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What the rows contribute to a metric; `None` where the batch is empty.
    pub(crate) fn of(&self, metric: Metric) -> Option<&Contributions> {
        self.contributions.iter().find(|(other, _)| *other == metric).map(|(_, found)| found)
    }
}

fn live_row(points: &Points, place: usize) -> LiveRow {
    LiveRow {
        at: points.at[place],
        since: points.since[place],
        weight: i64::from(points.weight[place]),
        dims: std::array::from_fn(|dimension| Sym(points.dims[dimension][place])),
        cells: std::array::from_fn(|slot| points.cells[slot][place]),
    }
}

fn contributions(registry: &Registry, df: DataFrame) -> Result<Vec<(Metric, Contributions)>, QueryError> {
    let exprs: Vec<Expr> = registry
        .iter()
        .filter_map(|(metric, entry)| match &entry.measured {
            Measured::Count(formula)
            | Measured::Quantile { sample: formula, .. }
            | Measured::Mean { sample: formula } => Some(formula.expr().alias(metric.name())),
            Measured::Derived(_) => None,
        })
        .collect();
    let df = df.lazy().select(exprs).collect()?;
    let mut found = Vec::with_capacity(Metric::ALL.len());
    for (metric, entry) in registry.iter() {
        let column = || df.column(metric.name())?.i64();
        let contributions = match entry.measured {
            Measured::Count(_) => {
                Contributions::Counts(column()?.iter().map(Option::unwrap_or_default).collect())
            }
            Measured::Quantile { .. } | Measured::Mean { .. } => {
                Contributions::Samples(column()?.iter().collect())
            }
            // Its parts have contributed.
            Measured::Derived(_) => continue,
        };
        found.push((metric, contributions));
    }
    Ok(found)
}
