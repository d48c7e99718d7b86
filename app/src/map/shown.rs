//! The numbers that a map shows now: the page's own at first, then those that the socket keeps changing.

use domain::wire::WireQuery;
use leptos::prelude::*;

use super::frame::MapRows;
use crate::functions::First;
use crate::live::LiveRows;

/// A hold on them.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    first: StoredValue<MapRows>,
    follows: Option<(LiveRows<MapRows>, StoredValue<WireQuery>)>,
}

impl Shown {
    /// Those of one question, from now on.
    pub(super) fn new(live: LiveRows<MapRows>, first: First) -> Self {
        let rows = MapRows::first(&first);
        Self { first: StoredValue::new(rows), follows: Some((live, StoredValue::new(first.query))) }
    }

    /// Numbers that stand still.
    pub(super) fn fixed(rows: MapRows) -> Self {
        Self { first: StoredValue::new(rows), follows: None }
    }

    /// Reads them, again with each change.
    pub(super) fn with<R>(self, read: impl FnOnce(&MapRows) -> R) -> R {
        let Some((live, query)) = self.follows else { return self.first.with_value(read) };
        query.with_value(|query| {
            live.with(query, |held| match held {
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
        let Some((live, query)) = self.follows else { return self.first.try_with_value(read) };
        let newest = |query: &WireQuery| {
            live.try_with_untracked(query, |held| match held {
                Some(rows) => Some(read(rows)),
                None => self.first.try_with_value(read),
            })
        };
        query.try_with_value(newest).flatten().flatten()
    }
}
