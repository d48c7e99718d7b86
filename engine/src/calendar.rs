//! The city's own calendar: where today began, and the buckets of a period.

use domain::Timestamp;
use domain::query::Bucket;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span as Step, ToSpan};

use crate::error::QueryError;

/// The most buckets that one answer may have: a year of hours fits twice over.
pub(crate) const MOST_BUCKETS: usize = 20_000;

const HOUR_MICROS: i64 = 3_600_000_000;

/// One bucket of the city's calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its first instant.
    pub(crate) start: Timestamp,
    /// The first instant of the next.
    pub(crate) end: Timestamp,
    /// Its start as answers write it: a date, or for hours RFC 3339 with the offset.
    pub(crate) name: String,
}

/// The first instant of the local day that `at` lies in.
pub(crate) fn midnight(zone: &TimeZone, at: Timestamp) -> Timestamp {
    let zoned = at.to_jiff().to_zoned(zone.clone());
    zoned.start_of_day().map_or(at, |start| start.timestamp().into())
}

/// The first instant of the local day after the one that `at` lies in.
pub(crate) fn next_midnight(zone: &TimeZone, at: Timestamp) -> Timestamp {
    let date = at.to_jiff().to_zoned(zone.clone()).date();
    date.tomorrow().ok().and_then(|date| start_of(zone, date)).unwrap_or(Timestamp::MAX)
}

/// Every bucket that begins before `end` and ends after `from`, ascending.
pub(crate) fn spans(
    zone: &TimeZone,
    bucket: Bucket,
    from: Timestamp,
    end: Timestamp,
    most: usize,
) -> Result<Vec<Span>, QueryError> {
    let mut spans = Vec::new();
    if from >= end {
        return Ok(spans);
    }
    let mut next = first(zone, bucket, from);
    while let Some(span) = next.take().filter(|span| span.start < end) {
        if spans.len() >= most {
            let what =
                format!("the period has more than {most} buckets; ask for longer ones or a shorter period");
            return Err(QueryError::bad("bucket", what));
        }
        next = following(zone, bucket, &span);
        spans.push(span);
    }
    Ok(spans)
}

fn first(zone: &TimeZone, bucket: Bucket, at: Timestamp) -> Option<Span> {
    let zoned = at.to_jiff().to_zoned(zone.clone());
    let date = zoned.date();
    match bucket {
        Bucket::Hour => Some(hour(zone, at)),
        Bucket::Day => dated(zone, date, 1.day()),
        Bucket::Week => {
            let since_monday = i64::from(date.weekday().to_monday_zero_offset());
            dated(zone, date.checked_sub(since_monday.days()).ok()?, 1.week())
        }
        Bucket::Month => dated(zone, date.first_of_month(), 1.month()),
        Bucket::Year => dated(zone, date.first_of_year(), 1.year()),
    }
}

fn following(zone: &TimeZone, bucket: Bucket, span: &Span) -> Option<Span> {
    first(zone, bucket, span.end).filter(|next| next.start > span.start)
}

/// Hours are cut by the clock on the wall; the hour that an autumn night has twice is two buckets
/// with two offsets.
fn hour(zone: &TimeZone, at: Timestamp) -> Span {
    let offset = zone.to_offset(at.to_jiff());
    let local = at.micros() + i64::from(offset.seconds()) * 1_000_000;
    let start = at.plus_micros(-local.rem_euclid(HOUR_MICROS));
    Span { start, end: start.plus_micros(HOUR_MICROS), name: start.to_rfc3339_at(offset) }
}

fn dated(zone: &TimeZone, date: Date, step: Step) -> Option<Span> {
    let start = start_of(zone, date)?;
    let end = date.checked_add(step).ok().and_then(|next| start_of(zone, next));
    Some(Span { start, end: end.unwrap_or(Timestamp::MAX), name: date.to_string() })
}

/// The first instant of a local day: midnight, or what comes after it where the clocks skip it.
fn start_of(zone: &TimeZone, date: Date) -> Option<Timestamp> {
    date.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boston() -> TimeZone {
        // The rule of 2015, written out: the tests need no time zone database.
        TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(bucket: Bucket, from: &str, end: &str, want: &[&str]) {
        let spans = spans(&boston(), bucket, at(from), at(end), MOST_BUCKETS).unwrap();
        let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
        assert_eq!(names, want);
        for pair in spans.windows(2) {
            assert_eq!(pair[0].end, pair[1].start);
        }
    }

    #[test]
    fn the_hour_that_an_autumn_night_has_twice_is_two_buckets() {
        check(
            Bucket::Hour,
            "2015-11-01T00:30:00-04:00",
            "2015-11-01T02:30:00-05:00",
            &[
                "2015-11-01T00:00:00-04:00",
                "2015-11-01T01:00:00-04:00",
                "2015-11-01T01:00:00-05:00",
                "2015-11-01T02:00:00-05:00",
            ],
        );
    }

    #[test]
    fn the_hour_that_a_spring_night_skips_is_no_bucket() {
        check(
            Bucket::Hour,
            "2015-03-08T01:00:00-05:00",
            "2015-03-08T04:00:00-04:00",
            &["2015-03-08T01:00:00-05:00", "2015-03-08T03:00:00-04:00"],
        );
    }

    #[test]
    fn days_are_as_long_as_the_city_lives_them() {
        let spans =
            spans(&boston(), Bucket::Day, at("2015-11-01T04:00:00Z"), at("2015-11-02T05:00:00Z"), 9).unwrap();
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].end.since(spans[0].start), 25 * HOUR_MICROS);
    }

    #[test]
    fn buckets_are_named_by_their_start_even_where_the_period_begins_within() {
        check(
            Bucket::Day,
            "2015-10-01T12:00:00-04:00",
            "2015-10-02T00:00:01-04:00",
            &["2015-10-01", "2015-10-02"],
        );
        check(
            Bucket::Week,
            "2015-10-01T12:00:00-04:00",
            "2015-10-06T00:00:00-04:00",
            &["2015-09-28", "2015-10-05"],
        );
        check(
            Bucket::Month,
            "2015-01-31T12:00:00-05:00",
            "2015-03-01T00:00:00-05:00",
            &["2015-01-01", "2015-02-01"],
        );
        check(
            Bucket::Year,
            "2014-12-31T23:00:00-05:00",
            "2015-01-01T00:00:01-05:00",
            &["2014-01-01", "2015-01-01"],
        );
    }

    #[test]
    fn too_many_buckets_are_a_problem_that_names_the_bucket() {
        let error = spans(
            &boston(),
            Bucket::Hour,
            at("2000-01-01T00:00:00Z"),
            at("2015-01-01T00:00:00Z"),
            MOST_BUCKETS,
        )
        .unwrap_err();
        assert!(matches!(error, QueryError::Bad { parameter: "bucket", .. }));
    }

    #[test]
    fn an_empty_period_has_no_bucket() {
        check(Bucket::Day, "2015-10-01T00:00:00-04:00", "2015-10-01T00:00:00-04:00", &[]);
    }

    #[test]
    fn today_begins_at_local_midnight() {
        assert_eq!(midnight(&boston(), at("2015-10-01T03:59:00Z")), at("2015-09-30T04:00:00Z"));
        assert_eq!(next_midnight(&boston(), at("2015-10-31T12:00:00Z")), at("2015-11-01T04:00:00Z"));
        assert_eq!(next_midnight(&boston(), at("2015-11-01T12:00:00Z")), at("2015-11-02T05:00:00Z"));
    }
}
