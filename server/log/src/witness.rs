//! Who says that the log had been durable up to some place: `HEAD`, a signed checkpoint, a backup.
//!
//! Recovery asks all of them. A bad frame below a place that one of them names is no torn tail: it had
//! been acknowledged.

use std::collections::BTreeMap;

use crate::error::Witness;
use crate::frame::Hash;
use crate::item::{ClusterId, Seq};

/// A border between two frames up to which all was durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The number of its segment, from 1.
    pub segment: u64,
    /// The first `Seq` of that segment.
    pub segment_first: Seq,
    /// The byte in the segment at which the next frame begins.
    pub offset: u32,
    /// The `Seq` of the next record.
    pub next_seq: Seq,
    /// SHA-256 of the frame that ends here.
    pub chain: Hash,
}

impl Position {
    /// The last record before it; zero where there is none.
    #[must_use]
    pub fn durable(&self) -> Seq {
        Seq::new(self.next_seq.get().saturating_sub(1))
    }
}

/// Who vouches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voucher {
    /// The log's own `HEAD`.
    Head,
    /// A signed checkpoint.
    Checkpoint,
    /// The `HEAD` of a backup.
    Backup,
    /// An image of the fold, which remembers the place that it was made at.
    Image,
}

/// A place and who vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// Of which log.
    pub cluster: ClusterId,
    /// Who says so.
    pub by: Voucher,
    /// Up to where.
    pub position: Position,
}

impl Voucher {
    /// What shows that a bad frame before `offset` had been durable.
    pub(crate) fn witness(self, offset: u64) -> Witness {
        match self {
            Voucher::Head => Witness::Head { offset },
            Voucher::Checkpoint => Witness::Checkpoint { offset },
            Voucher::Backup => Witness::Backup { offset },
            Voucher::Image => Witness::Image { offset },
        }
    }

    pub(crate) fn knows_another(self) -> &'static str {
        match self {
            Voucher::Head => "HEAD knows another frame before this place",
            Voucher::Checkpoint => "a signed checkpoint knows another frame before this place",
            Voucher::Backup => "the backup knows another frame before this place",
            Voucher::Image => "an image of the fold knows another frame before this place",
        }
    }

    pub(crate) fn names_inside(self) -> &'static str {
        match self {
            Voucher::Head => "HEAD names a place inside it",
            Voucher::Checkpoint => "a signed checkpoint names a place inside it",
            Voucher::Backup => "the backup names a place inside it",
            Voucher::Image => "an image of the fold names a place inside it",
        }
    }
}

/// The places that were vouched for and are still to be met, in the order of the log. A place takes about
/// 200 bytes.
#[derive(Debug, Default)]
pub(crate) struct Expected(BTreeMap<(u64, u32), Vec<Vouched>>);

impl Expected {
    pub(crate) fn of(vouched: impl IntoIterator<Item = Vouched>) -> Expected {
        let mut expected = Expected::default();
        for vouched in vouched {
            let place = (vouched.position.segment, vouched.position.offset);
            expected.0.entry(place).or_default().push(vouched);
        }
        expected
    }

    /// Those of this very place: they are met.
    pub(crate) fn take(&mut self, segment: u64, offset: u32) -> Vec<Vouched> {
        self.0.remove(&(segment, offset)).unwrap_or_default()
    }

    /// The first of this segment that was not met.
    pub(crate) fn first_in(&self, segment: u64) -> Option<&Vouched> {
        self.0.range((segment, 0)..=(segment, u32::MAX)).next()?.1.first()
    }

    /// The last of this segment that was not met: it proves most.
    pub(crate) fn last_in(&self, segment: u64) -> Option<&Vouched> {
        self.0.range((segment, 0)..=(segment, u32::MAX)).next_back()?.1.first()
    }

    /// The first of a segment after this one.
    pub(crate) fn first_after(&self, segment: u64) -> Option<&Vouched> {
        self.0.range((segment.saturating_add(1), 0)..).next()?.1.first()
    }
}
