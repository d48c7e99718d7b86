//! What a case's events lack of what its regulation asks of them.

use std::sync::Arc;

use super::clock_line::ClockLine;
use crate::case::{Unmet, Verdict};
use crate::clock::facts::{Fact, What};
use crate::event::{Body, Event};
use crate::regulation::Requirement;

/// Looks at every event that was applied, with the regulation that held at its time. What an event
/// says of what another lacks counts whichever came first, as long as the case was not opened again
/// between them.
pub(super) fn unmet(line: &ClockLine<'_>, events: &[Arc<Event>], verdicts: &[Verdict]) -> Vec<Unmet> {
    let rounds = rounds(events, verdicts);
    let heard = |place: usize| verdicts[place].applied;
    let mut unmet: Vec<Unmet> = Vec::new();
    let mut happened: Vec<(&str, u32)> = Vec::new();
    for (place, event) in events.iter().enumerate().filter(|(place, _)| heard(*place)) {
        let Some(law) = line.law_at(event.time) else { continue };
        for requirement in &law.rules.requirements {
            let is_about = event
                .facts
                .iter()
                .filter_map(carried)
                .any(|(word, _)| requirement.on.iter().any(|on| on == word));
            if !is_about || !law.holds(line.facts(), &requirement.when, event.time) {
                continue;
            }
            let carriers = events
                .iter()
                .enumerate()
                .filter(|(other, _)| rounds[*other] == rounds[place] && heard(*other));
            let missing = missing(requirement, event, carriers.map(|(_, event)| &**event));
            let is_too_often =
                requirement.at_most.is_some_and(|most| once_more(&mut happened, &requirement.id) > most);
            if !missing.is_empty() || is_too_often {
                unmet.push(Unmet { event: place, requirement: requirement.clone(), missing });
            }
        }
    }
    unmet
}

/// How often the case had been opened again when each event happened.
fn rounds(events: &[Arc<Event>], verdicts: &[Verdict]) -> Vec<u32> {
    let mut round = 0;
    let opened_again =
        |place: usize, event: &Event| matches!(event.body, Body::Reopened) && verdicts[place].applied;
    let each = events.iter().enumerate().map(|(place, event)| {
        round += u32::from(opened_again(place, event));
        round
    });
    each.collect()
}

/// Counts what happened under a name; how often that is now.
fn once_more<'a>(happened: &mut Vec<(&'a str, u32)>, name: &'a str) -> u32 {
    match happened.iter_mut().find(|(known, _)| *known == name) {
        Some((_, times)) => {
            *times += 1;
            *times
        }
        None => {
            happened.push((name, 1));
            1
        }
    }
}

fn missing<'a>(
    requirement: &Requirement,
    event: &'a Event,
    others: impl Iterator<Item = &'a Event>,
) -> Vec<String> {
    if requirement.needs.is_empty() {
        return Vec::new();
    }
    let mut came: Vec<&str> = Vec::new();
    for (_, evidence) in event.facts.iter().filter_map(carried) {
        came.extend(evidence.iter().map(|name| &**name));
    }
    for (word, evidence) in others.flat_map(|other| other.facts.iter().filter_map(carried)) {
        if requirement.carried_by.iter().any(|by| by == word) {
            came.push(word);
            came.extend(evidence.iter().map(|name| &**name));
        }
    }
    requirement.missing(&came)
}

/// The word of a fact that is an act, and what came with it.
fn carried(fact: &Fact) -> Option<(&str, &[Arc<str>])> {
    match &fact.what {
        What::Step { name, evidence, .. } => Some((name, evidence)),
        What::Committed { commitment, evidence, .. } => Some((commitment, evidence)),
        _ => None,
    }
}
