//! A CSV file whose columns are known: every row with its line, so that what is wrong can be said
//! with its place.

use std::path::{Path, PathBuf};

use domain::document::Fault;

use super::CityError;

/// A file's rows.
pub(super) struct Table<const N: usize> {
    pub(super) path: PathBuf,
    pub(super) rows: Vec<Row<N>>,
}

/// One row: its cells in the order of the columns asked for.
pub(super) struct Row<const N: usize> {
    pub(super) line: usize,
    pub(super) cells: [String; N],
}

impl<const N: usize> Table<N> {
    /// Reads a file that has these columns, in any order, and no other.
    pub(super) fn read(path: &Path, columns: [&str; N]) -> Result<Self, CityError> {
        let open = |source| CityError::Unreadable { path: path.to_owned(), source };
        let bytes = std::fs::read(path).map_err(open)?;
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
        let header = reader.headers().map_err(|error| unreadable(path, &error))?.clone();
        if let Some(name) = header.iter().find(|name| !columns.contains(name)) {
            let message = format!("no column is called {name:?}; they are {}", columns.join(", "));
            return Err(fault(path, 1, message));
        }
        let places = columns.map(|name| header.iter().position(|column| column == name));
        if let Some((name, _)) = columns.iter().zip(places).find(|(_, place)| place.is_none()) {
            return Err(fault(path, 1, format!("the column {name:?} is missing")));
        }
        let mut rows = Vec::new();
        for row in reader.records() {
            let row = row.map_err(|error| unreadable(path, &error))?;
            let line = row.position().map_or(0, |position| position.line() as usize);
            let cells = places.map(|place| place.and_then(|place| row.get(place)).unwrap_or("").to_owned());
            rows.push(Row { line, cells });
        }
        Ok(Self { path: path.to_owned(), rows })
    }

    pub(super) fn fault(&self, line: usize, message: String) -> CityError {
        fault(&self.path, line, message)
    }

    /// The cell as a day; none where it is empty.
    pub(super) fn day(&self, line: usize, text: &str) -> Result<Option<jiff::civil::Date>, CityError> {
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = |_| self.fault(line, format!("{text:?} is no day; write one such as 2025-07-01"));
        text.parse().map(Some).map_err(wrong)
    }

    /// The cell as one of these words.
    pub(super) fn word<T: Copy>(&self, line: usize, text: &str, words: &[(&str, T)]) -> Result<T, CityError> {
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        found.ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.fault(line, format!("{text:?} is none of {}", known.join(", ")))
        })
    }
}

fn unreadable(path: &Path, error: &csv::Error) -> CityError {
    let line = error.position().map_or(1, |position| position.line() as usize);
    fault(path, line, error.to_string())
}

pub(super) fn fault(path: &Path, line: usize, message: String) -> CityError {
    Fault { path: path.to_owned(), line, column: 1, message }.into()
}
