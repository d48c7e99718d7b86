//! What cannot be answered is a problem that names the parameter at fault.

use domain::Timestamp;
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::problem::Problem;
use domain::query::{Bucket, Query};
use engine::{CaseFilter, Frozen, QueryError, Topic, evaluate, hexagons, list_cases, receipt};

use crate::world::{BEGIN, Server, Story};

fn frozen() -> Frozen {
    Server::new(&Story::new(1, 0), Timestamp::from_secs(BEGIN)).frozen()
}

#[track_caller]
fn check<T: std::fmt::Debug>(answer: Result<T, QueryError>, at_fault: &str) {
    let problem = Problem::from(answer.unwrap_err());
    assert_eq!(problem.parameter.as_deref(), Some(at_fault), "{}", problem.detail);
    assert_eq!((problem.status, problem.slug()), (400, "bad-parameter"));
}

#[test]
fn a_number_that_cannot_be_asked_for_names_what_is_wrong() {
    let frozen = frozen();
    let open = Query::of(Metric::Open);
    let later = Some(Timestamp::from_secs(BEGIN + 1));
    check(evaluate(&frozen, &Query::default()), "metric");
    check(evaluate(&frozen, &Query { at: later, ..open.clone() }), "at");
    check(evaluate(&frozen, &Query { cell: vec![1], ..open.clone() }), "cell");
    let mut hours = Query { bucket: Some(Bucket::Hour), ..open.clone() };
    hours.from = Some(Timestamp::from_secs(0));
    check(evaluate(&frozen, &hours), "bucket");
    assert!(evaluate(&frozen, &Query { to: later, ..open }).is_ok(), "an end that lies ahead is no fault");
}

#[test]
fn hexagons_are_of_one_count_at_a_resolution() {
    let frozen = frozen();
    let open = Query { res: Some(8), ..Query::of(Metric::Open) };
    assert!(hexagons(&frozen, &open).is_ok());
    check(hexagons(&frozen, &Query { res: None, ..open.clone() }), "res");
    check(
        hexagons(&frozen, &Query { metrics: vec![Metric::Open, Metric::Overdue], ..open.clone() }),
        "metric",
    );
    check(hexagons(&frozen, &Query { metrics: vec![Metric::HoursToResolveP50], ..open.clone() }), "metric");
    check(hexagons(&frozen, &Query { bucket: Some(Bucket::Day), ..open.clone() }), "bucket");
    check(hexagons(&frozen, &open.by(Dimension::Agency)), "group_by");
}

#[test]
fn a_receipt_is_of_one_number() {
    let frozen = frozen();
    let open = Query::of(Metric::Open);
    check(receipt(&frozen, &Query::default(), None), "metric");
    check(receipt(&frozen, &Query { bucket: Some(Bucket::Day), ..open.clone() }, None), "bucket");
    check(receipt(&frozen, &Query { res: Some(8), ..open.clone() }, None), "res");
    let hexagon = Query { res: Some(8), no_position: true, ..open.clone() };
    assert!(receipt(&frozen, &hexagon, None).is_ok(), "one hexagon's number is one number");
    check(receipt(&frozen, &open.clone().by(Dimension::Agency), None), "group_by");
    check(receipt(&frozen, &open, Some("nonsense")), "cursor");
}

#[test]
fn a_list_of_cases_has_no_metrics_and_bounded_pages() {
    let frozen = frozen();
    let list = |query: Query| list_cases(&frozen, &CaseFilter { query, ..CaseFilter::default() });
    check(list(Query::of(Metric::Open)), "metric");
    check(list(Query::default().by(Dimension::Agency)), "group_by");
    check(list(Query { bucket: Some(Bucket::Day), ..Query::default() }), "bucket");
    check(list(Query { res: Some(8), ..Query::default() }), "res");
    check(list(Query { at: Some(Timestamp::from_secs(BEGIN + 1)), ..Query::default() }), "at");
    for limit in [0, 1_001] {
        check(list_cases(&frozen, &CaseFilter { limit: Some(limit), ..CaseFilter::default() }), "limit");
    }
    check(list_cases(&frozen, &CaseFilter { sort: Some("age".into()), ..CaseFilter::default() }), "sort");
}

#[test]
fn what_was_known_then_cannot_be_followed_live() {
    let query = Query { known_at: Some(Timestamp::from_secs(BEGIN)), ..Query::of(Metric::Open) };
    check(Topic::new(&frozen(), query).map(|topic| topic.rows()), "known_at");
}
