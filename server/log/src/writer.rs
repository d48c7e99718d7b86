//! Writing: decide, place frames, make them durable, publish. One thread at a time.
//!
//! Frames that were placed and not yet synced are a *flight*. A flight stands in one segment; it
//! *lands* when its `fdatasync` has answered. Only what landed is published, settled and answered,
//! and only what landed moves [`Writer::landed`], from which everything starts again after a failure.

mod plan;
mod rotate;
mod thread;
mod witness;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::admit::Admit;
use crate::clock::Clock;
use crate::disk::{Access, Disk, DiskFile, DiskLock};
use crate::error::{AppendError, OpenError, is_full};
use crate::frame::{self, Content, Hash};
use crate::head::Head;
use crate::item::{Appended, Batch, Seq, StoredRecord};
use crate::keys::LogKeys;
use crate::landmark::Unverified;
use crate::options::{BeforeCommit, Options};
use crate::record;
use crate::recover::End;
use crate::sealing::SegmentCipher;
use crate::segment::{self, SegmentHeader};
use crate::shared::Shared;
use crate::stats::add;
use crate::witness::Position;

pub(crate) use plan::{Plan, Staged};
pub(crate) use thread::{Answer, Gathering, Request, run};

/// The one that writes.
pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    dir: PathBuf,
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    admit: Box<dyn Admit>,
    before_commit: Option<BeforeCommit>,
    limits: Limits,
    segment: SegmentHeader,
    /// Seals this segment's frames, where they are to be sealed.
    cipher: Option<SegmentCipher>,
    /// Whether segments are to be sealed.
    encrypts: bool,
    log_keys: Option<Arc<LogKeys>>,
    file: Arc<dyn DiskFile>,
    /// Up to where everything is durable.
    landed: Place,
    /// Up to where frames are written; equal to `landed` when nothing is in flight.
    placed: Place,
    flight: Vec<Flown>,
    /// Up to where the segment may hold remains of a write that failed.
    dirty_to: u32,
    head: Head,
    head_synced_at: Duration,
    head_frames: u32,
    poison: Option<Arc<str>>,
    compressor: Option<zstd::bulk::Compressor<'static>>,
    raw: Vec<u8>,
    encoded: Vec<u8>,
    /// Goes with the writer: no other process may write while it lives.
    _lock: Box<dyn DiskLock>,
}

struct Limits {
    segment_bytes: u32,
    frame_bytes: usize,
    head_every: Duration,
    head_frames: u32,
}

/// A place between two frames.
#[derive(Clone, Copy)]
struct Place {
    offset: u32,
    chain: Hash,
    next_seq: Seq,
}

/// A frame in flight.
struct Flown {
    first_seq: Seq,
    records: u32,
    offset: u32,
    end: u32,
    cursors: Vec<crate::item::Cursor>,
}

/// What a commit brought.
pub(crate) struct Committed {
    /// One for each batch.
    pub(crate) answers: Vec<Result<Appended, AppendError>>,
    /// What became durable, in order.
    pub(crate) records: Vec<StoredRecord>,
}

impl Writer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        end: End,
        position: &Position,
        options: Options,
        lock: Box<dyn DiskLock>,
    ) -> Result<Writer, OpenError> {
        let name = segment::file_name(end.segment.first_seq, end.segment.number);
        let path = shared.dir.join(name);
        let file = options.disk.open(&path, Access::Write).map_err(OpenError::io("opening", &path))?;
        // Where its key is not here, no frame of it was met either: the next one begins a new segment.
        let cipher = SegmentCipher::of(&end.segment, options.log_keys.as_deref()).ok().flatten();
        let encrypts = options.encrypt.unwrap_or(end.segment.seal.is_some()) && options.log_keys.is_some();
        let place = Place { offset: position.offset, chain: position.chain, next_seq: position.next_seq };
        Ok(Writer {
            dir: shared.dir.clone(),
            disk: options.disk,
            head_synced_at: options.clock.elapsed(),
            clock: options.clock,
            admit: options.admit,
            before_commit: options.before_commit,
            limits: Limits {
                segment_bytes: options.segment_bytes,
                frame_bytes: options.frame_bytes,
                head_every: options.head_every,
                head_frames: options.head_frames,
            },
            segment: end.segment,
            cipher,
            encrypts,
            log_keys: options.log_keys,
            file,
            landed: place,
            placed: place,
            flight: Vec::new(),
            dirty_to: 0,
            head: end.head,
            head_frames: 0,
            poison: None,
            // Without a compressor the log works all the same, only larger.
            compressor: zstd::bulk::Compressor::new(options.zstd_level).ok(),
            raw: Vec::new(),
            encoded: Vec::new(),
            shared,
            _lock: lock,
        })
    }

    /// An empty plan, to stage batches in.
    pub(crate) fn plan(&self) -> Plan {
        Plan::new(self.placed.next_seq, self.limits.frame_bytes)
    }

    /// Decides about a batch and adds what is to be appended to the plan.
    pub(crate) fn stage(&mut self, plan: &mut Plan, batch: Batch) {
        let durable = self.shared.durable();
        plan.add(batch, self.admit.as_mut(), durable, &self.shared.cursors());
    }

    /// Writes batches, makes them durable and says what became of each.
    pub(crate) fn commit(&mut self, batches: Vec<Batch>) -> Committed {
        if let Err(error) = self.check_usable() {
            let answers = batches.iter().map(|_| Err(error.clone())).collect();
            return Committed { answers, records: Vec::new() };
        }
        let mut plan = self.plan();
        for batch in batches {
            self.stage(&mut plan, batch);
        }
        let recorded_us = self.clock.now_us();
        let before = if plan.frames.is_empty() { Ok(()) } else { self.before_commit() };
        let written = before.and_then(|()| self.write_all(&plan.frames, recorded_us));
        self.settle();
        self.count(&plan, written.as_ref().err());

        let durable = self.shared.durable();
        let answers = plan.answers(durable, &written);
        let records = plan.into_records(durable, recorded_us);
        Committed { answers, records }
    }

    /// An error if nothing can be acknowledged any more.
    pub(crate) fn check_usable(&self) -> Result<(), AppendError> {
        match &self.poison {
            Some(cause) => Err(AppendError::NotDurable { cause: Arc::clone(cause) }),
            None => Ok(()),
        }
    }

    /// Makes durable what must be so before any frame is written. Before, not only before the sync:
    /// a frame that is already written can reach the disk by itself.
    pub(crate) fn before_commit(&mut self) -> Result<(), AppendError> {
        match &mut self.before_commit {
            Some(hook) => hook().map_err(|error| {
                if is_full(&error) {
                    AppendError::Full
                } else {
                    AppendError::BeforeCommit { cause: Arc::from(error.to_string()) }
                }
            }),
            None => Ok(()),
        }
    }

    fn write_all(&mut self, frames: &[Staged], recorded_us: i64) -> Result<(), AppendError> {
        let placed = frames.iter().try_for_each(|frame| self.place(frame, recorded_us));
        // What was placed before the one that failed is whole, and may be kept.
        let landed = self.land();
        placed.and(landed)
    }

    /// Writes one frame after the others, in a new segment where this one has no room for it.
    pub(crate) fn place(&mut self, staged: &Staged, recorded_us: i64) -> Result<(), AppendError> {
        self.check_usable()?;
        let mut raw = std::mem::take(&mut self.raw);
        raw.clear();
        staged.items.iter().for_each(|item| record::put(item, &mut raw));
        let compressed = self.compress(&raw);
        let content = Content {
            records: staged.items.len() as u32,
            first_seq: staged.first_seq,
            recorded_us,
            durable_before: self.landed.offset,
            cursors: &staged.cursors,
            raw: &raw,
            compressed: compressed.as_deref(),
            previous: self.placed.chain,
        };
        let placed = self.place_content(content);
        self.raw = raw;
        let end = placed?;
        self.flight.push(Flown {
            first_seq: staged.first_seq,
            records: staged.items.len() as u32,
            offset: self.placed.offset,
            end,
            cursors: staged.cursors.clone(),
        });
        self.placed = Place {
            offset: end,
            chain: frame::hash(&self.encoded),
            next_seq: Seq::new(staged.first_seq.get() + staged.items.len() as u64),
        };
        Ok(())
    }

    /// Writes a frame's bytes at the end and says where they end.
    fn place_content(&mut self, mut content: Content<'_>) -> Result<u32, AppendError> {
        let bytes = frame::encoded_bytes(&content);
        if bytes > u64::from(self.segment.bytes - self.placed.offset) || !self.is_sealed_as_wanted() {
            self.land()?;
            self.rotate()?;
            content.durable_before = self.landed.offset;
            if bytes > u64::from(self.segment.bytes - self.placed.offset) {
                // The options' check keeps frames at half a segment; a smaller segment of before
                // has just been left. So this is a cursor list beyond all measure.
                return Err(AppendError::BadCursor { index: 0 });
            }
        }
        let offset = self.placed.offset;
        let end = offset + bytes as u32;
        let mut encoded = std::mem::take(&mut self.encoded);
        let done =
            frame::encode(&content, &self.segment.binding(), offset, self.cipher.as_ref(), &mut encoded);
        self.encoded = encoded;
        done.map_err(|error| AppendError::BeforeCommit { cause: Arc::from(error.to_string()) })?;
        // What an earlier attempt left behind this frame goes with the same write.
        let frame_len = self.encoded.len();
        self.encoded.resize(frame_len.max(self.dirty_to.saturating_sub(offset) as usize), 0);
        self.dirty_to = self.dirty_to.max(end);
        let written = self.file.write_at(&self.encoded, u64::from(offset));
        self.encoded.truncate(frame_len);
        crate::fail_point::reach("frame-placed");
        match written {
            Ok(()) => Ok(end),
            Err(error) if is_full(&error) => Err(AppendError::Full),
            Err(error) => Err(self.poison("writing a frame", &error)),
        }
    }

    fn compress(&mut self, raw: &[u8]) -> Option<Vec<u8>> {
        let compressed = self.compressor.as_mut()?.compress(raw).ok()?;
        (compressed.len() < raw.len()).then_some(compressed)
    }

    /// Makes the flight durable and publishes it.
    pub(crate) fn land(&mut self) -> Result<(), AppendError> {
        self.check_usable()?;
        if self.flight.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.sync_frames() {
            return Err(self.poison("making frames durable", &error));
        }
        // Nothing stands behind the last frame that was not overwritten with it.
        self.dirty_to = 0;
        self.landed = self.placed;
        let flight = std::mem::take(&mut self.flight);
        self.publish(&flight);
        crate::fail_point::reach("flight-published");
        self.head_frames = self.head_frames.saturating_add(flight.len() as u32);
        self.write_head()
    }

    /// The one call that makes an acknowledgement true.
    fn sync_frames(&self) -> io::Result<()> {
        let began = self.clock.elapsed();
        crate::fail_point::reach("flight-to-sync");
        #[cfg(not(feature = "control-no-fdatasync"))]
        self.file.sync_data()?;
        crate::fail_point::reach("flight-durable");
        let took_us = (self.clock.elapsed() - began).as_micros() as u64;
        let counters = &self.shared.counters;
        add(&counters.fsyncs, 1);
        counters.fsync_last_us.store(took_us, Ordering::Relaxed);
        counters.fsync_max_us.fetch_max(took_us, Ordering::Relaxed);
        Ok(())
    }

    fn publish(&self, flight: &[Flown]) {
        let counters = &self.shared.counters;
        {
            let mut index = self.shared.index_mut();
            for flown in flight {
                index.add(flown.first_seq, flown.offset, flown.end);
                add(&counters.frames, 1);
                add(&counters.records, u64::from(flown.records));
                add(&counters.bytes, u64::from(flown.end - flown.offset));
            }
        }
        let mut cursors = self.shared.cursors_mut();
        for cursor in flight.iter().flat_map(|flown| &flown.cursors) {
            cursors.insert(cursor.source.clone(), cursor.position.clone());
        }
        // Still held: nobody sees the cursors of one place with another place.
        self.shared.set_durable(self.position());
    }

    /// Up to where everything is durable.
    pub(super) fn position(&self) -> Position {
        Position {
            segment: self.segment.number,
            segment_first: self.segment.first_seq,
            offset: self.landed.offset,
            next_seq: self.landed.next_seq,
            chain: self.landed.chain,
        }
    }

    /// From here on nothing is acknowledged. The first cause stays.
    pub(crate) fn poison(&mut self, doing: &str, error: &dyn std::fmt::Display) -> AppendError {
        let cause = self.poison.get_or_insert_with(|| Arc::from(format!("{doing}: {error}")));
        self.shared.counters.poisoned.store(true, Ordering::Relaxed);
        AppendError::NotDurable { cause: Arc::clone(cause) }
    }

    /// Reads and verifies what was passed over at opening. Should it not hold, nothing is acknowledged. `false` where
    /// the log was closed meanwhile.
    pub(crate) fn verify(&mut self, unverified: Unverified) -> bool {
        let place = (unverified.landmark.position.segment, unverified.landmark.position.offset);
        let admit = std::mem::replace(&mut self.admit, Box::new(crate::admit::IdIndex::new()));
        let (admit, read) = unverified.verify(&self.dir, admit, &self.shared.closing);
        self.admit = admit;
        match read {
            Ok(index) => {
                self.shared.index_mut().complete(index, place);
                self.shared.set_verified(true);
            }
            Err(_) if self.shared.closing.load(Ordering::Relaxed) => return false,
            Err(why) => {
                self.poison("verifying the log", &why);
            }
        }
        true
    }

    /// Forgets what did not land.
    pub(crate) fn settle(&mut self) {
        self.flight.clear();
        self.placed = self.landed;
        self.admit.settle(self.shared.durable());
    }

    fn count(&self, plan: &Plan, error: Option<&AppendError>) {
        let counters = &self.shared.counters;
        add(&counters.duplicates, plan.duplicates);
        add(&counters.ids_reused, plan.ids_reused);
        if matches!(error, Some(AppendError::Full)) {
            add(&counters.refused_full, 1);
        }
    }

    pub(crate) fn now_us(&self) -> i64 {
        self.clock.now_us()
    }
}
