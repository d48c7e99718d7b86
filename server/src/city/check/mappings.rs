//! `mapping/*.toml`: each by itself, and the codes that they write into events.

use std::collections::BTreeMap;
use std::path::Path;

use domain::dimension::Dimension;
use domain::document::{Fault, Node, Source, Table};

use super::super::CityError;
use super::codes::Codes;
use super::{Checked, Part, files_with, read};
use crate::import::Mapping;

/// Members of an event's data that hold a code and are not named for its dimension.
const AGENCIES: [&str; 4] = ["handling_unit", "first_receiving_unit", "to", "unit"];

pub(super) fn check(folder: &Path, codes: &Codes, checked: &mut Checked) -> Result<(), CityError> {
    let paths = files_with(&folder.join("mapping"), ".toml")?;
    checked.count(paths.len(), ["mapping", "mappings"]);
    for path in paths {
        let text = match read(&path) {
            Ok(text) => text,
            Err(error) => {
                checked.refused(Part::Mapping, &path, error);
                continue;
            }
        };
        let source = Source::new(&path, text);
        if let Err(fault) = Mapping::parse(&source) {
            checked.fault(Part::Mapping, fault);
        }
        // What is no mapping may still show unknown codes; what is no TOML has been said.
        let Ok(root) = source.parse() else { continue };
        let mut written = Written { tables: tables(&root.table()), codes, faults: Vec::new() };
        let events = root.table().list("event").unwrap_or_default();
        for data in events.iter().filter_map(|event| event.table().ok()?.table("data").ok()?) {
            written.members(&data);
        }
        for fault in written.faults {
            checked.fault(Part::Mapping, fault);
        }
    }
    Ok(())
}

fn tables<'a>(root: &Table<'a>) -> BTreeMap<String, Table<'a>> {
    let Ok(Some(tables)) = root.table("tables") else { return BTreeMap::new() };
    tables.nodes().filter_map(|(name, node)| Some((name.to_owned(), node.table().ok()?))).collect()
}

struct Written<'a> {
    tables: BTreeMap<String, Table<'a>>,
    codes: &'a Codes,
    faults: Vec<Fault>,
}

impl Written<'_> {
    fn members(&mut self, data: &Table<'_>) {
        for (name, node) in data.nodes() {
            let dimension = match name {
                name if AGENCIES.contains(&name) => Some(Dimension::Agency),
                name => name.parse().ok(),
            };
            if let Some(dimension) = dimension {
                self.expression(dimension, &node);
            }
        }
    }

    /// Codes stand in constants, in defaults and on the right side of tables.
    fn expression(&mut self, dimension: Dimension, node: &Node<'_>) {
        let Ok(table) = node.table() else { return };
        for key in ["const", "default"] {
            if let Some(code) = table.get(key) {
                self.code(dimension, &code);
            }
        }
        for first in table.list("first").unwrap_or_default() {
            self.expression(dimension, &first);
        }
        let named = table.get("table").and_then(|name| name.as_text().map(str::to_owned));
        if let Some(table) = named.and_then(|name| self.tables.get(&name).cloned()) {
            for (_, code) in table.nodes() {
                self.code(dimension, &code);
            }
        }
    }

    fn code(&mut self, dimension: Dimension, node: &Node<'_>) {
        let code = match (node.as_text(), node.whole()) {
            (Some(text), _) => text.to_owned(),
            (None, Ok(number)) => number.to_string(),
            (None, Err(_)) => return,
        };
        if !code.is_empty() && self.codes.lacks(dimension, &code) {
            let name = dimension.name();
            let fault = node.fault(format!("{code:?} is no code of catalogue/{name}.csv"));
            // One table may serve several events.
            if !self.faults.contains(&fault) {
                self.faults.push(fault);
            }
        }
    }
}
