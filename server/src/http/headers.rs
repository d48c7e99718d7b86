//! What every answer tells the browser to be careful about. Pages set their own
//! Content-Security-Policy, with the nonce of that very page.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::listen::OverTls;
use super::neighbours::Neighbours;
use crate::settings::Settings;

/// For everything that is no page: nothing in it may run or load anything.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/// For scripts: one that runs as a worker is bound by what it came with, not by the page's. The map's
/// worker asks this server for the layers under the hexagons, and the keeper of old pages for all that it keeps.
/// It asks another of the city's servers where this one is lost.
pub(super) fn script_policy(settings: &Settings) -> HeaderValue {
    let others = Neighbours::connect_sources(settings);
    let policy = format!(
        "default-src 'none'; script-src 'self'; connect-src 'self'{others}; frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(NO_PAGE))
}

/// What scripts are served as: those that end in `mjs`, and those that end in `js`.
const SCRIPTS: [&str; 2] = ["application/javascript", "text/javascript"];

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Addresses of pages hold codes of cases: no other site is told them.
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// For the pages on which a code may be read with the camera.
pub(crate) const WITH_CAMERA: (HeaderName, HeaderValue) = (
    HeaderName::from_static("permissions-policy"),
    HeaderValue::from_static("camera=(self), geolocation=(), microphone=(), payment=(), usb=()"),
);

/// A browser that was here over TLS comes back over TLS, for a year.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// On every answer of a training server, whatever is asked: `true`.
const TRAINING: HeaderName = HeaderName::from_static("toancanh-training");

/// Says on an answer that nothing in it is real.
pub(super) async fn mark(is_training: bool, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if is_training {
        response.headers_mut().insert(TRAINING, HeaderValue::from_static("true"));
    }
    response
}

/// Adds them where the answer says nothing of its own.
pub(super) async fn secure(scripts: HeaderValue, request: Request, next: Next) -> Response {
    let over_tls = request.extensions().get::<OverTls>().is_some();
    let mut response = next.run(request).await;
    let is_held = response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if over_tls {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HSTS);
    }
    let is_script =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| SCRIPTS.iter().any(|script| kind == script));
    let policy = if is_script { scripts } else { HeaderValue::from_static(NO_PAGE) };
    // "Not modified" replaces the headers of what the browser holds: having no type, it would take
    // from a held script what that script may do.
    if !is_held {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    // Numbers are of one instant; an old one must never be taken for the newest.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
