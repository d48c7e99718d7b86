//! The test vectors T1 to T21 of the specification, from a file of events to the printed due instant.

use serde_json::json;

use super::program::{ask, at, clock_of, event, shipped, write};

/// An event without its place: its time, kind and data.
type Told<'a> = (&'a str, &'a str, serde_json::Value);

/// A report of a group.
fn report(city: &str, time: &'static str, group: u8) -> Told<'static> {
    (time, "received", json!({ "kind": "report", "city": city, "content_group": group }))
}

fn to<'a>(time: &'a str, step: &str) -> Told<'a> {
    (time, "transferred", json!({ "step": step, "to": "U" }))
}

fn amended<'a>(time: &'a str, member: &str) -> Told<'a> {
    (time, "amended", json!({ member: true }))
}

/// Asks long after everything: the due instant does not depend on when one asks.
#[track_caller]
fn check(args: &[&str], rule: &str, told: &[Told<'_>], start: &str, due: &str) {
    let city = told[0].2["city"].as_str().unwrap();
    let city = shipped(&format!("cities/{city}"));
    let events: Vec<_> =
        told.iter().enumerate().map(|(id, (time, kind, data))| event(id, time, kind, data.clone())).collect();
    let answer = ask(&[&["--city", &city], args].concat(), &events, "2024-06-30 12:00");
    let clock = clock_of(&answer, rule);
    assert_eq!((&clock["start"], &clock["due"]), (&json!(at(start)), &json!(at(due))), "{rule}");
    assert!(clock["clause"].as_str().unwrap().contains("QĐ-UBND Điều"), "{clock}");
    assert!(clock["why"].as_array().unwrap().len() > 3, "{clock}");
}

#[track_caller]
fn hcm(rule: &str, start: &'static str, group: u8, more: &[Told<'_>], due: &str) {
    check(&[], rule, &[&[report("hcmc", start, group)], more].concat(), start, due);
}

#[track_caller]
fn hp(rule: &str, start: &'static str, more: &[Told<'_>], due: &str) {
    check(&[], rule, &[&[report("haiphong", start, 2)], more].concat(), start, due);
}

#[test]
fn t1_to_t3_minutes_and_hours_run_through_nights_and_weekends() {
    hcm("HCM-6.2", "2024-03-16 23:58", 2, &[], "2024-03-17 00:03");
    let start = "2024-03-14 09:56";
    let unreal = [to(start, "delivered_to_unit"), (start, "step", json!({ "step": "verified_false" }))];
    hcm("HCM-7.1.a-B1-false", start, 1, &unreal, "2024-03-14 10:56");
    let start = "2024-03-15 20:00";
    let complex = [to(start, "delivered_to_unit"), (start, "amended", json!({ "severity": "complex" }))];
    hcm("HCM-7.1.b-repair", start, 1, &complex, "2024-03-16 04:00");
}

#[test]
fn t4_to_t6_five_working_days_end_at_midnight() {
    for (start, due) in [
        ("2024-03-14 10:00", "2024-03-22 00:00"),
        ("2024-03-15 16:30", "2024-03-23 00:00"),
        ("2024-03-16 09:00", "2024-03-23 00:00"),
    ] {
        hcm("HCM-7.2.b", start, 2, &[to(start, "delivered_to_unit")], due);
    }
}

#[test]
fn t7_a_calendar_file_takes_the_place_of_the_citys() {
    let start = "2024-04-24 10:00";
    let told = [report("hcmc", start, 2), to(start, "delivered_to_unit")];
    let folder = tempfile::tempdir().unwrap();
    let own = write(
        folder.path(),
        "own.toml",
        "[calendar.default]\nzone = \"Asia/Ho_Chi_Minh\"\nweekdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\n\
         intervals = [\"08:00-12:00\", \"13:00-17:00\"]\n\
         non_working = [\"2024-04-29\", \"2024-04-30\", \"2024-05-01\"]\n",
    );
    check(&["--calendar", &own], "HCM-7.2.b", &told, start, "2024-05-07 00:00");
    // The shipped one: Saturday 4 May is worked for Monday 29 April.
    check(&[], "HCM-7.2.b", &told, start, "2024-05-05 00:00");
}

#[test]
fn t8_to_t12_returns_and_days() {
    let start = "2024-03-15 16:30";
    let mut told = vec![to(start, "delivered_to_unit"), amended(start, "not_competent")];
    hcm("HCM-7.2.c-return", start, 2, &told, "2024-03-19 00:00");
    told.push(amended(start, "field_check_done"));
    hcm("HCM-7.2.c-return-field", start, 2, &told, "2024-03-20 00:00");
    let start = "2024-03-12 10:00";
    hcm("HCM-7.3-R10", start, 3, &[to(start, "delivered_to_unit")], "2024-03-23 00:00");
    let start = "2024-03-14 10:00";
    let mut told = vec![to(start, "delivered_to_unit")];
    hcm("HCM-7.3-R10", start, 3, &told, "2024-03-26 00:00");
    told.push(amended(start, "coordination_required"));
    hcm("HCM-7.3-R15", start, 3, &told, "2024-03-30 00:00");
}

#[test]
fn t13_to_t18_working_hours() {
    for (start, due) in [
        ("2024-03-15 16:30", "2024-03-18 08:30"),
        ("2024-03-11 11:30", "2024-03-11 13:30"),
        ("2024-03-11 02:00", "2024-03-11 09:00"),
    ] {
        hp("HP-8.3", start, &[amended(start, "unclear")], due);
    }
    for (start, due) in [
        ("2024-03-11 14:30", "2024-03-12 14:30"),
        ("2024-03-15 16:00", "2024-03-18 16:00"),
        ("2024-03-16 09:00", "2024-03-18 17:00"),
    ] {
        hp("HP-9.3-8h", start, &[to(start, "slip_delivered_to_focal_officer")], due);
    }
}

#[test]
fn t19_to_t21_the_unit_head_and_the_city_office() {
    let start = "2024-03-11 14:30";
    let told = [report("haiphong", start, 2), to(start, "slip_delivered_to_focal_officer")];
    // From the instant at which the focal officer's eight hours ran out, or from the head's own slip.
    check(&[], "HP-9.4-48h", &told, "2024-03-12 14:30", "2024-03-20 14:30");
    let slip = [told.as_slice(), &[to("2024-03-12 14:30", "slip_delivered_to_unit_head")]].concat();
    check(&[], "HP-9.4-48h", &slip, "2024-03-12 14:30", "2024-03-20 14:30");
    check(&["--set", "HP-9.4-48h.start=received"], "HP-9.4-48h", &told, start, "2024-03-19 14:30");
    let start = "2024-03-14 10:00";
    hp("HP-9.6", start, &[amended(start, "pressing")], "2024-03-19 00:00");
}
