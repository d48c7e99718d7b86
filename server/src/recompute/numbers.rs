//! Every metric, in all and split by every dimension, over all time.

use std::collections::BTreeMap;
use std::fmt;

use domain::Value;
use domain::dimension::Dimension;
use domain::intake::EARLIEST;
use domain::metric::Metric;
use domain::query::Query;
use domain::wire::Row;
use engine::{Frozen, QueryError, evaluate};

use super::live::Live;

/// One number that is not so.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub(super) metric: String,
    pub(super) group: String,
    pub(super) said: Value,
    pub(super) counted: Value,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { metric, group, said, counted } = self;
        write!(f, "{metric} {group} is said to be {}; these events make {}", shown(said), shown(counted))
    }
}

fn shown(value: &Value) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// All metrics: ungrouped first, then by each dimension.
pub(crate) fn questions() -> impl Iterator<Item = Query> {
    let all = || Query { metrics: Metric::ALL.to_vec(), from: Some(EARLIEST), ..Query::default() };
    std::iter::once(all()).chain(Dimension::ALL.into_iter().map(move |dimension| all().by(dimension)))
}

/// Holds the live answers against those counted from nothing; says how many numbers were compared, or the first
/// that differs.
pub(super) fn compare(counted: &Frozen, live: &Live) -> Result<Result<String, Difference>, QueryError> {
    let mut numbers = 0;
    for (query, topic) in questions().zip(live.topics()) {
        let table = evaluate(counted, &query)?;
        match rows(&query, &topic.rows(), &table.rows) {
            Ok(compared) => numbers += compared,
            Err(difference) => return Ok(Err(difference)),
        }
    }
    Ok(Ok(words(numbers)))
}

/// So many numbers, and of what.
pub(crate) fn words(numbers: usize) -> String {
    format!("{} metrics in all and by {} dimensions ({numbers} numbers)", Metric::ALL.len(), Dimension::COUNT)
}

/// Two answers to one question, number by number; how many, or the first that differs. A group that is not there
/// counts nothing.
pub(crate) fn rows(query: &Query, said: &[Row], counted: &[Row]) -> Result<usize, Difference> {
    let keys = query.group_by.len();
    let by_key = |rows: &[Row]| -> BTreeMap<Row, Row> {
        rows.iter()
            .map(|row| (row[..keys.min(row.len())].to_vec(), row[keys.min(row.len())..].to_vec()))
            .collect()
    };
    let (said, counted) = (by_key(said), by_key(counted));
    let nothing = Row::new();
    let mut compared = 0;
    for key in said.keys().chain(counted.keys().filter(|key| !said.contains_key(*key))) {
        let (one, other) = (said.get(key).unwrap_or(&nothing), counted.get(key).unwrap_or(&nothing));
        for (at, metric) in query.metrics.iter().enumerate() {
            let (one, other) = (one.get(at).cloned(), other.get(at).cloned());
            if !is_same(one.as_ref(), other.as_ref()) {
                let (said, counted) = (one.unwrap_or_default(), other.unwrap_or_default());
                let group = group(query, key);
                return Err(Difference { metric: metric.name().to_owned(), group, said, counted });
            }
            compared += 1;
        }
    }
    Ok(compared)
}

/// A group without any number is the same as none.
fn is_same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let is_nothing = |value: Option<&Value>| matches!(value, None | Some(Value::Null | Value::Int(0)));
    one == other || (one.is_none() || other.is_none()) && is_nothing(one) && is_nothing(other)
}

fn group(query: &Query, key: &Row) -> String {
    let parts = query.group_by.iter().zip(key).map(|(by, value)| format!("of {by} {}", shown(value)));
    let text = parts.collect::<Vec<_>>().join(" ");
    if text.is_empty() { String::from("in all") } else { text }
}
