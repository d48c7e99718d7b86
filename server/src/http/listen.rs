//! Connections: accepted, where it is so asked over TLS, bounded in number and in how long they may take over
//! their headers, and at the end asked to finish.

mod certificate;
mod handshake;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tower::ServiceExt;

pub use certificate::{Certificate, TlsError};

use handshake::Handshakes;

/// How many connections are held at once, live sockets included. One more waits in the system's own
/// queue until another has gone. (5,000 walls and tablets, their page loads, and room.)
const CONNECTIONS_MAX: usize = 8_192;

/// How many callers may wait to be accepted; the system's own bound (`net.core.somaxconn`) holds besides. All the
/// screens of a city come at once when a server has gone, and whoever finds this queue full is cut off.
const WAITING_MAX: u32 = 4_096;

/// A caller has so long to send the whole head of a request, and an idle connection is kept as
/// long: slow heads cannot hold connections for ever.
const HEAD_TIME_MAX: Duration = Duration::from_secs(20);

/// How long open requests have to finish when the server stops.
const FINISH_TIME_MAX: Duration = Duration::from_secs(4);

/// Marks a request that came over TLS.
#[derive(Clone, Copy, Debug)]
pub struct OverTls;

/// Listens there. Must be called within a runtime.
///
/// # Errors
/// Where the address is taken or is none of this machine's.
pub fn bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING_MAX)?.into_std()
}

/// Answers on `listener` until `stop` is done, then lets open requests finish; with a certificate over TLS, and
/// only so.
///
/// # Errors
/// If the listener breaks for good.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<Certificate>>,
    router: Router,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let bounds = Bounds { connections: CONNECTIONS_MAX, head_time: HEAD_TIME_MAX };
    let handshakes = tls.clone().map(Handshakes::new);
    let serving = serve_within(bounds, listener, handshakes, router, stop);
    match tls {
        None => serving.await,
        Some(tls) => tokio::select! {
            served = serving => served,
            () = tls.keep() => Ok(()),
        },
    }
}

#[derive(Clone, Copy)]
struct Bounds {
    connections: usize,
    head_time: Duration,
}

async fn serve_within(
    bounds: Bounds,
    listener: TcpListener,
    handshakes: Option<Handshakes>,
    router: Router,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(bounds.connections));
    let (going, stopping) = watch::channel(false);
    let mut connections = tokio::task::JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            // Never closed; without room there is no accepting.
            let place = room.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
            Some(_) = connections.join_next() => continue,
        };
        match (place, accepted) {
            (Ok(place), Ok((stream, peer))) => {
                let (handshakes, router, mut stopping) =
                    (handshakes.clone(), router.clone(), stopping.clone());
                connections.spawn(async move {
                    // Frames are small and wait for nobody.
                    let _ = stream.set_nodelay(true);
                    let over_tls = handshakes.is_some();
                    let stream: Box<dyn Transport> = match handshakes {
                        None => Box::new(stream),
                        Some(handshakes) => tokio::select! {
                            shaken = handshakes.shake(stream) => match shaken {
                                Some(stream) => Box::new(stream),
                                None => return,
                            },
                            _ = stopping.wait_for(|going| *going) => return,
                        },
                    };
                    let caller = Caller { peer, over_tls };
                    connection(Held { stream, _place: place }, caller, router, bounds.head_time, stopping)
                        .await;
                });
            }
            (Ok(_), Err(error)) => pause_after(&error).await,
            (Err(_), _) => break,
        }
    }
    drop(listener);
    going.send_replace(true);
    let finish = async { while connections.join_next().await.is_some() {} };
    if timeout(FINISH_TIME_MAX, finish).await.is_err() {
        tracing::warn!("some connections were cut while the server stopped");
    }
    Ok(())
}

/// A broken connection is that caller's affair; without file descriptors it helps to wait.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "a connection could not be accepted");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// What is read of a connection ahead of whoever takes it: with hyper's own 400 KiB, a flood of callers that are
/// about to be sent away would weigh more than everything that is taken. A request's head fits in it too.
const READ_BYTES_MAX: usize = 64 << 10;

async fn connection(
    held: Held,
    caller: Caller,
    router: Router,
    head_time: Duration,
    mut stopping: watch::Receiver<bool>,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(caller.peer));
        if caller.over_tls {
            request.extensions_mut().insert(OverTls);
        }
        let answer = router.clone().oneshot(request.map(Body::new));
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        // A client that has said all it has to say may still read the answer.
        .half_close(true)
        .max_buf_size(READ_BYTES_MAX)
        .serve_connection(TokioIo::new(held), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let asked_to_stop = async {
        // Nobody will ask any more where the sender has gone: the same thing.
        let _ = stopping.wait_for(|going| *going).await;
    };
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = asked_to_stop => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// Who is at the other end, and how it came.
#[derive(Clone, Copy)]
struct Caller {
    peer: SocketAddr,
    over_tls: bool,
}

/// What bytes come and go by.
trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

/// A connection and its place among those that are held. It stays together when the connection
/// becomes a WebSocket and leaves the hands of HTTP.
struct Held {
    stream: Box<dyn Transport>,
    _place: OwnedSemaphorePermit,
}

impl AsyncRead for Held {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Held {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;

    use super::*;

    struct Server {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        served: tokio::task::JoinHandle<io::Result<()>>,
    }

    #[tokio::test]
    async fn all_screens_may_come_at_once() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        // Nobody is accepted yet: the server has other work.
        let mut callers = Vec::new();
        for caller in 0..1_000 {
            let connecting = timeout(Duration::from_secs(5), TcpStream::connect(address));
            callers.push(connecting.await.unwrap_or_else(|_| panic!("caller {caller} waits")).unwrap());
        }
        let server = Server::on(TcpListener::from_std(listener).unwrap(), 2_000, HEAD_TIME_MAX);
        for caller in &mut callers {
            caller
                .write_all(b"GET /peer HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
                .await
                .unwrap();
        }
        for caller in &mut callers {
            let mut answer = String::new();
            caller.read_to_string(&mut answer).await.unwrap();
            assert!(answer.contains("200 OK"), "{answer}");
        }
        server.stop.send(()).unwrap();
    }

    async fn start(connections: usize, head_time: Duration) -> Server {
        Server::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), connections, head_time)
    }

    impl Server {
        fn on(listener: TcpListener, connections: usize, head_time: Duration) -> Self {
            let address = listener.local_addr().unwrap();
            let slow = || async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                "done"
            };
            let peer = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
            let router = Router::new().route("/peer", get(peer)).route("/slow", get(slow));
            let (stop, stopped) = oneshot::channel::<()>();
            let bounds = Bounds { connections, head_time };
            let served =
                tokio::spawn(serve_within(bounds, listener, None, router, async { drop(stopped.await) }));
            Self { address, stop, served }
        }
    }

    async fn ask(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_caller_that_never_ends_its_head_is_let_go() {
        let server = start(4, Duration::from_millis(100)).await;
        let answer = ask(server.address, "GET /peer HTTP/1.1\r\nhost: localhost\r\nx: ").await;
        assert!(!answer.contains("200 OK"), "{answer}");
    }

    #[tokio::test]
    async fn one_connection_too_many_waits_for_a_place() {
        let server = start(1, Duration::from_secs(20)).await;
        let first = TcpStream::connect(server.address).await.unwrap();
        let request = "GET /peer HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        let second = tokio::spawn(ask(server.address, request));
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!second.is_finished());
        drop(first);
        assert!(second.await.unwrap().contains("127.0.0.1:"));
    }

    #[tokio::test]
    async fn an_open_request_is_finished_before_the_server_stops() {
        let server = start(4, Duration::from_secs(20)).await;
        let request = "GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n";
        let asked = tokio::spawn(ask(server.address, request));
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.stop.send(()).unwrap();
        assert!(asked.await.unwrap().ends_with("done"));
        server.served.await.unwrap().unwrap();
        assert!(TcpStream::connect(server.address).await.is_err());
    }
}
