//! A mapping: how the rows of one source's export become events. Data, written in TOML;
//! `cities/README.md` describes every key with an example.

mod condition;
mod expression;
mod file;
mod rule;
mod time;

use std::path::Path;

use domain::city::Placeholder;

use crate::city::settings::placeholders;
use domain::document::{Fault, Source, Table};

pub(crate) use condition::Condition;
pub(crate) use expression::{Expression, Order, Otherwise, Text};
pub(crate) use file::{Encoding, FileForm};
pub(crate) use rule::EventRule;
pub(crate) use time::{DateOnly, Format, Pick, TimeRules, When};

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The system will not give the file.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It says something that cannot be.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// How rows become events.
#[derive(Debug)]
pub struct Mapping {
    /// The source under which the events are logged.
    pub source: String,
    /// The columns whose values name a row, in order.
    pub(crate) key: Vec<usize>,
    /// The columns whose values name the case; the key's, unless the file has several rows a case.
    pub(crate) case: Vec<usize>,
    /// Between the parts of a key or a case code made of several columns.
    pub(crate) key_join: String,
    pub(crate) file: FileForm,
    pub(crate) values: Values,
    pub(crate) time: TimeRules,
    pub(crate) placeholders: Vec<Placeholder>,
    pub(crate) rules: Vec<EventRule>,
    /// Every column that the mapping names, with the place where it does so first.
    pub(crate) columns: Columns,
}

/// What a cell may say.
#[derive(Debug)]
pub(crate) struct Values {
    /// Texts that mean "nothing".
    pub(crate) empty: Vec<String>,
    /// The decimal point.
    pub(crate) decimal: char,
    /// What stands between thousands.
    pub(crate) thousands: Option<char>,
    /// Texts that mean "yes", lower case.
    pub(crate) yes: Vec<String>,
    /// Texts that mean "no", lower case.
    pub(crate) no: Vec<String>,
}

/// The columns that a mapping names; rules hold places in this list.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) names: Vec<String>,
    /// Where each is named first: the fault that says the column is missing, ready to be finished.
    pub(crate) places: Vec<Fault>,
}

impl Columns {
    /// The place of a column in the list.
    pub(crate) fn intern(&mut self, name: &str, place: Fault) -> usize {
        self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.places.push(place);
            self.names.len() - 1
        })
    }
}

const KEYS: [&str; 11] = [
    "source",
    "key",
    "case",
    "key_join",
    "file",
    "values",
    "time",
    "tables",
    "placeholders",
    "event",
    "city",
];

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// With the file, the line and what to do.
    pub fn load(path: &Path) -> Result<Self, MappingError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| MappingError::Unreadable { path: path.to_owned(), source })?;
        Ok(Self::parse(&Source::new(path, text))?)
    }

    /// Reads a mapping from its text.
    ///
    /// # Errors
    /// With the line and what to do.
    pub fn parse(source: &Source) -> Result<Self, Fault> {
        let root = source.parse()?;
        let table = root.table();
        table.allow(&KEYS)?;
        let mut columns = Columns::default();
        let key = read_columns(&table, "key", &mut columns)?
            .ok_or_else(|| table.fault("the file needs key: the column whose values name a row"))?;
        let case = read_columns(&table, "case", &mut columns)?.unwrap_or_else(|| key.clone());
        let tables = expression::read_tables(&table)?;
        let rules = rule::read_all(&table, &mut columns, &tables)?;
        Ok(Self {
            source: read_source(&table)?,
            key,
            case,
            key_join: table.text("key_join")?.unwrap_or_else(|| "-".to_owned()),
            file: file::read(&table)?,
            values: read_values(&table)?,
            time: time::read_rules(&table)?,
            placeholders: placeholders(&table)?,
            rules,
            columns,
        })
    }
}

fn read_source(table: &Table<'_>) -> Result<String, Fault> {
    let node = table.need("source")?;
    match node.text()? {
        "" => Err(node.fault("source must not be empty")),
        text if text.len() > 128 => Err(node.fault("source must be at most 128 bytes")),
        text => Ok(text.to_owned()),
    }
}

/// One column or a list of columns.
fn read_columns(table: &Table<'_>, key: &str, columns: &mut Columns) -> Result<Option<Vec<usize>>, Fault> {
    let Some(node) = table.get(key) else { return Ok(None) };
    expression::read_column_list(&node, columns).map(Some)
}

fn read_values(table: &Table<'_>) -> Result<Values, Fault> {
    let Some(table) = table.table("values")? else { return Ok(Values::default()) };
    table.allow(&["empty", "decimal", "thousands", "yes", "no"])?;
    let defaults = Values::default();
    let texts = |key: &str, default: Vec<String>| -> Result<Vec<String>, Fault> {
        if !table.has(key) {
            return Ok(default);
        }
        table.list(key)?.iter().map(|node| node.text().map(str::to_owned)).collect()
    };
    let lower = |list: Vec<String>| list.iter().map(|text| text.to_lowercase()).collect();
    Ok(Values {
        empty: texts("empty", defaults.empty)?,
        decimal: read_mark(&table, "decimal")?.unwrap_or(defaults.decimal),
        thousands: read_mark(&table, "thousands")?,
        yes: lower(texts("yes", defaults.yes)?),
        no: lower(texts("no", defaults.no)?),
    })
}

fn read_mark(table: &Table<'_>, key: &str) -> Result<Option<char>, Fault> {
    let Some(node) = table.get(key) else { return Ok(None) };
    let mut chars = node.text()?.chars();
    match (chars.next(), chars.next()) {
        (Some(mark), None) => Ok(Some(mark)),
        _ => Err(node.fault(format!("{key} must be one character"))),
    }
}

impl Default for Values {
    fn default() -> Self {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Self {
            empty: texts(&[""]),
            decimal: '.',
            thousands: None,
            yes: texts(&["yes", "y", "true", "t", "1"]),
            no: texts(&["no", "n", "false", "f", "0"]),
        }
    }
}
