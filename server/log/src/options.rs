//! How a log is opened, and what it is given to work with.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::admit::{Admit, IdIndex};
use crate::clock::{Clock, SystemClock};
use crate::disk::{Disk, RealDisk};
use crate::error::OpenError;
use crate::item::StoredRecord;
use crate::keys::LogKeys;
use crate::landmark::Landmark;
use crate::segment;
use crate::witness::Vouched;

/// What to do about damage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenMode {
    /// For writing; damage is an error and nothing is changed.
    #[default]
    Strict,
    /// For writing; where there is damage, for reading what stands before it.
    ReadOnlyIfDamaged,
    /// For reading; changes nothing, not even a torn tail.
    ReadOnly,
    /// As `Strict`, but a missing or unreadable `HEAD` or `log.id` is made anew from the segments. A
    /// tail that somebody cut off cleanly can then not be noticed: for an administrator who knows
    /// that it is whole.
    Rebuild,
}

/// Told what became durable, in order and without holes, on the writer's thread.
///
/// It is called after the `fdatasync` and before the answers of the same commit, so that whoever
/// got an answer finds the records at the reader's. It may block, which holds up the answers and
/// then the queue (submitters get [`crate::AppendError::Busy`]) but loses nothing. It must not wait
/// for an append of its own. If it panics, the answers of its commit are still given, and then the
/// log stops acknowledging, because its reader has missed records.
pub trait Sink: Send {
    /// Takes the records of one commit, at least one.
    fn deliver(&mut self, records: Vec<StoredRecord>);
}

impl<F: FnMut(Vec<StoredRecord>) + Send> Sink for F {
    fn deliver(&mut self, records: Vec<StoredRecord>) {
        self(records);
    }
}

/// Called before each commit is written, for what must be durable first (the case keys).
///
/// An error refuses the commit's batches and leaves the log usable.
pub type BeforeCommit = Box<dyn FnMut() -> io::Result<()> + Send>;

/// How far the reading at opening has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenProgress {
    /// Bytes of segments read.
    pub bytes_done: u64,
    /// Bytes of all segments, the empty end of the last one included.
    pub bytes_total: u64,
    /// Records seen.
    pub records: u64,
}

/// Everything that [`crate::Log::open`] takes. Start with `Options::default()`.
pub struct Options {
    /// What to do about damage.
    pub mode: OpenMode,
    /// Size of a segment, 64 MiB; what exists keeps its size. From 16 KiB (for tests) to 1 GiB.
    pub segment_bytes: u32,
    /// Uncompressed bytes after which a frame is closed, 1 MiB.
    pub frame_bytes: usize,
    /// Largest payload of an item, 4 MiB.
    pub item_bytes_max: usize,
    /// Longest that a commit waits for company, 3 ms. It waits only while company keeps coming;
    /// a lone append is written at once.
    pub gather: Duration,
    /// Bytes after which a commit waits no more, 1 MiB.
    pub gather_bytes: usize,
    /// Batches that may wait, 4,096; when it is full, [`crate::AppendError::Busy`].
    pub queue_batches: usize,
    /// Bytes that may wait, 64 MiB; beyond it, [`crate::AppendError::Busy`], but for a lone batch.
    pub queue_bytes: usize,
    /// How long `HEAD` may lag on the disk, 1 s.
    pub head_every: Duration,
    /// How many frames `HEAD` may lag on the disk, 64.
    pub head_frames: u32,
    /// Compression, 1 (fast) to 19.
    pub zstd_level: i32,
    /// Who opens it, for the lock file: shown to whoever comes second.
    pub opened_by: String,
    /// Where the files are.
    pub disk: Arc<dyn Disk>,
    /// Where the time is from.
    pub clock: Arc<dyn Clock>,
    /// Who tells repeats from news.
    pub admit: Box<dyn Admit>,
    /// Who else says up to where the log had been durable, such as a backup; see
    /// [`crate::backup::witness`].
    pub witnesses: Vec<Vouched>,
    /// A place from which on the opening reads, if it is found there: what is before it is read and verified by
    /// the writer before the first batch is written or answered, an empty one too. Should that find damage, the log
    /// acknowledges nothing. Only for [`OpenMode::Strict`]; another mode reads everything at once.
    pub landmark: Option<Landmark>,
    /// Who gets what became durable.
    pub sink: Option<Box<dyn Sink>>,
    /// What must be durable before.
    pub before_commit: Option<BeforeCommit>,
    /// What opens encrypted segments, and seals new ones.
    pub log_keys: Option<Arc<LogKeys>>,
    /// Whether new segments are encrypted, which needs `log_keys`; `None`: as the last one is. A log whose last
    /// segment is not as wanted begins a new one with the next commit.
    pub encrypt: Option<bool>,
    /// Whether it is a log of a training, in which nothing is real: one that is not as said is refused, and a new one
    /// is made so; `None`: as it is, and a new one is real.
    pub training: Option<bool>,
    /// Who wants to know how the opening goes; called about once per MiB.
    pub progress: Option<Box<dyn FnMut(OpenProgress) + Send>>,
    /// Ends a reading early.
    pub(crate) stop: Option<Arc<AtomicBool>>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            mode: OpenMode::Strict,
            segment_bytes: 64 << 20,
            frame_bytes: 1 << 20,
            item_bytes_max: 4 << 20,
            gather: Duration::from_millis(3),
            gather_bytes: 1 << 20,
            queue_batches: 4_096,
            queue_bytes: 64 << 20,
            head_every: Duration::from_secs(1),
            head_frames: 64,
            zstd_level: 1,
            opened_by: String::from("toancanh"),
            disk: Arc::new(RealDisk),
            clock: Arc::new(SystemClock::new()),
            admit: Box::new(IdIndex::new()),
            witnesses: Vec::new(),
            landmark: None,
            sink: None,
            before_commit: None,
            log_keys: None,
            encrypt: None,
            training: None,
            progress: None,
            stop: None,
        }
    }
}

impl Options {
    /// Where the files are.
    #[must_use]
    pub fn disk(mut self, disk: Arc<dyn Disk>) -> Self {
        self.disk = disk;
        self
    }

    /// Where the time is from.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// What to do about damage.
    #[must_use]
    pub fn mode(mut self, mode: OpenMode) -> Self {
        self.mode = mode;
        self
    }

    /// Who gets what became durable.
    #[must_use]
    pub fn sink(mut self, sink: impl Sink + 'static) -> Self {
        self.sink = Some(Box::new(sink));
        self
    }

    /// What must be durable before each commit.
    #[must_use]
    pub fn before_commit(mut self, hook: impl FnMut() -> io::Result<()> + Send + 'static) -> Self {
        self.before_commit = Some(Box::new(hook));
        self
    }

    /// What opens encrypted segments; with `encrypt`, see [`Options::encrypt`].
    #[must_use]
    pub fn log_keys(mut self, keys: Option<Arc<LogKeys>>, encrypt: Option<bool>) -> Self {
        self.log_keys = keys;
        self.encrypt = encrypt;
        self
    }

    /// Who opens it, in a few words.
    #[must_use]
    pub fn opened_by(mut self, who: impl Into<String>) -> Self {
        self.opened_by = who.into();
        self
    }

    /// Segments of this size, with frames and items that fit.
    #[must_use]
    pub fn segment_bytes(mut self, bytes: u32) -> Self {
        self.segment_bytes = bytes;
        let half = (bytes.saturating_sub(segment::HEADER_BYTES) / 2) as usize;
        self.frame_bytes = self.frame_bytes.min(half);
        self.item_bytes_max = self.item_bytes_max.min(half.saturating_sub(256));
        self
    }

    /// Options for reading once more what these open.
    pub(crate) fn for_reading(&self) -> Self {
        Options {
            disk: Arc::clone(&self.disk),
            clock: Arc::clone(&self.clock),
            log_keys: self.log_keys.clone(),
            ..Options::default()
        }
    }

    /// Refuses what cannot work, before any file is touched.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        let bad = |what: String| Err(OpenError::BadOptions { what });
        if !(16 << 10..=1 << 30).contains(&self.segment_bytes) {
            return bad(format!("segment_bytes {} is not within 16 KiB to 1 GiB", self.segment_bytes));
        }
        let room = (self.segment_bytes - segment::HEADER_BYTES) as usize;
        let largest = self.frame_bytes.max(self.item_bytes_max + 256);
        if self.frame_bytes < 1_024 || largest > room / 2 || largest > crate::frame::RAW_BYTES_MAX {
            return bad(format!(
                "frame_bytes {} and item_bytes_max {} do not fit segments of {}",
                self.frame_bytes, self.item_bytes_max, self.segment_bytes
            ));
        }
        if self.encrypt == Some(true) && self.log_keys.is_none() {
            return bad(String::from("a log is to be encrypted, and there is no key for that"));
        }
        if self.queue_batches == 0 {
            return bad(String::from("queue_batches is 0"));
        }
        Ok(())
    }
}
