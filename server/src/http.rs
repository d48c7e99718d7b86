//! Everything that answers over HTTP: the REST calls, the live socket, the pages and their files.
//!
//! A request passes, from the outside in: [`observe`] (counted, traced by route and never by
//! address), security headers, [`problem`] (every error becomes a problem, a panic too), [`access`],
//! a time limit, and the bounds of its body ([`body`]). Work beyond half a millisecond leaves the
//! async threads by [`work`].
//!
//! Not here: what a number means (`engine`), what an event must say (`gateway`), how a page looks
//! (`app`).

mod accept;
mod access;
pub mod administrator;
pub(crate) mod alarms;
pub mod answer;
mod api;
mod arrow;
mod body;
mod case_clock;
mod case_stages;
mod cases;
mod checkpoint;
mod clock;
mod commitments;
pub(crate) mod contacts;
mod counters;
pub(crate) mod desks;
pub(crate) mod directives;
mod escalations;
pub mod events;
mod figures;
mod flights;
pub mod front;
mod geojson;
pub(crate) mod headers;
mod health;
pub mod listen;
pub mod live;
mod neighbours;
mod numbers;
mod observe;
pub mod openapi;
mod params;
pub mod problem;
pub(crate) mod public;
mod quality;
mod routes;
mod satisfaction;
mod scenes;
pub(crate) mod screens;
mod sheet;
pub(crate) mod shift;
mod sources;
mod story;
pub mod work;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use domain::problem::Problem;
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;

use crate::running::Running;
use access::Access;
use administrator::Administrator;
use answer::Answers;
use api::Api;

/// How long an answer may take to begin. Sockets and streams go on beyond it; sending events has
/// bounds of its own.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

/// Why there is no router.
#[derive(Debug, thiserror::Error)]
pub enum RouterError {
    /// The administrator's token can neither be read nor made.
    #[error("the administrator's token cannot be made in {}: {source}", keys.display())]
    Administrator {
        /// The key folder.
        keys: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Everything that a running server answers.
///
/// Whoever serves it must give each request its peer's address as
/// [`ConnectInfo`](axum::extract::ConnectInfo), as [`listen::serve`] does: a caller of unknown
/// address may not read.
///
/// # Errors
/// Where the administrator's token cannot be made.
pub fn router(running: Running) -> Result<Router, RouterError> {
    let keys = running.settings.keys.clone();
    let administrator =
        Administrator::open(&keys).map_err(|source| RouterError::Administrator { keys, source })?;
    let answers = Answers::new(running.clone());
    let acts = directives::Acts::new(answers.clone(), administrator.clone());
    let alarms = alarms::Alarms::new(acts.clone());
    let shifts = shift::Shifts::new(acts.clone(), alarms.clone());
    let public = public::Public::new(answers.clone());
    let pages = crate::pages::router(&answers, acts.clone(), alarms.clone(), shifts.clone(), public.clone());
    let access = Access::of(&running.settings);
    let requests = running.telemetry.requests.clone();
    let api = Api { running: running.clone(), answers, administrator, acts, alarms, shifts, public };
    let scripts = headers::script_policy(&running.settings);
    let neighbours = neighbours::Neighbours::of(&running.settings);
    let is_training = running.settings.training;
    let router = routes::routes(&running, api)
        .layer(CompressionLayer::new())
        .merge(pages)
        .layer(from_fn(in_time))
        .layer(from_fn(move |request: Request, next: Next| access.guard(request, next)))
        .layer(from_fn(problem::everywhere))
        .layer(neighbours.cors())
        .layer(from_fn(move |request: Request, next: Next| headers::secure(scripts.clone(), request, next)))
        .layer(from_fn(move |request: Request, next: Next| headers::mark(is_training, request, next)))
        .layer(from_fn(move |request: Request, next: Next| {
            observe::observe(requests.clone(), request, next)
        }));
    Ok(router)
}

/// The same answers under a path: a reverse proxy may hand it on or take it off.
fn under(base_path: &str, router: Router) -> Router {
    if base_path.is_empty() {
        return router;
    }
    let base_path: Arc<str> = base_path.into();
    let bare = move |mut request: Request| {
        if let Some(uri) = without(&base_path, request.uri()) {
            *request.uri_mut() = uri;
        }
        request
    };
    // The path is taken off before any route is looked for.
    Router::new().fallback_service(ServiceBuilder::new().map_request(bare).service(router))
}

fn without(base_path: &str, uri: &Uri) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(base_path)?;
    let rest = match rest.as_bytes().first() {
        None => "/".to_owned(),
        Some(b'?') => format!("/{rest}"),
        Some(b'/') => rest.to_owned(),
        Some(_) => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(rest.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// What a page's policy says of the city's other servers.
pub(crate) fn connect_sources(settings: &crate::settings::Settings) -> String {
    neighbours::Neighbours::connect_sources(settings)
}

/// Bounds the body of a question or a command.
pub(crate) async fn small_body(request: Request, next: Next) -> Response {
    // A playlist is the one command that may be long.
    let is_playlist = request.method() == axum::http::Method::PUT && request.uri().path() == "/api/v1/scenes";
    let bytes_max = if is_playlist { body::SCENES_BYTES_MAX } else { body::OTHER_BYTES_MAX };
    body::bounded(bytes_max, request, next).await
}

/// Gives up on an answer that does not come.
async fn in_time(request: Request, next: Next) -> Response {
    if request.uri().path() == "/api/v1/events" {
        return next.run(request).await;
    }
    match tokio::time::timeout(ANSWER_TIME_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = format!("The answer did not come within {} seconds.", ANSWER_TIME_MAX.as_secs());
            problem::response(Problem::new("unavailable", 503, "Not now", detail))
        }
    }
}
