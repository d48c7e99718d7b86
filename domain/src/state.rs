//! Everything the city knows, as the set of its events makes it, at one instant.
//!
//! [`State::apply`] takes an event in, [`State::advance`] moves time on; both say which dated
//! counts ([`Row`]s) came and went. Cloning a state is cheap: it shares what did not change, so
//! that readers hold a frozen copy while the one owner goes on.

mod digest;
pub mod image;
mod rivals;

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::{HashMap, Vector};

use serde::{Deserialize, Serialize};

use crate::alarm::{AlarmNews, Handled};
use crate::case::{Case, CaseIx, Point, Timeline};
use crate::city::City;
use crate::directive::{Directive, DirectiveNews};
use crate::event::{Body, Counter, Event, Memo};
use crate::fold::fold;
use crate::scene::saved::{ScenesSaved, Versions};
use crate::screen::{Screen, ScreenNews};
use crate::shift::{Duty, DutyNews};
use crate::symbol::{Sym, Symbols};
use crate::time::{Seq, Timestamp};

/// The sources of the product itself begin so.
pub const OWN_SOURCES: &str = "urn:toancanh:";

/// One dated count that came (`sign` +1) or went (−1).
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Whose.
    pub case: CaseIx,
    /// +1: it is there now; −1: it is not any more.
    pub sign: i8,
    /// Whether it counts at the state's instant: a row that lies ahead is history's business only.
    pub counted: bool,
    /// The count.
    pub point: Point,
}

/// What one step changed.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Counts that came or went because events came in: history keeps these, counted or not.
    pub rows: Vec<Row>,
    /// Counts that were known already and began to count because time went on.
    pub due: Vec<Row>,
    /// The cases that changed, each once.
    pub cases: Vec<CaseIx>,
}

impl Changes {
    /// What live numbers move by: the counted rows, and those that came due.
    pub fn live(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.counted).chain(&self.due)
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.due.is_empty()
    }
}

/// What is known of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceState {
    /// It has sent everything up to here, as it says itself.
    pub watermark: Option<Timestamp>,
    /// The latest time of one of its events.
    pub latest: Timestamp,
    /// When something of it was last recorded.
    pub recorded: Timestamp,
    /// How many of its events there are.
    pub events: u64,
}

/// What was said last of a service counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// When.
    pub time: Timestamp,
    /// Of several at the same instant the one with the greater id counts.
    id: Arc<str>,
    /// How it stands.
    pub counter: Counter,
}

/// What was noted of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Whether it still stands: one that is taken back stays taken back.
    pub stands: bool,
    /// The instant that it is about; unknown while only its withdrawal has been heard.
    pub of: Option<Timestamp>,
}

/// The state of the city at (`seq`, `at`).
#[derive(Clone)]
pub struct State {
    city: Arc<City>,
    symbols: Symbols,
    cases: Vector<Arc<Case>>,
    by_code: HashMap<Arc<str>, CaseIx>,
    sources: BTreeMap<Arc<str>, SourceState>,
    timers: imbl::OrdMap<(Timestamp, CaseIx), u32>,
    /// What was noted of each case.
    notes: HashMap<Arc<str>, BTreeMap<Arc<str>, Note>>,
    /// The queues of service counters, by unit and counter: what was said last.
    queues: imbl::OrdMap<(Sym, Arc<str>), Queue>,
    /// What leadership asked of agencies, by name.
    directives: imbl::OrdMap<Arc<str>, Directive>,
    /// What people did about alarms, by the alarm's name.
    alarms: imbl::OrdMap<Arc<str>, Handled>,
    /// Who was on duty in the operations centre, by the duty's name.
    duties: imbl::OrdMap<Arc<str>, Duty>,
    /// The displays that the city knows or knew.
    screens: imbl::OrdMap<Arc<str>, Screen>,
    /// The newest versions of what walls show.
    scenes: Versions,
    /// Of identities that two servers took: which stands.
    rivals: HashMap<(Arc<str>, Arc<str>), rivals::Standing>,
    at: Timestamp,
    seq: Seq,
    events: u64,
}

impl State {
    /// An empty city, at the instant `at`.
    #[must_use]
    pub fn new(city: Arc<City>, symbols: Symbols, at: Timestamp) -> Self {
        Self {
            city,
            symbols,
            cases: Vector::new(),
            by_code: HashMap::new(),
            sources: BTreeMap::new(),
            timers: imbl::OrdMap::new(),
            notes: HashMap::new(),
            queues: imbl::OrdMap::new(),
            directives: imbl::OrdMap::new(),
            alarms: imbl::OrdMap::new(),
            duties: imbl::OrdMap::new(),
            screens: imbl::OrdMap::new(),
            scenes: Versions::default(),
            rivals: HashMap::new(),
            at,
            seq: Seq::default(),
            events: 0,
        }
    }

    /// The city it is of.
    #[must_use]
    pub fn city(&self) -> &Arc<City> {
        &self.city
    }

    /// The codes met so far.
    #[must_use]
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// The instant that the numbers stand at.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Every event up to here is in.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// How many events are in.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Every case ever heard of, those not received yet included.
    #[must_use]
    pub fn cases(&self) -> &Vector<Arc<Case>> {
        &self.cases
    }

    /// A case by its place.
    #[must_use]
    pub fn case(&self, ix: CaseIx) -> Option<&Arc<Case>> {
        self.cases.get(ix.0 as usize)
    }

    /// A case by its code.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&Arc<Case>> {
        self.by_code.get(code).and_then(|ix| self.case(*ix))
    }

    /// The sources, by name.
    #[must_use]
    pub fn sources(&self) -> &BTreeMap<Arc<str>, SourceState> {
        &self.sources
    }

    /// How many instants are waited for: at most one a case.
    #[must_use]
    pub fn timers(&self) -> usize {
        self.timers.len()
    }

    /// Takes an event in. Events may come in any order; each (`source`, `id`) only once, which
    /// the log sees to, or as a [`crate::event::Rival`] of the one that it holds.
    pub fn apply(&mut self, event: Arc<Event>, changes: &mut Changes) {
        for ix in self.hold(event) {
            self.fold_again(ix, changes);
        }
    }

    /// Takes an event in and leaves its case as it was, to be folded once when all of its events are
    /// in: for reading a whole log. The cases that it is about: none, one, or two where it takes the
    /// place of a rival that was about another.
    pub fn hold(&mut self, event: Arc<Event>) -> impl Iterator<Item = CaseIx> + use<> {
        self.seq = self.seq.max(event.seq);
        let held = match &event.rival {
            None => [self.hold_new(event), None],
            Some(rival) => {
                let rival = rival.clone();
                self.hold_rival(event, &rival)
            }
        };
        held.into_iter().flatten()
    }

    fn hold_new(&mut self, event: Arc<Event>) -> Option<CaseIx> {
        self.events += 1;
        self.hear(&event);
        if let Body::Memo(memo) = &event.body {
            self.note(memo, event.time);
            return None;
        }
        if let Body::Counter(counter) = &event.body {
            self.count_queue(&event, counter);
            return None;
        }
        if let Body::Directive(news) = &event.body {
            self.hear_directive(&event, news);
            return None;
        }
        if let Body::Alarm(news) = &event.body {
            self.hear_of_alarm(&event, news);
            return None;
        }
        if let Body::Shift(news) = &event.body {
            self.hear_of_duty(&event, news);
            return None;
        }
        if let Body::Screen(news) = &event.body {
            self.hear_of_screen(&event, news);
            return None;
        }
        if let Body::Scenes(saved) = &event.body {
            self.hear_of_scenes(&event, saved);
            return None;
        }
        if event.subject.is_empty() || matches!(event.body, Body::Heartbeat { .. } | Body::Other) {
            return None;
        }
        self.insert(event)
    }

    /// Puts an event among those of its case.
    fn insert(&mut self, event: Arc<Event>) -> Option<CaseIx> {
        let ix = self.place(&event.subject);
        let case = Arc::make_mut(self.cases.get_mut(ix.0 as usize)?);
        let place = case.events.partition_point(|other| other.order(&event).is_lt());
        case.last_seq = case.last_seq.max(event.seq);
        case.events.insert(place, event);
        Some(ix)
    }

    /// Makes of a case what its events say.
    pub fn fold_again(&mut self, ix: CaseIx, changes: &mut Changes) {
        let Some(slot) = self.cases.get_mut(ix.0 as usize) else {
            return;
        };
        let case = Arc::make_mut(slot);
        let timeline = fold(&self.city, &self.symbols, &case.events);
        let points = |timeline: Option<&Timeline>| timeline.map(Timeline::points).unwrap_or_default();
        let old = points(case.timeline.as_ref());
        let new = points(timeline.as_ref());
        self.timers.remove(&(next_instant(&old, case.timeline.as_ref(), self.at), ix));
        let next = next_instant(&new, timeline.as_ref(), self.at);
        let is_over = timeline.as_ref().is_some_and(|timeline| !timeline.is_open_at_the_end());
        case.timeline = timeline.into();
        if is_over {
            // Most events of a large city are of cases that are over: as bytes they take a fraction of the room.
            case.events.pack();
        }
        case.version += 1;
        if next < Timestamp::MAX {
            self.timers.insert((next, ix), case.version);
        }
        changes.cases.push(ix);
        exchange(ix, self.at, old, new, &mut changes.rows);
    }

    /// Moves time on to `at`; going back is refused by standing still.
    pub fn advance(&mut self, at: Timestamp, changes: &mut Changes) {
        if at <= self.at {
            return;
        }
        let before = self.at;
        self.at = at;
        while let Some(((instant, ix), _)) = self.timers.get_min().cloned() {
            if instant > at {
                break;
            }
            self.timers.remove(&(instant, ix));
            let Some(case) = self.cases.get(ix.0 as usize) else {
                continue;
            };
            let points = case.timeline.as_ref().map(|timeline| timeline.points()).unwrap_or_default();
            let next = next_instant(&points, case.timeline.as_ref(), at);
            if next < Timestamp::MAX {
                self.timers.insert((next, ix), case.version);
            }
            changes.cases.push(ix);
            let due = points.into_iter().filter(|point| point.since > before && point.since <= at);
            changes.due.extend(due.map(|point| Row { case: ix, sign: 1, counted: true, point }));
        }
    }

    /// The first instant at which a number will move with no event arriving.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.timers.get_min().map(|((instant, _), _)| *instant)
    }

    /// What the product noted of a case: each note by its id.
    #[must_use]
    pub fn notes(&self, case: &str) -> Option<&BTreeMap<Arc<str>, Note>> {
        self.notes.get(case)
    }

    /// The queues of service counters as they were said last, by unit and counter.
    pub fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.queues.values()
    }

    /// What leadership asked of agencies, by name.
    pub fn directives(&self) -> impl Iterator<Item = (&Arc<str>, &Directive)> {
        self.directives.iter()
    }

    /// A directive by its name.
    #[must_use]
    pub fn directive(&self, name: &str) -> Option<&Directive> {
        self.directives.get(name)
    }

    /// Only the product's own word directs: no source may, whatever reached the log.
    fn hear_directive(&mut self, event: &Event, news: &DirectiveNews) {
        if event.source.starts_with(OWN_SOURCES) {
            let directive = self.directives.entry(news.directive.clone()).or_default();
            directive.hear(&event.id, event.time, news);
        }
    }

    /// What people did about alarms, by the alarm's name.
    pub fn alarms(&self) -> impl Iterator<Item = (&Arc<str>, &Handled)> {
        self.alarms.iter()
    }

    /// What people did about one alarm.
    #[must_use]
    pub fn alarm(&self, name: &str) -> Option<&Handled> {
        self.alarms.get(name)
    }

    /// Only the product's own word counts: no source acknowledges, whatever reached the log.
    fn hear_of_alarm(&mut self, event: &Event, news: &AlarmNews) {
        if event.source.starts_with(OWN_SOURCES) {
            let handled = self.alarms.entry(news.alarm.clone()).or_default();
            handled.hear(&event.id, event.time, news);
        }
    }

    /// Who was on duty in the operations centre, by the duty's name.
    pub fn duties(&self) -> impl Iterator<Item = (&Arc<str>, &Duty)> {
        self.duties.iter()
    }

    /// One duty.
    #[must_use]
    pub fn duty(&self, name: &str) -> Option<&Duty> {
        self.duties.get(name)
    }

    /// Only the product's own word counts: no source puts anybody on duty, whatever reached the log.
    fn hear_of_duty(&mut self, event: &Event, news: &DutyNews) {
        if event.source.starts_with(OWN_SOURCES) {
            let duty = self.duties.entry(news.duty.clone()).or_default();
            duty.hear(&event.id, event.time, news);
        }
    }

    /// The displays that the city knows or knew, by their names for machines.
    pub fn screens(&self) -> impl Iterator<Item = (&Arc<str>, &Screen)> {
        self.screens.iter()
    }

    /// A display by its name for machines.
    #[must_use]
    pub fn screen(&self, screen: &str) -> Option<&Screen> {
        self.screens.get(screen)
    }

    /// Only the product's own word enrols: no source may, whatever reached the log.
    fn hear_of_screen(&mut self, event: &Event, news: &ScreenNews) {
        if !event.source.starts_with(OWN_SOURCES) {
            return;
        }
        self.screens.entry(news.screen().clone()).or_default().hear(news, event.time);
    }

    /// The versions of what walls show; none where only the city's own file ever did.
    #[must_use]
    pub fn scenes(&self) -> &Versions {
        &self.scenes
    }

    /// Only the product's own word changes what walls show: no source may, whatever reached the log.
    fn hear_of_scenes(&mut self, event: &Event, saved: &ScenesSaved) {
        if event.source.starts_with(OWN_SOURCES) {
            self.scenes.hear(saved, event.time);
        }
    }

    /// Whatever order they come in, the latest counts.
    fn count_queue(&mut self, event: &Event, counter: &Counter) {
        let key = (counter.unit, counter.counter.clone());
        let held = self.queues.get(&key);
        if held.is_some_and(|held| (held.time, &held.id) >= (event.time, &event.id)) {
            return;
        }
        let queue = Queue { time: event.time, id: event.id.clone(), counter: counter.clone() };
        self.queues.insert(key, queue);
    }

    /// A note that is taken back stays taken back, whichever of the two was read first.
    fn note(&mut self, memo: &Memo, time: Timestamp) {
        let notes = self.notes.entry(memo.case.clone()).or_default();
        let note = notes.entry(memo.of.clone()).or_insert(Note { stands: true, of: None });
        if memo.withdrawn {
            note.stands = false;
        } else {
            note.of = Some(time);
        }
    }

    fn hear(&mut self, event: &Event) {
        // What the product puts into the log itself comes from no source that could fall silent.
        if event.source.starts_with(OWN_SOURCES) {
            return;
        }
        let source = self.sources.entry(event.source.clone()).or_insert(SourceState {
            watermark: None,
            latest: Timestamp::MIN,
            recorded: Timestamp::MIN,
            events: 0,
        });
        source.events += 1;
        source.latest = source.latest.max(event.time);
        source.recorded = source.recorded.max(event.recorded);
        if let Body::Heartbeat { watermark } = event.body {
            source.watermark = source.watermark.max(Some(watermark));
        }
    }

    fn place(&mut self, code: &Arc<str>) -> CaseIx {
        if let Some(ix) = self.by_code.get(code) {
            return *ix;
        }
        // Four thousand million cases do not fit in memory before this number runs out.
        let ix = CaseIx(u32::try_from(self.cases.len()).unwrap_or(u32::MAX));
        self.cases.push_back(Arc::new(Case {
            code: code.clone(),
            events: Vec::with_capacity(2).into(),
            timeline: None.into(),
            last_seq: Seq::default(),
            version: 0,
        }));
        self.by_code.insert(code.clone(), ix);
        ix
    }
}

/// The first instant after `at` at which one of the points begins to count, or a limit that runs out
/// sets something off.
fn next_instant(points: &[Point], timeline: Option<&Timeline>, at: Timestamp) -> Timestamp {
    let escalations = timeline.into_iter().flat_map(|timeline| &timeline.escalations);
    let escalated = escalations.map(|escalation| escalation.since);
    let instants = points.iter().map(|point| point.since).chain(escalated);
    instants.filter(|since| *since > at).min().unwrap_or(Timestamp::MAX)
}

/// Takes the old points out and puts the new ones in; what is in both does not move at all.
fn exchange(case: CaseIx, at: Timestamp, mut old: Vec<Point>, new: Vec<Point>, rows: &mut Vec<Row>) {
    let mut row = |sign: i8, point: Point| {
        rows.push(Row { case, sign, counted: point.since <= at, point });
    };
    for point in new {
        match old.iter().position(|before| *before == point) {
            Some(place) => {
                old.swap_remove(place);
            }
            None => row(1, point),
        }
    }
    for point in old {
        row(-1, point);
    }
}
