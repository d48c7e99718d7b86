//! The beginning of a connection over TLS.
//!
//! When thousands of clients come back at once, their handshakes must not hold up those that are connected.
//! What costs is the signature in the server's first answer; it is made by so few threads at a time that others
//! are always left ([`Handshakes`]), and nobody holds that place while he waits for the network. A client that
//! says nothing, or does not go on, is let go.

use std::future::Future;
use std::io;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Poll;
use std::time::Duration;

use domain::problem::Problem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::Certificate;

/// A client has so long to begin, and as long again to finish.
const STEP_TIME_MAX: Duration = Duration::from_secs(10);

/// So long may a client wait for its turn.
const TURN_TIME_MAX: Duration = Duration::from_secs(30);

/// The first byte of every TLS connection: a handshake record.
const HANDSHAKE: u8 = 0x16;

/// The way into TLS.
#[derive(Clone, Debug)]
pub(super) struct Handshakes {
    certificate: Arc<Certificate>,
    turns: Arc<Semaphore>,
    step_time: Duration,
}

impl Handshakes {
    /// With so many turns at once that half of the threads are always left to those that are connected.
    pub(super) fn new(certificate: Arc<Certificate>) -> Self {
        let threads = std::thread::available_parallelism().map_or(2, NonZero::get);
        let turns = Arc::new(Semaphore::new((threads / 2).max(1)));
        Self { certificate, turns, step_time: STEP_TIME_MAX }
    }

    /// Shakes hands; none where the client does not speak TLS, or too slowly.
    pub(super) async fn shake(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        match self.shaken(stream).await {
            Ok(Some(stream)) => {
                self.certificate.handshakes_total.fetch_add(1, Relaxed);
                Some(stream)
            }
            failed => {
                self.certificate.handshakes_failed_total.fetch_add(1, Relaxed);
                if let Err(error) = failed {
                    tracing::debug!(%error, "a handshake failed");
                }
                None
            }
        }
    }

    async fn shaken(&self, mut stream: TcpStream) -> io::Result<Option<TlsStream<TcpStream>>> {
        let mut first = [0];
        if timeout(self.step_time, stream.peek(&mut first)).await?? == 0 {
            return Ok(None);
        }
        if first[0] != HANDSHAKE {
            let _ = timeout(self.step_time, refuse_plain(&mut stream)).await;
            return Ok(None);
        }
        let hello = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream);
        let hello = timeout(self.step_time, hello).await??;
        let config = self.certificate.config();
        let turn = timeout(TURN_TIME_MAX, self.turns.acquire()).await?.map_err(io::Error::other)?;
        // The signature is made in these two calls, which do not wait.
        let mut accept = Box::pin(hello.into_stream(config));
        let begun = std::future::poll_fn(|cx| Poll::Ready(accept.as_mut().poll(cx))).await;
        drop(turn);
        match begun {
            Poll::Ready(accepted) => accepted.map(Some),
            Poll::Pending => timeout(self.step_time, accept).await?.map(Some),
        }
    }
}

/// Tells a client that speaks plain HTTP what to do. Its head is read first: else it might see only a broken
/// connection.
async fn refuse_plain(stream: &mut TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    let mut piece = [0; 1_024];
    while head.len() < 16 << 10 && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece).await? {
            0 => break,
            bytes => head.extend_from_slice(&piece[..bytes]),
        }
    }
    let detail = "This port speaks HTTPS only: ask with https:// (wss:// for sockets).";
    let problem = Problem::new("https-only", 400, "Plain HTTP is not taken here", detail);
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

#[cfg(test)]
mod tests;
