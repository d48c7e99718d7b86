//! What is true of one city: its zone, extent, catalogue and settings. Data, loaded by the server
//! from a city's folder; never an enum, since places, agencies and rules change.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::contact::Contact;
use crate::dimension::Dimension;
use crate::geo::{Extent, LatLng};
use crate::lists::Lists;
use crate::place::Places;
use crate::query::Rules;
use crate::regulation::Book;
use crate::time::Timestamp;

/// A text in both languages of the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A point that a source sends when it knows none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placeholder {
    /// Where.
    pub point: LatLng,
    /// How near a point must be, in degrees on each axis, to be taken for it.
    pub tolerance_deg: f64,
}

/// One code of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// What people read.
    pub label: Label,
    /// The code one level up, in the same dimension.
    pub parent: Option<String>,
    /// A point inside, for labels on the map.
    pub centre: Option<LatLng>,
    /// First day it held, ISO 8601; none is "always".
    pub valid_from: Option<String>,
    /// Last day it held.
    pub valid_to: Option<String>,
}

/// The codes of one dimension.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// By code.
    pub entries: BTreeMap<String, Entry>,
    /// Where a code that has no entry carries its own path, the text between its parts: with `/`,
    /// `a/b/c` lies under `a/b`.
    pub path_separator: Option<String>,
    /// Whether any code is accepted as known (a city whose lists were never published).
    #[serde(default)]
    pub open: bool,
}

impl Tree {
    /// The code one level up.
    #[must_use]
    pub fn parent(&self, code: &str) -> Option<String> {
        if let Some(entry) = self.entries.get(code) {
            return entry.parent.clone();
        }
        let separator = self.path_separator.as_deref()?;
        code.rsplit_once(separator).map(|(parent, _)| parent.to_owned())
    }

    /// The path from the top of the tree down to the code itself. A ring in the data is cut.
    #[must_use]
    pub fn path(&self, code: &str) -> Vec<String> {
        let mut path = vec![code.to_owned()];
        while let Some(parent) = path.last().and_then(|last| self.parent(last)) {
            if path.contains(&parent) || path.len() > 32 {
                break;
            }
            path.push(parent);
        }
        path.reverse();
        path
    }

    /// The code at `level` (1 is the top) above or at this code; codes nearer the top stay.
    #[must_use]
    pub fn at_level(&self, code: &str, level: usize) -> String {
        let path = self.path(code);
        path.get(level.saturating_sub(1)).cloned().unwrap_or_else(|| code.to_owned())
    }

    /// Whether `code` is `ancestor` or lies under it.
    #[must_use]
    pub fn is_under(&self, code: &str, ancestor: &str) -> bool {
        code == ancestor || self.path(code).iter().any(|step| step == ancestor)
    }

    /// Whether the city knows this code.
    #[must_use]
    pub fn knows(&self, code: &str) -> bool {
        self.open || self.entries.contains_key(code)
    }

    /// The codes directly under one (`None`: at the top), ascending.
    #[must_use]
    pub fn children(&self, parent: Option<&str>) -> Vec<&str> {
        self.entries
            .iter()
            .filter(|(_, entry)| entry.parent.as_deref() == parent)
            .map(|(code, _)| code.as_str())
            .collect()
    }
}

/// What a screen must know of the city to name things; shared with the browser.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// By dimension name. A dimension without a tree accepts every code.
    pub trees: BTreeMap<String, Tree>,
}

impl Catalogue {
    /// The tree of a dimension, where the city has one.
    #[must_use]
    pub fn tree(&self, dimension: Dimension) -> Option<&Tree> {
        self.trees.get(dimension.name())
    }

    /// Whether the city knows this code; a dimension without a list knows all.
    #[must_use]
    pub fn knows(&self, dimension: Dimension, code: &str) -> bool {
        self.tree(dimension).is_none_or(|tree| tree.knows(code))
    }

    /// In which tree a place stands: wards before the districts of the old map.
    #[must_use]
    pub fn dimension_of_place(&self, place: &str) -> Option<Dimension> {
        let has = |dimension: &Dimension| {
            self.tree(*dimension).is_some_and(|tree| tree.entries.contains_key(place))
        };
        [Dimension::Ward, Dimension::District].into_iter().find(has)
    }

    /// What people read for a code; codes without an entry are shown as sent.
    #[must_use]
    pub fn label(&self, dimension: Dimension, code: &str) -> Label {
        if let Some(entry) = self.tree(dimension).and_then(|tree| tree.entries.get(code)) {
            return entry.label.clone();
        }
        let tail = self
            .tree(dimension)
            .and_then(|tree| tree.path_separator.as_deref())
            .and_then(|separator| code.rsplit(separator).next())
            .unwrap_or(code);
        Label { vi: tail.to_owned(), en: tail.to_owned() }
    }
}

/// The scale of a city that names none: five points.
const USUAL_SCALE_MILLI: i64 = 5_000;

/// The states of a case that no regulation gives others.
const PLAIN_STATES: [&str; 7] =
    ["received", "in_progress", "resolved", "closed", "refused", "cancelled", "duplicate"];

/// Regulations and a calendar that the folder held until an instant.
#[derive(Clone, Debug)]
pub struct EarlierLaw {
    /// When others took their place.
    pub until: Timestamp,
    /// The regulations.
    pub regulations: Arc<Book>,
    /// The calendar.
    pub calendar: Option<Arc<Calendar>>,
}

/// What anybody may be told of small groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publicity {
    /// Groups of fewer cases are not told (default 5).
    pub small_count_min: u16,
    /// Fields in which even a part of a group tells of a person. Every field, where the city does not say.
    pub sensitive_fields: Option<Vec<String>>,
}

impl Default for Publicity {
    fn default() -> Self {
        Self { small_count_min: 5, sensitive_fields: None }
    }
}

/// A city as the fold and the gateway need it.
#[derive(Clone, Debug)]
pub struct City {
    /// `hcmc`, `haiphong`, `boston`.
    pub code: String,
    /// Its name.
    pub name: Label,
    /// The city's time zone by its IANA name.
    pub zone_name: String,
    /// The same, loaded.
    pub zone: TimeZone,
    /// Where its points may lie.
    pub extent: Extent,
    /// Points that stand for "no location".
    pub placeholders: Vec<Placeholder>,
    /// Its codes.
    pub catalogue: Catalogue,
    /// Its administrative areas over time; empty where only the sources say where a case lies.
    pub places: Arc<Places>,
    /// Its lists that are no dimension.
    pub lists: Arc<Lists>,
    /// Whom to call about its units' cases.
    pub contacts: Arc<[Contact]>,
    /// Due soon from this share of the limit before the due instant, in percent (default 20).
    pub due_soon_percent: u8,
    /// A rating counts as satisfied from this share of its scale, in thousandths (default 666: two of
    /// three, four of five).
    pub satisfied_permille: u16,
    /// Below so many answers a mean or a rate of satisfaction is not said (default 5).
    pub ratings_min_answers: u16,
    /// What anybody may be told of small groups.
    pub public: Publicity,
    /// How the agency that runs a place's centre is called among the agencies: `ubnd_{place}`. None where the city
    /// does not say; then no counter belongs to a place.
    pub centre_agency: Option<String>,
    /// How long outside effects wait for a source that has not come so far, in seconds (default 900).
    pub effects_wait_secs: i64,
    /// When alarms are many, and when much is unusual.
    pub alarms: crate::alarm::Limits,
    /// What its cases ran against before the folder was changed, ascending: nothing that was decided
    /// then is decided again.
    pub earlier_laws: Vec<EarlierLaw>,
    /// Its regulations; none where only the sources state limits.
    pub regulations: Arc<Book>,
    /// When its people work; none counts every hour of every day.
    pub calendar: Option<Arc<Calendar>>,
    /// SHA-256 of the city's folder, hexadecimal.
    pub digest: String,
}

impl City {
    /// A city with nothing but a code, in UTC, anywhere on earth: the base of tests and of a
    /// mapping that brings no city folder.
    #[must_use]
    pub fn bare(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            name: Label { vi: code.to_owned(), en: code.to_owned() },
            zone_name: "UTC".to_owned(),
            zone: TimeZone::UTC,
            extent: Extent::WORLD,
            placeholders: Vec::new(),
            catalogue: Catalogue::default(),
            places: Arc::default(),
            lists: Arc::default(),
            contacts: Arc::default(),
            due_soon_percent: 20,
            satisfied_permille: 666,
            ratings_min_answers: 5,
            public: Publicity::default(),
            centre_agency: None,
            effects_wait_secs: 900,
            alarms: crate::alarm::Limits::default(),
            earlier_laws: Vec::new(),
            regulations: Arc::default(),
            calendar: None,
            digest: String::new(),
        }
    }

    /// Whether its cases run, or ever ran, against regulations.
    #[must_use]
    pub fn has_regulations(&self) -> bool {
        !self.regulations.is_empty() || self.earlier_laws.iter().any(|law| !law.regulations.is_empty())
    }

    /// The agency that runs the centre of a place, where the city says how they are called and has one of that name.
    #[must_use]
    pub fn agency_of_centre(&self, place: &str) -> Option<String> {
        let agency = self.centre_agency.as_ref()?.replace("{place}", place);
        let agencies = self.catalogue.tree(Dimension::Agency)?;
        agencies.entries.contains_key(&agency).then_some(agency)
    }

    /// The city as a question takes it: with the rules of each time, or with one version for all times.
    #[must_use]
    pub fn under(&self, rules: Rules) -> Self {
        let mut city = self.clone();
        let former = city.earlier_laws.pop();
        match (rules, former) {
            (Rules::Kept, _) => return self.clone(),
            (Rules::Former, Some(former)) => {
                city.regulations = former.regulations;
                city.calendar = former.calendar;
            }
            (Rules::Newest | Rules::Former, _) => city.earlier_laws.clear(),
        }
        city
    }

    /// Whether a score on a scale, both in thousandths, counts as satisfied: by the city's own levels
    /// where the scale is theirs, else by the share of the scale.
    #[must_use]
    pub fn is_satisfied(&self, score_milli: i64, scale_milli: i64) -> bool {
        let levels = &self.lists.satisfaction;
        if levels.iter().map(|level| level.score_milli).max() != Some(scale_milli) {
            return score_milli >= scale_milli / 1_000 * i64::from(self.satisfied_permille);
        }
        self.lists.level(score_milli).is_some_and(|level| level.counts_as_satisfied)
    }

    /// The top of the scale on which its scores are told, in thousandths: its own highest level, else 5.
    #[must_use]
    pub fn rating_scale_milli(&self) -> i64 {
        let levels = self.lists.satisfaction.iter();
        levels.map(|level| level.score_milli).max().unwrap_or(USUAL_SCALE_MILLI)
    }

    /// A score on a scale, told on the city's own by its share of the scale; all in thousandths.
    #[must_use]
    pub fn on_own_scale(&self, score_milli: i64, scale_milli: i64) -> i64 {
        let own = self.rating_scale_milli();
        if scale_milli == own || scale_milli <= 0 {
            return score_milli;
        }
        let exact = i128::from(score_milli) * i128::from(own) * 2 + i128::from(scale_milli);
        i64::try_from(exact.div_euclid(i128::from(scale_milli) * 2)).unwrap_or(own)
    }

    /// The states that its cases can have: the plain ones, and those of its regulations.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        let of_rules =
            self.catalogue.tree(Dimension::Status).into_iter().flat_map(|tree| tree.entries.keys());
        PLAIN_STATES.into_iter().chain(of_rules.map(String::as_str))
    }

    /// Whether even a part of a group of this field tells of a person: one that the city names, one under it or
    /// above it, and one that the city's list does not have.
    #[must_use]
    pub fn is_sensitive_field(&self, field: Option<&str>) -> bool {
        let (Some(sensitive), Some(field)) = (&self.public.sensitive_fields, field) else { return true };
        let Some(tree) = self.catalogue.tree(Dimension::Field) else { return true };
        !tree.entries.contains_key(field)
            || sensitive.iter().any(|other| tree.is_under(field, other) || tree.is_under(other, field))
    }

    /// Whether the point is one that stands for "no location".
    #[must_use]
    pub fn is_placeholder(&self, point: LatLng) -> bool {
        self.placeholders.iter().any(|known| {
            (known.point.lat - point.lat).abs() <= known.tolerance_deg
                && (known.point.lng - point.lng).abs() <= known.tolerance_deg
        })
    }
}
