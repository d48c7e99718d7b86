//! An expression over points, with polars kept inside.

use domain::case::Measure;
use domain::clock::{Judgement, Timeliness};
use domain::dimension::Dimension;
use domain::symbol::word;
use polars::prelude::{DataType, Expr, LiteralValue, col, lit, when};

use crate::points::{JUDGED, MEASURE, QUANTITY, UNMAPPED, WEIGHT};

/// What a point contributes to a number: an expression over the columns of points.
#[derive(Clone, Debug)]
pub struct Formula {
    picks: Expr,
    amount: Amount,
}

#[derive(Clone, Debug)]
enum Amount {
    /// The point's weight, so many times.
    Weight { times: i64 },
    /// What was measured; the weight says how often.
    Quantity,
}

impl Formula {
    /// The weight of each point of a measure.
    #[must_use]
    pub fn weight_of(measure: Measure) -> Self {
        Self { picks: col(MEASURE).eq(lit(measure as u32)), amount: Amount::Weight { times: 1 } }
    }

    /// The weight of each point of any of these measures.
    #[must_use]
    pub fn weight_of_any(measures: &[Measure]) -> Self {
        let picks = measures.iter().map(|measure| col(MEASURE).eq(lit(*measure as u32)));
        Self {
            picks: picks.reduce(Expr::or).unwrap_or_else(|| lit(false)),
            amount: Amount::Weight { times: 1 },
        }
    }

    /// The handling time of each resolution for which one was measured.
    #[must_use]
    pub fn handling_secs() -> Self {
        Self::quantity_of(Measure::Resolved)
    }

    /// What was measured at each point of a measure: seconds, or thousandths of a score.
    #[must_use]
    pub fn quantity_of(measure: Measure) -> Self {
        Self { amount: Amount::Quantity, ..Self::weight_of(measure) }
    }

    /// Only points that stand so in their limit.
    #[must_use]
    pub fn standing(self, timeliness: Timeliness) -> Self {
        self.and(col(Dimension::Timeliness.name()).eq(lit(timeliness.sym().0)))
    }

    /// Only resolutions judged so.
    #[must_use]
    pub fn judged(self, judgement: Judgement) -> Self {
        self.and(col(JUDGED).eq(lit(judgement as u32)))
    }

    /// Only resolutions judged otherwise.
    #[must_use]
    pub fn not_judged(self, judgement: Judgement) -> Self {
        self.and(col(JUDGED).neq(lit(judgement as u32)))
    }

    /// Only points that stand otherwise in their limit.
    #[must_use]
    pub fn not_standing(self, timeliness: Timeliness) -> Self {
        self.and(col(Dimension::Timeliness.name()).neq(lit(timeliness.sym().0)))
    }

    /// Only administrative dossiers.
    #[must_use]
    pub fn dossiers(self) -> Self {
        self.and(col(Dimension::Kind.name()).eq(lit(word::DOSSIER.0)))
    }

    /// Only what was handed in online, or only what was not.
    #[must_use]
    pub fn online(self, online: bool) -> Self {
        let is_online = col(Dimension::SubmissionMode.name()).eq(lit(word::ONLINE.0));
        self.and(if online { is_online } else { is_online.not() })
    }

    /// Only points with a code that is not in the catalogue.
    #[must_use]
    pub fn unmapped(self) -> Self {
        self.and(col(UNMAPPED))
    }

    /// Counts each point so many times.
    #[must_use]
    pub fn times(self, times: i64) -> Self {
        Self { amount: Amount::Weight { times }, ..self }
    }

    fn and(self, also: Expr) -> Self {
        Self { picks: self.picks.and(also), ..self }
    }

    /// The expression: an `i64` a point; 0 (of what is measured: null) where the point is not picked.
    pub(crate) fn expr(&self) -> Expr {
        let picked = when(self.picks.clone());
        match self.amount {
            Amount::Weight { times } => {
                picked.then(col(WEIGHT).cast(DataType::Int64) * lit(times)).otherwise(lit(0_i64))
            }
            Amount::Quantity => {
                let none = Expr::Literal(LiteralValue::untyped_null()).cast(DataType::Int64);
                picked.then(col(QUANTITY)).otherwise(none)
            }
        }
    }
}
