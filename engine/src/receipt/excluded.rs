//! Why a case is not in a number: each other case ever received has one reason, the first that
//! holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::Timestamp;
use domain::answer::Excluded;
use domain::case::{CaseIx, Measure, Timeline};
use domain::metric::Metric;
use domain::symbol::Symbols;
use rustc_hash::FxHashMap;

use super::Share;
use crate::plan::Plan;
use crate::view::View;

/// How many codes each reason shows.
const SHOWN: usize = 100;

/// All other cases ever received, by reason; the reason with most cases first.
pub(super) fn by_reason(
    view: &View<'_>,
    plan: &Plan,
    metric: Metric,
    stock: bool,
    shares: &FxHashMap<CaseIx, Share>,
) -> Vec<Excluded> {
    let standing = Standing::new(view, plan, metric, stock);
    let mut by_reason: BTreeMap<Arc<str>, Vec<Arc<str>>> = BTreeMap::new();
    for (ix, case) in view.cases() {
        let share = shares.get(&ix).copied().unwrap_or_default();
        if let (Some(timeline), 0) = (&*case.timeline, share.counted) {
            by_reason.entry(standing.reason(share, timeline)).or_default().push(case.code.clone());
        }
    }
    let mut excluded: Vec<Excluded> = by_reason
        .into_iter()
        .map(|(reason, codes)| Excluded {
            reason: reason.to_string(),
            count: codes.len() as u64,
            codes: first(codes),
        })
        .collect();
    excluded.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.reason.cmp(&b.reason)));
    excluded
}

/// The first codes, ascending.
fn first(mut codes: Vec<Arc<str>>) -> Vec<String> {
    if codes.len() > SHOWN {
        codes.select_nth_unstable(SHOWN);
        codes.truncate(SHOWN);
    }
    codes.sort_unstable();
    codes.iter().map(|code| code.to_string()).collect()
}

/// How the number looks at cases.
struct Standing<'a> {
    symbols: &'a Symbols,
    metric: Metric,
    stock: bool,
    /// The instant of a level; of a movement, the instant from which it is seen.
    at: Timestamp,
}

impl<'a> Standing<'a> {
    fn new(view: &View<'a>, plan: &Plan, metric: Metric, stock: bool) -> Self {
        let limit = if stock { plan.limits.stock_until } else { plan.limits.flow_until };
        Self { symbols: view.state().symbols(), metric, stock, at: limit.min(view.at()) }
    }

    fn reason(&self, share: Share, timeline: &Timeline) -> Arc<str> {
        if share.unfiltered != 0 {
            return "outside_filter".into();
        }
        if !self.stock && share.ever != 0 {
            return "outside_period".into();
        }
        if timeline.received_at > self.at {
            return "not_received_yet".into();
        }
        if self.stock { self.reason_of_level(timeline) } else { self.reason_of_movement(timeline).into() }
    }

    /// What the case is instead: its state where it is not open.
    fn reason_of_level(&self, timeline: &Timeline) -> Arc<str> {
        let Some(segment) = timeline.at(self.at) else {
            return "not_received_yet".into();
        };
        if !segment.open {
            let status = segment.attrs.code(domain::dimension::Dimension::Status);
            return self.symbols.name(status).unwrap_or_else(|| "not_open".into());
        }
        match self.metric {
            Metric::InTime | Metric::DueSoon | Metric::Overdue | Metric::NoDeadline => {
                "other_timeliness".into()
            }
            Metric::Unmapped => "all_codes_known".into(),
            metric => format!("not_{}", metric.name()).into(),
        }
    }

    /// It never happened to the case, or not so.
    fn reason_of_movement(&self, timeline: &Timeline) -> String {
        let resolved = || {
            let mut flows = timeline.flows.iter();
            flows.any(|flow| flow.measure == Measure::Resolved && flow.since <= self.at)
        };
        match self.metric {
            // What took them back was a link to another case.
            Metric::Cases | Metric::Received => "duplicate".into(),
            Metric::Duplicates => "not_duplicate".into(),
            Metric::ResolvedInTime
            | Metric::ResolvedExtended
            | Metric::ResolvedLate
            | Metric::ResolvedNoDeadline
            | Metric::HoursToResolveP50
            | Metric::HoursToResolveP90
                if !resolved() =>
            {
                "not_resolved".into()
            }
            Metric::HoursToResolveP50 | Metric::HoursToResolveP90 => "not_measured".into(),
            Metric::StageHoursP50 | Metric::StageHoursP90 => "not_stages_left".into(),
            Metric::MeanScore | Metric::SatisfactionRate => "not_rated".into(),
            Metric::ResponseRate => "not_rateable".into(),
            Metric::CriterionMeanScore | Metric::CriterionSatisfactionRate => "not_criterion_answers".into(),
            metric => format!("not_{}", metric.name()),
        }
    }
}
