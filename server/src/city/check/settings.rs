//! `city.toml`: what it says, and whether the files that it names are there.

use std::path::Path;

use domain::dimension::Dimension;
use domain::document::{Fault, Source, Table};
use jiff::civil::Date;

use super::super::settings::{self, Settings};
use super::{Checked, Part, read};

/// Reads and checks it; none where it cannot be read as a city.
pub(super) fn check(folder: &Path, checked: &mut Checked) -> Option<Settings> {
    let path = folder.join("city.toml");
    let text = match read(&path) {
        Ok(text) => text,
        Err(error) => {
            checked.refused(Part::Settings, &path, error);
            return None;
        }
    };
    let source = Source::new(&path, text);
    let root = match source.parse() {
        Ok(root) => root,
        Err(fault) => {
            checked.fault(Part::Settings, fault);
            return None;
        }
    };
    let table = root.table();
    if let Err(fault) = table.allow(&["city"]) {
        checked.fault(Part::Settings, fault);
    }
    let city = table.need("city").and_then(|node| node.table());
    match city.and_then(|table| settings::read(&table).map(|read| (table, read))) {
        Ok((table, read)) => {
            for fault in named_files(folder, &table, &read) {
                checked.fault(Part::Settings, fault);
            }
            Some(read)
        }
        Err(fault) => {
            checked.fault(Part::Settings, fault);
            None
        }
    }
}

/// Layers and the replay: files that are not there, roles that nothing paints, validity.
fn named_files(folder: &Path, table: &Table<'_>, read: &Settings) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut drawn: Vec<(&str, Span)> = Vec::new();
    let nodes = table.table("map").ok().flatten().and_then(|map| map.list("layer").ok()).unwrap_or_default();
    for (node, layer) in nodes.iter().zip(&read.map.layers) {
        let Ok(table) = node.table() else { continue };
        if !folder.join(&layer.file).is_file() {
            faults.push(at(&table, "file", format!("there is no file {}", layer.file)));
        }
        let role = layer.role.as_str();
        if !["land", "outline"].contains(&role) && role.parse::<Dimension>().is_err() {
            let names = Dimension::ALL.map(Dimension::name).join(", ");
            let message = format!("no layer has the role {role:?}; they are land, outline, {names}");
            faults.push(at(&table, "role", message));
        }
        match Span::of(&table) {
            Err(fault) => faults.push(fault),
            Ok(span) => {
                let again = drawn.iter().any(|(other, drawn)| *other == role && drawn.overlaps(&span));
                if again && role != "land" {
                    let message = format!("another layer of the role {role} holds on the same days");
                    faults.push(at(&table, "role", message));
                }
                drawn.push((role, span));
            }
        }
    }
    if let (Some(replay), Ok(Some(table))) = (&read.replay, table.table("replay")) {
        if !folder.join(&replay.cases).is_file() {
            faults.push(at(&table, "cases", format!("there is no file {}", replay.cases)));
        }
        let mapping = format!("mapping/{}.toml", replay.mapping);
        if !folder.join(&mapping).is_file() {
            faults.push(at(&table, "mapping", format!("there is no file {mapping}")));
        }
        if replay.until <= replay.from {
            faults.push(at(&table, "until", "the replay ends before it begins".to_owned()));
        }
    }
    faults
}

fn at(table: &Table<'_>, key: &str, message: String) -> Fault {
    match table.get(key) {
        Some(node) => node.fault(message),
        None => table.fault(message),
    }
}

/// First and last day; an end that is missing is open.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
}

impl Span {
    /// `valid_from` and `valid_to` of a table.
    fn of(table: &Table<'_>) -> Result<Self, Fault> {
        let span = Self { from: table.date("valid_from")?, to: table.date("valid_to")? };
        match span.reversed() {
            Some(message) => Err(table.fault_at_key("valid_to", message)),
            None => Ok(span),
        }
    }

    /// That it ends before it begins.
    pub(super) fn reversed(&self) -> Option<String> {
        let (from, to) = (self.from?, self.to?);
        (to < from).then(|| format!("it ends on {to}, before it begins on {from}"))
    }

    /// Whether there is a day on which both hold.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let begins = |a: &Self, b: &Self| a.from.is_none_or(|from| b.to.is_none_or(|to| from <= to));
        begins(self, other) && begins(other, self)
    }

    /// Whether it holds on every day of the other.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.from.is_none_or(|from| other.from.is_some_and(|begin| from <= begin))
            && self.to.is_none_or(|to| other.to.is_some_and(|end| end <= to))
    }
}
