//! What people think, held against a count case by case from the timelines.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::Timestamp;
use domain::case::{Attrs, Measure, Point, Timeline};
use domain::city::{City, Entry, Label};
use domain::dimension::Dimension;
use domain::lists::{Criterion, Lists};
use domain::metric::Metric;
use domain::query::{GroupKey, Query};
use domain::symbol::Sym;
use domain::value::Value;
use domain::wire::Row;
use engine::{evaluate, receipt, satisfaction};
use proptest::prelude::*;

use crate::world::{BEGIN, Dice, Server, Story, stories};

/// The day on which the questionnaire of the tests is changed, in the middle of the story.
const CHANGED: &str = "2015-10-31";

/// A city that asks C1 until the change and C1b, which continues it, from then on.
fn city(min_answers: u16) -> City {
    let mut city = City::clone(&crate::world::city());
    let criterion = |code: &str, from: Option<&str>, to: Option<&str>, before: Option<&str>| Criterion {
        code: code.to_owned(),
        label: Label::default(),
        order: 1,
        valid_from: from.map(|day| day.parse().unwrap()),
        valid_to: to.map(|day| day.parse().unwrap()),
        comparable_with: before.map(str::to_owned),
    };
    let criteria = vec![
        criterion("C1", None, Some("2015-10-30"), None),
        criterion("C1b", Some(CHANGED), None, Some("C1")),
        criterion("C2", None, None, None),
    ];
    let tree = city.catalogue.trees.entry("criterion".to_owned()).or_default();
    for criterion in &criteria {
        let entry = Entry { parent: criterion.comparable_with.clone(), ..Entry::default() };
        tree.entries.insert(criterion.code.clone(), entry);
    }
    city.lists = Arc::new(Lists { criteria, ..Lists::default() });
    city.ratings_min_answers = min_answers;
    city
}

fn server(seed: u64, cases: u64, min_answers: u16) -> Server {
    let mut dice = Dice(seed);
    let (mut story, arriving) = Story::new(seed, cases).arriving(&mut dice);
    story.city = Arc::new(city(min_answers));
    Server::full(&story, &arriving, Timestamp::from_secs(BEGIN + 9 * 86_400))
}

fn flows(timeline: &Timeline, measure: Measure) -> impl Iterator<Item = &Point> {
    timeline.flows.iter().filter(move |flow| flow.measure == measure)
}

/// Answers, the sum of their scores, cases that could be rated, and those that were, by one dimension.
fn counted(server: &Server, dimension: Dimension, query: &Query) -> BTreeMap<Sym, [i64; 4]> {
    let by_criterion = dimension == Dimension::Criterion;
    let said = if by_criterion { Measure::CriterionAnswered } else { Measure::Rated };
    let own = matches!(dimension, Dimension::Criterion | Dimension::Stage | Dimension::RatingChannel);
    let (from, now) = (query.from.unwrap(), query.at.unwrap_or(server.state.at()));
    let change: jiff::civil::Date = CHANGED.parse().unwrap();
    let mut groups: BTreeMap<Sym, [i64; 4]> = BTreeMap::new();
    let is_asked = |attrs: &Attrs, at: Timestamp, group: Sym| {
        let day = at.to_jiff().to_zoned(server.state.city().zone.clone()).date();
        let name = server.state.symbols().name(group);
        match (dimension, name.as_deref()) {
            (Dimension::Stage, Some(_)) => !attrs.code(Dimension::Stage).is_none(),
            (Dimension::Criterion, Some("C1")) => day < change,
            (Dimension::Criterion, Some("C1b")) => day >= change,
            _ => true,
        }
    };
    let timelines = || server.state.cases().iter().filter_map(|case| case.timeline.as_ref());
    for flow in timelines().flat_map(|timeline| flows(timeline, said)) {
        if flow.at >= from && flow.at < now {
            let group = groups.entry(flow.attrs.code(dimension)).or_default();
            group[0] += 1;
            group[1] += flow.quantity.unwrap();
        }
    }
    let rateable = |timeline: &Timeline| {
        let mut found = flows(timeline, Measure::Rateable);
        found.next().filter(|flow| flow.at >= from && flow.at < now).cloned()
    };
    let asked_anyway = ["C1", "C1b", "C2"].map(|code| server.state.symbols().intern(code));
    for timeline in timelines() {
        let Some(open) = rateable(timeline) else { continue };
        let said: BTreeSet<Sym> = flows(timeline, said)
            .filter(|flow| flow.at <= now)
            .map(|flow| if own { flow.attrs.code(dimension) } else { open.attrs.code(dimension) })
            .collect();
        if by_criterion {
            for code in asked_anyway {
                groups.entry(code).or_default();
            }
        } else if !own {
            groups.entry(open.attrs.code(dimension)).or_default();
        }
        for group in said {
            if is_asked(&open.attrs, open.at, group) {
                groups.entry(group).or_default()[3] += 1;
            }
        }
    }
    for (group, counts) in &mut groups {
        let open = timelines().filter_map(rateable).filter(|open| is_asked(&open.attrs, open.at, *group));
        counts[2] = open.filter(|open| own || open.attrs.code(dimension) == *group).count() as i64;
    }
    groups.retain(|_, counts| *counts != [0; 4]);
    groups
}

#[track_caller]
fn check(server: &Server, dimension: Dimension, query: &Query) {
    let answer = satisfaction(&server.frozen(), &query.clone().by(dimension)).unwrap();
    let want: BTreeMap<Option<String>, [i64; 4]> = counted(server, dimension, query)
        .into_iter()
        .map(|(sym, counts)| (server.state.symbols().name(sym).map(|name| name.to_string()), counts))
        .collect();
    let said: BTreeMap<Option<String>, [i64; 4]> = answer
        .rows
        .iter()
        .map(|row| {
            let number = |place: usize| row[place].as_int().unwrap();
            let answers = number(1);
            let mean = row[2].as_f64().unwrap_or_default();
            let name = row[0].as_text().map(str::to_owned);
            // The sum is held against the rounded mean below.
            let sum = want.get(&name).map_or(0, |want| want[1]);
            if answers > 0 {
                assert!((mean - sum as f64 / answers as f64 / 1000.0).abs() <= 0.005_001, "{row:?}");
            }
            (name, [answers, sum, number(4), number(5)])
        })
        .collect();
    assert_eq!(said, want, "{}", dimension.name());
}

proptest! {
    #![proptest_config(stories(16))]

    #[test]
    fn every_grouping_is_what_a_plain_count_finds(seed: u64) {
        let server = server(seed, 120, 1);
        let mut dice = Dice(seed);
        let from = dice.instant();
        for dimension in [
            Dimension::Criterion,
            Dimension::Stage,
            Dimension::RatingChannel,
            Dimension::District,
            Dimension::Procedure,
        ] {
            check(&server, dimension, &Query { from: Some(from), ..Query::default() });
            let at = Some(dice.instant().max(from));
            check(&server, dimension, &Query { from: Some(from), at, ..Query::default() });
        }
    }
}

fn since_the_beginning() -> Query {
    Query { from: Some(Timestamp::from_secs(BEGIN - 86_400)), ..Query::default() }
}

fn numbers(row: &Row) -> Vec<Value> {
    row.iter().skip(row.len() - 6).cloned().collect()
}

#[test]
fn the_whole_is_what_the_registry_says_and_what_a_receipt_says() {
    let server = server(5, 300, 1);
    let frozen = server.frozen();
    let query = since_the_beginning();
    let answer = satisfaction(&frozen, &query).unwrap();
    let metrics = [
        Metric::Rated,
        Metric::MeanScore,
        Metric::SatisfactionRate,
        Metric::Rateable,
        Metric::Responded,
        Metric::ResponseRate,
    ];
    let asked = Query { metrics: metrics.to_vec(), ..query.clone() };
    let table = evaluate(&frozen, &asked).unwrap();
    assert_eq!(answer.rows, table.rows);
    assert!(numbers(&answer.rows[0]).iter().all(|value| value.as_f64().is_some_and(|number| number > 0.0)));
    for (metric, value) in metrics.into_iter().zip(&table.rows[0]) {
        let said = receipt(&frozen, &Query { metrics: vec![metric], ..query.clone() }, None).unwrap();
        assert_eq!(said.value, *value, "{}", metric.name());
    }
}

#[test]
fn ratings_by_channel_add_up_to_all_of_them() {
    let server = server(11, 300, 1);
    let answers = |query: &Query| -> i64 {
        let answer = satisfaction(&server.frozen(), query).unwrap();
        answer.rows.iter().map(|row| numbers(row)[0].as_int().unwrap()).sum()
    };
    let all = answers(&since_the_beginning());
    assert!(all > 20);
    assert_eq!(answers(&since_the_beginning().by(Dimension::RatingChannel)), all);
    assert_eq!(answers(&since_the_beginning().by(Dimension::Stage)), all);
}

#[test]
fn a_criterion_and_the_one_that_continues_it_are_one_series_at_the_top_level() {
    let server = server(12, 300, 1);
    let by = |level| Query {
        group_by: vec![GroupKey { dimension: Dimension::Criterion, level }],
        ..since_the_beginning()
    };
    let rows = |query: &Query| -> BTreeMap<String, Vec<Value>> {
        let answer = satisfaction(&server.frozen(), query).unwrap();
        answer.rows.iter().map(|row| (row[0].as_text().unwrap().to_owned(), numbers(row))).collect()
    };
    let (apart, joined) = (rows(&by(None)), rows(&by(Some(1))));
    let count =
        |rows: &BTreeMap<String, Vec<Value>>, code: &str, place: usize| rows[code][place].as_int().unwrap();
    assert_eq!(joined.keys().collect::<Vec<_>>(), ["C1", "C2"]);
    assert_eq!(count(&joined, "C1", 0), count(&apart, "C1", 0) + count(&apart, "C1b", 0));
    // Either was asked at any time, and nobody was asked both.
    assert_eq!(count(&joined, "C1", 3), count(&apart, "C1", 3) + count(&apart, "C1b", 3));
    assert_eq!(count(&joined, "C1", 3), count(&joined, "C2", 3));
}

#[test]
fn below_the_citys_least_number_no_rate_is_said() {
    let few = server(13, 60, 1_000);
    let answer = satisfaction(&few.frozen(), &since_the_beginning().by(Dimension::Criterion)).unwrap();
    assert_eq!(answer.min_answers, 1_000);
    assert!(!answer.rows.is_empty());
    for row in &answer.rows {
        let numbers = numbers(row);
        assert_eq!([&numbers[1], &numbers[2], &numbers[5]], [&Value::Null; 3]);
        assert!(numbers[0].as_int().is_some() && numbers[3].as_int().is_some());
    }
}

#[test]
fn what_has_no_meaning_is_refused_by_name() {
    let server = server(14, 5, 1);
    let refused = |query: Query| match satisfaction(&server.frozen(), &query).unwrap_err() {
        engine::QueryError::Bad { parameter, .. } => parameter.to_string(),
        other => panic!("{other}"),
    };
    assert_eq!(refused(Query::of(Metric::Rated)), "metric");
    assert_eq!(refused(Query { res: Some(8), ..Query::default() }), "res");
    let twice = [None, Some(1)].map(|level| GroupKey { dimension: Dimension::Criterion, level });
    assert_eq!(refused(Query { group_by: twice.to_vec(), ..Query::default() }), "group_by");
}
