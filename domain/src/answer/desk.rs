//! Desks as they are told.

use serde::{Deserialize, Serialize};

use super::{CaseRow, ContactView};
use crate::city::Label;
use crate::time::Seq;

/// What is due at one time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnitPart {
    /// `overdue`, `today`, `tomorrow`, `this_week`, `later`, `no_limit`.
    pub when: String,
    /// How many cases.
    pub total: u64,
    /// The first of them by their limits.
    pub cases: Vec<CaseRow>,
}

/// What an event of a case that is open should have brought along and did not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingView {
    /// The case.
    pub case: String,
    /// When the event was.
    pub at: String,
    /// What is missing, in a sentence.
    pub text: Label,
    /// Where it is asked for.
    pub clause: String,
}

/// `GET /api/v1/desks/unit`: what a unit holds, by when it is due.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnitDesk {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the desk stands at.
    pub at: String,
    /// Which agency, with those under it.
    pub agency: String,
    /// All six, also those with nothing in them.
    pub parts: Vec<UnitPart>,
    /// How many things are missing.
    pub missing_total: u64,
    /// The first of them, the oldest first.
    pub missing: Vec<MissingView>,
    /// The contact points that others have of it.
    #[serde(default)]
    pub contacts: Vec<ContactView>,
}

/// One line of the City Office's desk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OfficeLineView {
    /// The case as it stands.
    pub case: CaseRow,
    /// Since when it is on the list.
    pub since: String,
    /// The limit that the list is about.
    pub due: Option<String>,
    /// Where that limit stands.
    pub clause: Option<String>,
}

/// One list of the City Office's desk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OfficeListView {
    /// `overdue_pending`, `pressing`, `units_disagree`, `reporter_disagrees`, `city_competence`, `group_four`,
    /// `transferred`.
    pub list: String,
    /// Where the city's regulations ask for it; null where they do not.
    pub clause: Option<String>,
    /// How many cases.
    pub total: u64,
    /// The first of them, the most pressing first.
    pub lines: Vec<OfficeLineView>,
}

/// `GET /api/v1/desks/city-office`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OfficeDesk {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the desk stands at.
    pub at: String,
    /// All lists, also those with nothing in them.
    pub lists: Vec<OfficeListView>,
}
