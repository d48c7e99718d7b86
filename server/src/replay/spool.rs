//! Events put aside in a file without a name: what a mapping makes of a case file, before it is
//! sorted and played.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::city::City;
use serde_json::Value as Json;

use crate::import::{self, EventSink, ImportError, KnownEvent, Mapping, Outcome, Report, SinkError};

/// Events that were put aside.
pub struct Spool {
    pub(super) path: PathBuf,
    pub(super) file: Arc<File>,
}

impl Spool {
    /// What the mapping makes of a case file. Rejected rows go to a file in the working directory.
    ///
    /// # Errors
    /// Where the file or the mapping cannot be used, or the disk is full.
    pub fn of_rows(
        path: &Path,
        mapping: &Mapping,
        city: &City,
        options: &import::Options,
    ) -> Result<(Self, Report), ImportError> {
        let mut aside = Aside { writer: BufWriter::with_capacity(1 << 20, tempfile::tempfile()?) };
        let report = import::import_file(path, Some(mapping), city, options, &mut aside)?;
        let file = aside.writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok((Self { path: path.to_owned(), file: Arc::new(file) }, report))
    }

    /// Events as they are; `name` is what a fault calls them.
    ///
    /// # Errors
    /// Where the disk is full.
    pub fn of_events(name: &str, events: impl Iterator<Item = Json>) -> io::Result<Self> {
        let mut writer = BufWriter::with_capacity(1 << 20, tempfile::tempfile()?);
        for event in events {
            writeln!(writer, "{event}")?;
        }
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(Self { path: name.into(), file: Arc::new(file) })
    }
}

struct Aside {
    writer: BufWriter<File>,
}

impl EventSink for Aside {
    fn known(&mut self, _: &str, cases: &[String]) -> Result<Vec<Vec<KnownEvent>>, SinkError> {
        // A replay tells a file's story from nothing.
        Ok(cases.iter().map(|_| Vec::new()).collect())
    }

    fn data(&mut self, _: &str, _: &str, ids: &[String]) -> Result<Vec<Option<Json>>, SinkError> {
        Ok(ids.iter().map(|_| None).collect())
    }

    fn offer(&mut self, batch: Vec<Json>) -> Result<Outcome, SinkError> {
        let accepted = batch.len() as u64;
        for event in batch {
            serde_json::to_writer(&mut self.writer, &event)
                .map_err(io::Error::from)
                .and_then(|()| self.writer.write_all(b"\n"))
                .map_err(|error| SinkError(format!("the events cannot be put aside: {error}")))?;
        }
        Ok(Outcome { accepted, ..Outcome::default() })
    }
}
