//! What people think, group by group, always with the number of answers and the response rate
//! (2686/QĐ-UBND Phần II.I.2.b, II.II.2.b–c; 1468/STTTT-CNTT mục 2.a).
//!
//! The answers, their mean and the share satisfied are the registry's metrics. What could be rated is
//! no rating, so that it has no criterion, stage or channel of its own: it is counted by what the case
//! was, and each case once, however many ratings it has.

mod asked;
mod cases;

use std::collections::{BTreeMap, BTreeSet};

use domain::answer::Satisfaction;
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::query::Query;
use domain::value::Value;
use domain::wire::Row;

use asked::Questionnaire;
use cases::Cases;

use crate::cube::Frozen;
use crate::error::QueryError;
use crate::evaluate::check_size;
use crate::plan::Plan;
use crate::scan::scan;
use crate::tally::{Key, Keyer, share};
use crate::view::View;

/// The columns of numbers.
const COLUMNS: [&str; 6] =
    ["answers", "mean_score", "satisfaction_rate", "rateable", "responded", "response_rate"];

/// Answers by the question's groups. With a criterion among its groups or filters, answers are those
/// to single criteria; else they are whole ratings.
///
/// Below the city's least number of answers a mean or a rate is null; its number is said all the same.
///
/// # Errors
/// As [`evaluate`](crate::evaluate); besides, `metric`, `bucket` and `res`, which have no meaning here.
pub fn satisfaction(frozen: &Frozen, query: &Query) -> Result<Satisfaction, QueryError> {
    check(query)?;
    let view = View::new(frozen, query.known_at, query.rules)?;
    let query = Query { metrics: metrics(query), ..query.clone() };
    let plan = Plan::new(&view, &query)?;
    let mut keyer = Keyer::new(&view, &plan);
    let tally = scan(&plan, &view.points()?, &mut keyer, view.at())?;
    let questionnaire = Questionnaire::new(&view, &query);
    let cases = Cases::new(&view, &query, &mut keyer, &questionnaire)?;
    let mut keys: BTreeSet<Key> = tally.groups.keys().chain(cases.responded.keys()).cloned().collect();
    keys.extend(cases.keys_to_be_told());
    if plan.is_ungrouped() {
        keys.insert(Key::default());
    }
    check_size(&plan, keys.len())?;
    let min_answers = view.state().city().ratings_min_answers;
    let mut rows: BTreeMap<Row, Row> = BTreeMap::new();
    for key in &keys {
        let counted = tally.rows(&plan, &keyer, key, plan.now).pop().map(|(_, values)| values);
        let rateable = cases.rateable(key);
        let responded = cases.responded.get(key).copied().unwrap_or_default();
        let values = told(counted, rateable, responded, i64::from(min_answers));
        rows.insert(keyer.shown(key), values);
    }
    let key_columns = query.group_by.iter().map(ToString::to_string);
    #[allow(clippy::cast_precision_loss)] // A scale of a hundred points at most.
    let scale = view.state().city().rating_scale_milli() as f64 / 1000.0;
    Ok(Satisfaction {
        seq: view.seq(),
        at: view.show(plan.now),
        scale,
        min_answers,
        columns: key_columns.chain(COLUMNS.map(str::to_owned)).collect(),
        rows: rows.into_iter().map(|(key, values)| key.into_iter().chain(values).collect()).collect(),
    })
}

fn check(query: &Query) -> Result<(), QueryError> {
    let given = [
        ("metric", !query.metrics.is_empty()),
        ("bucket", query.bucket.is_some()),
        ("res", query.res.is_some()),
    ];
    let criteria = query.group_by.iter().filter(|key| key.dimension == Dimension::Criterion);
    match given.into_iter().find(|(_, is_given)| *is_given) {
        None if criteria.count() > 1 => {
            Err(QueryError::bad("group_by", "names the criterion at two levels; one answer has one"))
        }
        None => Ok(()),
        Some((parameter, _)) => Err(QueryError::bad(parameter, "has no meaning for satisfaction")),
    }
}

/// The registry's metrics behind the first three columns.
fn metrics(query: &Query) -> Vec<Metric> {
    if is_by_criterion(query) {
        vec![Metric::CriterionAnswers, Metric::CriterionMeanScore, Metric::CriterionSatisfactionRate]
    } else {
        vec![Metric::Rated, Metric::MeanScore, Metric::SatisfactionRate]
    }
}

fn is_by_criterion(query: &Query) -> bool {
    query.filter.contains_key(&Dimension::Criterion)
        || query.group_by.iter().any(|key| key.dimension == Dimension::Criterion)
}

/// Whether a rating has its own, and not its case's.
fn is_of_the_rating(dimension: Dimension) -> bool {
    dimension == Dimension::Stage || dimension.is_of_ratings()
}

/// A line's numbers. A mean or a rate of fewer than `min` is none.
fn told(counted: Option<Row>, rateable: i64, responded: i64, min: i64) -> Row {
    let mut counted = counted.unwrap_or_default().into_iter();
    let answers = counted.next().and_then(|answers| answers.as_int()).unwrap_or_default();
    let mut of_enough = || counted.next().filter(|_| answers >= min).unwrap_or(Value::Null);
    vec![
        Value::Int(answers),
        of_enough(),
        of_enough(),
        Value::Int(rateable),
        Value::Int(responded),
        if rateable >= min { share(responded, rateable) } else { Value::Null },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answers: i64, rateable: i64, want: [Value; 3]) {
        let counted = vec![Value::Int(answers), Value::Float(2.5), Value::Float(80.0)];
        let told = told(Some(counted), rateable, 2, 5);
        assert_eq!([&told[1], &told[2], &told[5]], want.each_ref());
        assert_eq!([&told[0], &told[3], &told[4]], [&answers.into(), &rateable.into(), &2.into()]);
    }

    #[test]
    fn a_rate_of_too_few_is_not_said_while_its_number_is() {
        check(5, 8, [Value::Float(2.5), Value::Float(80.0), Value::Float(25.0)]);
        check(4, 8, [Value::Null, Value::Null, Value::Float(25.0)]);
        check(5, 4, [Value::Float(2.5), Value::Float(80.0), Value::Null]);
    }
}
