use std::time::Duration;

use futures::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value as Json, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{Server, event};

struct Live(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Live {
    async fn open(server: &Server) -> Self {
        let (socket, _) = connect_async(format!("ws://{}/api/v1/live", server.address())).await.unwrap();
        Self(socket)
    }

    async fn say(&mut self, text: impl ToString) {
        self.0.send(Message::Text(text.to_string().into())).await.unwrap();
    }

    async fn follow(&mut self, id: u32, metric: &str) {
        self.say(json!({ "subscribe": { "id": id, "query": { "metric": [metric] } } })).await;
    }

    /// The next message of a kind; others are passed over.
    async fn hear(&mut self, kind: &str) -> Json {
        loop {
            let message = timeout(Duration::from_secs(20), self.0.next()).await.unwrap().unwrap().unwrap();
            let Message::Text(text) = message else { panic!("{message:?}") };
            let json: Json = serde_json::from_str(&text).unwrap();
            if let Some(body) = json.get(kind) {
                return body.clone();
            }
        }
    }

    /// The deltas until the second beat from now, each as its topic and number.
    async fn deltas(&mut self) -> Vec<(String, u64)> {
        let (mut deltas, mut beats) = (Vec::new(), 0);
        while beats < 2 {
            let message = timeout(Duration::from_secs(20), self.0.next()).await.unwrap().unwrap().unwrap();
            let json: Json = serde_json::from_str(message.to_text().unwrap()).unwrap();
            beats += usize::from(json.get("beat").is_some());
            if let Some(delta) = json.get("delta") {
                deltas.push((delta["topic"].as_str().unwrap().to_owned(), delta["n"].as_u64().unwrap()));
            }
        }
        deltas
    }
}

/// One more case.
async fn report(server: &Server, case: &str) {
    let data = json!({ "kind": "report", "city": "thu", "channel": "hotline" });
    server.post(&[event(case, "case.received", "2026-11-23T07:30:00+07:00", case, data)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_subscriptions_of_one_socket_to_one_topic_get_each_frame_once() {
    let server = Server::with_cases().await;
    let mut live = Live::open(&server).await;
    for id in [1, 2] {
        live.follow(id, "open").await;
        assert_eq!(live.hear("subscribed").await, json!({ "id": id, "topic": "t1" }));
        live.hear("snapshot").await;
    }
    report(&server, "N-1").await;
    assert_eq!(live.deltas().await.len(), 1);
    live.say(json!({ "unsubscribe": { "id": 1 } })).await;
    live.follow(3, "received").await;
    live.hear("snapshot").await;
    report(&server, "N-2").await;
    let mut topics: Vec<String> = live.deltas().await.into_iter().map(|(topic, _)| topic).collect();
    topics.sort();
    assert_eq!(topics, ["t1", "t2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_used_again_ends_what_it_stood_for() {
    let server = Server::with_cases().await;
    let mut live = Live::open(&server).await;
    live.follow(1, "open").await;
    live.hear("snapshot").await;
    live.follow(1, "received").await;
    live.hear("snapshot").await;
    report(&server, "N-1").await;
    assert_eq!(live.deltas().await.into_iter().map(|(topic, _)| topic).collect::<Vec<_>>(), ["t2"]);
    // After a hole the same question is asked again under its own number.
    live.follow(1, "received").await;
    assert_eq!(live.hear("snapshot").await["topic"], "t2");
    report(&server, "N-2").await;
    assert_eq!(live.deltas().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_names_its_subscription_where_it_can_be_read() {
    let server = Server::with_cases().await;
    let mut live = Live::open(&server).await;
    live.say("nonsense").await;
    let error = live.hear("error").await;
    assert_eq!((error.get("id"), error["problem"].get("parameter")), (None, None), "{error}");
    live.say(json!({ "subscribe": { "id": 5, "query": { "metric": "open" } } })).await;
    let error = live.hear("error").await;
    assert_eq!((&error["id"], &error["problem"]["status"]), (&json!(5), &json!(400)), "{error}");
    let late = json!({ "metric": ["open"], "filter": { "timeliness": "late" } });
    live.say(json!({ "subscribe": { "id": 6, "query": late } })).await;
    let error = live.hear("error").await;
    assert_eq!((&error["id"], &error["problem"]["parameter"]), (&json!(6), &json!("timeliness")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_64_kib_closes_the_socket_with_its_reason() {
    let server = Server::empty().await;
    let mut live = Live::open(&server).await;
    live.say("x".repeat(65 << 10)).await;
    loop {
        match timeout(Duration::from_secs(20), live.0.next()).await.unwrap().unwrap().unwrap() {
            Message::Close(frame) => {
                assert_eq!(u16::from(frame.unwrap().code), 1009);
                return;
            }
            _ => continue,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_opens_no_socket_is_told_how_one_opens() {
    let server = Server::empty().await;
    for path in ["/api/v1/live", "/api/v1/events/stream"] {
        let plain = server.get(path).await;
        assert_eq!(plain.problem(), (426, "upgrade-required".into(), None), "{path}");
        assert_eq!(plain.header("upgrade"), "websocket", "{path}");
        let old = server
            .send(Method::GET, path, |request| {
                let request = request.header("connection", "upgrade").header("upgrade", "websocket");
                request.header("sec-websocket-version", "12").header("sec-websocket-key", "AAAA")
            })
            .await;
        let parameter = Some("Sec-WebSocket-Version".to_owned());
        assert_eq!(old.problem(), (426, "upgrade-required".into(), parameter), "{path}");
        assert_eq!(old.header("sec-websocket-version"), "13", "{path}");
    }
    let unknown = connect_async(format!("ws://{}/api/v1/live?topic=1", server.address())).await;
    let Err(tokio_tungstenite::tungstenite::Error::Http(response)) = unknown else { panic!("{unknown:?}") };
    assert_eq!(response.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_is_in_no_frame_and_nobody_may_follow_one() {
    let server = Server::with_cases().await;
    let mut live = Live::open(&server).await;
    let query = json!({ "metric": ["rated"], "group_by": ["agency", "stage", "rating_channel"] });
    live.say(json!({ "subscribe": { "id": 1, "query": query } })).await;
    live.hear("snapshot").await;
    let data =
        json!({ "score": 3, "unit": "SXD", "officer": "SXD-cb07", "stage": "reception", "channel": "kiosk" });
    server.post(&[event("r", "case.rated", "2026-11-23T07:50:00+07:00", "A-4", data)]).await;
    let delta = live.hear("delta").await;
    assert_eq!(delta["upsert"], json!([["SXD", "reception", "kiosk", 1]]));
    assert!(!delta.to_string().contains("cb07"));
    let query = json!({ "metric": ["rated"], "group_by": ["officer"] });
    live.say(json!({ "subscribe": { "id": 2, "query": query } })).await;
    let error = live.hear("error").await;
    assert_eq!(
        (&error["id"], &error["problem"]["type"]),
        (&json!(2), &json!("urn:toancanh:problem:outside-scope"))
    );
}
