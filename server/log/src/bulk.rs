//! Importing into a stopped server's data: large frames, few syncs, no thread.

use std::path::Path;

use crate::error::{AppendError, OpenError};
use crate::item::{Batch, Cursor, Item, Outcome, Seq};
use crate::log::{self, Access, check_items};
use crate::options::{OpenMode, Options};
use crate::recover::Recovery;
use crate::writer::{Plan, Writer};

/// A log that is open for one importer.
///
/// What [`Bulk::append`] answers becomes true with the next [`Bulk::flush`]. An import that was
/// interrupted is simply run again: what is there is answered as a duplicate.
pub struct Bulk {
    writer: Writer,
    plan: Option<Plan>,
    sync_every_bytes: u64,
    unsynced_bytes: u64,
    item_bytes_max: usize,
    progress: BulkProgress,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BulkProgress {
    /// Items given, duplicates included.
    pub items: u64,
    /// Items appended.
    pub appended: u64,
    /// Items that were there.
    pub duplicates: u64,
    /// Items whose id was there with other content.
    pub ids_reused: u64,
    /// The highest durable place.
    pub durable: Seq,
}

impl Bulk {
    /// Opens the log in `dir`, or makes one there; syncs after each `sync_every_bytes` of payload.
    /// A sink in the options is not used.
    ///
    /// # Errors
    /// As [`crate::Log::open`]; [`OpenError::Locked`] while a server runs on it.
    pub fn open(
        dir: impl AsRef<Path>,
        mut options: Options,
        sync_every_bytes: u64,
    ) -> Result<(Bulk, Recovery), OpenError> {
        if matches!(options.mode, OpenMode::ReadOnly | OpenMode::ReadOnlyIfDamaged) {
            let what = String::from("an import needs a mode that writes");
            return Err(OpenError::BadOptions { what });
        }
        let item_bytes_max = options.item_bytes_max;
        // It needs to know all that is there at once.
        options.landmark = None;
        let opened = log::open(dir.as_ref(), options)?;
        let Access::Write(writer, _) = opened.access else {
            let what = String::from("an import needs a mode that writes");
            return Err(OpenError::BadOptions { what });
        };
        let progress = BulkProgress { durable: opened.report.durable, ..BulkProgress::default() };
        let bulk = Bulk {
            writer: *writer,
            plan: None,
            sync_every_bytes,
            unsynced_bytes: 0,
            item_bytes_max,
            progress,
        };
        Ok((bulk, opened.report))
    }

    /// Appends items; the outcomes hold once [`Bulk::flush`] has succeeded.
    ///
    /// # Errors
    /// See [`AppendError`]. What was not flushed is then not in the log; import it again.
    pub fn append(&mut self, items: Vec<Item>) -> Result<Vec<Outcome>, AppendError> {
        check_items(&items, self.item_bytes_max)?;
        self.add(Batch::of(items))
    }

    /// Remembers how far a source has been read; durable with or after what was appended before.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub fn set_cursor(&mut self, source: &str, position: &[u8]) -> Result<(), AppendError> {
        if source.len() > 255 || position.len() > 4_096 {
            return Err(AppendError::BadCursor { index: 0 });
        }
        let cursor = Cursor { source: source.to_owned(), position: position.to_vec() };
        self.add(Batch { items: Vec::new(), cursors: vec![cursor] }).map(drop)
    }

    /// Makes everything so far durable.
    ///
    /// # Errors
    /// See [`AppendError`]. What was not flushed is then not in the log; import it again.
    pub fn flush(&mut self) -> Result<Seq, AppendError> {
        if let Some(plan) = self.plan.take() {
            self.write(&plan.frames)?;
        }
        let landed = self.writer.land();
        self.after(landed)?;
        self.unsynced_bytes = 0;
        self.writer.settle();
        self.writer.tend_head();
        self.progress.durable = self.writer.shared.durable();
        Ok(self.progress.durable)
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> BulkProgress {
        self.progress
    }

    /// Makes everything durable and closes the log.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub fn finish(mut self) -> Result<BulkProgress, AppendError> {
        self.flush()?;
        Ok(self.progress)
    }

    fn add(&mut self, batch: Batch) -> Result<Vec<Outcome>, AppendError> {
        self.writer.check_usable()?;
        let weight = batch.weight() as u64;
        let mut plan = self.plan.take().unwrap_or_else(|| self.writer.plan());
        self.writer.stage(&mut plan, batch);
        let outcomes = plan.last_outcomes();
        let full = plan.take_full();
        self.plan = Some(plan);
        self.count(&outcomes);
        self.write(&full)?;
        self.unsynced_bytes += weight;
        if self.unsynced_bytes >= self.sync_every_bytes {
            self.flush()?;
        }
        Ok(outcomes)
    }

    fn write(&mut self, frames: &[crate::writer::Staged]) -> Result<(), AppendError> {
        if frames.is_empty() {
            return Ok(());
        }
        let recorded_us = self.writer.now_us();
        let written = self
            .writer
            .before_commit()
            .and_then(|()| frames.iter().try_for_each(|frame| self.writer.place(frame, recorded_us)));
        self.after(written)
    }

    /// After a failure, what did not land is forgotten, here and in the writer.
    fn after(&mut self, done: Result<(), AppendError>) -> Result<(), AppendError> {
        if done.is_err() {
            self.plan = None;
            self.unsynced_bytes = 0;
            self.writer.settle();
        }
        done
    }

    fn count(&mut self, outcomes: &[Outcome]) {
        self.progress.items += outcomes.len() as u64;
        for outcome in outcomes {
            match outcome {
                Outcome::Appended(_) => self.progress.appended += 1,
                Outcome::Duplicate(_) => self.progress.duplicates += 1,
                Outcome::IdReused(_) => self.progress.ids_reused += 1,
            }
        }
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        // What was not flushed was promised to nobody.
        self.writer.close();
    }
}
