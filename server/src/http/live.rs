//! `GET /api/v1/live`: the socket on which numbers move. Two subprotocols, one set of messages.

mod unread;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use domain::problem::Problem;
use domain::query::Query;
use domain::wire::{BINARY_PROTOCOL, ClientFrame, Hello, JSON_PROTOCOL, ServerFrame};
use futures::{SinkExt, StreamExt};
use tokio::sync::Semaphore;

use super::neighbours::Neighbours;
use super::params::{Params, closed_lists};
use crate::core::{Input, Subscribe};
use crate::hub::{Format, Frame, Socket};
use crate::running::Running;

/// A client's message is a question: nothing of this size is one.
const MESSAGE_BYTES_MAX: usize = 64 << 10;
/// A peer that takes nothing for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// The route.
pub fn routes(sockets_max: u32) -> Router<Running> {
    let sockets = Arc::new(Semaphore::new(sockets_max as usize));
    Router::new().route("/api/v1/live", get(live)).layer(Extension(sockets))
}

async fn live(
    State(running): State<Running>,
    Extension(sockets): Extension<Arc<Semaphore>>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = known_origin(&headers, &Neighbours::of(&running.settings))
        .and_then(|()| super::problem::upgrade(upgrade))
        .and_then(|upgrade| Params::of(&uri)?.end().map(|()| upgrade));
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(problem) => return super::problem::response(problem),
    };
    let upgrade = upgrade
        .protocols([JSON_PROTOCOL, BINARY_PROTOCOL])
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .max_write_buffer_size(4 << 20);
    let format = match upgrade.selected_protocol().and_then(|name| name.to_str().ok()) {
        Some(BINARY_PROTOCOL) => Format::Binary,
        // A client that names none reads JSON; one that names only others is refused.
        Some(_) => Format::Json,
        None if headers.contains_key(header::SEC_WEBSOCKET_PROTOCOL) => {
            let detail = format!("Sec-WebSocket-Protocol: offer {JSON_PROTOCOL}");
            let problem = Problem::new("unknown-subprotocol", 400, "No such subprotocol", detail);
            return super::problem::response(problem.at("Sec-WebSocket-Protocol"));
        }
        None => Format::Json,
    };
    let Ok(room) = sockets.try_acquire_owned() else {
        return super::problem::response(crowded());
    };
    upgrade
        .on_upgrade(move |socket| async move {
            serve(running, socket, format).await;
            drop(room);
        })
        .into_response()
}

/// Screens that are open stay live; one more than the server holds comes back later.
fn crowded() -> Problem {
    let detail = "The server holds as many live sockets as it may; come back after the time in Retry-After.";
    Problem::new("too-many-sockets", 503, "Too many live sockets", detail)
}

/// A page of another site must not read numbers through its visitor's browser; those of the city's other
/// servers are no other site.
pub(super) fn known_origin(headers: &HeaderMap, neighbours: &Neighbours) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else {
        return Ok(());
    };
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    if text(header::HOST).is_some_and(|own| own.eq_ignore_ascii_case(host)) || neighbours.know(origin) {
        return Ok(());
    }
    let detail = "Origin: is another site than the one asked";
    Err(Problem::new("other-origin", 403, "Another site", detail).at("Origin"))
}

async fn serve(running: Running, socket: WebSocket, format: Format) {
    let queue = Socket::new(format);
    let guard = Leave { running: running.clone(), queue: queue.clone() };
    queue.push(Frame::new(ServerFrame::Hello(hello(&running))));
    running.core.tell(Input::Open(queue.clone())).await;
    let (mut write, mut read) = socket.split();
    let reading = async {
        while let Some(message) = read.next().await {
            let frame = match message {
                Ok(Message::Text(text)) => serde_json::from_str(&text).map_err(|_| unread::json(&text)),
                Ok(Message::Binary(bytes)) => postcard::from_bytes(&bytes).map_err(|_| unread::binary()),
                Ok(Message::Ping(_) | Message::Pong(_)) => continue,
                Ok(Message::Close(_)) => return None,
                // Too large, not UTF-8, or the connection broke: then nobody reads the reason.
                Err(_) => return Some(TOO_LARGE),
            };
            match frame {
                Ok(frame) => hear(&running, &queue, frame).await,
                Err(refused) => queue.push(Frame::new(refused)),
            }
        }
        None
    };
    let writing = async {
        loop {
            let message = match queue.next().await {
                Ok(frame) => frame.message(format),
                Err(closing) => {
                    let reason = if closing.code() == 1013 { "too slow" } else { "going away" };
                    let close = CloseFrame { code: closing.code(), reason: reason.into() };
                    let last = write.send(Message::Close(Some(close)));
                    // The peer may be the reason for closing: it is not waited for.
                    let _ = tokio::time::timeout(Duration::from_secs(1), last).await;
                    return;
                }
            };
            match tokio::time::timeout(WRITE_TIMEOUT, write.send(message)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return,
            }
        }
    };
    let close = tokio::select! {
        close = reading => close,
        () = writing => None,
    };
    drop(guard);
    if let Some((code, reason)) = close {
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        let _ = tokio::time::timeout(Duration::from_secs(1), write.send(close)).await;
    }
}

/// Why a socket is closed whose message could not be taken in whole.
const TOO_LARGE: (u16, &str) = (close_code::SIZE, "a message holds at most 64 KiB, whole and valid");

async fn hear(running: &Running, queue: &Arc<Socket>, frame: ClientFrame) {
    match frame {
        ClientFrame::Unsubscribe { id } => {
            running.core.tell(Input::Unsubscribe { socket: queue.clone(), id: Some(id) }).await;
        }
        ClientFrame::Subscribe { id, query, since } => match parse(running, &query.to_pairs()) {
            Ok(query) => {
                let wish = Subscribe { socket: queue.clone(), id, query, since };
                running.core.tell(Input::Subscribe(Box::new(wish))).await;
            }
            Err(problem) => queue.push(Frame::new(ServerFrame::Error { id: Some(id), problem })),
        },
    }
}

fn parse(running: &Running, pairs: &[(String, String)]) -> Result<Query, Problem> {
    let zone = running.city.city.zone.clone();
    let query = Query::parse(pairs, &|text| crate::city_time::parse(&zone, text))?;
    if query.metrics.is_empty() {
        return Err(domain::query::bad("metric", "names no metric"));
    }
    closed_lists(&query, &running.city.city)?;
    Ok(query)
}

/// What the first message says.
#[must_use]
pub fn hello(running: &Running) -> Hello {
    let snapshot = running.core.snapshot();
    let state = snapshot.frozen.state();
    Hello {
        epoch: snapshot.epoch,
        seq: state.seq(),
        at: state.at().to_rfc3339(&running.city.city.zone),
        clock: running.clock.name().to_owned(),
        speed: running.clock.speed(),
        city: running.city.city.code.clone(),
        config: running.city.city.digest.clone(),
        version: running.version.to_string(),
        training: running.settings.training,
    }
}

/// Leaving is a drop, so that no way out can forget it.
struct Leave {
    running: Running,
    queue: Arc<Socket>,
}

impl Drop for Leave {
    fn drop(&mut self) {
        let running = self.running.clone();
        let socket = self.queue.clone();
        tokio::spawn(async move {
            running.core.tell(Input::Unsubscribe { socket, id: None }).await;
        });
    }
}
