//! As it was known then: the numbers of a server that had heard no more.

use std::sync::Arc;

use domain::Timestamp;
use domain::metric::Metric;
use domain::query::Query;
use engine::{evaluate, receipt};
use proptest::prelude::*;

use crate::world::{Dice, Server, Story, question_of_the_past, recorded, stories};

proptest! {
    #![proptest_config(stories(24))]

    #[test]
    fn known_at_gives_the_numbers_of_a_server_that_heard_no_more(seed: u64) {
        let mut dice = Dice(seed);
        let (story, arriving) = Story::new(seed, 60).arriving(&mut dice);
        let at = dice.instant();
        let server = Server::full(&story, &arriving, at);
        for heard in [0, 1, arriving.len() / 3, arriving.len()] {
            let early = Server::full(&story, &arriving[..heard], at);
            for _ in 0..3 {
                let query = question_of_the_past(&mut dice, at);
                let want = evaluate(&early.frozen(), &query).unwrap().rows;
                let known_at = Some(recorded(heard as u64));
                let asked = Query { known_at, ..query };
                prop_assert_eq!(evaluate(&server.frozen(), &asked).unwrap().rows, want);
            }
        }
    }
}

#[test]
fn a_receipt_of_what_was_known_then_names_the_cases_known_then() {
    let mut dice = Dice(3);
    let (story, arriving) = Story::new(3, 80).arriving(&mut dice);
    let at = Timestamp::from_secs(crate::world::BEGIN + 4 * 86_400);
    let heard = arriving.len() / 2;
    let early = Server::full(&story, &arriving[..heard], at);
    let server = Server::full(&story, &arriving, at);
    let query = Query::of(Metric::Open);
    let asked = Query { known_at: Some(recorded(heard as u64)), ..query.clone() };
    let want = receipt(&early.frozen(), &query, None).unwrap();
    let said = receipt(&server.frozen(), &asked, None).unwrap();
    assert_eq!((said.value, said.cases.codes, said.digest), (want.value, want.cases.codes, want.digest));
    assert_eq!((said.whole, said.events), (want.whole, want.events));
    assert_eq!(said.excluded, want.excluded);
}

#[test]
fn asked_again_after_more_was_heard_it_is_the_same() {
    let mut dice = Dice(4);
    let (story, arriving) = Story::new(4, 80).arriving(&mut dice);
    let at = Timestamp::from_secs(crate::world::BEGIN + 4 * 86_400);
    let heard = arriving.len() / 2;
    let mut server = Server::full(&story, &arriving[..heard], at);
    let query = Query { known_at: Some(recorded(heard as u64)), ..Query::of(Metric::Open) };
    let before = evaluate(&server.frozen(), &query).unwrap().rows;
    let later: &[Arc<_>] = &arriving[heard..];
    server.tick(later, at);
    assert_eq!(evaluate(&server.frozen(), &query).unwrap().rows, before);
}
