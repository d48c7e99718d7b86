//! After a start: the log is read again, and nobody is shown a number until all of it is in.

use std::collections::HashSet;
use std::sync::Arc;

use super::Snapshot;
use super::tick::{Take, Ticker, Waiting};
use crate::store::{StoreError, record};
use domain::case::CaseIx;
use domain::city::City;
use domain::state::{Changes, State};
use domain::symbol::Symbols;
use domain::{Seq, Timestamp};
use engine::Cube;

/// Reads the records of the log, after those that are in the state that was `kept`, into a state and its
/// history, saying how far it has come.
pub(super) fn read_log(
    waiting: Waiting,
    kept: impl FnOnce(&Arc<City>, Timestamp) -> Option<State>,
    replay: impl FnOnce(Seq, &mut Take<'_>) -> Result<(), StoreError>,
) -> Result<Ticker, StoreError> {
    let city = Arc::new(waiting.parts().city.city.clone());
    let now = waiting.parts().clock.now();
    let kept = kept(&city, now);
    let mut state = kept.unwrap_or_else(|| State::new(city.clone(), Symbols::default(), now));
    let symbols = state.symbols().clone();
    let telemetry = waiting.parts().telemetry.clone();
    let mut held: HashSet<CaseIx> = HashSet::new();
    let mut shown = 0;
    replay(Seq(state.seq().0 + 1), &mut |stored, percent| {
        match record::event(&stored, &city, &symbols) {
            Ok(event) => held.extend(state.hold(event)),
            // It passed the gate of an earlier build. The numbers are shown without it, and that is said.
            Err(error @ StoreError::NotAnEvent { .. }) => telemetry.record_is_unreadable(&error),
            Err(error) => return Err(error),
        }
        if percent > shown {
            shown = percent;
            say(&waiting, percent);
        }
        Ok(())
    })?;
    // A case is folded once, whatever number of events it has.
    let mut unread = Changes::default();
    for ix in held {
        state.fold_again(ix, &mut unread);
        unread = Changes::default();
    }
    let cube = Cube::from_state(&state, waiting.parts().registry.clone())?;
    Ok(waiting.go(state, cube))
}

fn say(waiting: &Waiting, percent: u8) {
    // Readers see only how far it has come: the numbers stay those of an empty city.
    let frozen = waiting.frozen();
    waiting.publish(Snapshot { epoch: waiting.epoch(), tick: 0, frozen, rebuilding: Some(percent) });
}
