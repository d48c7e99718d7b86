//! When images are made: by a thread of its own, from the newest snapshot, once enough has come in.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use domain::Seq;

use super::Images;
use crate::core::{Core, Snapshot};
use crate::store::Store;
use crate::telemetry::Telemetry;

/// How often the keeper looks.
const LOOK: Duration = Duration::from_secs(5);
/// Between two images, so that a flood of events does not write the whole state all the time.
const REST: Duration = Duration::from_secs(60);

/// How many events may have to be read again after a start.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// An image is made when so many events have come in since the last one; 0 makes none.
    pub events: u64,
}

impl Pace {
    /// Of a large state a fiftieth: what is written stays in proportion to what came in.
    fn is_due(self, snapshot: &Snapshot, kept: Seq) -> bool {
        let seq = snapshot.frozen.seq().0;
        let enough = self.events.max(seq / 50);
        self.events > 0 && snapshot.rebuilding.is_none() && seq.saturating_sub(kept.0) >= enough
    }
}

/// The thread that makes images.
pub struct Keeper {
    stop: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Starts it.
    ///
    /// # Errors
    /// If no thread can be had.
    pub fn start(
        images: Images,
        core: Core,
        store: Weak<Store>,
        telemetry: Arc<Telemetry>,
        pace: Pace,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = sync_channel(1);
        let mut kept = None;
        let mut looked: Option<Instant> = None;
        let thread = std::thread::Builder::new().name("images".into()).spawn(move || {
            loop {
                let is_last = stopped.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout);
                let snapshot = core.snapshot();
                let has_rested = is_last || looked.is_none_or(|looked| looked.elapsed() >= REST);
                // One that the start could not use is as good as none.
                let last = kept.unwrap_or_else(|| Seq(telemetry.image_seq.load(Relaxed)));
                if has_rested && pace.is_due(&snapshot, last) {
                    let Some(store) = store.upgrade() else { return };
                    keep(&images, &snapshot, &store);
                    kept = Some(snapshot.frozen.seq());
                    looked = Some(Instant::now());
                }
                if is_last {
                    return;
                }
            }
        })?;
        Ok(Self { stop, thread })
    }

    /// Makes a last image where one is due, and ends.
    pub fn stop(self) {
        // A thread that has ended needs no telling.
        let _ = self.stop.send(());
        let _ = self.thread.join();
    }
}

/// An image that cannot be kept costs time at the next start, and nothing else.
fn keep(images: &Images, snapshot: &Snapshot, store: &Store) {
    match images.keep(snapshot.frozen.state(), store) {
        Ok(path) => tracing::info!(path = %path.display(), "an image of the fold was kept"),
        Err(fault) => tracing::warn!(%fault, "no image of the fold could be kept"),
    }
}
