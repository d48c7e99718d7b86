//! `GET /api/v1/shift`, and what people of the operations centre do on duty: who asks, and in which form. What a duty
//! is says `domain::shift`; what is done is in [`act`], what is told in [`page`].

mod act;
mod page;
mod summary;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;

use super::api::Api;
use super::directives::{code_of, read, who};
use super::params::Params;
use super::problem::Refusal;
use super::sheet::json;

pub(crate) use act::Shifts;
pub(crate) use page::Names;

/// The longest of each list.
const LIMIT_MAX: u32 = 200;

/// `GET /api/v1/shift`. Names go to whoever shows the administrator's token, and to nobody else.
pub(super) async fn shift(State(api): State<Api>, uri: Uri, headers: HeaderMap) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let limit = params.take_number("limit", 1, LIMIT_MAX)?;
    params.end()?;
    // A wrong token is an error, and not the page without names.
    let names = if headers.contains_key(header::AUTHORIZATION) {
        who(&api, &headers)?;
        Names::Shown
    } else {
        Names::Concealed
    };
    Ok(json(&api.shifts.page(names, limit).await?)?)
}

/// `POST /api/v1/shift/duties`.
pub(super) async fn begin(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let by = who(&api, &headers)?;
    Ok(json(&api.shifts.begin(read(&uri, &headers, body)?, by).await?)?)
}

/// `POST /api/v1/shift/duties/{code}/note`.
pub(super) async fn note(
    State(api): State<Api>,
    code: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let by = who(&api, &headers)?;
    Ok(json(&api.shifts.note(&code_of(code)?, read(&uri, &headers, body)?, by).await?)?)
}

/// `POST /api/v1/shift/duties/{code}/handover`.
pub(super) async fn hand_over(
    State(api): State<Api>,
    code: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let by = who(&api, &headers)?;
    Ok(json(&api.shifts.hand_over(&code_of(code)?, read(&uri, &headers, body)?, by).await?)?)
}

/// `POST /api/v1/shift/duties/{code}/accept`.
pub(super) async fn accept(
    State(api): State<Api>,
    code: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let by = who(&api, &headers)?;
    Ok(json(&api.shifts.accept(&code_of(code)?, read(&uri, &headers, body)?, by).await?)?)
}

/// `POST /api/v1/shift/duties/{code}/end`.
pub(super) async fn end(
    State(api): State<Api>,
    code: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let by = who(&api, &headers)?;
    Ok(json(&api.shifts.end(&code_of(code)?, read(&uri, &headers, body)?, by).await?)?)
}
