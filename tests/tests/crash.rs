//! `kill -9` during a load of posts: every acknowledged event is there afterwards, none twice. And
//! no 202 leaves before the `fdatasync` that covers it, which a build without that call must fail.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde_json::{Value as Json, json};
use tests::events::event;
use tests::program::{Program, binary, token};

const AT: &str = "2015-10-01T12:00:00-04:00";
/// When the events happened: a period that ends now does not hold what happens at this very instant.
const BEFORE: &str = "2015-10-01T11:59:59-04:00";

fn received(case: &str) -> Json {
    let data = json!({"kind": "report", "city": "boston", "agency": "x", "field": "y"});
    event(&format!("{case}/received"), "case.received", BEFORE, case, data)
}

async fn serve(data: &Path) -> Program {
    let path = data.display().to_string();
    let clock = format!("{AT},speed=0");
    Program::serve(&["--city", "boston", "--data", &path, "--clock", &clock]).await.unwrap()
}

/// After so many kills everything is looked at and a new log is begun: starts stay quick, and a loss is known
/// to within so many rounds.
const STRETCH: u64 = 50;

/// Where the proof keeps what it needs to go on after a stop: the data, and what was acknowledged.
struct Ledger {
    folder: PathBuf,
    /// Of this stretch.
    acknowledged: BTreeSet<String>,
    rounds: u64,
    /// How many stretches were looked at, and what was acknowledged in them.
    looked_at: u64,
    total: u64,
    _own: Option<tempfile::TempDir>,
}

impl Ledger {
    fn open() -> Self {
        let own = std::env::var_os("TOANCANH_PROVE_DIR").is_none().then(|| tempfile::tempdir().unwrap());
        let folder = match &own {
            Some(own) => own.path().to_owned(),
            None => PathBuf::from(std::env::var_os("TOANCANH_PROVE_DIR").unwrap()),
        };
        let kept = std::fs::read_to_string(folder.join("acknowledged")).unwrap_or_default();
        let acknowledged = kept.lines().map(str::to_owned).collect();
        let rounds = std::fs::read_to_string(folder.join("rounds")).ok().and_then(|text| text.parse().ok());
        let before = std::fs::read_to_string(folder.join("looked-at")).unwrap_or_default();
        let mut before = before.split_whitespace().filter_map(|number| number.parse().ok());
        let (looked_at, total) = (before.next().unwrap_or_default(), before.next().unwrap_or_default());
        Self { folder, acknowledged, rounds: rounds.unwrap_or_default(), looked_at, total, _own: own }
    }

    fn data(&self) -> PathBuf {
        self.folder.join(format!("data-{}", self.looked_at))
    }

    fn token(&self) -> String {
        let file = self.data().with_extension("token");
        std::fs::read_to_string(&file).unwrap_or_else(|_| {
            let token = token(&self.data(), "boston", "crash").unwrap();
            std::fs::write(&file, &token).unwrap();
            token
        })
    }

    fn keep(&mut self, codes: Vec<String>) {
        self.acknowledged.extend(codes);
        self.rounds += 1;
        let all: Vec<&str> = self.acknowledged.iter().map(String::as_str).collect();
        std::fs::write(self.folder.join("acknowledged"), all.join("\n")).unwrap();
        std::fs::write(self.folder.join("rounds"), self.rounds.to_string()).unwrap();
    }

    /// Begins the next stretch: what lies in `data` was looked at.
    fn turn(&mut self, data: &Path) {
        self.looked_at += 1;
        self.total += self.acknowledged.len() as u64;
        let both = format!("{} {}", self.looked_at, self.total);
        std::fs::write(self.folder.join("looked-at"), both).unwrap();
        self.acknowledged.clear();
        std::fs::write(self.folder.join("acknowledged"), "").unwrap();
        std::fs::remove_dir_all(data).unwrap();
    }
}

/// Posts from eight clients at once until the program is killed; gives the cases acknowledged.
async fn post_until_killed(data: &Path, token: &str, round: u64) -> Vec<String> {
    let program = Arc::new(serve(data).await);
    let stop = Arc::new(AtomicBool::new(false));
    let number = Arc::new(AtomicU64::new(0));
    let mut posters = Vec::new();
    for _ in 0..8 {
        let (program, token) = (program.clone(), token.to_owned());
        let (stop, number) = (stop.clone(), number.clone());
        posters.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let first = number.fetch_add(5, Ordering::Relaxed);
                let codes: Vec<_> = (first..first + 5).map(|number| format!("r{round}-{number}")).collect();
                let events: Vec<_> = codes.iter().map(|code| received(code)).collect();
                let body = serde_json::to_string(&events).unwrap();
                let Ok(reply) = program.post(&token, "application/cloudevents-batch+json", body).await else {
                    break;
                };
                if reply.status == 202 {
                    mine.extend(codes);
                }
            }
            mine
        }));
    }
    tokio::time::sleep(std::time::Duration::from_millis(200 + 170 * (round % 5))).await;
    // As a power cut ends it: no goodbye.
    Command::new("kill").args(["-9", &program.id().to_string()]).status().unwrap();
    stop.store(true, Ordering::Relaxed);
    let mut acknowledged = Vec::new();
    for poster in posters {
        acknowledged.extend(poster.await.unwrap());
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_after_kill_9_every_acknowledged_event_is_there_and_none_twice() {
    let mut ledger = Ledger::open();
    let rounds = if std::env::var_os("TOANCANH_PROVE").is_some() { 1_000 } else { 4 };
    while ledger.looked_at * STRETCH < rounds {
        let (data, token) = (ledger.data(), ledger.token());
        let end = rounds.min((ledger.looked_at + 1) * STRETCH);
        while ledger.rounds < end {
            let codes = post_until_killed(&data, &token, ledger.rounds).await;
            ledger.keep(codes);
        }
        everything_is_there_once(&data, &ledger.acknowledged).await;
        ledger.turn(&data);
        println!("{} kills: nothing lost, nothing twice", ledger.rounds);
    }
    println!("figure: kills = {rounds}");
    println!("figure: acknowledged = {}", ledger.total);
}

/// Looks at what a stretch of kills has left.
async fn everything_is_there_once(data: &Path, acknowledged: &BTreeSet<String>) {
    assert!(acknowledged.len() > 100, "only {} were acknowledged", acknowledged.len());
    let program = serve(data).await;
    let known = program.cases().await.unwrap();
    let distinct: BTreeSet<_> = known.iter().cloned().collect();
    assert_eq!(distinct.len(), known.len(), "a case is there twice");
    let lost: Vec<_> = acknowledged.difference(&distinct).take(5).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let table = program.json("/api/v1/aggregates?metric=received,open&from=2015-10-01").await.unwrap();
    assert_eq!(table["rows"], json!([[known.len(), known.len()]]), "each is counted once");
    program.stop().unwrap();
}

/// Runs the program under `strace`, posts one event after another, and says whether for each 202
/// an `fdatasync` of a log segment had ended between the request's arrival and the answer.
async fn every_answer_follows_its_sync(binary: &Path) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let token = token(&data, "boston", "strace").unwrap();
    let trace = folder.path().join("trace");
    let strace = std::env::var_os("TOANCANH_STRACE").map_or_else(|| PathBuf::from("strace"), PathBuf::from);
    let mut command = Command::new(strace);
    command.current_dir(tests::program::root());
    command.env("TOANCANH_SITE_ROOT", tests::program::site_root());
    // `-D`: the tracer is no parent of the program, so that the signals of this test reach it.
    command.args([
        "-D",
        "-f",
        "-tt",
        "-y",
        "-s",
        "256",
        "-e",
        "trace=fdatasync,fsync,write,writev,sendto,sendmsg,recvfrom,read",
    ]);
    command.arg("-o").arg(&trace).arg(binary);
    command.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--city",
        "boston",
        "--clock",
        &format!("{AT},speed=0"),
        "--data",
    ]);
    command.arg(&data);
    let program = Program::spawn(command).await.unwrap();
    for number in 0..10 {
        let body = received(&format!("s{number}")).to_string();
        let reply = program.post(&token, "application/cloudevents+json", body).await.unwrap();
        assert_eq!(reply.status, 202, "{}", reply.body);
    }
    program.stop().unwrap();
    // The tracer ends a moment after the program that it traces.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let trace = std::fs::read_to_string(trace).unwrap();
    let mut synced = false;
    let mut answers = 0;
    let mut asked = false;
    for line in trace.lines() {
        let is_log = line.contains("/log/");
        if line.contains("POST /api/v1/events") {
            asked = true;
            synced = false;
        } else if (line.contains("fdatasync(") && is_log && line.ends_with("= 0"))
            || line.contains("fdatasync resumed")
        {
            synced = true;
        } else if asked && line.contains("HTTP/1.1 202") {
            answers += 1;
            asked = false;
            if !synced {
                return false;
            }
        }
    }
    assert_eq!(answers, 10, "the trace does not show ten answers");
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn no_202_leaves_before_the_fdatasync_that_covers_it() {
    assert!(every_answer_follows_its_sync(&binary()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_without_that_call_is_caught() {
    let Some(control) = std::env::var_os("TOANCANH_BIN_NO_FDATASYNC") else {
        // `cargo xtask test` builds the control and always sets this.
        eprintln!("TOANCANH_BIN_NO_FDATASYNC is not set: the control did not run");
        return;
    };
    assert!(
        !every_answer_follows_its_sync(Path::new(&control)).await,
        "the control passed: the test says nothing"
    );
}
