//! What `toancanh deadline` knows of a case, and how it says it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value as Json, json};

use super::program::{ask, at, clock_of, event, lines, run, shipped};

fn hcmc() -> String {
    shipped("cities/hcmc")
}

/// A report of group 2 that a unit got at ten.
fn story() -> Vec<Json> {
    let received = json!({ "kind": "report", "city": "hcmc", "content_group": 2 });
    let to = json!({ "step": "delivered_to_unit", "to": "U" });
    vec![
        event(1, "2024-03-14 09:58", "received", received),
        event(2, "2024-03-14 09:59", "transferred", json!({ "step": "dispatched", "to": "U" })),
        event(3, "2024-03-14 10:00", "transferred", to),
        event(4, "2024-03-20 15:00", "resolved", json!({ "result": "…", "handling_unit": "U" })),
    ]
}

#[track_caller]
fn check_state(now: &str, want: &[(&str, &str)]) {
    let answer = ask(&["--city", &hcmc()], &story(), now);
    let got: Vec<(&str, &str)> = answer["clocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|clock| (clock["rule"].as_str().unwrap(), clock["state"].as_str().unwrap()))
        .collect();
    assert_eq!(got, want, "at {now}");
}

#[test]
fn a_case_is_as_it_was_at_the_instant_asked_for() {
    check_state("2024-03-14 09:58", &[("HCM-6.2", "in_time")]);
    // The dispatch stands for the delivery until that is known.
    check_state("2024-03-14 09:59", &[("HCM-6.2", "met"), ("HCM-7.2.b", "in_time")]);
    check_state("2024-03-20 14:59", &[("HCM-6.2", "met"), ("HCM-7.2.b", "in_time")]);
    check_state("2024-03-20 15:00", &[("HCM-6.2", "met"), ("HCM-7.2.b", "met")]);
}

#[test]
fn before_its_first_event_nothing_is_known_of_a_case() {
    let answer = ask(&["--city", &hcmc(), "--lang", "en"], &story(), "2024-03-14 09:57");
    assert_eq!(
        answer,
        json!({
            "case": "C-1",
            "at": "2024-03-14T09:57:00+07:00",
            "rule_set": null,
            "clocks": [],
            "notes": ["At 2024-03-14T09:57:00+07:00 nothing is known of the case: its first event is of \
                       2024-03-14T09:58:00+07:00"],
        })
    );
}

#[test]
fn an_answer_has_the_names_of_the_contract() {
    let answer = ask(&["--city", &hcmc(), "--lang", "en"], &story(), "2024-03-21 00:00");
    assert_eq!(
        clock_of(&answer, "HCM-6.2"),
        json!({
            "rule": "HCM-6.2",
            "clause": "4874/QĐ-UBND Điều 6.2",
            "text": {
                "vi": "Thời gian từ khi nhận được thông tin đến khi phân loại và chuyển xử lý không quá 05 phút.",
                "en": "From receipt to classification and dispatch, not more than 5 minutes.",
            },
            "reading": {
                "vi": "Tin nhắn báo đã ghi nhận nằm trong 5 phút (“đồng thời”); việc sàng lọc, từ chối cũng theo \
                       thời hạn này.",
                "en": "The acknowledgement by SMS lies inside the 5 minutes (“at the same time”); so does screening \
                       for refusals.",
            },
            "start": "2024-03-14T09:58:00+07:00",
            "due": "2024-03-14T10:03:00+07:00",
            "state": "met",
            "stopped_at": "2024-03-14T09:59:00+07:00",
            "why": [
                "Start: report or dossier received (received), 2024-03-14T09:58:00+07:00 (Thursday 2024-03-14)",
                "Limit: not more than 5 minutes, continuous, nights and days off included",
                "2024-03-14T09:58:00+07:00 + 5 min = 2024-03-14T10:03:00+07:00",
                "Due: 2024-03-14T10:03:00+07:00; that very instant is in time",
                "Stopped at 2024-03-14T09:59:00+07:00: in time",
            ],
        })
    );
    let vietnamese = ask(&["--city", &hcmc()], &story(), "2024-03-21 00:00");
    assert_eq!(clock_of(&vietnamese, "HCM-6.2")["why"][4], "Dừng lúc 2024-03-14T09:59:00+07:00: trong hạn");
}

#[test]
fn a_promise_is_shown_with_its_instant() {
    let mut events = story();
    events.pop();
    let promise = json!({ "commitment": "committed_completion_at", "until": at("2024-04-01 17:00") });
    events.push(event(5, "2024-03-21 16:00", "committed", promise));
    let clock = clock_of(&ask(&["--city", &hcmc()], &events, "2024-03-25 08:00"), "HCM-7.2.b");
    assert_eq!(
        (&clock["state"], &clock["extended_until"]),
        (&json!("extended"), &json!(at("2024-04-01 17:00")))
    );
    let clock = clock_of(&ask(&["--city", &hcmc()], &events, "2024-04-02 08:00"), "HCM-7.2.b");
    assert_eq!(clock["state"], "overdue");
}

#[test]
fn clocks_that_count_no_more_are_shown_where_all_is_asked_for() {
    let flag = json!({ "unit_undetermined": true });
    let events = [story(), vec![event(5, "2024-03-14 09:58", "amended", flag)]].concat();
    let rules = |answer: &Json| {
        let clocks = answer["clocks"].as_array().unwrap().clone();
        clocks.iter().map(|clock| clock["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let answer = ask(&["--city", &hcmc()], &events, "2024-03-14 10:30");
    assert_eq!(rules(&answer), ["HCM-6.3", "HCM-7.2.b"]);
    let all = ask(&["--city", &hcmc(), "--all"], &events, "2024-03-14 10:30");
    assert_eq!(rules(&all), ["HCM-6.2", "HCM-6.3", "HCM-7.2.b"]);
    assert_eq!(clock_of(&all, "HCM-6.2")["replaced_by"], "HCM-6.3");
}

#[test]
fn the_order_of_lines_and_repeats_change_nothing() {
    let want = ask(&["--city", &hcmc()], &story(), "2024-03-21 00:00");
    let mut events = story();
    events.reverse();
    events.extend(story());
    assert_eq!(ask(&["--city", &hcmc()], &events, "2024-03-21 00:00"), want);
}

#[test]
fn of_two_events_with_one_id_the_same_one_counts_whatever_comes_first() {
    let other =
        event(3, "2024-03-14 11:00", "transferred", json!({ "step": "delivered_to_unit", "to": "V" }));
    let (before, after) = ([vec![other.clone()], story()].concat(), [story(), vec![other]].concat());
    let now = "2024-03-21 00:00";
    let (before, after) = (ask(&["--city", &hcmc()], &before, now), ask(&["--city", &hcmc()], &after, now));
    assert_eq!(before, after);
}

#[test]
fn a_file_may_be_packed_an_array_or_one_event_over_several_lines() {
    let folder = tempfile::tempdir().unwrap();
    let now = at("2024-03-21 00:00");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let city = hcmc();
        let ran = run(&["deadline", "--city", &city, "--case", path.to_str().unwrap(), "--at", &now]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        serde_json::from_str::<Json>(&ran.out).unwrap()
    };
    let want = ask(&["--city", &hcmc()], &story(), "2024-03-21 00:00");
    let text = lines(&story());
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    assert_eq!(file("case.ndjson.gz", &packer.finish().unwrap()), want);
    assert_eq!(file("case.ndjson.zst", &zstd::encode_all(text.as_bytes(), 1).unwrap()), want);
    assert_eq!(file("case.json", &serde_json::to_vec_pretty(&story()).unwrap()), want);
    assert_eq!(
        file("windows.ndjson", format!("\u{feff}{}", text.replace('\n', "\r\n\r\n")).as_bytes()),
        want
    );
    let one = serde_json::to_vec_pretty(&story()[0]).unwrap();
    assert_eq!(clock_of(&file("one.json", &one), "HCM-6.2")["state"], "overdue");
}

#[test]
fn of_several_cases_in_one_file_one_is_named() {
    let mut events = story();
    let mut other = events[0].clone();
    other["subject"] = json!("C-2");
    other["id"] = json!("9");
    events.push(other);
    let answer = ask(&["--city", &hcmc(), "--subject", "C-2"], &events, "2024-03-14 09:58");
    assert_eq!((&answer["case"], &answer["clocks"][0]["rule"]), (&json!("C-2"), &json!("HCM-6.2")));
}

#[test]
fn a_rule_set_that_has_ended_goes_on_and_says_so() {
    let received = json!({ "kind": "report", "city": "haiphong", "content_group": 2, "unclear": true });
    let events = [event(1, "2025-03-14 16:30", "received", received)];
    let city = shipped("cities/haiphong");
    let answer = ask(&["--city", &city, "--lang", "en"], &events, "2025-03-15 00:00");
    assert_eq!(clock_of(&answer, "HP-8.3")["due"], at("2025-03-17 08:30"));
    assert_eq!(
        answer["notes"][0],
        "The rule set HP-583 ended on 2024-12-31; none took its place, so it goes on being computed"
    );
}

#[test]
fn a_dossier_runs_against_the_limit_that_it_came_with() {
    let due = at("2026-03-20 17:00");
    let received = json!({ "kind": "dossier", "city": "hcmc", "procedure": "P1", "due_at": due });
    let events = [
        event(1, "2026-03-10 08:00", "received", received),
        event(2, "2026-03-20 17:00", "step", json!({ "step": "approved" })),
        event(3, "2026-03-21 09:00", "resolved", json!({ "result": "…", "handling_unit": "U" })),
    ];
    let state = |now: &str| {
        let answer = ask(&["--city", &hcmc()], &events, now);
        assert_eq!(answer["rule_set"], "OS-2686");
        let clock = clock_of(&answer, "OS-1");
        assert_eq!(clock["due"], due);
        clock["state"].as_str().unwrap().to_owned()
    };
    assert_eq!([state("2026-03-11 08:00"), state("2026-03-20 16:59")], ["in_time", "due_soon"]);
    // Approval, and not the day on which the result was fetched, completes it; the very instant is in time.
    assert_eq!(state("2026-03-22 00:00"), "met");
}
