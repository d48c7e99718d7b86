//! The server's side of the functions about directives.

use domain::answer::DirectiveView;
use domain::directive::{DirectiveStatus, NumberThen, Wish};
use domain::query::bad;
use serde::de::DeserializeOwned;

use super::asked::{receipt_query, resolved, today};
use crate::address;
use crate::ask::resolve;
use crate::error::AppError;
use crate::functions::{Draft, EvidenceNow};
use crate::source::{CitySource, DirectivesQuery};

/// What the page of a new directive adds to a question.
const OF_PAGE: [&str; 3] = ["kind_of_act", "lang", "theme"];

/// What a directive would rest on.
pub(super) async fn draft(source: &dyn CitySource, params: &str) -> Result<Draft, AppError> {
    let mut pairs = resolved(source, params);
    pairs.retain(|(key, _)| !OF_PAGE.contains(&key.as_str()));
    if let Some(code) = address::value(&pairs, "case") {
        let story = source.case(code).await?;
        let story = story.ok_or_else(|| bad("case", "no such case was ever heard of"))?;
        return Ok(Draft { at: story.at, case: Some(story.case), number: None });
    }
    let (query, _) = receipt_query(source, &address::search(&pairs))?;
    let mut receipt = source.receipt(query, None).await?;
    // The page says how many, and leads to them.
    receipt.cases.codes.clear();
    receipt.excluded.clear();
    Ok(Draft { at: receipt.at.clone(), case: None, number: Some(receipt) })
}

/// The parameters of a list of directives.
pub(super) fn directives_query(params: &str) -> Result<DirectivesQuery, AppError> {
    let mut query = DirectivesQuery::default();
    for (key, value) in address::pairs(params) {
        match key.as_str() {
            "status" => {
                let status = DirectiveStatus::of(&value).ok_or_else(|| bad("status", "is not known"))?;
                query.status = Some(status);
            }
            "agency" => query.agency = Some(value),
            "case" => query.case = Some(value),
            "directive" => query.directive = Some(value),
            "lang" | "theme" => {}
            other => return Err(bad(other, "is not a parameter of this page").into()),
        }
    }
    Ok(query)
}

/// A directive by its name.
pub(super) async fn directive(
    source: &dyn CitySource,
    code: String,
) -> Result<Option<DirectiveView>, AppError> {
    let query = DirectivesQuery { directive: Some(code), ..DirectivesQuery::default() };
    Ok(source.directives(query).await?.directives.into_iter().next())
}

/// How what a directive rests on stands now: the same question without the instants that pinned it, or the case.
pub(super) async fn evidence_now(source: &dyn CitySource, code: String) -> Result<EvidenceNow, AppError> {
    let Some(view) = directive(source, code).await? else { return Ok(EvidenceNow::default()) };
    if let Some(then) = view.evidence.case {
        let story = source.case(then.case).await?;
        return Ok(story.map_or_else(EvidenceNow::default, |story| EvidenceNow {
            at: story.at,
            number: None,
            case: Some(story.case),
        }));
    }
    let Some(then) = view.evidence.number else { return Ok(EvidenceNow::default()) };
    let (query, _) = receipt_query(source, &address::search(&unpinned(then)))?;
    let receipt = source.receipt(query, None).await?;
    Ok(EvidenceNow { at: receipt.at, number: Some((receipt.metric, receipt.value)), case: None })
}

fn unpinned(then: NumberThen) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = then.query.into_iter().collect();
    // Of a period the same period; of a level the level now.
    pairs.retain(|(key, _)| !["metric", "at", "known_at"].contains(&key.as_str()));
    pairs.push(("metric".to_owned(), then.metric));
    pairs
}

/// What is wished, from its JSON.
pub(super) fn wish<T: DeserializeOwned>(json: &str) -> Result<T, AppError> {
    Ok(serde_json::from_str(json).map_err(|_| bad("wish", "is not what this act reads"))?)
}

/// A directive that is wished, with the city's days in its question.
pub(super) fn wish_to_issue(source: &dyn CitySource, json: &str) -> Result<Wish, AppError> {
    let mut read: Wish = wish(json)?;
    read.query =
        read.query.map(|query| resolve(query.into_iter().collect(), today(source)).into_iter().collect());
    Ok(read)
}
