//! What a person sees while an import runs: a bar over the bytes of the file, rows, rows a second.

use std::fs::File;
use std::io::Read;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar on standard error, drawn only where that is a terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    started: Instant,
}

impl Progress {
    /// A bar over `bytes`; `what` stands before it.
    pub(super) fn over(bytes: u64, what: &str) -> Self {
        let bar = ProgressBar::new(bytes);
        let style = "{prefix} [{bar:32}] {percent:>3} %  {msg}  {eta} left";
        // The template is a constant; where it did not parse the default style would do.
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(what.to_owned());
        Self { bar, started: Instant::now() }
    }

    /// No bar.
    pub(super) fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), started: Instant::now() }
    }

    /// A reader whose bytes move the bar.
    pub(super) fn watch(&self, file: File) -> impl Read + Send + use<> {
        self.bar.wrap_read(file)
    }

    /// Says how many rows have been read.
    pub(super) fn rows(&self, rows: u64) {
        // A display's precision is enough here.
        #[allow(clippy::cast_precision_loss)]
        let per_sec = rows as f64 / self.started.elapsed().as_secs_f64().max(0.001);
        self.bar.set_message(format!("{rows} rows  {per_sec:.0} rows/s"));
    }

    /// Ends the bar, so that what follows begins on a line of its own.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
