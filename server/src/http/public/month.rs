//! A month of the city's calendar: the only period that is published.

use std::fmt;

use jiff::civil::Date;

/// Months since the year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Month(i64);

impl Month {
    /// The earliest that can be asked for: no city's log goes back as far.
    const FIRST: Self = Self(1900 * 12);

    /// The month of a day.
    pub(super) fn of(day: Date) -> Self {
        Self(i64::from(day.year()) * 12 + i64::from(day.month()) - 1)
    }

    /// Reads `2026-11`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_plain = text.len() == 7 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let day: Date = is_plain.then(|| format!("{text}-01"))?.parse().ok()?;
        Some(Self::of(day)).filter(|month| *month >= Self::FIRST)
    }

    /// So many months before.
    pub(super) const fn back(self, months: i64) -> Self {
        Self(self.0 - months)
    }

    /// Its first day.
    pub(super) fn first(self) -> Option<Date> {
        let year = i16::try_from(self.0.div_euclid(12)).ok()?;
        let month = i8::try_from(self.0.rem_euclid(12) + 1).ok()?;
        Date::new(year, month, 1).ok()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, back: i64, want: Option<&str>) {
        let month = Month::parse(text).map(|month| month.back(back));
        assert_eq!(month.map(|month| month.to_string()).as_deref(), want, "{text}");
        if let Some(month) = month {
            assert_eq!(Month::of(month.first().unwrap()), month);
        }
    }

    #[test]
    fn a_month_is_a_year_and_a_number() {
        check("2026-11", 0, Some("2026-11"));
        check("2026-11", 11, Some("2025-12"));
        check("2026-12", -1, Some("2027-01"));
        for text in
            ["", "2026", "2026-13", "2026-1", "2026-11-01", "2026/11", "1899-12", "+026-11", "2026-00"]
        {
            check(text, 0, None);
        }
    }
}
