//! What anybody may be told: answers of their own, and not the inner ones with something taken out. What is
//! not named here does not leave the house.
//!
//! Which numbers of small groups stay untold is [`suppress`].

pub mod suppress;

use serde::{Deserialize, Serialize};

use crate::city::Label;
use crate::time::Seq;

/// The published set of dossiers (2686/QĐ-UBND Phần II.II.2.a), in the order in which it is told.
pub const DOSSIER_FIGURES: [crate::metric::Metric; 8] = {
    use crate::metric::Metric as M;
    [
        M::TotalReceived,
        M::TotalProcessed,
        M::ReceivedOnline,
        M::ReceivedInPerson,
        M::ResolvedOnTime,
        M::ResolvedOverdue,
        M::PendingInTime,
        M::PendingOverdue,
    ]
};

/// By what the published set is split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// By month: the last twelve.
    #[default]
    Time,
    /// By field.
    Field,
    /// By unit.
    Unit,
}

impl Split {
    /// All.
    pub const ALL: [Self; 3] = [Self::Time, Self::Field, Self::Unit];

    /// The name that addresses use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Field => "field",
            Self::Unit => "unit",
        }
    }
}

/// `GET /api/v1/public/totals`: a month of reports, in the whole city.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PublicTotals {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the numbers stand at.
    pub at: String,
    /// The month, `2026-11`.
    pub month: String,
    /// Reports received.
    pub received: i64,
    /// Resolutions.
    pub resolved: i64,
    /// Those of them no later than the limit.
    pub resolved_in_time: i64,
    /// Those of them after the limit, within a time promised before it ran out.
    pub resolved_extended: i64,
    /// Those of them after both.
    pub resolved_late: i64,
    /// Of the resolutions that had a limit, the percentage in time; none where none had one.
    pub in_time_percent: Option<f64>,
    /// Open at the end of the month, or now.
    pub open: i64,
    /// Those of them past their limit.
    pub overdue: i64,
}

/// A line of the published set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PublicLine {
    /// A month `2026-11`, or a code of the city's catalogue; none is all that the catalogue does not name.
    pub key: Option<String>,
    /// What people read for it; empty for a month.
    pub label: Label,
    /// The figures; none where the group is too small to be told.
    pub figures: Option<Vec<i64>>,
}

/// `GET /api/v1/public/dossiers`: the published set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PublicDossiers {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the numbers stand at.
    pub at: String,
    /// The month; by time the last of twelve.
    pub month: String,
    /// `time`, `field`, `unit`.
    pub by: String,
    /// What the figures of a line are, by the metrics' names.
    pub figures: Vec<String>,
    /// The whole city; none by time.
    pub total: Option<Vec<i64>>,
    /// Fewer than so many are not told.
    pub small_count_min: u16,
    /// Whether the city is too small in this month to be split without telling of persons.
    pub is_withheld: bool,
    /// Ascending by key, what has no name last.
    pub lines: Vec<PublicLine>,
}

/// What people think of a unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PublicRating {
    /// The unit; none is all that the catalogue does not name.
    pub key: Option<String>,
    /// What people read for it.
    pub label: Label,
    /// How many ratings; none where they are too few to be told.
    pub ratings: Option<i64>,
    /// The percentage satisfied; none without enough ratings.
    pub satisfied_percent: Option<f64>,
}

/// `GET /api/v1/public/satisfaction`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PublicSatisfaction {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the numbers stand at.
    pub at: String,
    /// The month.
    pub month: String,
    /// How the rate is reckoned.
    pub formula: Label,
    /// Where it is asked for.
    pub clause: Option<String>,
    /// Below so many ratings nothing is told.
    pub ratings_min: u16,
    /// The whole city.
    pub all: PublicRating,
    /// Whether there are too few ratings to be split.
    pub is_withheld: bool,
    /// By unit.
    pub units: Vec<PublicRating>,
}

/// A counter of a centre. Nothing of whoever waits there, and no name but a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicCounter {
    /// `all` where the source tells of the whole centre, the counter's number, `other` for one that is called by
    /// anything but a number.
    pub counter: String,
    /// The number of the ticket that was called last, where the source says it.
    pub called: Option<u32>,
    /// How many wait.
    pub waiting: u32,
    /// How many are being served.
    pub serving: u32,
    /// How many tickets were issued today.
    pub issued_today: u32,
    /// How long the one who waits longest has waited, in whole minutes.
    pub longest_wait_minutes: Option<u32>,
    /// When this was said.
    pub time: String,
}

/// `GET /api/v1/public/lobby`: what the screen in the lobby of a place's centre shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PublicLobby {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the numbers stand at.
    pub at: String,
    /// The place.
    pub place: String,
    /// What people read for it.
    pub label: Label,
    /// The agency that runs its centre, where the city has one.
    pub unit: Option<Label>,
    /// Its counters that have said something today: those with numbers first, by number.
    pub counters: Vec<PublicCounter>,
    /// How many counters there are, also those that are not listed.
    pub counters_total: u64,
    /// The month of the figures.
    pub month: String,
    /// What the figures are, by the metrics' names.
    pub figures: Vec<String>,
    /// The agency's line of the published set; none where the group is too small to be told, or without an agency.
    pub dossiers: Option<Vec<i64>>,
    /// Fewer than so many are not told.
    pub small_count_min: u16,
    /// The agency's line of the published satisfaction; none without an agency.
    pub rating: Option<PublicRating>,
    /// Below so many ratings nothing is told.
    pub ratings_min: u16,
}

/// `GET /api/v1/public/hexagons`: reports received on whole days.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PublicHexagons {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the numbers stand at.
    pub at: String,
    /// The first day's midnight.
    pub from: String,
    /// The midnight after the last day.
    pub to: String,
    /// The H3 resolution.
    pub res: u8,
    /// Fewer than so many are not told.
    pub small_count_min: u16,
    /// Whether there are too few reports to be told by place.
    pub is_withheld: bool,
    /// Cell and number, ascending by cell.
    pub cells: Vec<(String, i64)>,
    /// Cells with reports whose number is not told, ascending: never a zero.
    pub suppressed: Vec<String>,
}

/// `GET /api/v1/public/cases/{code}`: how a case stands, and nothing of whose it is or what it says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PublicCase {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the answer stands at.
    pub at: String,
    /// The code that was asked for.
    pub case: String,
    /// `report` or `dossier`.
    pub kind: String,
    /// Its state.
    pub status: String,
    /// The stage of service that it is in, where its life cycle has stages.
    pub stage: Option<String>,
    /// The unit that holds it, where the city's catalogue names it.
    pub unit: Option<Label>,
    /// When it came in.
    pub received_at: String,
    /// Its limit.
    pub due: Option<String>,
    /// While it is open: how it stands in its limit. Afterwards: how its resolution was judged.
    pub timeliness: Option<String>,
    /// When it was resolved, if it is.
    pub resolved_at: Option<String>,
    /// What became of it: `open`, `resolved`, `ended`.
    pub outcome: String,
}
