//! The rows of a file under a mapping, one at a time.

use std::io;
use std::path::{Path, PathBuf};

use domain::city::City;

use super::make::{MappedRow, Skimmed, make, skim};
use super::mapping::Mapping;
use super::progress::Progress;
use super::rejects::OWN_COLUMNS;
use super::row::{Header, Row, name};
use super::table::{Fields, Place, Table};
use super::{ImportError, open};

/// A file being read.
pub struct Reading<'a> {
    mapping: &'a Mapping,
    city: &'a City,
    path: PathBuf,
    table: Table,
    header: Header,
    fields: Fields,
    /// A row that was read to see whether it is a header, and is none.
    looked_at: Option<(Place, Fields)>,
}

/// One row: what it makes, or why it is rejected.
#[derive(Debug)]
pub struct ReadRow {
    /// The row, from 1; the header is not counted.
    pub row: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its events, or what is wrong with it.
    pub mapped: Result<MappedRow, String>,
}

/// Reads a file of rows under a mapping, in bounded memory. Two rows with one key both come; the
/// importer lets the last win.
///
/// # Errors
/// Where the file cannot be opened, or its columns are not those of the mapping.
pub fn read<'a>(path: &Path, mapping: &'a Mapping, city: &'a City) -> Result<Reading<'a>, ImportError> {
    Reading::open(path, mapping, city, &Progress::hidden())
}

impl<'a> Reading<'a> {
    pub(super) fn open(
        path: &Path,
        mapping: &'a Mapping,
        city: &'a City,
        progress: &Progress,
    ) -> Result<Self, ImportError> {
        let unreadable = |source| ImportError::Unreadable { path: path.to_owned(), source };
        let input = open::open(path, progress).map_err(unreadable)?;
        let mut table = Table::new(input, &mapping.file).map_err(unreadable)?;
        let named = |fields: &Fields| fields.iter().map(|field| name(field, mapping.file.encoding)).collect();
        let mut looked_at = None;
        let names = match &mapping.file.columns {
            Some(names) => {
                let mut fields = Fields::default();
                match table.read(&mut fields).map_err(unreadable)? {
                    // Rows that were rejected before, and mended.
                    Some(_) if begins_as_rejects(&fields) => {
                        table.begin();
                        OWN_COLUMNS.into_iter().map(str::to_owned).chain(names.iter().cloned()).collect()
                    }
                    first => {
                        looked_at = first.map(|place| (place, fields));
                        names.clone()
                    }
                }
            }
            None => {
                let fields = table.header().map_err(unreadable)?;
                named(&fields.ok_or_else(|| ImportError::NoHeader { path: path.to_owned() })?)
            }
        };
        let header = Header::bind(names, &mapping.columns)?;
        let fields = Fields::default();
        Ok(Self { mapping, city, path: path.to_owned(), table, header, fields, looked_at })
    }

    /// The names of the file's columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.header.names
    }

    /// The fields of the row that was read last.
    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Reads the next row; none at the end.
    pub(super) fn next_row(&mut self) -> Result<Option<ReadRow>, ImportError> {
        let Some(place) = self.next_fields()? else { return Ok(None) };
        let mapped = self.mapped(place, make);
        Ok(Some(ReadRow { row: place.row, line: place.line, mapped }))
    }

    /// Reads the next row for the first pass: its number, and what is needed of it if it is good.
    pub(super) fn next_skimmed(&mut self) -> Result<Option<(u64, Option<Skimmed>)>, ImportError> {
        let Some(place) = self.next_fields()? else { return Ok(None) };
        Ok(Some((place.row, self.mapped(place, skim).ok())))
    }

    fn next_fields(&mut self) -> Result<Option<Place>, ImportError> {
        if let Some((place, fields)) = self.looked_at.take() {
            self.fields = fields;
            return Ok(Some(place));
        }
        self.table.read(&mut self.fields).map_err(|source| self.broken(source))
    }

    fn mapped<T>(
        &self,
        place: Place,
        map: impl Fn(&Mapping, &City, &Row<'_>) -> Result<T, String>,
    ) -> Result<T, String> {
        if place.too_long {
            return Err(TOO_LONG.to_owned());
        }
        let fields: Vec<&[u8]> = self.fields.iter().collect();
        let mapping = self.mapping;
        let row = Row::read(&self.header, &fields, mapping.file.encoding, &mapping.values)?;
        map(mapping, self.city, &row)
    }

    fn broken(&self, source: io::Error) -> ImportError {
        ImportError::Unreadable { path: self.path.clone(), source }
    }
}

/// Whether a row is the header of a file of rejects.
fn begins_as_rejects(fields: &Fields) -> bool {
    fields.iter().take(OWN_COLUMNS.len()).eq(OWN_COLUMNS.map(str::as_bytes))
}

const TOO_LONG: &str = "the row is longer than 1 MiB or has more than 4096 fields (a quote may never close)";

impl Iterator for Reading<'_> {
    type Item = Result<ReadRow, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}
