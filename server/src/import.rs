//! History brought in from files: rows under a mapping, or events as they are.
//!
//! A file is read twice. The first pass finds the rows that a later row with the same key replaces,
//! and how new the export is; the second maps each row, compares it with what the log has of it,
//! and offers what is new. Both hold one batch in memory, whatever the size of the file.
//!
//! Where the events go is an [`EventSink`]; this module knows neither the log nor a server.

mod changes;
mod events;
mod instant;
mod make;
pub mod mapping;
mod open;
mod progress;
mod read;
mod rejects;
mod report;
mod row;
mod run;
mod scan;
mod sink;
mod table;
mod value;

use std::path::{Path, PathBuf};

use domain::city::City;

use domain::document::Fault;

pub use events::import_events;
pub use make::{Made, MappedRow};
pub use mapping::{Mapping, MappingError};
pub use read::{ReadRow, Reading, read};
pub use report::{Changes, Report};
pub use run::{Options, import_rows};
pub use sink::{EventSink, KnownEvent, Outcome, Refused, SinkError};

/// The most rows whose events are offered together: about one group commit of the log.
pub const BATCH_ROWS: usize = 1000;

/// The most bytes of rows that are offered together.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Why an import ended.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read, or ends in the middle of its compression.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system or the decompressor says.
        source: std::io::Error,
    },
    /// There is nothing in the file.
    #[error("{}: the file has no header row", path.display())]
    NoHeader {
        /// Which file.
        path: PathBuf,
    },
    /// A file of rows without a mapping.
    #[error("{}: a file of rows needs a mapping; only .ndjson files of events need none", path.display())]
    NoMapping {
        /// Which file.
        path: PathBuf,
    },
    /// The mapping and the file do not fit.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The rejects cannot be written.
    #[error("the rejected rows cannot be written: {0}")]
    Rejects(#[from] std::io::Error),
    /// The log or the server does not take events.
    #[error("the events cannot be stored: {0}")]
    Sink(#[from] SinkError),
}

/// Imports one file: events where its name ends in `.ndjson` or `.jsonl` (with `.gz` or `.zst`),
/// else rows under the mapping.
///
/// # Errors
/// [`ImportError`] says what to do.
pub fn import_file<S: EventSink + ?Sized>(
    path: &Path,
    mapping: Option<&Mapping>,
    city: &City,
    options: &Options,
    sink: &mut S,
) -> Result<Report, ImportError> {
    if open::holds_events(path) {
        return import_events(path, options, sink);
    }
    match mapping {
        Some(mapping) => import_rows(path, mapping, city, options, sink),
        None => Err(ImportError::NoMapping { path: path.to_owned() }),
    }
}

#[cfg(test)]
mod tests;
