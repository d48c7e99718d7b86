//! A server is lost, and its screens live on another of the city's servers: nothing is missing from what
//! they show, and nobody touches them.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tests::program::root;
use tests::redis::{Redis, signal};
use tests::servers::{Plan, Server, agree, received};
use tests::socket::{Client, Rows};

const SCREENS: usize = 50;
/// A screen lives again within this time of its server's end.
const AGAIN_WITHIN: Duration = Duration::from_secs(5);
/// A screen that hears nothing for so long goes elsewhere, as the pages do.
const SILENCE: Duration = Duration::from_secs(3);

struct City {
    _redis: [Redis; 2],
    a: Server,
    b: Server,
    _folder: tempfile::TempDir,
}

/// Ports that are free now.
fn ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// Two servers on one Redis, each knowing of the other.
async fn city() -> City {
    let folder = tempfile::tempdir().unwrap();
    let primary = Redis::start(&folder.path().join("primary"), &[]).unwrap();
    let replica = primary.replica(&folder.path().join("replica")).unwrap();
    let address = format!("{},127.0.0.1:{}", primary.address(), replica.port);
    let [a, b] = ports().map(|port| format!("127.0.0.1:{port}"));
    let a_server = server(folder.path(), &address, "a", &a, &b).await;
    let b_server = server(folder.path(), &address, "b", &b, &a).await;
    City { _redis: [primary, replica], a: a_server, b: b_server, _folder: folder }
}

async fn server(folder: &Path, redis: &str, name: &str, listen: &str, other: &str) -> Server {
    let other = format!("http://{other}");
    let options = ["--other-servers", &other];
    let plan = Plan { options: &options, listen: listen.to_owned(), ..Plan::new(folder, redis) };
    let server = plan.start(name).await;
    server.stands("live").await;
    server
}

fn question() -> Json {
    json!({"metric": ["received"], "group_by": ["agency"]})
}

/// One screen, as a program: follows one question on the server that it has, and goes to the other when it
/// hears nothing more. Gives what it shows at the end, and how long it was without.
async fn screen(servers: [String; 2], ends: Arc<AtomicBool>) -> (Rows, Duration) {
    let (mut rows, mut longest, mut heard) = (Rows::new(1), Duration::ZERO, Instant::now());
    let mut nth = 0;
    loop {
        let base = &servers[nth % servers.len()];
        nth += 1;
        let Ok(Ok(mut client)) = tokio::time::timeout(SILENCE, Client::open(base)).await else { continue };
        if client.subscribe(1, question(), None).await.is_err() {
            continue;
        }
        let mut topic = None;
        while let Ok(Ok(message)) = tokio::time::timeout(SILENCE, client.next()).await {
            if let Some(said) = message["subscribed"]["topic"].as_str() {
                topic = Some(said.to_owned());
                rows = Rows::new(1);
            }
            let Some(topic) = &topic else { continue };
            rows.take(topic, &message);
            if rows.snapshots > 0 {
                longest = longest.max(heard.elapsed());
                heard = Instant::now();
            }
            if ends.load(Ordering::Relaxed) {
                return (rows, longest);
            }
        }
    }
}

/// Posts through both while both are there, else through the one that is; what was acknowledged.
async fn load(city: &City, until: impl Fn() -> bool) -> BTreeSet<String> {
    let (mut acknowledged, mut nth) = (BTreeSet::new(), 0);
    while !until() {
        let events: Vec<Json> = (0..10).map(|place| received(&format!("c{}", nth + place))).collect();
        nth += 10;
        let server = if nth % 20 == 0 { &city.a } else { &city.b };
        let posted = tokio::time::timeout(Duration::from_secs(1), server.post(&events));
        acknowledged.extend(posted.await.unwrap_or_default());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    acknowledged
}

async fn lives_on(lose: &str) {
    let city = city().await;
    let ends = Arc::new(AtomicBool::new(false));
    let servers = [city.a.program.base.clone(), city.b.program.base.clone()];
    let screens: Vec<_> =
        (0..SCREENS).map(|_| tokio::spawn(screen(servers.clone(), ends.clone()))).collect();
    let begun = Instant::now();
    let mut acknowledged = load(&city, || begun.elapsed() > Duration::from_secs(3)).await;
    signal(city.a.program.id(), lose).unwrap();
    let lost = Instant::now();
    acknowledged.extend(load_on(&city.b, || lost.elapsed() > AGAIN_WITHIN + SILENCE).await);
    let present = city.b.cases().await;
    assert_eq!(acknowledged.difference(&present).count(), 0, "acknowledged, and not on the other server");
    // The last rows are on their way: a tick is a second.
    tokio::time::sleep(Duration::from_secs(2)).await;
    ends.store(true, Ordering::Relaxed);
    let fresh = city.b.program.json("/api/v1/aggregates?metric=received&group_by=agency").await.unwrap();
    let mut longest = Duration::ZERO;
    for screen in screens {
        let (rows, gap) = screen.await.unwrap();
        let shown: Vec<&Json> = rows.rows.values().collect();
        assert_eq!(json!(shown), fresh["rows"], "a screen shows something else than its new server");
        longest = longest.max(gap);
    }
    println!("figure: screens = {SCREENS}");
    println!("figure: {lose}: longest without a frame, seconds = {:.1}", longest.as_secs_f64());
    println!("figure: {lose}: acknowledged = {}", acknowledged.len());
    assert!(longest <= AGAIN_WITHIN, "a screen was without a frame for {longest:?}");
    assert!(longest > Duration::from_millis(100), "no server was lost");
    if lose == "-STOP" {
        // It comes back, takes what it missed, and is the same again.
        signal(city.a.program.id(), "-CONT").unwrap();
        agree(&city.a, &city.b, acknowledged.len() as u64).await;
    }
}

async fn load_on(server: &Server, until: impl Fn() -> bool) -> BTreeSet<String> {
    let (mut acknowledged, mut nth) = (BTreeSet::new(), 0);
    while !until() {
        let events: Vec<Json> = (0..10).map(|place| received(&format!("d{}", nth + place))).collect();
        nth += 10;
        acknowledged.extend(server.post(&events).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_screens_of_a_killed_server_live_on_the_other_within_five_seconds() {
    lives_on("-KILL").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_screens_of_a_server_that_says_nothing_more_live_on_the_other_within_five_seconds() {
    lives_on("-STOP").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_killed_server_lives_on_the_other_and_goes_on_from_there() {
    let city = city().await;
    assert_eq!(city.a.post(&[received("first"), received("second")]).await.len(), 2);
    agree(&city.a, &city.b, 2).await;
    let mut scenario = Command::new("node");
    scenario.current_dir(root().join("tests")).args(["browser/scenarios.mjs", "failover"]);
    scenario.env("BASE", &city.a.program.base).env("OTHER", &city.b.program.base);
    if std::env::var_os("TOANCANH_NODE_MODULES").is_none() {
        scenario.env("TOANCANH_NODE_MODULES", root().join("node_modules"));
    }
    let mut child = scenario.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.next().as_deref(), Some("live"));
    signal(city.a.program.id(), "-KILL").unwrap();
    let lost = Instant::now();
    assert_eq!(lines.next().as_deref(), Some("elsewhere"));
    let after = lost.elapsed();
    println!("figure: page: seconds until it was live again = {:.1}", after.as_secs_f64());
    assert!(after < AGAIN_WITHIN, "live again after {after:?}");
    // What comes in now reaches the page, which never was of this server.
    assert_eq!(city.b.post(&[received("third")]).await.len(), 1);
    assert_eq!(lines.next().as_deref(), Some("grown"));
    assert_eq!(lines.next().as_deref(), Some("went on"));
    assert!(child.wait().unwrap().success());
}
