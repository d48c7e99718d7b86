//! Event by event, as a server that runs takes them: a cube moved by micro-batches, and every question kept up to
//! date by these.

use std::sync::Arc;

use domain::Timestamp;
use domain::city::City;
use domain::intake::EARLIEST;
use domain::state::{Changes, State};
use domain::symbol::Symbols;
use engine::{Cube, QueryError, Registry, Topic};
use toancanh_log::StoredRecord;

use super::RecomputeError;
use super::numbers::questions;
use crate::store::{StoreError, record};

/// Records of one step: about what comes in between two ticks of a busy city.
const STEP_RECORDS: usize = 500;

pub(super) struct Live {
    state: State,
    cube: Cube,
    changes: Changes,
    waiting: usize,
    topics: Vec<Topic>,
    /// The latest that any record was taken at.
    at: Timestamp,
}

impl Live {
    pub(super) fn new(city: &Arc<City>) -> Result<Self, QueryError> {
        let state = State::new(city.clone(), Symbols::default(), EARLIEST);
        let cube = Cube::from_state(&state, Arc::new(Registry::standard()))?;
        let frozen = cube.freeze(state.clone());
        let topics = questions().map(|query| Topic::new(&frozen, query)).collect::<Result<_, _>>()?;
        let at = EARLIEST;
        Ok(Self { state, cube, changes: Changes::default(), waiting: 0, topics, at })
    }

    pub(super) fn take(&mut self, stored: &StoredRecord) -> Result<(), RecomputeError> {
        match record::event(stored, self.state.city(), self.state.symbols()) {
            Ok(event) => {
                self.at = self.at.max(event.recorded);
                self.state.apply(event, &mut self.changes);
            }
            // The other way counts them.
            Err(StoreError::NotAnEvent { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        self.waiting += 1;
        if self.waiting >= STEP_RECORDS { Ok(self.step(self.at)?) } else { Ok(()) }
    }

    fn step(&mut self, at: Timestamp) -> Result<(), QueryError> {
        self.waiting = 0;
        let at = super::later(at, &self.state);
        self.state.advance(at, &mut self.changes);
        let batch = self.cube.take(&std::mem::take(&mut self.changes))?;
        let frozen = self.cube.freeze(self.state.clone());
        for topic in &mut self.topics {
            topic.step(&batch, &frozen);
        }
        Ok(())
    }

    /// Takes in what waits and moves to an instant.
    pub(super) fn finish(&mut self, at: Timestamp) -> Result<(), QueryError> {
        self.step(at)
    }

    pub(super) fn at(&self) -> Timestamp {
        self.at
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// The answers, in the order of [`questions`].
    pub(super) fn topics(&self) -> &[Topic] {
        &self.topics
    }
}
