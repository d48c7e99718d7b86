//! What ticks add up to equals what history says, at every tick.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::query::Bucket;
use domain::wire::Row;
use engine::{Topic, evaluate};
use proptest::prelude::*;

use crate::world::{BEGIN, Dice, LENGTH_SECS, Server, Story, question, question_of_the_past, stories};

/// A topic, and what a client holds of it who only ever saw the changes.
struct Followed {
    topic: Topic,
    held: BTreeMap<Row, Row>,
}

impl Followed {
    fn new(topic: Topic) -> Self {
        let key_len = topic.key_len();
        let held = topic.rows().into_iter().map(|row| split(row, key_len)).collect();
        Self { topic, held }
    }

    fn step(&mut self, server: &Server, batch: &engine::MicroBatch) {
        let key_len = self.topic.key_len();
        let before = self.held.clone();
        let change = self.topic.step(batch, &server.frozen());
        for key in change.remove {
            assert!(self.held.remove(&key).is_some(), "a row was removed that was not there");
        }
        for row in change.upsert {
            let (key, values) = split(row, key_len);
            assert_ne!(before.get(&key), Some(&values), "a row was sent that did not change");
            self.held.insert(key, values);
        }
    }

    fn check(&self, server: &Server) {
        let fresh = evaluate(&server.frozen(), self.topic.query()).unwrap();
        assert_eq!(self.topic.rows(), fresh.rows, "{:?}", self.topic.query());
        assert_eq!(self.topic.columns(), fresh.columns);
        let held: Vec<Row> =
            self.held.iter().map(|(key, values)| [key.clone(), values.clone()].concat()).collect();
        assert_eq!(held, fresh.rows);
    }
}

fn split(mut row: Row, key_len: usize) -> (Row, Row) {
    let values = row.split_off(key_len);
    (row, values)
}

proptest! {
    #![proptest_config(stories(40))]

    #[test]
    fn live_numbers_equal_recomputed_ones_at_every_tick(seed: u64) {
        let mut dice = Dice(seed);
        let (story, arriving) = Story::new(seed, 50).arriving(&mut dice);
        let begin = Timestamp::from_secs(BEGIN);
        let mut server = Server::new(&story, begin);
        let mut followed: Vec<Followed> = Vec::new();
        let mut rest = arriving.as_slice();
        let mut at = begin;
        while at.since(begin) < LENGTH_SECS * 1_000_000 {
            if followed.len() < 12 {
                let mut query = question(&mut dice);
                if dice.one_in(4) {
                    query = question_of_the_past(&mut dice, at);
                } else if dice.one_in(3) {
                    query.bucket = Some(*dice.pick(&[Bucket::Hour, Bucket::Day, Bucket::Week]));
                }
                followed.push(Followed::new(Topic::new(&server.frozen(), query).unwrap()));
            }
            // Some ticks bring nothing but time, some no time at all.
            let count = if dice.one_in(3) { 0 } else { usize::try_from(dice.below(20)).unwrap() };
            let (now, later) = rest.split_at(count.min(rest.len()));
            rest = later;
            if !dice.one_in(5) {
                at = at.plus_secs(i64::try_from(dice.below(86_400)).unwrap());
            }
            let batch = server.tick(now, at);
            for one in &mut followed {
                one.step(&server, &batch);
            }
            let checked = usize::try_from(dice.below(12)).unwrap();
            for one in followed.iter().skip(checked).take(3) {
                one.check(&server);
            }
        }
        for one in &followed {
            one.check(&server);
        }
    }
}
