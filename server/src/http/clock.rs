//! `POST /api/v1/clock`: moves a clock that is not the system's, forwards only, with the
//! administrator's token.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use domain::Timestamp;
use domain::problem::Problem;
use domain::query::bad;
use serde::{Deserialize, Serialize};

use super::api::Api;
use super::params::Params;
use super::problem::Refusal;
use super::sheet::json;

/// What may be asked: a later instant, another speed, or both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    at: Option<String>,
    speed: Option<f64>,
}

/// How the clock stands afterwards.
#[derive(Debug, Serialize)]
pub(super) struct ClockView {
    /// Where the hand stands.
    pub(super) at: String,
    /// City seconds per second.
    pub(super) speed: f64,
    /// `set`, `still`, `replay`, `simulated`.
    pub(super) clock: &'static str,
}

/// `POST /api/v1/clock`. Numbers follow at the next tick.
pub(super) async fn move_on(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Response, Refusal> {
    api.administrator.check(&headers)?;
    Params::of(&uri)?.end()?;
    is_json(&headers)?;
    let body = body.map_err(|_| unreadable("the body did not arrive"))?;
    let wish: Move = serde_json::from_slice(&body).map_err(|error| unreadable(&error.to_string()))?;
    let zone = &api.running.city.city.zone;
    let at = wish.at.as_deref().map(|text| read_time(zone, text)).transpose()?;
    let clock = &api.running.clock;
    clock.move_on(at, wish.speed)?;
    tracing::info!(at = wish.at, speed = wish.speed, "the city's clock was moved");
    let view = ClockView { at: clock.now().to_rfc3339(zone), speed: clock.speed(), clock: clock.name() };
    Ok(json(&view)?)
}

fn read_time(zone: &jiff::tz::TimeZone, text: &str) -> Result<Timestamp, Problem> {
    let read = crate::city_time::parse(zone, text);
    read.ok_or_else(|| bad("at", "is neither an RFC 3339 time with an offset nor a date such as 2015-10-01"))
}

pub(super) fn is_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let detail = "Content-Type: this call reads application/json";
    Err(Problem::new("unsupported-type", 415, "Unsupported content type", detail).at("Content-Type"))
}

fn unreadable(why: &str) -> Problem {
    let detail = format!("The body is not {{\"at\"?: time, \"speed\"?: number}}: {why}");
    Problem::new("unparsable-body", 400, "The body cannot be parsed", detail).at("body")
}
