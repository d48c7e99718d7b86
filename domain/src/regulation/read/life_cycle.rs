//! `[life_cycle]`: the states of a regulation's cases and the ways between them.

use super::super::life_cycle::{CaseState, LifeCycle, Stands, StateIx, Target, Transition};
use super::super::vocabulary::{Condition, Vocabulary, unknown};
use super::rules::condition;
use super::texts;
use crate::document::{Fault, Faults, Node, Table};

/// More of either than this is a mistake.
const PARTS_MAX: usize = 500;

const STANDS: [(&str, Stands); 6] = [
    ("open", Stands::Open),
    ("resolved", Stands::Resolved),
    ("closed", Stands::Closed),
    ("refused", Stands::Refused),
    ("cancelled", Stands::Cancelled),
    ("duplicate", Stands::Duplicate),
];

/// What leads to another state and is no step: a changed attribute, a link, a repeated report.
const OWN_WORDS: [&str; 3] = ["amended", "duplicate", "committed"];

/// The state from which a case came.
const PREVIOUS: &str = "previous";
/// The state in which a case is.
const SAME: &str = "same";

pub(super) fn read(root: &Table<'_>, words: &Vocabulary, faults: &mut Faults) -> Option<LifeCycle> {
    let table = faults.or_default(root.table("life_cycle"))?;
    table.allow_only(&["states", "transitions"], faults);
    let states = faults.or_default(table.list("states"));
    let ways = faults.or_default(table.list("transitions"));
    if states.is_empty() {
        faults.add(table.fault("a life cycle needs `states`"));
        return None;
    }
    if states.len().max(ways.len()) > PARTS_MAX {
        faults.add(table.fault("these are too many states or transitions"));
        return None;
    }
    let before = faults.len();
    let mut cycle = LifeCycle::default();
    for (place, node) in states.iter().enumerate() {
        let Some(state) = faults.keep(node.table().and_then(|table| state(&table))) else { continue };
        if cycle.find(&state.name).is_some() {
            faults.add(node.fault(format!("{} is a state above", state.name)));
        }
        if place == 0 && state.stands != Stands::Open {
            faults.add(node.fault("the first state is the one of a case just received: it stands open"));
        }
        cycle.states.push(state);
    }
    // A way to or from a state that could not be read would be told that there is none.
    if faults.len() > before {
        return None;
    }
    for node in &ways {
        if let Some(way) = faults.keep(node.table().and_then(|table| way(&table, words, &cycle))) {
            cycle.transitions.push(way);
        }
    }
    Some(cycle)
}

fn state(table: &Table<'_>) -> Result<CaseState, Fault> {
    table.allow(&["name", "label", "stands", "stage"])?;
    let name = table.need("name")?;
    let text = name.text()?;
    let fits = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_';
    if text.is_empty() || [PREVIOUS, SAME].contains(&text) || !text.chars().all(fits) {
        return Err(name.fault(
            "a state's name is lower-case letters, digits and _, and neither \"previous\" nor \"same\"",
        ));
    }
    let stands = table.need("stands")?;
    let word = stands.text()?;
    let known = STANDS.iter().find(|(name, _)| *name == word).map(|(_, stands)| *stands);
    Ok(CaseState {
        name: text.to_owned(),
        label: table.need("label")?.label()?,
        stands: known.ok_or_else(|| {
            let names = STANDS.map(|(name, _)| name).join(", ");
            stands.fault(format!("a case does not stand {word:?}; it stands {names}"))
        })?,
        stage: table.text("stage")?,
    })
}

fn way(table: &Table<'_>, words: &Vocabulary, cycle: &LifeCycle) -> Result<Transition, Fault> {
    table.allow(&["id", "from", "on", "when", "to"])?;
    let find = |name: &str, node: &Node<'_>| -> Result<StateIx, Fault> {
        let known: Vec<&str> = cycle.states.iter().map(|state| state.name.as_str()).collect();
        cycle
            .find(name)
            .ok_or_else(|| node.fault(unknown(0, "state", name, &known, "life_cycle states").message))
    };
    let from = match table.get("from") {
        // From everywhere where the case is open.
        Some(node) if node.as_text() == Some("open") => (0..)
            .map(StateIx)
            .zip(&cycle.states)
            .filter(|(_, state)| state.stands == Stands::Open)
            .map(|(ix, _)| ix)
            .collect(),
        _ => texts(table, "from")?.iter().map(|(name, node)| find(name, node)).collect::<Result<_, _>>()?,
    };
    let on = texts(table, "on")?;
    if on.is_empty() {
        return Err(table.fault("a transition needs `on`: the step that it follows"));
    }
    for (word, node) in &on {
        let known = words.step(word).is_some()
            || words.knows_commitment(word)
            || words.knows_action(word)
            || OWN_WORDS.contains(&word.as_str());
        if !known {
            return Err(node.fault(unknown(0, "step", word, &OWN_WORDS, "steps").message));
        }
    }
    let to = table.need("to")?;
    Ok(Transition {
        id: table.need("id")?.text()?.to_owned(),
        from,
        on: on.into_iter().map(|(word, _)| word).collect(),
        when: table.get("when").map_or(Ok(Condition::Always), |node| condition(&node, words))?,
        to: match to.text()? {
            PREVIOUS => Target::Previous,
            SAME => Target::Same,
            name => Target::State(find(name, &to)?),
        },
    })
}
