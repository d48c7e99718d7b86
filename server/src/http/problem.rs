//! Every error leaves as `application/problem+json` (RFC 9457): those that handlers name, and
//! those of the layers below them (no such path, wrong method, too large, a panic).

use axum::extract::Request;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::problem::Problem;
use futures::FutureExt;

/// The media type of every error.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A [`Problem`] on its way out: what handlers return as their error.
#[derive(Debug)]
pub struct Refusal(pub Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        response(self.0)
    }
}

/// The answer that says a problem.
#[must_use]
pub fn response(problem: Problem) -> Response {
    said(problem.status, serde_json::to_vec(&problem).unwrap_or_default())
}

/// The same with one member more.
pub(super) fn response_with(problem: &Problem, member: &str, value: serde_json::Value) -> Response {
    let mut body = serde_json::json!(problem);
    body[member] = value;
    said(problem.status, body.to_string().into_bytes())
}

fn said(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    match status {
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        StatusCode::UPGRADE_REQUIRED => {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        StatusCode::UNAUTHORIZED => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        _ => {}
    }
    response
}

/// Turns the errors of layers and extractors, which know nothing of problems, into problems.
/// Headers that say what would be allowed (`Allow`, `Retry-After`) stay. Pages and the functions
/// of the pages keep the errors that their own client reads.
pub(super) async fn everywhere(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let wants_page = request.method() == axum::http::Method::GET && accepts_html(&request);
    let Ok(response) = std::panic::AssertUnwindSafe(next.run(request)).catch_unwind().await else {
        // The panic's own message went to the log by the panic hook; it may hold anything.
        tracing::error!("a request ended in a panic");
        return response(internal());
    };
    let is_of_pages = path.starts_with("/fn/");
    if !response.status().is_client_error() && !response.status().is_server_error() || is_of_pages {
        return response;
    }
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    match kind {
        Some(kind) if kind.starts_with(PROBLEM_JSON) => response,
        Some(kind) if kind.starts_with("text/html") && (wants_page || !path.starts_with("/api/")) => response,
        _ => replaced(response),
    }
}

/// The request to open a WebSocket, or why it is none.
pub(super) fn upgrade(
    read: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<WebSocketUpgrade, Problem> {
    use WebSocketUpgradeRejection as Rejection;
    read.map_err(|rejection| match rejection {
        Rejection::WebSocketKeyHeaderMissing(_) => {
            let detail = "Sec-WebSocket-Key: is missing; no WebSocket opens without it";
            Problem::new("bad-request", 400, "The request cannot be used", detail).at("Sec-WebSocket-Key")
        }
        Rejection::InvalidWebSocketVersionHeader(_) => {
            let detail = "Sec-WebSocket-Version: must be 13";
            Problem::new("upgrade-required", 426, "Only as a WebSocket", detail).at("Sec-WebSocket-Version")
        }
        Rejection::MethodNotGet(_) => of_status(StatusCode::METHOD_NOT_ALLOWED),
        _ => of_status(StatusCode::UPGRADE_REQUIRED),
    })
}

fn accepts_html(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

fn replaced(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    let fresh = self::response(of_status(parts.status));
    let (fresh_parts, body) = fresh.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_ENCODING);
    for (name, value) in &fresh_parts.headers {
        parts.headers.insert(name, value.clone());
    }
    Response::from_parts(parts, body)
}

/// What a bare status means here.
fn of_status(status: StatusCode) -> Problem {
    let (slug, title, detail) = match status {
        StatusCode::NOT_FOUND => {
            ("not-found", "Nothing here", "No call has this path; see /api/v1/openapi.json.")
        }
        StatusCode::METHOD_NOT_ALLOWED => (
            "method-not-allowed",
            "Not with this method",
            "The path exists, but not with this method; the Allow header says with which.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("body-too-large", "The body is too large", "The body is larger than this call takes.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "unsupported-type",
            "Unsupported content type",
            "The Content-Type is none that this call reads; see /api/v1/openapi.json.",
        ),
        StatusCode::UPGRADE_REQUIRED => (
            "upgrade-required",
            "Only as a WebSocket",
            "This path answers only requests that open a WebSocket.",
        ),
        StatusCode::REQUEST_TIMEOUT => ("request-timeout", "Too slow", "The request did not arrive in time."),
        StatusCode::INTERNAL_SERVER_ERROR => return internal(),
        _ if status.is_server_error() => ("unavailable", "Not now", "The server cannot answer this now."),
        _ => (
            "bad-request",
            "The request cannot be used",
            "The request cannot be read; see /api/v1/openapi.json.",
        ),
    };
    Problem::new(slug, status.as_u16(), title, detail)
}

/// Something broke here, and the fault is not the caller's.
#[must_use]
pub fn internal() -> Problem {
    let detail =
        "Something broke while this was answered. Nothing was changed by it; the server's log says what.";
    Problem::new("internal", 500, "The server made a mistake", detail)
}

/// There is no such thing.
#[must_use]
pub fn not_found(what: impl Into<String>) -> Problem {
    Problem::new("not-found", 404, "Nothing here", what)
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::middleware::from_fn;
    use axum::response::Html;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn broken() -> &'static str {
        panic!("a secret of the handler")
    }

    fn router() -> Router {
        Router::new()
            .route("/api/v1/broken", get(broken))
            .route(
                "/api/v1/plain",
                get(|| async { (StatusCode::GONE, [(header::RETRY_AFTER, "9")], "a secret") }),
            )
            .route("/page", get(|| async { (StatusCode::NOT_FOUND, Html("<p>no</p>")) }))
            .route("/fn/ask", get(|| async { (StatusCode::BAD_REQUEST, "read by its own client") }))
            .layer(from_fn(everywhere))
    }

    async fn ask(path: &str, method: &str) -> (StatusCode, axum::http::HeaderMap, String) {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_and_keeps_its_words_to_itself() {
        let (status, headers, body) = ask("/api/v1/broken", "GET").await;
        assert_eq!(
            (status.as_u16(), &headers[header::CONTENT_TYPE]),
            (500, &HeaderValue::from_static(PROBLEM_JSON))
        );
        assert!(body.contains("urn:toancanh:problem:internal") && !body.contains("secret"), "{body}");
    }

    #[tokio::test]
    async fn a_plain_error_becomes_a_problem_with_its_own_headers() {
        let (status, headers, body) = ask("/api/v1/plain", "GET").await;
        assert_eq!(
            (status, &headers[header::RETRY_AFTER]),
            (StatusCode::GONE, &HeaderValue::from_static("9"))
        );
        assert!(body.contains("\"status\":410") && !body.contains("secret"), "{body}");
        let (status, headers, body) = ask("/api/v1/plain", "POST").await;
        assert_eq!((status.as_u16(), &headers[header::ALLOW]), (405, &HeaderValue::from_static("GET,HEAD")));
        assert!(body.contains("method-not-allowed"), "{body}");
    }

    #[tokio::test]
    async fn what_is_read_by_a_person_or_by_a_page_stays_as_it_is() {
        assert_eq!(ask("/page", "GET").await.2, "<p>no</p>");
        assert_eq!(ask("/fn/ask", "GET").await.2, "read by its own client");
    }
}
