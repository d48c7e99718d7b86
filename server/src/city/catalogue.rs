//! `catalogue/<dimension>.csv`: the codes of one dimension, one a line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::city::{Catalogue, Entry, Label, Tree};
use domain::dimension::Dimension;
use domain::geo::LatLng;

use super::CityError;
use domain::document::Fault;

const COLUMNS: [&str; 8] = ["code", "name_vi", "name_en", "parent", "valid_from", "valid_to", "lat", "lng"];

/// Reads every list of the folder into the catalogue. A dimension with a list knows only what
/// stands in it, unless its settings say `open`.
pub(super) fn read_all(folder: &Path, catalogue: &mut Catalogue) -> Result<(), CityError> {
    for path in files_with(folder, "csv")? {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let Some(dimension) = listed(stem) else {
            let message = no_list(stem);
            return Err(Fault { path, line: 1, column: 1, message }.into());
        };
        let entries = read_list(&path)?;
        let tree = catalogue.trees.entry(dimension.name().to_owned()).or_default();
        tree.entries = entries;
    }
    // A tree that has settings but no list knows every code: its lists were never published.
    for tree in catalogue.trees.values_mut().filter(|tree| tree.entries.is_empty()) {
        tree.open = true;
    }
    Ok(())
}

/// The dimension of a list by its name. Criteria have a list of their own, `lists/criterion.csv`.
pub(super) fn listed(stem: &str) -> Option<Dimension> {
    stem.parse().ok().filter(|dimension| *dimension != Dimension::Criterion)
}

/// What is wrong with a list of this name.
pub(super) fn no_list(stem: &str) -> String {
    let names: Vec<&str> =
        Dimension::ALL.map(Dimension::name).into_iter().filter(|name| listed(name).is_some()).collect();
    format!("no dimension is called {stem:?}; the lists are named {}", names.join(", "))
}

/// The files of a folder with this extension, ascending; none where there is no such folder.
pub(super) fn files_with(folder: &Path, wanted: &str) -> Result<Vec<PathBuf>, CityError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |source| CityError::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for file in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = file.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == wanted) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

pub(super) fn read_list(path: &Path) -> Result<BTreeMap<String, Entry>, CityError> {
    let open = |source| CityError::Unreadable { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(open)?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
    let header = reader.headers().map_err(|error| csv_fault(path, &error))?.clone();
    let header = Header::new(path, &header)?;
    let mut entries = BTreeMap::new();
    let mut lines = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(|error| csv_fault(path, &error))?;
        let line = row.position().map_or(0, |position| position.line() as usize);
        let (code, entry) = header.entry(&row).map_err(|message| fault(path, line, message))?;
        if entries.insert(code.clone(), entry).is_some() {
            return Err(fault(path, line, format!("the code {code:?} stands here a second time")));
        }
        lines.insert(code, line);
    }
    check_parents(&entries).map_err(|(code, message)| fault(path, lines[&code], message))?;
    Ok(entries)
}

/// Where each column stands in this list.
struct Header {
    places: [Option<usize>; COLUMNS.len()],
}

impl Header {
    fn new(path: &Path, header: &csv::StringRecord) -> Result<Self, CityError> {
        if let Some(name) = header.iter().find(|name| !COLUMNS.contains(name)) {
            let message = format!("no column is called {name:?}; they are {}", COLUMNS.join(", "));
            return Err(fault(path, 1, message));
        }
        let places = COLUMNS.map(|name| header.iter().position(|column| column == name));
        if places[0].is_none() {
            return Err(fault(path, 1, "the column \"code\" is missing".to_owned()));
        }
        Ok(Self { places })
    }

    fn text(&self, row: &csv::StringRecord, column: usize) -> Option<String> {
        let place = self.places[column]?;
        row.get(place).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn entry(&self, row: &csv::StringRecord) -> Result<(String, Entry), String> {
        let code = self.text(row, 0).ok_or("a line without a code")?;
        let vi = self.text(row, 1).or_else(|| self.text(row, 2)).unwrap_or_else(|| code.clone());
        let en = self.text(row, 2).unwrap_or_else(|| vi.clone());
        let entry = Entry {
            label: Label { vi, en },
            parent: self.text(row, 3),
            centre: self.centre(row)?,
            valid_from: self.day(row, 4)?,
            valid_to: self.day(row, 5)?,
        };
        Ok((code, entry))
    }

    fn day(&self, row: &csv::StringRecord, column: usize) -> Result<Option<String>, String> {
        let Some(text) = self.text(row, column) else { return Ok(None) };
        match text.parse::<jiff::civil::Date>() {
            Ok(_) => Ok(Some(text)),
            Err(_) => Err(format!("{} must be a day such as 2025-07-01, not {text:?}", COLUMNS[column])),
        }
    }

    fn centre(&self, row: &csv::StringRecord) -> Result<Option<LatLng>, String> {
        let number = |column: usize| {
            self.text(row, column).map(|text| {
                text.parse::<f64>().map_err(|_| format!("{} is no number: {text:?}", COLUMNS[column]))
            })
        };
        Ok(match (number(6).transpose()?, number(7).transpose()?) {
            (Some(lat), Some(lng)) => Some(LatLng { lat, lng }),
            _ => None,
        })
    }
}

pub(super) fn check_parents(entries: &BTreeMap<String, Entry>) -> Result<(), (String, String)> {
    let tree = Tree { entries: entries.clone(), ..Tree::default() };
    for (code, entry) in entries {
        let Some(parent) = &entry.parent else { continue };
        if !entries.contains_key(parent) {
            return Err((code.clone(), format!("the parent {parent:?} of {code:?} has no line")));
        }
        let top = tree.path(code).into_iter().next().and_then(|top| tree.parent(&top));
        if top.is_some() {
            return Err((code.clone(), format!("the parents of {code:?} run in a ring")));
        }
    }
    Ok(())
}

fn csv_fault(path: &Path, error: &csv::Error) -> CityError {
    let line = error.position().map_or(1, |position| position.line() as usize);
    fault(path, line, error.to_string())
}

fn fault(path: &Path, line: usize, message: String) -> CityError {
    Fault { path: path.to_owned(), line, column: 1, message }.into()
}
