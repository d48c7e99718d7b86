//! Telling repeats from news, inside the writer.
//!
//! It is decided there and not before the queue, because an answer "duplicate" is a promise too: it
//! may be given only once the record that it names is durable.

use std::collections::HashMap;

use crate::item::{Digest, Item, ItemKey, Seq};

/// What to do with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Append it.
    Append,
    /// It stands at this place already.
    Duplicate(Seq),
    /// Its key stands at this place with other content.
    IdReused(Seq),
}

/// Decides about items one by one, in the order of the log.
pub trait Admit: Send {
    /// A record read at opening. They come in any order: of several with one key the first in the log counts.
    fn replay(&mut self, seq: Seq, key: &ItemKey, digest: &Digest);

    /// Decides about one item, which will stand at `seq` if it is appended. A later item with the
    /// same key must find it, although it is not durable yet.
    fn decide(&mut self, item: &Item, seq: Seq) -> Decision;

    /// What was decided since the last call is durable up to and including `durable`; the items
    /// beyond were not written and must be forgotten.
    fn settle(&mut self, durable: Seq);
}

/// Admits each key once.
///
/// About 50 bytes per record ever appended: 16 of the key, 16 of the digest, 8 of the place, and
/// the table's slack. Half a digest is enough to tell a repeat from a reused id: 128 bits.
#[derive(Debug, Default)]
pub struct IdIndex {
    by_key: HashMap<ItemKey, Known>,
    /// Decided, not yet settled.
    pending: Vec<(ItemKey, Seq)>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    digest: [u8; 16],
    seq: Seq,
}

impl Known {
    fn new(digest: &Digest, seq: Seq) -> Known {
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        Known { digest: half, seq }
    }
}

impl IdIndex {
    /// Knows nothing yet.
    #[must_use]
    pub fn new() -> IdIndex {
        IdIndex::default()
    }

    /// How many keys it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }
}

impl Admit for IdIndex {
    fn replay(&mut self, seq: Seq, key: &ItemKey, digest: &Digest) {
        // The first of a key is the one that counts, as it did when it was decided.
        let known = self.by_key.entry(*key).or_insert_with(|| Known::new(digest, seq));
        if seq < known.seq {
            *known = Known::new(digest, seq);
        }
    }

    fn decide(&mut self, item: &Item, seq: Seq) -> Decision {
        let offered = Known::new(&item.digest, seq);
        match self.by_key.get(&item.key) {
            Some(known) if known.digest == offered.digest => Decision::Duplicate(known.seq),
            Some(known) => Decision::IdReused(known.seq),
            None => {
                self.by_key.insert(item.key, offered);
                self.pending.push((item.key, seq));
                Decision::Append
            }
        }
    }

    fn settle(&mut self, durable: Seq) {
        for (key, seq) in self.pending.drain(..) {
            if seq > durable {
                self.by_key.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: u8, digest: u8) -> Item {
        Item { key: [key; 16], digest: [digest; 32], payload: Vec::new() }
    }

    #[test]
    fn an_item_that_was_not_written_is_news_again() {
        let mut index = IdIndex::new();
        assert_eq!(index.decide(&item(1, 1), Seq::new(1)), Decision::Append);
        assert_eq!(index.decide(&item(2, 1), Seq::new(2)), Decision::Append);
        assert_eq!(index.decide(&item(2, 1), Seq::new(3)), Decision::Duplicate(Seq::new(2)));
        index.settle(Seq::new(1));
        assert_eq!(index.decide(&item(1, 1), Seq::new(2)), Decision::Duplicate(Seq::new(1)));
        assert_eq!(index.decide(&item(2, 9), Seq::new(2)), Decision::Append);
        index.settle(Seq::new(2));
        assert_eq!(index.decide(&item(2, 1), Seq::new(3)), Decision::IdReused(Seq::new(2)));
    }
}
