//! The pages: rendered here with the true numbers, then alive in the browser. And the files that
//! they need, all from this server.
//!
//! Not here: how a page looks and what it asks (`app`).

mod city;
pub(crate) mod files;
mod source;

use std::sync::{Arc, OnceLock};

use app::source::{CitySource, Nowhere};
use app::training::Training;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::problem::Problem;
use leptos::config::{Env, LeptosOptions};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions};
use tower_http::compression::CompressionLayer;

use crate::http::alarms::Alarms;
use crate::http::answer::Answers;
use crate::http::directives::Acts;
use crate::http::problem;
use crate::http::public::Public;
use crate::http::shift::Shifts;
use crate::settings::Settings;
use files::Files;

/// The name of the browser's program in `pkg/`.
const OUTPUT_NAME: &str = "toan_canh";

/// What a page may load and run: only what this server gives it, and scripts only with the nonce
/// of that very answer. Styles stand in files: no `style="…"` is ever written on the server.
fn content_security_policy(nonce: &str, others: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'nonce-{nonce}'; style-src 'self'; \
         img-src 'self' data: blob:; connect-src 'self' ws: wss:{others}; worker-src 'self'; object-src 'none'; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The pages, the functions that they call, the city's layers, and every file of the site.
pub(crate) fn router(
    answers: &Answers,
    acts: Acts,
    alarms: Alarms,
    shifts: Shifts,
    public: Public,
) -> Router {
    let source: Arc<dyn CitySource> =
        Arc::new(source::Source::new(answers.clone(), acts, alarms, shifts, public));
    if let Err(other) = app::address::stand_under(&answers.running().settings.base_path) {
        tracing::error!(other, "this process shows pages under another path already");
    }
    let options = options(&answers.running().settings);
    let others: Arc<str> = crate::http::connect_sources(&answers.running().settings).into();
    let context = context(source, others);
    let routes = routes(context.clone());
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    let rest = Rest {
        files: Files::in_folder(&answers.running().settings.site_root),
        page: page(context.clone(), shell.clone()),
    };
    let pages = Router::new()
        .leptos_routes_with_context(&options, routes, context, shell)
        .with_state(options)
        .layer(from_fn(page_headers))
        .layer(from_fn(small_bodies))
        .route("/city/{layer}", get(city::layer).with_state(answers.running().city.clone()))
        .layer(CompressionLayer::new());
    pages.fallback_service(axum::routing::any(elsewhere).with_state(rest))
}

/// The addresses of the pages, found once in the life of the process: while they are being looked for, no page of the
/// whole process gets an answer to its questions, and one that asks then waits for ever (leptos issue 4773).
fn routes(context: impl Fn() + Clone + Send + Sync + 'static) -> Vec<AxumRouteListing> {
    static ROUTES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    let find =
        || leptos_axum::generate_route_list_with_exclusions_and_ssg_and_context(app::App, None, context).0;
    ROUTES.get_or_init(find).clone()
}

fn options(settings: &Settings) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name(OUTPUT_NAME)
        .site_root(settings.site_root.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .site_addr(settings.listen)
        .env(Env::PROD)
        .build()
}

/// What pages and their functions find around them.
fn context(source: Arc<dyn CitySource>, others: Arc<str>) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(source.clone());
        provide_context(Training(source.hello().training));
        if let Some(response) = use_context::<ResponseOptions>() {
            provide_context(Nowhere(Arc::new(move || response.set_status(StatusCode::NOT_FOUND))));
        }
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Ok(policy) = HeaderValue::from_str(&content_security_policy(&nonce, &others))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// A page holds numbers of one instant: it is asked for anew each time.
async fn page_headers(request: Request, next: Next) -> Response {
    let reads_codes = reads_codes(app::address::bare(request.uri().path()));
    let mut response = next.run(request).await;
    if reads_codes {
        let (name, value) = crate::http::headers::WITH_CAMERA;
        response.headers_mut().insert(name, value);
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

/// Whether somebody may look up a case on the page, or come from it to one without loading it anew.
fn reads_codes(path: &str) -> bool {
    ["/centre", "/public"].iter().any(|page| {
        path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            && !path.ends_with("/lobby")
    })
}

/// The functions of the pages take questions, and no question is large.
async fn small_bodies(request: Request, next: Next) -> Response {
    crate::http::small_body(request, next).await
}

type Page = Arc<dyn Fn(Request) -> futures::future::BoxFuture<'static, Response> + Send + Sync>;

fn page<IV: leptos::IntoView + 'static>(
    context: impl Fn() + Clone + Send + Sync + 'static,
    shell: impl Fn() -> IV + Clone + Send + Sync + 'static,
) -> Page {
    let render = leptos_axum::render_app_async_with_context(context, shell);
    Arc::new(move |request| Box::pin(render(request)))
}

/// What is neither a call nor a page.
#[derive(Clone)]
struct Rest {
    files: Files,
    page: Page,
}

/// A file of the site, or the answer that there is nothing: as a page to a person, as a problem to
/// a program.
async fn elsewhere(State(rest): State<Rest>, request: Request) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_api = request.uri().path().starts_with("/api/");
    if !is_read || is_api {
        let detail = "No call has this path; see /api/v1/openapi.json.";
        return problem::response(Problem::new("not-found", 404, "Nothing here", detail));
    }
    let head = files::head_of(&request);
    if let Some(file) = rest.files.get(head).await {
        return file;
    }
    if !files::wants_page(&request) {
        return problem::response(problem::not_found("No page and no file has this path."));
    }
    let mut page = (rest.page)(request).await.into_response();
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::NOT_FOUND;
    }
    page
}
