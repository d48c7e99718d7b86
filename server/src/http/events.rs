//! `POST /api/v1/events` and the WebSocket that a source opens, `GET /api/v1/events/stream`: how
//! events travel. What becomes of them is [`crate::gateway`]'s.

mod signed;
mod socket;

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bytes::BytesMut;
use domain::problem::Problem;
use futures::StreamExt;
use mime::Mime;
use tokio::sync::OwnedSemaphorePermit;

use super::params::Params;
use super::problem;
use crate::gateway::admission::{Admission, Room, keep_away};
use crate::gateway::{self, BODY_BYTES_MAX, Offered, SignedBody, binary, problems, split};
use crate::running::Running;
use crate::source::SourceGrant;

/// How long a whole body may take: a source that sends for longer opens a WebSocket.
const BODY_TIME_MAX: Duration = Duration::from_secs(120);

/// The routes of this module.
pub fn routes() -> Router<Running> {
    Router::new()
        .route("/api/v1/events", post(take))
        .route("/api/v1/events/stream", get(stream))
        .layer(Extension(Admission::default()))
}

/// Takes the events of one request.
async fn take(
    State(running): State<Running>,
    Extension(admission): Extension<Admission>,
    Bearer(source): Bearer,
    request: Request,
) -> Response {
    match taken(&running, &admission, &source, request).await {
        Ok(answer) => (StatusCode::ACCEPTED, Json(answer)).into_response(),
        Err(problem) => refused(problem, &source),
    }
}

async fn taken(
    running: &Running,
    admission: &Admission,
    source: &Arc<SourceGrant>,
    request: Request,
) -> Result<gateway::Answer, Problem> {
    gateway::check_city(running, source)?;
    let (parts, body) = request.into_parts();
    Params::of(&parts.uri)?.end()?;
    let mode = Mode::of(&parts.headers)?;
    if let Err(wait) = source.rate.ready(Instant::now()) {
        keep_away(wait).await;
        return Err(problems::too_many_requests("this source sends faster than it was registered for"));
    }
    let mut room =
        admission.request(declared(&parts.headers).unwrap_or_default().min(BODY_BYTES_MAX)).await?;
    let verified = signed::admit(running, source, &parts, true)?;
    let gathering = gather(body, declared(&parts.headers), &mut room);
    let body = tokio::time::timeout(BODY_TIME_MAX, gathering)
        .await
        .unwrap_or_else(|_| Err(problems::unparsable_body("it did not arrive within 120 seconds")))?;
    let signed = match verified {
        None => None,
        Some(verified) => {
            signed::check_body(running, source, &parts.extensions, &verified, &body)?;
            Some(SignedBody::new(&source.name, verified, body.clone(), mode.spans()))
        }
    };
    let headers = parts.headers;
    let read = move |body: &[u8]| mode.read(&headers, body);
    let began = Instant::now();
    let answer = gateway::offer_bytes(running, source, body, signed, read).await;
    toancanh_log::fail_point::reach("answer-to-give");
    room.place.took(began.elapsed());
    drop(room);
    answer
}

/// The bearer of a token that a source has.
struct Bearer(Arc<SourceGrant>);

impl FromRequestParts<Running> for Bearer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, running: &Running) -> Result<Self, Response> {
        token(&parts.headers)
            .and_then(|token| running.sources.find(token))
            .map(Self)
            .ok_or_else(|| problem::response(signed::unknown(running, &parts.extensions)))
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The four content modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    One,
    Batch,
    Lines,
    Binary,
}

impl Mode {
    /// The mode that the headers name. Parameters such as `charset` are let be: JSON is UTF-8.
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let encoding = headers.get(header::CONTENT_ENCODING);
        if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(problems::unsupported_type("Content-Encoding"));
        }
        let unsupported = || problems::unsupported_type("Content-Type");
        let Some(value) = headers.get(header::CONTENT_TYPE) else {
            return binary::is_binary(headers).then_some(Self::Binary).ok_or_else(unsupported);
        };
        let mime: Mime = value.to_str().ok().and_then(|value| value.parse().ok()).ok_or_else(unsupported)?;
        match mime.essence_str() {
            "application/cloudevents+json" => Ok(Self::One),
            "application/cloudevents-batch+json" => Ok(Self::Batch),
            "application/x-ndjson" => Ok(Self::Lines),
            essence if essence.starts_with("application/cloudevents") => Err(unsupported()),
            _ if binary::is_binary(headers) && is_json(&mime) => Ok(Self::Binary),
            _ => Err(unsupported()),
        }
    }

    fn read(self, headers: &HeaderMap, body: &[u8]) -> Result<Vec<Offered>, Problem> {
        match self {
            Self::One => split::one(body),
            Self::Batch => split::batch(body),
            Self::Lines => split::lines(body),
            Self::Binary => binary::event(headers, body),
        }
    }

    /// How the events of a body are found in it.
    fn spans(self) -> fn(&[u8]) -> Vec<Range<usize>> {
        match self {
            Self::One | Self::Binary => gateway::signed::whole,
            Self::Batch => gateway::signed::elements,
            Self::Lines => gateway::signed::lines,
        }
    }
}

fn is_json(mime: &Mime) -> bool {
    mime.subtype() == mime::JSON || mime.suffix() == Some(mime::JSON)
}

fn declared(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads a body into memory, making room for it first. The sender's pauses are bounded by the layer
/// around all routes, the whole by the caller.
async fn gather(body: Body, declared: Option<usize>, room: &mut Room) -> Result<Bytes, Problem> {
    if declared.is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        return Err(problems::body_too_large());
    }
    room.grow_to(declared.unwrap_or(0)).await?;
    let mut gathered = BytesMut::with_capacity(declared.unwrap_or(0));
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| problems::unparsable_body("it ended before it was whole"))?;
        let bytes = gathered.len() + piece.len();
        if bytes > BODY_BYTES_MAX {
            return Err(problems::body_too_large());
        }
        room.grow_to(bytes).await?;
        gathered.extend_from_slice(&piece);
    }
    Ok(gathered.freeze())
}

/// The refusal of a whole request; where the source was too fast, with the time after which it may
/// go on.
fn refused(problem: Problem, source: &SourceGrant) -> Response {
    let is_too_fast = problem.status == 429;
    let mut response = problem::response(problem);
    if let (true, Err(wait)) = (is_too_fast, source.rate.ready(Instant::now())) {
        let secs = wait.as_secs_f64().ceil().max(1.0);
        response.headers_mut().insert(
            header::RETRY_AFTER,
            HeaderValue::from_str(&format!("{secs:.0}")).unwrap_or(HeaderValue::from_static("1")),
        );
    }
    response
}

/// Opens the WebSocket of a source. Where the source must sign, this request is what it signs: the messages are
/// its own as long as the socket stays open.
async fn stream(
    State(running): State<Running>,
    Extension(admission): Extension<Admission>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    bearer: Result<Bearer, Response>,
    request: Request,
) -> Response {
    let upgrade = match problem::upgrade(upgrade) {
        Ok(upgrade) => upgrade,
        Err(problem) => return problem::response(problem),
    };
    let source = match bearer {
        Ok(Bearer(source)) => source,
        Err(response) => return response,
    };
    let (parts, _) = request.into_parts();
    match opened(&running, &admission, &source, &parts) {
        Ok(room) => socket::bounded(upgrade).on_upgrade(move |socket| async move {
            socket::serve(socket, running, source).await;
            drop(room);
        }),
        Err(problem) => problem::response(problem),
    }
}

/// Room for the socket of a source that may open one.
fn opened(
    running: &Running,
    admission: &Admission,
    source: &SourceGrant,
    parts: &Parts,
) -> Result<OwnedSemaphorePermit, Problem> {
    gateway::check_city(running, source)?;
    Params::of(&parts.uri)?.end()?;
    let verified = signed::admit(running, source, parts, false)?;
    let room = admission.socket()?;
    if let Some(verified) = &verified {
        signed::opened(running, source, &parts.extensions, verified);
    }
    Ok(room)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    #[track_caller]
    fn check(pairs: &[(&'static str, &'static str)], want: Option<Mode>) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        assert_eq!(Mode::of(&headers).ok(), want, "{pairs:?}");
    }

    #[test]
    fn the_content_type_names_the_mode() {
        check(&[("content-type", "application/cloudevents+json; charset=utf-8")], Some(Mode::One));
        check(&[("content-type", "Application/CloudEvents-Batch+JSON")], Some(Mode::Batch));
        check(&[("content-type", "application/x-ndjson;charset=UTF-8")], Some(Mode::Lines));
        check(&[("content-type", "application/json"), ("ce-id", "a")], Some(Mode::Binary));
        check(&[("content-type", "application/vnd.city+json"), ("ce-id", "a")], Some(Mode::Binary));
        check(&[("ce-id", "a")], Some(Mode::Binary));
        check(&[("content-type", "application/json")], None);
        check(&[("content-type", "text/plain"), ("ce-id", "a")], None);
        check(&[("content-type", "application/cloudevents+avro"), ("ce-id", "a")], None);
        check(&[("content-type", "nonsense"), ("ce-id", "a")], None);
        check(&[], None);
        check(&[("content-type", "application/x-ndjson"), ("content-encoding", "gzip")], None);
    }

    #[test]
    fn only_a_bearers_token_counts() {
        let check = |value: &'static str, want: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            assert_eq!(token(&headers), want, "{value}");
        };
        check("Bearer tcs_1", Some("tcs_1"));
        check("bearer  tcs_1", Some("tcs_1"));
        check("Basic tcs_1", None);
        check("tcs_1", None);
    }
}
