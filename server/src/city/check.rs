//! What is wrong with a city's folder, all of it: `load` stops at the first fault, an editor of the
//! folder wants every one, with its place.
//!
//! Each kind of file is checked by itself, so that a fault in one hides none in another; what they say
//! of each other is checked where both could be read.

mod boundaries;
mod codes;
mod mappings;
mod provenance;
mod regulations;
mod settings;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use domain::document::Fault;

use super::CityError;
use crate::simulate::{Scale, SimulateError, World};
use codes::Codes;

/// A kind of file of a city's folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// `city.toml`.
    Settings,
    /// `catalogue/*.csv`.
    Catalogue,
    /// `mapping/*.toml`.
    Mapping,
    /// `calendar.toml` and the lists that it names.
    Calendar,
    /// `regulations/*.toml`.
    Regulations,
    /// `boundaries/*.geojson`.
    Boundaries,
    /// `places/*.csv`.
    Places,
    /// `lists/*.csv`.
    Lists,
    /// `contacts.csv`.
    Contacts,
    /// `simulation.toml`.
    Simulation,
    /// `scenes.toml`.
    Scenes,
    /// `PROVENANCE.md`.
    Provenance,
}

impl Part {
    /// Its name in a summary.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Settings => "city.toml",
            Self::Catalogue => "catalogue",
            Self::Mapping => "mapping",
            Self::Calendar => "calendar",
            Self::Regulations => "regulations",
            Self::Boundaries => "boundaries",
            Self::Places => "places",
            Self::Lists => "lists",
            Self::Contacts => "contacts",
            Self::Simulation => "simulation",
            Self::Scenes => "scenes",
            Self::Provenance => "provenance",
        }
    }
}

/// What was looked at, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Checked {
    /// Every fault with the kind of file it is in, in the order of kind, file and line.
    pub faults: Vec<(Part, Fault)>,
    /// How many of what there are, in the order of their looking at.
    pub counts: Vec<(usize, [&'static str; 2])>,
}

impl Checked {
    fn fault(&mut self, part: Part, fault: Fault) {
        self.faults.push((part, fault));
    }

    fn at(&mut self, part: Part, path: &Path, (line, column): (usize, usize), message: impl Into<String>) {
        self.fault(part, Fault { path: path.to_owned(), line, column, message: message.into() });
    }

    /// A fault of the loader's, whichever form it has.
    fn refused(&mut self, part: Part, path: &Path, error: CityError) {
        match error {
            CityError::Fault(fault) => self.fault(part, fault),
            CityError::Faults(faults) => faults.into_iter().for_each(|fault| self.fault(part, fault)),
            CityError::Unreadable { source, .. } => self.at(part, path, (1, 1), source.to_string()),
            other => self.at(part, path, (1, 1), other.to_string()),
        }
    }

    /// So many of what one is called first and several second.
    fn count(&mut self, count: usize, what: [&'static str; 2]) {
        self.counts.push((count, what));
    }

    /// In the order in which one reads; a place that two looks found is said once.
    fn settle(&mut self) {
        let place = |(part, fault): &(Part, Fault)| (*part, fault.path.clone(), fault.line, fault.column);
        self.faults.sort_by(|a, b| place(a).cmp(&place(b)).then(a.1.message.cmp(&b.1.message)));
        self.faults.dedup();
    }
}

impl fmt::Display for Checked {
    /// One line: what there is, and how many faults of what kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let there = self.counts.iter().filter(|(count, _)| *count > 0);
        let there: Vec<String> = there.map(|(count, what)| counted(*count, *what)).collect();
        write!(f, "{}; ", if there.is_empty() { "nothing".to_owned() } else { there.join(", ") })?;
        let mut kinds: BTreeMap<Part, usize> = BTreeMap::new();
        for (part, _) in &self.faults {
            *kinds.entry(*part).or_default() += 1;
        }
        if kinds.is_empty() {
            return f.write_str("no faults");
        }
        let kinds = kinds.iter().map(|(part, count)| format!("{} {count}", part.name())).collect::<Vec<_>>();
        let faults = counted(self.faults.len(), ["fault", "faults"]);
        write!(f, "{faults} ({})", kinds.join(", "))
    }
}

fn counted(count: usize, [one, several]: [&str; 2]) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// Looks at a city's folder.
///
/// # Errors
/// If the folder itself cannot be read; what is wrong inside is no error but the answer.
pub fn check(folder: &Path) -> Result<Checked, CityError> {
    files_of(folder, "")?;
    let mut checked = Checked::default();
    let city = settings::check(folder, &mut checked);
    let codes = Codes::read(folder, city.as_ref(), &mut checked)?;
    mappings::check(folder, &codes, &mut checked)?;
    regulations::check(folder, city.as_ref(), &codes, &mut checked)?;
    boundaries::check(folder, city.as_ref(), &codes, &mut checked)?;
    provenance::check(folder, &mut checked)?;
    scenes_of(folder, &mut checked);
    as_loaded(folder, &mut checked);
    checked.settle();
    Ok(checked)
}

/// The city's own scenes, where it has some.
fn scenes_of(folder: &Path, checked: &mut Checked) {
    let path = folder.join(super::scenes::FILE);
    if !path.is_file() {
        return;
    }
    match super::scenes::read(Some(folder)) {
        Ok(scenes) => checked.count(scenes.len(), ["scene", "scenes"]),
        Err(error) => checked.refused(Part::Scenes, &path, error),
    }
}

/// What the loader itself refuses: of the files that are not looked at one by one, and of what files say
/// of each other.
fn as_loaded(folder: &Path, checked: &mut Checked) {
    let path = folder.join("city.toml");
    let loaded = match super::load(&folder.to_string_lossy()) {
        Ok(loaded) => loaded,
        Err(error) => {
            let part = match &error {
                CityError::Fault(fault) if fault.path.starts_with(folder.join("places")) => Part::Places,
                CityError::Fault(fault) if fault.path.starts_with(folder.join("lists")) => Part::Lists,
                CityError::Fault(fault) if fault.path == folder.join(super::contacts::FILE) => Part::Contacts,
                // Found already, under its own kind.
                _ if !checked.faults.is_empty() => return,
                _ => Part::Settings,
            };
            return checked.refused(part, &path, error);
        }
    };
    checked.count(loaded.city.contacts.len(), ["contact", "contacts"]);
    let whole = Scale { reports: 1.0, dossiers: 1.0 };
    match World::load(&loaded, 1, whole) {
        Ok(_) | Err(SimulateError::NoModel { .. }) => {}
        Err(SimulateError::Fault(fault)) => checked.fault(Part::Simulation, fault),
        Err(error) => {
            checked.at(Part::Simulation, &folder.join(crate::simulate::FILE), (1, 1), error.to_string());
        }
    }
}

/// The files of a folder with this ending, ascending; none where there is no such folder.
fn files_with(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, CityError> {
    if folder.is_dir() { files_of(folder, ending) } else { Ok(Vec::new()) }
}

fn files_of(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, CityError> {
    let unreadable = |source| CityError::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for file in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = file.map_err(unreadable)?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ending)) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String, CityError> {
    std::fs::read_to_string(path).map_err(|source| CityError::Unreadable { path: path.to_owned(), source })
}

/// The line and the column, from 1, of a byte of a text.
fn place_of(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}
