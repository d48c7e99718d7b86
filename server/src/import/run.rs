//! The second pass: rows become events, are compared with what is known, and are offered.

use std::path::{Path, PathBuf};
use std::time::Instant;

use domain::Timestamp;
use domain::city::City;
use serde_json::Value as Json;

use super::changes::Comparison;
use super::make::MappedRow;
use super::mapping::Mapping;
use super::progress::Progress;
use super::read::Reading;
use super::rejects::Rejects;
use super::report::Report;
use super::scan::{Scan, scan};
use super::sink::{EventSink, Outcome};
use super::{BATCH_BYTES, BATCH_ROWS, ImportError, open};

/// How an import runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// The instant at which the export stood so; none is the newest instant in the file.
    pub as_of: Option<Timestamp>,
    /// The current instant: no export is newer.
    pub now: Timestamp,
    /// Where rejects files go; none is beside each file.
    pub rejects: Option<PathBuf>,
    /// Whether to draw progress bars on standard error.
    pub progress: bool,
}

impl Options {
    /// Beside the file, with bars, as of the newest instant in it.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { as_of: None, now, rejects: None, progress: true }
    }

    pub(super) fn bar(&self, path: &Path, what: &str) -> Result<Progress, ImportError> {
        if !self.progress {
            return Ok(Progress::hidden());
        }
        let bytes =
            open::size(path).map_err(|source| ImportError::Unreadable { path: path.to_owned(), source })?;
        Ok(Progress::over(bytes, what))
    }
}

/// Imports one file of rows.
///
/// # Errors
/// [`ImportError`]: the file, the mapping or the sink cannot be used. What was offered before stays
/// in the log; the same import run again goes on from there.
pub fn import_rows<S: EventSink + ?Sized>(
    path: &Path,
    mapping: &Mapping,
    city: &City,
    options: &Options,
    sink: &mut S,
) -> Result<Report, ImportError> {
    let started = Instant::now();
    let bar = options.bar(path, "reading keys")?;
    let Scan { superseded, newest } = scan(Reading::open(path, mapping, city, &bar)?, &bar)?;
    bar.finish();
    let bar = options.bar(path, "importing")?;
    let mut reading = Reading::open(path, mapping, city, &bar)?;
    let form = (&mapping.file).into();
    let rejects = Rejects::of(path, options.rejects.as_deref(), form, reading.columns())?;
    let as_of = options.as_of.or(newest).unwrap_or(options.now).min(options.now);
    let report = Report { file: path.to_owned(), as_of: Some(as_of), ..Report::default() };
    let mut run = Run { mapping, city, as_of, sink, rejects, report, batch: Batch::default() };
    while let Some(row) = reading.next_row()? {
        run.report.rows += 1;
        if row.row % 1000 == 0 {
            bar.rows(row.row);
        }
        let fields = reading.fields();
        match row.mapped {
            Err(because) => run.rejects.add(row.row, row.line, &because, fields.iter())?,
            Ok(_) if superseded.contains(&row.row) => run.report.superseded += 1,
            Ok(mapped) => {
                let raw = fields.iter().map(<[u8]>::to_vec).collect();
                run.batch.bytes += fields.len_bytes();
                run.batch.rows.push(Pending { row: row.row, line: row.line, raw, mapped });
            }
        }
        if run.batch.is_full() {
            run.flush()?;
        }
    }
    run.flush()?;
    bar.finish();
    run.finish(started)
}

/// A row whose events have not been answered for yet.
struct Pending {
    row: u64,
    line: u64,
    raw: Vec<Vec<u8>>,
    mapped: MappedRow,
}

#[derive(Default)]
struct Batch {
    rows: Vec<Pending>,
    bytes: usize,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.rows.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }
}

struct Run<'a, S: EventSink + ?Sized> {
    mapping: &'a Mapping,
    city: &'a City,
    as_of: Timestamp,
    sink: &'a mut S,
    rejects: Rejects,
    report: Report,
    batch: Batch,
}

/// Where a row came from, kept until its events are answered for.
struct Origin {
    row: u64,
    line: u64,
    raw: Vec<Vec<u8>>,
    is_refused: bool,
}

impl<S: EventSink + ?Sized> Run<'_, S> {
    /// Compares, offers and accounts for the rows that wait.
    fn flush(&mut self) -> Result<(), ImportError> {
        let Batch { rows, .. } = std::mem::take(&mut self.batch);
        if rows.is_empty() {
            return Ok(());
        }
        let source = self.mapping.source.as_str();
        let cases: Vec<String> = rows.iter().map(|pending| pending.mapped.case.clone()).collect();
        let known = self.sink.known(source, &cases)?;
        let mut events: Vec<Json> = Vec::with_capacity(rows.len() * 2);
        let mut owners: Vec<usize> = Vec::with_capacity(rows.len() * 2);
        let mut origins: Vec<Origin> = Vec::with_capacity(rows.len());
        let mut comparison = Comparison {
            source,
            as_of: self.as_of,
            zone: &self.city.zone,
            sink: &mut *self.sink,
            changes: &mut self.report.changes,
        };
        for (place, pending) in rows.into_iter().enumerate() {
            let Pending { row, line, raw, mapped } = pending;
            let made = comparison.events(mapped, known.get(place).map_or(&[], Vec::as_slice))?;
            owners.extend(made.iter().map(|_| place));
            events.extend(made);
            origins.push(Origin { row, line, raw, is_refused: false });
        }
        let outcome = if events.is_empty() { Outcome::default() } else { self.sink.offer(events)? };
        self.account(&outcome, &owners, &mut origins)
    }

    fn account(
        &mut self,
        outcome: &Outcome,
        owners: &[usize],
        origins: &mut [Origin],
    ) -> Result<(), ImportError> {
        self.report.accepted += outcome.accepted;
        self.report.duplicates += outcome.duplicates;
        for refused in &outcome.rejected {
            let origin = owners.get(refused.index).and_then(|place| origins.get_mut(*place));
            let Some(origin) = origin else { continue };
            origin.is_refused = true;
            let fields = origin.raw.iter().map(Vec::as_slice);
            self.rejects.add(origin.row, origin.line, &refused.reason, fields)?;
        }
        self.report.imported += origins.iter().filter(|origin| !origin.is_refused).count() as u64;
        Ok(())
    }

    fn finish(self, started: Instant) -> Result<Report, ImportError> {
        let mut report = self.report;
        report.rejected = self.rejects.rows;
        report.rejects = self.rejects.finish()?;
        report.took = started.elapsed();
        Ok(report)
    }
}
