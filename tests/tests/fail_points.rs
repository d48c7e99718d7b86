//! The program ended as `kill -9` ends it, at each place where something is half done: what was acknowledged is there
//! after the next start, and nothing is there twice.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tests::events::event;
use tests::program::{Program, command, root, token};

const AT: &str = "2015-10-01T12:00:00-04:00";
const BEFORE: &str = "2015-10-01T11:59:59-04:00";
/// Every place, and how often in a hundred visits the program ends there: what is visited rarely ends it at once.
const PLACES: [(&str, u32); 14] = [
    ("case-key-written", 2),
    ("case-keys-durable", 5),
    ("segment-to-begin", 50),
    ("file-made", 30),
    ("file-durable", 30),
    ("file-in-place", 30),
    ("segment-begun", 50),
    ("frame-placed", 5),
    ("flight-to-sync", 5),
    ("flight-durable", 5),
    ("flight-published", 5),
    ("head-written", 5),
    ("image-half", 100),
    ("answer-to-give", 5),
];
const EVENTS: u64 = 20;
/// Nobody waits longer for a program to reach its place.
const PATIENCE: Duration = Duration::from_secs(60);

/// A report with a person in it, so that a key is made, and with enough that does not pack, so that segments fill.
fn received(case: &str) -> Json {
    let noise: String = (0..600).map(|_| char::from(rand::random_range(b'!'..=b'[')).to_string()).collect();
    let data = json!({
        "kind": "report", "city": "boston", "agency": "x", "field": "y", "content": noise,
        "reporter": {"phone": "+84900777123"},
    });
    event(&format!("{case}/received"), "case.received", BEFORE, case, data)
}

/// Starts the build with fail points; it may end before it listens.
async fn start(binary: &Path, data: &Path, points: &str) -> anyhow::Result<Program> {
    let mut serve = command(binary);
    serve.args(["serve", "--listen", "127.0.0.1:0", "--city", "boston", "--image-every", "300"]);
    serve.arg("--data").arg(data).args(["--clock", &format!("{AT},speed=0")]);
    serve.env("TOANCANH_FAIL_POINT", points);
    Program::spawn(serve).await
}

/// Posts until the program has ended there; gives what was acknowledged.
async fn post_until_ended(program: Program, token: &str, round: &str) -> (BTreeSet<String>, bool) {
    let began = Instant::now();
    let mut acknowledged = BTreeSet::new();
    for number in 0_u64.. {
        let codes: Vec<String> = (0..EVENTS).map(|place| format!("{round}-{number}-{place}")).collect();
        let events: Vec<Json> = codes.iter().map(|code| received(code)).collect();
        let body = serde_json::to_string(&events).unwrap();
        match program.post(token, "application/cloudevents-batch+json", body).await {
            Ok(reply) if reply.status == 202 => acknowledged.extend(codes),
            Ok(reply) => panic!("{}: {}", reply.status, reply.body),
            Err(_) => return (acknowledged, true),
        }
        if began.elapsed() > PATIENCE {
            break;
        }
    }
    program.kill().unwrap();
    (acknowledged, false)
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_a_program_that_ends_at_a_named_place_loses_nothing_acknowledged() {
    let Some(binary) = std::env::var_os("TOANCANH_BIN_FAIL_POINTS").map(PathBuf::from) else {
        // `cargo xtask test` builds it and always sets this.
        println!("TOANCANH_BIN_FAIL_POINTS is not set: nothing was ended");
        return;
    };
    let rounds = if std::env::var_os("TOANCANH_PROVE").is_some() { 50 } else { 2 };
    // Places that an earlier run came to the end of, and what was acknowledged there.
    let kept = std::env::var_os("TOANCANH_PROVE_DIR").map(|folder| PathBuf::from(folder).join("done"));
    let mut done = kept.as_ref().and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    for (place, percent) in PLACES {
        if done.lines().any(|line| line.split(' ').next() == Some(place)) {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let token = token(&data, "boston", "points").unwrap();
        let mut acknowledged = BTreeSet::new();
        let mut ended = 0;
        for round in 0..rounds {
            // Where it ends before it listens, that is a visit like any other.
            match start(&binary, &data, &format!("{place} {percent}")).await {
                Err(_) => ended += 1,
                Ok(program) => {
                    let (codes, has_ended) = post_until_ended(program, &token, &format!("r{round}")).await;
                    acknowledged.extend(codes);
                    assert!(has_ended, "{place} was never reached");
                    ended += 1;
                }
            }
        }
        let program = start(&binary, &data, "").await.unwrap();
        let known = program.cases().await.unwrap();
        let distinct: BTreeSet<String> = known.iter().cloned().collect();
        assert_eq!(distinct.len(), known.len(), "{place}: a case is there twice");
        let lost: Vec<_> = acknowledged.difference(&distinct).take(5).collect();
        assert!(lost.is_empty(), "{place}: acknowledged and lost: {lost:?}");
        let table = program.json("/api/v1/aggregates?metric=received&from=2015-10-01").await.unwrap();
        let counted = if known.is_empty() { json!([[0]]) } else { json!([[known.len()]]) };
        assert_eq!(table["rows"], counted, "{place}: each is counted once");
        program.stop().unwrap();
        done.push_str(&format!("{place} {}\n", acknowledged.len()));
        if let Some(file) = &kept {
            std::fs::write(file, &done).unwrap();
        }
        println!("{place}: ended {ended} times, {} acknowledged, none lost, none twice", acknowledged.len());
    }
    println!("figure: places = {}", PLACES.len());
    println!("figure: ends at each = {rounds}");
    let total: u64 = done.lines().filter_map(|line| line.split_once(' ')?.1.parse::<u64>().ok()).sum();
    println!("figure: acknowledged = {total}");
    println!("figure: lost = 0");
}

/// The list of the test is the list of the program.
#[test]
fn no_place_is_left_out() {
    let text = std::fs::read_to_string(root().join("server/log/src/fail_point.rs")).unwrap();
    let list = text.split("= [").nth(1).unwrap().split("];").next().unwrap();
    let places: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert_eq!(places, PLACES.map(|(place, _)| place));
    let found = Command::new("grep")
        .args(["-rhoE", "reach\\(\"[a-z-]+\"\\)", "server/src", "server/log/src"])
        .current_dir(root())
        .output()
        .unwrap();
    let found = String::from_utf8(found.stdout).unwrap();
    let visited: BTreeSet<&str> = found.lines().filter_map(|line| line.split('"').nth(1)).collect();
    assert_eq!(visited, places.into_iter().collect());
}
