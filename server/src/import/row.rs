//! One row of the file, by the columns that the mapping names.

use std::borrow::Cow;

use super::mapping::{Columns, Encoding, Values};
use domain::document::Fault;

/// Where the mapping's columns stand in this file.
#[derive(Debug)]
pub(super) struct Header {
    /// The file's columns.
    pub(super) names: Vec<String>,
    /// For each column of the mapping its place in the file.
    places: Vec<usize>,
}

impl Header {
    /// Finds the mapping's columns among the file's.
    pub(super) fn bind(names: Vec<String>, columns: &Columns) -> Result<Self, Fault> {
        let count = |name: &String| names.iter().filter(|other| *other == name).count();
        // Of several columns that do not fit, the one that the mapping names first is said.
        let wrong = (columns.names.iter().zip(&columns.places))
            .filter(|(name, _)| count(name) != 1)
            .min_by_key(|(_, place)| (place.line, place.column));
        if let Some((name, place)) = wrong {
            let message = match count(name) {
                0 => format!("the file has no column {name:?}; its columns are: {}", names.join(", ")),
                _ => format!("the file has two columns {name:?}"),
            };
            return Err(Fault { message, ..place.clone() });
        }
        let place_of = |name: &String| names.iter().position(|other| other == name);
        let places = columns.names.iter().filter_map(place_of).collect();
        Ok(Self { names, places })
    }
}

/// A row's cells by the columns of the mapping: trimmed, and none where they mean "nothing".
#[derive(Debug)]
pub(super) struct Row<'a> {
    cells: Vec<Option<Cow<'a, str>>>,
}

impl<'a> Row<'a> {
    /// Reads the cells that the mapping names. `fields` are all fields of the row.
    ///
    /// # Errors
    /// Says what is wrong with the row, never what stands in it.
    pub(super) fn read(
        header: &Header,
        fields: &[&'a [u8]],
        encoding: Encoding,
        values: &Values,
    ) -> Result<Self, String> {
        if fields.len() != header.names.len() {
            let (has, wants) = (fields.len(), header.names.len());
            return Err(format!("the row has {has} fields and the header {wants}"));
        }
        let cell = |place: &usize| -> Result<Option<Cow<'a, str>>, String> {
            let text = decode(fields[*place], encoding)
                .ok_or_else(|| format!("{:?} is not valid UTF-8", header.names[*place]))?;
            let text = trim(text);
            Ok(Some(text).filter(|text| !text.is_empty() && !values.empty.iter().any(|e| e == text)))
        };
        // A byte that is no text anywhere in the row means that the row is damaged.
        let damaged = |field: &[u8]| encoding == Encoding::Utf8 && std::str::from_utf8(field).is_err();
        if let Some(place) = fields.iter().position(|field| damaged(field)) {
            return Err(format!("{:?} is not valid UTF-8", header.names[place]));
        }
        let cells = header.places.iter().map(cell).collect::<Result<_, _>>()?;
        Ok(Self { cells })
    }

    /// The text of a column of the mapping.
    pub(super) fn get(&self, column: usize) -> Option<&str> {
        self.cells.get(column)?.as_deref()
    }
}

/// A header's field as a name.
pub(super) fn name(field: &[u8], encoding: Encoding) -> String {
    let text = decode(field, encoding).unwrap_or_else(|| String::from_utf8_lossy(field));
    trim(text).into_owned()
}

fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

fn decode(bytes: &[u8], encoding: Encoding) -> Option<Cow<'_, str>> {
    match std::str::from_utf8(bytes) {
        Ok(text) if encoding == Encoding::Utf8 || text.is_ascii() => Some(Cow::Borrowed(text)),
        _ if encoding == Encoding::Windows1252 => {
            Some(Cow::Owned(bytes.iter().map(|byte| windows_1252(*byte)).collect()))
        }
        _ => None,
    }
}

/// A text in the file's spelling; a character that it does not have becomes a question mark.
pub(super) fn encode(text: &str, encoding: Encoding) -> Cow<'_, [u8]> {
    if encoding == Encoding::Utf8 || text.is_ascii() {
        return Cow::Borrowed(text.as_bytes());
    }
    let byte = |char| (0..=255).find(|byte| windows_1252(*byte) == char).unwrap_or(b'?');
    Cow::Owned(text.chars().map(byte).collect())
}

/// The characters of 0x80 to 0x9F; the five that the code page leaves open stay control characters.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
