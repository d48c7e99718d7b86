//! All events of a case together, as a start reads them.

use std::collections::HashSet;
use std::sync::Arc;

use domain::Timestamp;
use domain::case::CaseIx;
use domain::city::City;
use domain::state::{Changes, State};
use domain::symbol::Symbols;
use toancanh_log::StoredRecord;

use crate::store::{StoreError, record};

/// A state in the making.
pub(super) struct AtOnce {
    state: State,
    held: HashSet<CaseIx>,
    unreadable: u64,
}

impl AtOnce {
    pub(super) fn new(city: &Arc<City>) -> Self {
        let state = State::new(city.clone(), Symbols::default(), Timestamp::MIN);
        Self { state, held: HashSet::new(), unreadable: 0 }
    }

    pub(super) fn take(&mut self, stored: &StoredRecord) -> Result<(), StoreError> {
        match record::event(stored, self.state.city(), self.state.symbols()) {
            Ok(event) => self.held.extend(self.state.hold(event)),
            Err(StoreError::NotAnEvent { .. }) => self.unreadable += 1,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Records that are no events that this program can read: left out here as a start leaves them out.
    pub(super) fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// The state of what was taken so far.
    pub(super) fn state(&mut self) -> &State {
        for ix in self.held.drain() {
            self.state.fold_again(ix, &mut Changes::default());
        }
        &self.state
    }

    /// The state of all, at an instant.
    pub(super) fn finish(mut self, at: Timestamp) -> State {
        self.state();
        let at = super::later(at, &self.state);
        self.state.advance(at, &mut Changes::default());
        self.state
    }
}
