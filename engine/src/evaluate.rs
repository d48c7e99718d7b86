//! A question asked of history: a table, or hexagons.

use domain::answer::{Hexagons, Table};
use domain::query::Query;
use domain::value::Value;
use domain::wire::Row;

use crate::cube::Frozen;
use crate::error::QueryError;
use crate::plan::Plan;
use crate::scan::scan;
use crate::tally::{Key, Keyer};
use crate::view::View;

/// The most rows of one answer: a year of days for a thousand groups. More is a report's business.
const MOST_ROWS: usize = 400_000;

/// Answers a question about numbers from history.
///
/// # Errors
/// [`QueryError::Bad`] names the parameter at fault: no `metric`, an `at` ahead of the numbers, a
/// `cell` that is none, too many of a `bucket`.
pub fn evaluate(frozen: &Frozen, query: &Query) -> Result<Table, QueryError> {
    table(&View::new(frozen, query.known_at, query.rules)?, query)
}

/// The same, of a view.
pub(crate) fn table(view: &View<'_>, query: &Query) -> Result<Table, QueryError> {
    let plan = Plan::new(view, query)?;
    let mut keyer = Keyer::new(view, &plan);
    let tally = scan(&plan, &view.points()?, &mut keyer, view.at())?;
    let mut keys: Vec<&Key> = tally.groups.keys().collect();
    let all = Key::default();
    if plan.is_ungrouped() {
        keys = vec![&all];
    }
    check_size(&plan, keys.len())?;
    let mut rows: Vec<(Row, Row)> =
        keys.into_iter().flat_map(|key| tally.rows(&plan, &keyer, key, plan.now)).collect();
    rows.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Ok(Table {
        seq: view.seq(),
        at: view.show(plan.now),
        columns: plan.columns(),
        rows: rows
            .into_iter()
            .map(|(mut key, values)| {
                key.extend(values);
                key
            })
            .collect(),
    })
}

/// Whether an answer of so many groups stays within bounds.
pub(crate) fn check_size(plan: &Plan, groups: usize) -> Result<(), QueryError> {
    if plan.is_bucketed() && groups.saturating_mul(plan.spans.len()) > MOST_ROWS {
        let what = format!(
            "{groups} groups in {} buckets are too many rows; ask for longer buckets or fewer groups",
            plan.spans.len()
        );
        return Err(QueryError::bad("bucket", what));
    }
    Ok(())
}

/// Answers how one count lies over the city's hexagons.
///
/// # Errors
/// As [`evaluate`]; besides, `metric` unless it is exactly one and a count, `res` where none is
/// given, and `group_by` and `bucket`, which have no meaning here.
pub fn hexagons(frozen: &Frozen, query: &Query) -> Result<Hexagons, QueryError> {
    let [metric] = query.metrics.as_slice() else {
        return Err(QueryError::bad("metric", "names exactly one metric for hexagons"));
    };
    if frozen.registry.entry(*metric).is_some_and(|entry| !entry.is_count()) {
        return Err(QueryError::bad("metric", "is not a count; hexagons show counts"));
    }
    let res = query.res.ok_or_else(|| QueryError::bad("res", "is missing: a resolution from 7 to 10"))?;
    if !query.group_by.is_empty() {
        return Err(QueryError::bad("group_by", "has no meaning for hexagons"));
    }
    if query.bucket.is_some() {
        return Err(QueryError::bad("bucket", "has no meaning for hexagons"));
    }
    let table = evaluate(frozen, query)?;
    let mut cells = Vec::with_capacity(table.rows.len());
    let mut no_position = 0;
    for row in table.rows {
        match row.as_slice() {
            [Value::Text(cell), Value::Int(count)] if *count > 0 => cells.push((cell.clone(), *count)),
            [Value::Null, Value::Int(count)] => no_position = *count,
            _ => {}
        }
    }
    Ok(Hexagons { seq: table.seq, at: table.at, metric: metric.name().to_owned(), res, cells, no_position })
}
