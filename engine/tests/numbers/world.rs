//! A small city with everything odd in it, made from a seed: late, early, repeated and linked
//! cases, on the days when the clocks change.

use std::sync::Arc;

use domain::case::CaseIx;
use domain::city::{City, Entry, Label, Tree};
use domain::dimension::Dimension;
use domain::event::{Body, CriterionAnswer, Event, Facts, Patch, Rating, Relation, Transfer};
use domain::geo::LatLng;
use domain::metric::Metric;
use domain::query::{Bucket, GroupKey, Query};
use domain::state::{Changes, State};
use domain::symbol::{Sym, Symbols};
use domain::{Seq, Timestamp};
use engine::{Cube, Frozen, MicroBatch, Registry};
use proptest::prelude::ProptestConfig;

/// How many stories a property is held against: few, or as many as `PROPTEST_CASES` says.
pub(crate) fn stories(few: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    let told = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig { cases: if told { config.cases } else { few }, ..config }
}

/// The first instant of the story: four days before Boston's clocks go back, at local midnight.
pub(crate) const BEGIN: i64 = 1_446_004_800;
/// How long the story is.
pub(crate) const LENGTH_SECS: i64 = 8 * 86_400;

/// A stream of numbers from a seed (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    /// An instant of the story; half of them on the hour, where edges are.
    pub(crate) fn instant(&mut self) -> Timestamp {
        let length = u64::try_from(LENGTH_SECS).unwrap();
        let secs = i64::try_from(self.below(length)).unwrap();
        let secs = if self.one_in(2) { secs / 3_600 * 3_600 } else { secs };
        Timestamp::from_secs(BEGIN + secs)
    }

    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for place in (1..things.len()).rev() {
            things.swap(place, usize::try_from(self.below(place as u64 + 1)).unwrap());
        }
    }
}

/// The city of the tests, in Boston's zone.
pub(crate) fn city() -> Arc<City> {
    let mut city = City::bare("test");
    city.zone = jiff::tz::TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
    let mut agencies = Tree::default();
    for (code, parent) in [("PW", None), ("PWD", Some("PW")), ("PWDx", Some("PWD")), ("ISD", None)] {
        let mut entry = Entry { parent: parent.map(str::to_owned), ..Entry::default() };
        if code == "PW" {
            entry.label = Label { vi: "Sở Công chính".to_owned(), en: "Public Works".to_owned() };
        }
        agencies.entries.insert(code.to_owned(), entry);
    }
    let fields = Tree { path_separator: Some("/".to_owned()), open: true, ..Tree::default() };
    city.catalogue.trees.insert("agency".to_owned(), agencies);
    city.catalogue.trees.insert("field".to_owned(), fields);
    Arc::new(city)
}

const CRITERIA: [&str; 3] = ["C1", "C2", "C1b"];
const RATING_CHANNELS: [&str; 3] = ["kiosk", "portal", ""];

/// Codes of each dimension; the empty one is "none".
fn codes(dimension: Dimension) -> &'static [&'static str] {
    match dimension {
        Dimension::Agency => &["PWD", "PWDx", "ISD", "ISD", "unheard of", ""],
        Dimension::District => &["1", "2", "Allston, Brighton", ""],
        Dimension::Ward => &["Ward 1", "Ward 10", "Ward 2", ""],
        Dimension::Field => &["street/pothole", "street/light/out", "trash", "street", ""],
        Dimension::Channel => &["app", "phone", ""],
        Dimension::Kind => &["report", "dossier"],
        Dimension::ContentGroup => &["1", "2", "5", "odd", ""],
        Dimension::ReportKind => &["incident", ""],
        Dimension::Severity => &["normal", "complex", ""],
        Dimension::Status | Dimension::Timeliness => &[""],
        Dimension::Procedure => &["1.000", ""],
        Dimension::SubmissionMode => &["online", "in_person", ""],
        Dimension::Stage => &["intake", "approval", ""],
        // Only ratings have one.
        Dimension::Criterion | Dimension::RatingChannel => &[""],
    }
}

/// Some codes to filter by: leaves, branches, roots, and what nobody ever met.
pub(crate) fn filter_codes(dimension: Dimension) -> &'static [&'static str] {
    match dimension {
        Dimension::Agency => &["PW", "PWD", "PWDx", "ISD", "unheard of", "never met"],
        Dimension::Field => &["street", "street/light", "street/pothole", "trash", "never/met"],
        Dimension::Status => &["received", "in_progress", "resolved", "closed", "duplicate", "refused"],
        Dimension::Timeliness => &["in_time", "due_soon", "overdue", "no_deadline"],
        Dimension::Criterion => &CRITERIA,
        Dimension::RatingChannel => &RATING_CHANNELS,
        dimension => codes(dimension),
    }
}

/// Every event of a story, in the order in which they happened.
pub(crate) struct Story {
    pub(crate) city: Arc<City>,
    pub(crate) symbols: Symbols,
    pub(crate) events: Vec<Event>,
}

impl Story {
    pub(crate) fn new(seed: u64, cases: u64) -> Self {
        let mut story = Self { city: city(), symbols: Symbols::default(), events: Vec::new() };
        let mut dice = Dice(seed);
        for case in 0..cases {
            story.tell_case(&mut dice, case, cases);
        }
        story.events.sort_by(Event::order);
        story
    }

    /// Numbers the events in an order of arrival: `seq` and `recorded` rise with it.
    pub(crate) fn arriving(mut self, dice: &mut Dice) -> (Self, Vec<Arc<Event>>) {
        dice.shuffle(&mut self.events);
        let mut arriving = Vec::new();
        for (seq, event) in (1..).zip(&self.events) {
            let recorded = recorded(seq);
            arriving.push(Arc::new(Event { seq: Seq(seq), recorded, ..event.clone() }));
        }
        (self, arriving)
    }

    fn tell_case(&mut self, dice: &mut Dice, number: u64, cases: u64) {
        let code = format!("C-{number:04}");
        let received = dice.instant();
        if !dice.one_in(20) {
            let facts = self.facts(dice, received);
            self.say(dice, &code, received, Body::Received(Box::new(facts)));
        }
        for _ in 0..dice.below(6) {
            let at = match dice.below(8) {
                0 => received,
                1 => dice.instant(),
                _ => received.plus_secs(i64::try_from(dice.below(4 * 86_400)).unwrap()),
            };
            let body = self.body(dice, at, number, cases);
            self.say(dice, &code, at, body);
        }
    }

    fn say(&mut self, dice: &mut Dice, case: &str, time: Timestamp, body: Body) {
        let id = format!("{case}-{}-{}", self.events.len(), dice.below(10));
        self.events.push(Event {
            bound_to: None,
            rival: None,
            seq: Seq(0),
            recorded: Timestamp::MIN,
            source: Arc::from("urn:test"),
            id: Arc::from(id),
            time,
            subject: Arc::from(case),
            body,
            facts: Box::default(),
            flags: Box::new([]),
        });
    }

    fn facts(&self, dice: &mut Dice, received: Timestamp) -> Facts {
        let mut facts = Facts { point: point(dice), ..Facts::default() };
        for dimension in Dimension::ALL.into_iter().filter(|dimension| !dimension.is_of_ratings()) {
            facts.dims[dimension.index()] = self.code(dice, dimension);
        }
        facts.unknown = u16::from(dice.one_in(5));
        facts.due_at = (!dice.one_in(3)).then(|| due(dice, received));
        facts.text = dice.one_in(2).then(|| "o ga sau truoc so 92 nguyen hue".into());
        facts
    }

    fn code(&self, dice: &mut Dice, dimension: Dimension) -> Sym {
        self.one_of(dice, codes(dimension))
    }

    fn one_of(&self, dice: &mut Dice, codes: &[&str]) -> Sym {
        match *dice.pick(codes) {
            "" => Sym::NONE,
            code => self.symbols.intern(code),
        }
    }

    fn rated(&self, dice: &mut Dice, at: Timestamp, number: u64) -> Body {
        // What it says has dice of its own: the story goes on as it would without.
        let mut own = Dice(at.micros().unsigned_abs() ^ number);
        Body::Rated(Rating {
            satisfied: dice.one_in(2),
            unit: self.code(dice, Dimension::Agency),
            stage: self.code(dice, Dimension::Stage),
            score_milli: score(&mut own),
            channel: self.one_of(&mut own, &RATING_CHANNELS),
            answers: self.answers(&mut own),
            officer: None,
            id: None,
        })
    }

    fn answers(&self, dice: &mut Dice) -> Box<[CriterionAnswer]> {
        let said: Vec<&str> = CRITERIA.into_iter().filter(|_| dice.one_in(2)).collect();
        let answer = |criterion: &str| CriterionAnswer {
            criterion: self.symbols.intern(criterion),
            score_milli: score(dice),
            satisfied: dice.one_in(2),
        };
        said.into_iter().map(answer).collect()
    }

    fn body(&self, dice: &mut Dice, at: Timestamp, number: u64, cases: u64) -> Body {
        match dice.below(16) {
            0..=4 => Body::Resolved { handled_at: dice.one_in(2).then(|| at.plus_secs(-7_200)) },
            5 => Body::Closed,
            6 => Body::Reopened,
            7 => Body::Refused,
            8 => Body::Cancelled,
            9 => {
                let relation = *dice.pick(&[Relation::DuplicateOf, Relation::CopyOf, Relation::AliasOf]);
                Body::Linked { relation, case: Arc::from(format!("C-{:04}", (number + 1) % cases)) }
            }
            10 => Body::Amended(Box::new([
                Patch::Code(Dimension::Field, self.code(dice, Dimension::Field), !dice.one_in(4)),
                Patch::Point(point(dice)),
                Patch::DueAt(dice.one_in(2).then(|| due(dice, at))),
            ])),
            11 => Body::Committed { until: due(dice, at) },
            12 => Body::Step(self.symbols.intern("inspected")),
            13 => self.rated(dice, at, number),
            _ => Body::Transferred(Transfer {
                returned: dice.one_in(3),
                from: self.code(dice, Dimension::Agency),
                to: self.code(dice, Dimension::Agency),
                to_is_known: !dice.one_in(4),
                support: dice.one_in(5),
            }),
        }
    }
}

/// When a server took its event number `seq`.
pub(crate) fn recorded(seq: u64) -> Timestamp {
    Timestamp::from_secs(BEGIN + 1_000_000 + i64::try_from(seq).unwrap())
}

/// From 0 to 5, by thirds.
fn score(dice: &mut Dice) -> i64 {
    i64::try_from(dice.below(16)).unwrap() * 1_000 / 3
}

fn due(dice: &mut Dice, from: Timestamp) -> Timestamp {
    from.plus_secs(i64::try_from(dice.below(3 * 86_400)).unwrap() - 43_200)
}

fn point(dice: &mut Dice) -> Option<LatLng> {
    let step = f64::from(u32::try_from(dice.below(12)).unwrap());
    (!dice.one_in(4)).then(|| LatLng { lat: 42.3 + step * 0.004, lng: -71.1 + step * 0.003 })
}

/// A server in small: state and cube, moved by ticks.
pub(crate) struct Server {
    pub(crate) state: State,
    pub(crate) cube: Cube,
}

impl Server {
    pub(crate) fn new(story: &Story, at: Timestamp) -> Self {
        Self::with(story, at, Registry::standard())
    }

    pub(crate) fn with(story: &Story, at: Timestamp, registry: Registry) -> Self {
        let state = State::new(story.city.clone(), story.symbols.clone(), at);
        let cube = Cube::from_state(&state, Arc::new(registry)).unwrap();
        Self { state, cube }
    }

    /// One that has taken everything in, at an instant.
    pub(crate) fn full(story: &Story, arriving: &[Arc<Event>], at: Timestamp) -> Self {
        let mut server = Self::new(story, at);
        server.tick(arriving, at);
        server
    }

    pub(crate) fn tick(&mut self, events: &[Arc<Event>], at: Timestamp) -> MicroBatch {
        let mut changes = Changes::default();
        for event in events {
            self.state.apply(event.clone(), &mut changes);
        }
        self.state.advance(at, &mut changes);
        self.cube.take(&changes).unwrap()
    }

    pub(crate) fn frozen(&self) -> Frozen {
        self.cube.freeze(self.state.clone())
    }
}

/// A question that a screen might ask, and many that none would.
pub(crate) fn question(dice: &mut Dice) -> Query {
    let mut query = Query::default();
    let mut metrics = Metric::ALL;
    dice.shuffle(&mut metrics);
    let count = if dice.one_in(8) { metrics.len() } else { 1 + usize::try_from(dice.below(4)).unwrap() };
    query.metrics = metrics[..count].to_vec();
    for _ in 0..dice.below(3) {
        let level = dice.one_in(3).then(|| u8::try_from(1 + dice.below(3)).unwrap());
        let key = GroupKey { dimension: *dice.pick(&Dimension::ALL), level };
        if !query.group_by.contains(&key) {
            query.group_by.push(key);
        }
    }
    for _ in 0..dice.below(3) {
        let dimension = *dice.pick(&Dimension::ALL);
        query = query.only(dimension, *dice.pick(filter_codes(dimension)));
    }
    if dice.one_in(4) {
        query.res = Some(7 + u8::try_from(dice.below(4)).unwrap());
    }
    match dice.below(8) {
        0 => query.no_position = true,
        1 => {
            let res = 7 + u8::try_from(dice.below(4)).unwrap();
            query.cell = (0..2).filter_map(|_| point(dice)).map(|point| cell(point, res)).collect();
            query.cell.extend(point(dice).map(|point| cell(point, 10)));
        }
        _ => {}
    }
    if !dice.one_in(3) {
        query.from = Some(dice.instant());
    }
    query
}

/// The same with what makes it a question about the past.
pub(crate) fn question_of_the_past(dice: &mut Dice, now: Timestamp) -> Query {
    let mut query = question(dice);
    match dice.below(4) {
        0 => query.at = Some(dice.instant().min(now)),
        1 => query.to = Some(dice.instant()),
        2 => {
            query.at = Some(dice.instant().min(now));
            query.to = Some(dice.instant());
        }
        _ => {}
    }
    if query.from > query.to && query.to.is_some() {
        (query.from, query.to) = (query.to, query.from);
    }
    if dice.one_in(3) {
        query.bucket =
            Some(*dice.pick(&[Bucket::Hour, Bucket::Day, Bucket::Week, Bucket::Month, Bucket::Year]));
    }
    query
}

/// The cell of a point, by h3o itself.
pub(crate) fn cell(point: LatLng, res: u8) -> u64 {
    let point = h3o::LatLng::new(point.lat, point.lng).unwrap();
    point.to_cell(h3o::Resolution::try_from(res).unwrap()).into()
}

/// Every case of a state with its place.
pub(crate) fn codes_of(state: &State) -> Vec<(CaseIx, String)> {
    (0..).map(CaseIx).zip(state.cases()).map(|(ix, case)| (ix, case.code.to_string())).collect()
}
