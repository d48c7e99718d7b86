//! A case as its events make it: where it stood at every instant, and what flowed when.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Judgement, Timeliness};
use crate::dimension::Dimension;
use crate::event::{Event, Flag};
use crate::geo::LatLng;
use crate::packed::Packed;
use crate::regulation::Requirement;
use crate::symbol::Sym;
use crate::time::{Seq, Timestamp};

/// A case by its place in the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CaseIx(pub u32);

/// What a case is counted under: a code for each dimension, and its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attrs {
    /// A code for each dimension, status and timeliness included.
    pub dims: [Sym; Dimension::COUNT],
    /// Where it happened.
    pub point: Option<LatLng>,
    /// Whether one of its codes is not in the catalogue.
    pub unmapped: bool,
}

impl Attrs {
    /// The code of a dimension.
    #[must_use]
    pub fn code(&self, dimension: Dimension) -> Sym {
        self.dims[dimension.index()]
    }

    /// The same with another code in one dimension.
    #[must_use]
    pub fn with(&self, dimension: Dimension, code: Sym) -> Self {
        let mut attrs = self.clone();
        attrs.dims[dimension.index()] = code;
        attrs
    }
}

/// What a point counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Measure {
    /// A level: the case stands open so.
    Open = 0,
    /// A report came in.
    Received = 1,
    /// A case came in: a report that is neither a duplicate nor a copy.
    Case = 2,
    /// A report was found to repeat another.
    Duplicate = 3,
    /// A lead transfer, under its receiver.
    Assigned = 4,
    /// A resolution.
    Resolved = 5,
    /// A reopening.
    Reopened = 6,
    /// A return, under who returned.
    Returned = 7,
    /// A refusal.
    Refused = 8,
    /// A rating.
    Rated = 9,
    /// A case that was taken back or stopped.
    Cancelled = 10,
    /// A rating that counts as satisfied.
    Satisfied = 11,
    /// A case that can be rated: its first resolution.
    Rateable = 12,
    /// A case that can be rated and was, in the period in which it became one that can be.
    Responded = 13,
    /// What a rating says of one criterion.
    CriterionAnswered = 14,
    /// The same where it counts as satisfied.
    CriterionSatisfied = 15,
    /// A case left a stage of service.
    StageLeft = 16,
}

/// One dated, weighted count. A level at T is the sum of the weights with `since` ≤ T; a flow in
/// [a, b) seen at T is the sum of the weights with a ≤ `at` < b and `since` ≤ T.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The deciding instant: in which period it counts.
    pub at: Timestamp,
    /// From when on it counts.
    pub since: Timestamp,
    /// +1 or −1.
    pub weight: i8,
    /// What it counts.
    pub measure: Measure,
    /// How a resolution is judged.
    pub judged: Judgement,
    /// What was measured: of a resolution the whole seconds from received to resolved, of a stage those
    /// that it took, of a rating its score in thousandths on the city's scale.
    pub quantity: Option<i64>,
    /// What it is counted under.
    pub attrs: Arc<Attrs>,
}

/// From `from` on, until the next segment, the case stood so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Since when.
    pub from: Timestamp,
    /// What it is counted under; timeliness is left out, since it moves within the segment.
    pub attrs: Arc<Attrs>,
    /// Whether it counts as open.
    pub open: bool,
    /// The governing clock.
    pub clock: Option<Clock>,
}

/// What the fold makes of a case's events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// The time of its `case.received`.
    pub received_at: Timestamp,
    /// Ascending, never empty, the first at `received_at`.
    pub segments: Vec<Segment>,
    /// Everything that is not a level.
    pub flows: Vec<Point>,
    /// The latest deciding instant of a resolution that still stands at the end.
    pub resolved_at: Option<Timestamp>,
    /// For each event, in the order of the case: whether it was applied, and what is odd.
    pub verdicts: Vec<Verdict>,
    /// What is odd about the case as a whole, ascending.
    pub flags: Vec<Flag>,
    /// The stages of service that it went through, ascending; empty where its life cycle has none.
    pub stages: Vec<StageStay>,
    /// What limits that run out set off, ascending: those that lie ahead come unless somebody acts.
    pub escalations: Vec<Escalation>,
    /// What its regulation asks of its events and they do not have, in the order of the events.
    pub unmet: Vec<Unmet>,
}

/// An event lacks what its regulation asks of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unmet {
    /// The event, by its place in the case.
    pub event: usize,
    /// What is asked.
    pub requirement: Arc<Requirement>,
    /// What did not come; empty where the event came too often.
    pub missing: Vec<String>,
}

/// A stretch in one stage of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageStay {
    /// Which stage.
    pub stage: Sym,
    /// Since when.
    pub from: Timestamp,
    /// Until when; none while the case is in it.
    pub to: Option<Timestamp>,
}

/// A limit ran out, and that sets something off.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Escalation {
    /// From when on it is so.
    pub since: Timestamp,
    /// When the limit ran out: its last instant in time.
    pub at: Timestamp,
    /// What is to be done, such as `escalate_to_unit_head`.
    pub action: Arc<str>,
    /// The rule that says so.
    pub rule: Arc<str>,
}

/// What became of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it changed the case.
    pub applied: bool,
    /// Why not, or what is odd.
    pub flag: Option<Flag>,
}

impl Verdict {
    /// It changed the case.
    pub(crate) const APPLIED: Self = Self { applied: true, flag: None };
    /// Its life cycle has no such way.
    pub(crate) const NOT_ALLOWED: Self = Self::flagged(Flag::NotAllowed);

    /// It changed nothing, and why.
    pub(crate) const fn flagged(flag: Flag) -> Self {
        Self { applied: false, flag: Some(flag) }
    }
}

impl Timeline {
    /// How the case stood at an instant; `None` before it was received.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Option<&Segment> {
        let after = self.segments.partition_point(|segment| segment.from <= at);
        after.checked_sub(1).and_then(|place| self.segments.get(place))
    }

    /// Whether the case stands open after the last of its events.
    #[must_use]
    pub fn is_open_at_the_end(&self) -> bool {
        self.segments.last().is_some_and(|last| last.open)
    }

    /// Every level change and every flow, in no promised order.
    #[must_use]
    pub fn points(&self) -> Vec<Point> {
        let mut points = self.flows.clone();
        let mut held: Option<(Timestamp, Arc<Attrs>)> = None;
        let mut pieces = Vec::new();
        for (place, segment) in self.segments.iter().enumerate() {
            let until = self.segments.get(place + 1).map_or(Timestamp::MAX, |next| next.from);
            segment.pieces(until, &mut pieces);
        }
        for (from, attrs) in pieces {
            if let (Some((_, before)), Some(after)) = (&held, &attrs)
                && before == after
            {
                continue;
            }
            if let Some((_, before)) = held.take() {
                points.push(level(from, -1, before));
            }
            if let Some(attrs) = attrs {
                points.push(level(from, 1, attrs.clone()));
                held = Some((from, attrs));
            }
        }
        points
    }
}

impl Segment {
    /// Where it stands in its limit at an instant.
    #[must_use]
    pub fn timeliness_at(&self, at: Timestamp) -> Timeliness {
        self.clock.map_or(Timeliness::NoDeadline, |clock| clock.timeliness_at(at))
    }

    /// The stretches of equal attributes between `from` and `until`; `None` is "not open".
    fn pieces(&self, until: Timestamp, into: &mut Vec<(Timestamp, Option<Arc<Attrs>>)>) {
        if self.from >= until {
            return;
        }
        if !self.open {
            into.push((self.from, None));
            return;
        }
        let mut starts = vec![self.from];
        if let Some(clock) = self.clock {
            starts.extend([clock.due_soon_at, clock.overdue_at()]);
            starts.retain(|start| *start >= self.from && *start < until);
            starts.sort_unstable();
            starts.dedup();
        }
        for start in starts {
            let timeliness = self.timeliness_at(start).sym();
            into.push((start, Some(Arc::new(self.attrs.with(Dimension::Timeliness, timeliness)))));
        }
    }
}

fn level(at: Timestamp, weight: i8, attrs: Arc<Attrs>) -> Point {
    Point { at, since: at, weight, measure: Measure::Open, judged: Judgement::None, quantity: None, attrs }
}

/// A case: its events in their own order, and what they come to. `timeline` is `None` until its
/// `case.received` has come.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its code: the subject of its events.
    pub code: Arc<str>,
    /// In the order of [`Event::order`].
    pub events: Packed<Vec<Arc<Event>>>,
    /// What they come to.
    pub timeline: Packed<Option<Timeline>>,
    /// The latest position among its events.
    pub last_seq: Seq,
    /// Counts how often it was folded, so that a timer set before knows that it is stale.
    pub version: u32,
}

impl Case {
    /// The searchable text of its latest facts.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        use crate::event::{Body, Patch};
        self.events.iter().rev().find_map(|event| match &event.body {
            Body::Received(facts) => facts.text.as_deref(),
            Body::Amended(patches) => patches.iter().find_map(|patch| match patch {
                Patch::Text(text) => Some(&**text),
                Patch::Code(..) | Patch::Point(_) | Patch::DueAt(_) => None,
            }),
            _ => None,
        })
    }
}
