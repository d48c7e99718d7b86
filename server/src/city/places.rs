//! `places/*.csv`: the administrative areas of each epoch, and what became of each.

use std::collections::BTreeMap;
use std::path::Path;

use domain::city::{City, Label};
use domain::dimension::Dimension;
use domain::place::{Coverage, Epoch, Level, Outline, PlaceError, Places, Successor, Unit};
use domain::time::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::table::{Table, fault};
use super::{CityError, Layer};

mod geojson;

const EPOCHS: [&str; 3] = ["epoch", "valid_from", "valid_to"];
const UNITS: [&str; 7] = ["epoch", "code", "level", "kind", "name_vi", "name_en", "district"];
const LINEAGE: [&str; 5] = ["from_epoch", "from_code", "to_epoch", "to_code", "coverage"];

/// Reads the places of a folder into the city, where it has any. The wards of the newest epoch lie
/// where the map's layer of wards draws them.
pub(super) fn read_all(folder: &Path, layers: &[Layer], city: &mut City) -> Result<(), CityError> {
    let lists = folder.join("places");
    if !lists.is_dir() {
        return Ok(());
    }
    let epochs = read_epochs(&lists.join("epochs.csv"), &city.zone)?;
    let mut listed = read_units(&lists.join("units.csv"), &epochs)?;
    read_lineage(&lists.join("lineage.csv"), &epochs, &mut listed)?;
    let outlines = read_outlines(folder, layers, &listed)?;
    let lines = std::mem::take(&mut listed.lines);
    let places = Places::new(epochs, listed.units, outlines);
    city.places = places.map_err(|error| in_line(&listed.path, &lines, &error))?.into();
    Ok(())
}

/// The units as they are read, and where each stands in its file.
struct Listed {
    path: std::path::PathBuf,
    units: Vec<BTreeMap<String, Unit>>,
    lines: BTreeMap<(String, String), usize>,
}

/// Epochs follow each other without a gap: each begins on the day after the one before has ended.
fn read_epochs(path: &Path, zone: &TimeZone) -> Result<Vec<Epoch>, CityError> {
    let table = Table::read(path, EPOCHS)?;
    let mut epochs: Vec<Epoch> = Vec::new();
    let mut ended: Option<Date> = None;
    for row in &table.rows {
        let [name, from, to] = &row.cells;
        let from = table.day(row.line, from)?;
        let follows = match (from, ended) {
            (None, None) => epochs.is_empty(),
            (Some(from), Some(ended)) => ended.tomorrow().is_ok_and(|next| next == from),
            _ => false,
        };
        if !follows || epochs.iter().any(|epoch| epoch.name == *name) {
            let message = format!(
                "the epoch {name:?} must begin on the day after the one above has ended; only the first begins \
                 without a day"
            );
            return Err(table.fault(row.line, message));
        }
        ended = table.day(row.line, to)?;
        let from = from.map_or(Ok(Timestamp::MIN), |day| midnight(day, zone));
        let from = from.map_err(|error| table.fault(row.line, error.to_string()))?;
        epochs.push(Epoch { name: name.clone(), from });
    }
    if epochs.is_empty() || ended.is_some() {
        return Err(table.fault(1, "the last epoch must have no valid_to".to_owned()));
    }
    Ok(epochs)
}

fn midnight(day: Date, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
    let start = day.to_zoned(zone.clone())?.start_of_day()?;
    Ok(Timestamp::from_micros(start.timestamp().as_microsecond()))
}

fn read_units(path: &Path, epochs: &[Epoch]) -> Result<Listed, CityError> {
    let table = Table::read(path, UNITS)?;
    let mut units = vec![BTreeMap::new(); epochs.len()];
    let mut lines = BTreeMap::new();
    for row in &table.rows {
        let [epoch, code, level, _kind, vi, en, district] = &row.cells;
        let place = find_epoch(&table, row.line, epochs, epoch)?;
        let level = table.word(row.line, level, &[("district", Level::District), ("ward", Level::Ward)])?;
        let is_whole = !code.is_empty() && !vi.is_empty() && !en.is_empty();
        if !is_whole || (level == Level::Ward) == district.is_empty() {
            let message = "a unit needs a code and both names, and a ward, and only a ward, its district";
            return Err(table.fault(row.line, message.to_owned()));
        }
        let district = if level == Level::Ward { district } else { code };
        let unit = Unit {
            label: Label { vi: vi.clone(), en: en.clone() },
            level,
            district: district.clone(),
            successors: Vec::new(),
        };
        if units[place].insert(code.clone(), unit).is_some() {
            let message = format!("the code {code:?} stands in {epoch} a second time");
            return Err(table.fault(row.line, message));
        }
        lines.insert((epoch.clone(), code.clone()), row.line);
    }
    Ok(Listed { path: table.path, units, lines })
}

fn read_lineage(path: &Path, epochs: &[Epoch], listed: &mut Listed) -> Result<(), CityError> {
    let table = Table::read(path, LINEAGE)?;
    let words = [("full", Coverage::Full), ("main", Coverage::Main), ("part", Coverage::Part)];
    for row in &table.rows {
        let [from_epoch, from, to_epoch, to, coverage] = &row.cells;
        let before = find_epoch(&table, row.line, epochs, from_epoch)?;
        if find_epoch(&table, row.line, epochs, to_epoch)? != before + 1 {
            let message =
                format!("{to_epoch} does not follow {from_epoch}; lineage goes from epoch to epoch");
            return Err(table.fault(row.line, message));
        }
        let successor = Successor { code: to.clone(), coverage: table.word(row.line, coverage, &words)? };
        let unit = listed.units[before].get_mut(from);
        let unit =
            unit.ok_or_else(|| table.fault(row.line, format!("units.csv has no {from:?} in {from_epoch}")))?;
        if unit.successors.iter().any(|one| one.code == *to) {
            let message = format!("{from:?} becomes {to:?} a second time");
            return Err(table.fault(row.line, message));
        }
        unit.successors.push(successor);
    }
    Ok(())
}

fn find_epoch<const N: usize>(
    table: &Table<N>,
    line: usize,
    epochs: &[Epoch],
    name: &str,
) -> Result<usize, CityError> {
    let place = epochs.iter().position(|epoch| epoch.name == name);
    place.ok_or_else(|| table.fault(line, format!("epochs.csv has no epoch {name:?}")))
}

fn read_outlines(folder: &Path, layers: &[Layer], listed: &Listed) -> Result<Vec<Outline>, CityError> {
    let is_newest = |layer: &&Layer| layer.role == Dimension::Ward.name() && layer.valid_to.is_none();
    let Some(layer) = layers.iter().find(is_newest) else { return Ok(Vec::new()) };
    let path = folder.join(&layer.file);
    let outlines = geojson::read(&path)?;
    let newest = listed.units.last();
    let stray =
        outlines.iter().find(|outline| newest.is_none_or(|units| !units.contains_key(outline.code())));
    match stray {
        None => Ok(outlines),
        Some(stray) => {
            let message = format!("{:?} is no unit of the newest epoch of places/units.csv", stray.code());
            Err(fault(&path, 1, message))
        }
    }
}

/// What is wrong with the lists as a whole, in the line of the unit that shows it.
fn in_line(path: &Path, lines: &BTreeMap<(String, String), usize>, error: &PlaceError) -> CityError {
    let (PlaceError::NoSuccessor { epoch, code, .. }
    | PlaceError::Orphan { epoch, code }
    | PlaceError::Coverage { epoch, code }
    | PlaceError::NoDistrict { epoch, code, .. }) = error;
    let line = lines.get(&(epoch.clone(), code.clone())).copied().unwrap_or(1);
    fault(path, line, error.to_string())
}

#[cfg(test)]
mod tests;
