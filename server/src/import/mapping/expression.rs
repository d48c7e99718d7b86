//! Where the value of an event's member comes from.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::Columns;
use super::time::{When, read_when};
use domain::document::{Fault, Node, Table};

/// Where a value comes from.
#[derive(Debug)]
pub(crate) enum Expression {
    /// The same in every row.
    Constant(Json),
    /// Text from one or more columns.
    Text(Text),
    /// An instant, written with the city's offset.
    Time(When),
    /// A number.
    Number(usize),
    /// A whole number.
    Whole(usize),
    /// Yes or no.
    Truth(usize),
    /// A point from two columns.
    Point {
        /// Degrees north.
        lat: usize,
        /// Degrees east.
        lng: usize,
    },
    /// A point from two numbers in one column.
    PointText(usize, Order),
    /// The first of these that the row has.
    First(Vec<Expression>),
    /// A JSON object; members that the row does not have are left out.
    Object(Vec<(String, Expression)>),
    /// What cannot be read counts as empty; the row stays.
    Lenient(Box<Expression>),
}

/// Which of two numbers is the latitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    LatLng,
    LngLat,
}

/// Text from columns.
#[derive(Debug)]
pub(crate) struct Text {
    /// In order. Parts after the first empty one are left out: a path ends where it is not known.
    pub(crate) columns: Vec<usize>,
    pub(crate) join: String,
    pub(crate) table: Option<Arc<ValueTable>>,
    pub(crate) otherwise: Otherwise,
    /// What stands for an empty value.
    pub(crate) default: Option<String>,
}

/// What values become.
pub(crate) type ValueTable = BTreeMap<String, String>;

/// The tables of a mapping by name.
pub(super) type Tables = BTreeMap<String, Arc<ValueTable>>;

/// What to do with a value that its table does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Otherwise {
    Keep,
    Empty,
    Reject,
}

/// The keys of which a table must have one to be an expression; any other table is an object.
const KINDS: [&str; 10] =
    ["const", "column", "columns", "time", "number", "integer", "bool", "lat_lng", "lng_lat", "first"];

/// Reads an expression: a column's name, an expression's table, or an object of expressions.
pub(super) fn read(node: &Node<'_>, columns: &mut Columns, tables: &Tables) -> Result<Expression, Fault> {
    if node.as_text().is_some() {
        return Ok(Expression::Text(Text::plain(vec![read_column(node, columns)?])));
    }
    if !node.is_table() {
        return Err(node.fault(format!(
            "{} must be a column's name in quotes or a table; write {{ const = … }} for a fixed value",
            node.name()
        )));
    }
    let table = node.table()?;
    let is_point = table.has("lat") && table.has("lng");
    let Some(kind) = KINDS.into_iter().find(|kind| table.has(kind)).or(is_point.then_some("lat")) else {
        return read_members(&table, columns, tables).map(Expression::Object);
    };
    let expression = read_kind(node, &table, kind, columns, tables)?;
    Ok(if is_lenient(&table)? { Expression::Lenient(Box::new(expression)) } else { expression })
}

/// Reads the members of an object.
pub(super) fn read_members(
    table: &Table<'_>,
    columns: &mut Columns,
    tables: &Tables,
) -> Result<Vec<(String, Expression)>, Fault> {
    let mut members = Vec::new();
    for name in table.keys() {
        let Some(node) = table.get(name) else { continue };
        members.push((name.to_owned(), read(&node, columns, tables)?));
    }
    Ok(members)
}

fn read_kind(
    node: &Node<'_>,
    table: &Table<'_>,
    kind: &str,
    columns: &mut Columns,
    tables: &Tables,
) -> Result<Expression, Fault> {
    let value = table.need(kind)?;
    match kind {
        "column" | "columns" => return read_text(table, &value, columns, tables).map(Expression::Text),
        "time" => return read_when(node, columns).map(Expression::Time),
        "first" => {
            table.allow(&["first", "invalid"])?;
            let list = value.list()?;
            let list = list.iter().map(|node| read(node, columns, tables));
            return list.collect::<Result<_, _>>().map(Expression::First);
        }
        "const" => {
            table.allow(&["const"])?;
            return value.json().map(Expression::Constant);
        }
        "lat" => {
            table.allow(&["lat", "lng", "invalid"])?;
            let lat = read_column(&value, columns)?;
            return Ok(Expression::Point { lat, lng: read_column(&table.need("lng")?, columns)? });
        }
        _ => {}
    }
    table.allow(&[kind, "invalid"])?;
    let column = read_column(&value, columns)?;
    Ok(match kind {
        "number" => Expression::Number(column),
        "integer" => Expression::Whole(column),
        "bool" => Expression::Truth(column),
        "lat_lng" => Expression::PointText(column, Order::LatLng),
        _ => Expression::PointText(column, Order::LngLat),
    })
}

impl Text {
    fn plain(columns: Vec<usize>) -> Self {
        Self { columns, join: String::new(), table: None, otherwise: Otherwise::Keep, default: None }
    }
}

fn read_text(
    table: &Table<'_>,
    value: &Node<'_>,
    columns: &mut Columns,
    tables: &Tables,
) -> Result<Text, Fault> {
    table.allow(&["column", "columns", "join", "table", "otherwise", "default", "invalid"])?;
    let mut text = Text::plain(read_column_list(value, columns)?);
    text.join = table.text("join")?.unwrap_or_else(|| " ".to_owned());
    text.default = table.text("default")?;
    if let Some(node) = table.get("table") {
        let name = node.text()?;
        let found = tables.get(name).ok_or_else(|| {
            let known = tables.keys().cloned().collect::<Vec<_>>().join(", ");
            node.fault(format!("there is no [tables.{name}]; the tables are: {known}"))
        })?;
        text.table = Some(found.clone());
    }
    if let Some(node) = table.get("otherwise") {
        text.otherwise = match node.text()? {
            "keep" => Otherwise::Keep,
            "empty" => Otherwise::Empty,
            "reject" => Otherwise::Reject,
            _ => return Err(node.fault("otherwise must be \"keep\", \"empty\" or \"reject\"")),
        };
    }
    Ok(text)
}

/// `[tables.<name>]`: what the values of a column become.
pub(super) fn read_tables(mapping: &Table<'_>) -> Result<Tables, Fault> {
    let Some(all) = mapping.table("tables")? else { return Ok(Tables::new()) };
    let mut tables = Tables::new();
    for name in all.keys() {
        let Some(table) = all.table(name)? else { continue };
        let mut values = ValueTable::new();
        for from in table.keys() {
            let Some(to) = table.text(from)? else { continue };
            values.insert(from.to_owned(), to);
        }
        tables.insert(name.to_owned(), Arc::new(values));
    }
    Ok(tables)
}

/// One column by its name.
pub(super) fn read_column(node: &Node<'_>, columns: &mut Columns) -> Result<usize, Fault> {
    match node.text()? {
        "" => Err(node.fault(format!("{} must name a column", node.name()))),
        name => Ok(columns.intern(name, node.fault(""))),
    }
}

/// One column or a list of columns.
pub(super) fn read_column_list(node: &Node<'_>, columns: &mut Columns) -> Result<Vec<usize>, Fault> {
    if !node.is_list() {
        return Ok(vec![read_column(node, columns)?]);
    }
    let list = node.list()?;
    if list.is_empty() {
        return Err(node.fault(format!("{} must name at least one column", node.name())));
    }
    list.iter().map(|node| read_column(node, columns)).collect()
}

fn is_lenient(table: &Table<'_>) -> Result<bool, Fault> {
    let Some(node) = table.get("invalid") else { return Ok(false) };
    match node.text()? {
        "empty" => Ok(true),
        "reject" => Ok(false),
        _ => Err(node.fault("invalid must be \"reject\" or \"empty\"")),
    }
}
