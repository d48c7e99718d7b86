//! Local days as numbers, and what kinds there are.

use std::fmt;

use jiff::civil::{Date, Weekday};

use super::Note;
use crate::city::Label;

/// A local day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// The first day that calendars hold: 1990-01-01, before the first event that the gate takes.
    pub const FIRST: Self = Self(7305);
    /// The day after the last that calendars hold: 2101-01-01.
    pub const LAST: Self = Self(47847);

    /// The number of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        // Days of four centuries, years beginning in March, as in Howard Hinnant's `days_from_civil`.
        let (month, day) = (i32::from(date.month()), i32::from(date.day()));
        let year = i32::from(date.year()) - i32::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// The date.
    #[must_use]
    pub fn date(self) -> Date {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        #[allow(clippy::cast_possible_truncation)] // Days lie within a century and a half.
        Date::new(year as i16, month as i8, day as i8).unwrap_or(Date::MAX)
    }

    /// So many days later.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).min(Self::LAST.0))
    }

    /// Days from `earlier` to this day.
    #[must_use]
    pub fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// Its day of the week.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        let names = [
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
        ];
        #[allow(clippy::cast_sign_loss)] // A remainder is not negative.
        names[self.0.rem_euclid(7) as usize]
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// Worked, by the week.
    Working,
    /// Not worked, by the week.
    Weekend,
    /// Not worked although the week would have it so.
    Holiday,
    /// Worked although the week would not have it so: a day worked instead of another.
    MakeUp,
}

/// A day with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayView {
    /// Which.
    pub day: Day,
    /// What it is.
    pub kind: DayKind,
    /// Why, where the calendar says so.
    pub note: Option<Note>,
}

/// The name of a day of the week.
#[must_use]
pub fn weekday_label(weekday: Weekday) -> Label {
    let (vi, en) = match weekday {
        Weekday::Monday => ("Thứ Hai", "Monday"),
        Weekday::Tuesday => ("Thứ Ba", "Tuesday"),
        Weekday::Wednesday => ("Thứ Tư", "Wednesday"),
        Weekday::Thursday => ("Thứ Năm", "Thursday"),
        Weekday::Friday => ("Thứ Sáu", "Friday"),
        Weekday::Saturday => ("Thứ Bảy", "Saturday"),
        Weekday::Sunday => ("Chủ Nhật", "Sunday"),
    };
    Label { vi: vi.to_owned(), en: en.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_its_date_are_the_same_thing() {
        let mut date = jiff::civil::date(1989, 12, 30);
        for number in 7303..48_000 {
            assert_eq!(Day::of(date), Day(number));
            assert_eq!(Day(number).date(), date);
            assert_eq!(Day(number).weekday(), date.weekday());
            date = date.tomorrow().unwrap();
        }
        assert_eq!(Day::FIRST.to_string(), "1990-01-01");
        assert_eq!(Day::LAST.to_string(), "2101-01-01");
    }
}
