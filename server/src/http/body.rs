//! What a request's body may be: how large, and how slow.
//!
//! A caller that is refused while it still sends would often see only a broken connection: its
//! own write fails before it reads the answer. What is left of a refused body is therefore taken
//! in and thrown away, up to a bound, and then the answer is given.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::problem::Problem;
use http_body::{Body as _, Frame};
use http_body_util::BodyExt;
use tokio::time::{Instant, Sleep, sleep, timeout};

use super::problem::response;

/// What a batch of events may weigh: `interfaces.md` section 3.
pub(super) const EVENTS_BYTES_MAX: u64 = 16 << 20;

/// What any other body may weigh: a question or a command is never larger.
pub(super) const OTHER_BYTES_MAX: u64 = 64 << 10;

/// What a playlist may weigh: as many scenes of as many panels as the rules allow, each with long words.
pub(super) const SCENES_BYTES_MAX: u64 = 1 << 20;

/// A sender that sends nothing for so long is given up.
const IDLE_MAX: Duration = if cfg!(test) { Duration::from_millis(200) } else { Duration::from_secs(30) };

/// How much of a refused body is thrown away before the connection is cut.
const DRAIN_BYTES_MAX: u64 = 256 << 20;

/// How long throwing away may take.
const DRAIN_TIME_MAX: Duration = Duration::from_secs(20);

/// Bounds the body of every request that passes.
pub(super) async fn bounded(bytes_max: u64, request: Request, next: Next) -> Response {
    let waits = waits_for_continue(request.headers());
    if declared(request.headers()).is_some_and(|bytes| bytes > bytes_max) {
        let body = Arc::new(Mutex::new(Sent::new(request.into_body(), bytes_max)));
        if !waits {
            drain(&body).await;
        }
        return response(too_large(bytes_max));
    }
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let sent = Arc::new(Mutex::new(Sent::new(body, bytes_max)));
    let answer = next.run(Request::from_parts(parts, Body::new(Guarded(sent.clone())))).await;
    let (fault, begun) = {
        let sent = lock(&sent);
        (sent.fault, sent.begun)
    };
    let answer = match fault {
        None => answer,
        Some(Fault::TooLarge) => response(too_large(bytes_max)),
        Some(Fault::Stalled) => return response(stalled()),
    };
    // Who asked for leave to send and got none has not sent anything.
    if !answer.status().is_success() && (begun || !waits) {
        drain(&sent).await;
    }
    answer
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn waits_for_continue(headers: &HeaderMap) -> bool {
    headers.get(header::EXPECT).is_some_and(|expect| expect.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

fn too_large(bytes_max: u64) -> Problem {
    let detail = if bytes_max >= 1 << 20 {
        format!("The body is larger than {} MiB; send less at once.", bytes_max >> 20)
    } else {
        format!("The body is larger than {} KiB.", bytes_max >> 10)
    };
    Problem::new("body-too-large", 413, "The body is too large", detail)
}

fn stalled() -> Problem {
    let detail = format!("Nothing of the body came for {} seconds.", IDLE_MAX.as_secs());
    Problem::new("request-timeout", 408, "Too slow", detail)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    TooLarge,
    Stalled,
}

/// A body as it arrives, with what was found wrong with it.
struct Sent {
    body: Body,
    left: u64,
    begun: bool,
    fault: Option<Fault>,
    idle: Pin<Box<Sleep>>,
}

impl Sent {
    fn new(body: Body, bytes_max: u64) -> Self {
        Self { body, left: bytes_max, begun: false, fault: None, idle: Box::pin(sleep(IDLE_MAX)) }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        self.begun = true;
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.idle.as_mut().reset(Instant::now() + IDLE_MAX);
                let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
                match self.left.checked_sub(bytes) {
                    Some(left) => {
                        self.left = left;
                        Poll::Ready(Some(Ok(frame)))
                    }
                    None => {
                        self.fault = Some(Fault::TooLarge);
                        Poll::Ready(Some(Err("the body is larger than this call takes".into())))
                    }
                }
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending if self.idle.as_mut().poll(cx).is_ready() => {
                self.fault = Some(Fault::Stalled);
                Poll::Ready(Some(Err("the sender sends nothing any more".into())))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

fn lock(sent: &Mutex<Sent>) -> MutexGuard<'_, Sent> {
    sent.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the handler reads.
struct Guarded(Arc<Mutex<Sent>>);

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let mut sent = lock(&self.0);
        if sent.fault.is_some() {
            return Poll::Ready(None);
        }
        sent.poll(cx)
    }

    fn is_end_stream(&self) -> bool {
        lock(&self.0).body.is_end_stream()
    }
}

/// Takes in what is left and throws it away.
async fn drain(sent: &Arc<Mutex<Sent>>) {
    let body = std::mem::take(&mut lock(sent).body);
    let throw_away = async move {
        let mut body = body;
        let mut bytes = 0;
        while let Some(Ok(frame)) = body.frame().await {
            bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            if bytes > DRAIN_BYTES_MAX {
                return;
            }
        }
    };
    // Whatever is still coming after that meets a closed connection.
    let _ = timeout(DRAIN_TIME_MAX, throw_away).await;
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use futures::StreamExt;
    use tower::ServiceExt;

    use super::*;

    fn router(bytes_max: u64) -> Router {
        let count = |body: Bytes| async move { body.len().to_string() };
        let refuse = || async { (StatusCode::UNAUTHORIZED, "") };
        Router::new().route("/count", post(count)).route("/refuse", post(refuse)).layer(from_fn(
            move |request: Request, next: Next| async move { bounded(bytes_max, request, next).await },
        ))
    }

    /// A body of unknown length, and how many of its bytes were taken.
    fn chunks(count: usize) -> (Body, Arc<std::sync::atomic::AtomicUsize>) {
        let taken = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counter = taken.clone();
        let stream = futures::stream::iter(0..count).map(move |_| {
            counter.fetch_add(10, std::sync::atomic::Ordering::Relaxed);
            Ok::<_, std::io::Error>(Bytes::from_static(b"0123456789"))
        });
        (Body::from_stream(stream), taken)
    }

    async fn check(path: &str, count: usize, want: StatusCode) {
        let (body, taken) = chunks(count);
        let request = Request::post(path).body(body).unwrap();
        let answer = router(100).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), want);
        assert_eq!(taken.load(std::sync::atomic::Ordering::Relaxed), count * 10, "all of it was taken in");
    }

    #[tokio::test]
    async fn a_body_without_a_length_is_measured_as_it_comes() {
        check("/count", 10, StatusCode::OK).await;
        check("/count", 11, StatusCode::PAYLOAD_TOO_LARGE).await;
        check("/count", 5_000, StatusCode::PAYLOAD_TOO_LARGE).await;
    }

    #[tokio::test]
    async fn a_refused_sender_may_finish_sending() {
        check("/refuse", 1_000, StatusCode::UNAUTHORIZED).await;
    }

    #[tokio::test]
    async fn a_length_that_is_declared_too_large_is_refused_before_it_is_read() {
        let (body, taken) = chunks(20);
        let request = Request::post("/count")
            .header(header::CONTENT_LENGTH, 200)
            .header(header::EXPECT, "100-continue")
            .body(body)
            .unwrap();
        let answer = router(100).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(taken.load(std::sync::atomic::Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_sender_that_falls_asleep_is_given_up() {
        let stream = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"x"))])
            .chain(futures::stream::pending());
        let request = Request::post("/count").body(Body::from_stream(stream)).unwrap();
        let answer = router(100).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
    }
}
