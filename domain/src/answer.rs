//! What the product answers: the bodies of REST answers, and what pages draw. Times are RFC 3339
//! with the city's offset; `seq` and `at` say which state a number is of.

mod alarm;
mod centre;
mod desk;
mod shift;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::contact::Contact;
use crate::geo::LatLng;
use crate::time::Seq;
use crate::wire::Row;

pub use alarm::{AlarmActView, AlarmFlood, AlarmPage, AlarmRate, AlarmView};
pub use centre::{CentreCase, CentreDesk, CentreField, CentreHolder, CentrePart, CentreRating, CounterView};
pub use desk::{MissingView, OfficeDesk, OfficeLineView, OfficeListView, UnitDesk, UnitPart};
pub use shift::{DutyNote, DutyView, HandoverView, ShiftPage};

/// `GET /api/v1/aggregates`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the numbers stand at.
    pub at: String,
    /// Key columns (the bucket first, where asked for), then metrics.
    pub columns: Vec<String>,
    /// Ascending by key, null last.
    pub rows: Vec<Row>,
}

/// `GET /api/v1/satisfaction`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Satisfaction {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the numbers stand at.
    pub at: String,
    /// The top of the scale on which scores are told.
    pub scale: f64,
    /// Below so many answers (or cases that can be rated) a mean or a rate is null.
    pub min_answers: u16,
    /// Key columns, then `answers`, `mean_score`, `satisfaction_rate`, `rateable`, `responded`,
    /// `response_rate`.
    pub columns: Vec<String>,
    /// Ascending by key, null last.
    pub rows: Vec<Row>,
}

/// `GET /api/v1/hexagons`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hexagons {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the numbers stand at.
    pub at: String,
    /// Which metric.
    pub metric: String,
    /// The H3 resolution.
    pub res: u8,
    /// Cell and number, ascending by cell, only numbers above zero.
    pub cells: Vec<(String, i64)>,
    /// The number of what has no believable point.
    pub no_position: i64,
}

/// One line of a list of cases.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseRow {
    /// Its code.
    pub case: String,
    /// `report` or `dossier`.
    pub kind: String,
    /// Its state.
    pub status: String,
    /// The time of its `case.received`.
    pub received_at: String,
    /// Code of its field.
    pub field: Option<String>,
    /// How it came in.
    pub channel: Option<String>,
    /// How grave.
    pub severity: Option<String>,
    /// 1 to 5.
    pub content_group: Option<i64>,
    /// Who holds it.
    pub agency: Option<String>,
    /// Where.
    pub district: Option<String>,
    /// Where.
    pub ward: Option<String>,
    /// Where it happened, if known and believable.
    pub point: Option<LatLng>,
    /// `in_time`, `due_soon`, `overdue`, `no_deadline`; null once it is not open.
    pub timeliness: Option<String>,
    /// The first instant of *due soon*, while the case is open: a row may turn on the screen.
    #[serde(default)]
    pub due_soon: Option<String>,
    /// The governing due instant.
    pub due: Option<String>,
    /// The rule that sets it: `source` where the source states the limit.
    pub rule: Option<String>,
    /// When it was resolved, if it is.
    pub resolved_at: Option<String>,
    /// What is odd about it.
    pub flags: Vec<String>,
    /// A short text to know it by (from its content), without personal data.
    pub title: Option<String>,
}

/// `GET /api/v1/cases`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CasePage {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the list stands at.
    pub at: String,
    /// How many match in all.
    pub total: u64,
    /// This page.
    pub cases: Vec<CaseRow>,
    /// The cursor of the next page, pinned to this (`seq`, `at`).
    pub next: Option<String>,
}

/// A clock of a case, explained.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClockView {
    /// Which rule: `source` where the source states the limit.
    pub rule: String,
    /// Its clause, where it has one.
    pub clause: Option<String>,
    /// What the rule says; empty where the source states the limit.
    #[serde(default)]
    pub text: crate::city::Label,
    /// How an unclear text is read; empty where it is clear.
    #[serde(default)]
    pub reading: crate::city::Label,
    /// Since when it runs.
    pub start: String,
    /// The first instant of due soon.
    pub due_soon: String,
    /// The last instant in time.
    pub due: String,
    /// The last instant in time by what the city's folder held before, where that was another.
    #[serde(default)]
    pub due_before: Option<String>,
    /// `in_time`, `due_soon`, `overdue`, `met`, `met_late`, `extended`.
    pub state: String,
    /// When it stopped.
    pub stopped_at: Option<String>,
    /// The recorded promise.
    pub extended_until: Option<String>,
    /// The arithmetic, line by line, in Vietnamese.
    pub why: Vec<String>,
    /// The same in English; empty where only the source states the limit.
    #[serde(default)]
    pub why_en: Vec<String>,
}

/// What a limit that ran out set off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationView {
    /// The case.
    pub case: String,
    /// Who holds it.
    pub agency: Option<String>,
    /// Its state.
    pub status: String,
    /// What is to be done, such as `escalate_to_unit_head`.
    pub action: String,
    /// The rule that says so.
    pub rule: String,
    /// Where that stands.
    pub clause: String,
    /// The last instant in time.
    pub at: String,
    /// From when on it was so: later than `at` where the fact came later.
    pub since: String,
    /// Whether a memo in the log says that it was done.
    #[serde(default)]
    pub noted: bool,
}

/// A limit that can be moved by a time that the unit records, and that time where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitmentView {
    /// The case.
    pub case: String,
    /// Who holds it.
    pub agency: Option<String>,
    /// Its state.
    pub status: String,
    /// The rule that sets the limit.
    pub rule: String,
    /// Where that stands.
    pub clause: String,
    /// Which time moves it, such as `committed_completion_at`.
    pub commitment: String,
    /// The last instant in time by the rule alone.
    pub due: String,
    /// The recorded time that judges: the first, unless set otherwise.
    pub reference: Option<String>,
    /// The recorded time that counts now: the latest.
    pub until: Option<String>,
    /// When the first was recorded.
    pub recorded_at: Option<String>,
    /// How often it was changed since.
    pub revisions: u32,
    /// How the clock stands: `overdue` where the recorded time was missed too.
    pub state: String,
    /// What should have come along and did not.
    pub missing: Vec<String>,
}

/// One stage of service of a case, and how long it took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageView {
    /// Which stage.
    pub stage: String,
    /// When the case came to it first; null where it has not yet.
    pub from: Option<String>,
    /// When it left it last; null while it is in it.
    pub to: Option<String>,
    /// How often it was in it.
    pub stays: u32,
    /// Whole seconds in it so far, all stays together.
    pub elapsed_secs: i64,
    /// The same within working time; null where it has not come to it yet.
    pub working_secs: Option<i64>,
}

/// One event of a case's story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventView {
    /// Unique within the source.
    pub id: String,
    /// Who says so.
    pub source: String,
    /// `vn.toancanh.case.…`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened.
    pub time: String,
    /// When the log took it.
    pub recorded: String,
    /// Its position in the log.
    pub seq: Seq,
    /// Whether it changed the case.
    pub applied: bool,
    /// Why not, or what is odd.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub flag: Option<String>,
    /// What the regulation asks of it and it does not have.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub unmet: Vec<UnmetView>,
    /// What the source said, personal data left out.
    pub data: serde_json::Value,
}

/// What a regulation asks of an event that does not have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmetView {
    /// The requirement's id, such as `HCM-I6`.
    pub requirement: String,
    /// Where it stands.
    pub clause: String,
    /// What it asks, in Vietnamese and English.
    pub label: crate::city::Label,
    /// Its flag.
    pub flag: String,
    /// What did not come, alternatives joined by `||`; empty where the event came too often.
    pub missing: Vec<String>,
}

/// `GET /api/v1/cases/{code}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseStory {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that it stands at.
    pub at: String,
    /// How it stands.
    pub case: CaseRow,
    /// Its clocks.
    pub clocks: Vec<ClockView>,
    /// What limits that ran out set off, ascending.
    #[serde(default)]
    pub escalations: Vec<EscalationView>,
    /// The stages of service, in their order; empty where its life cycle has none.
    #[serde(default)]
    pub stages: Vec<StageView>,
    /// Its events, in the case's own order.
    pub events: Vec<EventView>,
    /// What leadership asked about it, the oldest first.
    #[serde(default)]
    pub directives: Vec<DirectiveView>,
    /// Whom to call about it: the contact points of the agency that holds it, or of the nearest above that has some.
    #[serde(default)]
    pub contacts: Vec<ContactView>,
}

/// A unit's contact point, as it holds on the answer's day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    /// The agency whose it is.
    pub agency: String,
    /// What it is for.
    pub role: crate::city::Label,
    /// Its telephone number.
    pub phone: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its site, `https`.
    pub website: Option<String>,
    /// Where it is.
    pub address: Option<crate::city::Label>,
    /// When it answers.
    pub hours: Option<crate::city::Label>,
    /// Where that is published.
    pub source: String,
}

impl From<&Contact> for ContactView {
    fn from(contact: &Contact) -> Self {
        let Contact {
            agency,
            role,
            phone,
            email,
            website,
            address,
            hours,
            source,
            valid_from: _,
            valid_to: _,
        } = contact.clone();
        Self { agency, role, phone, email, website, address, hours, source }
    }
}

/// One answer or decision of a directive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectiveStepView {
    /// `answered`, `closed`, `sent_back`.
    pub step: String,
    /// When.
    pub at: String,
    /// By whom.
    pub by: String,
    /// In which words.
    pub text: String,
    /// Of a sending back: by when the next answer is due.
    pub due: Option<String>,
    /// Whether it counted: what came after the end, or to an earlier round, does not.
    pub applied: bool,
}

/// A directive: what was asked of which agency, on what evidence, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectiveView {
    /// Its name.
    pub directive: String,
    /// `urging`, `explanation_request`.
    pub kind: String,
    /// `overdue`, `open`, `answered`, `closed`.
    pub status: String,
    /// Which agency.
    pub to: String,
    /// In which words.
    pub text: String,
    /// Who sent it.
    pub by: String,
    /// When.
    pub issued_at: String,
    /// The last instant at which the answer is in time.
    pub due: String,
    /// How often it was sent back.
    pub round: u32,
    /// When the present round was answered first.
    pub answered_at: Option<String>,
    /// Whether a round was answered after its limit, or waits beyond it.
    pub was_late: bool,
    /// What it rests on, as it stood then.
    pub evidence: crate::directive::Evidence,
    /// What was said since, in its order.
    pub steps: Vec<DirectiveStepView>,
}

/// `GET /api/v1/directives`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DirectivePage {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the list stands at.
    pub at: String,
    /// How many match in all.
    pub total: u64,
    /// Those that wait for an answer first, by their limits; then those that wait for a decision, then those done with.
    pub directives: Vec<DirectiveView>,
}

/// The cases behind a number, by pages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReceiptCases {
    /// How many cases.
    pub total: u64,
    /// Their codes, ascending.
    pub codes: Vec<String>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// Why some cases are not in a number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Excluded {
    /// The reason.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// The first codes, ascending.
    pub codes: Vec<String>,
}

/// `GET /api/v1/receipt`: where a number comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the number stands at.
    pub at: String,
    /// Which metric.
    pub metric: String,
    /// The question, in REST parameters.
    pub query: BTreeMap<String, String>,
    /// The number; null where nothing was measured.
    pub value: crate::Value,
    /// What it means, in Vietnamese and English.
    pub definition: crate::city::Label,
    /// The clause it rests on, where there is one.
    pub clause: Option<String>,
    /// How many events the cases have.
    pub events: u64,
    /// The cases.
    pub cases: ReceiptCases,
    /// Every other case of the city, by the reason why it is not in the number.
    pub excluded: Vec<Excluded>,
    /// Value + excluded: every count that the city has at this state.
    pub whole: i64,
    /// SHA-256 of the sorted codes joined by line feeds, hexadecimal.
    pub digest: String,
    /// The case that a quantile falls on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ranked_case: Option<String>,
}

/// A metric of the registry, as `GET /api/v1/metrics` says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricView {
    /// Its name.
    pub id: String,
    /// What people read.
    pub label: crate::city::Label,
    /// `cases`, `hours`, …
    pub unit: String,
    /// `stock` or `flow`.
    pub kind: crate::metric::MetricKind,
    /// What it counts.
    pub definition: crate::city::Label,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// `less`, `more` or `neither` is better.
    pub better: String,
    /// What it can be split by.
    pub dimensions: Vec<String>,
}
