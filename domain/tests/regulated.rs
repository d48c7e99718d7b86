//! What a case's events come to under the regulations of its city: states, limits, judgements, whatever
//! order the events came in.
//!
//! Long because each regulation's cases are told on the same few helpers.

#![allow(clippy::unwrap_used)] // A test that meets something unexpected should stop there.

use std::path::Path;
use std::sync::Arc;

use domain::calendar::Calendar;
use domain::case::{Measure, Timeline};
use domain::city::City;
use domain::clock::{Judgement, Timeliness};
use domain::dimension::Dimension;
use domain::event::{Event, Flag};
use domain::intake;
use domain::regulation::{Book, RuleSet};
use domain::state::image::{ImageHead, ImagePart};
use domain::state::{Changes, State};
use domain::symbol::Symbols;
use domain::{Seq, Timestamp};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const HCM: &str = include_str!("../../cities/hcmc/regulations/hcm-4874.toml");
const HP: &str = include_str!("../../cities/haiphong/regulations/hp-583.toml");
const OS: &str = include_str!("../../cities/hcmc/regulations/os-2686.toml");
const CALENDAR: &str = include_str!("../../cities/hcmc/calendar.toml");
const HOLIDAYS: &str = include_str!("../../cities/hcmc/holidays.csv");

fn city(code: &str, sets: &[&str]) -> City {
    let rules =
        |text: &&str| RuleSet::parse(Path::new("rules.toml"), text, &|_| Err("none".to_owned())).unwrap();
    let calendar =
        Calendar::parse(Path::new("calendar.toml"), CALENDAR, &|_| Ok(HOLIDAYS.to_owned())).unwrap();
    City {
        zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap(),
        regulations: Arc::new(Book::new(sets.iter().map(rules).collect())),
        calendar: Some(Arc::new(calendar)),
        ..City::bare(code)
    }
}

fn hcmc() -> City {
    city("hcmc", &[HCM, OS])
}

fn haiphong() -> City {
    city("haiphong", &[HP, OS])
}

/// `2024-03-14 10:00` in Vietnam.
fn at(local: &str) -> Timestamp {
    format!("{}:00+07:00", local.replace(' ', "T")).parse().unwrap()
}

/// One event of the case `c`: its local time, its type without prefixes, its data.
type Told<'a> = (&'a str, &'a str, Json);

fn envelope(place: usize, (time, kind, data): &Told<'_>) -> Json {
    json!({
        "specversion": "1.0", "id": place.to_string(), "source": "urn:test", "subject": "c",
        "type": format!("vn.toancanh.case.{kind}"), "time": at(time).to_rfc3339_at(jiff::tz::offset(7)), "data": data,
    })
}

/// The state of these events, applied in the order of their places in `order`.
fn state_of(city: &City, told: &[Told<'_>], order: &[usize], now: &str) -> State {
    let symbols = Symbols::default();
    let events: Vec<Arc<Event>> = told
        .iter()
        .enumerate()
        .map(|(place, one)| {
            let mut event = intake::read(&envelope(place, one), city, &symbols, None).unwrap();
            event.seq = Seq(place as u64 + 1);
            Arc::new(event)
        })
        .collect();
    let mut state = State::new(Arc::new(city.clone()), symbols, at("2020-01-01 00:00"));
    let mut changes = Changes::default();
    for place in order {
        state.apply(events[*place].clone(), &mut changes);
    }
    state.advance(at(now), &mut changes);
    state
}

fn in_order(city: &City, told: &[Told<'_>]) -> State {
    let order: Vec<usize> = (0..told.len()).collect();
    state_of(city, told, &order, "2020-01-01 00:01")
}

fn timeline(state: &State) -> &Timeline {
    state.find("c").unwrap().timeline.as_ref().unwrap()
}

/// State, timeliness and governing rule at an instant.
fn standing(state: &State, now: &str) -> (String, Timeliness, String) {
    let segment = timeline(state).at(at(now)).unwrap();
    let name = |sym| state.symbols().name(sym).map_or_else(String::new, |name| name.to_string());
    let rule = segment.clock.map_or_else(String::new, |clock| name(clock.rule));
    (name(segment.attrs.code(Dimension::Status)), segment.timeliness_at(at(now)), rule)
}

#[track_caller]
fn check(state: &State, now: &str, status: &str, timeliness: Timeliness, rule: &str) {
    assert_eq!(standing(state, now), (status.to_owned(), timeliness, rule.to_owned()), "at {now}");
}

#[track_caller]
fn check_judged(state: &State, want: Judgement) {
    let judged: Vec<Judgement> = timeline(state)
        .flows
        .iter()
        .filter(|flow| flow.measure == Measure::Resolved)
        .map(|flow| flow.judged)
        .collect();
    assert_eq!(judged, [want]);
}

fn report(city: &str, group: u8) -> Json {
    json!({"kind": "report", "city": city, "content_group": group, "field": "f", "agency": "1022"})
}

fn transferred(step: &str) -> Json {
    json!({"step": step, "to": "U"})
}

fn step(step: &str) -> Json {
    json!({"step": step})
}

#[test]
fn an_incident_goes_through_the_states_and_limits_of_its_decision() {
    let state = in_order(
        &hcmc(),
        &[
            ("2024-03-14 10:00", "received", report("hcmc", 1)),
            ("2024-03-14 10:04", "transferred", transferred("dispatched")),
            ("2024-03-14 10:10", "step", step("verified_genuine")),
            ("2024-03-14 10:12", "transferred", transferred("assigned_to_subordinate")),
            ("2024-03-14 11:00", "step", step("inspected")),
            (
                "2024-03-14 13:30",
                "resolved",
                json!({"result": "fixed", "fixed": true, "scene_images": [{"name": "after.jpg"}]}),
            ),
        ],
    );
    check(&state, "2024-03-14 10:01", "received", Timeliness::InTime, "HCM-6.2");
    check(&state, "2024-03-14 10:11", "verified", Timeliness::InTime, "HCM-7.1.a-B2");
    check(&state, "2024-03-14 10:30", "assigned", Timeliness::InTime, "HCM-7.1.a-B3-inspect");
    check(&state, "2024-03-14 12:00", "inspected", Timeliness::InTime, "HCM-7.1.a-B3-repair");
    check(&state, "2024-03-14 13:01", "inspected", Timeliness::Overdue, "HCM-7.1.a-B3-repair");
    assert_eq!(standing(&state, "2024-03-14 13:30").0, "resolved");
    check_judged(&state, Judgement::Late);
    assert_eq!(timeline(&state).flags, []);
}

#[test]
fn five_working_days_judge_a_report_of_the_second_group() {
    let resolved_at = |day: &'static str| {
        in_order(
            &hcmc(),
            &[
                ("2024-03-14 10:00", "received", report("hcmc", 2)),
                ("2024-03-14 10:01", "transferred", transferred("dispatched")),
                ("2024-03-14 10:05", "step", step("handling_begun")),
                (day, "resolved", json!({"result": "done"})),
            ],
        )
    };
    check_judged(&resolved_at("2024-03-21 23:59"), Judgement::InTime);
    check_judged(&resolved_at("2024-03-22 00:00"), Judgement::InTime);
    check_judged(&resolved_at("2024-03-22 00:01"), Judgement::Late);
    check(
        &resolved_at("2024-04-22 00:01"),
        "2024-03-22 00:01",
        "in_progress",
        Timeliness::Overdue,
        "HCM-7.2.b",
    );
}

#[test]
fn a_commitment_makes_the_statistics_say_extended_and_a_late_one_late() {
    let resolved = |committed: &'static str| {
        in_order(
            &hcmc(),
            &[
                ("2024-03-14 10:00", "received", report("hcmc", 2)),
                ("2024-03-14 10:01", "transferred", transferred("dispatched")),
                ("2024-03-14 10:05", "step", step("handling_begun")),
                (
                    committed,
                    "committed",
                    json!({"commitment": "committed_completion_at", "until": "2024-04-10T17:00:00+07:00"}),
                ),
                ("2024-04-09 10:00", "resolved", json!({"result": "done"})),
            ],
        )
    };
    check_judged(&resolved("2024-03-20 10:00"), Judgement::Extended);
    check(&resolved("2024-03-20 10:00"), "2024-04-01 10:00", "extended", Timeliness::InTime, "HCM-7.2.b");
    check_judged(&resolved("2024-03-25 10:00"), Judgement::Late);
    check(&resolved("2024-03-25 10:00"), "2024-03-23 10:00", "in_progress", Timeliness::Overdue, "HCM-7.2.b");
}

#[test]
fn a_slip_without_an_answer_goes_to_the_unit_head_and_then_to_the_city_office() {
    let state = in_order(
        &haiphong(),
        &[
            ("2024-03-11 14:00", "received", report("haiphong", 2)),
            ("2024-03-11 14:30", "transferred", transferred("slip_delivered_to_focal_officer")),
        ],
    );
    check(&state, "2024-03-12 14:30", "with_focal_officer", Timeliness::DueSoon, "HP-9.3-8h");
    // One step of time after the limit.
    check(&state, "2024-03-12 14:31", "escalated_to_head", Timeliness::Overdue, "HP-9.3-8h");
    check(&state, "2024-03-20 14:30", "escalated_to_head", Timeliness::Overdue, "HP-9.3-8h");
    check(&state, "2024-03-20 14:31", "overdue_pending", Timeliness::Overdue, "HP-9.3-8h");
}

#[test]
fn an_answer_that_was_in_time_and_came_late_withdraws_the_escalation() {
    let told = [
        ("2024-03-11 14:00", "received", report("haiphong", 2)),
        ("2024-03-11 14:30", "transferred", transferred("slip_delivered_to_focal_officer")),
        ("2024-03-12 09:00", "resolved", json!({"result": "done", "answered": true})),
    ];
    let state = state_of(&haiphong(), &told, &[0, 1, 2], "2024-04-01 00:00");
    assert_eq!(standing(&state, "2024-03-20 15:00").0, "resolved");
    check_judged(&state, Judgement::InTime);
}

#[test]
fn what_no_way_of_the_life_cycle_allows_is_kept_and_flagged() {
    let state = in_order(
        &hcmc(),
        &[
            ("2024-03-14 10:00", "received", report("hcmc", 1)),
            ("2024-03-14 10:01", "step", step("inspected")),
            ("2024-03-14 10:02", "transferred", transferred("dispatched")),
            (
                "2024-03-14 11:00",
                "resolved",
                json!({"result": "done", "scene_images": [{"name": "after.jpg"}]}),
            ),
            ("2024-03-14 12:00", "reopened", json!({})),
        ],
    );
    let verdicts: Vec<(bool, Option<Flag>)> =
        timeline(&state).verdicts.iter().map(|verdict| (verdict.applied, verdict.flag)).collect();
    let (fine, odd) = ((true, None), Some(Flag::NotAllowed));
    assert_eq!(verdicts, [fine, (false, odd), fine, fine, (true, odd)]);
    assert_eq!(timeline(&state).flags, [Flag::NotAllowed]);
    assert!(timeline(&state).at(at("2024-03-14 12:00")).unwrap().open);
}

#[test]
fn an_incident_that_was_late_stays_late_when_it_is_called_complex_afterwards() {
    let story = |marked: &'static str| {
        in_order(
            &hcmc(),
            &[
                ("2024-03-12 09:00", "received", report("hcmc", 1)),
                ("2024-03-12 09:03", "transferred", transferred("dispatched")),
                ("2024-03-12 09:10", "step", step("verified_genuine")),
                ("2024-03-12 09:12", "transferred", transferred("assigned_to_subordinate")),
                ("2024-03-12 10:00", "step", step("inspected")),
                (marked, "amended", json!({"severity": "complex"})),
                ("2024-03-12 17:00", "resolved", json!({"result": "fixed", "fixed": true})),
            ],
        )
    };
    check_judged(&story("2024-03-12 13:00"), Judgement::Late);
    check_judged(&story("2024-03-12 11:00"), Judgement::InTime);
    let standing = |state: &State| {
        let segment = timeline(state).at(at("2024-03-13 00:00")).unwrap().clone();
        segment.clock.map(|clock| state.symbols().name(clock.rule).unwrap().to_string())
    };
    assert_eq!(standing(&story("2024-03-12 13:00")).as_deref(), Some("HCM-7.1.a-B3-repair"));
    assert_eq!(standing(&story("2024-03-12 11:00")).as_deref(), Some("HCM-7.1.b-repair"));
}

#[test]
fn what_was_repaired_in_time_stands_in_time_however_late_it_was_told() {
    let state = in_order(
        &hcmc(),
        &[
            ("2024-03-12 09:00", "received", report("hcmc", 1)),
            ("2024-03-12 09:03", "transferred", transferred("dispatched")),
            ("2024-03-12 09:10", "step", step("verified_genuine")),
            ("2024-03-12 09:12", "transferred", transferred("assigned_to_subordinate")),
            ("2024-03-12 10:00", "step", step("inspected")),
            ("2024-03-12 11:30", "step", step("repaired")),
            ("2024-03-12 15:00", "resolved", json!({"result": "fixed"})),
        ],
    );
    check_judged(&state, Judgement::InTime);
    let resolved = timeline(&state).flows.iter().find(|flow| flow.measure == Measure::Resolved).unwrap();
    let timeliness = state.symbols().name(resolved.attrs.code(Dimension::Timeliness)).unwrap();
    assert_ne!(&*timeliness, "overdue");
}

#[test]
fn a_duty_that_is_left_when_a_case_is_over_escalates_nothing() {
    for end in ["resolved", "linked"] {
        let data = match end {
            "resolved" => json!({"result": "done"}),
            _ => json!({"relation": "duplicate_of", "case": "first"}),
        };
        let state = in_order(
            &haiphong(),
            &[
                ("2024-03-11 08:00", "received", report("haiphong", 2)),
                ("2024-03-11 08:30", "transferred", transferred("slip_delivered_to_focal_officer")),
                ("2024-03-11 10:00", end, data),
            ],
        );
        assert_eq!(timeline(&state).escalations, [], "{end}");
    }
}

#[test]
fn a_limit_that_a_change_makes_too_short_runs_out_with_the_change_and_once() {
    let with = |hp: &str| city("haiphong", &[hp, OS]);
    let (eight, four) = (with(HP), with(&HP.replacen("limit = 8\n", "limit = 4\n", 1)));
    let since = |changed_at: &str| {
        let earlier = domain::city::EarlierLaw {
            until: at(changed_at),
            regulations: eight.regulations.clone(),
            calendar: eight.calendar.clone(),
        };
        let changed = City { earlier_laws: vec![earlier], ..four.clone() };
        let state = in_order(
            &changed,
            &[
                ("2024-03-11 08:00", "received", report("haiphong", 2)),
                ("2024-03-11 08:00", "transferred", transferred("slip_delivered_to_focal_officer")),
            ],
        );
        let told =
            timeline(&state).escalations.iter().filter(|told| &*told.action == "escalate_to_unit_head");
        told.map(|told| told.since).collect::<Vec<_>>()
    };
    let step = |local: &str| at(local).plus_micros(Timestamp::STEP);
    // Before four hours are over, after them, and when even the eight have run out.
    assert_eq!(since("2024-03-11 09:00"), [step("2024-03-11 12:00")]);
    assert_eq!(since("2024-03-11 15:00"), [at("2024-03-11 15:00")]);
    assert_eq!(since("2024-03-12 09:00"), [step("2024-03-11 17:00")]);
}

#[test]
fn what_the_city_office_took_over_does_not_run_out() {
    let state = in_order(
        &haiphong(),
        &[
            ("2024-03-11 08:00", "received", report("haiphong", 2)),
            ("2024-03-11 08:30", "transferred", transferred("slip_delivered_to_focal_officer")),
            ("2024-03-11 10:00", "transferred", transferred("sent_to_city_office")),
        ],
    );
    assert_eq!(standing(&state, "2024-03-25 10:00").0, "with_city_office");
    assert_eq!(timeline(&state).escalations, []);
}

#[test]
fn a_case_opened_again_is_not_judged_by_the_limit_that_it_had_met() {
    let state = in_order(
        &hcmc(),
        &[
            ("2024-03-01 10:00", "received", report("hcmc", 2)),
            ("2024-03-01 10:01", "transferred", transferred("dispatched")),
            ("2024-03-01 10:05", "step", step("handling_begun")),
            ("2024-03-04 10:00", "resolved", json!({"result": "done"})),
            ("2024-03-05 10:00", "reopened", json!({})),
            ("2024-03-20 10:00", "resolved", json!({"result": "done"})),
        ],
    );
    let flows = timeline(&state).flows.iter().filter(|flow| flow.measure == Measure::Resolved);
    let judged: Vec<Judgement> = flows.map(|flow| flow.judged).collect();
    assert_eq!(judged, [Judgement::InTime, Judgement::NoDeadline]);
}

#[test]
fn a_dossier_of_which_only_the_return_is_told_is_resolved_by_it() {
    let state = in_order(
        &hcmc(),
        &[
            (
                "2024-03-01 08:00",
                "received",
                json!({"kind": "dossier", "city": "hcmc", "agency": "a", "field": "f",
                       "due_at": "2024-03-05T17:00:00+07:00"}),
            ),
            ("2024-03-06 09:00", "step", step("returned_result")),
        ],
    );
    assert_eq!(standing(&state, "2024-03-07 00:00").0, "result_returned");
    check_judged(&state, Judgement::Late);
}

#[test]
fn a_dossier_goes_through_its_stages_and_is_resolved_by_the_approval() {
    let state = in_order(
        &hcmc(),
        &[
            (
                "2024-03-14 08:00",
                "received",
                json!({"kind": "dossier", "city": "hcmc", "procedure": "p", "submission_mode": "online",
                       "agency": "a", "field": "f", "due_at": "2024-03-18T17:00:00+07:00"}),
            ),
            ("2024-03-14 09:00", "step", step("circulated")),
            ("2024-03-15 09:00", "step", step("supplement_requested")),
            ("2024-03-15 10:00", "step", step("supplemented")),
            ("2024-03-18 10:00", "step", step("submitted_for_approval")),
            ("2024-03-18 16:00", "step", step("approved")),
            ("2024-03-19 16:00", "step", step("returned_result")),
        ],
    );
    check(&state, "2024-03-15 09:30", "supplement_requested", Timeliness::InTime, "OS-1");
    check(&state, "2024-03-15 11:00", "specialised_processing", Timeliness::InTime, "OS-1");
    let stage = |now: &str| {
        let segment = timeline(&state).at(at(now)).unwrap();
        state.symbols().name(segment.attrs.code(Dimension::Stage)).unwrap().to_string()
    };
    assert_eq!([stage("2024-03-14 08:30"), stage("2024-03-18 11:00")], ["reception", "approval"]);
    check_judged(&state, Judgement::InTime);
    assert_eq!(standing(&state, "2024-03-20 00:00").0, "result_returned");
    // The code `c` is none of the one-stop system's.
    assert_eq!(timeline(&state).flags, [Flag::MalformedCode]);
}

#[test]
fn a_case_of_before_the_first_regulation_keeps_the_limit_that_it_came_with() {
    let mut data = report("hcmc", 2);
    data["due_at"] = json!("2023-10-30T10:00:00+07:00");
    let state = in_order(&hcmc(), &[("2023-10-25 10:00", "received", data)]);
    check(&state, "2023-10-31 10:00", "received", Timeliness::Overdue, "");
}

/// Stories of every kind of step, at odd times.
fn stories() -> impl Strategy<Value = (bool, Vec<(u32, usize)>)> {
    (any::<bool>(), prop::collection::vec((0_u32..60 * 24 * 20, 0_usize..20), 0..9))
}

const STEPS: [&str; 8] = [
    "verified_genuine",
    "verified_false",
    "inspected",
    "mitigated",
    "handling_begun",
    "responded_to_reporter",
    "return_confirmed",
    "repaired",
];
const HANDS: [&str; 5] =
    ["dispatched", "returned", "forwarded", "slip_delivered_to_focal_officer", "assigned_to_subordinate"];

fn told(is_hcmc: bool, picks: &[(u32, usize)]) -> Vec<(String, &'static str, Json)> {
    let start = at("2024-02-05 07:30");
    let time = |minutes: u32| {
        let text = start.plus_secs(i64::from(minutes) * 60).to_rfc3339_at(jiff::tz::offset(7));
        text[..16].replace('T', " ")
    };
    let city = if is_hcmc { "hcmc" } else { "haiphong" };
    let first = (time(0), "received", report(city, if picks.len().is_multiple_of(2) { 1 } else { 2 }));
    let others = picks.iter().map(|(minutes, pick)| {
        let (kind, data) = match pick {
            0..=7 => ("step", step(STEPS[*pick])),
            8..=12 => ("transferred", transferred(HANDS[pick - 8])),
            13 => ("resolved", json!({"result": "done", "answered": true, "fixed": true})),
            14 => ("reopened", json!({})),
            15 => ("amended", json!({"severity": "complex"})),
            16 => ("amended", json!({"is_infrastructure_incident": false, "not_competent": true})),
            17 => ("closed", json!({})),
            18 => ("linked", json!({"relation": "duplicate_of", "case": "other"})),
            _ => (
                "committed",
                json!({"commitment": "expected_completion_at", "until": "2024-03-01T10:00:00+07:00"}),
            ),
        };
        (time(*minutes), kind, data)
    });
    std::iter::once(first).chain(others).collect()
}

/// The same state, written and read.
fn through_image(city: &City, state: &State) -> State {
    let head = ImageHead::read(&state.image_head().unwrap()).unwrap();
    let written: Vec<_> = state.image_stretches().map(|places| state.image_part(places).unwrap()).collect();
    let parts: Vec<ImagePart> = written.iter().map(|part| ImagePart::read(part.clone()).unwrap()).collect();
    let read = State::of_image(Arc::new(city.clone()), head, parts).unwrap();
    // Nobody has looked at a case yet, and what is written of it is what it was written as.
    assert!(
        read.cases().iter().all(|case| case.events.unread().is_some() && case.timeline.unread().is_some())
    );
    let again: Vec<_> = read.image_stretches().map(|places| read.image_part(places).unwrap()).collect();
    assert_eq!(again, written);
    read
}

#[test]
fn bytes_that_are_cut_off_are_no_image() {
    let state = in_order(&hcmc(), &[("2024-02-05 10:00", "received", report("hcmc", 1))]);
    let part = state.image_part(0..1).unwrap();
    for length in 0..part.len() {
        assert!(ImagePart::read(part[..length].to_vec()).is_err(), "{length} of {}", part.len());
    }
    ImagePart::read(part).unwrap();
}

#[test]
fn a_case_that_was_only_glanced_at_is_still_bytes() {
    let city = hcmc();
    let state = in_order(&city, &[("2024-02-05 10:00", "received", report("hcmc", 1))]);
    let read = through_image(&city, &state);
    let case = read.find("c").unwrap();
    assert_eq!(case.events.len(), 1);
    assert_eq!(*case.timeline.glance(), *state.find("c").unwrap().timeline);
    assert!(case.events.unread().is_some() && case.timeline.unread().is_some());
    assert_eq!(case.events[0].subject, case.code);
    assert!(case.events.unread().is_none() && case.timeline.unread().is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Whatever order events come in, and wherever time stands meanwhile, the case is the same.
    #[test]
    fn any_order_of_arrival_gives_the_same_case((is_hcmc, picks) in stories(), seed in any::<u64>()) {
        let city = if is_hcmc { hcmc() } else { haiphong() };
        let told = told(is_hcmc, &picks);
        let told: Vec<Told<'_>> = told.iter().map(|(time, kind, data)| (time.as_str(), *kind, data.clone())).collect();
        let sorted: Vec<usize> = (0..told.len()).collect();
        let mut shuffled = sorted.clone();
        let mut chance = seed;
        for place in (1..shuffled.len()).rev() {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(place, (chance >> 33) as usize % (place + 1));
        }
        let one = state_of(&city, &told, &sorted, "2024-02-20 00:00");
        let other = state_of(&city, &told, &shuffled, "2024-02-20 00:00");
        let names = |state: &State| -> Vec<String> {
            timeline(state).points().iter().map(|point| {
                let dims = point.attrs.dims.map(|sym| state.symbols().name(sym).unwrap_or_default());
                format!("{:?} {:?} {} {:?} {:?} {:?}", point.at, point.since, point.weight, point.measure, point.judged, dims)
            }).collect()
        };
        prop_assert_eq!(names(&one), names(&other));
        prop_assert_eq!(&timeline(&one).verdicts, &timeline(&other).verdicts);
    }

    /// Wherever a run is cut and the log or an image read again, the state is the same.
    #[test]
    fn any_split_into_restarts_gives_the_same_case((is_hcmc, picks) in stories(), cut in 0_usize..10) {
        let city = if is_hcmc { hcmc() } else { haiphong() };
        let told = told(is_hcmc, &picks);
        let told: Vec<Told<'_>> = told.iter().map(|(time, kind, data)| (time.as_str(), *kind, data.clone())).collect();
        let symbols = Symbols::default();
        let event = |place: usize| {
            let mut event = intake::read(&envelope(place, &told[place]), &city, &symbols, None).unwrap();
            event.seq = Seq(place as u64 + 1);
            Arc::new(event)
        };
        let now = |place: usize| at("2024-02-05 08:00").plus_secs(86_400 * place as i64);
        let mut changes = Changes::default();
        let mut whole = State::new(Arc::new(city.clone()), symbols.clone(), at("2024-02-05 07:00"));
        for place in 0..told.len() {
            whole.apply(event(place), &mut changes);
            whole.advance(now(place), &mut changes);
        }
        // What was there before the cut is read again at once, the rest comes live.
        let cut = cut.min(told.len());
        let mut again = State::new(Arc::new(city.clone()), symbols.clone(), now(cut));
        let held: std::collections::BTreeSet<_> = (0..cut).flat_map(|place| again.hold(event(place))).collect();
        for case in held {
            again.fold_again(case, &mut changes);
        }
        // Or what was there was kept as bytes.
        let mut kept = through_image(&city, &again);
        for place in cut..told.len() {
            for state in [&mut again, &mut kept] {
                state.apply(event(place), &mut changes);
                state.advance(now(place), &mut changes);
            }
        }
        let last = now(told.len() + 400);
        whole.advance(last, &mut changes);
        for state in [&mut again, &mut kept] {
            prop_assert_eq!(timeline(&whole), timeline(state));
            state.advance(last, &mut changes);
            prop_assert_eq!(whole.next_due(), state.next_due());
            prop_assert_eq!((whole.seq(), whole.events(), whole.sources()), (state.seq(), state.events(), state.sources()));
        }
    }

    /// No level is ever below zero or above one, and a case that is open has exactly one timeliness.
    #[test]
    fn a_case_is_open_once_or_not_at_all((is_hcmc, picks) in stories()) {
        let city = if is_hcmc { hcmc() } else { haiphong() };
        let told = told(is_hcmc, &picks);
        let told: Vec<Told<'_>> = told.iter().map(|(time, kind, data)| (time.as_str(), *kind, data.clone())).collect();
        let state = in_order(&city, &told);
        let mut levels: Vec<(Timestamp, i64)> = timeline(&state)
            .points()
            .iter()
            .filter(|point| point.measure == Measure::Open)
            .map(|point| (point.since, i64::from(point.weight)))
            .collect();
        levels.sort_unstable();
        let mut sum = 0;
        for (place, (since, weight)) in levels.iter().enumerate() {
            sum += weight;
            if levels.get(place + 1).is_none_or(|next| next.0 > *since) {
                prop_assert!((0..=1).contains(&sum));
            }
        }
    }
}
