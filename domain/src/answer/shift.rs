//! The operations centre's shift as it is told. Names are empty where whoever asks may not see them.

use serde::{Deserialize, Serialize};

use super::{AlarmView, DirectiveView};
use crate::shift::HandoverSummary;
use crate::time::Seq;

/// Something that was noted on duty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyNote {
    /// When.
    pub at: String,
    /// In which words.
    pub text: String,
}

/// What was handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverView {
    /// When.
    pub at: String,
    /// In which words of whoever left.
    pub text: String,
    /// How the city stood.
    pub summary: HandoverSummary,
    /// When it was accepted; none while nobody has.
    pub accepted_at: Option<String>,
    /// The duty that accepted.
    pub successor: Option<String>,
}

/// One person's duty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyView {
    /// Its name: `DU-` and twelve digits.
    pub duty: String,
    /// Who; none where that is not shown.
    pub person: Option<String>,
    /// `lead`, `operator`, `technician`.
    pub role: String,
    /// `handing_over`, `on_duty`, `handed_over`, `ended`.
    pub status: String,
    /// Since when.
    pub began_at: String,
    /// Until when.
    pub ended_at: Option<String>,
    /// Why it ended without a handover.
    pub reason: Option<String>,
    /// What was noted, in its order.
    pub notes: Vec<DutyNote>,
    /// What was handed over last.
    pub handover: Option<HandoverView>,
}

/// `GET /api/v1/shift`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftPage {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that it stands at.
    pub at: String,
    /// Whether names are shown: to the administrator's token alone.
    pub shows_names: bool,
    /// Since when the present shift goes on: the earliest of those on duty; none where nobody is.
    pub since: Option<String>,
    /// How many handovers nobody has accepted.
    pub handovers_waiting: u64,
    /// Who is on duty: handovers that wait first, then by when they came.
    pub on_duty: Vec<DutyView>,
    /// Duties that ended within the last day, the latest first.
    pub recent: Vec<DutyView>,
    /// How many alarms stand that nobody has acknowledged.
    pub unacknowledged_total: u64,
    /// The first of them, the most pressing first.
    pub unacknowledged: Vec<AlarmView>,
    /// How many alarms were acknowledged or shelved in this shift.
    pub handled_total: u64,
    /// The first of them, the latest act first; also those that are over by now.
    pub handled: Vec<AlarmView>,
    /// How many directives wait beyond their due instant.
    pub directives_overdue_total: u64,
    /// The first of them, the longest overdue first.
    pub directives_overdue: Vec<DirectiveView>,
}
