//! When a rule makes a clock: conditions that come late, go, or are taken over by another rule.

use super::*;

fn delivered(group: u8) -> Vec<Vec<Fact>> {
    vec![received("2024-03-14 09:50", group), transferred("2024-03-14 10:00", "delivered_to_unit")]
}

fn amended(time: &str, data: Json) -> Vec<Fact> {
    event(time, "amended", data)
}

#[test]
fn a_stop_exactly_at_the_limit_is_in_time_and_one_microsecond_later_is_late() {
    let check = |stop: &str, want: ClockState| {
        let case = Case::new(HCM, &[received("2024-03-14 10:00", 2), transferred(stop, "dispatched")]);
        case.check_state("HCM-6.2", "2024-03-14 12:00", want);
    };
    check("2024-03-14 10:05", ClockState::Met);
    check("2024-03-14 10:05:00.000001", ClockState::MetLate);
    let mut events = delivered(2);
    events.push(step("2024-03-22 00:00", "responded_to_reporter"));
    Case::new(HCM, &events).check_state("HCM-7.2.b", "2024-04-01 00:00", ClockState::Met);
    events[2] = step("2024-03-22 00:00:00.000001", "responded_to_reporter");
    Case::new(HCM, &events).check_state("HCM-7.2.b", "2024-04-01 00:00", ClockState::MetLate);
}

#[test]
fn a_running_clock_is_in_time_due_soon_and_overdue() {
    let case = Case::new(HCM, &[received("2024-03-14 10:00", 2)]);
    case.check_state("HCM-6.2", "2024-03-14 10:03:59", ClockState::InTime);
    case.check_state("HCM-6.2", "2024-03-14 10:04", ClockState::DueSoon);
    case.check_state("HCM-6.2", "2024-03-14 10:05", ClockState::DueSoon);
    case.check_state("HCM-6.2", "2024-03-14 10:05:00.000001", ClockState::Overdue);
    let next = |now: &str| case.clocks(now).next_at.map(local);
    assert_eq!(next("2024-03-14 10:00").as_deref(), Some("2024-03-14 10:04"));
    assert_eq!(next("2024-03-14 10:04").as_deref(), Some("2024-03-14 10:05:00.000001"));
    assert_eq!(next("2024-03-14 10:06"), None);
}

#[test]
fn due_soon_is_measured_on_the_clocks_own_calendar() {
    // 8 working hours from Monday 14:30: a fifth is 96 minutes, which lie in Tuesday morning and noon.
    let slip = transferred("2024-03-11 14:30", "slip_delivered_to_focal_officer");
    let case = Case::new(HP, &[received("2024-03-11 14:30", 2), slip]);
    let clock = case.one("HP-9.3-8h", "2024-03-11 15:00");
    assert_eq!(local(clock.due_soon_at), "2024-03-12 11:54");
    // By rule and by rule set it can be otherwise.
    let clock = case.with("HP-9.3-8h.due_soon_fraction=0.5").one("HP-9.3-8h", "2024-03-11 15:00");
    assert_eq!(local(clock.due_soon_at), "2024-03-12 09:30");
}

#[test]
fn a_condition_that_comes_late_makes_a_clock_that_is_born_met_or_late() {
    let mut events = delivered(1);
    events.push(step("2024-03-14 12:00", "verified_false"));
    let case = Case::new(HCM, &events);
    case.check_none("HCM-7.1.a-B1-false", "2024-03-14 11:59");
    let born = case.one("HCM-7.1.a-B1-false", "2024-03-14 12:00");
    assert_eq!(
        (local(born.start).as_str(), local(born.due).as_str()),
        ("2024-03-14 10:00", "2024-03-14 11:00")
    );
    assert_eq!((born.state, local(born.applies_since).as_str()), (ClockState::Overdue, "2024-03-14 12:00"));
    // The return itself says that the unit is not competent.
    let mut events = delivered(2);
    events.push(event(
        "2024-03-15 09:00",
        "transferred",
        json!({ "step": "returned", "to": "1022", "reason": "…" }),
    ));
    Case::new(HCM, &events).check_state("HCM-7.2.c-return", "2024-03-15 09:00", ClockState::Met);
}

#[test]
fn guidance_and_duplicates_take_the_place_of_the_five_minutes() {
    let start = "2024-03-14 10:00";
    let case = Case::new(
        HCM,
        &[received(start, 2), amended("2024-03-14 10:03", json!({ "unit_undetermined": true }))],
    );
    case.check_due("HCM-6.2", "2024-03-14 10:02", "2024-03-14 10:05");
    case.check_none("HCM-6.2", "2024-03-14 10:03");
    case.check_due("HCM-6.3", "2024-03-14 10:03", "2024-03-14 11:00");
    let replaced = case.clocks("2024-03-14 10:03");
    let six_two = replaced.clocks.iter().find(|clock| case.rules.rule(clock.rule).id == "HCM-6.2").unwrap();
    assert_eq!(case.rules.rule(six_two.replaced_by.unwrap()).id, "HCM-6.3");

    let linked = event("2024-03-14 10:04", "linked", json!({ "relation": "duplicate_of", "case": "A" }));
    let notice = event("2024-03-14 10:04:30", "noticed", json!({ "notice": "duplicate", "status": "sent" }));
    let duplicate =
        [received(start, 2), linked, transferred("2024-03-14 10:04:10", "delivered_to_unit"), notice];
    let case = Case::new(HCM, &duplicate);
    case.check_none("HCM-6.2", "2024-03-20 00:00");
    case.check_none("HCM-7.2.b", "2024-03-20 00:00");
    case.check_state("HCM-6.4", "2024-03-20 00:00", ClockState::Met);
    // Hai Phong does not regulate duplicates: each keeps its own clock.
    Case::new(HP, &duplicate).check_state("HP-9.3-8h", "2024-03-14 11:00", ClockState::InTime);
}

#[test]
fn eight_hours_take_the_place_of_two_only_before_these_ran_out() {
    let inspected = |marked: &str| {
        let mut events = delivered(1);
        events.push(step("2024-03-14 13:00", "inspected"));
        events.push(amended(marked, json!({ "severity": "complex" })));
        Case::new(HCM, &events)
    };
    let early = inspected("2024-03-14 14:00");
    early.check_due("HCM-7.1.a-B3-repair", "2024-03-14 13:30", "2024-03-14 15:00");
    early.check_none("HCM-7.1.a-B3-repair", "2024-03-14 14:00");
    early.check_due("HCM-7.1.b-repair", "2024-03-14 14:00", "2024-03-14 22:00");
    early.check_due("HCM-7.1.b-temp", "2024-03-14 14:00", "2024-03-14 16:00");
    let late = inspected("2024-03-14 15:30");
    late.check_state("HCM-7.1.a-B3-repair", "2024-03-14 16:00", ClockState::Overdue);
    late.check_due("HCM-7.1.b-repair", "2024-03-14 16:00", "2024-03-14 23:30");
    let governing = late.clocks("2024-03-14 16:00");
    assert_eq!(late.rules.rule(governing.governing().unwrap().rule).id, "HCM-7.1.a-B3-repair");
    // The other reading: from the end of inspection at the latest.
    let strict = inspected("2024-03-14 14:00").with("HCM-7.1.b-repair.start=marked_complex || inspected");
    strict.check_due("HCM-7.1.b-repair", "2024-03-14 14:00", "2024-03-14 21:00");
}

#[test]
fn fifteen_days_take_the_place_of_ten_only_before_these_ran_out() {
    let coordinated = |time: &str| {
        let mut events = delivered(3);
        events.push(amended(time, json!({ "coordination_required": true })));
        Case::new(HCM, &events)
    };
    let early = coordinated("2024-03-25 23:00");
    early.check_none("HCM-7.3-R10", "2024-03-27 00:00");
    early.check_state("HCM-7.3-R15", "2024-03-26 12:00", ClockState::InTime);
    let late = coordinated("2024-03-26 08:00");
    late.check_state("HCM-7.3-R10", "2024-03-27 00:00", ClockState::Overdue);
    late.check_due("HCM-7.3-R15", "2024-03-27 00:00", "2024-03-30 00:00");
}

#[test]
fn a_field_check_chooses_the_limit_whenever_it_is_recorded() {
    let mut events = delivered(2);
    events.push(amended("2024-03-14 11:00", json!({ "not_competent": true })));
    events.push(amended("2024-03-18 09:00", json!({ "field_check_done": true })));
    let case = Case::new(HCM, &events);
    case.check_state("HCM-7.2.c-return", "2024-03-18 08:00", ClockState::Overdue);
    case.check_none("HCM-7.2.c-return", "2024-03-18 09:00");
    case.check_due("HCM-7.2.c-return-field", "2024-03-18 09:00", "2024-03-19 00:00");
}

#[test]
fn a_matter_that_is_no_incident_has_five_working_days_from_its_first_delivery() {
    let mut events = delivered(1);
    events.push(amended("2024-03-14 16:00", json!({ "is_infrastructure_incident": false })));
    let case = Case::new(HCM, &events);
    case.check_none("HCM-7.2.b", "2024-03-14 15:00");
    case.check_due("HCM-7.2.b", "2024-03-14 16:00", "2024-03-22 00:00");
}

#[test]
fn a_rule_for_all_groups_is_for_a_case_without_one_too() {
    let unclassified = event("2024-03-14 10:00", "received", json!({ "kind": "report", "city": "hcmc" }));
    let case = Case::new(HCM, &[unclassified, transferred("2024-03-14 10:01", "delivered_to_unit")]);
    case.check_due("HCM-6.2", "2024-03-14 10:01", "2024-03-14 10:05");
    case.check_none("HCM-7.2.b", "2024-03-14 10:01");
}

#[test]
fn a_dispatch_stands_for_delivery_until_one_is_known() {
    let mut events = vec![received("2024-03-15 16:00", 2), transferred("2024-03-15 16:02", "dispatched")];
    events.push(transferred("2024-03-18 08:30", "delivered_to_unit"));
    let case = Case::new(HCM, &events);
    case.check_due("HCM-7.2.b", "2024-03-16 00:00", "2024-03-23 00:00");
    case.check_due("HCM-7.2.b", "2024-03-18 09:00", "2024-03-26 00:00");
    // What went to the City Office was not yet delivered to a unit.
    let office = [
        received("2024-03-15 16:00", 4),
        transferred("2024-03-15 16:02", "dispatched"),
        transferred("2024-03-15 16:03", "received_by_city_office"),
    ];
    let case = Case::new(HCM, &office);
    case.check_none("HCM-7.3-R10", "2024-03-16 00:00");
    case.check_state("HCM-7.3-B1", "2024-03-18 10:00", ClockState::InTime);
    let sent = [office.concat(), transferred("2024-03-18 15:00", "dispatched")];
    let case = Case::new(HCM, &sent);
    case.check_state("HCM-7.3-B1", "2024-03-20 10:00", ClockState::Met);
    assert_eq!(local(case.one("HCM-7.3-R10", "2024-03-20 10:00").start), "2024-03-18 15:00");
}

#[test]
fn the_time_that_a_result_states_counts_and_not_its_entry() {
    let mut events = delivered(1);
    events.push(step("2024-03-14 13:00", "inspected"));
    events.push(event(
        "2024-03-14 17:00",
        "resolved",
        json!({ "result": "…", "handling_unit": "U", "handled_at": "2024-03-14T14:30:00+07:00", "fixed": true }),
    ));
    let case = Case::new(HCM, &events);
    case.check_state("HCM-7.1.a-B3-repair", "2024-03-14 16:00", ClockState::Overdue);
    let met = case.one("HCM-7.1.a-B3-repair", "2024-03-14 17:00");
    assert_eq!((met.state, local(met.stopped_at.unwrap()).as_str()), (ClockState::Met, "2024-03-14 14:30"));
    assert_eq!(met.breach, None);
}

#[test]
fn the_end_of_a_case_ends_its_clocks() {
    let mut events = delivered(2);
    events.push(event("2024-03-15 10:00", "cancelled", json!({})));
    let clock = Case::new(HCM, &events).one("HCM-7.2.b", "2024-05-01 00:00");
    assert_eq!((clock.state, clock.ended_by.is_some()), (ClockState::Met, true));
    let refused =
        [received("2024-03-14 10:00", 2), event("2024-03-14 10:04", "refused", json!({ "reason": "…" }))];
    Case::new(HCM, &refused).check_state("HCM-6.2", "2024-05-01 00:00", ClockState::Met);
}

#[test]
fn a_resolution_of_a_reopened_case_stays_met_unless_set_otherwise() {
    let mut events = delivered(2);
    events.push(event("2024-03-15 10:00", "resolved", json!({ "result": "…", "handling_unit": "U" })));
    events.push(event("2024-03-16 10:00", "reopened", json!({})));
    Case::new(HCM, &events).check_state("HCM-7.2.b", "2024-05-01 00:00", ClockState::Met);
    Case::new(HCM, &events).with("reopening=runs_on").check_state(
        "HCM-7.2.b",
        "2024-05-01 00:00",
        ClockState::Overdue,
    );
}

#[test]
fn a_suspension_is_shown_and_subtracted_only_where_that_is_set() {
    let mut events = delivered(2);
    events.push(event("2024-03-15 10:00", "suspended", json!({ "reason": "…" })));
    events.push(event("2024-03-19 10:00", "resumed", json!({})));
    let case = Case::new(HCM, &events);
    let clock = case.one("HCM-7.2.b", "2024-03-20 00:00");
    assert_eq!((local(clock.due).as_str(), clock.suspended_micros), ("2024-03-22 00:00", 4 * 86_400_000_000));
    // Monday and Tuesday are taken off.
    case.with("suspension=subtracted").check_due("HCM-7.2.b", "2024-03-20 00:00", "2024-03-26 00:00");
    let slip = transferred("2024-03-11 14:30", "slip_delivered_to_focal_officer");
    let waits = event("2024-03-11 16:00", "suspended", json!({}));
    let goes = event("2024-03-12 09:00", "resumed", json!({}));
    let hours =
        Case::new(HP, &[received("2024-03-11 14:30", 2), slip, waits, goes]).with("suspension=subtracted");
    hours.check_due("HP-9.3-8h", "2024-03-12 10:00", "2024-03-12 16:30");
}

#[test]
fn a_rule_whose_step_is_never_sent_is_not_measured() {
    let mut events = delivered(1);
    events.push(transferred("2024-03-14 10:10", "assigned_to_subordinate"));
    let case = Case::new(HCM, &events).with("never_sent=inspected");
    let clocks = case.clocks("2024-03-15 00:00");
    let names: Vec<&str> = clocks.not_measured.iter().map(|ix| case.rules.rule(*ix).id.as_str()).collect();
    assert_eq!(names, ["HCM-7.1.a-B3-inspect", "HCM-7.1.a-B3-repair"]);
    case.check_none("HCM-7.1.a-B3-inspect", "2024-03-15 00:00");
}

#[test]
fn a_dossier_has_the_limit_of_its_source_and_the_latest_one() {
    let case = |more: Vec<Fact>| {
        let dossier = json!({ "kind": "dossier", "city": "hcmc", "due_at": "2024-03-20T17:00:00+07:00" });
        Case::new(OS, &[event("2024-03-14 10:00", "received", dossier), more])
    };
    case(Vec::new()).check_due("OS-1", "2024-03-15 00:00", "2024-03-20 17:00");
    case(step("2024-03-20 17:00", "approved")).check_state("OS-1", "2024-03-25 00:00", ClockState::Met);
    case(step("2024-03-20 18:00", "returned_result")).check_state(
        "OS-1",
        "2024-03-25 00:00",
        ClockState::MetLate,
    );
    let moved = amended("2024-03-18 09:00", json!({ "due_at": "2024-03-27T17:00:00+07:00" }));
    case(moved).check_due("OS-1", "2024-03-19 00:00", "2024-03-27 17:00");
    case(amended("2024-03-18 09:00", json!({ "due_at": null }))).check_none("OS-1", "2024-03-19 00:00");
}

#[test]
fn evidence_that_a_rule_asks_for_is_missed() {
    let complex = |images: Json| {
        let mut events = delivered(1);
        events.push(amended("2024-03-14 11:00", json!({ "severity": "complex" })));
        let result = json!({ "result": "…", "handling_unit": "U", "fixed": true, "scene_images": images });
        events.push(event("2024-03-14 15:00", "resolved", result));
        Case::new(HCM, &events).one("HCM-7.1.b-repair", "2024-03-14 16:00").missing_evidence
    };
    assert_eq!(complex(json!([])), ["scene_image"]);
    assert_eq!(complex(json!([{ "name": "a.jpg" }])), Vec::<String>::new());
}

#[test]
fn the_start_of_a_report_to_the_city_office_is_what_made_it_necessary() {
    let result = event("2024-03-18 09:00", "resolved", json!({ "result": "…", "handling_unit": "U" }));
    let review = amended("2024-03-18 10:00", json!({ "result_needs_written_directive": true }));
    let case = Case::new(HP, &[received("2024-03-11 10:00", 2), result, review]);
    case.check_due("HP-9.6", "2024-03-18 10:00", "2024-03-21 00:00");
    let pressing = amended("2024-03-11 11:00", json!({ "pressing": true }));
    let case = Case::new(HP, &[case.facts, pressing]);
    case.check_due("HP-9.6", "2024-03-18 10:00", "2024-03-14 00:00");
}
