//! The numbers that a map shows now: the page's own at first, then those that the socket keeps changing.

use domain::wire::WireQuery;
use leptos::prelude::*;

use super::frame::MapRows;
use crate::functions::First;
use crate::live::LiveRows;

/// A hold on them.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    live: LiveRows<MapRows>,
    query: StoredValue<WireQuery>,
    first: StoredValue<MapRows>,
}

impl Shown {
    /// Those of one question.
    pub(super) fn new(live: LiveRows<MapRows>, first: First) -> Self {
        let rows = MapRows::first(&first);
        Self { live, query: StoredValue::new(first.query), first: StoredValue::new(rows) }
    }

    /// Reads them, again with each change.
    pub(super) fn with<R>(self, read: impl FnOnce(&MapRows) -> R) -> R {
        self.query.with_value(|query| {
            self.live.with(query, |held| match held {
                Some(rows) => read(rows),
                None => self.first.with_value(read),
            })
        })
    }

    /// Reads them once.
    pub(super) fn with_untracked<R>(self, read: impl FnOnce(&MapRows) -> R) -> R {
        untrack(|| self.with(read))
    }

    /// The same for whoever may outlive the page.
    #[cfg(feature = "hydrate")]
    pub(super) fn try_with<R>(self, read: impl FnOnce(&MapRows) -> R) -> Option<R> {
        let read = |query: &WireQuery| {
            self.live.try_with_untracked(query, |held| match held {
                Some(rows) => Some(read(rows)),
                None => self.first.try_with_value(read),
            })
        };
        self.query.try_with_value(read).flatten().flatten()
    }
}
