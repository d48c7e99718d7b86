//! Every number once more, from the log alone: what `toancanh verify` holds against what was kept and shown.
//!
//! The events are folded twice, on two ways that must meet. *At once*: all events of a case together, then history
//! scanned by polars; so does a start without an image. *Live*: event by event as they came, the cube moved by
//! micro-batches and every question kept up to date by them; so does a server that runs. What an image holds, or a
//! server says, is held against the first way.
//!
//! Not here: checksums and the chain of the log, which are found whole before ([`toancanh_log::verify`]).

mod at_once;
mod live;
mod numbers;
mod sums;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use domain::city::City;
use domain::state::State;
use domain::{Seq, Timestamp};
use engine::{Cube, Frozen, QueryError, Registry, evaluate};
use sha2::{Digest as _, Sha256};
use toancanh_log::keys::LogKeys;
use toancanh_log::{Beheld, ClusterId, OpenError, RealDisk, StoredRecord, Verified};

use crate::image::{ImageFault, Images, Kept, Looked};
use crate::store::{LOG, StoreError};

pub(crate) use numbers::{Difference, questions, rows, words};

use at_once::AtOnce;
use live::Live;

/// Why nothing could be computed.
#[derive(Debug, thiserror::Error)]
pub enum RecomputeError {
    /// Reading the log.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// Reading a record.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Counting.
    #[error(transparent)]
    Count(#[from] QueryError),
}

/// Something that is not as the events make it. The first one that was met.
#[derive(Debug)]
pub enum Fault {
    /// An image cannot be read as it was written.
    Image(String),
    /// An image is of another record than the log holds at its place.
    OtherRecord {
        /// The image and the place.
        what: String,
    },
    /// Two states that should be one.
    State {
        /// What holds the other state, and at which event.
        what: String,
        /// The digest that these events make.
        ours: String,
        /// The digest that was met.
        theirs: String,
    },
    /// Two numbers that should be one.
    Number {
        /// What says the other number.
        what: String,
        /// Which number it is.
        difference: Difference,
    },
    /// Numbers that do not add up.
    Sum(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(what) | Self::Sum(what) | Self::OtherRecord { what } => f.write_str(what),
            Self::State { what, ours, theirs } => {
                write!(f, "{what} is not what these events make: its digest is {theirs}, theirs is {ours}")
            }
            Self::Number { what, difference } => write!(f, "{what}: {difference}"),
        }
    }
}

/// What was found.
pub struct Recomputed {
    /// One line for each thing that was checked, its name first, a tab between.
    pub lines: Vec<String>,
    /// The first thing that is not so.
    pub fault: Option<Fault>,
    /// The city's numbers as they stand at the end of the log, to be held against what a server says.
    pub(crate) frozen: Frozen,
}

/// What is computed from.
pub struct From<'a> {
    /// The data's folder.
    pub data: &'a Path,
    /// Its log, found whole.
    pub log: &'a Verified,
    /// What opens it, where it is encrypted.
    pub log_keys: Option<Arc<LogKeys>>,
    /// The city, with the laws that held for the data.
    pub city: Arc<City>,
    /// The last event to take; `None`: all.
    pub until: Option<Seq>,
}

/// Folds the log and compares.
///
/// # Errors
/// [`RecomputeError`] says what could not be read.
pub fn recompute(from: &From<'_>) -> Result<Recomputed, RecomputeError> {
    let (cluster, keys): (ClusterId, _) = (from.log.cluster, from.log_keys.clone());
    let mut images = Images::of(from.data).look(&from.city, &cluster, keys.as_deref());
    let mut lines = Vec::new();
    let mut faults = Vec::new();
    let mut at_once = AtOnce::new(&from.city);
    let mut live = Live::new(&from.city)?;
    let disk: Arc<dyn toancanh_log::Disk> = Arc::new(RealDisk);
    for stored in Beheld::new(&disk, &from.data.join(LOG), cluster, from.log.position.clone(), keys) {
        let stored = stored?;
        if from.until.is_some_and(|until| stored.seq.get() > until.0) {
            break;
        }
        at_once.take(&stored)?;
        live.take(&stored)?;
        for image in take_of(&mut images, &stored) {
            let (line, fault) = check_image(image, &stored, &mut at_once)?;
            lines.extend(line);
            faults.extend(fault);
        }
    }
    // What was made later than what is looked at says nothing here.
    let is_later = |image: &Looked| match (&image.of, from.until) {
        (Some((seq, _)), Some(until)) => *seq > until,
        _ => false,
    };
    for image in images.into_iter().filter(|image| !is_later(image)) {
        let (line, fault) = left_over(image);
        lines.extend(line);
        faults.extend(fault);
    }
    let unreadable = at_once.unreadable();
    let state = at_once.finish(live.at());
    live.finish(state.at())?;
    let digest = hex::encode(state.digest());
    let events = state.events();
    let folded =
        format!("fold\t{events} events make {} cases; the state's digest is {digest}", state.cases().len());
    lines.insert(0, folded);
    if unreadable > 0 {
        lines.push(format!("not read\t{unreadable} records are no events that this program can read"));
    }
    let theirs = hex::encode(live.state().digest());
    if theirs != digest {
        faults.push(Fault::State { what: String::from("the state by single steps"), ours: digest, theirs });
    }
    let cube = Cube::from_state(&state, Arc::new(Registry::standard()))?;
    let frozen = cube.freeze(state);
    match numbers::compare(&frozen, &live)? {
        Ok(said) => {
            lines.push(format!("numbers\t{said} of the live cube are those that polars counts from nothing"))
        }
        Err(difference) => faults.push(Fault::Number { what: String::from("the live cube"), difference }),
    }
    match sums::check(&frozen)? {
        Ok(said) => lines.push(format!("sums\t{said}")),
        Err(what) => faults.push(Fault::Sum(what)),
    }
    Ok(Recomputed { lines, fault: faults.into_iter().next(), frozen })
}

impl Recomputed {
    /// The numbers as these events make them at an instant that is not earlier than theirs.
    pub(crate) fn at(&self, at: Timestamp) -> Result<Frozen, QueryError> {
        let mut state = self.frozen.state().clone();
        let at = later(at, &state);
        state.advance(at, &mut domain::state::Changes::default());
        Ok(Cube::from_state(&state, self.frozen.registry().clone())?.freeze(state))
    }
}

/// The images that were made at this record.
fn take_of(images: &mut Vec<Looked>, stored: &StoredRecord) -> Vec<Looked> {
    let is_here = |image: &Looked| image.of.as_ref().is_some_and(|(seq, _)| seq.0 == stored.seq.get());
    images.extract_if(.., |image| is_here(image)).collect()
}

fn check_image(
    image: Looked,
    stored: &StoredRecord,
    at_once: &mut AtOnce,
) -> Result<(Option<String>, Option<Fault>), QueryError> {
    let name = format!("{} at event {}", image.path.display(), stored.seq.get());
    let Kept { state, counts } = match image.state {
        Ok(kept) => kept,
        Err(fault) => return Ok(left(&name, &fault)),
    };
    let record = hex::encode(Sha256::digest(&stored.bytes));
    if image.of.as_ref().is_some_and(|(_, said)| *said != record) {
        let what = format!("{name} was made with another record there than the log holds");
        return Ok((None, Some(Fault::OtherRecord { what })));
    }
    let (ours, theirs) = (hex::encode(at_once.state().digest()), hex::encode(state.digest()));
    if ours != theirs {
        return Ok((None, Some(Fault::State { what: name, ours, theirs })));
    }
    let mut counted = at_once.state().clone();
    counted.advance(later(state.at(), &counted), &mut domain::state::Changes::default());
    let registry = Arc::new(Registry::standard());
    let counted = Cube::from_state(&counted, registry.clone())?.freeze(counted);
    let kept = Cube::of_image(counts, registry).freeze(state);
    let mut numbers = 0;
    for query in questions() {
        match rows(&query, &evaluate(&kept, &query)?.rows, &evaluate(&counted, &query)?.rows) {
            Ok(compared) => numbers += compared,
            Err(difference) => return Ok((None, Some(Fault::Number { what: name, difference }))),
        }
    }
    let said = words(numbers);
    Ok((Some(format!("image\t{name} holds the state that these events make, and its counts: {said}")), None))
}

/// An image at a place that the log does not have.
fn left_over(image: Looked) -> (Option<String>, Option<Fault>) {
    let name = image.path.display().to_string();
    match image.state {
        Err(fault) => left(&name, &fault),
        Ok(kept) => {
            let seq = kept.state.seq().0;
            let what = format!("{name} was made at event {seq}, which the log does not have");
            (None, Some(Fault::OtherRecord { what }))
        }
    }
}

/// One that is of something else is nothing to hold against these events, and a start passes it over; one that is
/// damaged is a fault.
fn left(name: &str, fault: &ImageFault) -> (Option<String>, Option<Fault>) {
    match fault {
        ImageFault::Other { of, .. } => (Some(format!("not compared\t{name}: it was made {of}")), None),
        fault => (None, Some(Fault::Image(fault.to_string()))),
    }
}

/// The instants move on only.
fn later(at: Timestamp, state: &State) -> Timestamp {
    at.max(state.at())
}

#[cfg(test)]
mod tests;
