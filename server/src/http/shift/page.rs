//! The shift as it is told: who is on duty, what was done, what is open.

use app::source::{AlarmsQuery, DirectivesQuery};
use domain::Timestamp;
use domain::alarm::Handled;
use domain::answer::{AlarmPage, AlarmView, DutyNote, DutyView, HandoverView, ShiftPage};
use domain::directive::DirectiveStatus;
use domain::shift::{Duty, DutyStanding, KEPT_SECS};
use domain::state::State;

/// How many lines of each list unless told.
const LINES: u32 = 20;
/// Among so many alarms of each standing those are looked for that somebody handled.
const ALARMS_MAX: u32 = 1_000;

/// Whether the names of people on duty are told: officers are seen by right only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// To the administrator's token.
    Shown,
    /// To everybody else.
    Concealed,
}

/// The whole page, of one state.
pub(super) fn page(
    state: &State,
    alarms: &dyn Fn(&AlarmsQuery) -> AlarmPage,
    names: Names,
    limit: Option<u32>,
) -> ShiftPage {
    let limit = limit.unwrap_or(LINES);
    let show = |at: Timestamp| at.to_rfc3339(&state.city().zone);
    let mut duties: Vec<(&str, &Duty, DutyStanding<'_>)> = state
        .duties()
        .filter_map(|(name, duty)| Some((&**name, duty, duty.standing()?)))
        .filter(|(.., standing)| standing.ended.is_none_or(|ended| ended > state.at().plus_secs(-KEPT_SECS)))
        .collect();
    duties.sort_unstable_by_key(|(name, _, standing)| (standing.status, standing.began, *name));
    let since = || duties.iter().filter(|(.., standing)| standing.status.is_on_duty());
    let since = since().map(|(.., standing)| standing.began).min();
    let tell = |(name, duty, _): &(&str, &Duty, DutyStanding<'_>)| view(state, name, duty, names);
    let (on_duty, mut over): (Vec<_>, Vec<_>) =
        duties.into_iter().partition(|(.., standing)| standing.status.is_on_duty());
    over.sort_by_key(|(.., standing)| std::cmp::Reverse(standing.ended));
    let waiting = on_duty.iter().filter(|(.., standing)| standing.handover.is_some()).count() as u64;
    let unacknowledged =
        alarms(&AlarmsQuery { alarm: None, status: Some("unacknowledged".to_owned()), limit: Some(limit) });
    let handled = since.map(|since| handled(state, alarms, since)).unwrap_or_default();
    let overdue = DirectivesQuery {
        status: Some(DirectiveStatus::Overdue),
        limit: Some(limit),
        ..DirectivesQuery::default()
    };
    let overdue = crate::http::directives::page(state, &overdue);
    ShiftPage {
        seq: state.seq(),
        at: show(state.at()),
        shows_names: names == Names::Shown,
        since: since.map(show),
        handovers_waiting: waiting,
        on_duty: on_duty.iter().filter_map(tell).collect(),
        recent: over.iter().take(limit as usize).filter_map(tell).collect(),
        unacknowledged_total: unacknowledged.total,
        unacknowledged: unacknowledged.alarms,
        handled_total: handled.len() as u64,
        handled: handled.into_iter().take(limit as usize).collect(),
        directives_overdue_total: overdue.total,
        directives_overdue: overdue.directives,
    }
}

/// The alarms that somebody acknowledged or shelved since then, the latest act first; an alarm that is over too.
fn handled(state: &State, alarms: &dyn Fn(&AlarmsQuery) -> AlarmPage, since: Timestamp) -> Vec<AlarmView> {
    let of = |status: &str| {
        alarms(&AlarmsQuery { alarm: None, status: Some(status.to_owned()), limit: Some(ALARMS_MAX) }).alarms
    };
    let all = ["unacknowledged", "acknowledged", "shelved", "cleared"].into_iter().flat_map(of);
    let acted = |alarm: &AlarmView| state.alarm(&alarm.alarm).and_then(Handled::last_act);
    let mut handled: Vec<(Timestamp, AlarmView)> =
        all.filter_map(|alarm| Some((acted(&alarm).filter(|act| *act >= since)?, alarm))).collect();
    handled.sort_by(|a, b| (b.0, &a.1.alarm).cmp(&(a.0, &b.1.alarm)));
    handled.into_iter().map(|(_, alarm)| alarm).collect()
}

/// A duty as it stands; none while its beginning has not been heard.
pub(super) fn view(state: &State, name: &str, duty: &Duty, names: Names) -> Option<DutyView> {
    let standing = duty.standing()?;
    let show = |at: Timestamp| at.to_rfc3339(&state.city().zone);
    // People name their colleagues in what they write: who may not see names is told that there are words, not which.
    let words = |text: &str| if names == Names::Shown { text.to_owned() } else { String::new() };
    let handover = standing.handover.map(|handover| HandoverView {
        at: show(handover.at),
        text: words(handover.text),
        summary: handover.summary.clone(),
        accepted_at: standing.successor.and(standing.ended).map(show),
        successor: standing.successor.map(str::to_owned),
    });
    let notes = standing.notes.iter();
    Some(DutyView {
        duty: name.to_owned(),
        person: (names == Names::Shown).then(|| standing.person.to_owned()),
        role: standing.role.name().to_owned(),
        status: standing.status.name().to_owned(),
        began_at: show(standing.began),
        ended_at: standing.ended.map(show),
        reason: standing.reason.map(words),
        notes: notes.map(|(at, text)| DutyNote { at: show(*at), text: words(text) }).collect(),
        handover,
    })
}
