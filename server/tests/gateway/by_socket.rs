//! The WebSocket that a source opens.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value as Json, json};
use server::clock::{CityClock, ClockKind};
use server::serve;
use server::source::NewSource;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::support::*;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(server: &Server, token: &str) -> Result<Socket, u16> {
    let url = format!("ws://{}/api/v1/events/stream", server.address());
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn hear(socket: &mut Socket) -> Message {
    loop {
        let message = timeout(Duration::from_secs(20), socket.next()).await.unwrap().unwrap().unwrap();
        if !matches!(message, Message::Ping(_) | Message::Pong(_)) {
            return message;
        }
    }
}

async fn say(socket: &mut Socket, message: impl Into<Message>) -> Json {
    socket.send(message.into()).await.unwrap();
    let Message::Text(text) = hear(socket).await else { panic!("no answer") };
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_message_is_answered_with_the_outcomes_of_its_events() {
    let server = Server::start().await;
    let mut socket = open(&server, &server.token).await.unwrap();
    let answer = say(&mut socket, received("1", "A").to_string()).await;
    assert_eq!((words(&answer).as_str(), &answer["seq"]), ("1/0", &json!("00000000000000000001")));
    let batch = json!([received("1", "A"), received("2", "B"), received("2", "C")]);
    assert_eq!(words(&say(&mut socket, batch.to_string().into_bytes()).await), "1/1 2:2:id-reused");
    assert_eq!(words(&say(&mut socket, "[]").await), "0/0");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_message_gets_a_problem_and_the_socket_lives() {
    let server = Server::start().await;
    let mut socket = open(&server, &server.token).await.unwrap();
    for bad in ["", "hello", "{", "[", "[1,"] {
        assert_eq!(words(&say(&mut socket, bad).await), "0/0 0:-:unparsable-event");
    }
    assert_eq!(words(&say(&mut socket, b"\xff\xfe".to_vec()).await), "0/0 0:-:unparsable-event");
    assert_eq!(words(&say(&mut socket, "7").await), "0/0 0:-:mistyped-attribute");
    let large = with(received("big", "A"), "data.content", json!("x".repeat(1 << 20)));
    assert_eq!(words(&say(&mut socket, large.to_string()).await), "0/0 0:big:too-large");
    assert_eq!(words(&say(&mut socket, received("1", "A").to_string()).await), "1/0");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_need_not_wait_for_its_answers_which_come_in_order() {
    let server = Server::start().await;
    let mut socket = open(&server, &server.token).await.unwrap();
    for number in 0..300 {
        let count = number % 3 + 1;
        let batch: Vec<Json> = (0..count).map(|n| received(&format!("{number}-{n}"), "A")).collect();
        socket.send(Json::from(batch).to_string().into()).await.unwrap();
    }
    for number in 0..300 {
        let Message::Text(text) = hear(&mut socket).await else { panic!("no answer") };
        let answer: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["accepted"], number % 3 + 1);
    }
    assert_eq!(server.started.running.store.durable().0, 600);
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_16_mib_closes_the_socket_with_its_reason() {
    let server = Server::start().await;
    let mut socket = open(&server, &server.token).await.unwrap();
    // The server may close while this is still being sent.
    let _ = socket.send(Message::Text("x".repeat((16 << 20) + 1).into())).await;
    let end = timeout(Duration::from_secs(20), async {
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Close(Some(frame)) = message {
                return Some(u16::from(frame.code));
            }
        }
        None
    });
    assert!(matches!(end.await.unwrap(), Some(1009) | None));
    let mut again = open(&server, &server.token).await.unwrap();
    assert_eq!(words(&say(&mut again, received("1", "A").to_string()).await), "1/0");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_is_opened_only_by_a_source_of_this_city() {
    let server = Server::start().await;
    assert_eq!(open(&server, "tcs_nobody").await.err(), Some(401));
    let foreign = NewSource { name: "hcmc".into(), city: "hcmc".into(), ..NewSource::default() };
    assert_eq!(open(&server, &server.source(foreign)).await.err(), Some(403));
    let url = format!("http://{}/api/v1/events/stream", server.address());
    let plain = server.client.get(url).bearer_auth(&server.token).send().await.unwrap();
    assert_eq!((&plain.headers()["upgrade"], plain.status().as_u16()), (&"websocket".parse().unwrap(), 426));
    let (_, problem) = read(plain).await;
    assert_eq!(problem["type"], "urn:toancanh:problem:upgrade-required");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_loses_its_right_loses_its_socket() {
    let server = Server::start().await;
    let mut socket = open(&server, &server.token).await.unwrap();
    assert_eq!(words(&say(&mut socket, received("1", "A").to_string()).await), "1/0");
    server::source::remove(&server.data(), "portal").unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    socket.send(received("2", "B").to_string().into()).await.unwrap();
    let Message::Close(Some(frame)) = hear(&mut socket).await else { panic!("the socket lives") };
    assert_eq!(u16::from(frame.code), 1008);
    assert_eq!(server.started.running.store.durable().0, 1);
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_says_so() {
    let server = Server::start().await;
    let mut socket = open(&server, &server.token).await.unwrap();
    server.started.stop().await.unwrap();
    let Message::Close(Some(frame)) = hear(&mut socket).await else { panic!("nothing was said") };
    assert_eq!(u16::from(frame.code), 1001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_cannot_be_made_durable_is_told_so_and_the_socket_lives() {
    let server = Server::start().await;
    let mut socket = open(&server, &server.token).await.unwrap();
    server.started.running.store.log().close();
    for _ in 0..2 {
        let answer = say(&mut socket, received("1", "A").to_string()).await;
        assert_eq!(answer["error"]["problem"]["type"], "urn:toancanh:problem:not-durable", "{answer}");
    }
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_live_socket_too_many_is_told_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path().join("data"));
    settings.in_transit.live_sockets_max = 2;
    let clock = CityClock::set(ClockKind::Set, at(NOW), 0.0);
    let started = serve::start(settings, clock).await.unwrap();
    let url = format!("ws://{}/api/v1/live", started.address);
    let (first, _) = connect_async(&url).await.unwrap();
    let _second = connect_async(&url).await.unwrap();
    let Err(Error::Http(refused)) = connect_async(&url).await else { panic!("a third was let in") };
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    drop(first);
    let mut came = false;
    for _ in 0..100 {
        came = connect_async(&url).await.is_ok();
        if came {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(came, "the place of one that left is nobody's");
    started.stop().await.unwrap();
}
