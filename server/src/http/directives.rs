//! `GET` and `POST /api/v1/directives`, and the answers to directives: who asks, in which form, and what is told.
//! What is done is in [`act`].

mod act;

use app::source::DirectivesQuery;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::answer::{DirectivePage, DirectiveStepView, DirectiveView};
use domain::dimension::Dimension;
use domain::directive::{AnswerWish, DecisionWish, Directive, DirectiveStatus, StepKind, Wish};
use domain::problem::Problem;
use domain::query::bad;
use domain::state::State as Cases;
use domain::{Timestamp, Value};
use serde::de::DeserializeOwned;

use super::accept::{Form, choose};
use super::api::Api;
use super::clock::is_json;
use super::params::Params;
use super::problem::Refusal;
use super::sheet::{Sheet, answer as sheet_answer, json, text};

pub(crate) use act::Acts;
pub(super) use act::{event, is_said, lost, request, reused, short, words};

/// How many lines unless told.
const LIMIT: u32 = 100;
/// The longest list.
const LIMIT_MAX: u32 = 1_000;

/// `GET /api/v1/directives`.
pub(super) async fn list(State(api): State<Api>, uri: Uri, headers: HeaderMap) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let status = params.take("status")?;
    let status = status.map(|name| DirectiveStatus::of(&name).ok_or_else(unknown_status)).transpose()?;
    let query = DirectivesQuery {
        directive: params.take("directive")?,
        status,
        agency: params.take("agency")?,
        case: params.take("case")?,
        limit: params.take_number("limit", 1, LIMIT_MAX)?,
    };
    params.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let page = api.acts.list(query).await?;
    Ok(sheet_answer(form, page.seq, &page.at, &page, || table(&page.directives))?)
}

/// `POST /api/v1/directives`.
pub(super) async fn issue(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let by = who(&api, &headers)?;
    let wish: Wish = read(&uri, &headers, body)?;
    Ok(json(&api.acts.issue(wish, by).await?)?)
}

/// `POST /api/v1/directives/{code}/answer`.
pub(super) async fn answer(
    State(api): State<Api>,
    code: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let by = who(&api, &headers)?;
    let wish: AnswerWish = read(&uri, &headers, body)?;
    Ok(json(&api.acts.answer(&code_of(code)?, wish, by).await?)?)
}

/// `POST /api/v1/directives/{code}/close`.
pub(super) async fn decide(
    State(api): State<Api>,
    code: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let by = who(&api, &headers)?;
    let wish: DecisionWish = read(&uri, &headers, body)?;
    Ok(json(&api.acts.decide(&code_of(code)?, wish, by).await?)?)
}

pub(super) fn who(api: &Api, headers: &HeaderMap) -> Result<&'static str, Problem> {
    api.administrator.check(headers)?;
    Ok(act::ADMINISTRATOR)
}

pub(super) fn code_of(code: Result<Path<String>, PathRejection>) -> Result<String, Problem> {
    code.map(|Path(code)| code).map_err(|_| bad("code", "is not UTF-8 in percent-encoding"))
}

pub(super) fn read<T: DeserializeOwned>(
    uri: &Uri,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<T, Problem> {
    Params::of(uri)?.end()?;
    is_json(headers)?;
    let unreadable = |why: &str| {
        let detail = format!("The body is not what this call reads, see /api/v1/openapi.json: {why}");
        Problem::new("unparsable-body", 400, "The body cannot be parsed", detail).at("body")
    };
    let body = body.map_err(|_| unreadable("it did not arrive"))?;
    serde_json::from_slice(&body).map_err(|error| {
        // A parser's own words may repeat the officer's.
        unreadable(&format!("line {}, column {}", error.line(), error.column()))
    })
}

fn unknown_status() -> Problem {
    bad("status", &format!("is none of {}", DirectiveStatus::ALL.map(DirectiveStatus::name).join(", ")))
}

/// The directives about a case, the oldest first.
pub(super) fn of_case(state: &Cases, case: &str) -> Vec<DirectiveView> {
    let about = |view: &DirectiveView| view.evidence.case.as_ref().is_some_and(|then| then.case == case);
    let mut views: Vec<_> = state.directives().filter_map(|(name, said)| view(state, name, said)).collect();
    views.retain(about);
    let when = |view: &DirectiveView| view.issued_at.parse::<Timestamp>().unwrap_or_default();
    views.sort_by(|a, b| (when(a), &a.directive).cmp(&(when(b), &b.directive)));
    views
}

/// The directives of a list.
pub(super) fn page(state: &Cases, query: &DirectivesQuery) -> DirectivePage {
    let tree = state.city().catalogue.tree(Dimension::Agency);
    let is_to = |to: &str, agency: &str| tree.map_or(to == agency, |tree| tree.is_under(to, agency));
    let fits = |name: &str, said: &Directive| -> Option<(Urgency, DirectiveView)> {
        let standing = said.standing(state.at())?;
        let case = standing.issued.evidence.case.as_ref().map(|then| then.case.as_str());
        let fits = query.directive.as_deref().is_none_or(|asked| asked == name)
            && query.status.is_none_or(|asked| asked == standing.status)
            && query.agency.as_deref().is_none_or(|asked| is_to(&standing.issued.to, asked))
            && query.case.as_deref().is_none_or(|asked| case == Some(asked));
        let last = standing.steps.iter().map(|(step, _)| step.time).max().unwrap_or(standing.issued_at);
        let urgency = match standing.status {
            DirectiveStatus::Overdue | DirectiveStatus::Open => (0, standing.due.micros()),
            DirectiveStatus::Answered => (1, last.micros()),
            DirectiveStatus::Closed => (2, -last.micros()),
        };
        fits.then(|| view(state, name, said)).flatten().map(|view| (urgency, view))
    };
    let mut fitting: Vec<_> = state.directives().filter_map(|(name, said)| fits(name, said)).collect();
    fitting.sort_by(|a, b| (a.0, &a.1.directive).cmp(&(b.0, &b.1.directive)));
    let total = fitting.len() as u64;
    fitting.truncate(query.limit.unwrap_or(LIMIT).min(LIMIT_MAX) as usize);
    DirectivePage {
        seq: state.seq(),
        at: state.at().to_rfc3339(&state.city().zone),
        total,
        directives: fitting.into_iter().map(|(_, view)| view).collect(),
    }
}

/// Who is needed first, in which order.
type Urgency = (u8, i64);

/// A directive as it stands; none while what it asks has not been heard.
fn view(state: &Cases, name: &str, said: &Directive) -> Option<DirectiveView> {
    let show = |at: Timestamp| at.to_rfc3339(&state.city().zone);
    let standing = said.standing(state.at())?;
    let steps = standing.steps.iter().map(|(step, applied)| DirectiveStepView {
        step: step.kind.name().to_owned(),
        at: show(step.time),
        by: step.by.to_string(),
        text: step.text.to_string(),
        due: match step.kind {
            StepKind::SentBack { due } => Some(show(due)),
            StepKind::Answered | StepKind::Closed => None,
        },
        applied: *applied,
    });
    Some(DirectiveView {
        directive: name.to_owned(),
        kind: standing.issued.kind.name().to_owned(),
        status: standing.status.name().to_owned(),
        to: standing.issued.to.to_string(),
        text: standing.issued.text.to_string(),
        by: standing.issued.by.to_string(),
        issued_at: show(standing.issued_at),
        due: show(standing.due),
        round: standing.round,
        answered_at: standing.answered_at.map(show),
        was_late: standing.was_late,
        evidence: standing.issued.evidence.clone(),
        steps: steps.collect(),
    })
}

fn table(directives: &[DirectiveView]) -> Sheet {
    let columns = [
        "directive",
        "kind",
        "status",
        "to",
        "text",
        "by",
        "issued_at",
        "due",
        "round",
        "answered_at",
        "was_late",
        "case",
        "metric",
        "value",
        "digest",
    ];
    let rows = directives.iter().map(|line| {
        let number = line.evidence.number.as_ref();
        let case = line.evidence.case.as_ref();
        [
            text(Some(&line.directive)),
            text(Some(&line.kind)),
            text(Some(&line.status)),
            text(Some(&line.to)),
            text(Some(&line.text)),
            text(Some(&line.by)),
            text(Some(&line.issued_at)),
            text(Some(&line.due)),
            Value::Int(i64::from(line.round)),
            text(line.answered_at.as_deref()),
            text(Some(if line.was_late { "true" } else { "false" })),
            text(case.map(|case| case.case.as_str())),
            text(number.map(|number| number.metric.as_str())),
            text(number.map(|number| value_said(&number.value)).as_deref()),
            text(number.map(|number| number.digest.as_str())),
        ]
    });
    Sheet::new(columns, rows)
}

/// A column has one type, and a value may be a count or a measure.
fn value_said(value: &Value) -> String {
    match value {
        Value::Int(int) => int.to_string(),
        Value::Float(float) => float.to_string(),
        Value::Text(text) => text.clone(),
        Value::Null => String::new(),
    }
}
