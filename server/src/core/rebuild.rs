//! After a start: the log is read again, and nobody is shown a number until all of it is in.

use std::collections::HashSet;
use std::sync::Arc;

use super::Snapshot;
use super::tick::{Take, Ticker, Waiting};
use crate::image::Kept;
use crate::rebuilding::Stage;
use crate::store::{StoreError, record};
use domain::case::CaseIx;
use domain::city::City;
use domain::state::{Changes, State};
use domain::symbol::Symbols;
use domain::{Seq, Timestamp};
use engine::Cube;
use toancanh_log::StoredRecord;

/// So many records are read as events at once: a few megabytes.
const RECORDS_AT_ONCE: usize = 8_192;
/// So many changed counts are taken in at once while the log after an image is read.
const ROWS_AT_ONCE: usize = 1 << 16;

/// Reads the records of the log, after those that are in the state that was `kept`, into a state and its
/// history, saying how far it has come.
pub(super) fn read_log(
    waiting: Waiting,
    kept: impl FnOnce(&Arc<City>, Timestamp) -> Option<Kept>,
    replay: impl FnOnce(Seq, &mut Take<'_>) -> Result<(), StoreError>,
) -> Result<Ticker, StoreError> {
    let city = Arc::new(waiting.parts().city.city.clone());
    let now = waiting.parts().clock.now();
    let registry = waiting.parts().registry.clone();
    let (mut state, mut cube) = match kept(&city, now) {
        Some(Kept { state, counts }) => (state, Some(Cube::of_image(counts, registry.clone()))),
        None => (State::new(city.clone(), Symbols::default(), now), None),
    };
    let symbols = state.symbols().clone();
    let telemetry = waiting.parts().telemetry.clone();
    let mut held: HashSet<CaseIx> = HashSet::new();
    let mut say = Say { waiting: &waiting, shown: 0 };
    let begun = state.seq().0;
    let mut hold = |records: &mut Vec<StoredRecord>| {
        for event in record::events(records, &city, &symbols) {
            match event {
                Ok(event) => held.extend(state.hold(event)),
                // It passed the gate of an earlier build. The numbers are shown without it, and that is said.
                Err(error @ StoreError::NotAnEvent { .. }) => telemetry.record_is_unreadable(&error),
                Err(error) => return Err(error),
            }
        }
        records.clear();
        Ok(())
    };
    let mut records = Vec::with_capacity(RECORDS_AT_ONCE);
    replay(Seq(begun + 1), &mut |stored, last| {
        let seq = stored.seq.get();
        records.push(stored);
        if records.len() == RECORDS_AT_ONCE {
            hold(&mut records)?;
            say.came(Stage::Reading, seq - begun, last.0.saturating_sub(begun));
        }
        Ok(())
    })?;
    hold(&mut records)?;
    // A case is folded once, whatever number of events it has.
    let mut unread = Changes::default();
    let cases = held.len() as u64;
    for (done, ix) in (0..).zip(held) {
        state.fold_again(ix, &mut unread);
        match &mut cube {
            // Every case is counted when all are folded.
            None => unread = Changes::default(),
            Some(cube) if unread.rows.len() >= ROWS_AT_ONCE => {
                cube.catch_up(&unread.rows)?;
                unread = Changes::default();
            }
            Some(_) => {}
        }
        say.came(Stage::Folding, done, cases);
    }
    say.came(Stage::Counting, 0, 1);
    let cube = match cube {
        Some(mut cube) => {
            cube.catch_up(&unread.rows)?;
            cube
        }
        None => Cube::from_state(&state, registry)?,
    };
    Ok(waiting.go(state, cube))
}

/// Says how far it has come, to everyone who looks at snapshots.
struct Say<'a> {
    waiting: &'a Waiting,
    shown: u8,
}

impl Say<'_> {
    fn came(&mut self, stage: Stage, done: u64, of: u64) {
        let progress = &self.waiting.parts().progress;
        progress.came(stage, done, of);
        if progress.percent() <= self.shown {
            return;
        }
        self.shown = progress.percent();
        // Readers see only how far it has come: the numbers stay those of an empty city.
        let (epoch, frozen) = (self.waiting.epoch(), self.waiting.frozen());
        self.waiting.publish(Snapshot { epoch, tick: 0, frozen, rebuilding: Some(self.shown) });
    }
}
