//! Counters, for metrics.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::item::Seq;

/// What the log has done since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// The highest durable place.
    pub durable: Seq,
    /// Frames written.
    pub frames_total: u64,
    /// Records written.
    pub records_total: u64,
    /// Bytes of frames written, compressed and with headers.
    pub bytes_total: u64,
    /// `fdatasync` calls for frames.
    pub fsyncs_total: u64,
    /// How long the last of them took, in microseconds.
    pub fsync_last_us: u64,
    /// How long the longest of them took, in microseconds.
    pub fsync_max_us: u64,
    /// Segments begun.
    pub segments_total: u64,
    /// Items answered as duplicates.
    pub duplicates_total: u64,
    /// Items answered as id-reused.
    pub ids_reused_total: u64,
    /// Batches refused because the queue was full.
    pub refused_busy_total: u64,
    /// Commits refused because the disk was full.
    pub refused_full_total: u64,
    /// Batches waiting.
    pub queued_batches: u64,
    /// Bytes waiting.
    pub queued_bytes: u64,
    /// Whether it has stopped acknowledging.
    pub poisoned: bool,
}

/// The counters behind [`Stats`]. Each stands alone: no reader needs two of them to agree.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) frames: AtomicU64,
    pub(crate) records: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) fsyncs: AtomicU64,
    pub(crate) fsync_last_us: AtomicU64,
    pub(crate) fsync_max_us: AtomicU64,
    pub(crate) segments: AtomicU64,
    pub(crate) duplicates: AtomicU64,
    pub(crate) ids_reused: AtomicU64,
    pub(crate) refused_busy: AtomicU64,
    pub(crate) refused_full: AtomicU64,
    pub(crate) queued_batches: AtomicU64,
    pub(crate) queued_bytes: AtomicU64,
    pub(crate) poisoned: AtomicBool,
}

impl Counters {
    pub(crate) fn snapshot(&self, durable: Seq) -> Stats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            durable,
            frames_total: get(&self.frames),
            records_total: get(&self.records),
            bytes_total: get(&self.bytes),
            fsyncs_total: get(&self.fsyncs),
            fsync_last_us: get(&self.fsync_last_us),
            fsync_max_us: get(&self.fsync_max_us),
            segments_total: get(&self.segments),
            duplicates_total: get(&self.duplicates),
            ids_reused_total: get(&self.ids_reused),
            refused_busy_total: get(&self.refused_busy),
            refused_full_total: get(&self.refused_full),
            queued_batches: get(&self.queued_batches),
            queued_bytes: get(&self.queued_bytes),
            poisoned: self.poisoned.load(Ordering::Relaxed),
        }
    }
}

pub(crate) fn add(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}
