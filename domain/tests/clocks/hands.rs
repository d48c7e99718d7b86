//! Returns and forwards: the next unit's clocks start again, with the total beside them.

use super::*;

fn handed(more: &[Vec<Fact>]) -> Case {
    let mut events = vec![
        received("2024-03-14 09:50", 2),
        transferred("2024-03-14 09:52", "dispatched"),
        transferred("2024-03-14 10:00", "delivered_to_unit"),
        event("2024-03-15 09:00", "transferred", json!({ "step": "returned", "to": "1022", "reason": "…" })),
    ];
    events.extend_from_slice(more);
    Case::new(HCM, &events)
}

#[test]
fn after_a_forward_the_next_units_clocks_start_and_the_first_units_end() {
    let case = handed(&[
        step("2024-03-15 10:00", "return_confirmed"),
        transferred("2024-03-18 08:15", "forwarded"),
        transferred("2024-03-18 09:00", "delivered_to_unit"),
    ]);
    case.check_due("HCM-7.2.b", "2024-03-15 12:00", "2024-03-22 00:00");
    let next = case.one("HCM-7.2.b", "2024-03-19 00:00");
    assert_eq!(
        (next.run, local(next.start).as_str(), local(next.due).as_str()),
        (1, "2024-03-18 08:15", "2024-03-26 00:00")
    );
    let all = case.clocks("2024-03-19 00:00");
    assert_eq!(all.received_at.map(local).as_deref(), Some("2024-03-14 09:50"));
    let first = all.clocks.iter().find(|clock| clock.rule == next.rule && clock.run == 0).unwrap();
    assert_eq!(
        (first.superseded_at.map(local).as_deref(), first.is_running()),
        (Some("2024-03-18 08:15"), false)
    );
    // The first unit's return was in time; the next unit has nothing to return.
    let return_rule = case.rules.find("HCM-7.2.c-return").unwrap();
    let returns: Vec<_> = all.clocks.iter().filter(|clock| clock.rule == return_rule).collect();
    assert_eq!(
        returns.iter().map(|clock| (clock.run, clock.state)).collect::<Vec<_>>(),
        [(0, ClockState::Met)]
    );
    // Intake happens once.
    assert_eq!(case.of("HCM-6.2", "2024-03-19 00:00").len(), 1);
}

#[test]
fn a_return_that_is_rejected_lets_the_clocks_run_on() {
    let case =
        handed(&[step("2024-03-15 10:00", "return_rejected"), transferred("2024-03-15 10:05", "dispatched")]);
    let clock = case.one("HCM-7.2.b", "2024-03-19 00:00");
    assert_eq!((clock.run, local(clock.due).as_str()), (0, "2024-03-22 00:00"));
}

#[test]
fn a_dispatch_after_a_return_is_a_forward_by_another_name() {
    let case = handed(&[
        transferred("2024-03-18 08:15", "dispatched"),
        transferred("2024-03-18 09:00", "delivered_to_unit"),
    ]);
    let clock = case.one("HCM-7.2.b", "2024-03-19 00:00");
    assert_eq!((clock.run, local(clock.start).as_str()), (1, "2024-03-18 09:00"));
}

#[test]
fn when_the_next_units_clocks_start_can_be_set() {
    let events =
        [transferred("2024-03-18 08:15", "forwarded"), transferred("2024-03-19 09:00", "delivered_to_unit")];
    let start =
        |setting: &str| local(handed(&events).with(setting).one("HCM-7.2.b", "2024-03-20 00:00").start);
    assert_eq!(start("restart=forwarded"), "2024-03-18 08:15");
    assert_eq!(start("restart=delivered"), "2024-03-19 09:00");
    assert_eq!(start("restart=never"), "2024-03-14 10:00");
}

#[test]
fn a_complex_incident_is_complex_for_the_next_unit_from_the_forward_on() {
    let events = [
        received("2024-03-14 09:50", 1),
        transferred("2024-03-14 10:00", "delivered_to_unit"),
        event("2024-03-14 10:30", "amended", json!({ "severity": "complex" })),
        transferred("2024-03-14 11:00", "forwarded"),
    ];
    let clock = Case::new(HCM, &events).one("HCM-7.1.b-repair", "2024-03-14 12:00");
    assert_eq!(
        (clock.run, local(clock.start).as_str(), local(clock.due).as_str()),
        (1, "2024-03-14 11:00", "2024-03-14 19:00")
    );
}

#[test]
fn times_without_a_limit_are_shown_and_never_late() {
    let case = handed(&[step("2024-03-15 10:00", "return_confirmed")]);
    let names = |group: u8| {
        let mut facts = case.facts.clone();
        facts.extend(event("2024-03-14 09:51", "amended", json!({ "content_group": group })));
        let clocks = Law::new(&case.rules, &case.calendar).clocks(&facts, at("2024-03-15 11:00"));
        clocks.elapsed.iter().map(|elapsed| case.rules.rule(elapsed.rule).id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(1), ["HCM-7.1.a-B1-true", "HCM-7.1.c-review", "HCM-7.1.c-forward"]);
    assert_eq!(names(2), Vec::<String>::new());
}
