//! A wall's small picture of itself: the wall brings it, an administrator sees it.

use std::time::Instant;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use domain::problem::Problem;
use domain::query::bad;
use domain::screen::Role;

use super::live::enrolled;
use super::{administers, own_page};
use crate::http::api::Api;
use crate::http::params::Params;
use crate::http::problem::Refusal;
use crate::screens::Picture;

/// `PUT /api/v1/screens/me/picture`: from the wall itself, by its cookie.
pub(in crate::http) async fn keep_picture(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    own_page(&api.running, &headers)?;
    let wall = enrolled(&api.running, &headers)?;
    if wall.role != Role::Wall {
        let detail = "Only a wall brings a picture of itself.";
        return Err(Problem::new("not-enrolled", 403, "Not enrolled", detail).into());
    }
    let mut params = Params::of(&uri)?;
    let scene = params.take("scene")?.ok_or_else(|| bad("scene", "is not said"))?;
    params.end()?;
    let scene = domain::screen::scene(&scene).map_err(|why| bad("scene", &why.to_string()))?;
    let body = body.map_err(|_| bad("picture", "did not arrive"))?;
    let picture = Picture::read(body, scene, Instant::now())?;
    api.running.screens.keep_picture(&wall.screen, picture)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /api/v1/screens/{screen}/picture`.
pub(in crate::http) async fn picture(
    State(api): State<Api>,
    Path(screen): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    administers(&api, &headers)?;
    let mut params = Params::of(&uri)?;
    // Only so that a browser asks for each picture anew: the newest is answered.
    params.take("taken")?;
    params.end()?;
    let picture = api.running.screens.picture(&screen).ok_or_else(|| {
        let detail = "There is no picture of this screen since the server's start.";
        Problem::new("not-found", 404, "Nothing here", detail).at("screen")
    })?;
    let kind = [(header::CONTENT_TYPE, picture.media_type())];
    Ok((kind, picture.bytes()).into_response())
}
