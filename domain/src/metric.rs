//! The names of the metrics. What each one counts stands in `engine`'s registry, once.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A metric of `interfaces.md` section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names are the contract's; the registry explains each.
pub enum Metric {
    Open,
    InTime,
    DueSoon,
    Overdue,
    NoDeadline,
    Unmapped,
    Cases,
    Received,
    Duplicates,
    Assigned,
    Resolved,
    ResolvedInTime,
    ResolvedExtended,
    ResolvedLate,
    ResolvedNoDeadline,
    Reopened,
    Returned,
    Refused,
    HoursToResolveP50,
    HoursToResolveP90,
    TotalReceived,
    TotalProcessed,
    ReceivedOnline,
    ReceivedInPerson,
    ResolvedOnTime,
    ResolvedOverdue,
    PendingInTime,
    PendingOverdue,
    Stopped,
    Rated,
    Satisfied,
    SatisfactionRate,
    Rateable,
    Responded,
    ResponseRate,
    MeanScore,
    CriterionAnswers,
    CriterionSatisfied,
    CriterionSatisfactionRate,
    CriterionMeanScore,
    StagesLeft,
    StageHoursP50,
    StageHoursP90,
}

/// Whether a metric is a level or a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    /// How many stand so at an instant.
    Stock,
    /// What happened in a period.
    Flow,
}

impl Metric {
    /// All, in the order of the contract.
    pub const ALL: [Self; 43] = [
        Self::Open,
        Self::InTime,
        Self::DueSoon,
        Self::Overdue,
        Self::NoDeadline,
        Self::Unmapped,
        Self::Cases,
        Self::Received,
        Self::Duplicates,
        Self::Assigned,
        Self::Resolved,
        Self::ResolvedInTime,
        Self::ResolvedExtended,
        Self::ResolvedLate,
        Self::ResolvedNoDeadline,
        Self::Reopened,
        Self::Returned,
        Self::Refused,
        Self::HoursToResolveP50,
        Self::HoursToResolveP90,
        Self::TotalReceived,
        Self::TotalProcessed,
        Self::ReceivedOnline,
        Self::ReceivedInPerson,
        Self::ResolvedOnTime,
        Self::ResolvedOverdue,
        Self::PendingInTime,
        Self::PendingOverdue,
        Self::Stopped,
        Self::Rated,
        Self::Satisfied,
        Self::SatisfactionRate,
        Self::Rateable,
        Self::Responded,
        Self::ResponseRate,
        Self::MeanScore,
        Self::CriterionAnswers,
        Self::CriterionSatisfied,
        Self::CriterionSatisfactionRate,
        Self::CriterionMeanScore,
        Self::StagesLeft,
        Self::StageHoursP50,
        Self::StageHoursP90,
    ];

    /// The name that queries and answers use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InTime => "in_time",
            Self::DueSoon => "due_soon",
            Self::Overdue => "overdue",
            Self::NoDeadline => "no_deadline",
            Self::Unmapped => "unmapped",
            Self::Cases => "cases",
            Self::Received => "received",
            Self::Duplicates => "duplicates",
            Self::Assigned => "assigned",
            Self::Resolved => "resolved",
            Self::ResolvedInTime => "resolved_in_time",
            Self::ResolvedExtended => "resolved_extended",
            Self::ResolvedLate => "resolved_late",
            Self::ResolvedNoDeadline => "resolved_no_deadline",
            Self::Reopened => "reopened",
            Self::Returned => "returned",
            Self::Refused => "refused",
            Self::HoursToResolveP50 => "hours_to_resolve_p50",
            Self::HoursToResolveP90 => "hours_to_resolve_p90",
            Self::TotalReceived => "total_received",
            Self::TotalProcessed => "total_processed",
            Self::ReceivedOnline => "received_online",
            Self::ReceivedInPerson => "received_in_person",
            Self::ResolvedOnTime => "resolved_on_time",
            Self::ResolvedOverdue => "resolved_overdue",
            Self::PendingInTime => "pending_in_time",
            Self::PendingOverdue => "pending_overdue",
            Self::Stopped => "stopped",
            Self::Rated => "rated",
            Self::Satisfied => "satisfied",
            Self::SatisfactionRate => "satisfaction_rate",
            Self::Rateable => "rateable",
            Self::Responded => "responded",
            Self::ResponseRate => "response_rate",
            Self::MeanScore => "mean_score",
            Self::CriterionAnswers => "criterion_answers",
            Self::CriterionSatisfied => "criterion_satisfied",
            Self::CriterionSatisfactionRate => "criterion_satisfaction_rate",
            Self::CriterionMeanScore => "criterion_mean_score",
            Self::StagesLeft => "stages_left",
            Self::StageHoursP50 => "stage_hours_p50",
            Self::StageHoursP90 => "stage_hours_p90",
        }
    }

    /// Level or movement.
    #[must_use]
    pub const fn kind(self) -> MetricKind {
        match self {
            Self::Open
            | Self::InTime
            | Self::DueSoon
            | Self::Overdue
            | Self::NoDeadline
            | Self::Unmapped
            | Self::PendingInTime
            | Self::PendingOverdue => MetricKind::Stock,
            _ => MetricKind::Flow,
        }
    }
}

impl FromStr for Metric {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|metric| metric.name() == name).ok_or(())
    }
}
