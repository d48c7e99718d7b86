//! How displays come to be known and are administered: `/api/v1/screens…`. What they say to the server once they
//! are, is `live`.

mod cookie;
mod live;
mod picture;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use domain::problem::Problem;
use domain::query::bad;
use domain::screen::{Enrolment, PLAYLIST, Role, ScreenView, Setting};
use serde::{Deserialize, Serialize};

use super::administrator::Administrator;
use super::api::Api;
use super::live::known_origin;
use super::neighbours::Neighbours;
use super::params::Params;
use super::problem::Refusal;
use super::sheet::json;
use crate::running::Running;
use crate::screens::{Approval, Code, CodeError, Screens, Secret, hashed};
use cookie::{ADMINISTRATOR, SCREEN};

pub(super) use live::routes;
pub(super) use picture::{keep_picture, picture};

/// A code, as the display shows it.
#[derive(Debug, Serialize)]
struct CodeView {
    code: String,
    /// How long it still holds.
    holds_secs: u64,
}

/// How this device stands.
#[derive(Debug, Default, Serialize)]
struct Me {
    /// `unknown`, `waiting`, `enrolled`, `revoked`.
    state: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    code: Option<CodeView>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    screen: Option<Mine>,
}

/// What an enrolled device is.
#[derive(Debug, Serialize)]
struct Mine {
    screen: String,
    name: String,
    role: Role,
    scene: String,
}

impl From<Enrolment> for Mine {
    fn from(of: Enrolment) -> Self {
        Self {
            screen: of.screen.to_string(),
            name: of.name.to_string(),
            role: of.role,
            scene: of.scene.to_string(),
        }
    }
}

/// The screens.
#[derive(Debug, Serialize)]
struct Fleet {
    /// The build of this server: a display of another one has not loaded it yet.
    version: String,
    screens: Vec<ScreenView>,
}

/// An approval, as it is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approve {
    code: String,
    name: String,
    #[serde(default)]
    role: Role,
    scene: Option<String>,
}

/// `POST /api/v1/screens/codes`: a display asks for a code, and is given its token as a cookie that no script reads.
pub(super) async fn ask_code(State(api): State<Api>, request: Request) -> Result<Response, Refusal> {
    own_page(&api.running, request.headers())?;
    Params::of(request.uri())?.end()?;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip().to_canonical());
    // A token that waits already is kept: a display that loads its page again is the same one.
    let held = cookie::of(request.headers(), SCREEN).map(hashed);
    let now = std::time::Instant::now();
    let screens = &api.running.screens;
    if let Some(waiting) = held.and_then(|held| view(screens, &held, now)) {
        return Ok((StatusCode::CREATED, json(&waiting)?).into_response());
    }
    let secret = Secret::random()?;
    screens.codes().ask(secret.hashed(), peer, now)?;
    let waiting = view(screens, &secret.hashed(), now).ok_or_else(super::problem::internal)?;
    let mut response = (StatusCode::CREATED, json(&waiting)?).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie::screen(&secret)?);
    Ok(response)
}

fn view(screens: &Screens, token: &[u8; 32], now: std::time::Instant) -> Option<CodeView> {
    let codes = screens.codes();
    let (code, holds) = codes.of(token, now)?;
    Some(CodeView { code: code.to_string(), holds_secs: holds.as_secs() })
}

/// `GET /api/v1/screens/me`: how the device stands that asks.
pub(super) async fn me(State(api): State<Api>, uri: Uri, headers: HeaderMap) -> Result<Response, Refusal> {
    Params::of(&uri)?.end()?;
    let unknown = || Me { state: "unknown", ..Me::default() };
    let Some(token) = cookie::of(&headers, SCREEN) else { return Ok(json(&unknown())?) };
    let snapshot = api.running.core.ready()?;
    let me = match Screens::holder(snapshot.frozen.state(), token) {
        Some((_, true)) => Me { state: "revoked", ..Me::default() },
        Some((enrolment, false)) => {
            let me = Me { state: "enrolled", screen: Some(enrolment.into()), ..Me::default() };
            let mut response = json(&me)?;
            // Browsers keep no cookie longer than 400 days: each visit begins them anew.
            response.headers_mut().append(header::SET_COOKIE, cookie::again(token)?);
            return Ok(response);
        }
        None => match view(&api.running.screens, &hashed(token), std::time::Instant::now()) {
            Some(code) => Me { state: "waiting", code: Some(code), ..Me::default() },
            None => unknown(),
        },
    };
    Ok(json(&me)?)
}

/// `GET /api/v1/screens`.
pub(super) async fn fleet(State(api): State<Api>, uri: Uri, headers: HeaderMap) -> Result<Response, Refusal> {
    administers(&api, &headers)?;
    Params::of(&uri)?.end()?;
    let snapshot = api.running.core.ready()?;
    let screens = api.running.screens.views(snapshot.frozen.state());
    Ok(json(&Fleet { version: api.running.version.to_string(), screens })?)
}

/// `POST /api/v1/screens/approve`.
pub(super) async fn approve(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    administers(&api, &headers)?;
    Params::of(&uri)?.end()?;
    let body = body.map_err(|_| unreadable("the body did not arrive"))?;
    let wish: Approve = serde_json::from_slice(&body).map_err(|error| unreadable(&error.to_string()))?;
    let running = &api.running;
    let enrolment = approved(running, &wish.code, &wish.name, wish.role, wish.scene.as_deref()).await?;
    Ok((StatusCode::CREATED, json(&Mine::from(enrolment))?).into_response())
}

/// Approves a device by what an administrator said, on a page or by the command.
///
/// # Errors
/// 400 for what cannot be used, and those of [`Screens::approve`].
pub(crate) async fn approved(
    running: &Running,
    code: &str,
    name: &str,
    role: Role,
    scene: Option<&str>,
) -> Result<Enrolment, Problem> {
    let code: Code = code.parse().map_err(|why: CodeError| bad("code", &why.to_string()))?;
    let name = domain::screen::name(name).map_err(|why| bad("name", &why.to_string()))?.to_owned();
    let scene = match scene {
        None => running.playlist().scenes.first().map(|scene| scene.name.clone()).unwrap_or_default(),
        Some(PLAYLIST) => PLAYLIST.to_owned(),
        Some(scene) => known_scene(running, scene)?.to_owned(),
    };
    let approval = Approval { name, role, scene };
    running.screens.approve(&running.core, &running.store, &code, approval).await
}

/// The name of a scene that the city has.
///
/// # Errors
/// 400 where it has none of that name; the answer names those that there are.
pub(crate) fn known_scene<'a>(running: &Running, scene: &'a str) -> Result<&'a str, Problem> {
    let scene = domain::screen::scene(scene).map_err(|why| bad("scene", &why.to_string()))?;
    let scenes = running.playlist().scenes;
    if domain::scene::find(&scenes, scene).is_some() {
        return Ok(scene);
    }
    let there: Vec<&str> = scenes.iter().map(|scene| scene.name.as_str()).collect();
    Err(bad("scene", &format!("is none of the city's scenes: {}", there.join(", "))))
}

/// `PUT /api/v1/screens/{screen}/setting`: how it stands in its room.
pub(super) async fn set(
    State(api): State<Api>,
    Path(screen): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    administers(&api, &headers)?;
    Params::of(&uri)?.end()?;
    // An object and nothing else: a list would be read by the order of its members.
    let read = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&body);
    let read = read.and_then(|members| serde_json::from_value::<Setting>(members.into()));
    let setting = read.map_err(|error| {
        let detail = format!("The body is no setting: {error}");
        Problem::new("unparsable-body", 400, "The body cannot be parsed", detail).at("body")
    })?;
    let setting = setting.checked().map_err(|error| bad(error.member(), &error.to_string()))?;
    api.running.screens.set(&api.running.core, &api.running.store, &screen, &setting).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /api/v1/screens/{screen}/revoke`.
pub(super) async fn revoke(
    State(api): State<Api>,
    Path(screen): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    administers(&api, &headers)?;
    Params::of(&uri)?.end()?;
    api.running.screens.revoke(&api.running.core, &api.running.store, &screen).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /api/v1/screens/session`: an administrator's browser is given a session for the token.
pub(super) async fn sign_in(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    own_page(&api.running, &headers)?;
    api.administrator.check(&headers)?;
    Params::of(&uri)?.end()?;
    let secret = api.running.screens.sign_in()?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie::session(&secret)?);
    Ok(response)
}

/// `GET /api/v1/screens/session`: whether the browser that asks is signed in. What is no fault is answered as none: a
/// page that may be read by everybody asks it before it offers anything to change.
pub(super) async fn session(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    own_page(&api.running, &headers)?;
    Params::of(&uri)?.end()?;
    Ok(json(&serde_json::json!({ "signed_in": administers(&api, &headers).is_ok() }))?)
}

/// `POST /api/v1/screens/session/end`.
pub(super) async fn sign_out(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    own_page(&api.running, &headers)?;
    Params::of(&uri)?.end()?;
    if let Some(secret) = cookie::of(&headers, ADMINISTRATOR) {
        api.running.screens.sign_out(secret);
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie::gone(ADMINISTRATOR)?);
    Ok(response)
}

/// The administrator himself, by his token or by a browser that he signed in.
pub(super) fn administers(api: &Api, headers: &HeaderMap) -> Result<(), Problem> {
    own_page(&api.running, headers)?;
    let session = cookie::of(headers, ADMINISTRATOR).filter(|_| !headers.contains_key(header::AUTHORIZATION));
    if session.is_some_and(|secret| api.running.screens.is_signed_in(secret)) {
        return Ok(());
    }
    Administrator::check(&api.administrator, headers)
}

/// No page of another site acts here through its visitor's browser; nor does one of another server of the city's,
/// which has no cookie of ours.
fn own_page(running: &Running, headers: &HeaderMap) -> Result<(), Problem> {
    known_origin(headers, &Neighbours::of(&running.settings))
}

fn unreadable(why: &str) -> Problem {
    let detail = format!("The body is not {{\"code\", \"name\", \"role\"?, \"scene\"?}}: {why}");
    Problem::new("unparsable-body", 400, "The body cannot be parsed", detail).at("body")
}

/// What a cookie's header says.
fn header_value(text: String) -> Result<HeaderValue, Problem> {
    HeaderValue::try_from(text).map_err(|_| super::problem::internal())
}
