//! A state as bytes, and back: what a start begins with, instead of folding the whole log again.
//!
//! The bytes are of one build of the product and of one city's folder, and no promise to any other:
//! whoever keeps them sees to that, and to their being whole. They come in a head and in parts, so that
//! several threads can read them.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::{HashMap, Vector};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::rivals::Standing;
use super::{Note, Queue, SourceState, State, next_instant};
use crate::case::{Attrs, Case, CaseIx};
use crate::city::City;
use crate::event::Event;
use crate::regulation::requirement::Requirement;
use crate::symbol::Symbols;
use crate::time::{Seq, Timestamp};

/// How many cases a part holds.
const CASES_OF_PART: usize = 4_096;

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
}

/// Some of its cases, each with the next instant at which it moves by itself.
#[derive(Debug)]
pub struct ImagePart(Vec<(Arc<Case>, Timestamp)>);

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
        };
        Ok(postcard::to_allocvec(&head)?)
    }

    /// The cases, part by part.
    pub fn image_parts(&self) -> impl Iterator<Item = Result<Vec<u8>, ImageError>> {
        let starts = (0..self.cases.len()).step_by(CASES_OF_PART);
        starts.map(|start| {
            let cases = self.cases.skip(start);
            let part: Vec<&Case> = cases.iter().take(CASES_OF_PART).map(Arc::as_ref).collect();
            Ok(postcard::to_allocvec(&part)?)
        })
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
        let mut timers = Vec::new();
        for (ix, (case, next)) in (0..).map(CaseIx).zip(parts.into_iter().flat_map(|part| part.0)) {
            by_code.insert(case.code.clone(), ix);
            if next < Timestamp::MAX {
                timers.push(((next, ix), case.version));
            }
            cases.push_back(case);
        }
        if cases.len() as u64 != head.cases || by_code.len() != cases.len() {
            return Err(ImageError(format!("{} cases of {}", cases.len(), head.cases)));
        }
        state.seq = head.seq;
        state.events = head.events;
        state.cases = cases;
        state.by_code = by_code;
        state.timers = timers.into_iter().collect();
        state.sources = head.sources;
        state.notes = head.notes.into_iter().collect();
        state.rivals = head.rivals.into_iter().collect();
        let key = |queue: &Queue| (queue.counter.unit, queue.counter.counter.clone());
        state.queues = head.queues.into_iter().map(|queue| (key(&queue), queue)).collect();
        Ok(state)
    }
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

    /// Reads one of the parts.
    ///
    /// # Errors
    /// [`ImageError`].
    pub fn part(&self, bytes: &[u8]) -> Result<ImagePart, ImageError> {
        let mut words = Words::default();
        let cases: Vec<Case> = postcard::from_bytes(bytes)?;
        let with_next = cases.into_iter().map(|mut case| {
            words.share(&mut case);
            let points = case.timeline.as_ref().map(|timeline| timeline.points()).unwrap_or_default();
            let next = next_instant(&points, case.timeline.as_ref(), self.at);
            (Arc::new(case), next)
        });
        Ok(ImagePart(with_next.collect()))
    }
}

/// Words that many events share, each kept once: without this a state that was read would be twice as
/// large as the one that was written.
#[derive(Default)]
struct Words {
    words: FxHashSet<Arc<str>>,
    requirements: Vec<Arc<Requirement>>,
}

impl Words {
    fn share(&mut self, case: &mut Case) {
        for event in &mut case.events {
            // Nobody else holds it yet.
            let Some(event) = Arc::get_mut(event) else { continue };
            self.share_event(event, &case.code);
        }
        let Some(timeline) = &mut case.timeline else { return };
        let mut known: Vec<Arc<Attrs>> = Vec::new();
        let flows = timeline.flows.iter_mut().map(|flow| &mut flow.attrs);
        for attrs in timeline.segments.iter_mut().map(|segment| &mut segment.attrs).chain(flows) {
            match known.iter().find(|known| *known == attrs) {
                Some(known) => *attrs = known.clone(),
                None => known.push(attrs.clone()),
            }
        }
        for unmet in &mut timeline.unmet {
            self.requirement(&mut unmet.requirement);
        }
        for escalation in &mut timeline.escalations {
            self.word(&mut escalation.action);
            self.word(&mut escalation.rule);
        }
    }

    fn share_event(&mut self, event: &mut Event, code: &Arc<str>) {
        if event.subject == *code {
            event.subject = code.clone();
        }
        self.word(&mut event.source);
        if let Some(bound_to) = &mut event.bound_to {
            self.word(bound_to);
        }
        let mut tie: Option<Arc<str>> = None;
        for fact in &mut event.facts {
            match &tie {
                Some(tie) if **tie == *fact.tie => fact.tie = tie.clone(),
                _ => tie = Some(fact.tie.clone()),
            }
            fact.what.each_word(|word| self.word(word));
        }
    }

    fn word(&mut self, word: &mut Arc<str>) {
        match self.words.get(word) {
            Some(known) => *word = known.clone(),
            None => drop(self.words.insert(word.clone())),
        }
    }

    fn requirement(&mut self, requirement: &mut Arc<Requirement>) {
        match self.requirements.iter().find(|known| *known == requirement) {
            Some(known) => *requirement = known.clone(),
            None => self.requirements.push(requirement.clone()),
        }
    }
}
