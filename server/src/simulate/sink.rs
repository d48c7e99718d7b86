//! Where a finite stream goes: a file of events, one a line, or whatever takes an import's batches.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::Timestamp;
use indicatif::{ProgressBar, ProgressStyle};

use super::stream::{Simulated, Simulation};
use crate::import::{BATCH_ROWS, EventSink, SinkError};

/// Where the events go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Output,
    /// A file, compressed by its ending: `.zst`, `.gz`.
    File(PathBuf),
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Events of the stream.
    pub events: u64,
    /// Of them, new to whoever took them.
    pub accepted: u64,
    /// There already.
    pub duplicates: u64,
    /// Refused.
    pub rejected: u64,
}

/// How a stream is drawn out: its beginning and end for the progress, its speed for who waits for it.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Where the stream begins.
    pub from: Timestamp,
    /// Where it ends.
    pub until: Timestamp,
    /// City seconds per second; none is as fast as it goes.
    pub speed: Option<f64>,
    /// Whether progress is drawn.
    pub progress: bool,
}

/// Writes the events one a line.
///
/// # Errors
/// What the system says. A reader of standard output that has gone away is no error.
pub fn write(stream: Simulation, target: &Target, pace: Pace) -> io::Result<Made> {
    let written = match target {
        Target::Output => write_to(stream, &mut BufWriter::new(io::stdout().lock()), pace),
        Target::File(path) => to_file(stream, path, pace),
    };
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Made::default()),
        written => written,
    }
}

/// Offers the events in batches, as an import does.
///
/// # Errors
/// Where they cannot be taken.
pub fn import(stream: Simulation, sink: &mut dyn EventSink, pace: Pace) -> Result<Made, SinkError> {
    let bar = bar(pace);
    let mut made = Made::default();
    let mut batch = Vec::with_capacity(BATCH_ROWS);
    for Simulated { time, event } in stream {
        made.events += 1;
        batch.push(event);
        if batch.len() == BATCH_ROWS {
            offer(std::mem::take(&mut batch), sink, &mut made)?;
            show(&bar, pace, time, made.events);
        }
    }
    offer(batch, sink, &mut made)?;
    bar.finish_and_clear();
    Ok(made)
}

fn offer(batch: Vec<serde_json::Value>, sink: &mut dyn EventSink, made: &mut Made) -> Result<(), SinkError> {
    if batch.is_empty() {
        return Ok(());
    }
    let outcome = sink.offer(batch)?;
    made.accepted += outcome.accepted;
    made.duplicates += outcome.duplicates;
    made.rejected += outcome.rejected.len() as u64;
    if let Some(refused) = outcome.rejected.first() {
        tracing::warn!(reason = %refused.reason, "an event of the simulation was refused");
    }
    Ok(())
}

fn to_file(stream: Simulation, path: &Path, pace: Pace) -> io::Result<Made> {
    let file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("zst") => {
            let mut packer = zstd::Encoder::new(file, 3)?;
            let made = write_to(stream, &mut packer, pace)?;
            packer.finish()?.flush()?;
            Ok(made)
        }
        Some("gz") => {
            let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::default());
            let made = write_to(stream, &mut packer, pace)?;
            packer.finish()?.flush()?;
            Ok(made)
        }
        _ => {
            let mut file = file;
            write_to(stream, &mut file, pace)
        }
    }
}

fn write_to(stream: Simulation, out: &mut dyn Write, pace: Pace) -> io::Result<Made> {
    let (bar, began) = (bar(pace), Instant::now());
    let mut made = Made::default();
    for Simulated { time, event } in stream {
        if let Some(ahead) = pace.speed.and_then(|speed| wait(pace.from, time, speed, began)) {
            out.flush()?;
            std::thread::sleep(ahead);
        }
        writeln!(out, "{event}")?;
        made.events += 1;
        if made.events % 1_000 == 0 {
            show(&bar, pace, time, made.events);
        }
    }
    out.flush()?;
    bar.finish_and_clear();
    made.accepted = made.events;
    Ok(made)
}

/// How long until an event is due.
fn wait(from: Timestamp, time: Timestamp, speed: f64, began: Instant) -> Option<Duration> {
    #[allow(clippy::cast_precision_loss)] // To the microsecond for centuries.
    let due = time.since(from) as f64 / 1e6 / speed;
    Duration::try_from_secs_f64(due).ok()?.checked_sub(began.elapsed())
}

fn bar(pace: Pace) -> ProgressBar {
    if !pace.progress {
        return ProgressBar::hidden();
    }
    let secs = u64::try_from(pace.until.since(pace.from) / 1_000_000).unwrap_or_default();
    let bar = ProgressBar::new(secs);
    let style = "simulating [{bar:32}] {percent:>3} %  {msg}  {eta} left";
    // The template is a constant; where it did not parse the default style would do.
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

fn show(bar: &ProgressBar, pace: Pace, time: Timestamp, events: u64) {
    bar.set_position(u64::try_from(time.since(pace.from) / 1_000_000).unwrap_or_default());
    bar.set_message(format!("{events} events"));
}
