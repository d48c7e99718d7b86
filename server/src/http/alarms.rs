//! `GET /api/v1/alarms`, and what people do about them: who asks, in which form, and what is told. Which alarms there
//! are says `domain::alarm`; what it needs beside the state is gathered in [`beside`], what is done in [`act`].

mod act;
mod beside;
mod page;

use app::source::AlarmsQuery;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::Value;
use domain::alarm::{AcknowledgeWish, ShelveWish};
use domain::answer::AlarmView;
use domain::query::bad;

use super::accept::{Form, choose};
use super::api::Api;
use super::directives::{code_of, read, who};
use super::params::Params;
use super::problem::Refusal;
use super::sheet::{Sheet, answer, json, text};

pub(crate) use act::Alarms;

/// How an alarm may stand.
pub(super) const STATUSES: [&str; 4] = ["unacknowledged", "acknowledged", "shelved", "cleared"];
/// The longest list.
const LIMIT_MAX: u32 = 1_000;

/// `GET /api/v1/alarms`.
pub(super) async fn list(State(api): State<Api>, uri: Uri, headers: HeaderMap) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let status = params.take("status")?;
    if status.as_deref().is_some_and(|status| !STATUSES.contains(&status)) {
        return Err(bad("status", &format!("is none of {}", STATUSES.join(", "))).into());
    }
    let query = AlarmsQuery {
        alarm: params.take("alarm")?,
        status,
        limit: params.take_number("limit", 1, LIMIT_MAX)?,
    };
    params.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let page = api.alarms.list(query).await?;
    Ok(answer(form, page.seq, &page.at, &page, || table(&page.alarms))?)
}

/// `POST /api/v1/alarms/{code}/acknowledge`.
pub(super) async fn acknowledge(
    State(api): State<Api>,
    alarm: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let by = who(&api, &headers)?;
    let wish: AcknowledgeWish = read(&uri, &headers, body)?;
    Ok(json(&api.alarms.acknowledge(&code_of(alarm)?, wish, by).await?)?)
}

/// `POST /api/v1/alarms/{code}/shelve`.
pub(super) async fn shelve(
    State(api): State<Api>,
    alarm: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let by = who(&api, &headers)?;
    let wish: ShelveWish = read(&uri, &headers, body)?;
    Ok(json(&api.alarms.shelve(&code_of(alarm)?, wish, by).await?)?)
}

fn table(alarms: &[AlarmView]) -> Sheet {
    let columns = [
        "alarm",
        "kind",
        "priority",
        "status",
        "since",
        "cleared_at",
        "case",
        "agency",
        "due",
        "rule",
        "clause",
        "action",
        "count",
        "usual_max",
        "source",
        "heard",
        "acknowledged_at",
        "shelved_until",
    ];
    let number = |number: Option<u32>| number.map_or(Value::Null, |number| Value::Int(i64::from(number)));
    let rows = alarms.iter().map(|line| {
        let shelved = line.shelved.as_ref().and_then(|shelved| shelved.until.as_deref());
        [
            text(Some(&line.alarm)),
            text(Some(&line.kind)),
            text(Some(&line.priority)),
            text(Some(&line.status)),
            text(Some(&line.since)),
            text(line.cleared_at.as_deref()),
            text(line.case.as_deref()),
            text(line.agency.as_deref()),
            text(line.due.as_deref()),
            text(line.rule.as_deref()),
            text(line.clause.as_deref()),
            text(line.action.as_deref()),
            number(line.count),
            number(line.usual_max),
            text(line.source.as_deref()),
            text(line.heard.as_deref()),
            text(line.acknowledged.as_ref().map(|act| act.at.as_str())),
            text(shelved),
        ]
    });
    Sheet::new(columns, rows)
}
