//! The working calendar of a city: when people work, and how long a period lasts on it.
//!
//! Everything is computed once, when the calendar is made: a row of working intervals with the
//! working time before each, a row of working days, a row of midnights. A question is then a
//! binary search, for one hour as for ten years, since four million cases ask.
//!
//! ```text
//!   Fri 08:00──12:00   13:00──17:00 │ Sat │ Sun │ Mon 08:00──12:00   13:00──17:00
//!   before:  0 h             4 h                       8 h                 12 h
//! ```
//!
//! What a period is for belongs to `regulation`; reading the file to [`read`].

pub mod day;
mod read;
mod table;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::city::Label;
use crate::time::Timestamp;

pub use day::{Day, DayKind, DayView};
pub use read::Files;
pub(crate) use read::fraction_ppm;

/// Microseconds in a day of 24 hours.
pub(crate) const DAY_MICROS: i64 = 86_400_000_000;

/// A stretch of working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Its first instant.
    pub start: Timestamp,
    /// Its end, which is no longer working time.
    pub end: Timestamp,
    /// Working microseconds in the calendar before it.
    before: i64,
}

/// The days between which the list of holidays is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// How a period in days is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// Whether the day of the start is the first day.
    pub start_day_counts: bool,
    /// Whether a last day that is not worked moves to the end of the next working day.
    pub last_day_moves: bool,
    /// Whether the period ends when work ends on the last day, and not at 24:00.
    pub ends_at_close: bool,
}

impl Default for DayCount {
    /// The general rule of the Civil Code 2015, articles 147 and 148.
    fn default() -> Self {
        Self { start_day_counts: false, last_day_moves: true, ends_at_close: false }
    }
}

/// A city's working calendar.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone_name: String,
    zone: TimeZone,
    due_soon_ppm: Option<u32>,
    known: Option<Known>,
    table: table::Table,
}

impl Calendar {
    /// The zone's name, as the file has it.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        &self.zone_name
    }

    /// The zone.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Due soon from this share of a limit before its end, in millionths, where the file says so.
    #[must_use]
    pub fn due_soon_ppm(&self) -> Option<u32> {
        self.due_soon_ppm
    }

    /// Between which days the holidays are known; `None` where the calendar makes no such claim.
    #[must_use]
    pub fn known(&self) -> Option<Known> {
        self.known
    }

    /// Whether the span touches days whose holidays are not known yet, or no longer.
    #[must_use]
    pub fn is_beyond_known(&self, from: Timestamp, to: Timestamp) -> bool {
        self.known.is_some_and(|known| {
            let last = self.day_of(to.plus_micros(-1).max(from));
            self.day_of(from) < Day::of(known.from) || last > Day::of(known.to)
        })
    }

    /// The local day that an instant lies in.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Day {
        self.table.day_of(at)
    }

    /// The first instant of a day.
    #[must_use]
    pub fn start_of(&self, day: Day) -> Timestamp {
        self.table.start_of(day)
    }

    /// 24:00 of a day, which is the first instant of the next.
    #[must_use]
    pub fn end_of(&self, day: Day) -> Timestamp {
        self.table.start_of(day.plus(1))
    }

    /// Whether people work on that day, be it half of it.
    #[must_use]
    pub fn is_working(&self, day: Day) -> bool {
        self.table.working_days.binary_search(&day).is_ok()
    }

    /// What kind of day it is and why.
    #[must_use]
    pub fn view(&self, day: Day) -> DayView {
        let kind = self.table.kind(day);
        let note = self.table.notes.get(&day).cloned();
        DayView { day, kind, note }
    }

    /// The working intervals of a day.
    #[must_use]
    pub fn intervals_of(&self, day: Day) -> &[Interval] {
        let (start, end) = (self.start_of(day), self.end_of(day));
        let first = self.table.intervals.partition_point(|interval| interval.start < start);
        let after = self.table.intervals.partition_point(|interval| interval.start < end);
        &self.table.intervals[first..after]
    }

    /// Working microseconds from `from` to `to`; negative where `to` is earlier.
    #[must_use]
    pub fn working_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        self.table.worked_before(to) - self.table.worked_before(from)
    }

    /// The first instant by which `micros` of working time have passed since `from`. With nothing
    /// to count it is `from` itself; beyond the last day of the calendar it is never.
    #[must_use]
    pub fn plus_working(&self, from: Timestamp, micros: i64) -> Timestamp {
        if micros <= 0 {
            return from;
        }
        let wanted = self.table.worked_before(from) + micros;
        // The interval in which the wanted amount is reached: the first with `before + length ≥ wanted`.
        let place = self.table.intervals.partition_point(|interval| interval.after() < wanted);
        match self.table.intervals.get(place) {
            Some(interval) => interval.start.plus_micros(wanted - interval.before),
            None => Timestamp::MAX,
        }
    }

    /// The last day of a period of `days` working days that starts at `from`.
    #[must_use]
    pub fn last_working_day(&self, from: Timestamp, days: u32, count: DayCount) -> Day {
        let start = self.day_of(from);
        let passed = self
            .table
            .working_days
            .partition_point(|day| if count.start_day_counts { *day < start } else { *day <= start });
        let place = passed + (days.max(1) as usize) - 1;
        self.table.working_days.get(place).copied().unwrap_or(Day::LAST)
    }

    /// The last day of a period of `days` days that starts at `from`, before it is moved.
    #[must_use]
    pub fn last_calendar_day(&self, from: Timestamp, days: u32, count: DayCount) -> Day {
        let days = i32::try_from(days).unwrap_or(i32::MAX / 4);
        self.day_of(from).plus(days - i32::from(count.start_day_counts))
    }

    /// That day, or the next working day where it is none and last days move.
    #[must_use]
    pub fn moved(&self, last: Day, count: DayCount) -> Day {
        if !count.last_day_moves {
            return last;
        }
        let place = self.table.working_days.partition_point(|day| *day < last);
        self.table.working_days.get(place).copied().unwrap_or(last)
    }

    /// When a period ends whose last day this is.
    #[must_use]
    pub fn end_of_period(&self, last: Day, count: DayCount) -> Timestamp {
        if last >= Day::LAST {
            return Timestamp::MAX;
        }
        match self.intervals_of(last).last() {
            Some(interval) if count.ends_at_close => interval.end,
            _ => self.end_of(last),
        }
    }

    /// When a period of working days ends.
    #[must_use]
    pub fn plus_working_days(&self, from: Timestamp, days: u32, count: DayCount) -> Timestamp {
        self.end_of_period(self.last_working_day(from, days, count), count)
    }

    /// When a period of calendar days ends.
    #[must_use]
    pub fn plus_calendar_days(&self, from: Timestamp, days: u32, count: DayCount) -> Timestamp {
        self.end_of_period(self.moved(self.last_calendar_day(from, days, count), count), count)
    }
}

impl Interval {
    /// Working microseconds in the calendar up to its end.
    fn after(&self) -> i64 {
        self.before + self.end.since(self.start)
    }
}

/// Why a day is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The name of the holiday, or of the day worked instead.
    pub name: Label,
    /// Whether the day was announced, or follows from a rule that may still change.
    pub announced: bool,
}

#[cfg(test)]
mod tests;
