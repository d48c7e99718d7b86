//! Under which rules, and on which calendar: the city's, or those of files that are tried out.

use std::path::PathBuf;

use domain::Timestamp;
use domain::calendar::Calendar;
use domain::city::City;
use domain::document::Fault;
use domain::regulation::{Book, Chosen, RuleSet, SetError};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::city::{CityError, read_calendar, read_regulation};

/// The zone of a case whose city nobody has named.
const ZONE: &str = "Asia/Ho_Chi_Minh";

/// Hours of work where nothing states any: the product's own reading of a silent law.
const ASSUMED: &str = r#"
weekdays = ["mon", "tue", "wed", "thu", "fri"]
intervals = ["08:00-12:00", "13:00-17:00"]
"#;

/// Where rules and calendar come from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The city.
    pub city: Option<City>,
    /// Rule sets that take the place of the city's.
    pub rules: Vec<PathBuf>,
    /// The calendar that takes the place of the city's and of the rule sets' own.
    pub calendar: Option<PathBuf>,
    /// Settings, such as `HP-9.4-48h.start=received`.
    pub settings: Vec<String>,
}

/// Why rules or calendar cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LawsError {
    /// A file cannot be read, or says something that cannot be.
    #[error(transparent)]
    File(#[from] CityError),
    /// There is no such file.
    #[error("--calendar {}: there is no such file", path.display())]
    NoCalendar {
        /// Which.
        path: PathBuf,
    },
    /// Neither a city nor rules.
    #[error("neither a city nor rules are named: say --city hcmc, or --rules FILE")]
    NoRules,
    /// A setting that cannot be.
    #[error("--set {assignment}: {source}")]
    Set {
        /// As it was given.
        assignment: String,
        /// Why.
        source: SetError,
    },
    /// A setting of a rule that no rule set has.
    #[error("--set {assignment}: no rule is called {rule:?}; the rule sets are {sets}")]
    NoRule {
        /// As it was given.
        assignment: String,
        /// The rule.
        rule: String,
        /// Those that there are.
        sets: String,
    },
    /// A setting, and no rule set to set it in.
    #[error("--set {assignment}: the city has no rule set; give one by --rules FILE")]
    NothingToSet {
        /// As it was given.
        assignment: String,
    },
}

/// Rules and calendars.
#[derive(Debug)]
pub struct Laws {
    city: String,
    book: Book,
    own_calendar: Option<Calendar>,
    city_calendar: Option<Calendar>,
    assumed: Calendar,
    zone: TimeZone,
    due_soon_percent: u8,
}

/// A calendar, and whether anybody has stated it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) assumed: bool,
}

impl Laws {
    /// Reads what is named.
    ///
    /// # Errors
    /// With file, line, column and what to do.
    pub fn load(sources: Sources) -> Result<Self, LawsError> {
        let Sources { city, rules, calendar, settings } = sources;
        if city.is_none() && rules.is_empty() {
            return Err(LawsError::NoRules);
        }
        let own_calendar = match calendar {
            None => None,
            Some(path) => Some(read_calendar(&path)?.ok_or(LawsError::NoCalendar { path })?),
        };
        let mut sets = Vec::new();
        for path in &rules {
            // Who names a file wants it for this case, whatever city it was written for.
            sets.push(RuleSet { city: None, ..read_regulation(path)? });
        }
        if let (true, Some(city)) = (rules.is_empty(), &city) {
            sets.extend(city.regulations.sets().iter().cloned());
        }
        for assignment in settings {
            set(&mut sets, assignment)?;
        }
        let zone = match (&city, &own_calendar, sets.iter().find_map(|set| set.calendar.as_ref())) {
            (Some(city), ..) => (city.zone_name.clone(), city.zone.clone()),
            (None, Some(calendar), _) | (None, None, Some(calendar)) => {
                (calendar.zone_name().to_owned(), calendar.zone().clone())
            }
            (None, None, None) => (ZONE.to_owned(), TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)),
        };
        Ok(Self {
            book: Book::new(sets),
            own_calendar,
            assumed: assumed(&zone.0)?,
            zone: zone.1,
            due_soon_percent: city.as_ref().map_or(20, |city| city.due_soon_percent),
            city_calendar: city.as_ref().and_then(|city| city.calendar.as_deref().cloned()),
            city: city.map(|city| city.code).unwrap_or_default(),
        })
    }

    /// The zone of the case's days and of the instants in the answer.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub(super) fn day_of(&self, at: Timestamp) -> Date {
        at.to_jiff().to_zoned(self.zone.clone()).date()
    }

    pub(super) fn choose(&self, kind: &str, day: Date) -> Option<Chosen<'_>> {
        self.book.choose(&self.city, kind, day)
    }

    pub(super) fn due_soon_ppm(&self) -> u32 {
        u32::from(self.due_soon_percent) * 10_000
    }

    /// The calendar that a rule set counts on.
    pub(super) fn calendar<'a>(&'a self, rules: &'a RuleSet) -> Counted<'a> {
        let stated = self.own_calendar.as_ref().or(rules.calendar.as_ref()).or(self.city_calendar.as_ref());
        match stated {
            Some(calendar) => Counted { calendar, assumed: false },
            None => Counted { calendar: &self.assumed, assumed: true },
        }
    }
}

/// Sets it in every rule set that knows it; one at least must.
fn set(sets: &mut [RuleSet], assignment: String) -> Result<(), LawsError> {
    let mut refused: Option<SetError> = None;
    let mut known = false;
    for set in sets.iter_mut() {
        match set.set(&assignment) {
            Ok(()) => known = true,
            // A rule that is known and a value that is not says more than a rule that is not known.
            Err(error) if matches!(refused, None | Some(SetError::NoRule { .. })) => refused = Some(error),
            Err(_) => {}
        }
    }
    match (known, refused) {
        (true, _) => Ok(()),
        (false, Some(SetError::NoRule { rule, .. })) => {
            let sets = sets.iter().map(|set| set.id.as_str()).collect::<Vec<_>>().join(", ");
            Err(LawsError::NoRule { assignment, rule, sets })
        }
        (false, Some(source)) => Err(LawsError::Set { assignment, source }),
        (false, None) => Err(LawsError::NothingToSet { assignment }),
    }
}

fn assumed(zone: &str) -> Result<Calendar, LawsError> {
    let text = format!("[calendar.default]\nzone = {}{ASSUMED}", toml::Value::String(zone.to_owned()));
    let fixed = zone.strip_prefix("UTC").filter(|offset| !offset.is_empty());
    let text = match fixed {
        Some(offset) => format!("[calendar.default]\nutc_offset = \"{offset}\"{ASSUMED}"),
        None => text,
    };
    let path = PathBuf::from("(the assumed calendar)");
    let none = |name: &str| Err(format!("{name}: the assumed calendar has no lists"));
    Calendar::parse(&path, &text, &none).map_err(|fault: Fault| LawsError::File(fault.into()))
}
