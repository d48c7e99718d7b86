use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use reqwest::Method;

use crate::support::Server;

#[tokio::test(flavor = "multi_thread")]
async fn each_parameter_that_cannot_be_used_is_named() {
    let server = Server::with_cases().await;
    for (path, parameter) in [
        ("/api/v1/aggregates", "metric"),
        ("/api/v1/aggregates?metric=", "metric"),
        ("/api/v1/aggregates?metric=opne", "metric"),
        ("/api/v1/aggregates?metric=open&colour=red", "colour"),
        ("/api/v1/aggregates?metric=open&res=8", "res"),
        ("/api/v1/aggregates?metric=open&group_by=street", "group_by"),
        ("/api/v1/aggregates?metric=open&from=yesterday", "from"),
        ("/api/v1/aggregates?metric=open&from=2026-11-24&to=2026-11-23", "from"),
        ("/api/v1/aggregates?metric=open&at=2999-01-01", "at"),
        ("/api/v1/aggregates?metric=open&at=2026-11-01&at=2026-11-02", "at"),
        ("/api/v1/aggregates?metric=open&bucket=fortnight", "bucket"),
        ("/api/v1/aggregates?metric=open&agency=%C3%28", "agency"),
        ("/api/v1/aggregates?metric=open&agency=%G0", "agency"),
        ("/api/v1/aggregates?metric=received&bucket=hour&from=1900-01-01", "bucket"),
        ("/api/v1/hexagons?metric=open&res=6", "res"),
        ("/api/v1/hexagons?metric=open,overdue&res=8", "metric"),
        ("/api/v1/hexagons?metric=hours_to_resolve_p50", "metric"),
        ("/api/v1/hexagons?metric=open&group_by=agency", "group_by"),
        ("/api/v1/cases?limit=0", "limit"),
        ("/api/v1/cases?limit=1001", "limit"),
        ("/api/v1/cases?sort=colour", "sort"),
        ("/api/v1/cases?metric=open", "metric"),
        ("/api/v1/cases?cursor=broken", "cursor"),
        ("/api/v1/receipt", "metric"),
        ("/api/v1/receipt?metric=open&group_by=agency", "group_by"),
        ("/api/v1/metrics?x=1", "x"),
        ("/api/v1/sources?x=1", "x"),
        ("/api/v1/quality?flag=strange", "flag"),
        ("/api/v1/catalogue/unmapped?x=1", "x"),
        ("/api/v1/openapi.json?x=1", "x"),
        ("/api/v1/cases?timeliness=late", "timeliness"),
        ("/api/v1/cases?status=opened", "status"),
        ("/api/v1/aggregates?metric=open&kind=complaint", "kind"),
        ("/api/v1/hexagons?metric=open&content_group=6", "content_group"),
        ("/api/v1/receipt?metric=open&timeliness=in_time,late", "timeliness"),
    ] {
        let reply = server.get(path).await;
        assert_eq!(reply.problem(), (400, "bad-parameter".into(), Some(parameter.into())), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_path_method_or_body_is_a_problem_too() {
    let server = Server::empty().await;
    assert_eq!(server.get("/api/v1/nothing").await.problem().0, 404);
    assert_eq!(server.get("/api").await.problem().0, 404);
    assert_eq!(server.get("/absent.js").await.problem().0, 404);
    assert_eq!(server.get("/api/v1/cases/").await.problem().0, 404);
    let reply = server.send(Method::DELETE, "/api/v1/cases", |request| request).await;
    assert_eq!(reply.problem().1, "method-not-allowed");
    assert!(reply.header("allow").contains("GET"));
    let reply = server.send(Method::GET, "/api/v1/clock", |request| request).await;
    assert_eq!((reply.problem().0, reply.header("allow")), (405, "POST"));
    let reply = server.send(Method::POST, "/anything", |request| request).await;
    assert_eq!(reply.problem().0, 404);
    let token = server.administrator_token();
    let text = |request: reqwest::RequestBuilder| {
        request.bearer_auth(&token).header("content-type", "text/plain").body("x")
    };
    assert_eq!(server.send(Method::POST, "/api/v1/clock", text).await.problem().1, "unsupported-type");
    let large = |request: reqwest::RequestBuilder| request.bearer_auth(&token).body(vec![b' '; 70_000]);
    assert_eq!(server.send(Method::POST, "/api/v1/clock", large).await.problem().1, "body-too-large");
}

/// Sends a whole request before it reads anything, as simple clients do.
fn send_all_then_read(server: &Server, head: String, bytes: usize) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..bytes >> 20 {
        stream.write_all(&piece).unwrap();
    }
    stream.shutdown(Shutdown::Write).ok();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_of_fifty_megabytes_reads_why_it_was_refused() {
    let server = std::sync::Arc::new(Server::empty().await);
    let bytes = 50 << 20;
    for (token, status) in [(server.source_token().to_owned(), 413), ("nobody".to_owned(), 413)] {
        let head = format!(
            "POST /api/v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             content-type: application/x-ndjson\r\ncontent-length: {bytes}\r\nconnection: close\r\n\r\n"
        );
        let held = server.clone();
        let answer =
            tokio::task::spawn_blocking(move || send_all_then_read(&held, head, bytes)).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.contains("urn:toancanh:problem:body-too-large"), "{answer}");
    }
    assert_eq!(server.get("/readyz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sender_below_the_limit_reads_why_too() {
    let server = std::sync::Arc::new(Server::empty().await);
    let bytes = 12 << 20;
    let head = format!(
        "POST /api/v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer nobody\r\n\
         content-type: application/x-ndjson\r\ncontent-length: {bytes}\r\nconnection: close\r\n\r\n"
    );
    let held = server.clone();
    let answer = tokio::task::spawn_blocking(move || send_all_then_read(&held, head, bytes)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
}
