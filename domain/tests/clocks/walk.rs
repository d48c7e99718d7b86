//! The limits of the specification by walking: second by second, day by day, over the list of holidays
//! as it lies there. Slow and plain on purpose, and without a line of the crate that it judges.

use std::collections::BTreeSet;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// How long a limit is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Long {
    Minutes(i64),
    WorkingHours(i64),
    WorkingDays(i64),
    Days(i64),
}

/// Which days are worked. Days count from 1970-01-01, seconds from its midnight, both in Vietnam.
pub(super) struct Walk {
    off: BTreeSet<i64>,
    /// Days worked instead of others.
    pub(super) instead: BTreeSet<i64>,
}

impl Walk {
    /// `date,weekday,kind,working_day,…`; nothing before the fourth comma holds one itself.
    pub(super) fn over(list: &str) -> Self {
        let (mut off, mut instead) = (BTreeSet::new(), BTreeSet::new());
        for line in list.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let day = day_number(cells[0]);
            match cells[3] {
                "yes" => instead.insert(day),
                "no" => off.insert(day),
                other => panic!("{line}: {other}"),
            };
        }
        Self { off, instead }
    }

    pub(super) fn due(&self, start: i64, long: Long) -> i64 {
        match long {
            Long::Minutes(minutes) => start + minutes * MINUTE,
            Long::WorkingHours(hours) => self.worked(start, hours * HOUR),
            Long::WorkingDays(days) => {
                let (mut day, mut left) = (start.div_euclid(DAY), days);
                while left > 0 {
                    day += 1;
                    left -= i64::from(self.works(day));
                }
                (day + 1) * DAY
            }
            Long::Days(days) => {
                let mut day = start.div_euclid(DAY) + days;
                while !self.works(day) {
                    day += 1;
                }
                (day + 1) * DAY
            }
        }
    }

    /// By seconds up to a full minute, then by minutes, in which nothing begins or ends.
    fn worked(&self, start: i64, seconds: i64) -> i64 {
        let (mut at, mut left) = (start, seconds);
        while left > 0 {
            let step = if at % MINUTE == 0 && left >= MINUTE { MINUTE } else { 1 };
            if self.works(at.div_euclid(DAY)) && is_office_hour(at.rem_euclid(DAY)) {
                left -= step;
            }
            at += step;
        }
        at
    }

    fn works(&self, day: i64) -> bool {
        self.instead.contains(&day) || (weekday(day) < 5 && !self.off.contains(&day))
    }
}

fn is_office_hour(second: i64) -> bool {
    (8 * HOUR..12 * HOUR).contains(&second) || (13 * HOUR..17 * HOUR).contains(&second)
}

/// 0 is Monday; 1970 began on a Thursday.
pub(super) fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: usize) -> i64 {
    let lengths = [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    lengths[month - 1]
}

/// The number of a day such as `2024-03-14`.
pub(super) fn day_number(date: &str) -> i64 {
    let parts: Vec<i64> = date.split('-').map(|part| part.parse().unwrap()).collect();
    let years: i64 = (1970..parts[0]).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let months: i64 =
        (1..usize::try_from(parts[1]).unwrap()).map(|month| month_length(parts[0], month)).sum();
    years + months + parts[2] - 1
}

/// `2024-03-14 09:05:07`.
pub(super) fn written(at: i64) -> String {
    let (mut day, second) = (at.div_euclid(DAY), at.rem_euclid(DAY));
    let mut year = 1970;
    while day >= if is_leap(year) { 366 } else { 365 } {
        day -= if is_leap(year) { 366 } else { 365 };
        year += 1;
    }
    let mut month = 1;
    while day >= month_length(year, month) {
        day -= month_length(year, month);
        month += 1;
    }
    let (hour, minute) = (second / HOUR, second % HOUR / MINUTE);
    format!("{year}-{month:02}-{:02} {hour:02}:{minute:02}:{:02}", day + 1, second % MINUTE)
}
