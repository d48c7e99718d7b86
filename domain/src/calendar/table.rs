//! The calendar computed out, day by day, once.

use std::collections::BTreeMap;

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::{DAY_MICROS, Day, DayKind, Interval, Note};
use crate::time::Timestamp;

/// Wall-clock hours, from 00:00, in microseconds; the second may be 24:00.
pub(super) type Hours = (i64, i64);

/// What one day is to be.
pub(super) struct Plan<'a> {
    pub(super) kind: DayKind,
    pub(super) hours: &'a [Hours],
    pub(super) note: Option<&'a Note>,
}

#[derive(Clone, Debug)]
pub(super) struct Table {
    /// The first instant of each day from [`Day::FIRST`] to [`Day::LAST`].
    midnights: Vec<i64>,
    kinds: Vec<DayKind>,
    pub(super) notes: BTreeMap<Day, Note>,
    pub(super) working_days: Vec<Day>,
    pub(super) intervals: Vec<Interval>,
}

impl Table {
    pub(super) fn new<'a>(zone: &TimeZone, plan: impl Fn(Day) -> Plan<'a>) -> Self {
        let days = usize::try_from(Day::LAST.since(Day::FIRST)).unwrap_or(0);
        let mut table = Self {
            midnights: (0..=days).map(|place| instant(zone, nth(place), 0)).collect(),
            kinds: Vec::with_capacity(days),
            notes: BTreeMap::new(),
            working_days: Vec::new(),
            intervals: Vec::new(),
        };
        let mut before = 0;
        for place in 0..days {
            let day = nth(place);
            let plan = plan(day);
            table.kinds.push(plan.kind);
            if let Some(note) = plan.note {
                table.notes.insert(day, note.clone());
            }
            let midnight = table.midnights[place];
            let plain = table.midnights[place + 1] - midnight == DAY_MICROS;
            for (from, to) in plan.hours {
                // On the days on which clocks are put forward or back, 08:00 is not 8 hours after 00:00.
                let at = |micros| if plain { midnight + micros } else { instant(zone, day, micros) };
                let (start, end) = (at(*from), at(*to));
                if end > start {
                    let (start, end) = (Timestamp::from_micros(start), Timestamp::from_micros(end));
                    table.intervals.push(Interval { start, end, before });
                    before += end.since(start);
                }
            }
            if !plan.hours.is_empty() {
                table.working_days.push(day);
            }
        }
        table
    }

    pub(super) fn day_of(&self, at: Timestamp) -> Day {
        let after = self.midnights.partition_point(|midnight| *midnight <= at.micros());
        nth(after.saturating_sub(1))
    }

    pub(super) fn start_of(&self, day: Day) -> Timestamp {
        let place = usize::try_from(day.since(Day::FIRST)).unwrap_or(0).min(self.midnights.len() - 1);
        Timestamp::from_micros(self.midnights[place])
    }

    pub(super) fn kind(&self, day: Day) -> DayKind {
        let place = usize::try_from(day.since(Day::FIRST)).unwrap_or(0);
        self.kinds.get(place).copied().unwrap_or(DayKind::Weekend)
    }

    /// Working microseconds from the beginning of the calendar to an instant.
    pub(super) fn worked_before(&self, at: Timestamp) -> i64 {
        let after = self.intervals.partition_point(|interval| interval.start <= at);
        match after.checked_sub(1).and_then(|place| self.intervals.get(place)) {
            Some(interval) => interval.before + at.min(interval.end).since(interval.start),
            None => 0,
        }
    }
}

/// The instant at which a wall clock shows so many microseconds after 00:00 of a day. A time that
/// is skipped is the next that is not; of one that comes twice, the first.
fn instant(zone: &TimeZone, day: Day, micros: i64) -> i64 {
    let day = day.plus(i32::try_from(micros / DAY_MICROS).unwrap_or(0));
    let within = jiff::SignedDuration::from_micros(micros % DAY_MICROS);
    let civil = day.date().to_datetime(Time::midnight());
    let civil = civil.checked_add(within).unwrap_or(civil);
    zone.to_timestamp(civil).map_or(i64::MAX / 4, |at| at.as_microsecond())
}

fn nth(place: usize) -> Day {
    Day::FIRST.plus(i32::try_from(place).unwrap_or(i32::MAX))
}
