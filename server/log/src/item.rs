//! The words of the log: what goes in, what is answered, what comes out.

use std::fmt;

/// The place of a record in the log: 1 for the first, then without holes.
///
/// Shown as 20 zero-padded digits, so that it sorts as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seq(u64);

impl Seq {
    /// Before the first record: the highest durable place of an empty log.
    pub const ZERO: Seq = Seq(0);
    /// The first record's place.
    pub const FIRST: Seq = Seq(1);

    /// The place with this number.
    #[must_use]
    pub const fn new(number: u64) -> Seq {
        Seq(number)
    }

    /// The bare number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Seq {
        Seq(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:020}", self.0)
    }
}

impl fmt::Debug for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seq({})", self.0)
    }
}

/// What identifies an item: the first 16 bytes of a SHA-256 over source and id.
///
/// 128 bits: an accidental equal pair among 10^12 events has a chance below 10^-14, and a source
/// that builds one on purpose only gets its own event refused.
pub type ItemKey = [u8; 16];

/// A digest of an item's content, by which a repeat is told from a reused id.
///
/// It is stored beside the payload and outlives a case key's erasure: where the content holds
/// personal data, make it with [`crate::keys::KeyStore::content_digest`], not with a bare SHA-256.
pub type Digest = [u8; 32];

/// Random bytes made when a log is created; bound into every frame's checksum.
pub type ClusterId = [u8; 16];

/// One thing to be appended once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What identifies it.
    pub key: ItemKey,
    /// What it says, as a digest.
    pub digest: Digest,
    /// What is stored, as it will be read back. Personal data must already be sealed.
    pub payload: Vec<u8>,
}

/// How far a source has been read; durable together with the items of the same batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The source's name, at most 255 bytes.
    pub source: String,
    /// Where to go on, in the source's own terms, at most 4,096 bytes.
    pub position: Vec<u8>,
}

/// What one caller submits and gets one answer for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// In the order in which they shall be appended.
    pub items: Vec<Item>,
    /// Become durable with the last of the items, or alone where there is none.
    pub cursors: Vec<Cursor>,
}

impl Batch {
    /// A batch without cursors.
    #[must_use]
    pub fn of(items: Vec<Item>) -> Batch {
        Batch { items, cursors: Vec::new() }
    }

    /// Bytes that it holds of the queue's allowance.
    pub(crate) fn weight(&self) -> usize {
        let items: usize = self.items.iter().map(|item| item.payload.len() + 64).sum();
        let cursors: usize =
            self.cursors.iter().map(|cursor| cursor.source.len() + cursor.position.len() + 64).sum();
        items + cursors + 64
    }
}

/// What became of one item. Every place named here is durable when the answer is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the log at this place.
    Appended(Seq),
    /// The same key with the same digest stands at this place already; nothing was written.
    Duplicate(Seq),
    /// The same key with another digest stands at this place; nothing was written.
    IdReused(Seq),
}

/// The answer to a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// One for each item, in the batch's order.
    pub outcomes: Vec<Outcome>,
    /// The highest durable place when the answer was given: at least that of every outcome.
    pub durable: Seq,
}

/// A record as it is read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its place.
    pub seq: Seq,
    /// When it was written, by the log's clock, in microseconds since 1970 UTC. The order of the
    /// log is that of `seq`: a clock that was set back shows here.
    pub recorded_us: i64,
    /// What identifies it.
    pub key: ItemKey,
    /// The content digest given with it.
    pub digest: Digest,
    /// The payload as it was given.
    pub bytes: Vec<u8>,
}
