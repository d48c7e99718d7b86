//! What the writer tells the readers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::checkpoint::{self, Checkpoint, CheckpointFile};
use crate::clock::Clock;
use crate::disk::Disk;
use crate::index::Index;
use crate::item::{ClusterId, Seq};
use crate::keys::{KeyError, KeyStore, LogKeys};
use crate::options::Options;
use crate::read::FrameCache;
use crate::stats::{Counters, Stats};
use crate::witness::Position;

/// Held by the writer and by every reader. Locks are taken one at a time, never one inside another, but for that of
/// the position, which may be taken inside that of the cursors: the two are told together.
pub(crate) struct Shared {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) dir: PathBuf,
    pub(crate) cluster: ClusterId,
    pub(crate) counters: Counters,
    index: RwLock<Index>,
    cursors: RwLock<BTreeMap<String, Vec<u8>>>,
    cache: Mutex<FrameCache>,
    clock: Arc<dyn Clock>,
    /// Held while one is signed and written; nothing else waits for it.
    checkpoints: Mutex<Option<CheckpointFile>>,
    /// What opens encrypted segments.
    log_keys: Option<Arc<LogKeys>>,
    /// What was said of new segments.
    pub(crate) encrypts: Option<bool>,
    /// Set before `durable`.
    position: Mutex<Position>,
    /// Whether everything that is durable was read and verified since the opening.
    verified: AtomicBool,
    /// Set when the log is being closed.
    pub(crate) closing: Arc<AtomicBool>,
    /// Set after the index: whoever sees a place here finds it there.
    durable: AtomicU64,
}

impl Shared {
    pub(crate) fn new(
        options: &Options,
        dir: PathBuf,
        cluster: ClusterId,
        index: Index,
        cursors: BTreeMap<String, Vec<u8>>,
        position: Position,
    ) -> Shared {
        Shared {
            disk: Arc::clone(&options.disk),
            dir,
            cluster,
            counters: Counters::default(),
            index: RwLock::new(index),
            cursors: RwLock::new(cursors),
            cache: Mutex::default(),
            clock: Arc::clone(&options.clock),
            log_keys: options.log_keys.clone(),
            encrypts: options.encrypt,
            checkpoints: Mutex::new(None),
            verified: AtomicBool::new(true),
            closing: Arc::default(),
            durable: AtomicU64::new(position.durable().get()),
            position: Mutex::new(position),
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

    pub(crate) fn log_keys(&self) -> Option<&LogKeys> {
        self.log_keys.as_deref()
    }

    pub(crate) fn durable(&self) -> Seq {
        Seq::new(self.durable.load(Ordering::Acquire))
    }

    pub(crate) fn position(&self) -> Position {
        self.position.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_durable(&self, position: Position) {
        let durable = position.durable();
        *self.position.lock().unwrap_or_else(PoisonError::into_inner) = position;
        self.durable.store(durable.get(), Ordering::Release);
    }

    /// The durable end and how far each source has been read there.
    pub(crate) fn position_with_cursors(&self) -> (Position, BTreeMap<String, Vec<u8>>) {
        let cursors = self.cursors();
        (self.position(), cursors.clone())
    }

    /// Signs the durable end and writes that down, unless the newest checkpoint says it already.
    pub(crate) fn checkpoint(&self, keys: &KeyStore) -> Result<Option<Checkpoint>, KeyError> {
        let path = self.dir.join(checkpoint::FILE_NAME);
        let mut held = self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let position = self.position();
        let disk = self.disk.as_ref();
        let last = checkpoint::last(disk, &self.dir).map_err(KeyError::io("reading", &path))?;
        let is_said = last.is_some_and(|last| last.position == position && last.key == keys.public_key());
        // Nobody signs for what he has not seen.
        if is_said || position.durable() == Seq::ZERO || !self.is_verified() {
            return Ok(None);
        }
        let checkpoint = Checkpoint::sign(self.cluster, position, self.clock.now_us(), keys)?;
        let file = match &mut *held {
            Some(file) => file,
            none => {
                none.insert(CheckpointFile::open(disk, &self.dir).map_err(KeyError::io("opening", &path))?)
            }
        };
        match file.add(&checkpoint) {
            Ok(()) => Ok(Some(checkpoint)),
            Err(error) => {
                // What it holds now is not known; it is looked at again the next time.
                *held = None;
                Err(KeyError::io("writing", &path)(error))
            }
        }
    }

    pub(crate) fn is_verified(&self) -> bool {
        self.verified.load(Ordering::Acquire)
    }

    pub(crate) fn set_verified(&self, verified: bool) {
        self.verified.store(verified, Ordering::Release);
    }

    pub(crate) fn stats(&self) -> Stats {
        self.counters.snapshot(self.durable())
    }
}
