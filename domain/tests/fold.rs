//! What a case's events come to, by value: whatever order they came in, and at every instant.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::case::Measure;
use domain::city::City;
use domain::clock::Judgement;
use domain::event::{Event, Flag};
use domain::intake;
use domain::state::{Changes, State};
use domain::symbol::Symbols;
use domain::{Seq, Timestamp};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const DAY: i64 = 86_400;

fn time(secs: i64) -> String {
    Timestamp::from_secs(1_420_000_000 + secs).to_rfc3339_at(jiff::tz::offset(0))
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_420_000_000 + secs)
}

fn envelope(kind: &str, case: &str, secs: i64, data: Json) -> Json {
    let id = format!("{kind}-{case}-{secs}-{data}");
    let id: String = id.chars().take(200).filter(|char| !char.is_control()).collect();
    json!({
        "specversion": "1.0", "id": id, "source": "urn:test", "type": format!("vn.toancanh.case.{kind}"),
        "time": time(secs), "subject": case, "data": data,
    })
}

fn received(case: &str, secs: i64, due: Option<i64>) -> Json {
    let mut data = json!({"kind": "report", "city": "test", "agency": "PWDx", "field": "a/b"});
    if let Some(due) = due {
        data["due_at"] = json!(time(due));
    }
    envelope("received", case, secs, data)
}

fn event(symbols: &Symbols, seq: u64, envelope: &Json) -> Arc<Event> {
    let mut event = intake::read(envelope, &City::bare("test"), symbols, None).unwrap();
    event.seq = Seq(seq);
    Arc::new(event)
}

/// The state of these events at an instant, and the sum of every change since nothing, by what
/// each counts.
fn run(envelopes: &[Json], steps: &[i64]) -> (State, BTreeMap<(String, i64), i64>) {
    run_with(&Symbols::default(), envelopes, steps)
}

fn run_with(symbols: &Symbols, envelopes: &[Json], steps: &[i64]) -> (State, BTreeMap<(String, i64), i64>) {
    let mut state = State::new(Arc::new(City::bare("test")), symbols.clone(), at(0));
    let mut live: BTreeMap<(String, i64), i64> = BTreeMap::new();
    let mut steps = steps.iter();
    let mut settle = |state: &mut State, changes: &mut Changes, to: Option<i64>| {
        if let Some(to) = to {
            state.advance(at(to), changes);
        }
        for row in std::mem::take(changes).live() {
            let timeliness = row.point.attrs.code(domain::dimension::Dimension::Timeliness);
            let name = format!("{:?} {:?} {:?}", row.point.measure, row.point.judged, timeliness);
            *live.entry((name, row.point.at.micros())).or_default() +=
                i64::from(row.sign) * i64::from(row.point.weight);
        }
    };
    let mut changes = Changes::default();
    for (place, envelope) in envelopes.iter().enumerate() {
        state.apply(event(symbols, place as u64 + 1, envelope), &mut changes);
        settle(&mut state, &mut changes, steps.next().copied());
    }
    settle(&mut state, &mut changes, Some(400 * DAY));
    live.retain(|_, weight| *weight != 0);
    (state, live)
}

fn count(envelopes: &[Json], measure: Measure, until: i64) -> i64 {
    let (state, _) = run(envelopes, &[]);
    state
        .cases()
        .iter()
        .filter_map(|case| case.timeline.as_ref())
        .flat_map(|timeline| timeline.points())
        .filter(|point| point.measure == measure && point.since <= at(until))
        .map(|point| i64::from(point.weight))
        .sum()
}

#[test]
fn a_case_opens_when_received_and_is_open_no_more_when_resolved() {
    let story = [received("a", 10, None), envelope("resolved", "a", 50, json!({"result": "done"}))];
    for (until, open, resolved) in [(9, 0, 0), (10, 1, 0), (49, 1, 0), (50, 0, 1)] {
        assert_eq!(count(&story, Measure::Open, until), open, "open at {until}");
        assert_eq!(count(&story, Measure::Resolved, until), resolved, "resolved at {until}");
    }
}

#[test]
fn a_case_resolved_in_the_second_in_which_it_opens_is_never_open() {
    let story = [received("a", 10, None), envelope("resolved", "a", 10, json!({"result": "done"}))];
    assert_eq!(count(&story, Measure::Open, 10), 0);
    assert_eq!(count(&story, Measure::Received, 10), 1);
    assert_eq!(count(&story, Measure::Resolved, 10), 1);
}

#[test]
fn a_case_resolved_before_it_was_received_counts_at_both_times_and_is_flagged() {
    let story = [received("a", 100, Some(50)), envelope("resolved", "a", 20, json!({"result": "x"}))];
    let (state, _) = run(&story, &[]);
    let timeline = state.find("a").unwrap().timeline.as_ref().unwrap().clone();
    assert_eq!(
        timeline.flags,
        [domain::event::Flag::StrangeDueAt, domain::event::Flag::ClosedBeforeReceived]
    );
    let resolved = timeline.flows.iter().find(|flow| flow.measure == Measure::Resolved).unwrap();
    assert_eq!((resolved.at, resolved.quantity, resolved.judged), (at(20), None, Judgement::InTime));
    for until in [20, 99, 100, 200] {
        assert_eq!(count(&story, Measure::Open, until), 0);
    }
}

#[test]
fn the_instant_of_the_work_decides_where_it_lies_between_received_and_said() {
    let data = json!({"result": "x", "handled_at": time(40)});
    let story = [received("a", 10, Some(45)), envelope("resolved", "a", 60, data)];
    assert_eq!(count(&story, Measure::Open, 39), 1);
    assert_eq!(count(&story, Measure::Open, 40), 0);
    let early = json!({"result": "x", "handled_at": time(5)});
    let story = [received("a", 10, Some(45)), envelope("resolved", "a", 60, early)];
    assert_eq!(count(&story, Measure::Open, 59), 1);
}

#[test]
fn a_copy_and_three_duplicates_of_one_case_are_one_case_three_duplicates_four_received() {
    let mut story = vec![received("first", 10, None)];
    for (case, relation) in
        [("copy", "copy_of"), ("d1", "duplicate_of"), ("d2", "duplicate_of"), ("d3", "duplicate_of")]
    {
        story.push(received(case, 20, None));
        story.push(envelope("linked", case, 30, json!({"relation": relation, "case": "first"})));
    }
    let counts = [Measure::Case, Measure::Duplicate, Measure::Received, Measure::Open];
    assert_eq!(counts.map(|measure| count(&story, measure, 30)), [1, 3, 4, 1]);
    assert_eq!(counts.map(|measure| count(&story, measure, 29)), [5, 0, 5, 5], "before they were linked");
}

#[test]
fn a_link_dated_before_the_receipt_counts_the_same() {
    let story = [
        received("first", 10, None),
        received("d", 30, None),
        envelope("linked", "d", 20, json!({"relation": "duplicate_of", "case": "first"})),
    ];
    let counts = [Measure::Case, Measure::Duplicate, Measure::Received, Measure::Open];
    assert_eq!(counts.map(|measure| count(&story, measure, 30)), [1, 1, 2, 1]);
}

#[test]
fn a_reopened_case_is_open_again_and_each_resolution_counts() {
    let story = [
        received("a", 10, None),
        envelope("resolved", "a", 20, json!({"result": "x"})),
        envelope("reopened", "a", 30, json!({})),
        envelope("resolved", "a", 40, json!({"result": "y"})),
    ];
    assert_eq!([15, 25, 35, 45].map(|until| count(&story, Measure::Open, until)), [1, 0, 1, 0]);
    assert_eq!(count(&story, Measure::Resolved, 45), 2);
    assert_eq!(count(&story, Measure::Reopened, 45), 1);
}

#[test]
fn an_event_that_the_life_cycle_does_not_allow_is_kept_and_flagged() {
    let story = [
        received("a", 10, None),
        envelope("refused", "a", 20, json!({"reason": "x"})),
        envelope("resolved", "a", 30, json!({"result": "x"})),
    ];
    let (state, _) = run(&story, &[]);
    let case = state.find("a").unwrap();
    let timeline = case.timeline.as_ref().unwrap();
    assert_eq!(case.events.len(), 3);
    assert_eq!(
        timeline.verdicts.iter().map(|verdict| verdict.applied).collect::<Vec<_>>(),
        [true, true, false]
    );
    assert_eq!(count(&story, Measure::Resolved, 100), 0);
}

#[test]
fn events_of_a_case_not_heard_of_wait_for_its_receipt() {
    let story = [envelope("resolved", "a", 50, json!({"result": "x"}))];
    assert_eq!(count(&story, Measure::Resolved, 100), 0);
    let story = [story[0].clone(), received("a", 10, None)];
    assert_eq!(count(&story, Measure::Resolved, 100), 1);
}

fn any_event() -> impl Strategy<Value = Json> {
    let case = prop::sample::select(vec!["a", "b", "c"]);
    let kind = 0..9_u8;
    (case, kind, 0..40_i64, 0..40_i64).prop_map(|(case, kind, when, other)| {
        let secs = when * DAY;
        match kind {
            0 | 1 => received(case, secs, (other % 3 > 0).then_some(other * DAY)),
            2 => envelope("resolved", case, secs, json!({"result": "x"})),
            3 => envelope("resolved", case, secs, json!({"result": "x", "handled_at": time(other * DAY)})),
            4 => envelope("reopened", case, secs, json!({})),
            5 => envelope(
                "transferred",
                case,
                secs,
                json!({"step": "dispatched", "to": format!("u{}", other % 3)}),
            ),
            6 => envelope("amended", case, secs, json!({"due_at": time(other * DAY)})),
            7 => envelope("linked", case, secs, json!({"relation": "duplicate_of", "case": "z"})),
            _ => envelope(
                "committed",
                case,
                secs,
                json!({"commitment": "promised_answer_at", "until": time(other * DAY)}),
            ),
        }
    })
}

fn story() -> impl Strategy<Value = Vec<Json>> {
    prop::collection::vec(any_event(), 0..14).prop_map(|mut events| {
        let mut seen = std::collections::BTreeSet::new();
        events.retain(|event| seen.insert(event["id"].to_string()));
        events
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_order_of_arrival_and_no_rhythm_of_ticks_matters(
        events in story(),
        seed in any::<u64>(),
        steps in prop::collection::vec(0..60_i64, 14),
    ) {
        let mut shuffled = events.clone();
        let mut state = seed;
        for place in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(place, usize::try_from(state >> 33).unwrap() % (place + 1));
        }
        let steps: Vec<i64> = steps.iter().scan(0, |sum, step| { *sum += step * DAY / 8; Some(*sum) }).collect();
        // One table of codes, so that the two states can be compared.
        let symbols = Symbols::default();
        let (plain, live) = run_with(&symbols, &events, &[]);
        let (mixed, moved) = run_with(&symbols, &shuffled, &steps);
        for case in plain.cases() {
            prop_assert_eq!(&case.timeline, &mixed.find(&case.code).unwrap().timeline);
        }
        // What live numbers were moved by, in whatever rhythm, adds up to the same.
        prop_assert_eq!(live, moved);
    }

    #[test]
    fn a_case_is_open_once_or_not_at_all(events in story()) {
        let (state, _) = run(&events, &[]);
        for case in state.cases() {
            let Some(timeline) = &*case.timeline else { continue };
            let points = timeline.points();
            for instant in (0..400).map(|step| at(step * DAY / 8)) {
                let open: i64 = points.iter()
                    .filter(|point| point.measure == Measure::Open && point.since <= instant)
                    .map(|point| i64::from(point.weight)).sum();
                let stands = timeline.at(instant).is_some_and(|segment| segment.open);
                prop_assert_eq!(open, i64::from(stands));
            }
        }
    }
}

#[test]
fn a_source_that_may_only_touch_its_own_cases_moves_no_other_whatever_comes_first() {
    let bound = |mut event: Json| {
        event["boundto"] = json!("urn:b");
        event["source"] = json!("urn:b/desk");
        event["id"] = json!(format!("b{}", event["id"]));
        event
    };
    let resolved = || bound(envelope("resolved", "A", DAY, json!({})));
    let status = |events: &[Json]| {
        let (state, _) = run(events, &[]);
        let timeline = state.find("A").unwrap().timeline.as_ref().unwrap().clone();
        (timeline.resolved_at.is_some(), timeline.flags.contains(&Flag::NotYourCase))
    };
    assert_eq!(status(&[received("A", 0, None), resolved()]), (false, true));
    // Nor by receiving it first.
    assert_eq!(status(&[bound(received("A", -5, None)), received("A", 0, None), resolved()]), (false, true));
    assert_eq!(status(&[bound(received("A", 0, None)), resolved()]), (true, false));
}

/// An event of one identity as a server took it: its case, its digest, and when it was recorded.
type Taken = (&'static str, u8, i64);

fn taken(symbols: &Symbols, seq: u64, (case, digest, recorded): Taken, of: Option<Taken>) -> Arc<Event> {
    let mut envelope = received(case, 0, None);
    envelope["id"] = json!("1");
    envelope["data"]["field"] = json!(format!("f{digest}"));
    let mut event = Event::clone(&event(symbols, seq, &envelope));
    event.recorded = at(recorded);
    event.rival = of.map(|(subject, of, _)| {
        let (digest, of_digest) = ([digest; 32], [of; 32]);
        Box::new(domain::event::Rival { digest, of_digest, of_subject: subject.into() })
    });
    Arc::new(event)
}

#[track_caller]
fn check_rivals(all: &[Taken], want: Taken) {
    let mut digests = std::collections::BTreeSet::new();
    for first in 0..all.len() {
        let mut order = all.to_vec();
        order.rotate_left(first);
        let symbols = Symbols::default();
        let mut state = State::new(Arc::new(City::bare("test")), symbols.clone(), at(0));
        for (seq, one) in (1..).zip(&order) {
            let of = (seq > 1).then_some(order[0]);
            state.apply(taken(&symbols, seq, *one, of), &mut Changes::default());
        }
        let cases = state.cases().iter();
        let held: Vec<_> =
            cases.flat_map(|case| case.events.iter().map(|event| (&*case.code, event.recorded))).collect();
        assert_eq!(held, [(want.0, at(want.2))], "beginning with {first}");
        digests.insert(state.digest());
    }
    assert_eq!(digests.len(), 1, "servers that took them in another order do not agree");
}

#[test]
fn of_one_identity_the_smaller_digest_counts_and_of_one_content_the_earlier_recording() {
    check_rivals(&[("A", 1, 10), ("A", 2, 5)], ("A", 1, 10));
    check_rivals(&[("A", 1, 10), ("B", 2, 5), ("C", 3, 1)], ("A", 1, 10));
    check_rivals(&[("A", 7, 10), ("A", 7, 5)], ("A", 7, 5));
    check_rivals(&[("A", 7, 10), ("A", 7, 5), ("A", 7, 8)], ("A", 7, 5));
}
