//! The walk through a case's events: what each does to where the case stands and what it counts.
//!
//! Long because every kind of event acts on the same few fields.

use std::sync::Arc;

use super::clock_line::{ClockLine, Span};
use super::ratings::Ratings;
use super::rights::{AsRated, Rights};
use super::stages::Stages;
use super::standing::{Standing, word_of};
use crate::case::{Attrs, Escalation, Measure, Point, Segment, Timeline, Unmet, Verdict};
use crate::city::City;
use crate::clock::{Clock, Judgement, Timeliness};
use crate::dimension::Dimension;
use crate::event::{Body, Event, Facts, Flag, Patch, Rating, Relation, Transfer};
use crate::geo::LatLng;
use crate::regulation::LifeCycle;
use crate::regulation::life_cycle::{Stands, Target, Transition};
use crate::symbol::{Sym, Symbols, word};
use crate::time::Timestamp;

/// What a limit that ran out does to the case itself, before the name of the state.
const SET_STATE: &str = "set_state:";

/// Where the walk through the events has come to.
pub(super) struct Walk<'a> {
    city: &'a City,
    symbols: &'a Symbols,
    line: Option<&'a ClockLine<'a>>,
    received_at: Timestamp,
    /// The last instant at which the case became open: a resolution cannot be dated before it.
    opened_at: Timestamp,
    dims: [Sym; Dimension::COUNT],
    point: Option<LatLng>,
    /// The limit that the source states.
    stated: Option<Clock>,
    standing: Standing,
    /// A bit for each dimension whose code is not in the catalogue.
    unknown: u16,
    /// Whether its `case.received` has been walked.
    received: bool,
    /// A link that stands earlier than the receipt.
    early_link: Option<Relation>,
    /// How many of the limits that run out have been walked.
    ran_out: usize,
    escalations: Vec<Escalation>,
    segments: Vec<Segment>,
    flows: Vec<Point>,
    ratings: Ratings,
    rights: Rights,
    stages: Stages,
    resolved_at: Option<Timestamp>,
    flags: Vec<Flag>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        city: &'a City,
        symbols: &'a Symbols,
        line: Option<&'a ClockLine<'a>>,
        received_at: Timestamp,
        facts: &Facts,
    ) -> Self {
        let cycle = line.and_then(ClockLine::cycle);
        Self {
            city,
            symbols,
            line,
            received_at,
            opened_at: received_at,
            dims: facts.dims,
            point: facts.point,
            stated: facts.due_at.map(|due| Clock::stated(received_at, due, city.due_soon_percent)),
            standing: Standing::first(cycle, symbols),
            unknown: facts.unknown,
            received: false,
            early_link: None,
            ran_out: 0,
            escalations: Vec::new(),
            segments: Vec::with_capacity(2),
            flows: Vec::with_capacity(3),
            ratings: Ratings::default(),
            rights: Rights::default(),
            stages: Stages::default(),
            resolved_at: None,
            flags: Vec::new(),
        }
    }

    pub(super) fn receive(&mut self, event: &Event) {
        let at = self.received_at;
        // What it was when it came in: its status then is "received", whatever follows.
        let first = Standing::first(self.cycle(), self.symbols);
        let before = std::mem::replace(&mut self.standing, first);
        let attrs = self.attrs_at(at);
        self.flow(Measure::Received, at, attrs.clone());
        self.flow(Measure::Case, at, attrs);
        self.standing = before;
        self.received = true;
        if let Some(relation) = self.early_link {
            self.take_back(relation, at);
        }
        self.segment(at);
        self.enter_stage(at);
        if let Some(way) = self.way(event, at) {
            self.go(way, None, at);
        }
        self.rights.hear(event, self.standing.stage);
    }

    pub(super) fn apply(&mut self, event: &Event) -> Verdict {
        let verdict = self.apply_body(event);
        self.rights.hear(event, self.standing.stage);
        verdict
    }

    fn apply_body(&mut self, event: &Event) -> Verdict {
        let at = event.time;
        match &event.body {
            Body::Received(_) => Verdict::flagged(Flag::ReceivedAgain),
            Body::Amended(patches) => self.amend(event, patches, at),
            Body::Transferred(transfer) => self.transfer(event, transfer, at),
            Body::Linked { relation, .. } => self.link(event, *relation, at),
            Body::Committed { until } => self.commit(event, *until, at),
            Body::Step(_) => self.step(event, at),
            Body::Resolved { handled_at } => self.turn(event, Stands::Resolved, *handled_at, at),
            Body::Closed => self.turn(event, Stands::Closed, None, at),
            Body::Refused => self.turn(event, Stands::Refused, None, at),
            Body::Cancelled => self.turn(event, Stands::Cancelled, None, at),
            Body::Reopened => self.turn(event, Stands::Open, None, at),
            Body::Rated(rating) => {
                let case = self.as_rated();
                let (rated, counts) = self.rights.take(rating, self.line, &case, at);
                if counts {
                    self.rate(rating, at);
                }
                rated
            }
            Body::Noted => {
                if let Some(way) = self.way(event, at) {
                    self.go(way, None, at);
                }
                Verdict::APPLIED
            }
            Body::Heartbeat { .. }
            | Body::Memo(_)
            | Body::Counter(_)
            | Body::Directive(_)
            | Body::Alarm(_)
            | Body::Shift(_)
            | Body::Screen(_)
            | Body::Scenes(_)
            | Body::Other => Verdict::APPLIED,
        }
    }

    /// What limits set off that ran out before an instant; `None` is "ever".
    pub(super) fn let_limits_run_out(&mut self, before: Option<Timestamp>) {
        let Some(line) = self.line else { return };
        while let Some(escalation) = line.escalations.get(self.ran_out)
            && before.is_none_or(|before| escalation.since < before)
        {
            let Escalation { since, action, .. } = escalation;
            self.ran_out += 1;
            // A duty that is left when the case is over, to answer somebody, escalates nothing.
            if self.standing.is_open() && self.received {
                self.escalations.push(escalation.clone());
            }
            let Some(cycle) = self.cycle().filter(|_| self.standing.is_open() && self.received) else {
                continue;
            };
            let set = action.strip_prefix(SET_STATE).and_then(|state| cycle.find(state)).map(Target::State);
            let mut ways = cycle.transitions.iter().filter(|way| self.standing.is_open_to(way, action));
            let way = ways.find(|way| line.holds(&way.when, *since));
            if let Some(to) = set.or(way.map(|way| way.to)) {
                self.standing = self.standing.to(cycle, to, self.symbols);
                self.segment(*since);
            }
        }
    }

    /// The timeline, with what became of each event.
    pub(super) fn finish(
        mut self,
        verdicts: Vec<Verdict>,
        unmet: Vec<Unmet>,
        mut flags: Vec<Flag>,
    ) -> Timeline {
        self.split_where_clocks_change();
        self.ratings.finish(&mut self.flows);
        let stages = self.stages.finish(&mut self.flows);
        flags.append(&mut self.flags);
        flags.sort_unstable();
        flags.dedup();
        Timeline {
            received_at: self.received_at,
            segments: self.segments,
            flows: self.flows,
            resolved_at: self.resolved_at,
            verdicts,
            flags,
            stages,
            escalations: self.escalations,
            unmet,
        }
    }

    fn cycle(&self) -> Option<&'a LifeCycle> {
        self.line.and_then(ClockLine::cycle)
    }

    /// The way of the life cycle that an event opens.
    fn way(&self, event: &Event, at: Timestamp) -> Option<&'a Transition> {
        let (line, cycle) = (self.line?, self.cycle()?);
        let word = word_of(event)?;
        let mut ways = cycle.transitions.iter().filter(|way| self.standing.is_open_to(way, word));
        ways.find(|way| line.holds(&way.when, at))
    }

    /// Whether the life cycle speaks of an event, if not from here.
    fn is_spoken_of(&self, event: &Event) -> bool {
        word_of(event).is_some_and(|word| self.cycle().is_some_and(|cycle| cycle.speaks_of(word)))
    }

    fn go(&mut self, way: &Transition, handled_at: Option<Timestamp>, at: Timestamp) {
        if let Some(cycle) = self.cycle() {
            let next = self.standing.to(cycle, way.to, self.symbols);
            self.become_next(next, handled_at, at);
        }
    }

    fn set_code(&mut self, dimension: Dimension, code: Sym, known: bool) {
        self.dims[dimension.index()] = code;
        let bit = 1 << dimension.index();
        self.unknown = if known { self.unknown & !bit } else { self.unknown | bit };
    }

    fn amend(&mut self, event: &Event, patches: &[Patch], at: Timestamp) -> Verdict {
        for patch in patches {
            match patch {
                Patch::Code(dimension, code, known) => self.set_code(*dimension, *code, *known),
                Patch::Point(point) => self.point = *point,
                Patch::DueAt(due) => {
                    let percent = self.city.due_soon_percent;
                    self.stated = due.map(|due| Clock::stated(self.received_at, due, percent));
                }
                Patch::Text(_) => {}
            }
        }
        self.segment(at);
        if let Some(way) = self.way(event, at) {
            self.go(way, None, at);
        }
        Verdict::APPLIED
    }

    fn transfer(&mut self, event: &Event, transfer: &Transfer, at: Timestamp) -> Verdict {
        if !self.standing.is_open() {
            return Verdict::NOT_ALLOWED;
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
        let way = self.way(event, at);
        match way {
            Some(way) => self.go(way, None, at),
            None if self.cycle().is_none() => {
                self.standing = self.standing.plainly(Stands::Open, None, self.symbols)
            }
            None => {}
        }
        self.segment(at);
        if !transfer.returned {
            let attrs = self.attrs_at(at);
            self.flow(Measure::Assigned, at, attrs);
        }
        // Who holds the case is a fact, whatever its life cycle says of the way it came there.
        if way.is_none() && self.is_spoken_of(event) {
            return Verdict { applied: true, flag: Some(Flag::NotAllowed) };
        }
        Verdict::APPLIED
    }

    fn step(&mut self, event: &Event, at: Timestamp) -> Verdict {
        if let Some(way) = self.way(event, at) {
            self.go(way, None, at);
            return Verdict::APPLIED;
        }
        if self.is_spoken_of(event) {
            return Verdict::NOT_ALLOWED;
        }
        self.begin(at)
    }

    /// In the plain life cycle whatever is done to a case that was just received sets it in progress.
    fn begin(&mut self, at: Timestamp) -> Verdict {
        if self.cycle().is_none() && self.standing.status == word::RECEIVED {
            self.standing = self.standing.plainly(Stands::Open, None, self.symbols);
            self.segment(at);
        }
        Verdict::APPLIED
    }

    /// How the case stands when somebody rates it.
    fn as_rated(&self) -> AsRated<'a> {
        AsRated {
            symbols: self.symbols,
            is_dossier: self.dims[Dimension::Kind.index()] == word::DOSSIER,
            received: self.received,
            stands: self.standing.stands,
        }
    }

    fn rate(&mut self, rating: &Rating, at: Timestamp) {
        let attrs = self.attrs_at(at);
        self.ratings.rate(rating, attrs, at, &mut self.flows);
    }

    fn link(&mut self, event: &Event, relation: Relation, at: Timestamp) -> Verdict {
        if !self.standing.is_open() {
            return Verdict::NOT_ALLOWED;
        }
        self.standing = match (self.way(event, at), self.cycle()) {
            (Some(way), Some(cycle)) => self.standing.to(cycle, way.to, self.symbols),
            _ => self.standing.plainly(Stands::Duplicate, self.cycle(), self.symbols),
        };
        if self.received {
            self.take_back(relation, at);
            self.segment(at);
            self.enter_stage(at);
        } else {
            self.early_link = Some(relation);
        }
        Verdict::APPLIED
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

    fn commit(&mut self, event: &Event, until: Timestamp, at: Timestamp) -> Verdict {
        if let Some(clock) = self.stated {
            self.stated = Some(clock.promised(until, at, self.city.due_soon_percent));
        }
        match self.way(event, at) {
            Some(way) => self.go(way, None, at),
            None => self.segment(at),
        }
        Verdict::APPLIED
    }

    /// An event that ends the case or opens it again. What ends a case that is open ends it, even
    /// where its life cycle has no such way: that is flagged, and no case stays open for ever.
    fn turn(&mut self, event: &Event, to: Stands, handled_at: Option<Timestamp>, at: Timestamp) -> Verdict {
        if let Some(way) = self.way(event, at) {
            self.go(way, handled_at, at);
            return Verdict::APPLIED;
        }
        let from = self.standing.stands;
        let may = match to {
            Stands::Open => !matches!(from, Stands::Open | Stands::Duplicate),
            Stands::Closed => matches!(from, Stands::Open | Stands::Resolved),
            _ => from == Stands::Open,
        };
        if !may {
            return Verdict::NOT_ALLOWED;
        }
        let next = self.standing.plainly(to, self.cycle(), self.symbols);
        self.become_next(next, handled_at, at);
        Verdict { applied: true, flag: self.cycle().is_some().then_some(Flag::NotAllowed) }
    }

    /// The case stands so from `at` on; what that means is counted.
    fn become_next(&mut self, next: Standing, handled_at: Option<Timestamp>, at: Timestamp) {
        match (self.standing.stands, next.stands) {
            (Stands::Open, Stands::Resolved) => self.resolve(next, handled_at, at),
            (from, Stands::Open) if from != Stands::Open => {
                self.standing = next;
                self.resolved_at = None;
                self.opened_at = at.max(self.received_at);
                self.segment(at);
                self.enter_stage(at);
                let attrs = self.attrs_at(at);
                self.flow(Measure::Reopened, at, attrs);
            }
            (from, to) => {
                self.standing = next;
                self.segment(at);
                self.enter_stage(at);
                let ends = match to {
                    Stands::Refused => Some(Measure::Refused),
                    Stands::Cancelled => Some(Measure::Cancelled),
                    _ => None,
                };
                if let Some(measure) = ends.filter(|_| from == Stands::Open) {
                    let attrs = self.attrs_at(at);
                    self.flow(measure, at, attrs);
                }
            }
        }
    }

    fn resolve(&mut self, next: Standing, handled_at: Option<Timestamp>, at: Timestamp) {
        let decided = handled_at.filter(|handled| *handled >= self.opened_at && *handled <= at).unwrap_or(at);
        let early = decided < self.received_at;
        if early {
            self.flags.push(Flag::ClosedBeforeReceived);
        }
        let (attrs, governing) = match self.standing_at(decided) {
            Some(segment) => (segment.attrs.clone(), segment.clock),
            None => (Arc::new(self.attrs_at(decided)), self.clock_at(decided)),
        };
        let span = self.line.and_then(|line| line.at(at));
        let by_rule = span.and_then(|span| span.judge(decided, self.opened_at));
        let (judged, clock) = match (by_rule, self.stated) {
            (Some((judged, clock)), _) => (judged, Some(clock)),
            // Opened again after the only limit had been met: there is none any more.
            (None, _) if span.is_some_and(Span::has_judges) => (Judgement::NoDeadline, None),
            (None, Some(stated)) => (stated.judge(decided), governing.or(Some(stated))),
            (None, None) => (Judgement::NoDeadline, None),
        };
        let timeliness = match (judged, timeliness(clock, decided)) {
            (Judgement::Late, _) => Timeliness::Overdue,
            (Judgement::InTime, Timeliness::Overdue) => Timeliness::InTime,
            (_, timeliness) => timeliness,
        };
        let attrs = attrs.with(Dimension::Timeliness, timeliness.sym()).with(Dimension::Status, next.status);
        let attrs = Arc::new(attrs);
        self.ratings.open(decided, &attrs);
        self.flows.push(Point {
            at: decided,
            since: decided,
            weight: 1,
            measure: Measure::Resolved,
            judged,
            quantity: (!early).then(|| decided.since(self.received_at).div_euclid(1_000_000)),
            attrs,
        });
        self.resolved_at = Some(decided);
        self.standing = next;
        self.enter_stage(decided);
        self.close_from(decided, clock);
    }

    /// The case stands in its stage of service from `at` on. Stages begin with the receipt.
    fn enter_stage(&mut self, at: Timestamp) {
        if let Some(cycle) = self.cycle().filter(|_| self.received) {
            let attrs = self.attrs_at(at);
            self.stages.enter(self.standing.stage_in_work(cycle), at, &attrs);
        }
    }

    /// The governing clock: a rule's, else the limit that the source states.
    fn clock_at(&self, at: Timestamp) -> Option<Clock> {
        let by_rule = self.line.and_then(|line| line.at(at)).and_then(|span| span.governing);
        by_rule.or(self.stated)
    }

    /// What the case counts under from now on, timeliness at `at` included.
    fn attrs_at(&self, at: Timestamp) -> Attrs {
        let mut dims = self.dims;
        dims[Dimension::Status.index()] = self.standing.status;
        if !self.standing.stage.is_none() {
            dims[Dimension::Stage.index()] = self.standing.stage;
        }
        dims[Dimension::Timeliness.index()] = timeliness(self.clock_at(at), at).sym();
        Attrs { dims, point: self.point, unmapped: self.unknown != 0 }
    }

    fn flow(&mut self, measure: Measure, at: Timestamp, attrs: Attrs) {
        self.flows.push(Point {
            at,
            since: at,
            weight: 1,
            measure,
            judged: Judgement::None,
            quantity: None,
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
        let segment = Segment {
            from: at,
            attrs: Arc::new(attrs),
            open: self.standing.is_open(),
            clock: self.clock_at(at),
        };
        match self.segments.last_mut() {
            Some(last) if last.from >= at => *last = Segment { from: last.from, ..segment },
            _ => self.segments.push(segment),
        }
    }

    fn standing_at(&self, at: Timestamp) -> Option<&Segment> {
        let after = self.segments.partition_point(|segment| segment.from <= at);
        after.checked_sub(1).and_then(|place| self.segments.get(place))
    }

    /// The case is no longer open from `at` on, even where later events have been walked already. Its
    /// clock from then on is the one that judged it.
    fn close_from(&mut self, at: Timestamp, clock: Option<Clock>) {
        let first_after = self.segments.partition_point(|segment| segment.from < at);
        for segment in &mut self.segments[first_after..] {
            segment.open = false;
            segment.clock = clock;
            segment.attrs = Arc::new(segment.attrs.with(Dimension::Status, self.standing.status));
        }
        if at >= self.received_at
            && self.segments.get(first_after).is_none_or(|next| next.from > at)
            && let Some(before) = first_after.checked_sub(1).and_then(|place| self.segments.get(place))
        {
            let attrs = Arc::new(before.attrs.with(Dimension::Status, self.standing.status));
            self.segments.insert(first_after, Segment { from: at, attrs, open: false, clock });
        }
    }

    /// A rule's clock may begin to govern between two events: a limit ran out and set another off.
    fn split_where_clocks_change(&mut self) {
        let Some(line) = self.line else { return };
        for span in line.after(self.received_at) {
            let after = self.segments.partition_point(|segment| segment.from <= span.from);
            let Some(held) = after.checked_sub(1).and_then(|place| self.segments.get(place)) else {
                continue;
            };
            if held.from == span.from
                || !held.open
                || held.clock == span.governing
                || span.governing.is_none()
            {
                continue;
            }
            let segment = Segment { from: span.from, clock: span.governing, ..held.clone() };
            self.segments.insert(after, segment);
        }
    }
}

fn timeliness(clock: Option<Clock>, at: Timestamp) -> Timeliness {
    clock.map_or(Timeliness::NoDeadline, |clock| clock.timeliness_at(at))
}
