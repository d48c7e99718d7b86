//! Tending `HEAD`: written after each flight, made durable now and then.

use std::time::Duration;

use crate::error::{AppendError, is_full};

use super::Writer;

impl Writer {
    /// Lets `HEAD` say what has just become durable.
    pub(super) fn write_head(&mut self) -> Result<(), AppendError> {
        let position = self.position();
        let written = self.head.write(&position, self.clock.now_us());
        crate::fail_point::reach("head-written");
        match written {
            // On a full disk the witness lags; the record itself is complete.
            Ok(()) => Ok(()),
            Err(error) if is_full(&error) => Ok(()),
            Err(error) => Err(self.poison("writing HEAD", &error)),
        }
    }

    /// Syncs `HEAD` if it is time. Called after the answers are out: they do not wait for it.
    pub(crate) fn tend_head(&mut self) {
        let waited = self.clock.elapsed().saturating_sub(self.head_synced_at);
        let due = self.head_frames >= self.limits.head_frames || waited >= self.limits.head_every;
        if due {
            self.sync_head();
        }
    }

    /// How long until `HEAD` should be synced; `None` if there is nothing to sync.
    pub(crate) fn head_due_in(&self) -> Option<Duration> {
        if !self.head.is_dirty() || self.poison.is_some() {
            return None;
        }
        let waited = self.clock.elapsed().saturating_sub(self.head_synced_at);
        Some(self.limits.head_every.saturating_sub(waited))
    }

    fn sync_head(&mut self) {
        if !self.head.is_dirty() || self.poison.is_some() {
            return;
        }
        self.head_frames = 0;
        self.head_synced_at = self.clock.elapsed();
        match self.head.sync() {
            Ok(()) => {}
            Err(error) => {
                self.poison("making HEAD durable", &error);
            }
        }
    }

    /// Both slots of `HEAD` say the end, so that not even one that rots hides a cut.
    pub(crate) fn close(&mut self) {
        for _ in 0..2 {
            if self.check_usable().is_ok() && self.write_head().is_ok() {
                self.sync_head();
            }
        }
    }
}
