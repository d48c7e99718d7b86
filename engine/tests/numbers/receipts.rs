//! Every number opens its receipt: the cases behind it, and all others with a reason.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::answer::Receipt;
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::query::Query;
use domain::value::Value;
use domain::{Seq, Timestamp};
use engine::{Frozen, evaluate, receipt};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::world::{BEGIN, Dice, Server, Story, question_of_the_past, stories};

/// All codes behind a number, page by page.
fn pages(frozen: &Frozen, query: &Query) -> (Receipt, Vec<String>) {
    let first = receipt(frozen, query, None).unwrap();
    let mut codes = first.cases.codes.clone();
    let mut next = first.cases.next.clone();
    while let Some(cursor) = next {
        let page = receipt(frozen, query, Some(&cursor)).unwrap();
        assert_eq!((page.seq, &page.value, &page.digest), (first.seq, &first.value, &first.digest));
        codes.extend(page.cases.codes);
        next = page.cases.next;
    }
    (first, codes)
}

#[track_caller]
fn check(server: &Server, story: &Story, query: &Query) {
    let frozen = server.frozen();
    let (receipt, codes) = pages(&frozen, query);
    let number = evaluate(&frozen, query).unwrap();
    assert_eq!(vec![vec![receipt.value.clone()]], number.rows, "{query:?}");
    assert_eq!(receipt.cases.total, codes.len() as u64);
    assert!(codes.is_sorted());
    let digest = Sha256::digest(codes.join("\n").as_bytes());
    assert_eq!(receipt.digest, digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>());

    // Every case ever received is either behind the number or left out for one reason.
    let left_out: u64 = receipt.excluded.iter().map(|excluded| excluded.count).sum();
    let received = server.state.cases().iter().filter(|case| case.timeline.is_some()).count() as u64;
    assert_eq!(receipt.cases.total + left_out, received, "{query:?}");
    let mut named: BTreeSet<&String> = codes.iter().collect();
    for excluded in &receipt.excluded {
        for code in &excluded.codes {
            assert!(named.insert(code), "{code} has two places");
        }
    }
    let counted = receipt.value.as_int().unwrap_or(receipt.cases.total.cast_signed());
    assert_eq!(counted + left_out.cast_signed(), receipt.whole);

    // The events of those cases alone make the number.
    let mut alone = Server::new(story, server.state.at());
    let events: Vec<_> =
        codes.iter().flat_map(|code| server.state.find(code).unwrap().events.to_vec()).collect();
    assert_eq!(receipt.events, events.len() as u64);
    alone.tick(&events, server.state.at());
    assert_eq!(evaluate(&alone.frozen(), query).unwrap().rows, number.rows, "{query:?}");
}

fn of_one_number(mut query: Query) -> Query {
    query.metrics.truncate(1);
    query.group_by.clear();
    (query.bucket, query.res) = (None, None);
    query
}

proptest! {
    #![proptest_config(stories(40))]

    #[test]
    fn the_cases_of_a_receipt_make_the_number_and_all_others_have_a_reason(seed: u64) {
        let mut dice = Dice(seed);
        let (story, arriving) = Story::new(seed, 60).arriving(&mut dice);
        let server = Server::full(&story, &arriving, dice.instant());
        for _ in 0..8 {
            check(&server, &story, &of_one_number(question_of_the_past(&mut dice, server.state.at())));
        }
    }
}

#[test]
fn the_pages_of_a_receipt_are_of_one_state_however_much_happens_meanwhile() {
    let mut dice = Dice(5);
    let (story, arriving) = Story::new(5, 2_600).arriving(&mut dice);
    let at = Timestamp::from_secs(BEGIN + 5 * 86_400);
    let (first_half, second_half) = arriving.split_at(arriving.len() * 9 / 10);
    let mut server = Server::full(&story, first_half, at);
    let mut query = Query::of(Metric::Received);
    query.from = Some(Timestamp::from_secs(BEGIN));
    let (want, codes) = pages(&server.frozen(), &query);
    assert!(codes.len() > 1_000, "one page holds {} codes", codes.len());

    let first = receipt(&server.frozen(), &query, None).unwrap();
    server.tick(second_half, at.plus_secs(86_400));
    let second = receipt(&server.frozen(), &query, first.cases.next.as_deref()).unwrap();
    assert_eq!([first.cases.codes, second.cases.codes.clone()].concat(), codes);
    assert_eq!((second.seq, second.at.clone(), second.value.clone()), (want.seq, want.at, want.value));
    assert_eq!((second.digest, second.excluded, second.events), (want.digest, want.excluded, want.events));
    assert_eq!(second.seq, Seq(first_half.len() as u64));
    assert!(receipt(&server.frozen(), &query, None).unwrap().cases.total > want.cases.total);
}

#[test]
fn a_case_resolved_twice_counts_twice_and_the_whole_says_so() {
    let mut dice = Dice(6);
    let (story, arriving) = Story::new(6, 300).arriving(&mut dice);
    let server = Server::full(&story, &arriving, Timestamp::from_secs(BEGIN + 20 * 86_400));
    let mut query = Query::of(Metric::Resolved);
    query.from = Some(Timestamp::from_secs(BEGIN - 86_400));
    check(&server, &story, &query);
    let said = receipt(&server.frozen(), &query, None).unwrap();
    let received = server.state.cases().iter().filter(|case| case.timeline.is_some()).count() as i64;
    let repeats = said.value.as_int().unwrap() - said.cases.total.cast_signed();
    assert!(repeats > 0);
    assert_eq!(said.whole, received + repeats);
}

#[test]
fn a_quantiles_receipt_names_the_case_that_it_is() {
    let mut dice = Dice(9);
    let (story, arriving) = Story::new(9, 300).arriving(&mut dice);
    let server = Server::full(&story, &arriving, Timestamp::from_secs(BEGIN + 20 * 86_400));
    for metric in [Metric::HoursToResolveP50, Metric::HoursToResolveP90] {
        let mut query = Query::of(metric).only(Dimension::Kind, "report");
        query.from = Some(Timestamp::from_secs(BEGIN - 86_400));
        check(&server, &story, &query);
        let said = receipt(&server.frozen(), &query, None).unwrap();
        let case = server.state.find(&said.ranked_case.unwrap()).unwrap();
        let flows = &case.timeline.as_ref().unwrap().flows;
        let hours: Vec<Value> = flows
            .iter()
            .filter(|flow| flow.measure == domain::case::Measure::Resolved)
            .filter_map(|flow| flow.quantity)
            .map(|secs| Value::Float(((secs * 100 + 1_800) / 3_600) as f64 / 100.0))
            .collect();
        assert!(hours.contains(&said.value), "{hours:?} {:?}", said.value);
    }
}

#[test]
fn each_reason_says_what_the_case_is_instead() {
    let mut dice = Dice(10);
    let (story, arriving) = Story::new(10, 500).arriving(&mut dice);
    let server = Server::full(&story, &arriving, Timestamp::from_secs(BEGIN + 4 * 86_400));
    let reasons = |query: &Query| -> BTreeSet<String> {
        let said = receipt(&server.frozen(), query, None).unwrap();
        said.excluded.into_iter().map(|excluded| excluded.reason).collect()
    };
    let set =
        |reasons: &[&str]| reasons.iter().map(|reason| (*reason).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(
        reasons(&Query::of(Metric::Overdue).only(Dimension::Agency, "PW")),
        set(&[
            "outside_filter",
            "other_timeliness",
            "resolved",
            "closed",
            "refused",
            "cancelled",
            "duplicate",
            "not_received_yet",
        ])
    );
    assert_eq!(
        reasons(&Query::of(Metric::ResolvedLate)),
        set(&["outside_period", "not_resolved", "not_resolved_late", "not_received_yet"])
    );
    assert_eq!(reasons(&Query::of(Metric::Cases)), set(&["outside_period", "duplicate", "not_received_yet"]));
    assert_eq!(
        reasons(&Query::of(Metric::Unmapped)),
        set(&[
            "all_codes_known",
            "resolved",
            "closed",
            "refused",
            "cancelled",
            "duplicate",
            "not_received_yet"
        ])
    );
}

#[test]
fn a_receipt_says_its_question_in_parameters_that_can_be_asked_again() {
    let story = Story::new(2, 30);
    let events: Vec<_> = story.events.iter().cloned().map(Arc::new).collect();
    let server = Server::full(&story, &events, Timestamp::from_secs(BEGIN + 4 * 86_400));
    let mut query = Query::of(Metric::Open).only(Dimension::District, "Allston, Brighton");
    query = query.only(Dimension::District, "1");
    query.filter.values_mut().for_each(|codes| codes.sort_unstable());
    query.from = Some(Timestamp::from_secs(BEGIN));
    let said = receipt(&server.frozen(), &query, None).unwrap();
    let pairs: Vec<_> = said.query.into_iter().collect();
    assert_eq!(Query::parse(&pairs, &|text| text.parse().ok()).unwrap(), query);
}
