//! Hai Phong: 8 working hours, 48 more, then the city's leadership; each with its instant.

use domain::clock::memo::{memo_id, withdrawn};

use super::*;

fn slip(more: &[Vec<Fact>]) -> Case {
    let start = "2024-03-11 14:30";
    let mut events = vec![received(start, 2), transferred(start, "slip_delivered_to_focal_officer")];
    events.extend_from_slice(more);
    Case::new(HP, &events)
}

/// Instant, rule, action of all that is to be done by now.
fn memos(case: &Case, now: &str) -> Vec<(String, String, String)> {
    let memos = case.clocks(now).memos("C-1", &case.rules);
    memos
        .into_iter()
        .map(|memo| (local(memo.at), case.rules.rule(memo.rule).id.clone(), memo.action))
        .collect()
}

#[test]
fn a_slip_without_an_answer_is_escalated_and_then_overdue() {
    let case = slip(&[]);
    assert_eq!(memos(&case, "2024-03-12 14:30"), []);
    case.check_none("HP-9.4-48h", "2024-03-12 14:30");

    let escalated =
        ("2024-03-12 14:30".to_owned(), "HP-9.3-8h".to_owned(), "escalate_to_unit_head".to_owned());
    assert_eq!(memos(&case, "2024-03-12 14:30:00.000001"), std::slice::from_ref(&escalated));
    let head = case.one("HP-9.4-48h", "2024-03-12 14:30:00.000001");
    assert_eq!(
        (local(head.start).as_str(), local(head.due).as_str()),
        ("2024-03-12 14:30", "2024-03-20 14:30")
    );
    assert_eq!(case.clocks("2024-03-20 14:30").stored_states(&case.rules), []);

    let after = "2024-03-20 14:30:00.000001";
    let all = memos(&case, after);
    assert_eq!(all.len(), 3);
    assert_eq!(all[0], escalated);
    assert!(all[1..].iter().all(|(at, rule, _)| at == "2024-03-20 14:30" && rule == "HP-9.4-48h"));
    let clocks = case.clocks(after);
    let (state, breach, rule) = clocks.stored_states(&case.rules)[0];
    assert_eq!((state, local(breach.at).as_str()), ("overdue_pending", "2024-03-20 14:30"));
    assert_eq!(case.rules.rule(rule).clause, "583/QĐ-UBND Điều 9.4");
}

#[test]
fn the_timer_queue_wakes_at_each_of_these_instants() {
    let case = slip(&[]);
    let mut now = at("2024-03-11 14:30");
    let mut woken = Vec::new();
    while let Some(next) = Law::new(&case.rules, &case.calendar).clocks(&case.facts, now).next_at {
        assert!(next > now);
        woken.push(local(next));
        now = next;
    }
    assert_eq!(
        woken,
        [
            "2024-03-12 11:54",           // the focal officer's limit is due soon
            "2024-03-12 14:30:00.000001", // and has run out
            "2024-03-19 11:54",           // the head's is due soon: 9 h 36 min are left
            "2024-03-20 14:30:00.000001", // and has run out
        ]
    );
}

#[test]
fn both_acts_are_needed_to_answer() {
    slip(&[step("2024-03-12 09:00", "responded_to_reporter")]).check_state(
        "HP-9.3-8h",
        "2024-03-12 15:00",
        ClockState::Overdue,
    );
    let both =
        [step("2024-03-12 09:00", "responded_to_reporter"), step("2024-03-12 11:00", "result_recorded")];
    let met = slip(&both).one("HP-9.3-8h", "2024-03-12 15:00");
    assert_eq!((met.state, local(met.stopped_at.unwrap()).as_str()), (ClockState::Met, "2024-03-12 11:00"));
    let result = json!({ "result": "…", "handling_unit": "U", "answered": true });
    slip(&[event("2024-03-12 10:00", "resolved", result)]).check_state(
        "HP-9.3-8h",
        "2024-03-12 15:00",
        ClockState::Met,
    );
}

#[test]
fn an_answer_in_time_that_arrives_late_withdraws_the_escalation() {
    let before = slip(&[]);
    let now = "2024-03-13 10:00";
    let noted = memo_id("C-1", "HP-9.3-8h", "escalate_to_unit_head", at("2024-03-12 14:30"));
    let due = before.clocks(now).memos("C-1", &before.rules);
    assert_eq!(due.iter().map(|memo| memo.id.as_str()).collect::<Vec<_>>(), [noted.as_str()]);
    assert_eq!(withdrawn(&[&noted], &due), Vec::<&str>::new());
    let after = slip(&[
        step("2024-03-12 14:00", "responded_to_reporter"),
        step("2024-03-12 14:30", "result_recorded"),
    ]);
    after.check_none("HP-9.4-48h", now);
    assert_eq!(withdrawn(&[&noted], &after.clocks(now).memos("C-1", &after.rules)), [noted.as_str()]);
}

#[test]
fn a_promised_time_puts_the_escalation_off_until_it_passes() {
    let data = json!({ "commitment": "promised_answer_at", "until": "2024-03-14T10:00:00+07:00" });
    let promise = slip(&[event("2024-03-12 10:00", "committed", data.clone())]);
    promise.check_none("HP-9.4-48h", "2024-03-14 10:00");
    let head = promise.one("HP-9.4-48h", "2024-03-14 10:00:01");
    assert_eq!(
        (local(head.start).as_str(), local(head.due).as_str()),
        ("2024-03-14 10:00", "2024-03-22 10:00")
    );
    // Recorded after the 8 hours it changes nothing of the escalation.
    let late = slip(&[event("2024-03-12 15:00", "committed", data)]);
    assert_eq!(local(late.one("HP-9.4-48h", "2024-03-13 00:00").start), "2024-03-12 14:30");
}

#[test]
fn the_heads_own_slip_starts_his_limit_where_there_is_one() {
    let case = slip(&[transferred("2024-03-12 15:45", "slip_delivered_to_unit_head")]);
    assert_eq!(local(case.one("HP-9.4-48h", "2024-03-12 15:00").start), "2024-03-12 14:30");
    case.check_due("HP-9.4-48h", "2024-03-12 16:00", "2024-03-20 15:45");
    let done = [
        transferred("2024-03-12 15:45", "slip_delivered_to_unit_head"),
        event("2024-03-14 09:00", "resolved", json!({ "result": "…", "handling_unit": "U" })),
        step("2024-03-14 10:00", "answered_to_hotline"),
    ];
    slip(&done).check_state("HP-9.4-48h", "2024-06-01 00:00", ClockState::Met);
}

#[test]
fn a_live_call_counts_as_received_by_the_focal_officer() {
    let start = "2024-03-11 14:30";
    let case = Case::new(HP, &[received(start, 2), transferred(start, "delivered_to_unit")]);
    case.check_due("HP-9.3-8h", start, "2024-03-12 14:30");
    let slipped =
        Case::new(HP, &[case.facts, transferred("2024-03-11 15:30", "slip_delivered_to_focal_officer")]);
    slipped.check_due("HP-9.3-8h", "2024-03-11 16:00", "2024-03-12 15:30");
}

#[test]
fn where_the_city_office_takes_a_case_over_the_clocks_before_it_end() {
    let taken = slip(&[transferred("2024-03-12 10:00", "received_by_city_office")]);
    assert_eq!(memos(&taken, "2024-06-01 00:00"), []);
    taken.check_state("HP-9.3-8h", "2024-06-01 00:00", ClockState::Met);
    // A copy that went there before the slip ends nothing.
    let copied = slip(&[transferred("2024-03-11 14:00", "received_by_city_office")]);
    copied.check_state("HP-9.3-8h", "2024-03-13 00:00", ClockState::Overdue);
}
