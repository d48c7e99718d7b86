//! The list of alarms as it is told: how each stands, which are a flood, and how often we call.

use std::collections::BTreeMap;

use app::source::AlarmsQuery;
use domain::Timestamp;
use domain::alarm::{About, Alarm, Beside, Handling, KEPT_SECS, Priority, WINDOW_SECS, raise};
use domain::answer::{AlarmActView, AlarmFlood, AlarmPage, AlarmRate, AlarmView};
use domain::dimension::Dimension;
use domain::state::State;

use crate::http::escalations::clauses;

/// How many lines unless told.
const LIMIT: u32 = 100;

/// How an alarm stands, in the order of the list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    Unacknowledged,
    Acknowledged,
    Shelved,
    Cleared,
}

impl Status {
    fn of(alarm: &Alarm, handling: &Handling<'_>) -> Self {
        if alarm.cleared_at.is_some() {
            Self::Cleared
        } else if handling.shelved.is_some() {
            Self::Shelved
        } else if handling.acknowledged.is_some() {
            Self::Acknowledged
        } else {
            Self::Unacknowledged
        }
    }

    fn name(self) -> &'static str {
        super::STATUSES[self as usize]
    }
}

/// The alarms of a list.
pub(super) fn page(state: &State, beside: &Beside, query: &AlarmsQuery) -> AlarmPage {
    let at = state.at();
    let alarms = raise(state, beside);
    let handled = |alarm: &Alarm| state.alarm(&alarm.name).map(|held| held.at(at)).unwrap_or_default();
    let mut all: Vec<(Status, &Alarm, Handling<'_>)> = alarms
        .iter()
        .map(|alarm| {
            let handling = handled(alarm);
            (Status::of(alarm, &handling), alarm, handling)
        })
        .collect();
    // Within each status they are ranked already.
    all.sort_by_key(|(status, ..)| *status);
    let rate = rate(&all, at);
    let count = |wanted: Status| all.iter().filter(|(status, ..)| *status == wanted).count() as u64;
    let is_flooding = |(status, alarm, _): &(Status, &Alarm, Handling<'_>)| {
        *status == Status::Unacknowledged && alarm.is_recent(at)
    };
    let flooding = all.iter().filter(|one| is_flooding(one)).count();
    let is_flood = flooding > usize::from(state.city().alarms.flood_alarms);
    let show = |at: Timestamp| at.to_rfc3339(&state.city().zone);
    let flood = is_flood.then(|| {
        let of_flood = || all.iter().filter(|one| is_flooding(one)).map(|(_, alarm, _)| *alarm);
        AlarmFlood {
            alarms: flooding as u64,
            high: of_flood().filter(|alarm| alarm.priority == Priority::High).count() as u64,
            since: of_flood().map(|alarm| alarm.since).min().map(show).unwrap_or_default(),
        }
    });
    let is_wanted = |status: Status, alarm: &Alarm| {
        let named = query.alarm.as_deref().is_none_or(|name| name == &*alarm.name);
        // One that is named is shown however it stands.
        let stands = match query.status.as_deref() {
            None => query.alarm.is_some() || status <= Status::Acknowledged,
            Some(wanted) => wanted == status.name(),
        };
        named && stands
    };
    let wanted: Vec<_> = all.iter().filter(|(status, alarm, _)| is_wanted(*status, alarm)).collect();
    let limit = query.limit.unwrap_or(LIMIT) as usize;
    let clauses = clauses(state.city());
    let views = wanted.iter().take(limit).map(|one| AlarmView {
        in_flood: is_flood && is_flooding(one),
        ..view(state, one.0, one.1, &one.2, &clauses)
    });
    AlarmPage {
        seq: state.seq(),
        at: show(at),
        total: wanted.len() as u64,
        unacknowledged: count(Status::Unacknowledged),
        acknowledged: count(Status::Acknowledged),
        shelved: count(Status::Shelved),
        flood,
        rate,
        alarms: views.collect(),
    }
}

fn rate(all: &[(Status, &Alarm, Handling<'_>)], at: Timestamp) -> AlarmRate {
    let recent = || all.iter().filter(|(_, alarm, _)| alarm.is_recent(at));
    let day = at.plus_secs(-KEPT_SECS);
    AlarmRate {
        window_secs: u32::try_from(WINDOW_SECS).unwrap_or_default(),
        raised: recent().count() as u64,
        acted_on: recent().filter(|(.., handling)| handling.was_acted_on).count() as u64,
        unactionable: recent()
            .filter(|(status, _, handling)| *status == Status::Cleared && !handling.was_acted_on)
            .count() as u64,
        raised_day: all.iter().filter(|(_, alarm, _)| alarm.since > day).count() as u64,
    }
}

fn view(
    state: &State,
    status: Status,
    alarm: &Alarm,
    handling: &Handling<'_>,
    clauses: &BTreeMap<&str, &str>,
) -> AlarmView {
    let show = |at: Timestamp| at.to_rfc3339(&state.city().zone);
    let act = |at: Timestamp, by: &str, text: &str, until: Option<Timestamp>| AlarmActView {
        at: show(at),
        by: by.to_owned(),
        text: text.to_owned(),
        until: until.map(show),
    };
    let mut view = AlarmView {
        alarm: alarm.name.to_string(),
        kind: alarm.kind.name().to_owned(),
        priority: alarm.priority.name().to_owned(),
        status: status.name().to_owned(),
        since: show(alarm.since),
        cleared_at: alarm.cleared_at.map(show),
        acknowledged: handling.acknowledged.map(|(at, by, text)| act(at, by, text, None)),
        shelved: handling.shelved.map(|(at, by, reason, until)| act(at, by, reason, Some(until))),
        ..AlarmView::default()
    };
    match &alarm.about {
        About::Case { case, due, rule, action } => {
            view.case = Some(case.to_string());
            view.agency = holder(state, case);
            view.due = Some(show(*due));
            view.clause =
                rule.as_deref().and_then(|rule| clauses.get(rule)).map(|clause| (*clause).to_owned());
            view.rule = rule.as_deref().map(str::to_owned);
            view.action = action.as_deref().map(str::to_owned);
        }
        About::Place { dimension, code, count, usual_max, from, to } => {
            view.count = Some(*count);
            view.usual_max = Some(*usual_max);
            let pairs = [
                ("metric", "received".to_owned()),
                (dimension.name(), code.to_string()),
                ("from", show(*from)),
                ("to", show(*to)),
            ];
            view.query = Some(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
        }
        About::Source { source, heard } => {
            view.source = Some(source.to_string());
            view.heard = Some(show(*heard));
        }
        About::Clock => {}
    }
    view
}

fn holder(state: &State, case: &str) -> Option<String> {
    let segment = state.find(case)?.timeline.as_ref()?.at(state.at())?;
    state.symbols().name(segment.attrs.code(Dimension::Agency)).map(|name| name.to_string())
}
