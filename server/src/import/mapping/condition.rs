//! `when`: which rows make an event.

use super::Columns;
use super::expression::read_column;
use domain::document::{Fault, Node, Table};

/// Whether a row makes an event.
#[derive(Debug)]
pub(crate) enum Condition {
    /// The column has nothing (`true`) or something (`false`).
    Empty(usize, bool),
    /// The column's text is one of these (`true`) or none of them (`false`).
    In(usize, Vec<String>, bool),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
}

const KEYS: [&str; 9] = ["column", "empty", "is", "is_not", "in", "not_in", "all", "any", "not"];

/// Reads a condition; a list of conditions means all of them.
pub(super) fn read(node: &Node<'_>, columns: &mut Columns) -> Result<Condition, Fault> {
    if node.is_list() {
        return Ok(Condition::All(read_list(node, columns)?));
    }
    let table = node.table()?;
    table.allow(&KEYS)?;
    if let Some(all) = table.get("all") {
        return Ok(Condition::All(read_list(&all, columns)?));
    }
    if let Some(any) = table.get("any") {
        return Ok(Condition::Any(read_list(&any, columns)?));
    }
    if let Some(not) = table.get("not") {
        return Ok(Condition::Not(Box::new(read(&not, columns)?)));
    }
    read_column_test(&table, columns)
}

fn read_list(node: &Node<'_>, columns: &mut Columns) -> Result<Vec<Condition>, Fault> {
    node.list()?.iter().map(|node| read(node, columns)).collect()
}

fn read_column_test(table: &Table<'_>, columns: &mut Columns) -> Result<Condition, Fault> {
    let column = read_column(&table.need("column")?, columns)?;
    let tests = ["empty", "is", "is_not", "in", "not_in"].map(|key| table.get(key));
    let [empty, is, is_not, one_of, none_of] = &tests;
    if tests.iter().flatten().count() != 1 {
        return Err(table.fault("a condition needs one of empty, is, is_not, in, not_in beside column"));
    }
    let texts = |node: &Node<'_>| -> Result<Vec<String>, Fault> {
        node.list()?.iter().map(|node| node.text().map(str::to_owned)).collect()
    };
    let text = |node: &Node<'_>| node.text().map(|text| vec![text.to_owned()]);
    Ok(match (empty, is, is_not, one_of, none_of) {
        (Some(node), ..) => Condition::Empty(column, node.truth()?),
        (_, Some(node), ..) => Condition::In(column, text(node)?, true),
        (_, _, Some(node), ..) => Condition::In(column, text(node)?, false),
        (_, _, _, Some(node), _) => Condition::In(column, texts(node)?, true),
        (.., Some(node)) => Condition::In(column, texts(node)?, false),
        (None, None, None, None, None) => return Err(table.fault("a condition needs a test")),
    })
}
