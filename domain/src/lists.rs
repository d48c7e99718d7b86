//! A city's lists that are no dimension: what people are asked when they rate, which answers count
//! as satisfied, and what a procedure usually takes. The documents name none of them, so that all
//! are data with validity, to be replaced by the city's own.

use jiff::civil::Date;

use crate::city::Label;

/// What people rate: one of the nine basic criteria, or the city's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// As ratings send it.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// Its place among the questions, from 1.
    pub order: u32,
    /// First day it was asked; none is "always".
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_to: Option<Date>,
    /// The criterion of before whose series this one continues.
    pub comparable_with: Option<String>,
}

/// One answer of the scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SatisfactionLevel {
    /// Its name.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// The score that ratings send for it, in thousandths.
    pub score_milli: i64,
    /// Whether the satisfaction rate counts it.
    pub counts_as_satisfied: bool,
}

/// Where a limit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitBasis {
    /// A usual figure that no decision has been read for: for simulations, never for a clock.
    Assumed,
    /// The decision that announces the procedure.
    Announced,
}

/// What is known of a procedure beside its name, which the catalogue has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcedureFacts {
    /// Its code in the catalogue.
    pub code: String,
    /// The code of its field.
    pub field: String,
    /// How long it takes.
    pub limit_working_days: u32,
    /// How that is known.
    pub limit_basis: LimitBasis,
}

/// All lists of a city; each may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// In their order.
    pub criteria: Vec<Criterion>,
    /// From the lowest score.
    pub satisfaction: Vec<SatisfactionLevel>,
    /// By code.
    pub procedures: Vec<ProcedureFacts>,
}

impl Lists {
    /// The level that a score stands for: the highest whose score it reaches; none below the lowest.
    #[must_use]
    pub fn level(&self, score_milli: i64) -> Option<&SatisfactionLevel> {
        self.satisfaction.iter().rev().find(|level| level.score_milli <= score_milli)
    }

    /// The criteria asked on a day, in their order.
    pub fn criteria_on(&self, day: Date) -> impl Iterator<Item = &Criterion> {
        self.criteria.iter().filter(move |criterion| {
            criterion.valid_from.is_none_or(|from| from <= day)
                && criterion.valid_to.is_none_or(|to| day <= to)
        })
    }

    /// What is known of a procedure.
    #[must_use]
    pub fn procedure(&self, code: &str) -> Option<&ProcedureFacts> {
        self.procedures.iter().find(|procedure| procedure.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists() -> Lists {
        let label = Label::default();
        let level = |code: &str, score_milli, counts_as_satisfied| SatisfactionLevel {
            code: code.to_owned(),
            label: label.clone(),
            score_milli,
            counts_as_satisfied,
        };
        let criterion = |code: &str, from: Option<&str>, to: Option<&str>| Criterion {
            code: code.to_owned(),
            label: label.clone(),
            order: 1,
            valid_from: from.map(|day| day.parse().unwrap()),
            valid_to: to.map(|day| day.parse().unwrap()),
            comparable_with: None,
        };
        Lists {
            criteria: vec![
                criterion("C1", None, Some("2025-12-31")),
                criterion("C1b", Some("2026-01-01"), None),
                criterion("C2", None, None),
            ],
            satisfaction: vec![level("no", 1000, false), level("yes", 2000, true)],
            procedures: Vec::new(),
        }
    }

    #[test]
    fn a_score_stands_for_the_highest_level_it_reaches() {
        let lists = lists();
        let level = |score| lists.level(score).map(|level| level.code.as_str());
        assert_eq!(
            [999, 1000, 1999, 2000, 9000].map(level),
            [None, Some("no"), Some("no"), Some("yes"), Some("yes")]
        );
    }

    #[test]
    fn a_criterion_is_asked_from_its_first_day_to_its_last() {
        let lists = lists();
        let on = |day: &str| -> Vec<&str> {
            lists.criteria_on(day.parse().unwrap()).map(|criterion| criterion.code.as_str()).collect()
        };
        assert_eq!(on("2025-12-31"), ["C1", "C2"]);
        assert_eq!(on("2026-01-01"), ["C1b", "C2"]);
    }
}
