//! A place's administrative centre as it is told.

use serde::{Deserialize, Serialize};

use super::CaseRow;
use crate::time::Seq;

/// How a service counter's queue stands, as its source said last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterView {
    /// Whose.
    pub unit: String,
    /// Which of the unit's; null is all of the unit.
    pub counter: Option<String>,
    /// How many wait.
    pub waiting: u32,
    /// How many are being served.
    pub serving: u32,
    /// How many tickets were issued on the day.
    pub issued_today: u32,
    /// How long the one who waits longest has waited.
    pub oldest_wait_secs: Option<u32>,
    /// The number of the ticket that was called last, where the source says it.
    pub called: Option<u32>,
    /// When this was said.
    pub time: String,
    /// How long ago that is.
    pub age_secs: i64,
}

/// The load of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CentreField {
    /// The field at the top of its tree; null for cases without one.
    pub field: Option<String>,
    /// Received today.
    pub received_today: i64,
    /// Open now.
    pub open: i64,
    /// Those of them due soon.
    pub due_soon: i64,
    /// Those of them past their limit.
    pub overdue: i64,
}

/// A case and how long there is to work on it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CentreCase {
    /// The case.
    pub case: CaseRow,
    /// Working time until its limit, below zero once it has run out; null where the city has no calendar.
    pub working_left_secs: Option<i64>,
}

/// What one unit holds of a part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CentreHolder {
    /// The unit; null where nobody holds them.
    pub agency: Option<String>,
    /// How many cases.
    pub total: u64,
    /// The first of them by their limits.
    pub cases: Vec<CentreCase>,
}

/// What is due at one time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CentrePart {
    /// `overdue`, `today`, `tomorrow`.
    pub when: String,
    /// How many cases.
    pub total: u64,
    /// By holder, whoever has the most first.
    pub holders: Vec<CentreHolder>,
}

/// What people think, by how the rating came in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CentreRating {
    /// How it came in; null where that is not said.
    pub channel: Option<String>,
    /// How many ratings.
    pub rated: i64,
    /// Those of them satisfied.
    pub satisfied: i64,
}

/// `GET /api/v1/desks/centre`: the day of a place's centre.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CentreDesk {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the desk stands at.
    pub at: String,
    /// In which tree the place stands: `ward`, `district`.
    pub dimension: String,
    /// The place.
    pub place: String,
    /// The agency that runs its centre, where the city has one.
    pub unit: Option<String>,
    /// Received today, over all fields.
    pub received_today: i64,
    /// The load by field, the fullest first.
    pub fields: Vec<CentreField>,
    /// The counters of its agency, by their names.
    pub counters: Vec<CounterView>,
    /// What is overdue, and what falls due today and tomorrow.
    pub parts: Vec<CentrePart>,
    /// From when on ratings are counted: thirty days, today among them.
    pub ratings_from: String,
    /// Below so many ratings no share is said.
    pub ratings_min: u16,
    /// What people think, ascending by channel, null last.
    pub ratings: Vec<CentreRating>,
}
