//! A new regulation is a new file: rule sets that the program has never heard of.

use serde_json::{Value as Json, json};

use super::program::{ask, at, clock_of, data, event, shipped};

/// A flood on a Friday afternoon, in the words of the third city alone.
fn flood() -> Vec<Json> {
    let received = json!({
        "kind": "report", "city": "third", "content_group": 7, "severity": "flood", "ground": "coast", "monsoon": true,
    });
    vec![
        event(1, "2025-03-14 15:00", "received", received),
        event(2, "2025-03-14 16:00", "step", json!({ "step": "permit_checked", "unit": "U" })),
    ]
}

#[track_caller]
fn check(more: &[&str], events: &[Json], now: &str, rule: &str, start: &str, due: &str, state: &str) {
    let (rules, calendar) = (data("third-city.toml"), data("third-city-calendar.toml"));
    let args = [&["--rules", &rules, "--calendar", &calendar], more].concat();
    let answer = ask(&args, events, now);
    assert_eq!(answer["rule_set"], "TC-1");
    let clock = clock_of(&answer, rule);
    assert_eq!(
        [&clock["start"], &clock["due"], &clock["state"]],
        [&json!(at(start)), &json!(at(due)), &json!(state)],
        "{clock}"
    );
}

#[test]
fn new_steps_flags_attributes_and_units_need_no_new_program() {
    // 1 h 30 on Friday, 4 h on Saturday, 6 h 30 of Monday.
    let (start, due) = ("2025-03-14 16:00", "2025-03-17 16:00");
    check(&[], &flood(), "2025-03-15 08:00", "TC-1.1", start, due, "in_time");
    check(&[], &flood(), "2025-03-17 16:00", "TC-1.1", start, due, "due_soon");
    check(&[], &flood(), "2025-03-18 08:00", "TC-1.1", start, due, "overdue");
    check(&[], &flood(), "2025-03-15 08:00", "TC-1.2", "2025-03-14 15:00", "2025-03-29 00:00", "in_time");
    let cleared = [flood(), vec![event(3, "2025-03-17 15:59", "step", json!({ "step": "site_cleared" }))]];
    check(&[], &cleared.concat(), "2025-03-18 08:00", "TC-1.1", start, due, "met");
    check(
        &[],
        &cleared.concat(),
        "2025-03-18 08:00",
        "TC-1.2",
        "2025-03-14 15:00",
        "2025-03-29 00:00",
        "met",
    );
}

#[test]
fn a_new_action_starts_a_clock_and_a_new_commitment_moves_one() {
    let after = "2025-03-17 17:00";
    check(&[], &flood(), after, "TC-1.3", "2025-03-17 16:00", "2025-03-17 20:00", "in_time");
    let promise = json!({ "commitment": "cleared_by", "until": at("2025-03-18 12:00") });
    let promised = [flood(), vec![event(3, "2025-03-15 09:00", "committed", promise)]].concat();
    check(&[], &promised, after, "TC-1.1", "2025-03-14 16:00", "2025-03-17 16:00", "extended");
    let late = "2025-03-18 13:00";
    check(&[], &promised, late, "TC-1.3", "2025-03-18 12:00", "2025-03-18 16:00", "in_time");
}

#[test]
fn a_variant_that_the_file_states_is_chosen_by_set() {
    let set = ["--set", "TC-1.1.start=received"];
    // 2 h 30 on Friday, 4 h on Saturday, 5 h 30 of Monday.
    check(&set, &flood(), "2025-03-15 08:00", "TC-1.1", "2025-03-14 15:00", "2025-03-17 15:00", "in_time");
}

#[test]
fn rules_of_another_city_may_be_tried_out_in_a_city_with_its_calendar() {
    let (city, rules) = (shipped("cities/hcmc"), data("third-city.toml"));
    let answer = ask(&["--city", &city, "--rules", &rules], &flood(), "2025-03-15 08:00");
    // No Saturday: 1 h on Friday, 8 h of Monday, 3 h of Tuesday.
    assert_eq!(clock_of(&answer, "TC-1.1")["due"], at("2025-03-18 11:00"));
}

#[test]
fn without_any_calendar_the_answer_says_which_hours_it_assumes() {
    let rules = data("third-city.toml");
    let answer = ask(&["--rules", &rules, "--lang", "en"], &flood(), "2025-03-15 08:00");
    assert_eq!(clock_of(&answer, "TC-1.1")["due"], at("2025-03-18 11:00"));
    assert!(answer["notes"][0].as_str().unwrap().starts_with("There is no working calendar"), "{answer}");
}

#[test]
fn answers_in_five_days_are_one_more_file() {
    let older = |day: &str| {
        let received = json!({ "kind": "report", "city": "hcmc", "content_group": 2 });
        let events = [event(1, &format!("{day} 16:30"), "received", received)];
        let (city, five) = (shipped("cities/hcmc"), data("hcm-1478.toml"));
        let four = shipped("cities/hcmc/regulations/hcm-4874.toml");
        ask(&["--city", &city, "--rules", &five, "--rules", &four], &events, "2024-12-31 00:00")
    };
    let answer = older("2023-01-18");
    assert_eq!(answer["rule_set"], "HCM-1478");
    // Tết of 2023 is from 20 to 26 January.
    assert_eq!(clock_of(&answer, "HCM-1478-5")["due"], at("2023-02-02 00:00"));
    assert_eq!(older("2023-10-25")["rule_set"], "HCM-1478");
    assert_eq!(older("2023-10-26")["rule_set"], "HCM-4874");
    let before = older("2020-05-03");
    assert_eq!((&before["rule_set"], &before["clocks"]), (&Json::Null, &json!([])));
}
