//! The handle that callers hold.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, ThreadId};

use crate::checkpoint::Checkpoint;
use crate::disk::{DiskLock, LockError};
use crate::error::{AppendError, OpenError, ReadError};
use crate::files;
use crate::item::{Appended, Batch, ClusterId, Item, Seq, StoredRecord};
use crate::keys::{KeyError, KeyStore};
use crate::landmark::{Landmark, Unverified};
use crate::options::{OpenMode, Options};
use crate::read::{self, Records};
use crate::recover::{self, Recovered, Recovery};
use crate::shared::Shared;
use crate::stats::Stats;
use crate::witness::Position;
use crate::writer::{self, Answer, Gathering, Request, Writer};

/// Called exactly once with a batch's answer, on the writer's thread, or on the caller's where the
/// batch was refused at once. It must be quick (send into a channel): the next commit waits for it.
pub type Completion = Box<dyn FnOnce(Result<Appended, AppendError>) + Send>;

/// Cursors that a batch may have.
const CURSORS_MAX: usize = 256;

/// An open log. Clones are handles to the same one; it closes when the last is dropped, or by
/// [`Log::close`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use toancanh_log::{Batch, Item, Log, Options, Outcome, Seq};
///
/// # let dir = tempfile::tempdir()?;
/// # let options = || Options::default().segment_bytes(64 << 10);
/// let (log, _) = Log::open(dir.path(), options())?;
/// let item = Item { key: [1; 16], digest: [2; 32], payload: b"hello".to_vec() };
/// let answer = log.append(Batch::of(vec![item.clone(), item]))?;
/// let first = Seq::FIRST;
/// assert_eq!(answer.outcomes, [Outcome::Appended(first), Outcome::Duplicate(first)]);
/// drop(log);
///
/// let (log, recovery) = Log::open(dir.path(), options())?;
/// assert_eq!(recovery.durable, first);
/// let records: Result<Vec<_>, _> = log.read_from(first).collect();
/// assert_eq!(records?[0].bytes, b"hello");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Log {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    limits: Limits,
    /// `None` when open for reading, and after closing.
    queue: Mutex<Option<SyncSender<Request>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    writer_id: Option<ThreadId>,
    read_only: bool,
    /// Of a log that is open for reading; a writer holds its own.
    lock: Mutex<Option<Box<dyn DiskLock>>>,
}

struct Limits {
    item_bytes: usize,
    queue_bytes: usize,
}

impl Log {
    /// Opens the log in `dir`, or makes one there. Reads and verifies everything that is in it.
    ///
    /// # Errors
    /// See [`OpenError`]; damage is an error unless [`OpenMode`] says otherwise, and changes nothing.
    pub fn open(dir: impl AsRef<Path>, options: Options) -> Result<(Log, Recovery), OpenError> {
        let limits = Limits { item_bytes: options.item_bytes_max, queue_bytes: options.queue_bytes };
        let opened = open(dir.as_ref(), options)?;
        let report = opened.report;
        let shared = opened.shared;
        let mut inner = Inner {
            shared,
            limits,
            queue: Mutex::new(None),
            thread: Mutex::new(None),
            writer_id: None,
            read_only: report.read_only,
            lock: Mutex::new(None),
        };
        match opened.access {
            Access::Read(lock) => inner.lock = Mutex::new(lock),
            Access::Write(writer, rest) => {
                let (queue, requests) = sync_channel(rest.queue_batches);
                let work =
                    move || writer::run(*writer, &requests, &rest.gathering, rest.sink, rest.unverified);
                let thread = thread::Builder::new()
                    .name(String::from("log-writer"))
                    .spawn(work)
                    .map_err(OpenError::io("starting the writer of", dir.as_ref()))?;
                inner.queue = Mutex::new(Some(queue));
                inner.writer_id = Some(thread.thread().id());
                inner.thread = Mutex::new(Some(thread));
            }
        }
        Ok((Log { inner: Arc::new(inner) }, report))
    }

    /// Hands a batch in; `done` is called once its answer is true. Never blocks: where the queue is
    /// full, `done` gets [`AppendError::Busy`] at once.
    pub fn submit(&self, batch: Batch, done: Completion) {
        let answer = Answer::new(done);
        if let Err(error) = self.check(&batch) {
            return answer.give(Err(error));
        }
        let counters = &self.inner.shared.counters;
        let weight = batch.weight() as u64;
        let queued = counters.queued_bytes.fetch_add(weight, Ordering::Relaxed);
        counters.queued_batches.fetch_add(1, Ordering::Relaxed);
        let refused = if queued > 0 && queued + weight > self.inner.limits.queue_bytes as u64 {
            Some((answer, AppendError::Busy))
        } else {
            self.enqueue(Request { batch, answer })
        };
        if let Some((answer, error)) = refused {
            counters.queued_bytes.fetch_sub(weight, Ordering::Relaxed);
            counters.queued_batches.fetch_sub(1, Ordering::Relaxed);
            if error == AppendError::Busy {
                counters.refused_busy.fetch_add(1, Ordering::Relaxed);
            }
            answer.give(Err(error));
        }
    }

    fn enqueue(&self, request: Request) -> Option<(Answer, AppendError)> {
        let queue = held(&self.inner.queue);
        let Some(queue) = queue.as_ref() else {
            let error = if self.inner.read_only { AppendError::ReadOnly } else { AppendError::Closed };
            return Some((request.answer, error));
        };
        match queue.try_send(request) {
            Ok(()) => None,
            Err(TrySendError::Full(request)) => Some((request.answer, AppendError::Busy)),
            Err(TrySendError::Disconnected(request)) => Some((request.answer, AppendError::Closed)),
        }
    }

    /// As [`Log::submit`], and waits for the answer.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub fn append(&self, batch: Batch) -> Result<Appended, AppendError> {
        let (tell, told) = sync_channel(1);
        self.submit(batch, Box::new(move |answer| drop(tell.send(answer))));
        told.recv().unwrap_or(Err(AppendError::Closed))
    }

    /// The highest durable place.
    #[must_use]
    pub fn durable(&self) -> Seq {
        self.inner.shared.durable()
    }

    /// Up to where everything is durable, as a place that others can hold against the files.
    #[must_use]
    pub fn position(&self) -> Position {
        self.inner.shared.position()
    }

    /// Up to where everything is durable, as a place at which a later opening can begin: see
    /// [`Options::landmark`]. `None` where no frame stands before it.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn landmark(&self) -> Result<Option<Landmark>, ReadError> {
        read::landmark(&self.inner.shared)
    }

    /// Whether everything in it was read and verified since it was opened: at once, unless it was opened at a
    /// landmark.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.inner.shared.is_verified()
    }

    /// Signs the place up to which everything is durable with the key in `keys`, and adds the checkpoint to the
    /// log's file of them, durably. `None` where nothing has come since the last one there, and where the log is not
    /// verified yet.
    ///
    /// # Errors
    /// [`KeyError`]; the log goes on without it.
    pub fn checkpoint(&self, keys: &KeyStore) -> Result<Option<Checkpoint>, KeyError> {
        self.inner.shared.checkpoint(keys)
    }

    /// How far each source has been read, as far as that is durable.
    #[must_use]
    pub fn cursors(&self) -> BTreeMap<String, Vec<u8>> {
        self.inner.shared.cursors().clone()
    }

    /// Where its files are.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.inner.shared.dir
    }

    /// Which log this is.
    #[must_use]
    pub fn cluster(&self) -> ClusterId {
        self.inner.shared.cluster
    }

    /// Whether what is written now is encrypted, as far as a reader of the files can tell: its last segment is.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        let wanted = self.inner.shared.encrypts;
        wanted.unwrap_or_else(|| {
            self.inner.shared.index().segments.last().is_some_and(|last| last.header.seal.is_some())
        })
    }

    /// Whether it takes no appends because of how it was opened.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.inner.read_only
    }

    /// The records from `seq` on, up to what is durable now, frame by frame from the disk.
    #[must_use]
    pub fn read_from(&self, seq: Seq) -> Records {
        Records::new(Arc::clone(&self.inner.shared), seq)
    }

    /// The record at `seq`; `None` beyond what is durable.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read_one(&self, seq: Seq) -> Result<Option<StoredRecord>, ReadError> {
        read::read_one(&self.inner.shared, seq)
    }

    /// The records at these places, in this order, leaving out those beyond what is durable. Cheap
    /// where many stand in the same frames.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read_many(&self, seqs: &[Seq]) -> Result<Vec<StoredRecord>, ReadError> {
        seqs.iter().filter_map(|seq| self.read_one(*seq).transpose()).collect()
    }

    /// Counters.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.inner.shared.stats()
    }

    /// Takes no more batches, writes what waits, answers it, and lets go of the directory. Later
    /// batches, by whatever clone, are answered [`AppendError::Closed`]; reading goes on.
    pub fn close(&self) {
        self.inner.close();
    }

    /// Refuses what could never be written.
    fn check(&self, batch: &Batch) -> Result<(), AppendError> {
        check_items(&batch.items, self.inner.limits.item_bytes)?;
        let is_bad = |index: usize, source: &str, position: &[u8]| {
            index >= CURSORS_MAX || source.len() > 255 || position.len() > 4_096
        };
        let mut cursors = batch.cursors.iter().enumerate();
        match cursors.find(|(index, cursor)| is_bad(*index, &cursor.source, &cursor.position)) {
            Some((index, _)) => Err(AppendError::BadCursor { index }),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("dir", &self.inner.shared.dir)
            .field("durable", &self.durable())
            .finish_non_exhaustive()
    }
}

pub(crate) fn check_items(items: &[Item], bytes_max: usize) -> Result<(), AppendError> {
    let too_large = items.iter().enumerate().find(|(_, item)| item.payload.len() > bytes_max);
    match too_large {
        Some((index, item)) => Err(AppendError::TooLarge { index, bytes: item.payload.len(), bytes_max }),
        None => Ok(()),
    }
}

impl Inner {
    fn close(&self) {
        self.shared.closing.store(true, Ordering::Relaxed);
        // Without a sender the writer ends once the queue is empty.
        drop(held(&self.queue).take());
        // The last handle may be dropped by a completion, on the writer's own thread: it cannot wait
        // for itself, and ends right after. Any other that closes waits, be it the first or not.
        if self.writer_id != Some(thread::current().id()) {
            let mut thread = held(&self.thread);
            if let Some(thread) = thread.take() {
                thread.join().ok();
            }
        }
        drop(held(&self.lock).take());
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

/// Each change under these locks is a single step: a panic elsewhere leaves nothing half done.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A directory that was opened, whoever is going to use it.
pub(crate) struct Opened {
    pub(crate) report: Recovery,
    pub(crate) shared: Arc<Shared>,
    pub(crate) access: Access,
}

pub(crate) enum Access {
    Read(Option<Box<dyn DiskLock>>),
    Write(Box<Writer>, Box<Rest>),
}

/// What the thread needs besides the writer.
pub(crate) struct Rest {
    queue_batches: usize,
    gathering: Gathering,
    sink: Option<Box<dyn crate::options::Sink>>,
    unverified: Option<Unverified>,
}

pub(crate) fn open(dir: &Path, mut options: Options) -> Result<Opened, OpenError> {
    options.check()?;
    let lock = lock(dir, &options)?;
    let Recovered { report, cluster, index, position, end, unverified } =
        recover::recover(dir, &mut options)?;
    let shared = Arc::new(Shared::new(
        &options,
        dir.to_path_buf(),
        cluster,
        index,
        report.cursors.clone(),
        position.clone(),
    ));
    shared.set_verified(unverified.is_none());
    let access = match (end, lock) {
        (Some(end), Some(lock)) => {
            let rest = Rest {
                queue_batches: options.queue_batches,
                gathering: Gathering { wait: options.gather, bytes: options.gather_bytes },
                sink: options.sink.take(),
                unverified,
            };
            Access::Write(
                Box::new(Writer::new(Arc::clone(&shared), end, &position, options, lock)?),
                Box::new(rest),
            )
        }
        (_, lock) => Access::Read(lock),
    };
    Ok(Opened { report, shared, access })
}

fn lock(dir: &Path, options: &Options) -> Result<Option<Box<dyn DiskLock>>, OpenError> {
    let reads = options.mode == OpenMode::ReadOnly;
    if !reads {
        options.disk.create_dir(dir).map_err(OpenError::io("making", dir))?;
    }
    let path = dir.join(files::LOCK_NAME);
    let holder = format!("process {} ({})", std::process::id(), options.opened_by);
    match options.disk.lock(&path, &holder) {
        Ok(lock) => Ok(Some(lock)),
        Err(LockError::Held { holder }) => Err(OpenError::Locked { dir: dir.to_path_buf(), holder }),
        // A backup that is mounted read-only can be read without a lock: nobody can write it.
        Err(LockError::Io(error)) if reads && is_read_only_place(&error) => Ok(None),
        Err(LockError::Io(error)) => Err(OpenError::io("locking", &path)(error)),
    }
}

fn is_read_only_place(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem)
}
