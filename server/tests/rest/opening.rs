//! What answers while the log is still to be opened: everything, and never with a number.

use std::time::Duration;

use reqwest::{Client, Method, Response};
use serde_json::Value as Json;
use server::clock::{CityClock, ClockKind};
use server::serve::begin;

use crate::support::{NOW, Server, settings};

const AS_A_BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// A client of a server whose log is not open.
struct Early {
    client: Client,
    base: String,
}

impl Early {
    async fn ask(&self, method: Method, path: &str, accept: &str) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.base)).header("accept", accept);
        request.send().await.unwrap()
    }

    /// Whoever asks for numbers, or brings events, is told how far it is and when to come back.
    #[track_caller]
    fn check<'a>(&'a self, method: Method, path: &'a str) -> impl Future<Output = ()> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let answer = self.ask(method, path, "*/*").await;
            assert_eq!(answer.status(), 503, "{place}: {path}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json", "{place}: {path}");
            assert_eq!(answer.headers()["retry-after"], "1", "{place}: {path}");
            let problem: Json = answer.json().await.unwrap();
            assert_eq!(problem["type"], "urn:toancanh:problem:rebuilding", "{place}: {path}");
            assert_eq!(problem["percent"], 0, "{place}: {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_answers_before_the_log_is_open_and_goes_live_by_itself() {
    let server = Server::with_cases().await;
    let before = server.json("/api/v1/aggregates?metric=open,overdue").await;
    let folder = server.halt().await;
    let clock = CityClock::set(ClockKind::Set, NOW.parse().unwrap(), 0.0);
    let opening = begin(settings(folder.path()), clock).unwrap();
    let client = Client::builder().no_proxy().build().unwrap();
    let early = Early { client, base: format!("http://{}", opening.address) };

    early.check(Method::GET, "/api/v1/aggregates?metric=open").await;
    early.check(Method::GET, "/api/v1/cases").await;
    early.check(Method::GET, "/api/v1/live").await;
    early.check(Method::GET, "/api/v1/nothing").await;
    early.check(Method::POST, "/api/v1/events").await;
    early.check(Method::POST, "/fn/load_boot").await;
    early.check(Method::GET, "/readyz").await;
    let alive = early.ask(Method::GET, "/healthz", "*/*").await;
    assert_eq!(alive.status(), 200);
    let alive: Json = alive.json().await.unwrap();
    assert_eq!((&alive["status"], &alive["rebuilding"]), (&"alive".into(), &0.into()));
    let style = early.ask(Method::GET, "/style.css", "text/css").await;
    assert_eq!((style.status().as_u16(), style.text().await.unwrap().as_str()), (200, "body{}"));

    for path in ["/", "/cases", "/no/such/page"] {
        let page = early.ask(Method::GET, path, AS_A_BROWSER).await;
        assert_eq!((page.status().as_u16(), &page.headers()["retry-after"]), (503, &"1".parse().unwrap()));
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let html = page.text().await.unwrap();
        assert!(html.contains("Đang dựng lại số liệu") && html.contains("numbers are rebuilding"), "{html}");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        assert!(nonce.len() >= 16 && html.contains(&format!("<script nonce=\"{nonce}\">")), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    // The connections that were open then are answered by the whole product.
    let started = opening.open().await.unwrap();
    started.is_ready().await;
    let now = early.ask(Method::GET, "/api/v1/aggregates?metric=open,overdue", "*/*").await;
    assert_eq!(now.json::<Json>().await.unwrap(), before);
    let page = early.ask(Method::GET, "/", AS_A_BROWSER).await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Thành phố Thử"));
    assert_eq!(early.ask(Method::GET, "/readyz", "*/*").await.status(), 200);
    started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_be_opened_ends_the_server_and_its_answers() {
    let folder = Server::with_cases().await.halt().await;
    std::fs::write(folder.path().join("data/log/HEAD"), "no head").unwrap();
    let clock = CityClock::set(ClockKind::Set, NOW.parse().unwrap(), 0.0);
    let opening = begin(settings(folder.path()), clock).unwrap();
    let address = opening.address;
    let error = opening.open().await.err().unwrap().to_string();
    assert!(error.contains("HEAD"), "{error}");
    // Nobody goes on saying that it rebuilds.
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("somebody still listens");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_answered_while_another_server_of_the_process_starts() {
    let server = Server::with_cases().await;
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let asking = tokio::spawn(async move {
        let mut asked = 0;
        while stopped.try_recv().is_err() {
            let page = server.send(Method::GET, "/", |request| request.header("accept", "text/html"));
            let page = tokio::time::timeout(Duration::from_secs(20), page).await;
            assert_eq!(page.expect("a page that waits for ever").status, 200);
            asked += 1;
        }
        asked
    });
    for _ in 0..8 {
        Server::empty().await.halt().await;
    }
    stop.send(()).unwrap();
    assert!(asking.await.unwrap() > 8, "pages were asked for meanwhile");
}
