//! The WebSocket of one source: each message is an event or an array of events, text or binary, and
//! is answered with the same outcomes as a request, in the order of the messages.
//!
//! A message whose events could not be taken at all (not durable now) is answered by
//! `{"error": {"problem": …}}`; the source sends it again. The socket lives on.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use domain::problem::Problem;
use futures::StreamExt;
use futures::stream::FuturesOrdered;
use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};

use crate::gateway::{self, Answer, BODY_BYTES_MAX, split};
use crate::running::Running;
use crate::source::SourceGrant;

/// Messages that wait for the disk; beyond it the socket is not read, and the source feels it.
const MESSAGES_MAX: usize = 64;
/// Bytes of messages that wait for the disk; likewise.
const MESSAGES_BYTES_MAX: usize = 2 * BODY_BYTES_MAX;
/// How often the source is asked whether it is there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// A source of which nothing was heard for so long, not even an answer to a ping, is gone.
const SILENCE_MAX: Duration = Duration::from_secs(65);
/// A source that does not take its answers for so long is cut off.
const SEND_MAX: Duration = Duration::from_secs(10);

/// One answer in the making, with the bytes that it holds.
type Pending = Pin<Box<dyn Future<Output = (usize, Result<Answer, Problem>)> + Send>>;

/// Sets the limits of the socket before it opens.
pub(super) fn bounded(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(BODY_BYTES_MAX)
        .max_frame_size(BODY_BYTES_MAX)
        // axum's own is without bound; answers are sent one at a time, so this holds the largest.
        .max_write_buffer_size(4 * BODY_BYTES_MAX)
}

/// Serves the socket until it closes, breaks, falls silent, or the source loses its right.
pub(super) async fn serve(socket: WebSocket, running: Running, source: Arc<SourceGrant>) {
    tracing::info!(source = source.name, "a source has opened its socket");
    let mut stream = Stream { socket, running, source, pending: FuturesOrdered::new(), pending_bytes: 0 };
    let why = stream.run().await;
    tracing::info!(source = stream.source.name, why = why.reason, "a source's socket is closed");
    let close = CloseFrame { code: why.code, reason: why.reason.into() };
    // The other side may be gone already.
    let _ = timeout(SEND_MAX, stream.socket.send(Message::Close(Some(close)))).await;
}

struct Stream {
    socket: WebSocket,
    running: Running,
    source: Arc<SourceGrant>,
    pending: FuturesOrdered<Pending>,
    pending_bytes: usize,
}

/// Why a socket ends.
struct End {
    code: u16,
    reason: &'static str,
}

impl End {
    const LEFT: Self = Self { code: close_code::NORMAL, reason: "the source left" };
    const BROKEN: Self =
        Self { code: close_code::SIZE, reason: "a message holds at most 16 MiB, whole and valid" };
    const SILENT: Self = Self { code: close_code::POLICY, reason: "nothing was heard of the source" };
    const SLOW: Self = Self { code: close_code::POLICY, reason: "the source does not take its answers" };
    const REVOKED: Self = Self { code: close_code::POLICY, reason: "the source's token is no longer valid" };
    const STOPPING: Self = Self { code: close_code::AWAY, reason: "the server stops" };
}

impl Stream {
    async fn run(&mut self) -> End {
        let mut ticks = self.running.core.watch();
        let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            let has_room = self.pending.len() < MESSAGES_MAX && self.pending_bytes < MESSAGES_BYTES_MAX;
            let pause = self.source.rate.ready(std::time::Instant::now()).err();
            if !has_room || pause.is_some() {
                // While the socket is not read, nothing can be heard.
                heard = Instant::now();
            }
            let step = tokio::select! {
                Some((bytes, answer)) = self.pending.next(), if !self.pending.is_empty() => {
                    self.pending_bytes -= bytes;
                    self.say(&answer).await
                }
                message = self.socket.recv(), if has_room && pause.is_none() => {
                    heard = Instant::now();
                    self.hear(message)
                }
                // Too fast: the socket is not read until the allowance has grown again.
                () = sleep(pause.unwrap_or(PING_EVERY)), if has_room && pause.is_some() => Ok(()),
                _ = ping.tick() => self.ping(heard).await,
                // The core says every tick that it lives; it ends when the server stops.
                going_on = ticks.changed() => going_on.map_err(|_| End::STOPPING),
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Takes one message in.
    fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let bytes: Bytes = match message {
            None | Some(Ok(Message::Close(_))) => return Err(End::LEFT),
            Some(Err(_)) => return Err(End::BROKEN),
            // tungstenite answers pings itself.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Text(text))) => text.into(),
            Some(Ok(Message::Binary(bytes))) => bytes,
        };
        if !self.running.sources.still_holds(&self.source) {
            return Err(End::REVOKED);
        }
        let (running, source) = (self.running.clone(), self.source.clone());
        let weight = bytes.len();
        self.pending_bytes += weight;
        self.pending.push_back(Box::pin(async move {
            (weight, gateway::offer_bytes(&running, &source, bytes, None, split::message).await)
        }));
        Ok(())
    }

    async fn say(&mut self, answer: &Result<Answer, Problem>) -> Result<(), End> {
        let text = match answer {
            Ok(answer) => serde_json::to_string(answer),
            Err(problem) => serde_json::to_string(&json!({"error": {"problem": problem}})),
        };
        // Neither holds anything that JSON cannot write.
        self.send(Message::Text(text.unwrap_or_default().into())).await
    }

    async fn ping(&mut self, heard: Instant) -> Result<(), End> {
        if !self.running.sources.still_holds(&self.source) {
            return Err(End::REVOKED);
        }
        if heard.elapsed() > SILENCE_MAX {
            return Err(End::SILENT);
        }
        self.send(Message::Ping(Bytes::new())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(SEND_MAX, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::LEFT),
            Err(_) => Err(End::SLOW),
        }
    }
}
