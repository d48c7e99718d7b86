//! The test vectors T1 to T21 of the specification, from events to the due instant.

use super::*;

#[track_caller]
fn check(rules: &str, rule: &str, events: &[Vec<Fact>], want: &str) {
    let case = Case::new(rules, events);
    // Long after everything: the due instant does not depend on when one asks.
    case.check_due(rule, "2024-06-30 12:00", want);
}

fn incident(start: &str, more: &[Vec<Fact>]) -> Vec<Vec<Fact>> {
    let mut events = vec![received(start, 1), transferred(start, "delivered_to_unit")];
    events.extend_from_slice(more);
    events
}

fn amended(time: &str, flag: &str) -> Vec<Fact> {
    event(time, "amended", json!({ flag: true }))
}

#[test]
fn t1_five_minutes_run_through_midnight() {
    check(HCM, "HCM-6.2", &[received("2024-03-16 23:58", 2)], "2024-03-17 00:03");
}

#[test]
fn t2_one_hour_for_a_false_report() {
    let start = "2024-03-14 09:56";
    check(HCM, "HCM-7.1.a-B1-false", &incident(start, &[step(start, "verified_false")]), "2024-03-14 10:56");
}

#[test]
fn t3_eight_hours_are_clock_hours() {
    let start = "2024-03-15 20:00";
    let complex = event(start, "amended", json!({ "severity": "complex" }));
    check(HCM, "HCM-7.1.b-repair", &incident(start, &[complex]), "2024-03-16 04:00");
}

#[test]
fn t4_to_t6_five_working_days() {
    for (start, want) in [
        ("2024-03-14 10:00", "2024-03-22 00:00"),
        ("2024-03-15 16:30", "2024-03-23 00:00"),
        ("2024-03-16 09:00", "2024-03-23 00:00"),
    ] {
        check(HCM, "HCM-7.2.b", &[received(start, 2), transferred(start, "delivered_to_unit")], want);
    }
}

#[test]
fn t7_holidays_and_a_saturday_worked_instead() {
    let start = "2024-04-24 10:00";
    let events = [received(start, 2), transferred(start, "delivered_to_unit")];
    let own = format!("{PLAIN}non_working = [\"2024-04-29\", \"2024-04-30\", \"2024-05-01\"]\n");
    Case::new(HCM, &events).on(&own).check_due("HCM-7.2.b", "2024-06-30 12:00", "2024-05-07 00:00");
    Case::new(HCM, &events).on(CALENDAR).check_due("HCM-7.2.b", "2024-06-30 12:00", "2024-05-05 00:00");
}

#[test]
fn t8_and_t9_returns_with_and_without_a_field_check() {
    let start = "2024-03-15 16:30";
    let events =
        [received(start, 2), transferred(start, "delivered_to_unit"), amended(start, "not_competent")];
    check(HCM, "HCM-7.2.c-return", &events, "2024-03-19 00:00");
    let checked = [events.concat(), amended(start, "field_check_done")];
    check(HCM, "HCM-7.2.c-return-field", &checked, "2024-03-20 00:00");
    Case::new(HCM, &checked).check_none("HCM-7.2.c-return", "2024-06-30 12:00");
}

#[test]
fn t10_to_t12_ten_and_fifteen_days() {
    let events = |start: &str| vec![received(start, 3), transferred(start, "delivered_to_unit")];
    check(HCM, "HCM-7.3-R10", &events("2024-03-12 10:00"), "2024-03-23 00:00");
    check(HCM, "HCM-7.3-R10", &events("2024-03-14 10:00"), "2024-03-26 00:00");
    let mut coordinated = events("2024-03-14 10:00");
    coordinated.push(amended("2024-03-14 10:00", "coordination_required"));
    check(HCM, "HCM-7.3-R15", &coordinated, "2024-03-30 00:00");
}

#[test]
fn t13_to_t15_one_working_hour() {
    for (start, want) in [
        ("2024-03-15 16:30", "2024-03-18 08:30"),
        ("2024-03-11 11:30", "2024-03-11 13:30"),
        ("2024-03-11 02:00", "2024-03-11 09:00"),
    ] {
        check(HP, "HP-8.3", &[received(start, 2), amended(start, "unclear")], want);
    }
}

#[test]
fn t16_to_t18_eight_working_hours() {
    for (start, want) in [
        ("2024-03-11 14:30", "2024-03-12 14:30"),
        ("2024-03-15 16:00", "2024-03-18 16:00"),
        ("2024-03-16 09:00", "2024-03-18 17:00"),
    ] {
        let slip = transferred(start, "slip_delivered_to_focal_officer");
        check(HP, "HP-9.3-8h", &[received(start, 2), slip], want);
    }
}

#[test]
fn t19_and_t20_forty_eight_working_hours() {
    let start = "2024-03-11 14:30";
    let events = [received(start, 2), transferred(start, "slip_delivered_to_focal_officer")];
    let case = Case::new(HP, &events);
    case.check_due("HP-9.4-48h", "2024-06-30 12:00", "2024-03-20 14:30");
    let slip = [events.concat(), transferred("2024-03-12 14:30", "slip_delivered_to_unit_head")];
    check(HP, "HP-9.4-48h", &slip, "2024-03-20 14:30");
    let variant = Case::new(HP, &events).with("HP-9.4-48h.start=received");
    variant.check_due("HP-9.4-48h", "2024-06-30 12:00", "2024-03-19 14:30");
}

#[test]
fn t21_two_working_days() {
    let start = "2024-03-14 10:00";
    check(HP, "HP-9.6", &[received(start, 2), amended(start, "pressing")], "2024-03-19 00:00");
}
