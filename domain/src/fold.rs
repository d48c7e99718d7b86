//! The fold of one case: its events, in their own order, become its timeline. Pure: the same set
//! of events gives the same timeline, whatever order they came in.
//!
//! The life cycle and the limits are those of the regulation that the case falls under; where there
//! is none, the life cycle is received, in_progress, resolved, closed, refused, cancelled, duplicate,
//! and the limit is the one that the source states. An event that its life cycle does not allow is
//! kept and flagged.

mod clock_line;
mod duties;
mod ratings;
mod rights;
mod stages;
mod standing;
mod walk;

use std::sync::Arc;

use clock_line::ClockLine;
use walk::Walk;

use crate::calendar::Calendar;
use crate::case::{Timeline, Verdict};
use crate::city::City;
use crate::clock::facts::Fact;
use crate::clock::rules::Law;
use crate::dimension::Dimension;
use crate::event::{Body, Event, Facts, Flag};
use crate::regulation::Book;
use crate::symbol::{Symbols, word};
use crate::time::Timestamp;

/// Folds a case's events, which must be in the order of [`Event::order`]. `None` until there is a
/// `case.received` among them.
#[must_use]
pub fn fold(city: &City, symbols: &Symbols, events: &[Arc<Event>]) -> Option<Timeline> {
    let (received, facts) = receipt(events)?;
    let laws = laws_of(city, received.time, facts);
    let line = laws
        .iter()
        .any(|law| law.law.is_some())
        .then(|| ClockLine::new(laws, facts_of_case(events, received), symbols));
    let mut walk = Walk::new(city, symbols, line.as_ref(), received.time, facts);
    let mut verdicts = Vec::with_capacity(events.len());
    let mut flags: Vec<Flag> = Vec::new();
    for event in events {
        walk.let_limits_run_out(Some(event.time));
        let verdict = if Arc::ptr_eq(event, received) {
            walk.receive(event);
            Verdict::APPLIED
        } else if event.may_touch_case_of(&received.source) {
            walk.apply(event)
        } else {
            Verdict { applied: false, flag: Some(Flag::NotYourCase) }
        };
        verdicts.push(verdict);
    }
    walk.let_limits_run_out(None);
    let unmet = line.as_ref().map_or_else(Vec::new, |line| duties::unmet(line, events, &verdicts));
    for one in &unmet {
        flags.push(one.requirement.flag);
        verdicts[one.event].flag.get_or_insert(one.requirement.flag);
    }
    if let Some(line) = &line
        && line.law_at(received.time).is_some_and(|law| !law.rules.fits_code(&received.subject))
        && let Some(place) = events.iter().position(|event| Arc::ptr_eq(event, received))
    {
        flags.push(Flag::MalformedCode);
        verdicts[place].flag.get_or_insert(Flag::MalformedCode);
    }
    for (event, verdict) in events.iter().zip(&verdicts) {
        flags.extend(event.flags.iter().copied().chain(verdict.flag));
    }
    Some(walk.finish(verdicts, unmet, flags))
}

/// The facts of a case in the words of its regulation, as they are told to its clocks.
#[must_use]
pub fn facts_of_case(events: &[Arc<Event>], received: &Event) -> Vec<Fact> {
    let heard = events.iter().filter(|event| event.may_touch_case_of(&received.source));
    heard.flat_map(|event| event.facts.iter().cloned()).collect()
}

/// The receipt that makes the case. A source that may only touch its own cases makes none its own
/// that another has received.
#[must_use]
pub fn receipt(events: &[Arc<Event>]) -> Option<(&Arc<Event>, &Facts)> {
    let receipts = events.iter().filter_map(|event| match &event.body {
        Body::Received(facts) => Some((event, &**facts)),
        _ => None,
    });
    receipts.min_by_key(|(event, _)| event.bound_to.is_some())
}

/// What a case runs against for a time.
#[derive(Clone, Copy, Debug)]
pub struct LawFor<'a> {
    /// Until when; the last one is for ever.
    pub until: Timestamp,
    /// The regulation on its calendar; none where it falls under none.
    pub law: Option<Law<'a>>,
}

/// The regulations that a case falls under, by city, kind, and the day on which it was received: one
/// for each time that the city's folder was changed, ascending, and the one that holds now.
#[must_use]
pub fn laws_of<'a>(city: &'a City, received_at: Timestamp, facts: &Facts) -> Vec<LawFor<'a>> {
    if !city.has_regulations() {
        return Vec::new();
    }
    let kind = if facts.dims[Dimension::Kind.index()] == word::DOSSIER { "dossier" } else { "report" };
    let day = received_at.to_jiff().to_zoned(city.zone.clone()).date();
    let law = |book: &'a Book, calendar: Option<&'a Calendar>| {
        let rules = book.choose(&city.code, kind, day)?.rules;
        let calendar = rules.calendar.as_ref().or(calendar)?;
        Some(Law { due_soon_ppm: u32::from(city.due_soon_percent) * 10_000, ..Law::new(rules, calendar) })
    };
    let earlier = city.earlier_laws.iter().map(|earlier| LawFor {
        until: earlier.until,
        law: law(&earlier.regulations, earlier.calendar.as_deref()),
    });
    let now = LawFor { until: Timestamp::MAX, law: law(&city.regulations, city.calendar.as_deref()) };
    earlier.chain([now]).collect()
}
