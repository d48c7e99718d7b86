//! `GET /api/v1/satisfaction`: what people think, with how many could have said so.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::accept::{Form, choose};
use super::api::Api;
use super::params::Params;
use super::problem::Refusal;
use super::sheet::{Sheet, answer};

/// `GET /api/v1/satisfaction`.
pub(super) async fn satisfaction(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let params = Params::of(&uri)?;
    params.refuse(&["metric", "bucket", "res"])?;
    let query = params.query(api.answers.city())?;
    let form = choose(&headers, &Form::TABLE)?;
    let body = api.answers.satisfaction(query).await?;
    let sheet = || Sheet { columns: body.columns.clone(), rows: body.rows.clone() };
    Ok(answer(form, body.seq, &body.at, &*body, sheet)?)
}
