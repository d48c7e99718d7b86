//! What must add up, reckoned here and nowhere else: the parts of a number, the groups of a dimension, and the cases
//! counted one by one.

use domain::Value;
use domain::dimension::Dimension;
use domain::intake::EARLIEST;
use domain::metric::Metric;
use domain::query::Query;
use engine::{Frozen, QueryError, evaluate};

use Metric as M;

/// A number and the parts that make it (`interfaces.md` section 4).
const PARTS: [(Metric, &[Metric]); 3] = [
    (M::Open, &[M::InTime, M::DueSoon, M::Overdue, M::NoDeadline]),
    (M::Resolved, &[M::ResolvedInTime, M::ResolvedExtended, M::ResolvedLate, M::ResolvedNoDeadline]),
    (M::Received, &[M::Cases, M::Duplicates]),
];

/// Says what adds up, or the first that does not.
pub(super) fn check(frozen: &Frozen) -> Result<Result<String, String>, QueryError> {
    let totals = numbers(frozen, None)?;
    let of = |metric: Metric| total(&totals, metric);
    for (whole, parts) in PARTS {
        let sum: i64 = parts.iter().map(|part| of(*part)).sum();
        if of(whole) != sum {
            return Ok(Err(format!("{} is {}, and its parts make {sum}", whole.name(), of(whole))));
        }
    }
    // Of ratings one number is counted under several criteria, or none.
    for dimension in Dimension::ALL.into_iter().filter(|dimension| !dimension.is_of_ratings()) {
        let groups = numbers(frozen, Some(dimension))?;
        for (whole, _) in PARTS {
            let sum = total(&groups, whole);
            if of(whole) != sum {
                let (whole, of) = (whole.name(), of(whole));
                return Ok(Err(format!(
                    "{whole} is {of}, and its groups by {} make {sum}",
                    dimension.name()
                )));
            }
        }
    }
    let cases = frozen.state().cases().iter().filter(|case| case.timeline.is_some()).count();
    Ok(Ok(format!(
        "{} numbers are the sums of their parts, and of their groups by each dimension; {cases} cases were received",
        PARTS.len()
    )))
}

/// Each row's numbers of the metrics that are summed.
fn numbers(frozen: &Frozen, by: Option<Dimension>) -> Result<Vec<Vec<Value>>, QueryError> {
    let query = Query { metrics: Metric::ALL.to_vec(), from: Some(EARLIEST), ..Query::default() };
    let query = by.into_iter().fold(query, Query::by);
    let keys = usize::from(by.is_some());
    Ok(evaluate(frozen, &query)?.rows.into_iter().map(|row| row[keys..].to_vec()).collect())
}

fn total(rows: &[Vec<Value>], metric: Metric) -> i64 {
    let place = Metric::ALL.iter().position(|other| *other == metric).unwrap_or_default();
    let number = |row: &Vec<Value>| match row.get(place) {
        Some(Value::Int(number)) => *number,
        _ => 0,
    };
    rows.iter().map(number).sum()
}
