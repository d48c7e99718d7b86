//! A data file in TOML, read so that whatever is wrong is said with its line and column. Every
//! reader names the keys that it knows, so that a misspelt key is an error and not a silence.
//!
//! Files are opened elsewhere: here a path is only what a fault calls the text.

use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::city::Label;

/// What is wrong in a file, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}:{column}: {message}", path.display())]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

/// What is wrong in a file, all of it: a reader that can go on after a fault keeps it here.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Keeps a fault.
    pub fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// What was read; none where that was a fault, which is kept.
    pub fn keep<T>(&mut self, read: Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.add(fault)).ok()
    }

    /// What was read; its default where that was a fault, which is kept.
    pub fn or_default<T: Default>(&mut self, read: Result<T, Fault>) -> T {
        self.keep(read).unwrap_or_default()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order of the text, each once.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Fault> {
        self.0.sort_by(|a, b| (a.line, a.column, &a.message).cmp(&(b.line, b.column, &b.message)));
        self.0.dedup();
        self.0
    }
}

/// The text of a file, and which file it is.
#[derive(Clone, Debug)]
pub struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// A text that stands at `path`.
    #[must_use]
    pub fn new(path: &Path, text: String) -> Self {
        Self { path: path.to_owned(), text }
    }

    /// Parses the text. The root borrows it.
    ///
    /// # Errors
    /// Where the text is not TOML.
    pub fn parse(&self) -> Result<Root<'_>, Fault> {
        DeTable::parse(&self.text).map(|table| Root { source: self, table }).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            self.fault(at, error.message().to_owned())
        })
    }

    /// A fault at a byte of the text.
    #[must_use]
    pub fn fault(&self, at: usize, message: impl Into<String>) -> Fault {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Fault {
            path: self.path.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }
}

/// A parsed file.
#[derive(Debug)]
pub struct Root<'a> {
    source: &'a Source,
    table: Spanned<DeTable<'a>>,
}

impl Root<'_> {
    /// The outermost table.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        Table { source: self.source, name: String::new(), span: 0..0, inner: self.table.get_ref() }
    }
}

/// A table of the file.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    source: &'a Source,
    name: String,
    span: Range<usize>,
    inner: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    /// Refuses keys that nothing reads.
    ///
    /// # Errors
    /// At the first key that is not among `known`.
    pub fn allow(&self, known: &[&str]) -> Result<(), Fault> {
        match self.inner.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
            None => Ok(()),
            Some(key) => Err(self.source.fault(
                key.span().start,
                format!("{} has no key {:?}; its keys are {}", self.title(), key.get_ref(), known.join(", ")),
            )),
        }
    }

    /// Refuses every key that nothing reads, and goes on. True where there was none: a key that must be
    /// there may be missing because it is misspelt.
    pub fn allow_only(&self, known: &[&str], faults: &mut Faults) -> bool {
        let before = faults.len();
        for key in self.inner.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let title = self.title();
            let message =
                format!("{title} has no key {:?}; its keys are {}", key.get_ref(), known.join(", "));
            faults.add(self.source.fault(key.span().start, message));
        }
        faults.len() == before
    }

    /// The values with their keys, in the order of the keys.
    pub fn nodes(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let inner: &'a DeTable<'a> = self.inner;
        let (source, name) = (self.source, self.name.clone());
        inner.iter().map(move |(key, value)| {
            let key: &'a str = key.get_ref().as_ref();
            (key, Node { source, name: join(&name, key), value })
        })
    }

    /// A fault at a key of this table.
    #[must_use]
    pub fn fault_at_key(&self, key: &str, message: impl Into<String>) -> Fault {
        let at = self.inner.keys().find(|known| known.get_ref().as_ref() == key);
        self.source.fault(at.map_or(self.span.start, |known| known.span().start), message)
    }

    /// The date of a key.
    ///
    /// # Errors
    /// If it is something else.
    pub fn date(&self, key: &str) -> Result<Option<Date>, Fault> {
        self.get(key).map(|node| node.date()).transpose()
    }

    /// The truth value of a key; false where it is missing.
    ///
    /// # Errors
    /// If it is something else.
    pub fn flag(&self, key: &str) -> Result<bool, Fault> {
        self.get(key).map_or(Ok(false), |node| node.truth())
    }

    /// The keys, in the order of their text.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.inner.keys().map(|key| key.get_ref().as_ref())
    }

    /// Whether the key is there.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.inner.contains_key(key)
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        let value = self.inner.get(key)?;
        Some(Node { source: self.source, name: join(&self.name, key), value })
    }

    /// The value of a key that must be there.
    ///
    /// # Errors
    /// If it is not.
    pub fn need(&self, key: &str) -> Result<Node<'a>, Fault> {
        self.get(key).ok_or_else(|| self.fault(format!("{} needs {key}", self.title())))
    }

    /// The text of a key.
    ///
    /// # Errors
    /// If it is something else.
    pub fn text(&self, key: &str) -> Result<Option<String>, Fault> {
        self.get(key).map(|node| node.text().map(str::to_owned)).transpose()
    }

    /// The number of a key.
    ///
    /// # Errors
    /// If it is something else.
    pub fn number(&self, key: &str) -> Result<Option<f64>, Fault> {
        self.get(key).map(|node| node.number()).transpose()
    }

    /// The number of a key that must be there.
    ///
    /// # Errors
    /// If it is missing or something else.
    pub fn need_number(&self, key: &str) -> Result<f64, Fault> {
        self.need(key)?.number()
    }

    /// The table of a key.
    ///
    /// # Errors
    /// If it is something else.
    pub fn table(&self, key: &str) -> Result<Option<Table<'a>>, Fault> {
        self.get(key).map(|node| node.table()).transpose()
    }

    /// The list of a key; empty where it is missing.
    ///
    /// # Errors
    /// If it is something else.
    pub fn list(&self, key: &str) -> Result<Vec<Node<'a>>, Fault> {
        self.get(key).map_or_else(|| Ok(Vec::new()), |node| node.list())
    }

    /// A fault of this table.
    #[must_use]
    pub fn fault(&self, message: impl Into<String>) -> Fault {
        self.source.fault(self.span.start, message)
    }

    fn title(&self) -> String {
        if self.name.is_empty() { "the file".to_owned() } else { format!("[{}]", self.name) }
    }
}

/// A value of the file.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    source: &'a Source,
    name: String,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Node<'a> {
    /// The dotted path of keys that leads here.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A fault of this value.
    #[must_use]
    pub fn fault(&self, message: impl Into<String>) -> Fault {
        self.source.fault(self.value.span().start, message)
    }

    /// Its text.
    ///
    /// # Errors
    /// If it is something else.
    pub fn text(&self) -> Result<&'a str, Fault> {
        self.value.get_ref().as_str().ok_or_else(|| self.not_a("a text in quotes"))
    }

    /// Its text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&'a str> {
        self.value.get_ref().as_str()
    }

    /// Whether it is a table.
    #[must_use]
    pub fn is_table(&self) -> bool {
        self.value.get_ref().is_table()
    }

    /// Whether it is a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.value.get_ref().is_array()
    }

    /// Its truth value.
    ///
    /// # Errors
    /// If it is something else.
    pub fn truth(&self) -> Result<bool, Fault> {
        self.value.get_ref().as_bool().ok_or_else(|| self.not_a("true or false"))
    }

    /// Its number, whole or not.
    ///
    /// # Errors
    /// If it is something else.
    pub fn number(&self) -> Result<f64, Fault> {
        let value = self.value.get_ref();
        let text = match (value.as_integer(), value.as_float()) {
            (Some(whole), _) if whole.radix() == 10 => Some(whole.as_str()),
            (_, Some(float)) => Some(float.as_str()),
            _ => None,
        };
        text.and_then(|text| text.parse::<f64>().ok())
            .filter(|number| number.is_finite())
            .ok_or_else(|| self.not_a("a number"))
    }

    /// Its whole number.
    ///
    /// # Errors
    /// If it is something else.
    pub fn whole(&self) -> Result<i64, Fault> {
        self.value
            .get_ref()
            .as_integer()
            .and_then(|whole| i64::from_str_radix(whole.as_str(), whole.radix()).ok())
            .ok_or_else(|| self.not_a("a whole number"))
    }

    /// Its table.
    ///
    /// # Errors
    /// If it is something else.
    pub fn table(&self) -> Result<Table<'a>, Fault> {
        let inner = self.value.get_ref().as_table().ok_or_else(|| self.not_a("a table"))?;
        Ok(Table { source: self.source, name: self.name.clone(), span: self.value.span(), inner })
    }

    /// Its list.
    ///
    /// # Errors
    /// If it is something else.
    pub fn list(&self) -> Result<Vec<Node<'a>>, Fault> {
        let items = self.value.get_ref().as_array().ok_or_else(|| self.not_a("a list in [ ]"))?;
        Ok(items.iter().map(|value| Node { source: self.source, name: self.name.clone(), value }).collect())
    }

    /// A fault inside its text, `offset` bytes after the opening quote.
    #[must_use]
    pub fn fault_in_text(&self, offset: usize, message: impl Into<String>) -> Fault {
        self.source.fault(self.value.span().start + 1 + offset, message)
    }

    /// Its date: `2024-04-29`, in quotes or not.
    ///
    /// # Errors
    /// If it is something else, or no day of the calendar.
    pub fn date(&self) -> Result<Date, Fault> {
        let value = self.value.get_ref();
        let text = match (value.as_str(), value.as_datetime()) {
            (Some(text), _) => text.to_owned(),
            (None, Some(date)) => date.to_string(),
            (None, None) => return Err(self.not_a("a date such as \"2024-04-29\"")),
        };
        text.parse::<Date>().ok().filter(|_| text.len() == 10).ok_or_else(|| {
            self.fault(format!("{} is {text:?}, which is no date such as 2024-04-29", self.name))
        })
    }

    /// Its text in both languages: `{ vi = "…", en = "…" }`, or one text for both.
    ///
    /// # Errors
    /// If it is something else, or lacks a language.
    pub fn label(&self) -> Result<Label, Fault> {
        if let Some(text) = self.as_text() {
            return Ok(Label { vi: text.to_owned(), en: text.to_owned() });
        }
        let table = self.table()?;
        table.allow(&["vi", "en"])?;
        Ok(Label { vi: table.need("vi")?.text()?.to_owned(), en: table.need("en")?.text()?.to_owned() })
    }

    /// The texts of its list.
    ///
    /// # Errors
    /// If it is something else, or a part of it is.
    pub fn texts(&self) -> Result<Vec<(String, Node<'a>)>, Fault> {
        self.list()?.into_iter().map(|node| Ok((node.text()?.to_owned(), node))).collect()
    }

    /// As JSON: a constant of a mapping.
    ///
    /// # Errors
    /// If it is a date, which JSON does not have.
    pub fn json(&self) -> Result<serde_json::Value, Fault> {
        use serde_json::Value;
        Ok(match self.value.get_ref() {
            DeValue::String(text) => Value::from(text.as_ref()),
            DeValue::Boolean(truth) => Value::from(*truth),
            DeValue::Integer(_) => Value::from(self.whole()?),
            DeValue::Float(_) => Value::from(self.number()?),
            DeValue::Array(_) => Value::Array(self.list()?.iter().map(Node::json).collect::<Result<_, _>>()?),
            DeValue::Table(_) => {
                let table = self.table()?;
                let keys: Vec<String> = table.keys().map(str::to_owned).collect();
                let pairs = keys.into_iter().filter_map(|key| {
                    let node = table.get(&key)?;
                    Some(node.json().map(|value| (key, value)))
                });
                Value::Object(pairs.collect::<Result<_, _>>()?)
            }
            DeValue::Datetime(_) => return Err(self.not_a("a text in quotes (dates too)")),
        })
    }

    fn not_a(&self, wanted: &str) -> Fault {
        let found = self.value.get_ref().type_str();
        self.fault(format!("{} must be {wanted}, not {found}", self.name))
    }
}

fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let source = Source::new(Path::new("a.toml"), text.to_owned());
        let read = || -> Result<(), Fault> {
            let root = source.parse()?;
            let table = root.table();
            table.allow(&["name", "size"])?;
            table.need("name")?.text()?;
            table.number("size")?;
            Ok(())
        };
        assert_eq!(read().err().map_or(String::new(), |fault| fault.to_string()), want);
    }

    #[test]
    fn a_fault_names_the_line_and_the_column() {
        check("name = \"x\"\nsize = 2", "");
        check("name = \"x\"\nsise = 2", "a.toml:2:1: the file has no key \"sise\"; its keys are name, size");
        check("size = 1", "a.toml:1:1: the file needs name");
        check("name = 3", "a.toml:1:8: name must be a text in quotes, not integer");
        check("name = \"Phường\", size = 1", "a.toml:1:16: unexpected key or value, expected newline, `#`");
    }
}
