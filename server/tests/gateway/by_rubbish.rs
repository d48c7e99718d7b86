//! Whole requests that are refused, each with its status, its problem and nothing taken.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value as Json, json};
use server::source::NewSource;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::*;

#[track_caller]
fn check((status, problem): (StatusCode, Json), want: u16) {
    assert_eq!(status.as_u16(), want, "{problem}");
    assert_eq!(problem["status"], want, "{problem}");
    assert!(problem["type"].as_str().unwrap().starts_with("urn:toancanh:problem:"), "{problem}");
    assert!(!problem["title"].as_str().unwrap().is_empty(), "{problem}");
    assert!(!problem["detail"].as_str().unwrap().is_empty(), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_cannot_be_parsed_is_400() {
    let server = Server::start().await;
    for (kind, body) in [
        (ONE, "".to_owned()),
        (ONE, "{".to_owned()),
        (ONE, "[]".to_owned()),
        (ONE, "null".to_owned()),
        (BATCH, "".to_owned()),
        (BATCH, format!("[{},", received("1", "A"))),
        (BATCH, received("1", "A").to_string()),
        (BATCH, "\"\\ud800".to_owned()),
    ] {
        check(server.answer(kind, body).await, 400);
    }
    check(server.answer(ONE, b"{\"id\":\"\xc3\x28\"}".to_vec()).await, 400);
    check(server.answer(BATCH, b"[{\"id\":\"\xff\"}]".to_vec()).await, 400);
    let binary = server.post("application/json").header("ce-id", "1").body("{");
    check(read(binary.send().await.unwrap()).await, 400);
    assert_eq!(server.started.running.store.durable().0, 0);
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_cannot_be_parsed_costs_only_itself() {
    let server = Server::start().await;
    let mut lines = received("1", "A").to_string().into_bytes();
    lines.extend(b"\n{\"id\":\n\xff\xfe\n\n[1]\n");
    lines.extend(received("2", "B").to_string().bytes());
    let (status, answer) = server.answer(LINES, lines).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(words(&answer), "2/0 1:-:unparsable-event 2:-:unparsable-event 3:-:mistyped-attribute");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_unknown_is_401_and_told_how_to_be_known() {
    let server = Server::start().await;
    let url = format!("http://{}/api/v1/events", server.address());
    let body = received("1", "A").to_string();
    let post = || server.client.post(&url).header("content-type", ONE).body(body.clone());
    for request in [
        post(),
        post().bearer_auth("tcs_nobody"),
        post().bearer_auth(""),
        post().basic_auth("portal", Some(&server.token)),
        post().header("authorization", server.token.clone()),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        check(read(response).await, 401);
    }
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_was_removed_is_unknown_soon_after() {
    let server = Server::start().await;
    assert_eq!(server.answer(ONE, received("1", "A").to_string()).await.0, StatusCode::ACCEPTED);
    server::source::remove(&server.data(), "portal").unwrap();
    let began = Instant::now();
    while server.answer(ONE, received("1", "A").to_string()).await.0 != StatusCode::UNAUTHORIZED {
        assert!(began.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_citys_source_is_403() {
    let server = Server::start().await;
    let token = server.source(NewSource { name: "hcmc".into(), city: "hcmc".into(), ..NewSource::default() });
    let request = server.post(ONE).body(received("1", "A").to_string());
    let request = request.build().unwrap();
    let mut foreign = request.try_clone().unwrap();
    foreign.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    check(read(server.client.execute(foreign).await.unwrap()).await, 403);
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_type_is_415() {
    let server = Server::start().await;
    for kind in ["text/plain", "application/json", "application/xml", "multipart/form-data; boundary=x", "x"]
    {
        check(server.answer(kind, received("1", "A").to_string()).await, 415);
    }
    let packed = server.post(ONE).header("content-encoding", "gzip").body("x");
    check(read(packed.send().await.unwrap()).await, 415);
    let binary = server.post("text/plain").header("ce-id", "1").body("x");
    check(read(binary.send().await.unwrap()).await, 415);
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_16_mib_is_413_and_leaves_nothing_behind() {
    let server = Server::start().await;
    let mut lines = received("1", "A").to_string().into_bytes();
    lines.push(b'\n');
    lines.resize(50_000_000, b'x');
    check(server.answer(LINES, lines.clone()).await, 413);
    // Without a length, in pieces.
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
        lines.chunks(1 << 20).map(|piece| Ok(piece.to_vec())).collect();
    let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    check(server.answer(LINES, body).await, 413);
    let many = format!("[{}0]", "0,".repeat(300_000));
    check(server.answer(BATCH, many).await, 413);
    assert_eq!(server.started.running.store.durable().0, 0);
    // Just below the limit it is read, and the connection serves on.
    let small = [received("1", "A").to_string().into_bytes(), vec![b'\n'; (16 << 20) - 1_000]].concat();
    let (status, answer) = server.answer(LINES, small).await;
    assert_eq!((status, words(&answer).as_str()), (StatusCode::ACCEPTED, "1/0"));
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_batch_of_16_mib_is_taken() {
    let server = Server::start().await;
    let text = "x".repeat(1_000);
    let events: Vec<Json> = (0..12_000)
        .map(|number| {
            let id = format!("{number}");
            with(received(&id, &id), "data.content", json!(text))
        })
        .collect();
    let body = serde_json::to_vec(&events).unwrap();
    assert!((12 << 20..16 << 20).contains(&body.len()));
    let (status, answer) = server.answer(BATCH, body).await;
    assert_eq!((status, words(&answer).as_str()), (StatusCode::ACCEPTED, "12000/0"));
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_too_fast_is_429_and_told_when_to_come_again() {
    let server = Server::start().await;
    let slow = NewSource { name: "slow".into(), events_per_second: 1, ..NewSource::default() };
    let token = server.source(slow);
    let batch: Vec<Json> = (0..5).map(|n| received(&n.to_string(), &n.to_string())).collect();
    let body = serde_json::to_vec(&batch).unwrap();
    let url = format!("http://{}/api/v1/events", server.address());
    let post =
        || server.client.post(&url).bearer_auth(&token).header("content-type", BATCH).body(body.clone());
    assert_eq!(post().send().await.unwrap().status(), StatusCode::ACCEPTED);
    let refused = post().send().await.unwrap();
    let after: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=6).contains(&after), "{after}");
    check(read(refused).await, 429);
    tokio::time::sleep(Duration::from_secs(after)).await;
    let (_, answer) = read(post().send().await.unwrap()).await;
    assert_eq!(words(&answer), "0/5");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_takes_nothing_and_costs_nobody() {
    let server = Server::start().await;
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    let line = received("1", "A").to_string();
    let head = format!(
        "POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: {LINES}\r\n\
         content-length: 100000\r\n\r\n{line}\n",
        server.token
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(!answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert_eq!(server.answer(ONE, line).await.1["accepted"], 1);
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_lives_through_all_sorts_of_noise() {
    let server = Server::start().await;
    let noise: [&[u8]; 6] = [
        b"\x00\x01\x02\x03",
        b"POST /api/v1/events HTTP/1.1\r\n\r\n",
        b"POST /api/v1/events HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST /api/v1/events HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET /api/v1/events HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /api/v1/events/stream HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    ];
    for bytes in noise {
        let mut socket = TcpStream::connect(server.address()).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(5), socket.read_to_end(&mut answer)).await;
    }
    assert_eq!(server.answer(ONE, received("1", "A").to_string()).await.0, StatusCode::ACCEPTED);
    assert!(!server.started.has_failed());
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_takes_nothing_is_503_and_nothing_counts_as_taken() {
    let server = Server::start().await;
    let (status, _) = server.answer(ONE, received("1", "A").to_string()).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    server.started.running.store.log().close();
    let response = server.post(ONE).body(received("2", "B").to_string()).send().await.unwrap();
    assert!(response.headers().contains_key("retry-after"));
    check(read(response).await, 503);
    // A repeat cannot be vouched for either.
    check(server.answer(ONE, received("1", "A").to_string()).await, 503);
    // What is wrong with an event can be said without the log.
    let (status, answer) = server.answer(ONE, with(received("3", "C"), "type", json!("x")).to_string()).await;
    assert_eq!((status, words(&answer).as_str()), (StatusCode::ACCEPTED, "0/0 0:3:unknown-type"));
    assert_eq!(server.started.running.store.durable().0, 1);
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_parameter_is_400() {
    let server = Server::start().await;
    let url = format!("http://{}/api/v1/events?dry_run=true", server.address());
    let post = server.client.post(url).bearer_auth(&server.token).header("content-type", ONE);
    let (status, problem) = read(post.body(received("1", "A").to_string()).send().await.unwrap()).await;
    assert_eq!((status.as_u16(), &problem["parameter"]), (400, &json!("dry_run")), "{problem}");
    assert_eq!(server.started.running.store.durable().0, 0);
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_cannot_be_is_refused_and_a_strange_limit_kept() {
    let server = Server::start().await;
    let due = |id: &str, due: &str| with(received(id, id), "data.due_at", json!(due));
    let answer = server
        .batch(&[
            due("1", "9999-12-31T23:59:59Z"),
            due("2", "2015-09-03T08:00:00+25:00"),
            due("3", "2015-09-03T08:00:00.1234567890123-04:00"),
            with(received("4", "4"), "time", json!("2015-09-01T08:00:00.000000000001-04:00")),
            with(received("5", "5"), "time", json!("2015-09-01T08:00:00-25:00")),
        ])
        .await;
    assert_eq!(words(&answer), "3/0 1:2:mistyped-attribute 4:5:mistyped-attribute");
    assert_eq!(answer["rejected"][0]["problem"]["parameter"], "due_at");
    server.number("metric=open", answer["seq"].as_str().unwrap()).await;
    let url = format!("http://{}/api/v1/cases/1", server.address());
    let (_, story) = read(server.client.get(url).send().await.unwrap()).await;
    assert_eq!(story["case"]["due"], "9999-12-30T17:00:00-05:00", "{story}");
    assert_eq!(story["case"]["flags"][0], "strange_due_at", "{story}");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_hears_of_1024_sources_and_of_those_that_are_registered() {
    let server = Server::start().await;
    let bound =
        NewSource { name: "bound".into(), uri: Some("urn:registered".into()), ..NewSource::default() };
    server.source(bound);
    let named = |name: String| with(received(&name, &name), "source", json!(name));
    let many: Vec<Json> = (0..1_500).map(|number| named(format!("urn:{number}"))).collect();
    let answer = server.batch(&many).await;
    assert_eq!((&answer["accepted"], answer["rejected"].as_array().unwrap().len()), (&json!(1_024), 476));
    let problem = &answer["rejected"][0]["problem"];
    assert_eq!(problem["type"], "urn:toancanh:problem:wrong-source");
    assert!(problem["detail"].as_str().unwrap().contains("1,024"), "{problem}");
    server.number("metric=open", answer["seq"].as_str().unwrap()).await;
    let more = [named("urn:registered".into()), resolved("r", "urn:7"), named("urn:9999".into())];
    let more = [more[0].clone(), with(more[1].clone(), "source", json!("urn:7")), more[2].clone()];
    assert_eq!(words(&server.batch(&more).await), "2/0 2:urn:9999:wrong-source");
    server.started.stop().await.unwrap();
}
