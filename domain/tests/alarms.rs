//! Alarms by value: which ones a state has, and what people did about them, whatever order it came in.

#![allow(clippy::unwrap_used)] // A test that meets something unexpected should stop there.

use std::sync::Arc;

use domain::Timestamp;
use domain::alarm::{About, Alarm, AlarmKind, Beside, Priority, Silence, raise};
use domain::city::City;
use domain::dimension::Dimension;
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

fn of_case(kind: &str, secs: i64, data: Json) -> Json {
    json!({
        "specversion": "1.0", "id": format!("{kind}/{secs}/{data}"), "source": "urn:test", "time": time(secs),
        "subject": "C", "type": format!("vn.toancanh.case.{kind}"), "data": data,
    })
}

fn received(severity: &str, due: i64) -> Json {
    let data =
        json!({ "kind": "report", "city": "test", "severity": severity, "due_at": time(due), "agency": "A" });
    of_case("received", 0, data)
}

fn told(id: &str, kind: &str, secs: i64, mut data: Json) -> Json {
    data["alarm"] = "AL-1".into();
    data["by"] = "administrator".into();
    json!({
        "specversion": "1.0", "id": id, "source": "urn:toancanh:server", "time": time(secs),
        "type": format!("vn.toancanh.alarm.{kind}"), "data": data,
    })
}

fn acknowledged(secs: i64) -> Json {
    told(&format!("a{secs}"), "acknowledged", secs, json!({ "text": format!("lần {secs}") }))
}

fn shelved(id: &str, secs: i64, until: i64) -> Json {
    told(id, "shelved", secs, json!({ "reason": "bảo trì", "until": time(until) }))
}

fn hear(events: &[Json], until: i64) -> State {
    let symbols = Symbols::default();
    let mut state = State::new(Arc::new(City::bare("test")), symbols.clone(), at(0));
    for event in events {
        let event: Event = intake::read(event, &City::bare("test"), &symbols, None).unwrap();
        state.apply(Arc::new(event), &mut Changes::default());
    }
    state.advance(at(until), &mut Changes::default());
    state
}

/// Kind, priority, since when, and when it was over, in seconds.
type Seen = (AlarmKind, Priority, i64, Option<i64>);

fn seen(alarm: &Alarm) -> Seen {
    let secs = |at: Timestamp| at.micros().div_euclid(1_000_000) - 1_700_000_000;
    (alarm.kind, alarm.priority, secs(alarm.since), alarm.cleared_at.map(secs))
}

#[track_caller]
fn check(events: &[Json], until: i64, want: &[Seen]) {
    let alarms = raise(&hear(events, until), &Beside::default());
    assert_eq!(alarms.iter().map(seen).collect::<Vec<_>>(), want);
}

#[test]
fn a_grave_case_is_an_alarm_from_the_instant_at_which_it_is_overdue() {
    use AlarmKind::OverdueSerious;
    check(&[received("urgent", 100)], 100, &[]);
    check(&[received("urgent", 100)], 101, &[(OverdueSerious, Priority::High, 100, None)]);
    check(&[received("complex", 100)], 101, &[(OverdueSerious, Priority::Medium, 100, None)]);
    check(&[received("simple", 100)], 101, &[]);
}

#[test]
fn an_alarm_is_over_when_its_case_is_and_is_forgotten_after_a_day() {
    let story = [received("urgent", 100), of_case("resolved", 500, json!({ "result": "done" }))];
    check(&story, 501, &[(AlarmKind::OverdueSerious, Priority::High, 100, Some(500))]);
    check(&story, 100 + 86_401, &[]);
}

#[test]
fn a_later_limit_is_another_alarm_and_a_transfer_is_the_same() {
    let moved = |due: i64| of_case("amended", 200, json!({ "due_at": time(due) }));
    let later = [received("urgent", 100), moved(300)];
    let of_later = [
        (AlarmKind::OverdueSerious, Priority::High, 300, None),
        (AlarmKind::OverdueSerious, Priority::High, 100, Some(200)),
    ];
    check(&later, 400, &of_later);
    let transferred = of_case("transferred", 200, json!({ "to": "B", "step": "forwarded" }));
    let names = |events: &[Json]| {
        let alarms = raise(&hear(events, 400), &Beside::default());
        alarms.into_iter().map(|alarm| alarm.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&[received("urgent", 100), transferred]), names(&[received("urgent", 100)]));
}

#[test]
fn what_is_seen_beside_the_state_is_an_alarm_too() {
    let surge = About::Place {
        dimension: Dimension::Field,
        code: "rác".into(),
        count: 40,
        usual_max: 12,
        from: at(-3_600),
        to: at(0),
    };
    let beside = Beside {
        silences: vec![Silence { source: "urn:1022".into(), heard: at(-900), since: at(-300) }],
        clock_astray_since: Some(at(-500)),
        surges: vec![(at(-60), surge)],
    };
    let alarms = raise(&hear(&[], 0), &beside);
    let want = [
        (AlarmKind::SourceSilent, Priority::Medium, -300, None),
        (AlarmKind::ClockUnsynchronised, Priority::Medium, -500, None),
        (AlarmKind::Surge, Priority::Low, -60, None),
    ];
    assert_eq!(alarms.iter().map(seen).collect::<Vec<_>>(), want);
}

/// Acknowledged when, and until when shelved, at an instant.
#[track_caller]
fn check_handled(events: &[Json], until: i64, acknowledged: Option<i64>, shelved_until: Option<i64>) {
    let state = hear(events, until);
    let handling = state.alarm("AL-1").unwrap().at(state.at());
    assert_eq!(handling.acknowledged.map(|acknowledged| acknowledged.0), acknowledged.map(at));
    assert_eq!(handling.shelved.map(|shelved| shelved.3), shelved_until.map(at));
}

#[test]
fn the_first_acknowledgement_counts_and_the_latest_shelving_until_it_ends() {
    check_handled(&[acknowledged(9), acknowledged(5)], 10, Some(5), None);
    check_handled(&[shelved("s", 5, 100)], 99, None, Some(100));
    check_handled(&[shelved("s", 5, 100)], 100, None, None);
    check_handled(&[shelved("t", 50, 60), shelved("s", 5, 100)], 55, None, Some(60));
    check_handled(&[shelved("t", 50, 60), shelved("s", 5, 100)], 70, None, None);
}

#[test]
fn no_source_acknowledges() {
    let mut foreign = acknowledged(5);
    foreign["source"] = "urn:somebody".into();
    assert!(hear(&[foreign], 10).alarm("AL-1").is_none());
}

#[test]
fn what_an_officer_writes_is_kept_without_the_person_and_its_alarm_stays() {
    let mut event = acknowledged(5);
    event["data"]["text"] = "Gọi 0901 234 567".into();
    event["data"]["alarm"] = "AL-090123456789".into();
    let taken = intake::take_personal(&mut event);
    assert!(taken.keys().eq(["text"]));
    assert_eq!(
        (&event["data"]["text"], &event["data"]["alarm"]),
        (&json!("Gọi ***"), &json!("AL-090123456789"))
    );
}

fn anything() -> impl Strategy<Value = Vec<Json>> {
    let event = (0..7_u8, 0..400_i64).prop_map(|(kind, secs)| match kind {
        0 => acknowledged(secs),
        1 => shelved("s", secs, secs + 60),
        2 => shelved("t", secs, secs + 20),
        3 => of_case("resolved", secs, json!({ "result": "done" })),
        4 => of_case("reopened", secs, json!({})),
        5 => of_case("amended", secs, json!({ "due_at": time(secs + 30) })),
        _ => of_case("amended", secs, json!({ "severity": "complex" })),
    });
    proptest::collection::vec(event, 0..12).prop_map(|mut events| {
        events.push(received("urgent", 100));
        // An identity is taken once; what is sent again comes as a rival and is tested of those.
        let mut ids = std::collections::BTreeSet::new();
        events.retain(|event| ids.insert(event["id"].to_string()));
        events
    })
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_changes_an_alarm(
        (events, shuffled) in anything().prop_flat_map(|events| {
            let acts = events.iter().filter(|event| event["subject"].is_null()).cloned();
            let twice: Vec<Json> = events.iter().cloned().chain(acts).collect();
            (Just(events), Just(twice).prop_shuffle())
        })
    ) {
        let (one, other) = (hear(&events, 450), hear(&shuffled, 450));
        prop_assert_eq!(raise(&one, &Beside::default()), raise(&other, &Beside::default()));
        prop_assert_eq!(one.alarm("AL-1"), other.alarm("AL-1"));
        prop_assert_eq!(one.alarm("AL-1").map(|held| held.at(at(450))), other.alarm("AL-1").map(|held| held.at(at(450))));
    }

    #[test]
    fn an_image_gives_what_was_done_back(events in anything()) {
        let acts: Vec<Json> = events.into_iter().filter(|event| event["subject"].is_null()).collect();
        let state = hear(&acts, 450);
        let head = domain::state::image::ImageHead::read(&state.image_head().unwrap()).unwrap();
        let again = State::of_image(Arc::new(City::bare("test")), head, []).unwrap();
        prop_assert_eq!(state.alarm("AL-1"), again.alarm("AL-1"));
    }
}
