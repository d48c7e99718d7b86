//! Each request in the traces and the figures: by the pattern of its route, never by its address,
//! whose parameters may hold codes of cases or words that somebody searched for.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::telemetry::Requests;

/// Counts and traces a request.
pub(super) async fn observe(requests: Requests, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    // Methods are any word that a caller makes up; the figures know the usual ones.
    let method = match request.method().as_str() {
        usual @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => usual.to_owned(),
        _ => "other".to_owned(),
    };
    let span = tracing::debug_span!("request", route, method);
    let response = next.run(request).instrument(span).await;
    let took = began.elapsed();
    let status = response.status().as_u16();
    tracing::debug!(route, method, status, took_ms = took.as_millis(), "answered");
    requests.count(&route, &method, status, took);
    response
}
