//! Recorded times: within the limit, within the recorded time, late.

use domain::clock::Judgement;

use super::*;

/// Delivered on Thursday 14 March 2024: five working days end with the 21st.
fn case(more: &[Vec<Fact>]) -> Case {
    let mut events =
        vec![received("2024-03-14 09:50", 2), transferred("2024-03-14 10:00", "delivered_to_unit")];
    events.extend_from_slice(more);
    Case::new(HCM, &events)
}

fn committed(time: &str, until: &str) -> Vec<Fact> {
    let until = at(until).to_rfc3339_at(jiff::tz::offset(7));
    let data =
        json!({ "commitment": "committed_completion_at", "until": until, "evidence": ["proof_image"] });
    event(time, "committed", data)
}

fn answered(time: &str) -> Vec<Fact> {
    step(time, "responded_to_reporter")
}

#[track_caller]
fn check(more: &[Vec<Fact>], want: ClockState, judged: Judgement) {
    let clock = case(more).one("HCM-7.2.b", "2024-06-01 00:00");
    assert_eq!((clock.state, clock.judged), (want, judged));
}

#[test]
fn statistics_have_three_buckets() {
    let promise = committed("2024-03-20 09:00", "2024-03-29 17:00");
    check(&[answered("2024-03-21 16:00")], ClockState::Met, Judgement::InTime);
    check(&[promise.clone(), answered("2024-03-21 16:00")], ClockState::Met, Judgement::InTime);
    check(&[promise.clone(), answered("2024-03-29 17:00")], ClockState::Extended, Judgement::Extended);
    check(&[promise.clone(), answered("2024-03-29 17:01")], ClockState::MetLate, Judgement::Late);
    check(&[promise], ClockState::Overdue, Judgement::None);
}

#[test]
fn a_running_clock_is_extended_from_the_record_on_until_the_recorded_time() {
    let case = case(&[committed("2024-03-20 09:00", "2024-03-29 17:00")]);
    case.check_state("HCM-7.2.b", "2024-03-20 08:59", ClockState::InTime);
    case.check_state("HCM-7.2.b", "2024-03-20 09:00", ClockState::Extended);
    case.check_state("HCM-7.2.b", "2024-03-29 17:00", ClockState::Extended);
    case.check_state("HCM-7.2.b", "2024-03-29 17:00:01", ClockState::Overdue);
    let clock = case.one("HCM-7.2.b", "2024-03-29 18:00");
    assert_eq!(local(clock.breach.unwrap().at), "2024-03-29 17:00");
    assert_eq!(clock.missing_evidence, Vec::<String>::new());
}

#[test]
fn a_time_recorded_late_extends_from_then_on_and_statistics_stay_late() {
    let late = committed("2024-03-25 09:00", "2024-03-29 17:00");
    let running = case(std::slice::from_ref(&late));
    running.check_state("HCM-7.2.b", "2024-03-24 00:00", ClockState::Overdue);
    running.check_state("HCM-7.2.b", "2024-03-25 09:00", ClockState::Extended);
    running.check_state("HCM-7.2.b", "2024-03-30 00:00", ClockState::Overdue);
    let clock = running.one("HCM-7.2.b", "2024-03-26 09:00");
    assert_eq!(local(clock.breach.unwrap().at), "2024-03-22 00:00");
    check(&[late.clone(), answered("2024-03-28 09:00")], ClockState::MetLate, Judgement::Late);
    case(&[late]).with("late_commitment=ignored").check_state(
        "HCM-7.2.b",
        "2024-03-26 09:00",
        ClockState::Overdue,
    );
}

#[test]
fn the_first_recorded_time_judges_and_later_ones_are_revisions() {
    let revised = [
        committed("2024-03-20 09:00", "2024-03-26 17:00"),
        committed("2024-03-26 09:00", "2024-04-05 17:00"),
    ];
    let running = case(&revised).one("HCM-7.2.b", "2024-04-01 00:00");
    let extension = running.extension.unwrap();
    assert_eq!((running.state, extension.revisions), (ClockState::Extended, 1));
    assert_eq!(
        (local(extension.until).as_str(), local(extension.reference).as_str()),
        ("2024-04-05 17:00", "2024-03-26 17:00")
    );
    let done = [revised.concat(), answered("2024-04-01 00:00")];
    check(&done, ClockState::MetLate, Judgement::Late);
    case(&done).with("reference_commitment=latest").check_state(
        "HCM-7.2.b",
        "2024-06-01 00:00",
        ClockState::Extended,
    );
}

#[test]
fn only_the_promise_that_a_rule_names_extends_it() {
    let other = json!({ "commitment": "promised_answer_at", "until": "2024-04-29T17:00:00+07:00" });
    let case = case(&[event("2024-03-20 09:00", "committed", other)]);
    case.check_state("HCM-7.2.b", "2024-03-25 00:00", ClockState::Overdue);
}

#[test]
fn a_progress_answer_without_images_is_missed() {
    let bare = json!({ "commitment": "committed_completion_at", "until": "2024-03-29T17:00:00+07:00" });
    let clock = case(&[event("2024-03-20 09:00", "committed", bare)]).one("HCM-7.2.b", "2024-03-25 00:00");
    assert_eq!(clock.missing_evidence, ["proof_image"]);
}
