//! The fold of one case: its events, in their own order, become its timeline. Pure: the same set
//! of events gives the same timeline, whatever order they came in.
//!
//! The life cycle here is that of a city without rules: received, in_progress, resolved, closed,
//! refused, cancelled, duplicate. An event that it does not allow is kept, flagged, not applied.

use std::sync::Arc;

use crate::case::{Attrs, Measure, Point, Segment, Timeline, Verdict};
use crate::city::City;
use crate::clock::{Clock, Judgement, Timeliness};
use crate::dimension::Dimension;
use crate::event::{Body, Event, Facts, Flag, Patch, Relation, Transfer};
use crate::symbol::{Sym, word};
use crate::time::Timestamp;

/// Folds a case's events, which must be in the order of [`Event::order`]. `None` until there is a
/// `case.received` among them.
#[must_use]
pub fn fold(city: &City, events: &[Arc<Event>]) -> Option<Timeline> {
    let receipts = events.iter().filter_map(|event| match &event.body {
        Body::Received(facts) => Some((event, facts)),
        _ => None,
    });
    // A source that may only touch its own cases makes none its own that another has received.
    let (received, facts) = receipts.min_by_key(|(event, _)| event.bound_to.is_some())?;
    let mut walk = Walk::new(city, received.time, facts);
    let mut verdicts = Vec::with_capacity(events.len());
    let mut flags: Vec<Flag> = Vec::new();
    for event in events {
        let verdict = if Arc::ptr_eq(event, received) {
            walk.receive();
            APPLIED
        } else if event.may_touch_case_of(&received.source) {
            walk.apply(event)
        } else {
            Verdict { applied: false, flag: Some(Flag::NotYourCase) }
        };
        flags.extend(event.flags.iter().copied().chain(verdict.flag));
        verdicts.push(verdict);
    }
    flags.append(&mut walk.flags);
    flags.sort_unstable();
    flags.dedup();
    Some(Timeline {
        received_at: walk.received_at,
        segments: walk.segments,
        flows: walk.flows,
        resolved_at: walk.resolved_at,
        verdicts,
        flags,
    })
}

/// Where the walk through the events has come to.
struct Walk<'a> {
    city: &'a City,
    received_at: Timestamp,
    /// The last instant at which the case became open: a resolution cannot be dated before it.
    opened_at: Timestamp,
    dims: [Sym; Dimension::COUNT],
    point: Option<crate::geo::LatLng>,
    clock: Option<Clock>,
    status: Sym,
    /// A bit for each dimension whose code is not in the catalogue.
    unknown: u16,
    /// Whether its `case.received` has been walked.
    received: bool,
    /// A link that stands earlier than the receipt.
    early_link: Option<Relation>,
    segments: Vec<Segment>,
    flows: Vec<Point>,
    resolved_at: Option<Timestamp>,
    flags: Vec<Flag>,
}

const APPLIED: Verdict = Verdict { applied: true, flag: None };
const NOT_ALLOWED: Verdict = Verdict { applied: false, flag: Some(Flag::NotAllowed) };

impl<'a> Walk<'a> {
    fn new(city: &'a City, received_at: Timestamp, facts: &Facts) -> Self {
        Self {
            city,
            received_at,
            opened_at: received_at,
            dims: facts.dims,
            point: facts.point,
            clock: facts.due_at.map(|due| Clock::new(received_at, due)),
            status: word::RECEIVED,
            unknown: facts.unknown,
            received: false,
            early_link: None,
            segments: Vec::with_capacity(2),
            flows: Vec::with_capacity(3),
            resolved_at: None,
            flags: Vec::new(),
        }
    }

    fn is_open(&self) -> bool {
        self.status == word::RECEIVED || self.status == word::IN_PROGRESS
    }

    fn set_code(&mut self, dimension: Dimension, code: Sym, known: bool) {
        self.dims[dimension.index()] = code;
        let bit = 1 << dimension.index();
        self.unknown = if known { self.unknown & !bit } else { self.unknown | bit };
    }

    fn receive(&mut self) {
        let at = self.received_at;
        // What it was when it came in: its status then is "received", whatever follows.
        let before = std::mem::replace(&mut self.status, word::RECEIVED);
        let attrs = self.attrs_at(at);
        self.flow(Measure::Received, at, attrs.clone());
        self.flow(Measure::Case, at, attrs);
        self.status = before;
        self.received = true;
        if let Some(relation) = self.early_link {
            self.take_back(relation, at);
        }
        self.segment(at);
    }

    fn apply(&mut self, event: &Event) -> Verdict {
        let at = event.time;
        match &event.body {
            Body::Received(_) => Verdict { applied: false, flag: Some(Flag::ReceivedAgain) },
            Body::Amended(patches) => self.amend(patches, at),
            Body::Transferred(transfer) => self.transfer(transfer, at),
            Body::Linked { relation, .. } => self.link(*relation, at),
            Body::Committed { until } => self.commit(*until, at),
            Body::Step(_) => self.begin(at),
            Body::Resolved { handled_at } => self.resolve(*handled_at, at),
            Body::Closed => self.end(word::CLOSED, at),
            Body::Refused => self.refuse(at),
            Body::Cancelled => self.end(word::CANCELLED, at),
            Body::Reopened => self.reopen(at),
            Body::Rated { .. } => {
                let attrs = self.attrs_at(at);
                self.flow(Measure::Rated, at, attrs);
                APPLIED
            }
            Body::Noted | Body::Heartbeat { .. } | Body::Other => APPLIED,
        }
    }

    fn amend(&mut self, patches: &[Patch], at: Timestamp) -> Verdict {
        for patch in patches {
            match patch {
                Patch::Code(dimension, code, known) => self.set_code(*dimension, *code, *known),
                Patch::Point(point) => self.point = *point,
                Patch::DueAt(due) => self.clock = due.map(|due| Clock::new(self.received_at, due)),
                Patch::Text(_) => {}
            }
        }
        self.segment(at);
        APPLIED
    }

    fn transfer(&mut self, transfer: &Transfer, at: Timestamp) -> Verdict {
        if !self.is_open() {
            return NOT_ALLOWED;
        }
        if transfer.support {
            return self.begin(at);
        }
        if transfer.returned {
            let holder = self.dims[Dimension::Agency.index()];
            let who = if transfer.from.is_none() { holder } else { transfer.from };
            let attrs = self.attrs_at(at).with(Dimension::Agency, who);
            self.flow(Measure::Returned, at, attrs);
        }
        self.set_code(Dimension::Agency, transfer.to, transfer.to_is_known);
        self.status = word::IN_PROGRESS;
        self.segment(at);
        if !transfer.returned {
            let attrs = self.attrs_at(at);
            self.flow(Measure::Assigned, at, attrs);
        }
        APPLIED
    }

    fn begin(&mut self, at: Timestamp) -> Verdict {
        if self.status == word::RECEIVED {
            self.status = word::IN_PROGRESS;
            self.segment(at);
        }
        APPLIED
    }

    fn link(&mut self, relation: Relation, at: Timestamp) -> Verdict {
        if !self.is_open() {
            return NOT_ALLOWED;
        }
        self.status = word::DUPLICATE;
        if self.received {
            self.take_back(relation, at);
            self.segment(at);
        } else {
            self.early_link = Some(relation);
        }
        APPLIED
    }

    /// From the link on it was never a case of its own: what was counted is taken back, in the
    /// period in which it was counted.
    fn take_back(&mut self, relation: Relation, since: Timestamp) {
        let Some(first) = self.flows.iter().find(|flow| flow.measure == Measure::Case).cloned() else {
            return;
        };
        let taken_back = Point { since, weight: -1, ..first.clone() };
        self.flows.push(match relation {
            Relation::DuplicateOf => Point { since, measure: Measure::Duplicate, ..first },
            // The same report sent once more is no second report.
            Relation::CopyOf | Relation::AliasOf => {
                Point { measure: Measure::Received, ..taken_back.clone() }
            }
        });
        self.flows.push(taken_back);
    }

    fn commit(&mut self, until: Timestamp, at: Timestamp) -> Verdict {
        let Some(clock) = &mut self.clock else {
            return APPLIED;
        };
        clock.extended_late = at > clock.due;
        clock.extended_until = Some(until);
        self.segment(at);
        APPLIED
    }

    fn resolve(&mut self, handled_at: Option<Timestamp>, at: Timestamp) -> Verdict {
        if !self.is_open() {
            return NOT_ALLOWED;
        }
        let decided = handled_at.filter(|handled| *handled >= self.opened_at && *handled <= at).unwrap_or(at);
        let early = decided < self.received_at;
        if early {
            self.flags.push(Flag::ClosedBeforeReceived);
        }
        let (attrs, clock) = match self.standing_at(decided) {
            Some(segment) => (segment.attrs.clone(), segment.clock),
            None => (Arc::new(self.attrs_at(decided)), self.clock),
        };
        let timeliness = timeliness(clock, decided, self.city.due_soon_percent);
        let attrs =
            attrs.with(Dimension::Timeliness, timeliness.sym()).with(Dimension::Status, word::RESOLVED);
        self.flows.push(Point {
            at: decided,
            since: decided,
            weight: 1,
            measure: Measure::Resolved,
            judged: clock.map_or(Judgement::NoDeadline, |clock| clock.judge(decided)),
            handling_secs: (!early).then(|| decided.since(self.received_at).div_euclid(1_000_000)),
            attrs: Arc::new(attrs),
        });
        self.resolved_at = Some(decided);
        self.status = word::RESOLVED;
        self.close_from(decided);
        APPLIED
    }

    fn end(&mut self, status: Sym, at: Timestamp) -> Verdict {
        let may = self.is_open() || (status == word::CLOSED && self.status == word::RESOLVED);
        if !may {
            return NOT_ALLOWED;
        }
        self.status = status;
        self.segment(at);
        APPLIED
    }

    fn refuse(&mut self, at: Timestamp) -> Verdict {
        let verdict = self.end(word::REFUSED, at);
        if verdict.applied {
            let attrs = self.attrs_at(at);
            self.flow(Measure::Refused, at, attrs);
        }
        verdict
    }

    fn reopen(&mut self, at: Timestamp) -> Verdict {
        if self.is_open() || self.status == word::DUPLICATE {
            return NOT_ALLOWED;
        }
        self.status = word::IN_PROGRESS;
        self.resolved_at = None;
        self.opened_at = at.max(self.received_at);
        self.segment(at);
        let attrs = self.attrs_at(at);
        self.flow(Measure::Reopened, at, attrs);
        APPLIED
    }

    /// What the case counts under from now on, timeliness at `at` included.
    fn attrs_at(&self, at: Timestamp) -> Attrs {
        let mut dims = self.dims;
        dims[Dimension::Status.index()] = self.status;
        dims[Dimension::Timeliness.index()] = timeliness(self.clock, at, self.city.due_soon_percent).sym();
        Attrs { dims, point: self.point, unmapped: self.unknown != 0 }
    }

    fn flow(&mut self, measure: Measure, at: Timestamp, attrs: Attrs) {
        self.flows.push(Point {
            at,
            since: at,
            weight: 1,
            measure,
            judged: Judgement::None,
            handling_secs: None,
            attrs: Arc::new(attrs),
        });
    }

    /// From `at` on, the case stands as the walk has it. Before it was received there is nothing.
    fn segment(&mut self, at: Timestamp) {
        if at < self.received_at {
            return;
        }
        let mut attrs = self.attrs_at(at);
        attrs.dims[Dimension::Timeliness.index()] = Sym::NONE;
        let segment = Segment { from: at, attrs: Arc::new(attrs), open: self.is_open(), clock: self.clock };
        match self.segments.last_mut() {
            Some(last) if last.from >= at => *last = Segment { from: last.from, ..segment },
            _ => self.segments.push(segment),
        }
    }

    fn standing_at(&self, at: Timestamp) -> Option<&Segment> {
        let after = self.segments.partition_point(|segment| segment.from <= at);
        after.checked_sub(1).and_then(|place| self.segments.get(place))
    }

    /// The case is no longer open from `at` on, even where later events have been walked already.
    fn close_from(&mut self, at: Timestamp) {
        let first_after = self.segments.partition_point(|segment| segment.from < at);
        for segment in &mut self.segments[first_after..] {
            segment.open = false;
            segment.attrs = Arc::new(segment.attrs.with(Dimension::Status, self.status));
        }
        if at >= self.received_at
            && self.segments.get(first_after).is_none_or(|next| next.from > at)
            && let Some(before) = first_after.checked_sub(1).and_then(|place| self.segments.get(place))
        {
            let attrs = Arc::new(before.attrs.with(Dimension::Status, self.status));
            let segment = Segment { from: at, attrs, open: false, clock: before.clock };
            self.segments.insert(first_after, segment);
        }
    }
}

fn timeliness(clock: Option<Clock>, at: Timestamp, due_soon_percent: u8) -> Timeliness {
    clock.map_or(Timeliness::NoDeadline, |clock| clock.timeliness_at(at, due_soon_percent))
}
