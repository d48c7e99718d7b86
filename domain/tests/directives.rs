//! What is said of a directive, by value: whatever order it came in, and however often.

#![allow(clippy::unwrap_used)] // A test that meets something unexpected should stop there.

use std::sync::Arc;

use domain::Timestamp;
use domain::city::City;
use domain::directive::{DirectiveStatus, TEXT_CHARS_MAX, text};
use domain::event::Event;
use domain::intake;
use domain::state::{Changes, State};
use domain::symbol::Symbols;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn time(secs: i64) -> String {
    at(secs).to_rfc3339_at(jiff::tz::offset(7))
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_700_000_000 + secs)
}

fn said(id: &str, kind: &str, secs: i64, mut data: Json) -> Json {
    data["directive"] = "D".into();
    data["by"] = "administrator".into();
    json!({
        "specversion": "1.0", "id": id, "source": "urn:toancanh:server", "time": time(secs),
        "type": format!("vn.toancanh.directive.{kind}"), "data": data,
    })
}

fn issued(id: &str, secs: i64, due: i64, words: &str) -> Json {
    let evidence = json!({
        "seq": "00000000000000000007", "at": time(secs),
        "number": { "metric": "overdue", "query": {}, "value": 7, "cases": 7, "digest": "ab" },
    });
    let data =
        json!({ "kind": "urging", "to": "SXD", "text": words, "due_at": time(due), "evidence": evidence });
    said(id, "issued", secs, data)
}

fn answered(secs: i64, round: u32) -> Json {
    said(&format!("a{secs}/{round}"), "answered", secs, json!({ "round": round, "text": "Đang làm" }))
}

fn sent_back(secs: i64, round: u32, due: i64) -> Json {
    let data = json!({ "round": round, "outcome": "sent_back", "text": "Chưa rõ", "due_at": time(due) });
    said(&format!("b{secs}/{round}"), "closed", secs, data)
}

fn closed(secs: i64, round: u32) -> Json {
    let data = json!({ "round": round, "outcome": "closed", "text": "Xong" });
    said(&format!("c{secs}/{round}"), "closed", secs, data)
}

fn hear(events: &[Json]) -> State {
    let mut state = State::new(Arc::new(City::bare("test")), Symbols::default(), at(0));
    for event in events {
        let event: Event = intake::read(event, &City::bare("test"), &Symbols::default(), None).unwrap();
        state.apply(Arc::new(event), &mut Changes::default());
    }
    state
}

#[track_caller]
fn check(events: &[Json], until: i64, want: DirectiveStatus, was_late: bool, counted: &[bool]) {
    let state = hear(events);
    let standing = state.directive("D").unwrap().standing(at(until)).unwrap();
    assert_eq!((standing.status, standing.was_late), (want, was_late));
    assert_eq!(standing.steps.iter().map(|(_, counts)| *counts).collect::<Vec<_>>(), counted);
}

#[test]
fn a_directive_waits_until_its_limit_and_is_overdue_after_it() {
    let story = [issued("i", 0, 100, "Làm ngay")];
    check(&story, 0, DirectiveStatus::Open, false, &[]);
    check(&story, 100, DirectiveStatus::Open, false, &[]);
    check(&story, 101, DirectiveStatus::Overdue, true, &[]);
}

#[test]
fn an_answer_stops_its_clock_and_a_late_one_stays_late() {
    check(&[issued("i", 0, 100, "x"), answered(100, 0)], 500, DirectiveStatus::Answered, false, &[true]);
    check(&[issued("i", 0, 100, "x"), answered(101, 0)], 500, DirectiveStatus::Answered, true, &[true]);
    let more = [issued("i", 0, 100, "x"), answered(90, 0), answered(150, 0)];
    check(&more, 500, DirectiveStatus::Answered, false, &[true, true]);
}

#[test]
fn what_is_sent_back_waits_again_with_a_limit_of_its_own() {
    let story = [issued("i", 0, 100, "x"), answered(50, 0), sent_back(60, 0, 200)];
    check(&story, 150, DirectiveStatus::Open, false, &[true, true]);
    check(&story, 201, DirectiveStatus::Overdue, true, &[true, true]);
    let again = [&story[..], &[answered(180, 1), closed(190, 1)]].concat();
    check(&again, 500, DirectiveStatus::Closed, false, &[true; 4]);
}

#[test]
fn on_a_clock_that_stands_still_the_rounds_keep_their_order() {
    let story = [issued("i", 0, 9, "x"), answered(0, 0), sent_back(0, 0, 9), answered(0, 1), closed(0, 1)];
    check(&story, 0, DirectiveStatus::Closed, false, &[true; 4]);
}

#[test]
fn after_the_end_and_before_an_answer_nothing_else_counts() {
    check(
        &[issued("i", 0, 9, "x"), closed(5, 0), answered(6, 0)],
        7,
        DirectiveStatus::Closed,
        false,
        &[true, true],
    );
    check(
        &[issued("i", 0, 9, "x"), closed(5, 0), sent_back(6, 0, 9)],
        7,
        DirectiveStatus::Closed,
        false,
        &[true, false],
    );
    check(&[issued("i", 0, 9, "x"), sent_back(6, 0, 90)], 7, DirectiveStatus::Open, false, &[false]);
}

#[test]
fn what_no_word_of_the_product_says_directs_nobody() {
    let mut foreign = issued("i", 0, 9, "x");
    foreign["source"] = "urn:somebody".into();
    assert!(hear(&[foreign]).directive("D").is_none());
    let mut broken = issued("i", 0, 9, "x");
    broken["data"]["evidence"] = json!({ "number": 7 });
    assert!(intake::read(&broken, &City::bare("test"), &Symbols::default(), None).is_err());
}

#[test]
fn an_officers_words_are_kept_without_telephone_numbers_and_the_evidence_as_it_is() {
    let mut event = issued("i", 0, 9, "Gọi 0901 234 567 ngay");
    event["data"]["evidence"]["seq"] = "00000000000901234567".into();
    let whole = event.clone();
    let taken = intake::take_personal(&mut event);
    assert!(taken.keys().eq(["text"]));
    assert_eq!(event["data"]["text"], "Gọi *** ngay");
    assert_eq!(event["data"]["evidence"], whole["data"]["evidence"]);
}

#[test]
fn a_text_is_bounded_and_holds_no_control_signs() {
    assert_eq!(text("  Đôn đốc\n\u{7}ngay ").unwrap(), "Đôn đốc\nngay");
    assert!(text(" \u{7} ").is_err());
    assert!(text(&"đ".repeat(TEXT_CHARS_MAX)).is_ok());
    assert!(text(&"đ".repeat(TEXT_CHARS_MAX + 1)).is_err());
}

/// Everything that may be said, rivals of the first word among it.
fn anything() -> impl Strategy<Value = Vec<Json>> {
    let event = (0..6_u8, 0..200_i64, 0..3_u32).prop_map(|(kind, secs, round)| match kind {
        0 => issued("i", secs, secs + 50, "Một"),
        1 => issued("i", secs, secs + 90, "Hai"),
        2 => sent_back(secs, round, secs + 40),
        3 => closed(secs, round),
        _ => answered(secs, round),
    });
    proptest::collection::vec(event, 0..12)
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_changes_a_directive(
        (events, shuffled) in anything().prop_flat_map(|events| {
            let twice = [events.clone(), events.clone()].concat();
            (Just(events), Just(twice).prop_shuffle())
        })
    ) {
        let (one, other) = (hear(&events), hear(&shuffled));
        prop_assert_eq!(one.directive("D"), other.directive("D"));
        let standing = |state: &State| {
            let standing = state.directive("D")?.standing(at(100))?;
            Some(format!("{standing:?}"))
        };
        prop_assert_eq!(standing(&one), standing(&other));
    }

    #[test]
    fn an_image_gives_a_directive_back(events in anything()) {
        let state = hear(&events);
        let head = domain::state::image::ImageHead::read(&state.image_head().unwrap()).unwrap();
        let again = State::of_image(Arc::new(City::bare("test")), head, []).unwrap();
        prop_assert_eq!(state.directive("D"), again.directive("D"));
    }
}
