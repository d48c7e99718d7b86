//! What an import did, in numbers that add up.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use domain::Timestamp;

/// What became of one file. `rows` = `imported` + `superseded` + `rejected`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The file.
    pub file: PathBuf,
    /// Its rows (lines, for a file of events).
    pub rows: u64,
    /// Rows whose events were taken, or were known already.
    pub imported: u64,
    /// Rows that a later row with the same key replaced.
    pub superseded: u64,
    /// Rows of which at least one event was refused, or that could not be read at all.
    pub rejected: u64,
    /// Events that are new in the log.
    pub accepted: u64,
    /// Events offered that the log had already.
    pub duplicates: u64,
    /// What differs from what was known.
    pub changes: Changes,
    /// The instant at which the export is taken to have stood so.
    pub as_of: Option<Timestamp>,
    /// Where the rejected rows stand with their reasons; none where there are none.
    pub rejects: Option<PathBuf>,
    /// How long it took.
    pub took: Duration,
}

/// Events of rows that were known already, by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Said the same as before: nothing was sent.
    pub unchanged: u64,
    /// `case.amended` was sent.
    pub amended: u64,
    /// Of those: the export states another instant of receipt, which does not move the case.
    pub opening_times: u64,
    /// The ending has changed: the case was reopened and ended again.
    pub ended_otherwise: u64,
    /// The ending is gone: `case.reopened` was sent.
    pub reopened: u64,
    /// Another fact has changed and was told again.
    pub told_again: u64,
    /// The log knows something newer than this export: nothing was sent.
    pub older: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = self.took.as_secs_f64();
        // A display's precision is enough here.
        #[allow(clippy::cast_precision_loss)]
        let per_sec = self.rows as f64 / secs.max(0.001);
        writeln!(f, "{}: {} rows in {secs:.1} s ({per_sec:.0} rows/s)", self.file.display(), self.rows)?;
        writeln!(
            f,
            "  events: {} accepted, {} known already",
            self.accepted,
            self.duplicates + self.changes.unchanged
        )?;
        let changes = &self.changes;
        let lines = [
            (changes.amended, "changed since, sent as case.amended"),
            (changes.opening_times, "of these, with another time of receipt, which does not move the case"),
            (changes.ended_otherwise, "ended otherwise than known: reopened and ended again"),
            (changes.reopened, "no longer ended: reopened"),
            (changes.told_again, "other changed facts, told again"),
            (changes.older, "left alone, since the log knows something newer than this export"),
            (self.superseded, "replaced by a later row with the same key"),
        ];
        for (count, what) in lines {
            if count > 0 {
                writeln!(f, "  {what}: {count}")?;
            }
        }
        match &self.rejects {
            Some(path) => write!(f, "  rejected: {}, see {}", self.rejected, path.display()),
            None => write!(f, "  rejected: 0"),
        }
    }
}
