//! A text of the file as an instant.

use domain::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::mapping::{DateOnly, Format, Pick, TimeRules, When};

/// What a format found in a text.
enum Found {
    Instant(Timestamp),
    Local(DateTime),
    Day(Date),
}

/// Reads a text as an instant. `zone` is the city's, used where the mapping names none.
///
/// # Errors
/// Says why not. The text itself is not repeated: it stands in the rejected row.
pub(super) fn read(text: &str, rules: &TimeRules, when: &When, zone: &TimeZone) -> Result<Timestamp, String> {
    let zone = rules.zone.as_ref().unwrap_or(zone);
    let formats = when.formats.as_ref().unwrap_or(&rules.formats);
    let found = formats
        .iter()
        .find_map(|format| try_format(text, format))
        .ok_or("is not a time in any of the forms that the mapping names")?;
    match found {
        Found::Instant(at) => Ok(at),
        Found::Local(local) => in_zone(local, rules, zone),
        Found::Day(day) => day_in_zone(day, when.date_only.unwrap_or(rules.date_only), rules, zone),
    }
}

fn try_format(text: &str, format: &Format) -> Option<Found> {
    match format {
        Format::Rfc3339 => text.parse().ok().map(Found::Instant),
        Format::Iso => try_iso(text),
        Format::Unix => unix(text, 1_000_000),
        Format::UnixMillis => unix(text, 1_000),
        Format::Pattern(pattern) => try_pattern(text, pattern),
    }
}

fn try_iso(text: &str) -> Option<Found> {
    if let Ok(at) = text.parse() {
        return Some(Found::Instant(at));
    }
    // A date alone is also a `DateTime` to jiff, at midnight: it is recognised by its length.
    if text.len() <= 10 {
        return text.parse().ok().map(Found::Day);
    }
    text.parse().ok().map(Found::Local)
}

fn unix(text: &str, micros: i64) -> Option<Found> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let at = whole.parse::<i64>().ok()?.checked_mul(micros)?;
    Some(Found::Instant(Timestamp::from_micros(at)))
}

fn try_pattern(text: &str, pattern: &str) -> Option<Found> {
    let parts = BrokenDownTime::parse(pattern, text).ok()?;
    if parts.offset().is_some() || parts.timestamp().is_some() {
        return parts.to_timestamp().ok().map(|at| Found::Instant(at.into()));
    }
    let day = parts.to_date().ok()?;
    if parts.hour().is_none() {
        return Some(Found::Day(day));
    }
    parts.to_time().ok().map(|time| Found::Local(day.to_datetime(time)))
}

fn day_in_zone(
    day: Date,
    meaning: DateOnly,
    rules: &TimeRules,
    zone: &TimeZone,
) -> Result<Timestamp, String> {
    match meaning {
        DateOnly::At(time) => in_zone(day.to_datetime(time), rules, zone),
        DateOnly::End => {
            let next = day.tomorrow().map_err(|_| "is a day that cannot be")?;
            Ok(in_zone(next.to_datetime(Time::midnight()), rules, zone)?.plus_secs(-1))
        }
        DateOnly::Reject => Err("is a date without a time, which the mapping rejects".to_owned()),
    }
}

/// A local time as an instant, by the mapping's rules for hours that come twice or never.
fn in_zone(local: DateTime, rules: &TimeRules, zone: &TimeZone) -> Result<Timestamp, String> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let (pick, hour) = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => (Pick::Earlier, ""),
        AmbiguousOffset::Fold { .. } => (rules.ambiguous, "repeated"),
        AmbiguousOffset::Gap { .. } => (rules.missing, "skipped"),
    };
    let at = match pick {
        Pick::Earlier => ambiguous.earlier(),
        Pick::Later => ambiguous.later(),
        Pick::Reject => {
            return Err(format!("lies in the {hour} hour of a clock change, which the mapping rejects"));
        }
    };
    at.map(Timestamp::from).map_err(|_| "is a time that cannot be".to_owned())
}
