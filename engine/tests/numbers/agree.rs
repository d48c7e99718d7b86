//! What polars counts equals what a plain loop counts.

use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::query::{GroupKey, Query};
use engine::evaluate;
use proptest::prelude::*;

use crate::oracle;
use crate::world::{Dice, Server, Story, question_of_the_past, stories};

#[track_caller]
fn check(server: &Server, query: &Query) {
    let table = evaluate(&server.frozen(), query).unwrap();
    assert_eq!(table.rows, oracle::rows(&server.state, query), "{query:?}");
}

proptest! {
    #![proptest_config(stories(40))]

    #[test]
    fn every_question_is_answered_as_a_plain_count_answers_it(seed: u64) {
        let mut dice = Dice(seed);
        let (story, arriving) = Story::new(seed, 60).arriving(&mut dice);
        let server = Server::full(&story, &arriving, dice.instant());
        for _ in 0..12 {
            check(&server, &question_of_the_past(&mut dice, server.state.at()));
        }
    }
}

#[test]
fn every_metric_by_every_dimension_is_what_a_plain_count_finds() {
    let mut dice = Dice(7);
    let (story, arriving) = Story::new(7, 300).arriving(&mut dice);
    let server = Server::full(&story, &arriving, dice.instant().plus_secs(86_400 * 6));
    for dimension in Dimension::ALL {
        for level in [None, Some(1), Some(2)] {
            let mut query = Query { metrics: Metric::ALL.to_vec(), ..Query::default() };
            query.from = Some(domain::Timestamp::MIN);
            query.group_by = vec![GroupKey { dimension, level }];
            check(&server, &query);
        }
    }
}

#[test]
fn two_levels_of_one_dimension_are_two_columns() {
    let mut dice = Dice(8);
    let (story, arriving) = Story::new(8, 100).arriving(&mut dice);
    let server = Server::full(&story, &arriving, dice.instant());
    let levels = [None, Some(1), Some(2)].map(|level| GroupKey { dimension: Dimension::Field, level });
    let query = Query { group_by: levels.to_vec(), ..Query::of(Metric::Open) };
    check(&server, &query);
    let table = evaluate(&server.frozen(), &query).unwrap();
    assert_eq!(table.columns, ["field", "field:1", "field:2", "open"]);
}

#[test]
fn an_empty_city_has_one_row_of_zeros_and_nothing_measured() {
    let story = Story::new(1, 0);
    let server = Server::new(&story, domain::Timestamp::from_secs(crate::world::BEGIN));
    let query = Query {
        metrics: vec![Metric::Open, Metric::Resolved, Metric::HoursToResolveP50],
        ..Query::default()
    };
    check(&server, &query);
    let table = evaluate(&server.frozen(), &query).unwrap();
    assert_eq!(table.rows, [vec![0.into(), 0.into(), domain::Value::Null]]);
    assert_eq!(table.at, "2015-10-28T00:00:00-04:00");
    check(&server, &query.by(Dimension::Agency));
}
