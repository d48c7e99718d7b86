//! `GET /api/v1/cases` and `GET /api/v1/cases/{code}`.

use app::source::CasesQuery;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::Value;
use domain::answer::CaseRow;
use domain::query::{Rules, bad};

use super::accept::{Form, choose};
use super::api::Api;
use super::params::Params;
use super::problem::{Refusal, not_found};
use super::sheet::{NEXT_HEADER, Sheet, answer, note, text};
use super::story;

/// The longest page.
const LIMIT_MAX: u32 = 1_000;

/// `GET /api/v1/cases`.
pub(super) async fn cases(State(api): State<Api>, uri: Uri, headers: HeaderMap) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    params.refuse(&["metric", "group_by", "bucket", "res"])?;
    let q = params.take("q")?;
    let sort = params.take("sort")?;
    let limit = params.take_number("limit", 1, LIMIT_MAX)?;
    let cursor = params.take("cursor")?;
    let query = params.query(api.answers.city())?;
    let form = choose(&headers, &Form::TABLE)?;
    let page = api.answers.cases(CasesQuery { query, q, sort, limit, cursor }).await?;
    let mut response = answer(form, page.seq, &page.at, &*page, || table(&page.cases))?;
    if let Some(next) = &page.next {
        note(&mut response, NEXT_HEADER, next);
    }
    Ok(response)
}

fn table(cases: &[CaseRow]) -> Sheet {
    let columns = [
        "case",
        "kind",
        "status",
        "received_at",
        "field",
        "channel",
        "severity",
        "content_group",
        "agency",
        "district",
        "ward",
        "lat",
        "lng",
        "timeliness",
        "due",
        "rule",
        "resolved_at",
        "flags",
        "title",
    ];
    let rows = cases.iter().map(|row| {
        [
            text(Some(&row.case)),
            text(Some(&row.kind)),
            text(Some(&row.status)),
            text(Some(&row.received_at)),
            text(row.field.as_deref()),
            text(row.channel.as_deref()),
            text(row.severity.as_deref()),
            row.content_group.map_or(Value::Null, Value::Int),
            text(row.agency.as_deref()),
            text(row.district.as_deref()),
            text(row.ward.as_deref()),
            row.point.map_or(Value::Null, |point| Value::Float(point.lat)),
            row.point.map_or(Value::Null, |point| Value::Float(point.lng)),
            text(row.timeliness.as_deref()),
            text(row.due.as_deref()),
            text(row.rule.as_deref()),
            text(row.resolved_at.as_deref()),
            text(Some(&row.flags.join(" "))),
            text(row.title.as_deref()),
        ]
    });
    Sheet::new(columns, rows)
}

/// `GET /api/v1/cases/{code}`: a code may hold any character, percent-encoded in the address.
pub(super) async fn case(
    State(api): State<Api>,
    code: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let Path(code) = code.map_err(|_| bad("code", "is not UTF-8 in percent-encoding"))?;
    let mut params = Params::of(&uri)?;
    let rules = params.take("rules")?.map_or(Ok(Rules::Kept), |name| Rules::parse(&name))?;
    params.end()?;
    let Some(story) = api.answers.case(code, rules).await? else {
        return Err(not_found("code: no event of this case was ever heard").into());
    };
    Ok(story::respond(&story)?)
}
