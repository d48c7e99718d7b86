//! What regulations ask of events beside their limits, of ratings and of codes: what lacks it is kept,
//! flagged and named, whatever order the events came in.

#![allow(clippy::unwrap_used)] // A test that meets something unexpected should stop there.

use std::path::Path;
use std::sync::Arc;

use domain::Seq;
use domain::calendar::Calendar;
use domain::case::{Measure, Timeline};
use domain::city::City;
use domain::event::{Event, Flag};
use domain::fold::fold;
use domain::intake;
use domain::regulation::{Book, RuleSet};
use domain::symbol::Symbols;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

const HCM: &str = include_str!("../../cities/hcmc/regulations/hcm-4874.toml");
const HP: &str = include_str!("../../cities/haiphong/regulations/hp-583.toml");
const OS: &str = include_str!("../../cities/hcmc/regulations/os-2686.toml");
const CALENDAR: &str = include_str!("../../cities/hcmc/calendar.toml");
const HOLIDAYS: &str = include_str!("../../cities/hcmc/holidays.csv");

/// A dossier's code of the prescribed form.
const CODE: &str = "000.00.04.H29-240314-0001";

fn city(code: &str, sets: &[&str]) -> City {
    let none = |_: &str| Err("none".to_owned());
    let rules = |text: &&str| RuleSet::parse(Path::new("rules.toml"), text, &none).unwrap();
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

/// One event: its place in hours from 14 March 2024, 08:00, its type without prefixes, its data.
type Told<'a> = (u32, &'a str, Json);

fn folded(city: &City, case: &str, told: &[Told<'_>]) -> Timeline {
    let symbols = Symbols::default();
    let mut events: Vec<Arc<Event>> = Vec::new();
    for (place, (hour, kind, data)) in told.iter().enumerate() {
        let (day, hour) = (14 + hour / 24, hour % 24);
        let envelope = json!({
            "specversion": "1.0", "id": place.to_string(), "source": "urn:test", "subject": case,
            "type": format!("vn.toancanh.case.{kind}"), "time": format!("2024-03-{day}T{hour:02}:00:00+07:00"),
            "data": data,
        });
        let mut event = intake::read(&envelope, city, &symbols, None).unwrap();
        event.seq = Seq(place as u64 + 1);
        events.push(Arc::new(event));
    }
    events.sort_by(|one, other| one.order(other));
    fold(city, &symbols, &events).unwrap()
}

fn report(city: &str, group: u8) -> Told<'static> {
    (
        8,
        "received",
        json!({"kind": "report", "city": city, "content_group": group, "field": "f", "agency": "1022"}),
    )
}

fn dossier() -> Told<'static> {
    let data =
        json!({"kind": "dossier", "city": "hcmc", "field": "f", "agency": "A", "submission_mode": "online"});
    (8, "received", data)
}

/// Which requirements of the Ho Chi Minh City decision a report does not meet, and what is missing.
#[track_caller]
fn check(group: u8, told: &[Told<'_>], want: &[(&str, &str)]) {
    check_in(&hcmc(), group, told, want);
}

#[track_caller]
fn check_in(city: &City, group: u8, told: &[Told<'_>], want: &[(&str, &str)]) {
    let all: Vec<Told<'_>> = [&[report(&city.code, group)], told].concat();
    let timeline = folded(city, "c", &all);
    let unmet: Vec<(String, String)> =
        timeline.unmet.iter().map(|unmet| (unmet.requirement.id.clone(), unmet.missing.join(", "))).collect();
    let unmet: Vec<(&str, &str)> =
        unmet.iter().map(|(id, missing)| (id.as_str(), missing.as_str())).collect();
    assert_eq!(unmet, want);
    for unmet in &timeline.unmet {
        let flag = unmet.requirement.flag;
        assert!(timeline.flags.contains(&flag) && timeline.verdicts[unmet.event].applied, "{flag:?}");
    }
}

#[test]
fn a_refusal_without_a_reason_is_applied_and_flagged() {
    check(2, &[(9, "refused", json!({"reason": "Lời lẽ xúc phạm."}))], &[]);
    for data in [json!({}), json!({"reason": null}), json!({"reason": "  "}), json!({"guidance": "x"})] {
        check(2, &[(9, "refused", data)], &[("HCM-I6", "reason")]);
    }
    let timeline = folded(&hcmc(), "c", &[report("hcmc", 2), (9, "refused", json!({}))]);
    assert_eq!(timeline.flags, [Flag::RefusedWithoutReason]);
    assert_eq!(timeline.flows.iter().filter(|flow| flow.measure == Measure::Refused).count(), 1);
}

#[test]
fn hai_phong_asks_for_guidance_too_and_lets_the_focal_officer_ask_once() {
    let haiphong = city("haiphong", &[HP]);
    let refused = |data: Json| [(9, "refused", data)];
    check_in(&haiphong, 2, &refused(json!({"reason": "x", "guidance": "y"})), &[]);
    check_in(&haiphong, 2, &refused(json!({"reason": "x"})), &[("HP-I6-guidance", "guidance")]);
    check_in(&haiphong, 2, &refused(json!({})), &[("HP-I6", "reason"), ("HP-I6-guidance", "guidance")]);
    let ask = |hour| (hour, "step", json!({"step": "clarification_requested"}));
    let clarified = |hour| (hour, "step", json!({"step": "clarified"}));
    let slip = (10, "transferred", json!({"step": "slip_delivered_to_focal_officer", "to": "U"}));
    check_in(&haiphong, 2, &[ask(8), clarified(9), slip.clone(), ask(11)], &[]);
    check_in(&haiphong, 2, &[slip, ask(11), clarified(12), ask(13)], &[("HP-I10", "")]);
}

/// A complex or normal incident up to its inspection.
fn incident(severity: &str) -> Vec<Told<'static>> {
    vec![
        (8, "amended", json!({"severity": severity})),
        (8, "transferred", json!({"step": "dispatched", "to": "U"})),
        (9, "step", json!({"step": "verified_genuine"})),
        (9, "transferred", json!({"step": "assigned_to_subordinate", "to": "V"})),
        (10, "step", json!({"step": "inspected"})),
    ]
}

#[test]
fn a_result_of_handling_on_site_carries_an_image_or_minutes() {
    let on_site = "scene_image || result_image || minutes || result_documents";
    let with = |data: Json| [incident("normal"), vec![(11, "resolved", data)]].concat();
    check(1, &with(json!({"result": "x"})), &[("HCM-C1-on-site", on_site)]);
    check(1, &with(json!({"result": "x", "scene_images": []})), &[("HCM-C1-on-site", on_site)]);
    check(1, &with(json!({"result": "x", "scene_images": [{"name": "a.jpg"}]})), &[]);
    check(1, &with(json!({"result": "x", "result_documents": ["Biên bản"]})), &[]);
    check(1, &with(json!({"result": "x", "evidence": [{"name": "a.jpg", "media_type": "image/jpeg"}]})), &[]);
    check(1, &with(json!({"scene_images": [{"name": "a.jpg"}]})), &[("HCM-C1", "result")]);
    // What is answered from the desk has nothing to show.
    check(2, &[(9, "resolved", json!({"result": "x"}))], &[]);
    check(2, &[(9, "resolved", json!({"result": "x", "fixed": true}))], &[("HCM-C1-on-site", on_site)]);
}

#[test]
fn the_result_of_a_complex_incident_carries_scene_images() {
    let with = |data: Json| [incident("complex"), vec![(11, "resolved", data)]].concat();
    check(1, &with(json!({"result": "x", "result_documents": ["Biên bản"]})), &[("HCM-C2", "scene_image")]);
    check(1, &with(json!({"result": "x", "scene_images": [{"name": "a.jpg"}]})), &[]);
}

#[test]
fn evidence_that_comes_with_another_step_counts_unless_the_case_was_opened_again_between_them() {
    let shown = |hour| (hour, "step", json!({"step": "result_recorded", "evidence": ["image"]}));
    let resolved = |hour| (hour, "resolved", json!({"result": "x"}));
    check(1, &[incident("complex"), vec![resolved(11), shown(12)]].concat(), &[]);
    let again =
        [incident("complex"), vec![resolved(11), shown(12), (13, "reopened", json!({})), resolved(14)]];
    check(1, &again.concat(), &[("HCM-C2", "scene_image")]);
}

#[test]
fn a_return_states_its_reason_and_that_of_an_incident_what_was_verified() {
    let verification =
        "verification || verification_result || verified_genuine || verified_false || inspected";
    let returned = |data: Json| {
        let mut all = data;
        all["step"] = json!("returned");
        all["to"] = json!("1022");
        vec![(8, "transferred", json!({"step": "dispatched", "to": "U"})), (9, "transferred", all)]
    };
    check(1, &returned(json!({"reason": "x", "verification": "y"})), &[]);
    check(
        1,
        &returned(json!({})),
        &[("HCM-7.1.c-return", "reason"), ("HCM-7.1.c-return-verification", verification)],
    );
    let inspected = vec![(8, "step", json!({"step": "verified_genuine"}))];
    check(1, &[inspected, returned(json!({"reason": "x"}))].concat(), &[]);
    check(2, &returned(json!({"reason": "x"})), &[]);
    check(2, &returned(json!({})), &[("HCM-7.2.c-return-reason", "reason")]);
    check(3, &returned(json!({})), &[("HCM-7.2.c-return-reason", "reason")]);
}

#[test]
fn a_progress_response_carries_proof_and_a_committed_deadline() {
    let begun = |more: Vec<Told<'static>>| {
        let first = vec![
            (8, "transferred", json!({"step": "dispatched", "to": "U"})),
            (9, "step", json!({"step": "handling_begun"})),
        ];
        [first, more].concat()
    };
    let until = "2024-04-10T17:00:00+07:00";
    let committed = |evidence: Json| {
        let data = json!({"commitment": "committed_completion_at", "until": until, "evidence": evidence});
        (10, "committed", data)
    };
    let progress = |evidence: Json| (10, "step", json!({"step": "progress_reported", "evidence": evidence}));
    check(2, &begun(vec![committed(json!(["proof_image"]))]), &[]);
    check(2, &begun(vec![committed(json!([])), progress(json!(["image"]))]), &[]);
    check(2, &begun(vec![committed(json!([]))]), &[("HCM-C3", "proof_image")]);
    check(2, &begun(vec![progress(json!(["image"]))]), &[("HCM-C3", "committed_completion_at")]);
    // An expected completion time of a repair is no progress response.
    let expected = (10, "committed", json!({"commitment": "expected_completion_at", "until": until}));
    check(1, &[incident("normal"), vec![expected]].concat(), &[]);
}

#[test]
fn a_new_city_states_its_own_duties_in_its_own_words() {
    let rules = r#"
[rule_set]
id = "DN-1"
[vocabulary]
steps = ["site_cleared"]
flags = ["monsoon"]
[[requirement]]
id = "DN-1.2"
clause = "1/QĐ Điều 1.2"
on = "site_cleared"
when = "monsoon"
needs = ["flood_image", "water_level_cm"]
flag = "requirement_unmet"
text = "Mực nước và hình ảnh."
"#;
    let danang = city("danang", &[rules]);
    let cleared = |more: Json| {
        let mut data = more;
        data["step"] = json!("site_cleared");
        (10, "step", data)
    };
    let monsoon = (9, "amended", json!({"monsoon": true}));
    check_in(&danang, 1, &[cleared(json!({}))], &[]);
    check_in(
        &danang,
        1,
        &[monsoon.clone(), cleared(json!({}))],
        &[("DN-1.2", "flood_image, water_level_cm")],
    );
    check_in(&danang, 1, &[monsoon, cleared(json!({"water_level_cm": 40, "images": ["a.jpg"]}))], &[]);
}

/// Which ratings are odd, and how many count.
#[track_caller]
fn check_ratings(city: &City, case: &[Told<'_>], want: &[Option<Flag>], counted: usize) {
    let timeline = folded(city, CODE, case);
    let is_rating = |place: &usize| case_order(case)[*place] == "rated";
    let places = (0..case.len()).filter(is_rating);
    let flags: Vec<Option<Flag>> = places.map(|place| timeline.verdicts[place].flag).collect();
    assert_eq!(flags, want);
    assert_eq!(timeline.flows.iter().filter(|flow| flow.measure == Measure::Rated).count(), counted);
    let flagged = want.iter().flatten().all(|flag| timeline.flags.contains(flag));
    assert!(flagged, "{:?}", timeline.flags);
}

/// The kinds of the events, which are told in the order of their times.
fn case_order<'a>(case: &[Told<'a>]) -> Vec<&'a str> {
    case.iter().map(|(_, kind, _)| *kind).collect()
}

#[test]
fn a_report_is_rated_once_and_after_its_answer() {
    let rated = |hour, score: u8| (hour, "rated", json!({"score": score}));
    let resolved = |hour| (hour, "resolved", json!({"result": "x"}));
    let early = Some(Flag::RatedBeforeAnswer);
    check_ratings(&hcmc(), &[report("hcmc", 2), resolved(9), rated(10, 5)], &[None], 1);
    check_ratings(&hcmc(), &[report("hcmc", 2), rated(9, 1), resolved(10), rated(11, 5)], &[early, None], 1);
    let again = [report("hcmc", 2), resolved(9), rated(10, 5), rated(11, 1)];
    check_ratings(&hcmc(), &again, &[None, Some(Flag::RatedAgain)], 1);
    let answered = (9, "step", json!({"step": "responded_to_reporter"}));
    check_ratings(&hcmc(), &[report("hcmc", 2), answered, rated(10, 5)], &[None], 1);
    let refused = (9, "refused", json!({"reason": "x"}));
    check_ratings(&hcmc(), &[report("hcmc", 2), refused, rated(10, 1)], &[None], 1);
    let linked = (9, "linked", json!({"relation": "duplicate_of", "case": "first"}));
    check_ratings(&hcmc(), &[report("hcmc", 2), linked, rated(10, 1)], &[None], 1);
}

#[test]
fn what_an_odd_rating_counts_is_a_setting() {
    let all = HCM.replace("early_rating = \"left_out\"", "early_rating = \"counted\"");
    let all = all.replace("repeated_rating = \"left_out\"", "repeated_rating = \"counted\"");
    let rated = |hour| (hour, "rated", json!({"score": 5}));
    let told = [report("hcmc", 2), rated(9), (10, "resolved", json!({"result": "x"})), rated(11), rated(12)];
    let flags = [Some(Flag::RatedBeforeAnswer), None, Some(Flag::RatedAgain)];
    check_ratings(&city("hcmc", &[&all]), &told, &flags, 3);
    check_ratings(&hcmc(), &told, &flags, 1);
    // Nothing says there when one may rate.
    check_ratings(&city("hcmc", &[]), &told, &[None, None, None], 3);
}

#[test]
fn a_dossier_is_rated_in_the_stages_that_it_came_to_each_officer_once() {
    let rated = |hour, stage: &str, officer: &str| {
        (
            hour,
            "rated",
            json!({"score": 5, "stage": stage, "officer": officer, "rating_id": format!("{stage}{officer}")}),
        )
    };
    let circulated = (9, "step", json!({"step": "circulated"}));
    let approved = (12, "resolved", json!({"result": "x"}));
    let told = [
        dossier(),
        rated(8, "guidance", "a"),
        rated(8, "reception", "a"),
        circulated,
        rated(10, "result_return", "a"),
        approved,
        rated(13, "result_return", "a"),
        rated(14, "result_return", "b"),
        rated(15, "reception", "a"),
    ];
    let (fine, early, again) = (None, Some(Flag::RatedBeforeAnswer), Some(Flag::RatedAgain));
    check_ratings(&hcmc(), &told, &[fine, fine, early, fine, fine, again], 4);
}

#[track_caller]
fn check_received(code: &str, kind: &str, mode: Option<&str>, want: &[Flag]) {
    let data = json!({"kind": kind, "city": "hcmc", "field": "f", "agency": "A", "submission_mode": mode});
    assert_eq!(folded(&hcmc(), code, &[(8, "received", data)]).flags, want, "{code} {mode:?}");
}

#[test]
fn a_dossiers_code_of_another_form_is_accepted_and_flagged() {
    check_received(CODE, "dossier", Some("online"), &[]);
    check_received("H29.1-240314-1", "dossier", Some("online"), &[Flag::MalformedCode]);
    check_received("000.00.04.H29-240231-0001", "dossier", Some("online"), &[Flag::MalformedCode]);
    // The form is the one-stop system's.
    check_received("1022-1", "report", None, &[]);
}

#[test]
fn a_dossier_that_counts_as_in_person_because_nobody_says_how_it_came_in_is_flagged() {
    let unclear = [Flag::UnclearSubmissionMode];
    check_received(CODE, "dossier", Some("in_person"), &[]);
    check_received(CODE, "dossier", None, &unclear);
    check_received(CODE, "dossier", Some("post"), &unclear);
    let amended = |mode: Json| {
        folded(&hcmc(), CODE, &[dossier(), (9, "amended", json!({"submission_mode": mode}))]).flags
    };
    assert_eq!(amended(json!("in_person")), []);
    assert_eq!(amended(Json::Null), unclear);
}
