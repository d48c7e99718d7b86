//! What the wall's numbers are held against: the same weekday of the weeks before, and the hours
//! just gone. Worked out from the same aggregates as everything else, where the rows are.

use domain::answer::Table;
use domain::metric::Metric;
#[cfg(any(test, feature = "ssr"))]
use domain::wire::Row;
use serde::{Deserialize, Serialize};

use crate::table::column;
#[cfg(any(test, feature = "ssr"))]
use crate::text::date;

/// Hours of a day.
const HOURS: usize = 24;
/// Fewer days of the past than this say nothing of what is usual.
const DAYS_MIN: usize = 4;

/// One day of the past: the running sum at the end of each of its hours.
type Running = Vec<i64>;

/// How a movement went on the same weekday of the weeks before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsualDay {
    /// One for each day that is known, the running sum at the end of each hour.
    days: Vec<Running>,
}

/// Levels at the ends of the hours just gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levels {
    /// Of the last 24 hours, oldest first: open, due soon, overdue.
    pub hours: Vec<[i64; 3]>,
    /// A week ago at this hour.
    pub week_ago: Option<[i64; 3]>,
    /// At the city's last midnight.
    pub midnight: Option<[i64; 3]>,
    /// A day ago at this hour.
    pub day_ago: Option<[i64; 3]>,
}

impl UsualDay {
    /// How many days it is made of.
    pub(crate) fn days(&self) -> usize {
        self.days.len()
    }

    /// The lowest and the highest at the end of each hour; empty where too few days are known.
    pub(crate) fn band(&self) -> Vec<(i64, i64)> {
        if self.days.len() < DAYS_MIN {
            return Vec::new();
        }
        (0..HOURS).filter_map(|hour| range(self.days.iter().map(|day| day[hour]))).collect()
    }

    /// The lowest and the highest by a time of day, given as minutes since midnight: between two
    /// hours' ends each day is taken to have gone evenly.
    pub(crate) fn by(&self, minutes: usize) -> Option<(i64, i64)> {
        if self.days.len() < DAYS_MIN {
            return None;
        }
        let (hour, rest) = (minutes / 60 % HOURS, i64::try_from(minutes % 60).unwrap_or(0));
        range(self.days.iter().map(|day| {
            let before = hour.checked_sub(1).map_or(0, |hour| day[hour]);
            before + (day[hour] - before) * rest / 60
        }))
    }
}

fn range(values: impl Iterator<Item = i64> + Clone) -> Option<(i64, i64)> {
    Some((values.clone().min()?, values.max()?))
}

#[cfg(any(test, feature = "ssr"))]
/// From the hours of the days before `today`: only days of the same weekday, and only those on which
/// anything happened at all, since a day before the data begin is no quiet day.
pub(crate) fn usual_of(table: &Table, metric: Metric, today: jiff::civil::Date) -> UsualDay {
    let number = column(table, metric);
    let mut days: Vec<(jiff::civil::Date, Running)> = Vec::new();
    for row in &table.rows {
        let Some((day, hour)) = hour_of(row) else { continue };
        if day >= today || day.weekday() != today.weekday() {
            continue;
        }
        if days.last().is_none_or(|(last, _)| *last != day) {
            days.push((day, vec![0; HOURS]));
        }
        if let Some(place) = days.last_mut().and_then(|(_, hours)| hours.get_mut(hour)) {
            // An hour comes twice where the clocks go back.
            *place += number.of(row);
        }
    }
    let running = |(_, hours): (_, Running)| {
        let mut sum = 0;
        let running: Running = hours
            .into_iter()
            .map(|number| {
                sum += number;
                sum
            })
            .collect();
        (sum > 0).then_some(running)
    };
    UsualDay { days: days.into_iter().filter_map(running).collect() }
}

#[cfg(any(test, feature = "ssr"))]
/// From the hours of a week and a day, the last of them still running.
pub(crate) fn levels_of(table: &Table, metrics: [Metric; 3]) -> Levels {
    let columns = metrics.map(|metric| column(table, metric));
    let read = |row: &Row| columns.map(|column| column.of(row));
    // The last row is the hour that is running: its end is now, which the live number says.
    let ended = table.rows.split_last().map_or(&[][..], |(_, ended)| ended);
    let back = |hours: usize| ended.len().checked_sub(hours).and_then(|place| ended.get(place)).map(read);
    let midnight =
        ended.iter().rev().find(|row| hour_of(row).is_some_and(|(_, hour)| hour == HOURS - 1)).map(read);
    let from = ended.len().saturating_sub(HOURS);
    Levels {
        hours: ended.get(from..).unwrap_or_default().iter().map(read).collect(),
        week_ago: back(7 * HOURS),
        midnight,
        day_ago: back(HOURS),
    }
}

/// The running sums of a movement at the ends of today's hours, the running one last.
pub(super) fn running_today(table: &Table, metric: Metric) -> Vec<i64> {
    let number = column(table, metric);
    let mut sum = 0;
    table
        .rows
        .iter()
        .map(|row| {
            sum += number.of(row);
            sum
        })
        .collect()
}

#[cfg(any(test, feature = "ssr"))]
fn hour_of(row: &Row) -> Option<(jiff::civil::Date, usize)> {
    let start = row.first()?.as_text()?;
    Some((date::day(start)?, start.get(11..13)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Value;

    fn hours(first: &str, days: i64, each: impl Fn(i64, i64) -> i64) -> Table {
        let first: jiff::civil::Date = first.parse().unwrap();
        let mut rows = Vec::new();
        for day in 0..days {
            let date = first.checked_add(jiff::Span::new().days(day)).unwrap();
            for hour in 0..24 {
                rows.push(vec![
                    Value::Text(format!("{date}T{hour:02}:00:00-04:00")),
                    Value::Int(each(day, hour)),
                ]);
            }
        }
        Table { columns: vec!["hour".into(), "received".into()], rows, ..Table::default() }
    }

    #[track_caller]
    fn check(weeks_with_data: i64, want_days: usize, minutes: usize, want: Option<(i64, i64)>) {
        // The week before the first week with data is empty.
        let table =
            hours("2015-08-06", 56, |day, _| if day / 7 >= 8 - weeks_with_data { day / 7 } else { 0 });
        let usual = usual_of(&table, Metric::Received, "2015-10-01".parse().unwrap());
        assert_eq!(usual.days(), want_days);
        assert_eq!(usual.by(minutes), want);
    }

    #[test]
    fn only_the_same_weekday_with_data_is_usual() {
        check(4, 4, 60, Some((4, 7)));
        check(4, 4, 90, Some((6, 10)));
        check(4, 4, 0, Some((0, 0)));
        check(3, 3, 60, None);
        check(7, 7, 24 * 60 - 60, Some((23, 23 * 7)));
    }

    #[test]
    fn levels_are_those_at_the_ends_of_hours_and_never_the_running_one() {
        let mut table = hours("2015-09-23", 8, |day, hour| day * 24 + hour);
        table.rows.truncate(8 * 24 - 6);
        let levels = levels_of(&table, [Metric::Received; 3]);
        let last_ended = 8 * 24 - 8;
        assert_eq!(levels.hours.last(), Some(&[last_ended; 3]));
        assert_eq!(levels.hours.len(), 24);
        assert_eq!(levels.day_ago, Some([last_ended + 1 - 24; 3]));
        assert_eq!(levels.week_ago, Some([last_ended + 1 - 168; 3]));
        assert_eq!(levels.midnight, Some([7 * 24 - 1; 3]));
    }

    #[test]
    fn an_empty_table_has_no_past() {
        assert_eq!(levels_of(&Table::default(), [Metric::Open; 3]), Levels::default());
    }
}
