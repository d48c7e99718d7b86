//! `[[event]]`: one kind of event that a row can make.

use super::expression::{self, Expression, Tables, read_members};
use super::{Columns, Condition, condition};
use domain::document::{Fault, Node, Table};

/// One kind of event that a row can make.
#[derive(Debug)]
pub(crate) struct EventRule {
    /// The type without `vn.toancanh.`.
    pub(crate) kind: String,
    /// What tells this event from the row's others; part of its id.
    pub(crate) name: String,
    /// Which rows make it; none is "those that have its time".
    pub(crate) condition: Option<Condition>,
    /// When it happened: a [`Expression::Time`], or the first of several.
    pub(crate) time: Expression,
    /// The members of its data.
    pub(crate) data: Vec<(String, Expression)>,
}

/// The types of events about a case (`interfaces.md` section 3).
const KINDS: [&str; 15] = [
    "case.received",
    "case.amended",
    "case.transferred",
    "case.step",
    "case.committed",
    "case.suspended",
    "case.resumed",
    "case.linked",
    "case.resolved",
    "case.closed",
    "case.reopened",
    "case.refused",
    "case.cancelled",
    "case.noticed",
    "case.rated",
];

pub(super) fn read_all(
    mapping: &Table<'_>,
    columns: &mut Columns,
    tables: &Tables,
) -> Result<Vec<EventRule>, Fault> {
    let nodes = mapping.list("event")?;
    if nodes.is_empty() {
        return Err(mapping.fault("the file needs at least one [[event]]"));
    }
    let mut rules: Vec<EventRule> = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let rule = read_one(node, columns, tables)?;
        if rules.iter().any(|other| other.name == rule.name) {
            return Err(node.fault(format!(
                "two events are named {:?}; give one of them another name = \"…\"",
                rule.name
            )));
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn read_one(node: &Node<'_>, columns: &mut Columns, tables: &Tables) -> Result<EventRule, Fault> {
    let table = node.table()?;
    table.allow(&["type", "name", "when", "time", "data"])?;
    let kind = read_kind(&table.need("type")?)?;
    let plain_name = kind.rsplit('.').next().unwrap_or_default().to_owned();
    let data = match table.table("data")? {
        Some(data) => read_members(&data, columns, tables)?,
        None => Vec::new(),
    };
    Ok(EventRule {
        name: table.get("name").map(|node| read_name(&node)).transpose()?.unwrap_or(plain_name),
        condition: table.get("when").map(|node| condition::read(&node, columns)).transpose()?,
        time: read_time(&table.need("time")?, columns, tables)?,
        data,
        kind,
    })
}

fn read_kind(node: &Node<'_>) -> Result<String, Fault> {
    let text = node.text()?;
    let kind = text.strip_prefix("vn.toancanh.").unwrap_or(text);
    if KINDS.contains(&kind) {
        return Ok(kind.to_owned());
    }
    Err(node.fault(format!("{text:?} is no type of event; the types are {}", KINDS.join(", "))))
}

fn read_name(node: &Node<'_>) -> Result<String, Fault> {
    let name = node.text()?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || name.len() > 32 || !name.chars().all(fits) {
        return Err(node.fault("name must be 1 to 32 lower-case letters, digits and _"));
    }
    Ok(name.to_owned())
}

/// A column's name, a table with `time`, or `{ first = [ … ] }` of such.
fn read_time(node: &Node<'_>, columns: &mut Columns, tables: &Tables) -> Result<Expression, Fault> {
    if !node.is_table() {
        return super::time::read_when(node, columns).map(Expression::Time);
    }
    if !node.table()?.has("first") {
        return expression::read(node, columns, tables).and_then(|time| only_time(node, time));
    }
    let table = node.table()?;
    table.allow(&["first"])?;
    let list = table.list("first")?;
    let list = list.iter().map(|node| read_time(node, columns, tables));
    list.collect::<Result<_, _>>().map(Expression::First)
}

fn only_time(node: &Node<'_>, time: Expression) -> Result<Expression, Fault> {
    let is_time = match &time {
        Expression::Time(_) => true,
        Expression::Lenient(inner) => matches!(**inner, Expression::Time(_)),
        _ => false,
    };
    if is_time {
        Ok(time)
    } else {
        Err(node.fault("time must be a column's name or { time = \"column\", … }"))
    }
}
