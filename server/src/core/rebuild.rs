//! After a start: the log is read again, and nobody is shown a number until all of it is in.

use std::sync::Arc;

use domain::state::{Changes, State};
use domain::symbol::Symbols;
use engine::Cube;
use toancanh_log::StoredRecord;

use super::Snapshot;
use super::tick::{Ticker, Waiting};
use crate::store::{StoreError, record};

/// Reads every record of the log into a state and its history, saying how far it has come.
pub(super) fn read_log(
    waiting: Waiting,
    replay: impl FnOnce(&mut dyn FnMut(StoredRecord, u8) -> Result<(), StoreError>) -> Result<(), StoreError>,
) -> Result<Ticker, StoreError> {
    let city = Arc::new(waiting.parts().city.city.clone());
    let mut state = State::new(city.clone(), Symbols::default(), waiting.parts().clock.now());
    let symbols = state.symbols().clone();
    // What is counted is taken from the finished state, so that a case with a long story is not
    // counted once for each of its events.
    let mut unread = Changes::default();
    let mut shown = 0;
    replay(&mut |stored, percent| {
        state.apply(record::event(&stored, &city, &symbols)?, &mut unread);
        unread = Changes::default();
        if percent > shown {
            shown = percent;
            say(&waiting, percent);
        }
        Ok(())
    })?;
    let cube = Cube::from_state(&state, waiting.parts().registry.clone())?;
    Ok(waiting.go(state, cube))
}

fn say(waiting: &Waiting, percent: u8) {
    // Readers see only how far it has come: the numbers stay those of an empty city.
    let frozen = waiting.frozen();
    waiting.publish(Snapshot { epoch: waiting.epoch(), tick: 0, frozen, rebuilding: Some(percent) });
}
