//! A replay into a running server: everything arrives once, whatever happens to the connection.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::{Value as Json, json};
use server::replay::{self, Events, Play, Played, ReplayError};
use server::source::Token;
use tokio::io::{AsyncReadExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::support::*;

/// Events a city second apart, written down in the wrong order.
fn file(folder: &Path, count: u32) -> std::path::PathBuf {
    let path = folder.join("events.ndjson");
    let mut out = std::fs::File::create(&path).unwrap();
    let zone = jiff::tz::TimeZone::UTC;
    for number in (0..count).rev() {
        let time = at("2015-09-30T00:00:00-04:00").plus_secs(i64::from(number)).to_rfc3339(&zone);
        let event = received(&format!("r{number}"), &format!("R{number}"));
        writeln!(out, "{}", with(event, "time", json!(time))).unwrap();
    }
    path
}

fn play(path: &Path, to: String, token: &str, speed: f64) -> Play {
    let began = Instant::now();
    let start = at("2015-09-30T00:00:00-04:00");
    #[allow(clippy::cast_possible_truncation)]
    let now = move || start.plus_micros((began.elapsed().as_secs_f64() * speed * 1e6) as i64);
    Play {
        events: Events::File(path.to_owned()),
        to,
        token: Token::given(token),
        now: Box::new(now),
        from: None,
        until: None,
        quiet: true,
    }
}

/// What the log holds, without heartbeats.
fn cases(server: &Server) -> Vec<Json> {
    let store = &server.started.running.store;
    let events =
        store.read_from(domain::Seq(1)).map(|stored| serde_json::from_slice(&stored.unwrap().bytes).unwrap());
    events.filter(|event: &Json| event["type"] != "vn.toancanh.source.heartbeat").collect()
}

#[track_caller]
fn check(server: &Server, played: &Played, count: u32) {
    assert_eq!((played.sent, played.rejected), (u64::from(count), 0), "{played:?}");
    let cases = cases(server);
    assert_eq!(cases.len(), count as usize);
    let times: Vec<&str> = cases.iter().map(|event| event["time"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "they arrived in the order in which they happened");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_played_through_a_socket_and_by_requests() {
    for path in ["", "/api/v1/events/stream", "/api/v1/events"] {
        let server = Server::start().await;
        let events = file(server.folder.path(), 2_000);
        let to = format!("http://{}{path}", server.address());
        let played = replay::play(play(&events, to, &server.token, 1_500.0)).await.unwrap();
        check(&server, &played, 2_000);
        let state = server.started.running.core.snapshot();
        let watermark = state.frozen.state().sources()["urn:test"].watermark;
        assert!(watermark >= Some(at("2015-09-30T00:00:01-04:00")), "{watermark:?}");
        drop(state);
        server.started.stop().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_again_and_again_loses_nothing_and_doubles_nothing() {
    let server = Server::start().await;
    let events = file(server.folder.path(), 3_000);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (to, address) = (format!("ws://{}", listener.local_addr().unwrap()), server.address());
    let cuts = Arc::new(AtomicUsize::new(0));
    let counted = cuts.clone();
    // A way that breaks after so many bytes, three times, and then holds.
    const CARRIED: u64 = 60_000;
    let way = tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.unwrap();
            let mut far = TcpStream::connect(address).await.unwrap();
            if counted.load(Ordering::Relaxed) == 3 {
                let _ = copy_bidirectional(&mut near, &mut far).await;
                continue;
            }
            let ((mut said, mut heard), (mut answers, mut asked)) = (near.split(), far.split());
            let mut some = (&mut said).take(CARRIED);
            tokio::select! {
                _ = tokio::io::copy(&mut some, &mut asked) => {}
                _ = tokio::io::copy(&mut answers, &mut heard) => {}
            }
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let played = replay::play(play(&events, to, &server.token, 1_000.0)).await.unwrap();
    way.abort();
    assert_eq!(cuts.load(Ordering::Relaxed), 3);
    assert!(played.reconnects >= 3, "{played:?}");
    let mut ids: Vec<String> = cases(&server).iter().map(|event| event["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((played.sent, played.rejected, ids.len()), (3_000, 0, 3_000), "{played:?}");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_that_cannot_be_says_why() {
    let server = Server::start().await;
    let events = file(server.folder.path(), 10);
    let refused = |to: String, token: &'static str| {
        let events = events.clone();
        async move { replay::play(play(&events, to, token, 1.0)).await.unwrap_err().to_string() }
    };
    let here = format!("http://{}", server.address());
    assert!(refused(here.clone(), "tcs_nobody").await.contains("401"));
    assert!(refused(format!("{here}/api/v1/events"), "tcs_nobody").await.contains("401"));
    assert!(refused("ftp://x".to_owned(), "t").await.contains("--to ftp://x"));
    assert!(refused("http://127.0.0.1:1".to_owned(), "t").await.contains("cannot be reached"));
    let nothing = server.folder.path().join("nothing.ndjson");
    std::fs::write(&nothing, "x\n").unwrap();
    let first = replay::first_time(&Events::File(nothing), None);
    assert!(matches!(first, Err(ReplayError::Nothing { .. })));
    server.started.stop().await.unwrap();
}
