//! `catalogue/*.csv`, line by line, and what the other files may name.

use std::collections::BTreeMap;
use std::path::Path;

use domain::dimension::Dimension;
use domain::geo::LatLng;
use jiff::civil::Date;

use super::super::settings::Settings;
use super::super::{CityError, catalogue};
use super::settings::Span;
use super::{Checked, Part, files_with, read};

/// The codes that the lists have.
#[derive(Debug, Default)]
pub(super) struct Codes {
    lists: BTreeMap<&'static str, List>,
}

#[derive(Debug, Default)]
struct List {
    /// By code: the days on which each of its lines holds.
    codes: BTreeMap<String, Vec<Span>>,
    /// Codes that it lacks count as known.
    open: bool,
}

impl Codes {
    /// Reads every list. Each line is looked at, whatever is wrong with others.
    pub(super) fn read(
        folder: &Path,
        city: Option<&Settings>,
        checked: &mut Checked,
    ) -> Result<Self, CityError> {
        let mut codes = Self::default();
        let (mut lists, mut lines) = (0, 0);
        for path in files_with(&folder.join("catalogue"), ".csv")? {
            lists += 1;
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let Some(dimension) = catalogue::listed(&stem) else {
                checked.at(Part::Catalogue, &path, (1, 1), catalogue::no_list(&stem));
                continue;
            };
            // What the loader refuses; the lines are then looked at one by one.
            let refused = catalogue::read_list(&path).err();
            let text = match read(&path) {
                Ok(text) => text,
                Err(error) => {
                    checked.refused(Part::Catalogue, &path, error);
                    continue;
                }
            };
            let before = checked.faults.len();
            let rows = rows(&text);
            lines += rows.len();
            Lines { path: &path, rows: &rows, city }.check(checked);
            if let Some(error) = refused {
                let line = |error: &CityError| match error {
                    CityError::Fault(fault) => Some(fault.line),
                    _ => None,
                };
                let said = checked.faults[before..].iter().any(|(_, fault)| Some(fault.line) == line(&error));
                if !said {
                    checked.refused(Part::Catalogue, &path, error);
                }
            }
            let settings = city.and_then(|city| city.city.catalogue.tree(dimension));
            let list = codes.lists.entry(dimension.name()).or_default();
            list.open = settings.is_some_and(|tree| tree.open);
            for row in rows {
                list.codes.entry(row.code).or_default().push(row.span);
            }
        }
        checked.count(lists, ["list", "lists"]);
        checked.count(lines, ["code", "codes"]);
        Ok(codes)
    }

    /// Whether the code is none that the list of the dimension has; a dimension without a list
    /// knows every code.
    pub(super) fn lacks(&self, dimension: Dimension, code: &str) -> bool {
        let list = self.lists.get(dimension.name());
        list.is_some_and(|list| !list.open && !list.codes.contains_key(code))
    }

    /// Whether the code is known and holds on no day of the span.
    pub(super) fn holds_never_in(&self, dimension: Dimension, code: &str, span: &Span) -> bool {
        let known = self.lists.get(dimension.name()).and_then(|list| list.codes.get(code));
        known.is_some_and(|spans| spans.iter().all(|own| !own.overlaps(span)))
    }
}

/// One line of a list.
struct Row {
    line: usize,
    code: String,
    /// Its column and text.
    parent: Option<(usize, String)>,
    /// How many cells it has, where the header has another number.
    cells: Option<usize>,
    span: Span,
    /// Days that are none: column and text.
    bad_days: Vec<(usize, String)>,
    centre: Option<(usize, LatLng)>,
    columns: Vec<usize>,
    to_at: usize,
}

/// The rows that have a code. A list whose header is wrong has none: the loader says so.
fn rows(text: &str) -> Vec<Row> {
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let Ok(header) = reader.headers().cloned() else { return Vec::new() };
    let place = |name: &str| header.iter().position(|column| column == name);
    let Some(code_at) = place("code") else { return Vec::new() };
    let texts: Vec<&str> = text.lines().collect();
    let mut rows = Vec::new();
    for record in reader.records().flatten() {
        let line = record.position().map_or(1, |position| position.line() as usize);
        let columns = columns(texts.get(line - 1).copied().unwrap_or_default());
        let cell = |name: &str| {
            let at = place(name)?;
            let text = record.get(at).filter(|text| !text.is_empty())?;
            Some((columns.get(at).copied().unwrap_or(1), text.to_owned()))
        };
        let Some(code) = record.get(code_at).filter(|code| !code.is_empty()) else { continue };
        let mut bad_days = Vec::new();
        let mut day = |name: &str| {
            let (column, text) = cell(name)?;
            let day = text.parse::<Date>().ok();
            if day.is_none() {
                bad_days.push((column, format!("{name} is {text:?}, which is no day such as 2025-07-01")));
            }
            day
        };
        let span = Span { from: day("valid_from"), to: day("valid_to") };
        let number = |name: &str| cell(name).and_then(|(column, text)| Some((column, text.parse().ok()?)));
        let centre = match (number("lat"), number("lng")) {
            (Some((column, lat)), Some((_, lng))) => Some((column, LatLng { lat, lng })),
            _ => None,
        };
        let parent = cell("parent");
        let cells = Some(record.len()).filter(|cells| *cells != header.len());
        let to_at = cell("valid_to").map_or(1, |(column, _)| column);
        rows.push(Row { line, code: code.to_owned(), parent, cells, span, bad_days, centre, columns, to_at });
    }
    rows
}

/// The column in characters, from 1, at which each cell of a line begins.
fn columns(line: &str) -> Vec<usize> {
    let mut columns = vec![1];
    let mut quoted = false;
    for (place, char) in line.chars().enumerate() {
        match char {
            '"' => quoted = !quoted,
            ',' if !quoted => columns.push(place + 2),
            _ => {}
        }
    }
    columns
}

struct Lines<'a> {
    path: &'a Path,
    rows: &'a [Row],
    city: Option<&'a Settings>,
}

impl Lines<'_> {
    fn check(&self, checked: &mut Checked) {
        let mut by_code: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
        for row in self.rows {
            by_code.entry(&row.code).or_default().push(row);
        }
        for row in self.rows {
            let mut say = |column: usize, message: String| {
                checked.at(Part::Catalogue, self.path, (row.line, column), message);
            };
            if let Some(cells) = row.cells {
                // What stands in which column is anybody's guess.
                say(1, format!("the line has {cells} cells, the header another number"));
                continue;
            }
            for (column, message) in &row.bad_days {
                say(*column, message.clone());
            }
            if let Some(message) = row.span.reversed() {
                say(row.to_at, message);
            }
            let earlier = by_code[row.code.as_str()].iter().take_while(|other| other.line < row.line);
            for other in earlier.filter(|other| other.span.overlaps(&row.span)) {
                let message =
                    format!("the code {:?} holds on the same days in line {}", row.code, other.line);
                say(row.columns[0], message);
            }
            if let Some((column, centre)) = row.centre
                && self.city.is_some_and(|city| !city.city.extent.contains(centre))
            {
                say(column, format!("the point of {:?} lies outside the city's extent", row.code));
            }
            self.parent(row, &by_code, &mut say);
        }
    }

    /// A code holds on no day on which its parent does not.
    fn parent(&self, row: &Row, by_code: &BTreeMap<&str, Vec<&Row>>, say: &mut impl FnMut(usize, String)) {
        let Some((column, parent)) = &row.parent else { return };
        let Some(parents) = by_code.get(parent.as_str()) else {
            // The loader says so of the first alone.
            return say(*column, format!("the parent {parent:?} of {:?} has no line", row.code));
        };
        if row.span.reversed().is_none() && !parents.iter().any(|known| known.span.covers(&row.span)) {
            say(*column, format!("{:?} holds on days on which its parent {parent:?} does not", row.code));
        }
    }
}
