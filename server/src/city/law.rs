//! `regulations/*.toml` and `calendar.toml`: what a city's cases run against.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::calendar::Calendar;
use domain::city::{Catalogue, City, Entry};
use domain::dimension::Dimension;
use domain::document::Fault;
use domain::regulation::{Book, RuleSet};

use super::CityError;
use super::catalogue::files_with;

/// Reads the calendar and every regulation of the folder.
pub(super) fn read_all(folder: &Path, city: &mut City) -> Result<(), CityError> {
    city.calendar = read_calendar(&folder.join("calendar.toml"))?.map(Arc::new);
    let mut sets = Vec::new();
    for path in files_with(&folder.join("regulations"), "toml")? {
        sets.push(read_regulation(&path)?);
    }
    if let Some((again, path)) = twice(&sets, folder) {
        let message = format!("the rule set {again:?} stands in two files with overlapping validity");
        return Err(Fault { path, line: 1, column: 1, message }.into());
    }
    if let (Some(set), None) = (sets.iter().find(|set| set.calendar.is_none()), &city.calendar) {
        let message =
            format!("{} needs to know when people work: write a calendar.toml beside city.toml", set.id);
        return Err(Fault { path: folder.join("regulations"), line: 1, column: 1, message }.into());
    }
    name_states(&sets, &mut city.catalogue);
    city.regulations = Arc::new(Book::new(sets));
    Ok(())
}

/// The states of the life cycles are codes like others: screens show what people read.
fn name_states(sets: &[RuleSet], catalogue: &mut Catalogue) {
    let cycles = sets.iter().filter_map(|set| set.life_cycle.as_ref());
    for state in cycles.flat_map(|cycle| &cycle.states) {
        let tree = catalogue.trees.entry(Dimension::Status.name().to_owned()).or_default();
        tree.open = true;
        tree.entries
            .entry(state.name.clone())
            .or_insert_with(|| Entry { label: state.label.clone(), ..Entry::default() });
    }
}

/// Reads one regulation; of one that cannot be all faults are said. The lists that its calendar names lie beside it.
pub fn read_regulation(path: &Path) -> Result<RuleSet, CityError> {
    let text = read(path)?;
    let files = |name: &str| beside(path, name);
    RuleSet::parse(path, &text, &files)
        .map_err(|faults| CityError::Faults(faults.into_iter().map(|fault| whole(path, fault)).collect()))
}

/// Reads a working calendar; none where there is no such file.
pub fn read_calendar(path: &Path) -> Result<Option<Calendar>, CityError> {
    if !path.exists() {
        return Ok(None);
    }
    let text = read(path)?;
    let files = |name: &str| beside(path, name);
    Ok(Some(Calendar::parse(path, &text, &files).map_err(|fault| whole(path, fault))?))
}

fn twice(sets: &[RuleSet], folder: &Path) -> Option<(String, PathBuf)> {
    let overlap = |a: &RuleSet, b: &RuleSet| {
        let begins_before_end = |a: &RuleSet, b: &RuleSet| match (a.valid_from, b.valid_to) {
            (Some(from), Some(to)) => from <= to,
            _ => true,
        };
        a.id == b.id && begins_before_end(a, b) && begins_before_end(b, a)
    };
    sets.iter().enumerate().find_map(|(place, set)| {
        sets[..place]
            .iter()
            .any(|other| overlap(set, other))
            .then(|| (set.id.clone(), folder.join("regulations")))
    })
}

fn read(path: &Path) -> Result<String, CityError> {
    std::fs::read_to_string(path).map_err(|source| CityError::Unreadable { path: path.to_owned(), source })
}

/// A fault in a list that lies beside a file is named as that file names it: here with its folder.
fn whole(beside: &Path, mut fault: Fault) -> Fault {
    if fault.path != beside {
        fault.path = beside.with_file_name(&fault.path);
    }
    fault
}

fn beside(path: &Path, name: &str) -> Result<String, String> {
    let file = path.parent().unwrap_or(Path::new(".")).join(name);
    std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
}
