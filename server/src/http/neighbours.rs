//! The city's other servers: their pages may ask here too, when their own server is lost.

use std::sync::Arc;

use axum::http::{HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::settings::{Origin, Settings};

/// Whose pages may ask here beside our own.
#[derive(Clone, Debug)]
pub(super) struct Neighbours(Arc<[Origin]>);

impl Neighbours {
    pub(super) fn of(settings: &Settings) -> Self {
        Self(settings.other_servers.clone().into())
    }

    /// Whether a page from `origin`, as its browser names it, is a page of ours.
    pub(super) fn know(&self, origin: &str) -> bool {
        self.0.iter().any(|known| known.as_str().eq_ignore_ascii_case(origin))
    }

    /// Lets their pages read answers, and nothing more: no cookie, no other method.
    pub(super) fn cors(&self) -> CorsLayer {
        let origins = self.0.iter().filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok());
        CorsLayer::new().allow_origin(AllowOrigin::list(origins)).allow_methods([Method::GET, Method::HEAD])
    }

    /// What a Content-Security-Policy says of them, each with a space before it.
    pub(super) fn connect_sources(settings: &Settings) -> String {
        let sources =
            settings.other_servers.iter().map(|origin| format!(" {origin} {}", origin.of_sockets()));
        sources.collect()
    }
}
