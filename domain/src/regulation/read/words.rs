//! `[vocabulary]` and `[[unit]]`: the words that a file brings along.

use super::super::vocabulary::{Flag, Measure, StandIn, Unit, Vocabulary, unknown};
use super::texts;
use crate::city::Label;
use crate::document::{Fault, Faults, Node, Table};

/// More words than this are a mistake.
const WORDS_MAX: usize = 10_000;

pub(super) fn read(root: &Table<'_>, words: &mut Vocabulary, faults: &mut Faults) {
    for node in faults.or_default(root.list("unit")) {
        faults.keep(unit(&node, words));
    }
    let Some(table) = faults.or_default(root.table("vocabulary")) else {
        return;
    };
    table.allow_only(&["steps", "flags", "attributes", "commitments", "actions"], faults);
    let steps = faults.or_default(table.list("steps"));
    if steps.len() > WORDS_MAX {
        return faults.add(table.fault_at_key("steps", "these are too many steps"));
    }
    let before = faults.len();
    // All names first: steps, flags and actions may be made of each other, in any order.
    for node in &steps {
        if let Some((name, label)) = faults.keep(named(node)) {
            words.add_step(&name, label);
        }
    }
    for (name, node) in faults.or_default(texts(&table, "actions")) {
        if faults.keep(word(&name, &node)).is_some() {
            words.add_action(&name);
        }
    }
    for (name, node) in faults.or_default(texts(&table, "commitments")) {
        if faults.keep(word(&name, &node)).is_some() {
            words.add_commitment(&name);
        }
    }
    for node in faults.or_default(table.list("attributes")) {
        faults.keep(attribute(&node, words));
    }
    // What is made of a name that could not be read would be told that there is none.
    if faults.len() > before {
        return;
    }
    for node in faults.or_default(table.list("flags")) {
        faults.keep(flag(&node, words));
    }
    for node in steps.iter().filter(|node| node.is_table()) {
        faults.keep(step(node, words));
    }
}

/// A name, or `{ name = …, label = …, … }`.
fn named(node: &Node<'_>) -> Result<(String, Label), Fault> {
    if !node.is_table() {
        let name = node.text()?;
        word(name, node)?;
        return Ok((name.to_owned(), Label { vi: name.to_owned(), en: name.to_owned() }));
    }
    let table = node.table()?;
    let name_node = table.need("name")?;
    let name = name_node.text()?;
    word(name, &name_node)?;
    let label = table
        .get("label")
        .map_or_else(|| Ok(Label { vi: name.to_owned(), en: name.to_owned() }), |node| node.label())?;
    Ok((name.to_owned(), label))
}

/// Words are what expressions can hold.
fn word(name: &str, node: &Node<'_>) -> Result<(), Fault> {
    let letters = name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    let begins = name.chars().next().is_some_and(|char| char.is_ascii_alphabetic() || char == '_');
    if letters && begins {
        return Ok(());
    }
    Err(node.fault(format!("{name:?} is no word: ASCII letters, digits and _, a letter first")))
}

fn step(node: &Node<'_>, words: &mut Vocabulary) -> Result<(), Fault> {
    let table = node.table()?;
    table.allow(&["name", "label", "any_of", "after", "stand_ins", "when"])?;
    let find = |name: &str, node: &Node<'_>| {
        words.step(name).ok_or_else(|| node.fault(unknown(0, "step", name, &[], "steps").message))
    };
    let own = find(table.need("name")?.text()?, node)?;
    let list = |key: &str| {
        texts(&table, key)?.iter().map(|(name, node)| find(name, node)).collect::<Result<Vec<_>, Fault>>()
    };
    let (any_of, stand_ins) = (list("any_of")?, list("stand_ins")?);
    let after = table.get("after").map(|node| find(node.text()?, &node)).transpose()?;
    if any_of.contains(&own) || stand_ins.contains(&own) {
        return Err(node.fault("a step cannot be made of itself"));
    }
    let when = match table.get("when") {
        None => None,
        Some(node) => {
            let text = node.text()?;
            Some(words.condition(text).map_err(|wrong| node.fault_in_text(wrong.at, wrong.message))?)
        }
    };
    words.set_step(own, |step| {
        step.any_of.extend(any_of);
        step.stand_ins.extend(stand_ins.into_iter().map(|step| StandIn { step, not_before: None }));
        step.after = after.or(step.after);
        step.when = when.or(step.when.take());
    });
    Ok(())
}

fn flag(node: &Node<'_>, words: &mut Vocabulary) -> Result<(), Fault> {
    let (name, _) = named(node)?;
    let mut flag = Flag { name, set_by: Vec::new(), per_unit: false };
    if node.is_table() {
        let table = node.table()?;
        table.allow(&["name", "label", "set_by", "per_unit"])?;
        flag.per_unit = table.flag("per_unit")?;
        for (step, node) in texts(&table, "set_by")? {
            let step = words
                .step(&step)
                .ok_or_else(|| node.fault(unknown(0, "step", &step, &[], "steps").message))?;
            flag.set_by.push(step);
        }
    }
    words.add_flag(flag);
    Ok(())
}

fn attribute(node: &Node<'_>, words: &mut Vocabulary) -> Result<(), Fault> {
    let (name, _) = named(node)?;
    let (mut values, mut default) = (Vec::new(), None);
    if node.is_table() {
        let table = node.table()?;
        table.allow(&["name", "label", "values", "default"])?;
        for (value, node) in texts(&table, "values")? {
            if !value.chars().all(|char| char.is_ascii_alphanumeric() || char == '_') || value.is_empty() {
                return Err(node.fault(format!("{value:?} is no word: ASCII letters, digits and _")));
            }
            values.push(value);
        }
        default = table.text("default")?;
    }
    words.add_attribute(&name, values, default);
    Ok(())
}

const SECOND: i64 = 1_000_000;

/// What a unit may be made of.
const MEASURES: [&str; 8] = [
    "clock_seconds",
    "clock_minutes",
    "clock_hours",
    "working_seconds",
    "working_minutes",
    "working_hours",
    "working_days",
    "calendar_days",
];

fn unit(node: &Node<'_>, words: &mut Vocabulary) -> Result<(), Fault> {
    let table = node.table()?;
    table.allow(&[["id", "label"].as_slice(), &MEASURES].concat())?;
    let id = table.need("id")?;
    let name = id.text()?.to_owned();
    word(&name, &id)?;
    let label = table
        .get("label")
        .map_or_else(|| Ok(Label { vi: name.clone(), en: name.clone() }), |node| node.label())?;
    let mut stated = MEASURES.into_iter().filter_map(|key| Some((key, table.get(key)?)));
    let (Some((key, amount)), None) = (stated.next(), stated.next()) else {
        return Err(id.fault(format!("unit {name:?} needs exactly one of {}", MEASURES.join(", "))));
    };
    let count = amount.whole()?;
    let count = u32::try_from(count)
        .ok()
        .filter(|count| (1..=1_000_000).contains(count))
        .ok_or_else(|| amount.fault(format!("{key} must be a number from 1 to 1000000")))?;
    let long = i64::from(count) * SECOND;
    let measure = match key {
        "clock_seconds" => Measure::ClockTime(long),
        "clock_minutes" => Measure::ClockTime(long * 60),
        "clock_hours" => Measure::ClockTime(long * 3600),
        "working_seconds" => Measure::WorkingTime(long),
        "working_minutes" => Measure::WorkingTime(long * 60),
        "working_hours" => Measure::WorkingTime(long * 3600),
        "working_days" => Measure::WorkingDays(count),
        _ => Measure::CalendarDays(count),
    };
    words.add_unit(Unit { name, label, measure });
    Ok(())
}
