//! What people get and what they think of it: the stages of a dossier, and ratings.

#![allow(clippy::unwrap_used)] // A test that meets something unexpected should stop there.

use std::path::Path;
use std::sync::Arc;

use domain::calendar::Calendar;
use domain::case::{Measure, Point, Timeline};
use domain::city::{City, Label};
use domain::dimension::Dimension;
use domain::event::{Event, Flag};
use domain::intake;
use domain::lists::{Criterion, Lists, SatisfactionLevel};
use domain::problem::Problem;
use domain::regulation::{Book, RuleSet};
use domain::state::{Changes, State};
use domain::symbol::Symbols;
use domain::{Seq, Timestamp};
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

const OS: &str = include_str!("../../cities/hcmc/regulations/os-2686.toml");
const CALENDAR: &str = include_str!("../../cities/hcmc/calendar.toml");
const HOLIDAYS: &str = include_str!("../../cities/hcmc/holidays.csv");

/// A city with three levels of satisfaction, that asked C1 until the end of February and C1b since.
fn city() -> City {
    let rules = RuleSet::parse(Path::new("rules.toml"), OS, &|_| Err("none".to_owned())).unwrap();
    let calendar =
        Calendar::parse(Path::new("calendar.toml"), CALENDAR, &|_| Ok(HOLIDAYS.to_owned())).unwrap();
    let level = |score_milli: i64, counts_as_satisfied| SatisfactionLevel {
        code: score_milli.to_string(),
        label: Label::default(),
        score_milli,
        counts_as_satisfied,
    };
    let criterion = |code: &str, from: Option<&str>, to: Option<&str>| Criterion {
        code: code.to_owned(),
        label: Label::default(),
        order: 1,
        valid_from: from.map(|day| day.parse().unwrap()),
        valid_to: to.map(|day| day.parse().unwrap()),
        comparable_with: None,
    };
    let lists = Lists {
        criteria: vec![
            criterion("C1", None, Some("2024-02-29")),
            criterion("C1b", Some("2024-03-01"), None),
            criterion("C2", None, None),
        ],
        satisfaction: vec![level(1_000, false), level(2_000, true), level(3_000, true)],
        procedures: Vec::new(),
    };
    City {
        zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap(),
        regulations: Arc::new(Book::new(vec![rules])),
        calendar: Some(Arc::new(calendar)),
        lists: Arc::new(lists),
        ..City::bare("hcmc")
    }
}

/// `03-14 10:00` of 2024 in Vietnam.
fn at(local: &str) -> Timestamp {
    format!("2024-{}:00+07:00", local.replace(' ', "T")).parse().unwrap()
}

type Told<'a> = (&'a str, &'a str, Json);

fn read(place: usize, (time, kind, data): &Told<'_>, symbols: &Symbols) -> Result<Event, Problem> {
    let envelope = json!({
        "specversion": "1.0", "id": place.to_string(), "source": "urn:test", "subject": "c",
        "type": format!("vn.toancanh.case.{kind}"), "time": at(time).to_rfc3339_at(jiff::tz::offset(7)), "data": data,
    });
    intake::read(&envelope, &city(), symbols, None)
}

/// The state of a dossier, received on 14 March at 8 o'clock, after these events in this order.
fn dossier(told: &[Told<'_>]) -> State {
    let data = json!({ "kind": "dossier", "city": "hcmc", "procedure": "p", "agency": "a", "field": "f" });
    let symbols = Symbols::default();
    let mut state = State::new(Arc::new(city()), symbols.clone(), at("01-01 00:00"));
    let mut changes = Changes::default();
    for (place, one) in [("03-14 08:00", "received", data)].iter().chain(told).enumerate() {
        let mut event = read(place, one, &symbols).unwrap();
        event.seq = Seq(place as u64 + 1);
        state.apply(Arc::new(event), &mut changes);
    }
    state.advance(at("12-31 00:00"), &mut changes);
    state
}

fn timeline(state: &State) -> &Timeline {
    state.find("c").unwrap().timeline.as_ref().unwrap()
}

fn step(step: &str) -> Json {
    json!({ "step": step })
}

/// Stage, from and to of each stay.
#[track_caller]
fn check_stays(told: &[Told<'_>], want: &[(&str, &str, Option<&str>)]) {
    let state = dossier(told);
    let said: Vec<_> = timeline(&state)
        .stages
        .iter()
        .map(|stay| (state.symbols().name(stay.stage).unwrap().to_string(), stay.from, stay.to))
        .collect();
    let want: Vec<_> =
        want.iter().map(|(stage, from, to)| ((*stage).to_owned(), at(from), to.map(at))).collect();
    assert_eq!(said, want);
}

#[test]
fn a_dossier_is_in_each_stage_from_one_step_to_the_next() {
    check_stays(
        &[
            ("03-14 09:00", "step", step("circulated")),
            ("03-18 10:00", "step", step("submitted_for_approval")),
            ("03-18 16:00", "step", step("approved")),
            ("03-19 16:00", "step", step("returned_result")),
        ],
        &[
            ("reception", "03-14 08:00", Some("03-14 09:00")),
            ("specialised_processing", "03-14 09:00", Some("03-18 10:00")),
            ("approval", "03-18 10:00", Some("03-18 16:00")),
            ("result_return", "03-18 16:00", Some("03-19 16:00")),
        ],
    );
}

#[test]
fn a_stage_that_is_not_over_has_no_end_and_one_that_nobody_told_of_is_not_there() {
    check_stays(&[], &[("reception", "03-14 08:00", None)]);
    check_stays(
        &[(
            "03-15 09:00",
            "resolved",
            json!({ "result": "done", "handled_at": "2024-03-15T08:00:00+07:00" }),
        )],
        &[("reception", "03-14 08:00", Some("03-15 08:00")), ("result_return", "03-15 08:00", None)],
    );
    check_stays(
        &[("03-15 09:00", "step", step("returned_result"))],
        &[("reception", "03-14 08:00", Some("03-15 09:00"))],
    );
    check_stays(
        &[("03-15 09:00", "cancelled", json!({}))],
        &[("reception", "03-14 08:00", Some("03-15 09:00"))],
    );
}

#[test]
fn steps_that_come_late_give_the_same_stages() {
    let late = [
        ("03-18 16:00", "step", step("approved")),
        ("03-14 09:00", "step", step("circulated")),
        ("03-18 10:00", "step", step("submitted_for_approval")),
    ];
    let mut in_time = late.clone();
    in_time.sort_by_key(|(time, ..)| *time);
    let sorted = |told: &[Told<'_>]| {
        let state = dossier(told);
        let mut seconds: Vec<_> =
            flows(timeline(&state), Measure::StageLeft).map(|flow| (flow.at, flow.quantity)).collect();
        seconds.sort_unstable();
        seconds
    };
    assert_eq!(sorted(&late), sorted(&in_time));
    assert_eq!(sorted(&late).len(), 3);
}

fn flows(timeline: &Timeline, measure: Measure) -> impl Iterator<Item = &Point> {
    timeline.flows.iter().filter(move |flow| flow.measure == measure)
}

#[test]
fn a_dossier_that_is_sent_back_has_been_in_a_stage_for_the_sum_of_its_stays() {
    let state = dossier(&[
        ("03-14 09:00", "step", step("circulated")),
        ("03-14 11:00", "step", step("submitted_for_approval")),
        ("03-14 14:00", "step", step("sent_back")),
        ("03-14 15:00", "step", step("submitted_for_approval")),
        ("03-14 15:30", "step", step("approved")),
    ]);
    let counted = |seen: &str| -> Vec<(String, i64)> {
        let mut counted = Vec::new();
        for flow in flows(timeline(&state), Measure::StageLeft).filter(|flow| flow.since <= at(seen)) {
            let stage = state.symbols().name(flow.attrs.code(Dimension::Stage)).unwrap().to_string();
            let one = (stage, flow.quantity.unwrap() / 60);
            if flow.weight > 0 {
                counted.push(one);
            } else {
                let place = counted.iter().position(|held| *held == one).unwrap();
                counted.remove(place);
            }
        }
        counted.sort_unstable();
        counted
    };
    let minutes = |list: &[(&str, i64)]| -> Vec<(String, i64)> {
        list.iter().map(|(stage, minutes)| ((*stage).to_owned(), *minutes)).collect()
    };
    assert_eq!(
        counted("03-14 14:00"),
        minutes(&[("approval", 180), ("reception", 60), ("specialised_processing", 120)])
    );
    assert_eq!(
        counted("03-14 16:00"),
        minutes(&[("approval", 210), ("reception", 60), ("specialised_processing", 180)])
    );
}

fn rated(score: f64) -> Json {
    json!({ "score": score, "scale": 3, "channel": "kiosk" })
}

#[test]
fn a_case_can_be_rated_from_its_first_result_on_and_counts_once() {
    let state = dossier(&[
        ("03-14 09:00", "rated", json!({ "score": 3, "stage": "reception", "channel": "kiosk" })),
        ("03-15 10:00", "resolved", json!({ "result": "done" })),
        ("03-16 10:00", "reopened", json!({})),
        ("03-17 10:00", "resolved", json!({ "result": "done" })),
        ("03-18 10:00", "rated", rated(1.0)),
    ]);
    let timeline = timeline(&state);
    let dated = |measure| -> Vec<_> { flows(timeline, measure).map(|flow| (flow.at, flow.since)).collect() };
    let first = at("03-15 10:00");
    assert_eq!(dated(Measure::Rateable), [(first, first)]);
    assert_eq!(dated(Measure::Responded), [(first, first)]);
    assert_eq!(dated(Measure::Rated).len(), 2);
    let later = dossier(&[
        ("03-15 10:00", "resolved", json!({ "result": "done" })),
        ("03-18 10:00", "rated", rated(1.0)),
        ("03-19 10:00", "rated", rated(2.0)),
    ]);
    let responded: Vec<_> = flows(self::timeline(&later), Measure::Responded).collect();
    assert_eq!((responded.len(), responded[0].at, responded[0].since), (1, first, at("03-18 10:00")));
    let unresolved = dossier(&[("03-15 10:00", "rated", rated(2.0))]);
    assert_eq!(flows(self::timeline(&unresolved), Measure::Responded).count(), 0);
}

#[test]
fn a_rating_is_of_its_own_channel_and_stage_and_leaves_the_cases_channel_alone() {
    let state = dossier(&[
        ("03-15 10:00", "amended", json!({ "channel": "web" })),
        (
            "03-15 11:00",
            "rated",
            json!({ "score": 3, "unit": "b", "stage": "reception", "channel": "kiosk" }),
        ),
        ("03-15 12:00", "rated", rated(2.0)),
    ]);
    let codes: Vec<Vec<String>> = flows(timeline(&state), Measure::Rated)
        .map(|flow| {
            [Dimension::Agency, Dimension::Stage, Dimension::Channel, Dimension::RatingChannel]
                .map(|dimension| {
                    state
                        .symbols()
                        .name(flow.attrs.code(dimension))
                        .map_or(String::new(), |name| name.to_string())
                })
                .to_vec()
        })
        .collect();
    assert_eq!(codes, [["b", "reception", "web", "kiosk"], ["a", "", "web", "kiosk"]]);
}

#[track_caller]
fn check_score(data: Json, score_milli: i64, satisfied: bool) {
    let state = dossier(&[("03-15 10:00", "rated", data)]);
    let timeline = timeline(&state);
    let score = flows(timeline, Measure::Rated).next().unwrap().quantity;
    assert_eq!((score, flows(timeline, Measure::Satisfied).count() == 1), (Some(score_milli), satisfied));
}

#[test]
fn scores_are_told_on_the_citys_own_scale() {
    check_score(json!({ "score": 2 }), 2_000, true);
    check_score(json!({ "score": 1, "scale": 3 }), 1_000, false);
    check_score(json!({ "score": 4, "scale": 5 }), 2_400, true);
    check_score(json!({ "score": 50, "scale": 100 }), 1_500, false);
    check_score(json!({ "score": 0, "scale": 10 }), 0, false);
}

#[test]
fn an_answer_to_a_criterion_that_was_not_asked_on_that_day_is_kept_and_flagged() {
    let told = ("03-15 10:00", "rated", json!({ "score": 2, "criteria": { "C1": 1, "C1b": 3, "C2": null } }));
    let event = read(1, &told, &Symbols::default()).unwrap();
    assert_eq!(*event.flags, [Flag::UnknownCode(Dimension::Criterion)]);
    let state = dossier(&[told]);
    let mut said: Vec<_> = flows(timeline(&state), Measure::CriterionAnswered)
        .map(|flow| {
            (state.symbols().name(flow.attrs.code(Dimension::Criterion)).unwrap().to_string(), flow.quantity)
        })
        .collect();
    said.sort_unstable();
    assert_eq!(said, [("C1".to_owned(), Some(1_000)), ("C1b".to_owned(), Some(3_000))]);
    assert_eq!(flows(timeline(&state), Measure::CriterionSatisfied).count(), 1);
}

#[track_caller]
fn check_refused(criteria: Json) {
    let told = ("03-15 10:00", "rated", json!({ "score": 2, "criteria": criteria }));
    let problem = read(1, &told, &Symbols::default()).unwrap_err();
    assert_eq!(problem.parameter.as_deref(), Some("criteria"), "{}", problem.detail);
}

#[test]
fn criteria_that_cannot_be_are_refused_by_name() {
    check_refused(json!([1]));
    check_refused(json!({ "C2": 4 }));
    check_refused(json!({ "C2": -1 }));
    check_refused(json!({ "C2": "good" }));
    check_refused(json!({ "": 1 }));
}
