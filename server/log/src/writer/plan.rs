//! What a commit is going to write: batches decided, and packed into frames.

use std::collections::BTreeMap;

use crate::admit::{Admit, Decision};
use crate::error::AppendError;
use crate::item::{Appended, Batch, Cursor, Item, Outcome, Seq, StoredRecord};
use crate::record;

/// Decided batches and the frames that they need.
pub(crate) struct Plan {
    pub(crate) frames: Vec<Staged>,
    pub(crate) duplicates: u64,
    pub(crate) ids_reused: u64,
    batches: Vec<Decided>,
    start: Seq,
    next_seq: Seq,
    frame_bytes: usize,
}

/// A frame to be.
pub(crate) struct Staged {
    pub(crate) first_seq: Seq,
    pub(crate) items: Vec<Item>,
    pub(crate) cursors: Vec<Cursor>,
    raw_bytes: usize,
}

struct Decided {
    outcomes: Vec<Outcome>,
    /// The answer is true once the frames up to this one are durable, and at once where there is
    /// none: then everything that it names was durable before.
    needs: Option<usize>,
}

impl Plan {
    pub(super) fn new(next_seq: Seq, frame_bytes: usize) -> Plan {
        Plan {
            frames: Vec::new(),
            duplicates: 0,
            ids_reused: 0,
            batches: Vec::new(),
            start: next_seq,
            next_seq,
            frame_bytes,
        }
    }

    pub(super) fn add(
        &mut self,
        batch: Batch,
        admit: &mut dyn Admit,
        durable: Seq,
        cursors: &BTreeMap<String, Vec<u8>>,
    ) {
        let mut outcomes = Vec::with_capacity(batch.items.len());
        let mut waits = false;
        for item in batch.items {
            let outcome = match admit.decide(&item, self.next_seq) {
                Decision::Append => self.append(item),
                Decision::Duplicate(of) => {
                    self.duplicates += 1;
                    Outcome::Duplicate(of)
                }
                Decision::IdReused(of) => {
                    self.ids_reused += 1;
                    Outcome::IdReused(of)
                }
            };
            let (Outcome::Appended(named) | Outcome::Duplicate(named) | Outcome::IdReused(named)) = outcome;
            waits |= named > durable;
            outcomes.push(outcome);
        }
        waits |= self.add_cursors(batch.cursors, cursors);
        let needs = if waits { self.frames.len().checked_sub(1) } else { None };
        self.batches.push(Decided { outcomes, needs });
    }

    fn append(&mut self, item: Item) -> Outcome {
        let seq = self.next_seq;
        self.next_seq = seq.next();
        let bytes = record::OVERHEAD_BYTES + item.payload.len();
        let frame = self.frame_for(bytes);
        frame.items.push(item);
        frame.raw_bytes += bytes;
        Outcome::Appended(seq)
    }

    /// Puts the cursors that change something with the last frame; says whether there are any.
    fn add_cursors(&mut self, news: Vec<Cursor>, durable: &BTreeMap<String, Vec<u8>>) -> bool {
        let mut any = false;
        for cursor in news {
            let staged = self.frames.iter().rev().flat_map(|frame| frame.cursors.iter().rev());
            let known = staged
                .filter(|known| known.source == cursor.source)
                .map(|known| &known.position)
                .next()
                .or_else(|| durable.get(&cursor.source));
            if known == Some(&cursor.position) {
                continue;
            }
            any = true;
            let bytes = 4 + cursor.source.len() + cursor.position.len();
            // With the items where it is possible at all: a cursor must never be durable before
            // them, so a frame of its own comes after.
            let frame = self.frame_for(bytes);
            frame.cursors.retain(|known| known.source != cursor.source);
            frame.cursors.push(cursor);
            frame.raw_bytes += bytes;
        }
        any
    }

    /// The last frame if it has room for so many bytes more, else a new one.
    fn frame_for(&mut self, bytes: usize) -> &mut Staged {
        let full = self
            .frames
            .last()
            .is_none_or(|frame| frame.raw_bytes > 0 && frame.raw_bytes + bytes > self.frame_bytes);
        if full {
            let first_seq = self
                .frames
                .last()
                .map_or(self.start, |last| Seq::new(last.first_seq.get() + last.items.len() as u64));
            self.frames.push(Staged { first_seq, items: Vec::new(), cursors: Vec::new(), raw_bytes: 0 });
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// Takes off the frames that will not grow any more.
    pub(crate) fn take_full(&mut self) -> Vec<Staged> {
        let keep = self.frames.len().saturating_sub(1);
        self.frames.drain(..keep).collect()
    }

    /// What the last batch's items became, if the writing goes well.
    pub(crate) fn last_outcomes(&mut self) -> Vec<Outcome> {
        self.batches.pop().map(|decided| decided.outcomes).unwrap_or_default()
    }

    /// The answer to each batch, after writing.
    pub(super) fn answers(
        &mut self,
        durable: Seq,
        written: &Result<(), AppendError>,
    ) -> Vec<Result<Appended, AppendError>> {
        // A frame landed if its last record did; a frame without records, if the one before and,
        // for want of another sign, everything was written.
        let landed = |frame: &Staged| match frame.items.len() as u64 {
            0 => written.is_ok(),
            count => frame.first_seq.get() + count - 1 <= durable.get(),
        };
        let landed = self.frames.iter().take_while(|frame| landed(frame)).count();
        let answer = |decided: Decided| match (written, decided.needs) {
            (Err(error), Some(frame)) if frame >= landed => Err(error.clone()),
            _ => Ok(Appended { outcomes: decided.outcomes, durable }),
        };
        self.batches.drain(..).map(answer).collect()
    }

    /// The records that became durable.
    pub(super) fn into_records(self, durable: Seq, recorded_us: i64) -> Vec<StoredRecord> {
        let numbered = self
            .frames
            .into_iter()
            .flat_map(|frame| (frame.first_seq.get()..).map(Seq::new).zip(frame.items));
        let stored = |(seq, item): (Seq, Item)| StoredRecord {
            seq,
            recorded_us,
            key: item.key,
            digest: item.digest,
            bytes: item.payload,
        };
        numbered.take_while(|(seq, _)| *seq <= durable).map(stored).collect()
    }
}
