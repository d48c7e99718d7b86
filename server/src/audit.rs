//! The audit file, `<data>/audit.jsonl`: who was refused and who changed what, one line of JSON each, only
//! ever appended, each naming the hash of the one before ([`chain`]).
//!
//! A flood cannot fill the disk: of the refusals of one actor for one reason the first of a minute is written
//! whole, and the others as one line with their number when the minute has passed; beyond [`KINDS_MAX`] such
//! pairs in a minute, all others share one line. That is at most 514 lines of about 400 bytes a minute, and
//! about two lines a minute for each source that keeps being refused for one reason. What waits to be written
//! is bounded too; beyond it refusals are only counted, and that number gets its line.
//!
//! Lines hold no address, no token, and no name that a caller made up: actors are registered sources (or
//! `unknown`), keys are registered keys.

pub mod chain;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub use chain::{AuditError, Entry, Line};

/// Pairs of actor and reason that have lines of their own within a minute.
const KINDS_MAX: usize = 256;

/// Refusals that may wait to be written.
const WAITING_MAX: usize = 1_024;

/// Lines that one `fsync` covers.
const AT_ONCE: usize = 64;

/// How long refusals are gathered into one line.
const GATHERED: Duration = Duration::from_secs(60);

/// What a running server refuses, on its way to the file. Nothing waits for it.
#[derive(Debug)]
pub struct Audit {
    refusals: Mutex<Option<SyncSender<Entry>>>,
    missed: AtomicU64,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Audit {
    /// Begins to write beside the log in `data`.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(data: &Path) -> std::io::Result<Self> {
        let (refusals, waiting) = sync_channel(WAITING_MAX);
        let data = data.to_owned();
        let writer = std::thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || Gathering::new(data, GATHERED).run(&waiting))?;
        Ok(Self {
            refusals: Mutex::new(Some(refusals)),
            missed: AtomicU64::new(0),
            writer: Mutex::new(Some(writer)),
        })
    }

    /// Notes a refusal. It never waits.
    pub fn refused(&self, entry: Entry) {
        let held = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(refusals) = held.as_ref() else { return };
        let missed = self.missed.swap(0, Relaxed);
        if missed > 0 && refusals.try_send(Entry::missed(missed)).is_err() {
            self.missed.fetch_add(missed, Relaxed);
        }
        if refusals.try_send(entry).is_err() {
            self.missed.fetch_add(1, Relaxed);
        }
    }

    /// Writes what waits, and ends.
    pub fn close(&self) {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).take();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // A panic in it was said where it happened.
            let _ = writer.join();
        }
    }
}

impl Drop for Audit {
    fn drop(&mut self) {
        self.close();
    }
}

/// What came within the minute.
struct Gathering {
    data: PathBuf,
    every: Duration,
    since: Instant,
    /// By actor, act and reason: those that are not written yet.
    more: HashMap<(String, String, String), u64>,
    others: u64,
}

impl Gathering {
    fn new(data: PathBuf, every: Duration) -> Self {
        Self { data, every, since: Instant::now(), more: HashMap::new(), others: 0 }
    }

    fn run(mut self, waiting: &Receiver<Entry>) {
        loop {
            let left = self.every.saturating_sub(self.since.elapsed());
            let mut lines = Vec::new();
            match waiting.recv_timeout(left) {
                Ok(entry) => {
                    lines.extend(self.take(entry));
                    lines.extend(waiting.try_iter().take(AT_ONCE).filter_map(|entry| self.take(entry)));
                }
                Err(RecvTimeoutError::Timeout) => lines = self.turn(),
                Err(RecvTimeoutError::Disconnected) => {
                    let last = self.turn();
                    return self.write(&last);
                }
            }
            self.write(&lines);
        }
    }

    /// The entry, where it is to be written now.
    fn take(&mut self, entry: Entry) -> Option<Entry> {
        let kind = (entry.actor.clone(), entry.act.clone(), entry.reason.clone().unwrap_or_default());
        if let Some(more) = self.more.get_mut(&kind) {
            *more += entry.times.unwrap_or(1);
            return None;
        }
        if self.more.len() >= KINDS_MAX {
            self.others += entry.times.unwrap_or(1);
            return None;
        }
        self.more.insert(kind, 0);
        Some(entry)
    }

    /// The minute has passed.
    fn turn(&mut self) -> Vec<Entry> {
        self.since = Instant::now();
        let mut lines: Vec<Entry> = std::mem::take(&mut self.more)
            .into_iter()
            .filter(|(_, more)| *more > 0)
            .map(|((actor, act, reason), more)| Entry {
                reason: Some(reason).filter(|reason| !reason.is_empty()),
                times: Some(more),
                ..Entry::new(&actor, &act)
            })
            .collect();
        lines.sort_by(|a, b| (&a.actor, &a.act, &a.reason).cmp(&(&b.actor, &b.act, &b.reason)));
        let others = std::mem::take(&mut self.others);
        if others > 0 {
            lines.push(Entry::missed(others));
        }
        lines
    }

    fn write(&self, lines: &[Entry]) {
        if lines.is_empty() {
            return;
        }
        if let Err(error) = chain::append(&self.data, lines) {
            tracing::error!(%error, lines = lines.len(), "the audit file could not be written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(actor: &str, reason: &str) -> Entry {
        Entry { reason: Some(reason.to_owned()), ..Entry::new(actor, "events.refused") }
    }

    #[test]
    fn a_flood_is_one_line_and_its_number() {
        let data = tempfile::tempdir().unwrap();
        let audit = Audit::start(data.path()).unwrap();
        for _ in 0..500 {
            audit.refused(refusal("portal", "signature-invalid"));
        }
        audit.refused(refusal("portal", "unknown-key"));
        audit.close();
        audit.refused(refusal("late", "unknown-key"));
        let lines = chain::read(data.path()).unwrap();
        let told: u64 = lines.iter().map(|line| line.entry.times.unwrap_or(1)).sum();
        assert_eq!(told, 501);
        assert!(lines.len() <= 4, "{lines:?}");
        assert!(lines.iter().any(|line| line.entry.reason.as_deref() == Some("unknown-key")));
        chain::verify(data.path()).unwrap();
    }

    #[test]
    fn so_many_kinds_have_lines_of_their_own_and_the_others_share_one() {
        let data = tempfile::tempdir().unwrap();
        let mut gathering = Gathering::new(data.path().to_owned(), GATHERED);
        let written = (0..1_000).filter_map(|actor| gathering.take(refusal(&actor.to_string(), "x"))).count();
        assert_eq!(written, KINDS_MAX);
        let lines = gathering.turn();
        assert_eq!((lines.len(), lines[0].times), (1, Some(1_000 - KINDS_MAX as u64)));
        assert!(gathering.take(refusal("999", "x")).is_some());
    }
}
