//! A list of holidays as CSV: `date`, `working_day` (yes or no), and where they are known `name_vi`,
//! `name_en` and `basis`. A day whose basis is `rule_not_announced` counts, and the year it lies in
//! is not known for certain.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};

use super::{DayRule, named};
use crate::calendar::{Day, Known};
use crate::document::Fault;

/// The days of a list, and the years for which it is complete.
pub(super) struct List {
    pub(super) days: BTreeMap<Day, DayRule>,
    pub(super) known: Option<Known>,
}

const NOT_ANNOUNCED: &str = "rule_not_announced";

pub(super) fn read(path: &Path, text: &str) -> Result<List, Fault> {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let fault = |line: usize, column: usize, message: String| Fault {
        path: path.to_owned(),
        line: line + 1,
        column,
        message,
    };
    let (_, header) = lines.next().ok_or_else(|| fault(0, 1, "the list is empty".to_owned()))?;
    let header = cells(header);
    let place = |name: &str| header.iter().position(|(_, cell)| cell == name);
    let need = |name: &str| place(name).ok_or_else(|| fault(0, 1, format!("the list has no column {name}")));
    let (at, works) = (need("date")?, need("working_day")?);
    let (vi, en, basis) = (place("name_vi"), place("name_en"), place("basis"));
    let mut days = BTreeMap::new();
    let mut years: Option<(i16, i16)> = None;
    for (line, row) in lines {
        let row = cells(row);
        if row.len() != header.len() {
            let message = format!("{} fields where the header has {}", row.len(), header.len());
            return Err(fault(line, 1, message));
        }
        let (column, text) = &row[at];
        let day: Date = text
            .parse()
            .map_err(|_| fault(line, *column, format!("{text:?} is no date such as 2024-04-29")))?;
        let (column, text) = &row[works];
        let works = match text.as_str() {
            "yes" => true,
            "no" => false,
            _ => return Err(fault(line, *column, format!("working_day is {text:?}, neither yes nor no"))),
        };
        let cell = |place: Option<usize>| place.map_or("", |place| row[place].1.as_str());
        let announced = cell(basis) != NOT_ANNOUNCED;
        if announced {
            let (first, last) = years.unwrap_or((day.year(), day.year()));
            years = Some((first.min(day.year()), last.max(day.year())));
        }
        let rule = DayRule { hours: None, works, note: named(cell(vi), cell(en), announced) };
        if days.insert(Day::of(day), rule).is_some() {
            return Err(fault(line, row[at].0, format!("{day} is listed twice")));
        }
    }
    let known = years.map(|(first, last)| Known { from: date(first, 1, 1), to: date(last, 12, 31) });
    Ok(List { days, known })
}

/// The cells of a line with the column, from 1, at which each begins.
fn cells(line: &str) -> Vec<(usize, String)> {
    let mut cells = vec![(1, String::new())];
    let mut quoted = false;
    let mut chars = line.trim_end_matches('\r').chars().enumerate().peekable();
    while let Some((place, char)) = chars.next() {
        let again = quoted && char == '"' && chars.peek().is_some_and(|(_, next)| *next == '"');
        match (char, cells.last_mut()) {
            ('"', Some((_, cell))) if again => {
                cell.push('"');
                chars.next();
            }
            ('"', _) => quoted = !quoted,
            (',', _) if !quoted => cells.push((place + 2, String::new())),
            (char, Some((_, cell))) => cell.push(char),
            (_, None) => {}
        }
    }
    for (_, cell) in &mut cells {
        *cell = cell.trim().to_owned();
    }
    cells
}
