//! What changed since a reader's last look: the page's own questions, asked at two instants.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::answer::{DirectivePage, Table};
use domain::metric::Metric;

use super::asked::query;
use crate::address;
use crate::error::AppError;
use crate::functions::{Changed, DirectivesMoved, Mover};
use crate::pages::has_districts;
use crate::source::{CitySource, DirectivesQuery};
use crate::table::{code, column, sum};
use crate::text::date;

/// When yesterday's work ended, for who was never here: seconds after midnight.
const DAYS_END_SECS: i64 = 17 * 3_600;
/// How many directives are looked at.
const DIRECTIVES_MAX: u32 = 1_000;
/// What is summed over the time in between.
const FLOWS: [Metric; 4] = [Metric::Received, Metric::Resolved, Metric::ResolvedLate, Metric::Reopened];

type Pairs = Vec<(String, String)>;

pub(super) async fn changed(source: &dyn CitySource, params: &str, since: &str) -> Result<Changed, AppError> {
    let at = source.beat().at;
    let params = address::pairs(params);
    let known = earlier(since, &at);
    let is_assumed = known.is_none();
    let since =
        known.or_else(|| days_end_before(source, &at)).map_or_else(|| at.clone(), |at| source.show_time(at));
    let flows = table(source, &params, &FLOWS, &[("from", &since), ("to", &at)]).await?;
    let overdue_at = async |instant: &str| -> Result<i64, AppError> {
        Ok(sum(&table(source, &params, &[Metric::Overdue], &[("at", instant)]).await?, Metric::Overdue))
    };
    let overdue = (overdue_at(&since).await?, overdue_at(&at).await?);
    let mut movers = Vec::new();
    for dimension in dimensions(source, &params, &at) {
        let key = format!("{dimension}:1");
        let then = [("at", since.as_str()), ("group_by", &key)];
        let then = table(source, &params, &[Metric::Overdue], &then).await?;
        let now = [("at", at.as_str()), ("group_by", &key)];
        let now = table(source, &params, &[Metric::Overdue], &now).await?;
        movers.extend(largest_move(dimension, &then, &now));
    }
    let directives = directives(source, &params, &since, &at).await?;
    let [received, resolved, resolved_late, reopened] = FLOWS.map(|metric| sum(&flows, metric));
    Ok(Changed {
        since,
        at,
        is_assumed,
        received,
        resolved,
        resolved_late,
        reopened,
        overdue,
        movers,
        directives,
    })
}

/// The last look, where it is an instant before now: a city whose time was begun anew has forgotten it.
fn earlier(since: &str, at: &str) -> Option<Timestamp> {
    let (since, at) = (date::instant(since)?, date::instant(at)?);
    (since < at).then_some(since)
}

fn days_end_before(source: &dyn CitySource, at: &str) -> Option<Timestamp> {
    let yesterday = date::day(at)?.yesterday().ok()?;
    Some(source.parse_time(&yesterday.to_string())?.plus_secs(DAYS_END_SECS))
}

async fn table(
    source: &dyn CitySource,
    params: &Pairs,
    metrics: &[Metric],
    more: &[(&str, &str)],
) -> Result<Table, AppError> {
    let names: Vec<&str> = metrics.iter().map(|metric| metric.name()).collect();
    let mut pairs = params.clone();
    pairs.retain(|(key, _)| key != "lang");
    pairs.push(("metric".to_owned(), names.join(",")));
    pairs.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    Ok(source.table(query(source, &pairs)?).await?)
}

/// The dimensions that the page is not about, by the kind of place that the city has.
fn dimensions(source: &dyn CitySource, params: &Pairs, at: &str) -> Vec<&'static str> {
    let is_about = |keys: &[&str]| params.iter().any(|(key, _)| keys.contains(&key.as_str()));
    let place = if has_districts(&source.city().catalogue, date::day(at)) { "district" } else { "ward" };
    [("agency", &["agency"][..]), (place, &["district", "ward"]), ("field", &["field"])]
        .into_iter()
        .filter(|(_, keys)| !is_about(keys))
        .map(|(dimension, _)| dimension)
        .collect()
}

/// The code whose number changed most, up or down; of equal changes the rise, then the first code.
fn largest_move(dimension: &str, then: &Table, now: &Table) -> Option<Mover> {
    let mut each: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let (of_then, of_now) = (column(then, Metric::Overdue), column(now, Metric::Overdue));
    for row in &then.rows {
        each.entry(code(row, 0).unwrap_or_default()).or_default().0 += of_then.of(row);
    }
    for row in &now.rows {
        each.entry(code(row, 0).unwrap_or_default()).or_default().1 += of_now.of(row);
    }
    // Nobody can be asked about what has no code.
    each.into_iter()
        .filter(|(code, (from, to))| !code.is_empty() && from != to)
        .rev()
        .max_by_key(|(_, (from, to))| ((to - from).abs(), to - from))
        .map(|(code, (from, to))| Mover { dimension: dimension.to_owned(), code, from, to })
}

async fn directives(
    source: &dyn CitySource,
    params: &Pairs,
    since: &str,
    at: &str,
) -> Result<Option<DirectivesMoved>, AppError> {
    if params.iter().any(|(key, _)| key != "agency" && key != "lang") {
        return Ok(None);
    }
    let query = DirectivesQuery {
        agency: address::value(params, "agency"),
        limit: Some(DIRECTIVES_MAX),
        ..DirectivesQuery::default()
    };
    Ok(moved(&source.directives(query).await?, since, at))
}

fn moved(page: &DirectivePage, since: &str, at: &str) -> Option<DirectivesMoved> {
    let (since, at) = (date::instant(since)?, date::instant(at)?);
    let is_between = |text: &str| date::instant(text).is_some_and(|then| since < then && then <= at);
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (all, overdue) = (&page.directives, domain::directive::DirectiveStatus::Overdue.name());
    let answered = all.iter().filter(|one| one.answered_at.as_deref().is_some_and(is_between)).count();
    let past_due = all.iter().filter(|one| one.status == overdue && is_between(&one.due)).count();
    let is_cut = page.total > u64::try_from(all.len()).unwrap_or(u64::MAX);
    Some(DirectivesMoved { answered: count(answered), past_due: count(past_due), is_cut })
}

#[cfg(test)]
mod tests {
    use domain::Value;
    use domain::answer::DirectiveView;

    use super::*;

    fn overdue(rows: &[(&str, i64)]) -> Table {
        let row = |(code, number): &(&str, i64)| {
            let key = if code.is_empty() { Value::Null } else { (*code).into() };
            vec![key, Value::Int(*number)]
        };
        Table {
            columns: vec!["agency".into(), "overdue".into()],
            rows: rows.iter().map(row).collect(),
            ..Table::default()
        }
    }

    #[track_caller]
    fn check(then: &[(&str, i64)], now: &[(&str, i64)], want: Option<(&str, i64, i64)>) {
        let got = largest_move("agency", &overdue(then), &overdue(now));
        assert_eq!(got.as_ref().map(|mover| (mover.code.as_str(), mover.from, mover.to)), want);
    }

    #[test]
    fn the_largest_change_is_named_up_or_down() {
        check(&[("A", 2), ("B", 11)], &[("A", 9), ("B", 12)], Some(("A", 2, 9)));
        check(&[("A", 9)], &[], Some(("A", 9, 0)));
        check(&[("A", 9), ("B", 1)], &[("A", 4), ("B", 6)], Some(("B", 1, 6)));
        check(&[("B", 1), ("A", 1)], &[("B", 3), ("A", 3)], Some(("A", 1, 3)));
        check(&[("A", 9)], &[("A", 9)], None);
        check(&[("", 1)], &[("", 90)], None);
    }

    #[test]
    fn a_last_look_that_lies_ahead_is_no_last_look() {
        let at = "2026-11-23T09:30:00+07:00";
        assert!(earlier("2026-11-23T09:29:59+07:00", at).is_some());
        assert!(earlier("2026-11-23T02:30:01Z", at).is_none());
        assert!(earlier(at, at).is_none());
        assert!(earlier("", at).is_none());
    }

    #[test]
    fn directives_count_where_their_instant_lies_in_between() {
        let one = |status: &str, due: &str, answered: Option<&str>| DirectiveView {
            status: status.into(),
            due: due.into(),
            answered_at: answered.map(str::to_owned),
            ..DirectiveView::default()
        };
        let (before, between, after) =
            ("2026-11-22T09:00:00+07:00", "2026-11-23T08:30:00+07:00", "2026-11-24T08:00:00+07:00");
        let directives = vec![
            one("overdue", between, None),
            one("overdue", before, None),
            one("open", after, None),
            one("answered", after, Some(between)),
            one("closed", between, Some(between)),
            one("closed", before, Some(before)),
        ];
        let page = DirectivePage { total: 7, directives, ..DirectivePage::default() };
        let got = moved(&page, "2026-11-22T17:00:00+07:00", "2026-11-23T09:30:00+07:00");
        assert_eq!(got, Some(DirectivesMoved { answered: 2, past_due: 1, is_cut: true }));
    }
}
