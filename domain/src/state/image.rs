//! A state as bytes, and back: what a start begins with, instead of folding the whole log again.
//!
//! The bytes are of one build of the product and of one city's folder, and no promise to any other:
//! whoever keeps them sees to that, and to their being whole. They come in a head and in parts, so that
//! several threads can read them. Of a part only the list of its cases is read at once; each case is read
//! when somebody looks at it ([`crate::packed`]).

mod words;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use imbl::{HashMap, Vector};
use serde::{Deserialize, Serialize};

use super::rivals::Standing;
use super::{Note, Queue, SourceState, State};
use crate::alarm::Handled;
use crate::case::{Case, CaseIx};
use crate::city::City;
use crate::directive::Directive;
use crate::packed::{Packed, Written};
use crate::scene::saved::Versions;
use crate::screen::Screen;
use crate::shift::Duty;
use crate::symbol::Symbols;
use crate::time::{Seq, Timestamp};

pub use words::Words;

/// How many cases a part holds.
pub const CASES_OF_PART: usize = 4_096;

/// An event's source and id.
type Identity = (Arc<str>, Arc<str>);

/// Why bytes are no image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no image of a state of this build: {0}")]
pub struct ImageError(String);

impl From<postcard::Error> for ImageError {
    fn from(error: postcard::Error) -> Self {
        Self(error.to_string())
    }
}

/// All of a state but its cases.
#[derive(Debug, Serialize, Deserialize)]
pub struct ImageHead {
    at: Timestamp,
    seq: Seq,
    events: u64,
    cases: u64,
    symbols: Vec<Arc<str>>,
    sources: BTreeMap<Arc<str>, SourceState>,
    notes: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Note>>,
    rivals: Vec<(Identity, Standing)>,
    queues: Vec<Queue>,
    directives: Vec<(Arc<str>, Directive)>,
    alarms: Vec<(Arc<str>, Handled)>,
    duties: Vec<(Arc<str>, Duty)>,
    screens: Vec<(Arc<str>, Screen)>,
    /// As JSON: what a panel does not say is left out, which the image's own form cannot.
    scenes: String,
    /// When cases move by themselves.
    timers: Vec<((Timestamp, CaseIx), u32)>,
}

/// Some of its cases.
pub struct ImagePart(Vec<Arc<Case>>);

/// What is read of each case at once. A part is the list of them with its length before it (`u32`,
/// little-endian), and behind it for each case its events and its timeline.
#[derive(Serialize, Deserialize)]
struct Listed {
    code: Arc<str>,
    last_seq: Seq,
    version: u32,
    events_bytes: u32,
    timeline_bytes: u32,
}

impl State {
    /// All but the cases.
    ///
    /// # Errors
    /// [`ImageError`] where there is no memory for it.
    pub fn image_head(&self) -> Result<Vec<u8>, ImageError> {
        let head = ImageHead {
            at: self.at,
            seq: self.seq,
            events: self.events,
            cases: self.cases.len() as u64,
            symbols: self.symbols.names(),
            sources: self.sources.clone(),
            notes: self.notes.iter().map(|(case, notes)| (case.clone(), notes.clone())).collect(),
            rivals: self.rivals.iter().map(|(of, standing)| (of.clone(), standing.clone())).collect(),
            queues: self.queues.values().cloned().collect(),
            directives: self.directives.iter().map(|(name, said)| (name.clone(), said.clone())).collect(),
            alarms: self.alarms.iter().map(|(name, handled)| (name.clone(), handled.clone())).collect(),
            duties: self.duties.iter().map(|(name, duty)| (name.clone(), duty.clone())).collect(),
            screens: self.screens.iter().map(|(name, screen)| (name.clone(), screen.clone())).collect(),
            scenes: serde_json::to_string(&self.scenes).map_err(|error| ImageError(error.to_string()))?,
            timers: self.timers.iter().map(|(timer, version)| (*timer, *version)).collect(),
        };
        Ok(postcard::to_allocvec(&head)?)
    }

    /// Which cases each part holds, by their places.
    pub fn image_stretches(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let cases = self.cases.len();
        (0..cases).step_by(CASES_OF_PART).map(move |start| start..(start + CASES_OF_PART).min(cases))
    }

    /// The cases at these places.
    ///
    /// # Errors
    /// [`ImageError`] where there is no memory for it.
    pub fn image_part(&self, places: Range<usize>) -> Result<Vec<u8>, ImageError> {
        let (mut listed, mut bodies) = (Vec::with_capacity(places.len()), Vec::new());
        for case in self.cases.skip(places.start).iter().take(places.len()) {
            let start = bodies.len();
            bodies = case.events.write(bodies)?;
            let middle = bodies.len();
            bodies = case.timeline.write(bodies)?;
            listed.push(Listed {
                code: case.code.clone(),
                last_seq: case.last_seq,
                version: case.version,
                events_bytes: length(middle - start)?,
                timeline_bytes: length(bodies.len() - middle)?,
            });
        }
        let listed = postcard::to_allocvec(&listed)?;
        Ok([&length(listed.len())?.to_le_bytes()[..], &listed, &bodies].concat())
    }

    /// The state that an image is of; `parts` in their order.
    ///
    /// # Errors
    /// [`ImageError`] where they are not those of the head.
    pub fn of_image(
        city: Arc<City>,
        head: ImageHead,
        parts: impl IntoIterator<Item = ImagePart>,
    ) -> Result<Self, ImageError> {
        let symbols = Symbols::of(head.symbols).ok_or_else(|| ImageError("other words".to_owned()))?;
        let mut state = Self::new(city, symbols, head.at);
        let (mut cases, mut by_code) = (Vector::new(), HashMap::new());
        for (ix, case) in (0..).map(CaseIx).zip(parts.into_iter().flat_map(|part| part.0)) {
            by_code.insert(case.code.clone(), ix);
            cases.push_back(case);
        }
        if cases.len() as u64 != head.cases || by_code.len() != cases.len() {
            return Err(ImageError(format!("{} cases of {}", cases.len(), head.cases)));
        }
        state.seq = head.seq;
        state.events = head.events;
        state.cases = cases;
        state.by_code = by_code;
        state.timers = head.timers.into_iter().collect();
        state.sources = head.sources;
        state.notes = head.notes.into_iter().collect();
        state.rivals = head.rivals.into_iter().collect();
        state.directives = head.directives.into_iter().collect();
        state.alarms = head.alarms.into_iter().collect();
        state.duties = head.duties.into_iter().collect();
        let key = |queue: &Queue| (queue.counter.unit, queue.counter.counter.clone());
        state.screens = head.screens.into_iter().collect();
        state.scenes = serde_json::from_str::<Versions>(&head.scenes)
            .map_err(|error| ImageError(format!("scenes: {error}")))?;
        state.queues = head.queues.into_iter().map(|queue| (key(&queue), queue)).collect();
        Ok(state)
    }
}

fn length(bytes: usize) -> Result<u32, ImageError> {
    u32::try_from(bytes).map_err(|_| ImageError(format!("a part of {bytes} bytes")))
}

impl ImageHead {
    /// Reads what [`State::image_head`] wrote.
    ///
    /// # Errors
    /// [`ImageError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ImageError> {
        Ok(postcard::from_bytes(bytes)?)
    }

    /// Every event up to here is in.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// How many cases all parts have.
    #[must_use]
    pub fn cases(&self) -> u64 {
        self.cases
    }
}

impl ImagePart {
    /// Reads one of the parts.
    ///
    /// # Errors
    /// [`ImageError`].
    pub fn read(bytes: Vec<u8>) -> Result<Self, ImageError> {
        let cut_off = || ImageError("a part is cut off".to_owned());
        let (length, rest) = bytes.split_first_chunk().ok_or_else(cut_off)?;
        let listed_bytes = u32::from_le_bytes(*length);
        let listed = rest.get(..listed_bytes as usize).ok_or_else(cut_off)?;
        let listed: Vec<Listed> = postcard::from_bytes(listed)?;
        let mut at = listed_bytes.saturating_add(4);
        let written = Arc::new(Written::new(bytes));
        let mut place = |bytes: u32| {
            let start = at;
            at = at.saturating_add(bytes);
            start..at
        };
        let mut cases = Vec::with_capacity(listed.len());
        for one in listed {
            let (events, timeline) = (place(one.events_bytes), place(one.timeline_bytes));
            let case = Case {
                code: one.code,
                events: Packed::of(written.clone(), events).ok_or_else(cut_off)?,
                timeline: Packed::of(written.clone(), timeline).ok_or_else(cut_off)?,
                last_seq: one.last_seq,
                version: one.version,
            };
            cases.push(Arc::new(case));
        }
        Ok(Self(cases))
    }
}
