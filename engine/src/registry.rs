//! What each metric counts, once. A metric is one expression over points ([`crate::points`]); the
//! live micro-batch, history and receipts all evaluate that same expression.

mod formula;
mod standard;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::answer::MetricView;
use domain::city::Label;
use domain::dimension::Dimension;
use domain::metric::{Metric, MetricKind};
use polars::prelude::{DataType, Expr, col, lit, when};

use crate::points::WEIGHT;

pub use formula::Formula;

/// Which way is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Fewer is better.
    Less,
    /// More is better.
    More,
    /// It says how much there is, not how well it goes.
    Neither,
}

/// How the points that a metric's formula picks become its number.
#[derive(Clone, Debug)]
pub enum Measured {
    /// The sum of what each point contributes.
    Count(Formula),
    /// The value at nearest rank `ceil(permille / 1000 · n)` of the sampled seconds, in hours.
    Quantile {
        /// The seconds of each point that has some; null elsewhere.
        sample: Formula,
        /// The rank, in thousandths: 500 is the median.
        permille: u32,
    },
    /// The mean of the sampled thousandths, as a score with two decimals.
    Mean {
        /// The thousandths of each point that has some; null elsewhere.
        sample: Formula,
    },
    /// Made of other metrics of the same question.
    Derived(Derived),
}

/// How a number is made of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Derived {
    /// Their sum.
    Sum(Vec<Metric>),
    /// The one in percent of the other, with two decimals; nothing where the other is zero.
    Share {
        /// What is counted of the whole.
        part: Metric,
        /// The whole.
        whole: Metric,
    },
}

impl Measured {
    /// What is sampled, where the number is one of samples.
    pub(crate) const fn sample(&self) -> Option<&Formula> {
        match self {
            Self::Quantile { sample, .. } | Self::Mean { sample } => Some(sample),
            Self::Count(_) | Self::Derived(_) => None,
        }
    }

    /// How often a point counts, with its sign: nothing of what is made of others.
    pub(crate) fn times(&self) -> Expr {
        match self {
            Self::Count(formula) => formula.expr(),
            Self::Quantile { sample, .. } | Self::Mean { sample } => when(sample.expr().is_not_null())
                .then(col(WEIGHT).cast(DataType::Int64))
                .otherwise(lit(0_i64)),
            Self::Derived(_) => lit(0_i64),
        }
    }
}

impl Derived {
    /// The metrics that it is made of.
    pub(crate) fn parts(&self) -> Vec<Metric> {
        match self {
            Self::Sum(parts) => parts.clone(),
            Self::Share { part, whole } => vec![*part, *whole],
        }
    }
}

/// One metric.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What people read.
    pub label: Label,
    /// `cases`, `hours`, `percent`, or `score` on the city's scale.
    pub unit: &'static str,
    /// What it counts, in a sentence.
    pub definition: Label,
    /// The clause that the definition rests on, where there is one.
    pub clause: Option<&'static str>,
    /// Which way is good.
    pub better: Better,
    /// What it counts, as an expression.
    pub measured: Measured,
}

/// All metrics. A value: a test may change a line and see every number move alike.
#[derive(Clone, Debug)]
pub struct Registry {
    entries: BTreeMap<Metric, Arc<Entry>>,
}

impl Default for Registry {
    fn default() -> Self {
        Self::standard()
    }
}

impl Registry {
    /// The metrics of the product.
    #[must_use]
    pub fn standard() -> Self {
        let entries = standard::entries();
        Self { entries: entries.into_iter().map(|(metric, entry)| (metric, Arc::new(entry))).collect() }
    }

    /// The same with one line changed.
    #[must_use]
    pub fn with(mut self, metric: Metric, change: impl FnOnce(&mut Entry)) -> Self {
        if let Some(entry) = self.entries.get_mut(&metric) {
            change(Arc::make_mut(entry));
        }
        self
    }

    /// A metric's line.
    #[must_use]
    pub fn entry(&self, metric: Metric) -> Option<&Arc<Entry>> {
        self.entries.get(&metric)
    }

    /// All lines, in the order of the contract.
    pub fn iter(&self) -> impl Iterator<Item = (Metric, &Arc<Entry>)> {
        Metric::ALL.into_iter().filter_map(|metric| Some((metric, self.entries.get(&metric)?)))
    }

    /// The registry as `GET /api/v1/metrics` says it.
    #[must_use]
    pub fn views(&self) -> Vec<MetricView> {
        self.iter().map(|(metric, entry)| view(metric, entry)).collect()
    }
}

fn view(metric: Metric, entry: &Entry) -> MetricView {
    MetricView {
        id: metric.name().to_owned(),
        label: entry.label.clone(),
        unit: entry.unit.to_owned(),
        kind: metric.kind(),
        definition: entry.definition.clone(),
        clause: entry.clause.map(str::to_owned),
        better: match entry.better {
            Better::Less => "less",
            Better::More => "more",
            Better::Neither => "neither",
        }
        .to_owned(),
        dimensions: dimensions(metric).map(|dimension| dimension.name().to_owned()).collect(),
    }
}

/// What a metric can be split by to any purpose: only ratings come in by a channel of their own, and
/// only their answers are about a criterion.
fn dimensions(metric: Metric) -> impl Iterator<Item = Dimension> {
    use Metric as M;
    let by_criterion = matches!(
        metric,
        M::CriterionAnswers | M::CriterionSatisfied | M::CriterionSatisfactionRate | M::CriterionMeanScore
    );
    let of_ratings =
        by_criterion || matches!(metric, M::Rated | M::Satisfied | M::SatisfactionRate | M::MeanScore);
    Dimension::ALL.into_iter().filter(move |dimension| match dimension {
        Dimension::Criterion => by_criterion,
        Dimension::RatingChannel => of_ratings,
        _ => true,
    })
}

impl Entry {
    /// Whether it is a count, and no quantile, mean or share.
    #[must_use]
    pub const fn is_count(&self) -> bool {
        matches!(self.measured, Measured::Count(_) | Measured::Derived(Derived::Sum(_)))
    }
}

/// Whether a metric is a level.
pub(crate) fn is_stock(metric: Metric) -> bool {
    metric.kind() == MetricKind::Stock
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_one_line_with_both_languages() {
        let registry = Registry::standard();
        assert_eq!(registry.iter().count(), Metric::ALL.len());
        for (metric, entry) in registry.iter() {
            for text in [&entry.label.vi, &entry.label.en, &entry.definition.vi, &entry.definition.en] {
                assert!(!text.is_empty(), "{}", metric.name());
            }
            assert_ne!(entry.definition.vi, entry.definition.en);
        }
    }

    #[test]
    fn a_changed_line_changes_no_other() {
        let registry = Registry::standard().with(Metric::Open, |entry| entry.unit = "dozens");
        assert_eq!(registry.entry(Metric::Open).unwrap().unit, "dozens");
        assert_eq!(registry.entry(Metric::Overdue).unwrap().unit, "cases");
    }
}
