//! `[[requirement]]`: what events have to bring along; `[code_form]`: how codes of cases are made.

use std::sync::Arc;

use super::super::RuleSet;
use super::super::requirement::{CodeForm, FLAGS, Requirement};
use super::super::vocabulary::{Condition, Vocabulary, unknown};
use super::rules::condition;
use super::texts;
use crate::document::{Fault, Faults, Node, Table};
use crate::event::Flag;

/// More of them than this are a mistake.
const REQUIREMENTS_MAX: usize = 500;

const KEYS: [&str; 10] =
    ["id", "rule", "clause", "text", "on", "when", "needs", "carried_by", "at_most", "flag"];

pub(super) fn read(root: &Table<'_>, set: &mut RuleSet, faults: &mut Faults) {
    let nodes = faults.or_default(root.list("requirement"));
    if nodes.len() > REQUIREMENTS_MAX {
        return faults.add(root.fault_at_key("requirement", "these are too many requirements"));
    }
    for node in &nodes {
        let read = node.table().and_then(|table| {
            let requirement = requirement(&table, set)?;
            if set.requirements.iter().any(|other| other.id == requirement.id) {
                let id = table.get("id").or(table.get("rule"));
                let message = format!("{} is the id of a requirement above", requirement.id);
                return Err(
                    id.map_or_else(|| table.fault(message.clone()), |node| node.fault(message.clone()))
                );
            }
            Ok(requirement)
        });
        if let Some(requirement) = faults.keep(read) {
            set.requirements.push(Arc::new(requirement));
        }
    }
}

fn requirement(table: &Table<'_>, set: &RuleSet) -> Result<Requirement, Fault> {
    table.allow(&KEYS)?;
    let rule = table.get("rule").map(|node| {
        let name = node.text()?;
        let found = set.find(name).map(|ix| set.rule(ix));
        found.ok_or_else(|| node.fault(format!("{name:?} is no rule of this file")))
    });
    let rule = rule.transpose()?;
    let id = match (table.text("id")?, rule) {
        (Some(id), _) => id,
        (None, Some(rule)) => rule.id.clone(),
        (None, None) => return Err(table.fault("a requirement needs id, or the rule that it comes from")),
    };
    let clause = match (table.text("clause")?, rule) {
        (Some(clause), _) => clause,
        (None, Some(rule)) => rule.clause.clone(),
        (None, None) => return Err(table.fault("a requirement needs clause, or the rule that it comes from")),
    };
    let words = &set.vocabulary;
    table.need("on")?;
    let needs = needs(table)?;
    let at_most = table.get("at_most").map(|node| count(&node)).transpose()?;
    if needs.is_empty() && at_most.is_none() {
        return Err(table.fault("a requirement needs needs, what has to come along, or at_most, how often"));
    }
    Ok(Requirement {
        id,
        clause,
        text: table.need("text")?.label()?,
        on: acts(table, "on", words)?,
        when: table.get("when").map_or(Ok(Condition::Always), |node| condition(&node, words))?,
        needs,
        carried_by: acts(table, "carried_by", words)?,
        at_most,
        flag: flag(&table.need("flag")?)?,
    })
}

/// Words of events: steps and promises.
fn acts(table: &Table<'_>, key: &str, words: &Vocabulary) -> Result<Vec<String>, Fault> {
    let names = texts(table, key)?;
    for (name, node) in &names {
        if words.step(name).is_none() && !words.knows_commitment(name) {
            return Err(node.fault(unknown(0, "step", name, &[], "steps").message));
        }
    }
    Ok(names.into_iter().map(|(name, _)| name).collect())
}

/// A list of names, each with its alternatives: `"image || minutes"`.
fn needs(table: &Table<'_>) -> Result<Vec<Vec<String>>, Fault> {
    let lists = texts(table, "needs")?.into_iter().map(|(text, node)| {
        let names: Vec<String> = text.split("||").map(|name| name.trim().to_owned()).collect();
        let is_name = |name: &String| {
            !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
        };
        if names.iter().all(is_name) {
            return Ok(names);
        }
        Err(node.fault(format!("{text:?} is no list of names with || between them")))
    });
    lists.collect()
}

fn count(node: &Node<'_>) -> Result<u32, Fault> {
    let count = u32::try_from(node.whole()?).ok().filter(|count| *count >= 1);
    count.ok_or_else(|| node.fault("at_most is a number from 1"))
}

fn flag(node: &Node<'_>) -> Result<Flag, Fault> {
    let name = node.text()?;
    FLAGS.into_iter().find(|flag| flag.name() == name).ok_or_else(|| {
        let known: Vec<&str> = FLAGS.iter().map(|flag| flag.name()).collect();
        node.fault(format!("unknown flag {name:?}; they are {}", known.join(", ")))
    })
}

pub(super) fn code_form(root: &Table<'_>, faults: &mut Faults) -> Option<CodeForm> {
    let table = faults.or_default(root.table("code_form"))?;
    let read = || {
        table.allow(&["clause", "form"])?;
        let form = table.need("form")?;
        let text = form.text()?;
        if text.is_empty() {
            return Err(form.fault("a form has at least one sign"));
        }
        Ok(CodeForm { clause: table.need("clause")?.text()?.to_owned(), form: text.to_owned() })
    };
    faults.keep(read())
}
