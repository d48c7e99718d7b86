//! A running limit on a case, and where an instant stands in it.
//!
//! Where no rule gives a limit, the governing clock of a case is the one that its source states: from
//! `received_at` to `due_at`, on a calendar without holidays. The clocks of a city's regulations are
//! [`rules::Law`]'s, from the [`facts`] of the case.

pub mod explain;
pub mod facts;
mod history;
mod limit;
pub mod memo;
pub mod rules;
pub mod words;

use serde::{Deserialize, Serialize};

use crate::symbol::{Sym, word};
use crate::time::Timestamp;

/// A limit from `start` to `due`, perhaps moved by a recorded promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Since when it runs.
    pub start: Timestamp,
    /// The last instant in time.
    pub due: Timestamp,
    /// The first instant of *due soon*, that instant included; with a promise, before its end.
    pub due_soon_at: Timestamp,
    /// The promised instant, where one was recorded.
    pub extended_until: Option<Timestamp>,
    /// Whether the promise was recorded after the limit had passed: then the case counts as late
    /// in statistics all the same.
    pub extended_late: bool,
    /// The rule that sets it; none where the source states it.
    pub rule: Sym,
}

/// Where a case stands in its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The glossary's words.
pub enum Timeliness {
    InTime,
    DueSoon,
    Overdue,
    NoDeadline,
}

/// How a resolution is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Judgement {
    /// Not a resolution.
    None = 0,
    /// Within the limit.
    InTime = 1,
    /// After the limit, within the time recorded before it ran out.
    Extended = 2,
    /// After both.
    Late = 3,
    /// There was no limit.
    NoDeadline = 4,
}

impl Timeliness {
    /// Its word in answers.
    #[must_use]
    pub const fn sym(self) -> Sym {
        match self {
            Self::InTime => word::IN_TIME,
            Self::DueSoon => word::DUE_SOON,
            Self::Overdue => word::OVERDUE,
            Self::NoDeadline => word::NO_DEADLINE,
        }
    }

    /// Its name in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InTime => "in_time",
            Self::DueSoon => "due_soon",
            Self::Overdue => "overdue",
            Self::NoDeadline => "no_deadline",
        }
    }
}

impl Clock {
    /// A limit that the source states, without a promise: due soon from due − `percent` of
    /// (due − start).
    #[must_use]
    pub fn stated(start: Timestamp, due: Timestamp, percent: u8) -> Self {
        let clock = Self {
            start,
            due,
            due_soon_at: due,
            extended_until: None,
            extended_late: false,
            rule: Sym::NONE,
        };
        clock.with_due_soon(percent)
    }

    /// The same with a promise, recorded at `recorded`.
    #[must_use]
    pub fn promised(self, until: Timestamp, recorded: Timestamp, percent: u8) -> Self {
        let promised = Self { extended_until: Some(until), extended_late: recorded > self.due, ..self };
        promised.with_due_soon(percent)
    }

    fn with_due_soon(self, percent: u8) -> Self {
        let due = self.governing_due();
        let span = due.since(self.start).max(0);
        // Split so that a span of centuries cannot overflow.
        let share = span / 100 * i64::from(percent) + span % 100 * i64::from(percent) / 100;
        Self { due_soon_at: due.plus_micros(-share), ..self }
    }

    /// The last instant in time that governs now.
    #[must_use]
    pub fn governing_due(&self) -> Timestamp {
        self.extended_until.map_or(self.due, |until| until.max(self.due))
    }

    /// The first instant of *overdue*: overdue is when due < t, and instants are microseconds.
    #[must_use]
    pub fn overdue_at(&self) -> Timestamp {
        self.governing_due().plus_micros(Timestamp::STEP)
    }

    /// Where `at` stands in the limit.
    #[must_use]
    pub fn timeliness_at(&self, at: Timestamp) -> Timeliness {
        if at >= self.overdue_at() {
            Timeliness::Overdue
        } else if at >= self.due_soon_at {
            Timeliness::DueSoon
        } else {
            Timeliness::InTime
        }
    }

    /// How a resolution at `at` is judged.
    #[must_use]
    pub fn judge(&self, at: Timestamp) -> Judgement {
        if at <= self.due {
            Judgement::InTime
        } else if !self.extended_late && self.extended_until.is_some_and(|until| at <= until) {
            Judgement::Extended
        } else {
            Judgement::Late
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERCENT: u8 = 20;

    #[track_caller]
    fn check(at_secs: i64, want: Timeliness) {
        let clock = Clock::stated(Timestamp::from_secs(0), Timestamp::from_secs(100), PERCENT);
        assert_eq!(clock.timeliness_at(Timestamp::from_secs(at_secs)), want);
    }

    #[test]
    fn due_soon_begins_at_a_fifth_before_due_and_includes_that_instant() {
        check(79, Timeliness::InTime);
        check(80, Timeliness::DueSoon);
    }

    #[test]
    fn the_due_instant_itself_is_still_in_time() {
        check(100, Timeliness::DueSoon);
        check(101, Timeliness::Overdue);
        let clock = Clock::stated(Timestamp::from_secs(0), Timestamp::from_secs(100), PERCENT);
        assert_eq!(clock.judge(Timestamp::from_secs(100)), Judgement::InTime);
        assert_eq!(clock.judge(Timestamp::from_micros(100_000_001)), Judgement::Late);
    }

    #[test]
    fn a_limit_that_ends_before_it_starts_is_overdue_at_once() {
        let clock = Clock::stated(Timestamp::from_secs(50), Timestamp::from_secs(0), PERCENT);
        assert_eq!(clock.timeliness_at(Timestamp::from_secs(50)), Timeliness::Overdue);
    }

    #[test]
    fn a_promise_recorded_in_time_extends_and_a_late_one_stays_late() {
        let clock = Clock::stated(Timestamp::from_secs(0), Timestamp::from_secs(100), PERCENT);
        let until = Timestamp::from_secs(200);
        let in_time = clock.promised(until, Timestamp::from_secs(100), PERCENT);
        assert_eq!(in_time.judge(Timestamp::from_secs(150)), Judgement::Extended);
        assert_eq!(in_time.due_soon_at, Timestamp::from_secs(160));
        let late = clock.promised(until, Timestamp::from_secs(101), PERCENT);
        assert_eq!(late.judge(Timestamp::from_secs(150)), Judgement::Late);
        assert_eq!(late.timeliness_at(Timestamp::from_secs(120)), Timeliness::InTime);
    }
}
