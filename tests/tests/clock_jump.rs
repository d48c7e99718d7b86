//! Somebody sets the machine's clock by an hour or by ten years, forwards or back, while a server runs: events are taken
//! in their order, repeats are told, the sockets that are open go on, and a start afterwards finds the same.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // A test that meets something unexpected should stop there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tests::events::event;
use tests::program::{Program, binary, root, site_root, token};
use tests::socket::Client;

/// Far enough in the past that no clock of this test takes it for the future.
const HAPPENED: &str = "2014-03-02T08:00:00-05:00";
const BATCH: &str = "application/cloudevents-batch+json";
const JUMPS: [&str; 4] = ["+3600", "-3600", "+315576000", "-315576000"];

/// The library that answers for the clock: Debian's package faketime.
fn library() -> PathBuf {
    let named = std::env::var_os("TOANCANH_LIBFAKETIME").map(PathBuf::from);
    let folders = ["x86_64-linux-gnu", "aarch64-linux-gnu"];
    let usual = folders.map(|folder| PathBuf::from(format!("/usr/lib/{folder}/faketime/libfaketimeMT.so.1")));
    let found = named.into_iter().chain(usual).find(|path| path.exists());
    found.expect("libfaketime is not here: cargo xtask test --only setup installs Debian's package faketime")
}

/// A server whose clock is the machine's and what the file says.
async fn serve(data: &Path, offset: &Path) -> Program {
    let mut command = Command::new(binary());
    command.current_dir(root()).env("TOANCANH_SITE_ROOT", site_root());
    command.env("LD_PRELOAD", library()).env("FAKETIME_TIMESTAMP_FILE", offset);
    // Read anew for each look. The clock that nobody can set goes on as ever.
    command
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("DONT_FAKE_MONOTONIC", "1");
    command.args(["serve", "--listen", "127.0.0.1:0", "--city", "boston", "--data"]).arg(data);
    Program::spawn(command).await.unwrap()
}

fn set(offset: &Path, to: &str) {
    // Whole or not at all: the server reads it at any moment.
    let new = offset.with_extension("new");
    std::fs::write(&new, to).unwrap();
    std::fs::rename(&new, offset).unwrap();
}

fn received(number: u64) -> Json {
    let case = format!("j{number}");
    let data = json!({ "kind": "report", "city": "boston", "agency": "x", "field": "y" });
    event(&format!("{case}/received"), "case.received", HAPPENED, &case, data)
}

struct City {
    program: Program,
    token: String,
    posted: u64,
    seq: String,
}

impl City {
    async fn post(&self, numbers: std::ops::Range<u64>) -> Json {
        let body = json!(numbers.map(received).collect::<Vec<_>>()).to_string();
        let reply = self.program.post(&self.token, BATCH, body).await.unwrap();
        assert_eq!(reply.status, 202, "{}", reply.body);
        reply.json()
    }

    /// Ten more are taken, after all others; all of them once more change nothing.
    async fn goes_on(&mut self, when: &str) {
        let answer = self.post(self.posted..self.posted + 10).await;
        assert_eq!(answer["accepted"], 10, "{when}: {answer}");
        let seq = answer["seq"].as_str().unwrap().to_owned();
        assert!(seq > self.seq, "{when}: {seq} comes after {}", self.seq);
        self.posted += 10;
        self.seq = seq;
        let again = self.post(0..self.posted).await;
        assert_eq!(
            (&again["accepted"], &again["duplicates"]),
            (&json!(0), &json!(self.posted)),
            "{when}: {again}"
        );
        self.program.wait_seq(&self.seq).await.unwrap();
    }
}

/// Beats come, and the numbers of a topic that was followed before go on being told.
async fn hears(live: &mut Client, posted: u64, when: &str) {
    let began = Instant::now();
    let (mut beats, mut is_told) = (0, false);
    while beats < 3 || !is_told {
        assert!(began.elapsed() < Duration::from_secs(20), "{when}: {beats} beats, told: {is_told}");
        let message = live.next().await.unwrap();
        beats += usize::from(message.get("beat").is_some());
        let rows = message
            .get("delta")
            .map(|delta| &delta["upsert"])
            .or(message.get("snapshot").map(|all| &all["rows"]));
        is_told |= rows.is_some_and(|rows| rows[0][0] == json!(posted));
    }
}

async fn state(program: &Program) -> (Json, Json) {
    let state = program.json("/api/v1/state").await.unwrap();
    (state["events"].clone(), state["digest"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_changes_no_order_takes_no_repeat_and_ends_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let (data, offset) = (folder.path().join("data"), folder.path().join("offset"));
    let token = token(&data, "boston", "clock").unwrap();
    set(&offset, "+0");
    let mut city = City { program: serve(&data, &offset).await, token, posted: 0, seq: String::new() };
    let mut live = Client::open(&city.program.base).await.unwrap();
    live.subscribe(
        1,
        json!({ "metric": ["received"], "filter": {"from": "2014-01-01T00:00:00-05:00"} }),
        None,
    )
    .await
    .unwrap();
    city.goes_on("before").await;
    hears(&mut live, city.posted, "before").await;
    for jump in JUMPS {
        set(&offset, jump);
        // The control: the clock was set indeed.
        let recorded = {
            city.goes_on(jump).await;
            let story = city.program.json(&format!("/api/v1/cases/j{}", city.posted - 1)).await.unwrap();
            story["events"][0]["recorded"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap()
        };
        let off = recorded.as_second() - jiff::Timestamp::now().as_second();
        assert!((off - jump.parse::<i64>().unwrap()).abs() < 60, "{jump}: recorded {off} s from now");
        hears(&mut live, city.posted, jump).await;
        assert_eq!(city.program.get("/healthz").await.unwrap().status, 200, "{jump}");
        set(&offset, "+0");
        city.goes_on("set right").await;
        hears(&mut live, city.posted, "set right").await;
    }
    let before = state(&city.program).await;
    city.program.stop().unwrap();
    let program = serve(&data, &offset).await;
    assert_eq!(state(&program).await, before, "a start finds the same");
    assert_eq!(before.0, json!(city.posted));
    program.stop().unwrap();
    let said = tests::program::run(&["verify", "--data", &data.display().to_string()]).unwrap();
    assert!(said.contains(&format!("events 1 to {} in ", city.posted)), "{said}");
    println!("figure: clock_jumps = {}", JUMPS.len());
}
