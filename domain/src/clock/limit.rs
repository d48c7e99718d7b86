//! When a limit ends, and when it ends soon.

use super::history::History;
use super::rules::Law;
use crate::regulation::{Limit, Measure, Rule, Suspension, Unit};
use crate::time::Timestamp;

/// The limit of one clock.
pub(super) struct Question<'a> {
    pub(super) law: &'a Law<'a>,
    pub(super) rule: &'a Rule,
    pub(super) start: Timestamp,
    /// When the clock stopped, or now.
    pub(super) until: Timestamp,
    pub(super) suspensions: &'a [(Timestamp, Timestamp)],
}

impl Question<'_> {
    /// The last instant in time, and for how long handling was suspended while the clock ran.
    pub(super) fn due(&self, history: &History<'_>) -> Option<(Timestamp, i64)> {
        let suspended = self.overlaps().map(|(from, to)| to.since(from)).sum();
        let due = match &self.rule.limit {
            Limit::None => return None,
            Limit::From(name) => history.instant(name)?,
            Limit::Period { count, unit } => {
                let own = end(self.law, self.start, *count, unit, 0);
                if self.law.rules.settings.suspension == Suspension::Subtracted {
                    self.moved(own, *count, unit)
                } else {
                    own
                }
            }
        };
        Some((due, suspended))
    }

    /// The parts of suspensions that lie within the clock's time.
    fn overlaps(&self) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        self.suspensions
            .iter()
            .map(|(from, to)| ((*from).max(self.start), (*to).min(self.until)))
            .filter(|(from, to)| from < to)
    }

    /// What was suspended before the limit ran out is added to it, measured as the limit is.
    fn moved(&self, own: Timestamp, count: u32, unit: &Unit) -> Timestamp {
        let calendar = self.law.calendar;
        let mut due = own;
        let mut extra = 0;
        for (from, to) in self.overlaps() {
            if from > due {
                break;
            }
            extra += match unit.measure {
                Measure::ClockTime(_) => to.since(from),
                Measure::WorkingTime(_) => calendar.working_between(from, to),
                Measure::CalendarDays(_) => i64::from(calendar.day_of(to).since(calendar.day_of(from))),
                Measure::WorkingDays(_) => {
                    let (first, last) = (calendar.day_of(from), calendar.day_of(to));
                    let days = (1..=last.since(first)).filter(|days| calendar.is_working(first.plus(*days)));
                    i64::try_from(days.count()).unwrap_or(0)
                }
            };
            due = end(self.law, self.start, count, unit, extra);
        }
        due
    }

    /// Whether it is the working calendar that the limit is counted on.
    pub(super) fn looks_at_calendar(&self) -> bool {
        match &self.rule.limit {
            Limit::None | Limit::From(_) => false,
            Limit::Period { unit, .. } => !matches!(unit.measure, Measure::ClockTime(_)),
        }
    }

    /// Due − share of (due − start), measured on the clock's own calendar: working time where the
    /// limit is one in working hours or working days, continuous time elsewhere.
    pub(super) fn due_soon_at(&self, due: Timestamp, ppm: u32) -> Timestamp {
        let working = match &self.rule.limit {
            Limit::Period { unit, .. } => {
                matches!(unit.measure, Measure::WorkingTime(_) | Measure::WorkingDays(_))
            }
            Limit::None | Limit::From(_) => false,
        };
        let calendar = self.law.calendar;
        let span = if working { calendar.working_between(self.start, due) } else { due.since(self.start) };
        let span = span.max(0);
        let share = i64::try_from(i128::from(span) * i128::from(ppm) / 1_000_000).unwrap_or(0);
        if working && due < Timestamp::MAX && span > 0 {
            calendar.plus_working(self.start, span - share)
        } else {
            due.plus_micros(-share)
        }
    }
}

/// The end of a period with something added in its own measure: microseconds, or days.
fn end(law: &Law<'_>, start: Timestamp, count: u32, unit: &Unit, extra: i64) -> Timestamp {
    let (calendar, days) = (law.calendar, law.rules.settings.days);
    let number = |each: u32| {
        let all = i64::from(count) * i64::from(each) + extra;
        u32::try_from(all.max(1)).unwrap_or(u32::MAX)
    };
    match unit.measure {
        Measure::ClockTime(each) => {
            start.plus_micros(i64::from(count).saturating_mul(each).saturating_add(extra))
        }
        Measure::WorkingTime(each) => {
            calendar.plus_working(start, i64::from(count).saturating_mul(each).saturating_add(extra))
        }
        Measure::WorkingDays(each) => calendar.plus_working_days(start, number(each), days),
        Measure::CalendarDays(each) => calendar.plus_calendar_days(start, number(each), days),
    }
}
