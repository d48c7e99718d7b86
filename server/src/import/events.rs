//! A file of events, one CloudEvent a line: what a source sent, or what a log was exported to.

use std::io::{self, BufRead};
use std::path::Path;
use std::time::Instant;

use serde_json::Value as Json;

use super::rejects::{Rejects, RejectsForm};
use super::report::Report;
use super::run::Options;
use super::sink::EventSink;
use super::{BATCH_BYTES, BATCH_ROWS, ImportError, open};

/// The longest line in bytes: an event over 256 KiB is refused at the gate all the same, and white
/// space may make it somewhat longer.
const LINE_BYTES_MAX: usize = 1024 * 1024;

/// Imports one file of events.
///
/// # Errors
/// [`ImportError`]: the file or the sink cannot be used. What was offered before stays in the log.
pub fn import_events<S: EventSink + ?Sized>(
    path: &Path,
    options: &Options,
    sink: &mut S,
) -> Result<Report, ImportError> {
    let started = Instant::now();
    let bar = options.bar(path, "importing")?;
    let unreadable = |source| ImportError::Unreadable { path: path.to_owned(), source };
    let mut input = open::open(path, &bar).map_err(unreadable)?;
    let columns = ["event".to_owned()];
    let rejects = Rejects::of(path, options.rejects.as_deref(), RejectsForm::PLAIN, &columns)?;
    let report = Report { file: path.to_owned(), ..Report::default() };
    let mut run = Run { sink, rejects, report, lines: Vec::new(), events: Vec::new(), bytes: 0 };
    let mut line = Vec::new();
    let mut number = 0;
    while let Some(whole) = read_line(&mut input, &mut line).map_err(unreadable)? {
        number += 1;
        if number % 1000 == 0 {
            bar.rows(number);
        }
        run.take(number, &line, whole)?;
    }
    run.flush()?;
    bar.finish();
    let Run { rejects, mut report, .. } = run;
    report.rejected = rejects.rows;
    report.rejects = rejects.finish()?;
    report.took = started.elapsed();
    Ok(report)
}

struct Run<'a, S: EventSink + ?Sized> {
    sink: &'a mut S,
    rejects: Rejects,
    report: Report,
    lines: Vec<(u64, Vec<u8>)>,
    events: Vec<Json>,
    bytes: usize,
}

impl<S: EventSink + ?Sized> Run<'_, S> {
    fn take(&mut self, number: u64, line: &[u8], whole: bool) -> Result<(), ImportError> {
        if line.iter().all(u8::is_ascii_whitespace) && whole {
            return Ok(());
        }
        self.report.rows += 1;
        if !whole {
            let because = "the line is longer than 1 MiB";
            return Ok(self.rejects.add(number, number, because, std::iter::empty())?);
        }
        match serde_json::from_slice::<Json>(line) {
            Ok(event @ Json::Object(_)) => {
                self.bytes += line.len();
                self.lines.push((number, line.to_vec()));
                self.events.push(event);
            }
            Ok(_) => self.rejects.add(number, number, "is not a JSON object", std::iter::once(line))?,
            Err(error) => {
                let because = format!("is not JSON (column {})", error.column());
                self.rejects.add(number, number, &because, std::iter::once(line))?;
            }
        }
        if self.events.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ImportError> {
        let lines = std::mem::take(&mut self.lines);
        let events = std::mem::take(&mut self.events);
        self.bytes = 0;
        if events.is_empty() {
            return Ok(());
        }
        let outcome = self.sink.offer(events)?;
        self.report.accepted += outcome.accepted;
        self.report.duplicates += outcome.duplicates;
        for refused in &outcome.rejected {
            let Some((number, line)) = lines.get(refused.index) else { continue };
            self.rejects.add(*number, *number, &refused.reason, std::iter::once(line.as_slice()))?;
        }
        self.report.imported += (lines.len() - outcome.rejected.len().min(lines.len())) as u64;
        Ok(())
    }
}

/// Reads a line without its end; none at the end of the file. False where it was too long: then
/// the rest of it has been passed over.
fn read_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    line.clear();
    let (mut any, mut whole) = (false, true);
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(any.then_some(whole));
        }
        any = true;
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let part = &bytes[..end.unwrap_or(bytes.len())];
        whole = whole && line.len() + part.len() <= LINE_BYTES_MAX;
        if whole {
            line.extend_from_slice(part);
        } else {
            line.clear();
        }
        let used = end.map_or(bytes.len(), |at| at + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(Some(whole));
        }
    }
}
