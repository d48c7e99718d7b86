//! A server is lost, and its screens live on another of the city's servers: nothing is missing from what
//! they show, and nobody touches them.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tests::program::root;
use tests::redis::{Redis, signal};
use tests::servers::{BATCH, Plan, Server, agree, received};
use tests::socket::{Client, Rows};

const SCREENS: usize = 50;
/// A screen lives again within this time of its server's end.
const AGAIN_WITHIN: Duration = Duration::from_secs(5);
/// A screen that hears nothing for so long goes elsewhere, as the pages do.
const SILENCE: Duration = Duration::from_secs(3);

struct City {
    _redis: [Redis; 2],
    address: String,
    a: Server,
    b: Server,
    folder: tempfile::TempDir,
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
    City { _redis: [primary, replica], address, a: a_server, b: b_server, folder }
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
    let screens: Vec<_> = (0..SCREENS).map(|_| tokio::spawn(screen(servers.clone(), ends.clone()))).collect();
    let begun = Instant::now();
    let mut acknowledged = load(&city, || begun.elapsed() > Duration::from_secs(3)).await;
    signal(city.a.program.id(), lose).unwrap();
    let lost = Instant::now();
    acknowledged.extend(load_on(&city.b, || lost.elapsed() > AGAIN_WITHIN + SILENCE).await);
    // The last of them are on their way to the numbers and the screens.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let present = city.b.cases().await;
    assert_eq!(acknowledged.difference(&present).count(), 0, "acknowledged, and not on the other server");
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
    let mut child = scenario("failover", &city).stdout(Stdio::piped()).spawn().unwrap();
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

fn scenario(name: &str, city: &City) -> Command {
    let mut scenario = Command::new("node");
    scenario.current_dir(root().join("tests")).args(["browser/scenarios.mjs", name]);
    scenario.env("BASE", &city.a.program.base).env("OTHER", &city.b.program.base);
    if std::env::var_os("TOANCANH_NODE_MODULES").is_none() {
        scenario.env("TOANCANH_NODE_MODULES", root().join("node_modules"));
    }
    scenario
}

/// Stops a server as an operator does, and starts it again where it was.
async fn restarted(folder: &Path, redis: &str, name: &str, server: Server, other: &Server) -> Server {
    let place = |server: &Server| server.program.base.trim_start_matches("http://").to_owned();
    let (listen, other) = (place(&server), place(other));
    assert!(server.program.stop().unwrap().success(), "{name} did not stop well");
    self::server(folder, redis, name, &listen, &other).await
}

/// A source that gives each event to one server, and to the other where it is not taken; what was
/// acknowledged, at most `EVENTS_OF_POST` a time.
async fn source(doors: [(String, String); 2], ends: Arc<AtomicBool>) -> BTreeSet<String> {
    const EVENTS_OF_POST: usize = 5;
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build().unwrap();
    let (mut acknowledged, mut nth) = (BTreeSet::new(), 0);
    while !ends.load(Ordering::Relaxed) {
        let codes: Vec<String> = (0..EVENTS_OF_POST).map(|place| format!("e{}", nth + place)).collect();
        nth += EVENTS_OF_POST;
        let body = json!(codes.iter().map(|code| received(code)).collect::<Vec<_>>()).to_string();
        for (base, token) in doors.iter().cycle().skip(nth / EVENTS_OF_POST % 2).take(20) {
            let post = client.post(format!("{base}/api/v1/events")).bearer_auth(token);
            let post = post.header("content-type", BATCH).body(body.clone());
            if post.send().await.is_ok_and(|answer| answer.status() == 202) {
                acknowledged.extend(codes);
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn while_one_server_after_the_other_is_restarted_no_screen_goes_blank_and_nothing_is_lost() {
    let city = city().await;
    let first: Vec<Json> = (0..40).map(|nth| received(&format!("first{nth}"))).collect();
    assert_eq!(city.a.post(&first).await.len(), 40);
    agree(&city.a, &city.b, 40).await;
    let mut child = scenario("rolling", &city).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.next().as_deref(), Some("live"));
    let ends = Arc::new(AtomicBool::new(false));
    let doors = [&city.a, &city.b].map(|server| (server.program.base.clone(), server.token.clone()));
    let source = tokio::spawn(source(doors, ends.clone()));
    let City { _redis, address, a, b, folder } = city;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let a = restarted(folder.path(), &address, "a", a, &b).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let b = restarted(folder.path(), &address, "b", b, &a).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    ends.store(true, Ordering::Relaxed);
    let acknowledged = source.await.unwrap();
    child.stdin.take().unwrap().write_all(b"end\n").unwrap();
    assert_eq!(lines.next().as_deref(), Some("never blank"));
    assert!(child.wait().unwrap().success());
    agree(&a, &b, 40 + acknowledged.len() as u64).await;
    for server in [&a, &b] {
        let present = server.cases().await;
        assert_eq!(acknowledged.difference(&present).count(), 0, "acknowledged, and not there");
    }
    println!("figure: acknowledged during the restarts = {}", acknowledged.len());
    assert!(acknowledged.len() > 50, "too little was acknowledged to say anything");
}
