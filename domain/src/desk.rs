//! What waits on a desk: a unit's by when it is due, the City Office's (Văn phòng Ủy ban nhân dân thành phố) by what
//! its regulation gives it to watch. A function of the state; nothing here asks who is looking.

use std::sync::Arc;

use crate::case::{Case, Measure, Timeline};
use crate::city::City;
use crate::dimension::Dimension;
use crate::fold::{facts_of_case, laws_of, receipt};
use crate::state::State;
use crate::symbol::{Sym, word};
use crate::time::Timestamp;

/// When something is due, as a desk sorts its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// Its limit has run out.
    Overdue,
    /// Today.
    Today,
    /// Tomorrow.
    Tomorrow,
    /// Later this week.
    ThisWeek,
    /// After this week.
    Later,
    /// It has no limit.
    NoLimit,
}

impl When {
    /// All, the most pressing first.
    pub const ALL: [Self; 6] =
        [Self::Overdue, Self::Today, Self::Tomorrow, Self::ThisWeek, Self::Later, Self::NoLimit];

    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Today => "today",
            Self::Tomorrow => "tomorrow",
            Self::ThisWeek => "this_week",
            Self::Later => "later",
            Self::NoLimit => "no_limit",
        }
    }

    /// Where a limit lies. `ends` are the ends of today, of tomorrow and of this week, not included; a week that ends
    /// before tomorrow does has nothing of its own.
    #[must_use]
    pub fn of(due: Option<Timestamp>, at: Timestamp, ends: [Timestamp; 3]) -> Self {
        match due {
            None => Self::NoLimit,
            Some(due) if due < at => Self::Overdue,
            Some(due) if due < ends[0] => Self::Today,
            Some(due) if due < ends[1] => Self::Tomorrow,
            Some(due) if due < ends[2] => Self::ThisWeek,
            Some(_) => Self::Later,
        }
    }
}

/// What the City Office watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfficeList {
    /// In the state “quá hạn (đang chờ xử lý)”.
    OverduePending,
    /// Pressing, or in need of a written reminder: to be compiled and sent within a limit.
    Pressing,
    /// Waits for a directive: units disagree.
    UnitsDisagree,
    /// Waits for a directive: its reporter disagrees with the answer.
    ReporterDisagrees,
    /// Waits for a directive: it is the city's own to decide.
    CityCompetence,
    /// Directed by the city's leadership already, and late or unsatisfactory (group 4).
    GroupFour,
    /// Transferred to a unit.
    Transferred,
}

/// Documents and what of them stands behind a list.
type Clauses = &'static [(&'static str, &'static str)];

impl OfficeList {
    /// All, in the order of the desk.
    pub const ALL: [Self; 7] = [
        Self::OverduePending,
        Self::Pressing,
        Self::UnitsDisagree,
        Self::ReporterDisagrees,
        Self::CityCompetence,
        Self::GroupFour,
        Self::Transferred,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OverduePending => "overdue_pending",
            Self::Pressing => "pressing",
            Self::UnitsDisagree => "units_disagree",
            Self::ReporterDisagrees => "reporter_disagrees",
            Self::CityCompetence => "city_competence",
            Self::GroupFour => "group_four",
            Self::Transferred => "transferred",
        }
    }

    /// The documents that ask for it, each with the article.
    const fn clauses(self) -> Clauses {
        match self {
            Self::OverduePending => &[("583/QĐ-UBND", "Điều 9.4")],
            Self::Pressing => &[("583/QĐ-UBND", "Điều 9.6")],
            Self::UnitsDisagree | Self::ReporterDisagrees | Self::CityCompetence => {
                &[("583/QĐ-UBND", "Điều 9.5")]
            }
            Self::GroupFour => &[("583/QĐ-UBND", "Điều 5.4"), ("4874/QĐ-UBND", "Điều 4.4")],
            Self::Transferred => &[("583/QĐ-UBND", "Điều 9.2")],
        }
    }

    /// Where the city's own regulations ask for it; none where they do not.
    #[must_use]
    pub fn clause(self, city: &City) -> Option<String> {
        let has = |document: &str| {
            city.regulations.sets().iter().any(|set| set.document.as_deref() == Some(document))
        };
        let found = self.clauses().iter().find(|(document, _)| has(document));
        found.map(|(document, article)| format!("{document} {article}"))
    }
}

/// One line of the City Office's desk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OfficeLine {
    /// On which list.
    pub list: OfficeList,
    /// Which case.
    pub case: Arc<str>,
    /// Since when it is on it.
    pub since: Timestamp,
    /// The limit that this list is about; none where it has none of its own.
    pub due: Option<Timestamp>,
    /// Where that limit stands.
    pub clause: Option<String>,
}

/// The state of a case whose head let the limit run out, in the regulations' files.
const OVERDUE_PENDING: &str = "overdue_pending";
/// The state of a case that the City Office leads.
const WITH_CITY_OFFICE: &str = "with_city_office";
/// The states before it in which the case was answered.
const ANSWERED: [&str; 3] = ["resolved", "published", "answered_directly"];
/// The states before it in which no unit had the case.
const WITH_NOBODY: [&str; 2] = ["received", "awaiting_clarification"];
/// The step that ends the limit of pressing matters.
const SENT: &str = "sent_to_city_office";
/// Limits of cases that are over are looked at for so long, in seconds: two months, far beyond two working days.
const OVER_SECS_MAX: i64 = 60 * 86_400;

/// Everything on the City Office's desk: by list, then in each the most pressing first.
#[must_use]
pub fn office(state: &State) -> Vec<OfficeLine> {
    let find = |name: &str| state.symbols().find(name);
    let words = Words {
        overdue_pending: find(OVERDUE_PENDING),
        with_city_office: find(WITH_CITY_OFFICE),
        answered: ANSWERED.into_iter().filter_map(find).collect(),
        with_nobody: WITH_NOBODY.into_iter().filter_map(find).collect(),
    };
    let mut lines = Vec::new();
    for case in state.cases() {
        if let Some(timeline) = &*case.timeline {
            of_case(state, case, timeline, &words, &mut lines);
        }
    }
    lines.sort_by(|a, b| {
        // A limit presses by its end; what has none by its age, and what was transferred is news.
        let key = |line: &OfficeLine| match (line.due, line.list) {
            (Some(due), _) => due.micros(),
            (None, OfficeList::Transferred) => -line.since.micros(),
            (None, _) => line.since.micros(),
        };
        (a.list, a.due.is_none(), key(a), &a.case).cmp(&(b.list, b.due.is_none(), key(b), &b.case))
    });
    lines
}

/// The words of the regulations' files, where the city has met them.
struct Words {
    overdue_pending: Option<Sym>,
    with_city_office: Option<Sym>,
    answered: Vec<Sym>,
    with_nobody: Vec<Sym>,
}

fn of_case(state: &State, case: &Case, timeline: &Timeline, words: &Words, into: &mut Vec<OfficeLine>) {
    let at = state.at();
    let line = |list, since, due, clause| OfficeLine { list, case: case.code.clone(), since, due, clause };
    let Some(now) = timeline.at(at) else { return };
    if now.open || now.from > at.plus_secs(-OVER_SECS_MAX) {
        let sending = sending(state, case, at);
        into.extend(
            sending.map(|(since, due, clause)| line(OfficeList::Pressing, since, Some(due), Some(clause))),
        );
    }
    if !now.open {
        return;
    }
    let status = now.attrs.code(Dimension::Status);
    let is = |word: Option<Sym>| word == Some(status);
    if is(words.overdue_pending) {
        let limit = timeline.escalations.iter().rfind(|escalation| escalation.since <= at);
        let since = limit.map_or(now.from, |limit| limit.since);
        into.push(line(OfficeList::OverduePending, since, limit.map(|limit| limit.at), None));
    }
    if is(words.with_city_office) {
        let (before, since) = before_this(timeline, at, status);
        let list = match before {
            Some(before) if words.answered.contains(&before) => OfficeList::ReporterDisagrees,
            Some(before) if !words.with_nobody.contains(&before) => OfficeList::UnitsDisagree,
            Some(_) | None => OfficeList::CityCompetence,
        };
        into.push(line(list, since, None, None));
    }
    if now.attrs.code(Dimension::ContentGroup) == word::GROUP_4 {
        into.push(line(OfficeList::GroupFour, timeline.received_at, None, None));
    }
    let transfers =
        timeline.flows.iter().filter(|flow| flow.measure == Measure::Assigned && flow.since <= at);
    if let Some(last) = transfers.map(|flow| flow.at).max() {
        into.push(line(OfficeList::Transferred, last, None, None));
    }
}

/// The state before the present stretch in `status`, and since when that stretch is.
fn before_this(timeline: &Timeline, at: Timestamp, status: Sym) -> (Option<Sym>, Timestamp) {
    let mut since = timeline.received_at;
    for segment in timeline.segments.iter().rev().filter(|segment| segment.from <= at) {
        let held = segment.attrs.code(Dimension::Status);
        if held != status {
            return (Some(held), since);
        }
        since = segment.from;
    }
    (None, since)
}

/// The limit for sending a pressing matter to the City Office, where one runs: since when, until when, by which clause.
fn sending(state: &State, case: &Case, at: Timestamp) -> Option<(Timestamp, Timestamp, String)> {
    let sets = state.city().regulations.sets();
    let is_sending =
        |rule: &crate::regulation::Rule| rule.stop.as_ref().is_some_and(|stop| stop.text == SENT);
    if !sets.iter().flat_map(|set| &set.rules).any(is_sending) {
        return None;
    }
    let (received, facts) = receipt(&case.events)?;
    let law = laws_of(state.city(), received.time, facts).pop()?.law?;
    if !law.rules.rules.iter().any(is_sending) {
        return None;
    }
    let clocks = law.clocks(&facts_of_case(&case.events, received), at);
    let running = clocks.clocks.iter().filter(|clock| clock.counts() && clock.stopped_at.is_none());
    let found =
        running.filter(|clock| is_sending(law.rules.rule(clock.rule))).min_by_key(|clock| clock.due)?;
    Some((found.start, found.due, law.rules.rule(found.rule).clause.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(due: Option<i64>, want: When) {
        let at = Timestamp::from_secs;
        let found = When::of(due.map(at), at(100), [at(200), at(300), at(400)]);
        assert_eq!(found, want, "{due:?}");
    }

    #[test]
    fn what_is_due_lies_before_the_end_of_its_day_and_the_due_instant_is_in_time() {
        check(Some(99), When::Overdue);
        check(Some(100), When::Today);
        check(Some(199), When::Today);
        check(Some(200), When::Tomorrow);
        check(Some(399), When::ThisWeek);
        check(Some(400), When::Later);
        check(None, When::NoLimit);
    }

    #[test]
    fn on_a_sunday_tomorrow_lies_after_the_week() {
        let at = Timestamp::from_secs;
        let ends = [at(200), at(300), at(200)];
        assert_eq!(When::of(Some(at(250)), at(100), ends), When::Tomorrow);
        assert_eq!(When::of(Some(at(350)), at(100), ends), When::Later);
    }
}
