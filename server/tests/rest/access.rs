use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use reqwest::Method;

use crate::support::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_name_that_points_here_reads_nothing() {
    let server = Server::with_cases().await;
    for path in
        ["/api/v1/aggregates?metric=open", "/api/v1/cases", "/", "/metrics", "/api/v1/live", "/style.css"]
    {
        let reply = server.send(Method::GET, path, |request| request.header("host", "evil.example")).await;
        assert_eq!(reply.problem().1, "reads-on-loopback-only", "{path}");
    }
    for (path, host) in [("/healthz", "evil.example"), ("/api/v1/aggregates?metric=open", "localhost:1")] {
        let reply = server.send(Method::GET, path, |request| request.header("host", host)).await;
        assert_eq!(reply.status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_router_refuses_a_peer_that_is_not_of_this_machine() {
    use axum::extract::ConnectInfo;
    use tower::ServiceExt;
    let server = Server::with_cases().await;
    let router = server::http::router(server.started.running.clone()).unwrap();
    let peer = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)), 9_000);
    for (path, status) in
        [("/api/v1/cases", 403), ("/", 403), ("/city/boundaries.geojson", 403), ("/readyz", 200)]
    {
        let mut request = axum::extract::Request::get(path).body(axum::body::Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let reply = router.clone().oneshot(request).await.unwrap();
        assert_eq!(reply.status(), status, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_the_browser_to_be_careful() {
    let server = Server::with_cases().await;
    for path in ["/api/v1/aggregates?metric=open", "/api/v1/cases/x", "/style.css", "/healthz"] {
        let reply = server.get(path).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("x-frame-options"), "DENY");
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert!(
            !reply.header("permissions-policy").is_empty() && !reply.header("referrer-policy").is_empty()
        );
    }
    assert_eq!(server.get("/api/v1/cases").await.header("cache-control"), "no-store");
}
