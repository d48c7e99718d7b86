//! Which alarms there are: a function of the state and of what is seen beside it.

use std::sync::Arc;

use super::{About, Alarm, AlarmKind, KEPT_SECS, Priority, SERIOUS, name};
use crate::case::{Case, Escalation, Segment, Timeline};
use crate::dimension::Dimension;
use crate::state::State;
use crate::symbol::Sym;
use crate::time::Timestamp;

/// A source that said nothing for too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Its name.
    pub source: Arc<str>,
    /// Up to where it had sent everything.
    pub heard: Timestamp,
    /// Since when that is too long.
    pub since: Timestamp,
}

/// What no event says and an alarm rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// The sources that are silent.
    pub silences: Vec<Silence>,
    /// Since when nothing keeps the machine's clock in step, where that is so.
    pub clock_astray_since: Option<Timestamp>,
    /// The surges, each an [`About::Place`] with its beginning.
    pub surges: Vec<(Timestamp, About)>,
}

/// Every alarm that stands, and those of the last day that were over by themselves; the most pressing first, then the
/// newest.
#[must_use]
pub fn raise(state: &State, beside: &Beside) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    let serious = SERIOUS.map(|grade| state.symbols().find(grade));
    for case in state.cases() {
        if let Some(timeline) = &*case.timeline {
            of_case(case, timeline, &serious, state.at(), &mut alarms);
        }
    }
    for silence in &beside.silences {
        let heard = silence.heard.micros().to_string();
        alarms.push(Alarm {
            name: name(AlarmKind::SourceSilent, &[&silence.source, &heard]),
            kind: AlarmKind::SourceSilent,
            priority: Priority::Medium,
            since: silence.since.min(state.at()),
            cleared_at: None,
            about: About::Source { source: silence.source.clone(), heard: silence.heard },
        });
    }
    for (since, about) in &beside.surges {
        let About::Place { dimension, code, .. } = about else { continue };
        alarms.push(Alarm {
            name: name(AlarmKind::Surge, &[dimension.name(), code, &since.micros().to_string()]),
            kind: AlarmKind::Surge,
            priority: Priority::Low,
            since: *since,
            cleared_at: None,
            about: about.clone(),
        });
    }
    if let Some(since) = beside.clock_astray_since {
        alarms.push(Alarm {
            name: name(AlarmKind::ClockUnsynchronised, &[&since.micros().to_string()]),
            kind: AlarmKind::ClockUnsynchronised,
            priority: Priority::Medium,
            since,
            cleared_at: None,
            about: About::Clock,
        });
    }
    let kept_from = state.at().plus_secs(-KEPT_SECS);
    alarms.retain(|alarm| alarm.cleared_at.is_none_or(|_| alarm.since > kept_from));
    alarms.sort_by(|a, b| (a.priority, b.since, &a.name).cmp(&(b.priority, a.since, &b.name)));
    alarms
}

/// A case is one alarm at a time: the last thing that was set off, or else that it is grave and late.
fn of_case(
    case: &Case,
    timeline: &Timeline,
    serious: &[Option<Sym>; 3],
    at: Timestamp,
    into: &mut Vec<Alarm>,
) {
    let come = timeline.escalations.partition_point(|escalation| escalation.since <= at);
    let come = timeline.escalations.get(..come).unwrap_or_default();
    // What one limit sets off at one instant is one alarm, by the last of it.
    let is_last = |place: usize| come.get(place + 1).is_none_or(|next| next.since > come[place].since);
    let steps: Vec<&Escalation> =
        (0..come.len()).filter(|place| is_last(*place)).map(|place| &come[place]).collect();
    for (place, escalation) in steps.iter().enumerate() {
        let next = steps.get(place + 1).map(|next| next.since);
        let over = ended(timeline, escalation.since, at);
        into.push(escalated(case, escalation, place, [next, over].into_iter().flatten().min()));
    }
    let from = into.len();
    late(case, timeline, serious, at, into);
    let Some(first) = come.first() else { return };
    // What is set off says more than that the case is late.
    for alarm in into.iter_mut().skip(from) {
        let until = alarm.cleared_at.map_or(first.since, |cleared| cleared.min(first.since));
        alarm.cleared_at = Some(until.max(alarm.since));
    }
}

fn escalated(case: &Case, escalation: &Escalation, place: usize, cleared_at: Option<Timestamp>) -> Alarm {
    let limit = escalation.at.micros().to_string();
    Alarm {
        name: name(AlarmKind::Escalation, &[&case.code, &escalation.rule, &escalation.action, &limit]),
        kind: AlarmKind::Escalation,
        // Somebody was told once already, and that limit ran out too.
        priority: if place == 0 { Priority::Medium } else { Priority::High },
        since: escalation.since,
        cleared_at,
        about: About::Case {
            case: case.code.clone(),
            due: escalation.at,
            rule: Some(escalation.rule.clone()),
            action: Some(escalation.action.clone()),
        },
    }
}

/// When the case first was no longer open after `since`, if that was by `at`.
fn ended(timeline: &Timeline, since: Timestamp, at: Timestamp) -> Option<Timestamp> {
    let after = timeline.segments.iter().filter(|segment| segment.from >= since && segment.from <= at);
    after.filter(|segment| !segment.open).map(|segment| segment.from).min()
}

/// The stretches in which a grave case stood overdue against one and the same limit.
fn late(case: &Case, timeline: &Timeline, serious: &[Option<Sym>; 3], at: Timestamp, into: &mut Vec<Alarm>) {
    let grade = |segment: &Segment| {
        let code = segment.attrs.code(Dimension::Severity);
        serious.iter().position(|grave| !code.is_none() && *grave == Some(code))
    };
    // Since when, the limit, the gravest grade.
    let mut held: Option<(Timestamp, Timestamp, usize)> = None;
    let mut close = |held: Option<(Timestamp, Timestamp, usize)>, cleared_at: Option<Timestamp>| {
        let Some((since, due, grade)) = held else { return };
        into.push(Alarm {
            name: name(AlarmKind::OverdueSerious, &[&case.code, &due.micros().to_string()]),
            kind: AlarmKind::OverdueSerious,
            // A complex case is grave; an urgent or a major one presses.
            priority: if grade < SERIOUS.len() - 1 { Priority::High } else { Priority::Medium },
            since,
            cleared_at,
            about: About::Case { case: case.code.clone(), due, rule: None, action: None },
        });
    };
    for (place, segment) in timeline.segments.iter().enumerate() {
        if segment.from > at {
            break;
        }
        let until = timeline.segments.get(place + 1).map_or(Timestamp::MAX, |next| next.from);
        let stands = segment.clock.filter(|_| segment.open).zip(grade(segment)).and_then(|(clock, grade)| {
            let since = clock.overdue_at().max(segment.from);
            (since < until && since <= at).then_some((since, clock.governing_due(), grade))
        });
        held = match (held, stands) {
            (Some((since, due, gravest)), Some((_, again, grade))) if due == again => {
                Some((since, due, gravest.min(grade)))
            }
            (before, now) => {
                close(before, Some(segment.from));
                now
            }
        };
    }
    close(held, None);
}
