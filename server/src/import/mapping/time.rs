//! `[time]`: how the file writes instants.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::Columns;
use super::expression::read_column_list;
use crate::city::settings::read_zone;
use domain::document::{Fault, Node, Table};

/// How the file writes instants, where a column does not say otherwise.
#[derive(Debug)]
pub(crate) struct TimeRules {
    /// The zone of times without an offset; none is the city's.
    pub(crate) zone: Option<TimeZone>,
    /// Tried in order.
    pub(crate) formats: Vec<Format>,
    /// Which of two instants a time in the repeated hour is.
    pub(crate) ambiguous: Pick,
    /// What a time in the skipped hour is.
    pub(crate) missing: Pick,
    /// Which instant a date without a time is.
    pub(crate) date_only: DateOnly,
}

/// One way of writing an instant.
#[derive(Debug)]
pub(crate) enum Format {
    /// `2015-01-31T23:59:00-05:00`.
    Rfc3339,
    /// `2015-01-31T23:59:00.000`, `2015-01-31 23:59` or `2015-01-31`.
    Iso,
    /// Seconds since 1970-01-01T00:00:00Z.
    Unix,
    /// Milliseconds since then.
    UnixMillis,
    /// A pattern of strptime.
    Pattern(String),
}

/// What to do where the clock was turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    Earlier,
    Later,
    Reject,
}

/// Which instant of its day a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateOnly {
    /// At this time of the day.
    At(Time),
    /// The last second of the day: the next midnight less one second.
    End,
    Reject,
}

/// An instant read from one or more columns.
#[derive(Debug)]
pub(crate) struct When {
    /// Joined by a space: a date and a time may stand in two columns.
    pub(crate) columns: Vec<usize>,
    /// Other formats than the file's.
    pub(crate) formats: Option<Vec<Format>>,
    /// Another meaning of dates than the file's.
    pub(crate) date_only: Option<DateOnly>,
}

const KEYS: [&str; 5] = ["zone", "formats", "ambiguous", "missing", "date_only"];

pub(super) fn read_rules(mapping: &Table<'_>) -> Result<TimeRules, Fault> {
    let mut rules = TimeRules {
        zone: None,
        formats: vec![Format::Rfc3339, Format::Iso],
        ambiguous: Pick::Earlier,
        missing: Pick::Later,
        date_only: DateOnly::At(Time::midnight()),
    };
    let Some(table) = mapping.table("time")? else { return Ok(rules) };
    table.allow(&KEYS)?;
    rules.zone = table.get("zone").map(|node| read_zone(&node)).transpose()?.map(|(_, zone)| zone);
    if let Some(formats) = read_formats(&table)? {
        rules.formats = formats;
    }
    if let Some(node) = table.get("ambiguous") {
        rules.ambiguous = read_pick(&node)?;
    }
    if let Some(node) = table.get("missing") {
        rules.missing = read_pick(&node)?;
    }
    if let Some(node) = table.get("date_only") {
        rules.date_only = read_date_only(&node)?;
    }
    Ok(rules)
}

/// A column's name, a list of columns, or a table with `time` and what differs for this column.
pub(super) fn read_when(node: &Node<'_>, columns: &mut Columns) -> Result<When, Fault> {
    if !node.is_table() {
        let columns = read_column_list(node, columns)?;
        return Ok(When { columns, formats: None, date_only: None });
    }
    let table = node.table()?;
    table.allow(&["time", "formats", "date_only", "invalid"])?;
    Ok(When {
        columns: read_column_list(&table.need("time")?, columns)?,
        formats: read_formats(&table)?,
        date_only: table.get("date_only").map(|node| read_date_only(&node)).transpose()?,
    })
}

fn read_formats(table: &Table<'_>) -> Result<Option<Vec<Format>>, Fault> {
    let Some(node) = table.get("formats") else { return Ok(None) };
    let nodes = if node.is_list() { node.list()? } else { vec![node] };
    nodes.iter().map(read_format).collect::<Result<Vec<_>, _>>().map(Some)
}

fn read_format(node: &Node<'_>) -> Result<Format, Fault> {
    Ok(match node.text()? {
        "rfc3339" => Format::Rfc3339,
        "iso" => Format::Iso,
        "unix" => Format::Unix,
        "unix_ms" => Format::UnixMillis,
        pattern => {
            check_pattern(pattern).map_err(|why| {
                node.fault(format!(
                    "{pattern:?} is no form of a time ({why}); write \"rfc3339\", \"iso\", \"unix\", \
                     \"unix_ms\" or a pattern such as \"%m/%d/%Y %I:%M:%S %p\""
                ))
            })?;
            Format::Pattern(pattern.to_owned())
        }
    })
}

/// A pattern that a date can be written by can be read by.
fn check_pattern(pattern: &str) -> Result<(), String> {
    if !pattern.contains('%') {
        return Err("it has no %".to_owned());
    }
    let sample = jiff::civil::date(2015, 1, 31).at(23, 59, 0, 0).to_zoned(TimeZone::UTC);
    let sample = sample.map_err(|error| error.to_string())?;
    jiff::fmt::strtime::format(pattern, &sample).map(|_| ()).map_err(|error| error.to_string())
}

fn read_pick(node: &Node<'_>) -> Result<Pick, Fault> {
    match node.text()? {
        "earlier" => Ok(Pick::Earlier),
        "later" => Ok(Pick::Later),
        "reject" => Ok(Pick::Reject),
        _ => Err(node.fault(format!("{} must be \"earlier\", \"later\" or \"reject\"", node.name()))),
    }
}

fn read_date_only(node: &Node<'_>) -> Result<DateOnly, Fault> {
    match node.text()? {
        "start" => Ok(DateOnly::At(Time::midnight())),
        "end" => Ok(DateOnly::End),
        "reject" => Ok(DateOnly::Reject),
        text => text.parse().map(DateOnly::At).map_err(|_| {
            node.fault("date_only must be \"start\", \"end\", \"reject\" or a time of day such as \"17:00\"")
        }),
    }
}
