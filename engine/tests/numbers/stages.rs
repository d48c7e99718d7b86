//! How long stages of service take: live, recomputed and counted plainly, for dossiers that go to and
//! fro and are told of in any order.

use std::path::Path;
use std::sync::Arc;

use domain::Timestamp;
use domain::calendar::Calendar;
use domain::city::City;
use domain::dimension::Dimension;
use domain::intake;
use domain::metric::Metric;
use domain::query::Query;
use domain::regulation::{Book, RuleSet};
use domain::symbol::Symbols;
use engine::{Topic, evaluate, receipt};
use proptest::prelude::*;
use serde_json::json;

use crate::oracle;
use crate::world::{BEGIN, Dice, Server, Story, recorded, stories};

const RULES: &str = include_str!("../../../cities/hcmc/regulations/os-2686.toml");
const CALENDAR: &str = "[calendar.default]\nutc_offset = \"-05:00\"\nweekdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\n\
                        intervals = [\"08:00-12:00\", \"13:00-17:00\"]\n";
const STEPS: [&str; 7] = [
    "circulated",
    "submitted_for_approval",
    "sent_back",
    "supplement_requested",
    "supplemented",
    "approved",
    "returned_result",
];

fn city() -> City {
    let none = |_: &str| Err("none".to_owned());
    // The stories are older than the decision.
    let rules = RULES.replace("2020-07-29", "2010-01-01");
    let rules = RuleSet::parse(Path::new("rules.toml"), &rules, &none).unwrap();
    City {
        regulations: Arc::new(Book::new(vec![rules])),
        calendar: Some(Arc::new(Calendar::parse(Path::new("calendar.toml"), CALENDAR, &none).unwrap())),
        ..City::clone(&crate::world::city())
    }
}

/// Dossiers of which most steps follow one another, and some come as they like.
fn story(dice: &mut Dice, cases: u64) -> Story {
    let (city, symbols) = (city(), Symbols::default());
    let mut events = Vec::new();
    for case in 0..cases {
        let mut at = dice.instant();
        let mut say = |dice: &mut Dice, at: Timestamp, kind: &str, data: serde_json::Value| {
            let envelope = json!({
                "specversion": "1.0", "id": format!("{case}-{}-{}", at.micros(), dice.below(1_000_000)),
                "source": "urn:test", "type": format!("vn.toancanh.case.{kind}"), "subject": format!("D-{case:03}"),
                "time": at.to_rfc3339_at(jiff::tz::offset(0)), "data": data,
            });
            events.push(intake::read(&envelope, &city, &symbols, None).unwrap());
        };
        let received = json!({ "kind": "dossier", "city": "test", "agency": *dice.pick(&["PWD", "ISD"]) });
        say(dice, at, "received", received);
        for place in 0..dice.below(9) {
            at = at.plus_secs(i64::try_from(dice.below(20)).unwrap() * 1_800);
            let place = usize::try_from(if dice.one_in(3) { dice.below(7) } else { place % 7 }).unwrap();
            say(dice, at, "step", json!({ "step": STEPS[place] }));
            if dice.one_in(8) {
                say(dice, at, "rated", json!({ "score": 4, "scale": 5, "stage": "reception" }));
            }
        }
    }
    Story { city: Arc::new(city), symbols, events }
}

fn by_stage(metrics: &[Metric]) -> Query {
    let from = Some(Timestamp::from_secs(BEGIN));
    Query { metrics: metrics.to_vec(), from, ..Query::default() }.by(Dimension::Stage)
}

const METRICS: [Metric; 5] = [
    Metric::StagesLeft,
    Metric::StageHoursP50,
    Metric::StageHoursP90,
    Metric::Rateable,
    Metric::ResponseRate,
];

proptest! {
    #![proptest_config(stories(16))]

    #[test]
    fn stages_are_timed_alike_live_recomputed_and_by_a_plain_count(seed: u64) {
        let mut dice = Dice(seed);
        let (story, arriving) = story(&mut dice, 40).arriving(&mut dice);
        let begin = Timestamp::from_secs(BEGIN);
        let mut server = Server::new(&story, begin);
        let mut topic = Topic::new(&server.frozen(), by_stage(&METRICS)).unwrap();
        for (tick, events) in (1..).zip(arriving.chunks(15)) {
            let batch = server.tick(events, begin.plus_secs(tick * 3_600 * 9));
            topic.step(&batch, &server.frozen());
            let fresh = evaluate(&server.frozen(), topic.query()).unwrap().rows;
            prop_assert_eq!(topic.rows(), fresh.clone());
            prop_assert_eq!(fresh, oracle::rows(&server.state, topic.query()));
        }
    }

    #[test]
    fn stages_known_then_are_those_of_a_server_that_heard_no_more(seed: u64) {
        let mut dice = Dice(seed);
        let (story, arriving) = story(&mut dice, 30).arriving(&mut dice);
        let at = Timestamp::from_secs(BEGIN + 12 * 86_400);
        let server = Server::full(&story, &arriving, at);
        let heard = arriving.len() / 2;
        let early = Server::full(&story, &arriving[..heard], at);
        let known_at = Some(recorded(heard as u64));
        let asked = Query { known_at, ..by_stage(&METRICS) };
        let want = evaluate(&early.frozen(), &by_stage(&METRICS)).unwrap().rows;
        prop_assert_eq!(evaluate(&server.frozen(), &asked).unwrap().rows, want);
    }
}

#[test]
fn a_stages_receipt_says_the_same_and_adds_up() {
    let mut dice = Dice(3);
    let (story, arriving) = story(&mut dice, 60).arriving(&mut dice);
    let server = Server::full(&story, &arriving, Timestamp::from_secs(BEGIN + 12 * 86_400));
    for metric in [Metric::StagesLeft, Metric::StageHoursP90] {
        let query = Query { group_by: Vec::new(), ..by_stage(&[metric]) }.only(Dimension::Stage, "approval");
        let said = receipt(&server.frozen(), &query, None).unwrap();
        assert_eq!(said.value, evaluate(&server.frozen(), &query).unwrap().rows[0][0]);
        assert!(said.value.as_f64().is_some_and(|value| value > 0.0));
        let left_out: i64 = said.excluded.iter().map(|excluded| excluded.count.cast_signed()).sum();
        assert_eq!(said.value.as_int().unwrap_or(said.cases.total.cast_signed()) + left_out, said.whole);
    }
}
