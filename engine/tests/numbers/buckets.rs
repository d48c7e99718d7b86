//! Buckets on the days when the clocks change, and levels at their ends.

use domain::Timestamp;
use domain::metric::Metric;
use domain::query::{Bucket, Query};
use domain::value::Value;
use engine::evaluate;

use crate::oracle;
use crate::world::{BEGIN, Dice, Server, Story};

fn server() -> Server {
    let mut dice = Dice(11);
    let (story, arriving) = Story::new(11, 400).arriving(&mut dice);
    Server::full(&story, &arriving, Timestamp::from_secs(BEGIN + 9 * 86_400))
}

#[track_caller]
fn check(server: &Server, bucket: Bucket, from: &str, to: &str, want: usize) {
    let mut query = Query { metrics: Metric::ALL.to_vec(), bucket: Some(bucket), ..Query::default() };
    query.from = Some(from.parse().unwrap());
    query.to = Some(to.parse().unwrap());
    let table = evaluate(&server.frozen(), &query).unwrap();
    assert_eq!(table.rows, oracle::rows(&server.state, &query));
    assert_eq!(table.rows.len(), want, "{bucket:?}");
    assert_eq!(table.columns[0], "bucket");
}

#[test]
fn the_day_on_which_the_clocks_go_back_has_twenty_five_hours() {
    check(&server(), Bucket::Hour, "2015-11-01T00:00:00-04:00", "2015-11-02T00:00:00-05:00", 25);
}

#[test]
fn days_weeks_months_and_years_are_the_citys() {
    let server = server();
    check(&server, Bucket::Day, "2015-10-28T00:00:00-04:00", "2015-11-05T00:00:00-05:00", 8);
    check(&server, Bucket::Week, "2015-10-28T00:00:00-04:00", "2015-11-05T00:00:00-05:00", 2);
    check(&server, Bucket::Month, "2015-10-28T00:00:00-04:00", "2015-11-05T00:00:00-05:00", 2);
    check(&server, Bucket::Year, "2014-12-31T23:00:00-05:00", "2015-11-05T00:00:00-05:00", 2);
}

#[test]
fn the_days_add_up_to_the_period() {
    let server = server();
    let mut query = Query::of(Metric::Received);
    query.from = Some("2015-10-28T00:00:00-04:00".parse().unwrap());
    let sum = |query: &Query| -> i64 {
        let table = evaluate(&server.frozen(), query).unwrap();
        table.rows.iter().filter_map(|row| row.last().and_then(Value::as_int)).sum()
    };
    let whole = sum(&query);
    assert!(whole > 300);
    for bucket in [Bucket::Hour, Bucket::Day, Bucket::Week, Bucket::Month, Bucket::Year] {
        query.bucket = Some(bucket);
        assert_eq!(sum(&query), whole, "{bucket:?}");
    }
}

#[test]
fn the_level_at_the_end_of_a_day_is_the_level_at_that_instant() {
    let server = server();
    let mut query = Query { bucket: Some(Bucket::Day), ..Query::of(Metric::Open) };
    query.from = Some("2015-10-28T00:00:00-04:00".parse().unwrap());
    query.to = Some("2015-11-05T00:00:00-05:00".parse().unwrap());
    let by_day = evaluate(&server.frozen(), &query).unwrap();
    for (row, day) in by_day.rows.iter().zip(1..) {
        let mut end = Query::of(Metric::Open);
        let hour_back = i64::from(day > 4) * 3_600;
        end.at = Some(Timestamp::from_secs(BEGIN + day * 86_400 + hour_back));
        let alone = evaluate(&server.frozen(), &end).unwrap();
        assert_eq!(row[1], alone.rows[0][0], "day {day}");
    }
}

#[test]
fn nobody_says_how_many_will_stand_open_in_a_day_that_has_not_begun() {
    let server = server();
    let mut query = Query { bucket: Some(Bucket::Day), ..Query::of(Metric::Open) };
    query.from = Some(server.state.at());
    query.to = Some(server.state.at().plus_secs(3 * 86_400));
    let table = evaluate(&server.frozen(), &query).unwrap();
    assert_eq!(table.rows.len(), 4);
    assert!(table.rows[0][1].as_int().unwrap() > 0);
    assert!(table.rows[1..].iter().all(|row| row[1] == Value::Null));
}
