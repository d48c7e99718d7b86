//! What is known of one case, in the words of `interfaces.md`: the ground on which rules stand.
//!
//! A fact holds from an instant on, the `time` of the event that brought it. The order in which
//! facts are given means nothing.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// One thing that an event said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The event's time: from then on it counts.
    pub at: Timestamp,
    /// What decides between facts of one instant: the event's source and id.
    pub tie: Arc<str>,
    /// What it says.
    pub what: What,
}

/// What a fact says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum What {
    /// A flag is set, or taken back, or no longer stated.
    Flag {
        /// Its word.
        name: Arc<str>,
        /// What it is; `None` is "as if nothing had been said".
        holds: Option<bool>,
    },
    /// An attribute has a value, or none.
    Attribute {
        /// Its word.
        name: Arc<str>,
        /// The value's word.
        value: Option<Arc<str>>,
    },
    /// An instant that the case itself has, such as `due_at`.
    Instant {
        /// Its word.
        name: Arc<str>,
        /// When; `None` is "no longer stated".
        instant: Option<Timestamp>,
    },
    /// It is the same report as another case's, sent once more: it has no clocks of its own.
    Copied,
    /// A step was taken.
    Step {
        /// Its word.
        name: Arc<str>,
        /// When it was done, where that is not the event's time.
        done_at: Option<Timestamp>,
        /// What came with it.
        evidence: Box<[Arc<str>]>,
    },
    /// A time was promised.
    Committed {
        /// Which promise, such as `committed_completion_at`.
        commitment: Arc<str>,
        /// By when.
        until: Timestamp,
        /// What came with it.
        evidence: Box<[Arc<str>]>,
    },
    /// Handling waits.
    Suspended,
    /// Handling goes on.
    Resumed,
}

impl What {
    /// Shows each of the words that many facts share.
    pub(crate) fn each_word(&mut self, mut show: impl FnMut(&mut Arc<str>)) {
        match self {
            Self::Flag { name, .. } | Self::Instant { name, .. } => show(name),
            Self::Attribute { name, value } => [name].into_iter().chain(value).for_each(show),
            Self::Step { name: word, evidence, .. } | Self::Committed { commitment: word, evidence, .. } => {
                show(word);
                evidence.iter_mut().for_each(show);
            }
            Self::Copied | Self::Suspended | Self::Resumed => {}
        }
    }
}

impl Fact {
    /// A fact without a tie.
    #[must_use]
    pub fn new(at: Timestamp, what: What) -> Self {
        Self { at, tie: Arc::from(""), what }
    }

    /// A step at its event's time, with nothing attached.
    #[must_use]
    pub fn step(at: Timestamp, name: &str) -> Self {
        Self::new(at, What::Step { name: name.into(), done_at: None, evidence: Box::default() })
    }

    /// A flag that is set or taken back.
    #[must_use]
    pub fn flag(at: Timestamp, name: &str, holds: bool) -> Self {
        Self::new(at, What::Flag { name: name.into(), holds: Some(holds) })
    }

    /// An attribute's value.
    #[must_use]
    pub fn attribute(at: Timestamp, name: &str, value: &str) -> Self {
        Self::new(at, What::Attribute { name: name.into(), value: Some(value.into()) })
    }

    /// A promise.
    #[must_use]
    pub fn committed(at: Timestamp, commitment: &str, until: Timestamp) -> Self {
        Self::new(at, What::Committed { commitment: commitment.into(), until, evidence: Box::default() })
    }

    /// The order in which facts count: time, then kind, then source and id. Content is last, so that
    /// no two different facts are equal in it.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        (self.at, self.what.rank(), &self.tie, &self.what).cmp(&(
            other.at,
            other.what.rank(),
            &other.tie,
            &other.what,
        ))
    }
}

impl What {
    /// The order of kinds at one instant: what a case is comes before what is done.
    fn rank(&self) -> u8 {
        match self {
            Self::Flag { .. } | Self::Attribute { .. } | Self::Instant { .. } => 1,
            Self::Copied => 2,
            // A return belongs to the unit that had the case, a forward to the one that gets it.
            Self::Step { name, .. } if &**name == "returned" => 3,
            Self::Step { name, .. } if &**name == "forwarded" => 4,
            Self::Step { .. } | Self::Committed { .. } | Self::Suspended | Self::Resumed => 5,
        }
    }
}
