//! What walls show, and its versions: `/api/v1/scenes…`.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::problem::Problem;
use domain::scene::saved::{SaveScenes, VersionView};
use serde::Serialize;

use super::api::Api;
use super::params::Params;
use super::problem::Refusal;
use super::screens::administers;
use super::sheet::json;

/// The versions.
#[derive(Debug, Serialize)]
struct Versions {
    versions: Vec<VersionView>,
}

/// `GET /api/v1/scenes`: what walls show.
pub(super) async fn playlist(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Params::of(&uri)?.end()?;
    api.running.core.ready()?;
    let playlist = api.running.playlist();
    Ok(json(&if may_see(&api, &headers) { playlist } else { playlist.without_author() })?)
}

/// Who saved a version, and in which words, is seen by who may save one: officers are seen by right only.
fn may_see(api: &Api, headers: &HeaderMap) -> bool {
    administers(api, headers).is_ok()
}

/// `GET /api/v1/scenes/versions`.
pub(super) async fn versions(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Params::of(&uri)?.end()?;
    let snapshot = api.running.core.ready()?;
    let mut versions = api.running.versions(snapshot.frozen.state());
    if !may_see(&api, &headers) {
        versions.iter_mut().for_each(|version| (version.by, version.why) = (None, None));
    }
    Ok(json(&Versions { versions })?)
}

/// `GET /api/v1/scenes/versions/{version}`.
pub(super) async fn version(
    State(api): State<Api>,
    Path(version): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Params::of(&uri)?.end()?;
    let snapshot = api.running.core.ready()?;
    // What is no number is no version either.
    let number = version.parse().unwrap_or(u32::MAX);
    let playlist = api.running.playlist_of(snapshot.frozen.state(), number)?;
    Ok(json(&if may_see(&api, &headers) { playlist } else { playlist.without_author() })?)
}

/// `PUT /api/v1/scenes`: a new version, the administrator's.
pub(super) async fn save(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    administers(&api, &headers)?;
    Params::of(&uri)?.end()?;
    let body = body.map_err(|_| unreadable("the body did not arrive"))?;
    let wish: SaveScenes = serde_json::from_slice(&body).map_err(|error| unreadable(&error.to_string()))?;
    Ok(json(&api.running.save_scenes(wish).await?)?)
}

fn unreadable(why: &str) -> Problem {
    let detail = format!("The body is not {{\"made_from\", \"by\", \"why\", \"scenes\"}}: {why}");
    Problem::new("unparsable-body", 400, "The body cannot be parsed", detail).at("body")
}
