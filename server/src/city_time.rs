//! Times as people write them in a city: RFC 3339, or a date for the city's midnight.

use domain::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Reads an RFC 3339 time with an offset, or a date (local midnight).
#[must_use]
pub fn parse(zone: &TimeZone, text: &str) -> Option<Timestamp> {
    // In an address a `+` that was not escaped arrives as a space.
    if let Ok(at) = text.replace(' ', "+").parse() {
        return Some(at);
    }
    let date: Date = text.parse().ok().filter(|_| text.len() == 10)?;
    midnight(zone, date)
}

/// The first instant of a day: where clocks skip midnight, the first that there is.
#[must_use]
pub fn midnight(zone: &TimeZone, date: Date) -> Option<Timestamp> {
    let day = zone.to_zoned(date.at(0, 0, 0, 0)).ok()?.start_of_day().ok()?;
    Some(day.timestamp().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<&str>) {
        let zone = TimeZone::get("America/New_York").unwrap();
        let read = parse(&zone, text).map(|at| at.to_rfc3339(&zone));
        assert_eq!(read.as_deref(), want);
    }

    #[test]
    fn a_date_is_the_citys_midnight() {
        check("2015-10-01", Some("2015-10-01T00:00:00-04:00"));
        check("2015-12-01", Some("2015-12-01T00:00:00-05:00"));
        check("2015-13-01", None);
    }

    #[test]
    fn an_unescaped_plus_is_understood() {
        check("2015-10-01T04:00:00 00:00", Some("2015-10-01T00:00:00-04:00"));
    }
}
