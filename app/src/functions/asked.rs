//! The server's side of the page functions: reads parameters and asks the source.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::answer::CasePage;
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::problem::Problem;
use domain::query::{GroupKey, Query, bad};
use domain::wire::WireQuery;
use leptos::prelude::use_context;

use crate::ask::{Ask, resolve, resolve_query};
use crate::error::AppError;
use crate::functions::{CentreFound, Explained, NewestCases};
use crate::pages::centre::{Arrivals, arrivals_of};
use crate::pages::wall::{LEVELS, Levels, Surging, UsualDay, levels_of, surging as found_surging, usual_of};
use crate::source::{CasesQuery, CitySource};
use crate::{address, text};

/// How many of the longest overdue are looked at before each agency is asked for its own.
const LONGEST_LOOK: u32 = 200;

/// No list of the newest is longer.
const NEWEST_MAX: usize = 100;
/// How a case that is open may stand in its limit.
const OPEN: [&str; 4] = ["in_time", "due_soon", "overdue", "no_deadline"];
/// What counts as serious.
const SERIOUS: [&str; 3] = ["complex", "major", "urgent"];
/// What has been resolved and had a deadline.
const JUDGED: [Metric; 3] = [Metric::ResolvedInTime, Metric::ResolvedExtended, Metric::ResolvedLate];
/// How many weeks back tell what is usual.
const SURGE_WEEKS: i64 = 8;
/// No list of what surges is longer.
const SURGE_MAX: usize = 40;
/// Eight weeks: what is usual on a weekday.
const USUAL_FROM: &str = "today-56d";

/// The city's numbers, as the server handed them over.
pub(super) fn source() -> Result<Arc<dyn CitySource>, AppError> {
    use_context::<Arc<dyn CitySource>>()
        .ok_or_else(|| Problem::new("not-ready", 503, "Not ready", "no city is loaded yet").into())
}

pub(super) fn today(source: &dyn CitySource) -> Option<jiff::civil::Date> {
    text::date::day(&source.beat().at)
}

/// The city's day at an instant, written as a parameter; today where none is given.
fn day_at(source: &dyn CitySource, at: Option<&str>) -> Option<jiff::civil::Date> {
    match at.filter(|at| !at.is_empty()).and_then(|at| source.parse_time(at)) {
        Some(at) => text::date::day(&source.show_time(at)),
        None => today(source),
    }
}

/// A panel's question with the city's days filled in: counted from the day of the instant that it is asked of.
pub(super) fn wire_query(source: &dyn CitySource, json: &str) -> Result<WireQuery, AppError> {
    let query: WireQuery =
        serde_json::from_str(json).map_err(|_| bad("query", "is not a panel's question in JSON"))?;
    let day = day_at(source, query.filter.get("at").map(String::as_str));
    Ok(resolve_query(query, day))
}

/// Parameters as a question.
pub(super) fn query(source: &dyn CitySource, pairs: &[(String, String)]) -> Result<Query, AppError> {
    Ok(Query::parse(pairs, &|time| source.parse_time(time))?)
}

pub(super) fn resolved(source: &dyn CitySource, params: &str) -> Vec<(String, String)> {
    resolve(address::pairs(params), today(source))
}

/// The parameters of a list of cases. Those of the page alone (`lang`) are left out.
pub(super) fn cases_query(source: &dyn CitySource, params: &str) -> Result<CasesQuery, AppError> {
    let mut asked = CasesQuery::default();
    let mut rest = Vec::new();
    for (key, value) in resolved(source, params) {
        match key.as_str() {
            "q" => asked.q = Some(value).filter(|q| !q.trim().is_empty()),
            "sort" => asked.sort = Some(value),
            "limit" => asked.limit = Some(value.parse().map_err(|_| bad("limit", "is not a number"))?),
            "cursor" => asked.cursor = Some(value),
            "lang" | "theme" => {}
            _ => rest.push((key, value)),
        }
    }
    asked.query = query(source, &rest)?;
    Ok(asked)
}

/// The words of a search that asks for nothing else and may be a case's code.
pub(super) fn code_alone(params: &str) -> Option<String> {
    let mut pairs = address::pairs(params);
    pairs.retain(|(key, value)| key != "lang" && key != "theme" && key != "limit" && !value.is_empty());
    match pairs.as_slice() {
        [(key, words)] if key == "q" => Some(words.trim().to_owned()),
        _ => None,
    }
}

/// The parameters of a receipt, and the cursor of its codes.
pub(super) fn receipt_query(
    source: &dyn CitySource,
    params: &str,
) -> Result<(Query, Option<String>), AppError> {
    let mut pairs = resolved(source, params);
    let cursor = address::value(&pairs, "cursor");
    pairs.retain(|(key, _)| key != "cursor" && key != "lang" && key != "theme");
    Ok((query(source, &pairs)?, cursor))
}

/// A receipt, and where its number is a share's, what it is a share of.
pub(super) async fn explained(source: &dyn CitySource, params: &str) -> Result<Explained, AppError> {
    let (query, cursor) = receipt_query(source, params)?;
    let receipt = source.receipt(query.clone(), cursor).await?;
    if query.metrics != [Metric::ResolvedInTime] {
        return Ok(Explained { receipt, judged: None });
    }
    // At the same instant, also where the question says none.
    let at = query.at.or_else(|| source.parse_time(&receipt.at));
    let table = source.table(Query { metrics: JUDGED.to_vec(), at, ..query }).await?;
    Ok(Explained { receipt, judged: Some(JUDGED.map(|metric| crate::table::sum(&table, metric))) })
}

/// The longest overdue case of each agency at the top of the tree.
pub(super) async fn longest(source: &dyn CitySource, limit: usize) -> Result<CasePage, AppError> {
    let city = source.city();
    let top = |code: &str| {
        city.catalogue.tree(Dimension::Agency).map_or_else(|| code.to_owned(), |tree| tree.at_level(code, 1))
    };
    let overdue = |limit: u32| {
        let query = Query::default().only(Dimension::Timeliness, "overdue");
        CasesQuery { query, sort: Some("due".to_owned()), limit: Some(limit), ..CasesQuery::default() }
    };
    let mut page = source.cases(overdue(LONGEST_LOOK)).await?;
    let is_whole = page.next.is_none();
    let mut seen = BTreeSet::new();
    page.cases.retain(|case| seen.insert(case.agency.as_deref().map(top)));
    if page.cases.len() < limit && !is_whole {
        // The first ones are of few agencies only: every other agency is asked for its longest.
        let by_agency = Query { metrics: vec![Metric::Overdue], ..Query::default() };
        let by_agency = Query {
            group_by: vec![domain::query::GroupKey { dimension: Dimension::Agency, level: Some(1) }],
            ..by_agency
        };
        let mut others = Vec::new();
        for row in source.table(by_agency).await?.rows {
            let Some(code) = row.first().and_then(domain::Value::as_text) else { continue };
            if seen.contains(&Some(code.to_owned())) {
                continue;
            }
            let mut asked = overdue(1);
            asked.query = asked.query.only(Dimension::Agency, code);
            others.extend(source.cases(asked).await?.cases);
        }
        others.sort_by_key(|case| instant(case.due.as_deref()));
        page.cases.extend(others);
    }
    page.cases.truncate(limit);
    page.next = None;
    Ok(page)
}

/// The newest cases that some source calls serious; the newest of all where none does.
pub(super) async fn newest(source: &dyn CitySource, limit: usize) -> Result<NewestCases, AppError> {
    let newest = |query: Query| CasesQuery {
        query,
        sort: Some("-received_at".to_owned()),
        limit: u32::try_from(limit.clamp(1, NEWEST_MAX)).ok(),
        ..CasesQuery::default()
    };
    let open = OPEN.into_iter().fold(Query::default(), |query, code| query.only(Dimension::Timeliness, code));
    let serious = SERIOUS.into_iter().fold(open, |query, code| query.only(Dimension::Severity, code));
    let page = source.cases(newest(serious)).await?;
    if !page.cases.is_empty() {
        return Ok(NewestCases { serious: true, page });
    }
    Ok(NewestCases { serious: false, page: source.cases(newest(Query::default())).await? })
}

/// Received and resolved by the hour, on the same weekday of the weeks before.
pub(super) async fn usual(source: &dyn CitySource, at: &str) -> Result<[UsualDay; 2], AppError> {
    let Some(today) = day_at(source, Some(at)) else { return Ok(<[UsualDay; 2]>::default()) };
    let metrics = [Metric::Received, Metric::Resolved];
    let hours = Ask::of(&metrics).with("from", USUAL_FROM).with("to", "today").with("bucket", "hour").query();
    let hours = resolve_query(hours, Some(today));
    let table = source.table(query(source, &hours.to_pairs())?).await?;
    Ok(metrics.map(|metric| usual_of(&table, metric, today)))
}

/// What came in today far above the same weekdays of the weeks before, each up to the same time of day.
pub(super) async fn surging(
    source: &dyn CitySource,
    params: &str,
    limit: usize,
) -> Result<Surging, AppError> {
    let (asked, _) = receipt_query(source, params)?;
    let [key] = asked.group_by.as_slice() else {
        return Err(bad("group_by", "names not one dimension").into());
    };
    let (at, days) = days_alike(source, *key, &asked.filter).await?;
    let Some((today, before)) = days.split_first() else { return Ok(Surging::default()) };
    Ok(found_surging(at, today, before, limit.min(SURGE_MAX)))
}

/// What came in at a place today, beside the same weekdays of the weeks before.
pub(super) async fn arrivals(source: &dyn CitySource, place: &str) -> Result<Arrivals, AppError> {
    let city = source.city();
    let Some(dimension) = city.catalogue.dimension_of_place(place) else { return Ok(Arrivals::default()) };
    // All places are asked for: a day without a case anywhere lies before the data begin, one without a case
    // here alone was a quiet one.
    let key = GroupKey { dimension, level: None };
    let (at, days) = days_alike(source, key, &BTreeMap::new()).await?;
    let is_here = |code: &str| city.catalogue.tree(dimension).is_some_and(|tree| tree.is_under(code, place));
    let here = |day: &Counts| {
        let counts = day.iter().filter(|(code, _)| code.as_deref().is_some_and(is_here));
        counts.map(|(_, number)| number).sum::<i64>()
    };
    let Some((today, before)) = days.split_first() else { return Ok(Arrivals::default()) };
    let before = before.iter().filter(|day| !day.is_empty()).map(here).collect();
    Ok(arrivals_of(at, dimension.name(), here(today), before))
}

/// How many cases have each code.
type Counts = BTreeMap<Option<String>, i64>;

/// What came in today and on the same weekday of each of the weeks before, each up to the same time of day, and
/// the instant of today.
async fn days_alike(
    source: &dyn CitySource,
    key: GroupKey,
    filter: &BTreeMap<domain::dimension::Dimension, Vec<String>>,
) -> Result<(String, Vec<Counts>), AppError> {
    let at = source.beat().at;
    let Some(day) = text::date::day(&at) else { return Ok((at, Vec::new())) };
    let (Some(now), Some(midnight)) = (source.parse_time(&at), source.parse_time(&day.to_string())) else {
        return Ok((at, Vec::new()));
    };
    let elapsed = now.micros() - midnight.micros();
    let mut days = Vec::new();
    for weeks in 0..=SURGE_WEEKS {
        let then = day.checked_sub(jiff::Span::new().days(weeks * 7)).ok();
        let Some(from) = then.and_then(|day| source.parse_time(&day.to_string())) else { continue };
        let to = domain::Timestamp::from_micros(from.micros() + elapsed);
        let query = Query {
            metrics: vec![Metric::Received],
            group_by: vec![key],
            filter: filter.clone(),
            from: Some(from),
            to: Some(to),
            ..Query::default()
        };
        let table = source.table(query).await?;
        let number = crate::table::column(&table, Metric::Received);
        let counts = table.rows.iter().map(|row| (crate::table::code(row, 0), number.of(row)));
        days.push(counts.filter(|(_, number)| *number > 0).collect::<BTreeMap<_, _>>());
    }
    Ok((at, days))
}

/// Opens a case of a place by its code.
pub(super) async fn case_of_centre(
    source: &dyn CitySource,
    place: &str,
    code: &str,
) -> Result<CentreFound, AppError> {
    if code.is_empty() {
        return Ok(CentreFound::NotAsked);
    }
    let city = source.city();
    let is_of = |case: &domain::answer::CaseRow| {
        let dimension = city.catalogue.dimension_of_place(place)?;
        let own = match dimension {
            Dimension::Ward => case.ward.as_deref(),
            _ => case.district.as_deref(),
        };
        city.catalogue.tree(dimension).map(|tree| own.is_some_and(|own| tree.is_under(own, place)))
    };
    let found = source.case(code.to_owned()).await?;
    Ok(match found {
        Some(story) if is_of(&story.case) == Some(true) => CentreFound::Here(story.case.case),
        Some(_) | None => CentreFound::NotHere,
    })
}

/// The levels by the hour, over a week and a day.
pub(super) async fn levels(source: &dyn CitySource, at: &str) -> Result<Levels, AppError> {
    let hours = Ask::of(&LEVELS).with("from", "today-8d").with("bucket", "hour").query();
    let hours = if at.is_empty() { hours } else { crate::ask::at(hours, at) };
    let hours = resolve_query(hours, day_at(source, Some(at)));
    let table = source.table(query(source, &hours.to_pairs())?).await?;
    Ok(levels_of(&table, LEVELS))
}

fn instant(text: Option<&str>) -> Option<domain::Timestamp> {
    text.and_then(text::date::instant)
}
