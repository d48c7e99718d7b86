//! `calendar.toml` and `regulations/*.toml`: each by itself, then with each other and the catalogue.

use std::path::Path;

use domain::calendar::Calendar;
use domain::dimension::Dimension;
use domain::document::{Fault, Source, Table};
use domain::regulation::{Condition, RuleSet};

use super::super::settings::Settings;
use super::super::{CityError, law};
use super::codes::Codes;
use super::settings::Span;
use super::{Checked, Part, files_with, read};

pub(super) fn check(
    folder: &Path,
    city: Option<&Settings>,
    codes: &Codes,
    checked: &mut Checked,
) -> Result<(), CityError> {
    calendar(folder, city, checked);
    let paths = files_with(&folder.join("regulations"), ".toml")?;
    let mut sets: Vec<RuleSet> = Vec::new();
    let mut rules = 0;
    for path in &paths {
        let set = match law::read_regulation(path) {
            Ok(set) => set,
            Err(error) => {
                checked.refused(Part::Regulations, path, error);
                continue;
            }
        };
        rules += set.rules.len();
        let source = Source::new(path, read(path)?);
        // It has been read: it is TOML.
        if let Ok(root) = source.parse() {
            let read = Read { set: &set, table: root.table(), codes };
            for fault in read.faults(city, &sets) {
                checked.fault(Part::Regulations, fault);
            }
        }
        sets.push(set);
    }
    checked.count(paths.len(), ["regulation", "regulations"]);
    checked.count(rules, ["rule", "rules"]);
    Ok(())
}

fn calendar(folder: &Path, city: Option<&Settings>, checked: &mut Checked) {
    let path = folder.join("calendar.toml");
    match law::read_calendar(&path) {
        Ok(None) => {}
        Ok(Some(calendar)) => {
            checked.count(1, ["calendar", "calendars"]);
            zone(&path, &calendar, city, checked);
        }
        Err(error) => checked.refused(Part::Calendar, &path, error),
    }
}

/// Days of work that begin at another midnight than the days of the screens make no sense.
fn zone(path: &Path, calendar: &Calendar, city: Option<&Settings>, checked: &mut Checked) {
    let Some(city) = city.filter(|city| city.city.zone_name != calendar.zone_name()) else { return };
    let (own, other) = (calendar.zone_name(), &city.city.zone_name);
    let message = format!("the calendar is of the zone {own}, the city of {other}");
    let said = || -> Option<Fault> {
        let source = Source::new(path, read(path).ok()?);
        let root = source.parse().ok()?;
        let default = root.table().table("calendar").ok()??.table("default").ok()??;
        Some(default.get("zone").or(default.get("utc_offset"))?.fault(message.clone()))
    };
    match said() {
        Some(fault) => checked.fault(Part::Calendar, fault),
        None => checked.at(Part::Calendar, path, (1, 1), message),
    }
}

struct Read<'a> {
    set: &'a RuleSet,
    table: Table<'a>,
    codes: &'a Codes,
}

impl Read<'_> {
    fn faults(&self, city: Option<&Settings>, earlier: &[RuleSet]) -> Vec<Fault> {
        let mut faults = Vec::new();
        let header = self.table.table("rule_set").ok().flatten();
        let at = |key: &str, message: String| match header.as_ref().and_then(|header| header.get(key)) {
            Some(node) => node.fault(message),
            None => self.table.fault(message),
        };
        if let (Some(own), Some(city)) = (&self.set.city, city)
            && *own != city.city.code
        {
            let message = format!("the rule set is of the city {own:?}, the folder of {:?}", city.city.code);
            faults.push(at("city", message));
        }
        let span = |set: &RuleSet| Span { from: set.valid_from, to: set.valid_to };
        for other in earlier.iter().filter(|other| other.id == self.set.id) {
            if span(other).overlaps(&span(self.set)) {
                let message = format!("{} stands in another file and is in force on the same days", other.id);
                faults.push(at("id", message));
            }
        }
        if let Some(header) = &header {
            self.groups(header, &mut faults);
        }
        let nodes = self.table.list("rule").unwrap_or_default();
        for (node, rule) in nodes.iter().zip(&self.set.rules) {
            let Ok(table) = node.table() else { continue };
            self.groups(&table, &mut faults);
            let mut asked = Vec::new();
            self.asked(&rule.when, &mut asked);
            for (condition, _) in &rule.start_when {
                self.asked(condition, &mut asked);
            }
            for (dimension, code) in asked {
                if self.codes.lacks(dimension, &code) {
                    let key = if rule.when_text.is_some() { "when" } else { "start_when" };
                    let name = dimension.name();
                    let message = format!("{code:?} is no code of catalogue/{name}.csv");
                    faults.push(
                        table
                            .get(key)
                            .map_or_else(|| table.fault(message.clone()), |node| node.fault(message.clone())),
                    );
                }
            }
        }
        faults
    }

    fn groups(&self, table: &Table<'_>, faults: &mut Vec<Fault>) {
        for node in table.list("groups").unwrap_or_default() {
            let Ok(group) = node.whole() else { continue };
            if self.codes.lacks(Dimension::ContentGroup, &group.to_string()) {
                faults.push(node.fault(format!("{group} is no code of catalogue/content_group.csv")));
            }
        }
    }

    /// The codes that a condition compares attributes with which are dimensions.
    fn asked(&self, condition: &Condition, into: &mut Vec<(Dimension, String)>) {
        match condition {
            Condition::Always | Condition::Flag(_) => {}
            Condition::Is(attribute, value) => {
                let is = |name: &str| self.set.vocabulary.attribute(name) == Some(*attribute);
                let named = |dimension: &Dimension| match dimension {
                    Dimension::ContentGroup => is("group"),
                    other => is(other.name()),
                };
                into.extend(Dimension::ALL.into_iter().find(named).map(|found| (found, value.to_string())));
            }
            Condition::Not(inner) => self.asked(inner, into),
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| self.asked(part, into));
            }
        }
    }
}
