//! The files of the site: the browser's program, styles, fonts, the map library. Each lies beside
//! its brotli form, made when the site was built.

use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// Files keep their names from one version to the next: a browser must ask whether they changed,
/// and is told "no" in a few bytes.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// A typeface does not change under its name.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=604800");

/// The site's folder.
#[derive(Clone)]
pub(crate) struct Files(ServeDir);

impl Files {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self(ServeDir::new(folder).append_index_html_on_directories(false).precompressed_br())
    }

    /// The file that a request names; `None` where there is none.
    pub(crate) async fn get(&self, asked: Request) -> Option<Response> {
        let keep = if asked.uri().path().ends_with(".woff2") { KEEP } else { ASK_AGAIN };
        let found = self.0.clone().oneshot(asked).await.ok()?;
        if matches!(found.status(), StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
            || is_elsewhere(&found)
        {
            return None;
        }
        let mut response = found.map(Body::new).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, keep);
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        Some(response)
    }
}

/// The same request without its body: no file reads one.
pub(crate) fn head_of(request: &Request) -> Request {
    let mut head = Request::new(Body::empty());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = request.uri().clone();
    *head.headers_mut() = request.headers().clone();
    head
}

/// Whether a person asks, and is to be answered with a page.
pub(crate) fn wants_page(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// A folder asked for without its slash is no file, and no reason to send anybody round.
fn is_elsewhere<B>(found: &axum::http::Response<B>) -> bool {
    found.status().is_redirection() && found.status() != StatusCode::NOT_MODIFIED
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn ask(path: &str, encoding: &str) -> Request {
        Request::get(path).header(header::ACCEPT_ENCODING, encoding).body(Body::empty()).unwrap()
    }

    #[track_caller]
    fn site() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("pkg")).unwrap();
        for (name, bytes) in [
            ("pkg/a.wasm", "\0asm"),
            ("pkg/a.wasm.br", "squeezed"),
            ("m.mjs", "1"),
            ("f.woff2", "1"),
            ("s.css", "1"),
        ] {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let files = Files::in_folder(folder.path());
        (folder, files)
    }

    #[tokio::test]
    async fn each_file_has_its_type_and_may_be_asked_for_again() {
        let (_folder, files) = site();
        for (path, kind, keep) in [
            ("/pkg/a.wasm", "application/wasm", "no-cache"),
            ("/m.mjs", "application/javascript", "no-cache"),
            ("/f.woff2", "font/woff2", "public, max-age=604800"),
            ("/s.css", "text/css", "no-cache"),
        ] {
            let file = files.get(ask(path, "")).await.unwrap();
            assert_eq!(file.headers()[header::CONTENT_TYPE], kind);
            assert_eq!(file.headers()[header::CACHE_CONTROL], keep);
            assert!(file.headers().contains_key(header::LAST_MODIFIED));
        }
    }

    #[tokio::test]
    async fn the_squeezed_form_is_given_to_whoever_reads_it() {
        let (_folder, files) = site();
        let file = files.get(ask("/pkg/a.wasm", "gzip, br")).await.unwrap();
        assert_eq!(file.headers()[header::CONTENT_ENCODING], "br");
        assert_eq!(file.headers()[header::CONTENT_TYPE], "application/wasm");
        let plain = files.get(ask("/pkg/a.wasm", "gzip")).await.unwrap();
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
    }

    #[tokio::test]
    async fn nothing_outside_the_folder_and_no_folder_is_given() {
        let (folder, files) = site();
        fs::write(folder.path().parent().unwrap().join("toancanh-outside"), "x").ok();
        for path in ["/../toancanh-outside", "/%2e%2e/toancanh-outside", "/pkg", "/pkg/", "/", "/absent.js"] {
            assert!(files.get(ask(path, "")).await.is_none(), "{path}");
        }
        fs::remove_file(folder.path().parent().unwrap().join("toancanh-outside")).ok();
    }
}
