//! Instants and positions in the log. The current time is never read here.

use std::fmt;
use std::str::FromStr;

use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(i64);

/// Why a text is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an RFC 3339 time with an offset, such as 2026-11-23T08:00:00+07:00")]
pub struct ParseTimestampError {
    /// What was given, cut to a readable length.
    pub text: String,
}

impl Timestamp {
    /// Before every event.
    pub const MIN: Self = Self(i64::MIN / 4);
    /// After every event.
    pub const MAX: Self = Self(i64::MAX / 4);
    /// The smallest step between two instants.
    pub const STEP: i64 = 1;

    /// From microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since the Unix epoch.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1_000_000)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This instant moved by `micros`; saturates at the ends.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// This instant moved by whole seconds.
    #[must_use]
    pub const fn plus_secs(self, secs: i64) -> Self {
        self.plus_micros(secs.saturating_mul(1_000_000))
    }

    /// Microseconds from `earlier` to this instant, negative if it is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// As jiff's instant; instants outside its range are moved to its ends.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }

    /// RFC 3339 in the zone's offset of that instant: `2015-10-01T00:00:00-04:00`, with a fraction
    /// only where there is one.
    #[must_use]
    pub fn to_rfc3339(self, zone: &TimeZone) -> String {
        let offset = zone.to_offset(self.to_jiff());
        self.to_rfc3339_at(offset)
    }

    /// RFC 3339 in a fixed offset.
    #[must_use]
    pub fn to_rfc3339_at(self, offset: Offset) -> String {
        let civil = offset.to_datetime(self.to_jiff());
        let secs = offset.seconds();
        let sign = if secs < 0 { '-' } else { '+' };
        let mins = secs.unsigned_abs() / 60;
        format!("{civil}{sign}{:02}:{:02}", mins / 60, mins % 60)
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    /// Fractions are cut to microseconds, however many digits they have. What lies in the last hours
    /// of the year 9999, beyond what can be told in every offset, becomes the last instant that can.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseTimestampError { text: text.chars().take(64).collect() };
        let (civil, offset) = split(text).ok_or_else(error)?;
        let parsed = format!("{civil}{offset}").parse::<jiff::Timestamp>();
        parsed.ok().map(Self::from).or_else(|| last(&civil, offset)).ok_or_else(error)
    }
}

/// Digits of a fraction that are read: nanoseconds, of which microseconds are kept.
const FRACTION_DIGITS: usize = 9;

/// The date and time, its fraction cut to what can be read, and the offset as written.
fn split(text: &str) -> Option<(String, &str)> {
    let time_at = text.find(['T', 't', ' '])?;
    let offset_at = time_at + text[time_at..].find(['Z', 'z', '+', '-'])?;
    let (civil, offset) = text.split_at(offset_at);
    // jiff reads offsets of more than a day, which no clock has.
    let hours = offset.get(1..3).and_then(|hours| hours.parse::<u8>().ok());
    if offset.len() > 1 && hours.is_none_or(|hours| hours > 23) {
        return None;
    }
    let digits = |fraction: &str| fraction.bytes().all(|byte| byte.is_ascii_digit());
    let civil = match civil.rsplit_once('.') {
        Some((secs, fraction)) if fraction.len() > FRACTION_DIGITS && digits(fraction) => {
            format!("{secs}.{}", &fraction[..FRACTION_DIGITS])
        }
        _ => civil.to_owned(),
    };
    Some((civil, offset))
}

/// The last whole second that can be shown in every offset, for a time that is right in itself and
/// lies beyond it.
fn last(civil: &str, offset: &str) -> Option<Timestamp> {
    let at: jiff::civil::DateTime = civil.parse().ok()?;
    let earlier = format!("2000-01-01T00:00:00{offset}").parse::<jiff::Timestamp>();
    (at.year() == 9999 && earlier.is_ok()).then_some(Timestamp::from_secs(jiff::Timestamp::MAX.as_second()))
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

/// A position in a server's own log. Shown with a fixed width, so that it sorts as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:020}", self.0)
    }
}

impl FromStr for Seq {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Seq {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Seq {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            u64::deserialize(deserializer).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, offset_hours: i8, want: &str) {
        let at: Timestamp = text.parse().unwrap();
        assert_eq!(at.to_rfc3339_at(jiff::tz::offset(offset_hours)), want);
    }

    #[test]
    fn an_instant_is_shown_in_the_citys_offset() {
        check("2015-10-01T04:00:00Z", -4, "2015-10-01T00:00:00-04:00");
        check("2026-11-23T08:00:00.25+07:00", 7, "2026-11-23T08:00:00.25+07:00");
    }

    #[test]
    fn a_time_without_an_offset_is_refused() {
        assert!("2015-10-01T04:00:00".parse::<Timestamp>().is_err());
    }

    #[test]
    fn an_offset_of_more_than_a_day_is_refused() {
        for text in ["2015-10-01T04:00:00+25:00", "2015-10-01T04:00:00-24:00", "2015-10-01T04:00:00+0"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
        assert!("2015-10-01T04:00:00+23:59".parse::<Timestamp>().is_ok());
    }

    #[test]
    fn a_fraction_of_any_length_is_cut_to_microseconds() {
        check("2015-10-01T04:00:00.1234567891234Z", 0, "2015-10-01T04:00:00.123456+00:00");
        check("2015-10-01T04:00:00.12345678912345678912345678+07:00", 7, "2015-10-01T04:00:00.123456+07:00");
        assert!("2015-10-01T04:00:00.12345678912x4Z".parse::<Timestamp>().is_err());
    }

    #[test]
    fn the_last_hours_of_the_year_9999_become_the_last_instant() {
        let last = Timestamp::from_secs(jiff::Timestamp::MAX.as_second());
        for text in ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999-11:00"] {
            assert_eq!(text.parse(), Ok(last), "{text}");
        }
        assert!("9999-12-30T00:00:00Z".parse::<Timestamp>().unwrap() < last);
        for text in [
            "9999-13-31T23:59:59Z",
            "9999-12-31T23:59:59+99:00",
            "9999-12-31T23:59:59",
            "99999-12-31T00:00:00Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
        let shown = last.to_rfc3339(&TimeZone::fixed(jiff::tz::offset(7)));
        assert_eq!(shown.parse(), Ok(last), "{shown}");
    }

    #[test]
    fn a_seq_sorts_as_text_as_it_sorts_as_a_number() {
        assert!(Seq(9).to_string() < Seq(10).to_string());
    }
}
