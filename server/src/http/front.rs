//! What answers before there are numbers. The server listens from its first moment on: while the log is
//! still being opened this module answers everything, and until the first numbers are there it answers
//! people with a page that says how far the start has come, and never a number.
//!
//! Not here: how far it has come ([`Progress`]), what answers afterwards ([`super::router`]).

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;
use tokio::sync::SetOnce;
use tower::ServiceExt;

use super::access::Access;
use super::problem;
use crate::core::Core;
use crate::pages::files::{self, Files};
use crate::rebuilding::{self, Progress};
use crate::settings::Settings;

/// So long a call is held while the log is being opened.
const OPEN_SOON: Duration = Duration::from_secs(2);
/// The page that people see meanwhile.
const PAGE: &str = include_str!("front/rebuilding.html");
/// Where the page says how far it is.
const PERCENT_MARK: &str = "{percent}";
/// Where the page says what its addresses begin with.
const BASE_MARK: &str = "{base}";
/// Where the page names the script that may run.
const NONCE_MARK: &str = "{nonce}";

/// Answers from the first moment on, and hands over to the whole product when that is there.
#[derive(Clone)]
pub struct Front {
    progress: Progress,
    files: Files,
    access: Access,
    /// What a script may ask, as everywhere.
    scripts: HeaderValue,
    base_path: Arc<str>,
    whole: Arc<SetOnce<(Router, Core)>>,
}

impl Front {
    /// Answers that there are no numbers yet, with how far the start has come.
    #[must_use]
    pub fn new(settings: &Settings, progress: Progress) -> Self {
        let files = Files::in_folder(Path::new(&settings.site_root));
        Self {
            progress,
            files,
            access: Access::of(settings),
            scripts: super::headers::script_policy(settings),
            base_path: settings.base_path.as_str().into(),
            whole: Arc::default(),
        }
    }

    /// From now on the whole product answers; people get its pages once the core has numbers.
    pub fn hand_over(&self, router: Router, core: Core) {
        // A second one would be a mistake of the caller's that changes nothing.
        let _ = self.whole.set((router, core));
    }

    /// Waits a moment for the log to be open: most are within it, and whoever asks then need not ask again.
    async fn open_soon(&self) {
        // After it the answer is that there are no numbers yet.
        let _ = tokio::time::timeout(OPEN_SOON, self.whole.wait()).await;
    }

    /// What is served, first and last.
    pub fn router(self) -> Router {
        let (access, scripts, base_path) = (self.access, self.scripts.clone(), self.base_path.clone());
        let alone = Router::new()
            .fallback(meanwhile)
            .with_state(self.clone())
            .layer(from_fn(move |request: Request, next: Next| access.guard(request, next)))
            .layer(from_fn(problem::everywhere))
            .layer(from_fn(move |request: Request, next: Next| {
                super::headers::secure(scripts.clone(), request, next)
            }));
        let first_and_last = Router::new().fallback(move |request: Request| {
            let (front, alone) = (self.clone(), alone.clone());
            async move {
                if is_call(&request) {
                    front.open_soon().await;
                }
                let answer = match front.whole.get() {
                    Some((whole, core)) if !(is_page(&request) && core.rebuilding().is_some()) => {
                        whole.clone()
                    }
                    _ => alone,
                };
                answer.oneshot(request).await
            }
        });
        super::under(&base_path, first_and_last)
    }
}

/// Whether a program asks for something that only the whole product has; what tells how a start goes on is not held.
fn is_call(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with("/api/") || path.starts_with("/fn/") || path == "/metrics"
}

/// Whether a person asks for a page: files are asked for by their names, calls under `/api/`.
fn is_page(request: &Request) -> bool {
    let path = request.uri().path();
    let last = path.rsplit('/').next().unwrap_or_default();
    matches!(*request.method(), Method::GET | Method::HEAD)
        && !path.starts_with("/api/")
        && !last.contains('.')
        && files::wants_page(request)
}

async fn meanwhile(State(front): State<Front>, request: Request) -> Response {
    let percent = front.progress.percent();
    let path = request.uri().path();
    if path == "/healthz" {
        let said = json!({ "status": "alive", "version": env!("CARGO_PKG_VERSION"), "rebuilding": percent });
        return axum::Json(said).into_response();
    }
    if is_page(&request) {
        return page(percent, &front.base_path);
    }
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_read
        && !path.starts_with("/api/")
        && let Some(file) = front.files.get(files::head_of(&request)).await
    {
        return file;
    }
    refused(percent)
}

/// 503, with how far it has come as a number of its own.
pub(super) fn refused(percent: u8) -> Response {
    problem::response_with(&rebuilding::problem(percent), "percent", percent.into())
}

/// Loaded again by itself when there are numbers. With its script kept from running it is loaded again
/// every other second.
fn page(percent: u8, base_path: &str) -> Response {
    let nonce = format!("{:032x}", rand::random::<u128>());
    let text = PAGE.replace(PERCENT_MARK, &percent.to_string()).replace(NONCE_MARK, &nonce);
    let text = text.replace(BASE_MARK, base_path);
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; \
         img-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, Html(text)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: Method, path: &str, accept: &str, want: bool) {
        let request = Request::builder().method(method).uri(path).header(header::ACCEPT, accept);
        assert_eq!(is_page(&request.body(axum::body::Body::empty()).unwrap()), want, "{path}");
    }

    #[test]
    fn a_page_is_what_a_person_asks_for() {
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        check(Method::GET, "/", browser, true);
        check(Method::GET, "/wall", browser, true);
        check(Method::GET, "/wall", "application/json", false);
        check(Method::GET, "/style.css", "text/css,*/*;q=0.1", false);
        check(Method::GET, "/pkg/toan_canh.js", browser, false);
        check(Method::GET, "/api/v1/aggregates", browser, false);
        check(Method::POST, "/", browser, false);
    }

    #[test]
    fn the_page_says_how_far_it_is_in_both_languages_and_no_other_number() {
        let text = PAGE.replace(PERCENT_MARK, "42").replace(NONCE_MARK, "x");
        let body = text.split("<body>").nth(1).and_then(|rest| rest.split("<script").next()).unwrap();
        let spoken: String =
            body.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect();
        assert!(spoken.contains("Đang dựng lại số liệu") && spoken.contains("rebuilding"), "{spoken}");
        let numbers: Vec<&str> =
            spoken.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).collect();
        assert_eq!(numbers, ["42", "42"]);
        assert!(!text.contains('{') || !text.contains("{percent}"));
    }
}
