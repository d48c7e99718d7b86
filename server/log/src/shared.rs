//! What the writer tells the readers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::disk::Disk;
use crate::index::Index;
use crate::item::{ClusterId, Seq};
use crate::read::FrameCache;
use crate::stats::{Counters, Stats};

/// Held by the writer and by every reader. Locks are taken one at a time, never one inside another.
pub(crate) struct Shared {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) dir: PathBuf,
    pub(crate) cluster: ClusterId,
    pub(crate) counters: Counters,
    index: RwLock<Index>,
    cursors: RwLock<BTreeMap<String, Vec<u8>>>,
    cache: Mutex<FrameCache>,
    /// Set after the index: whoever sees a place here finds it there.
    durable: AtomicU64,
}

impl Shared {
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        dir: PathBuf,
        cluster: ClusterId,
        index: Index,
        cursors: BTreeMap<String, Vec<u8>>,
        durable: Seq,
    ) -> Shared {
        Shared {
            disk,
            dir,
            cluster,
            counters: Counters::default(),
            index: RwLock::new(index),
            cursors: RwLock::new(cursors),
            cache: Mutex::default(),
            durable: AtomicU64::new(durable.get()),
        }
    }

    // Nothing panics while holding these, and each change is complete in itself: a poisoned lock
    // would only add a second failure.

    pub(crate) fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn cursors(&self) -> RwLockReadGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.cursors.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn cursors_mut(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.cursors.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn cache(&self) -> MutexGuard<'_, FrameCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn durable(&self) -> Seq {
        Seq::new(self.durable.load(Ordering::Acquire))
    }

    pub(crate) fn set_durable(&self, seq: Seq) {
        self.durable.store(seq.get(), Ordering::Release);
    }

    pub(crate) fn stats(&self) -> Stats {
        self.counters.snapshot(self.durable())
    }
}
