//! How the city stands when a duty is handed over: numbers with their receipts, all of one instant.

use std::collections::BTreeMap;

use domain::directive::NumberThen;
use domain::metric::Metric;
use domain::problem::Problem;
use domain::shift::HandoverSummary;

use super::act::Shifts;
use super::page::{Names, page};
use crate::city_time::midnight;
use crate::http::params::Params;

/// What whoever comes must know, and whether it counts from the day's beginning.
const NUMBERS: [(Metric, bool); 5] = [
    (Metric::Open, false),
    (Metric::Overdue, false),
    (Metric::DueSoon, false),
    (Metric::Received, true),
    (Metric::Resolved, true),
];

impl Shifts {
    /// The summary of this moment.
    ///
    /// # Errors
    /// While numbers are rebuilt.
    pub(super) async fn summary(&self) -> Result<HandoverSummary, Problem> {
        let answers = &self.acts.answers;
        let stands = self
            .alarms
            .beside(|state, alarms| {
                let counts = alarms(&app::source::AlarmsQuery { limit: Some(1), ..Default::default() });
                (page(state, alarms, Names::Concealed, Some(1)), counts, state.at())
            })
            .await?;
        let (shift, counts, at) = stands;
        let city = answers.city();
        let today = midnight(&city.zone, at.to_jiff().to_zoned(city.zone.clone()).date());
        let mut numbers = Vec::with_capacity(NUMBERS.len());
        for (metric, is_of_today) in NUMBERS {
            let mut members = BTreeMap::from([
                ("metric".to_owned(), metric.name().to_owned()),
                ("at".to_owned(), self.acts.show(at)),
            ]);
            if let Some(today) = today.filter(|_| is_of_today) {
                members.insert("from".to_owned(), self.acts.show(today));
            }
            let query = Params::of_members(members)?.query(city)?;
            let receipt = answers.receipt(query, None).await?;
            numbers.push(NumberThen {
                metric: receipt.metric.clone(),
                query: receipt.query.clone(),
                value: receipt.value.clone(),
                cases: receipt.cases.total,
                digest: receipt.digest.clone(),
            });
        }
        Ok(HandoverSummary {
            seq: shift.seq.to_string(),
            at: shift.at,
            numbers,
            unacknowledged: counts.unacknowledged,
            acknowledged: counts.acknowledged,
            shelved: counts.shelved,
            directives_overdue: shift.directives_overdue_total,
        })
    }
}
