//! The power goes in the middle of a load of posts: every event whose acknowledgement was received before that is there
//! afterwards, and `verify` holds. A build without the `fdatasync` must lose some, or the cut cuts nothing.
//!
//! The data lie on an ext4 file system of their own, which is shut down as a power cut would leave it; that needs root.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // A test that meets something unexpected should stop there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tests::events::event;
use tests::power::{Device, ran_inside};
use tests::program::{Program, binary, token};

const AT: &str = "2015-10-01T12:00:00-04:00";
const BEFORE: &str = "2015-10-01T11:59:59-04:00";
const DEVICE_BYTES: u64 = 2 << 30;

fn received(case: &str) -> Json {
    // With a person in it: the case's key must be as durable as the event.
    let reporter = json!({ "phone": "+84900777123" });
    let data =
        json!({ "kind": "report", "city": "boston", "agency": "x", "field": "y", "reporter": reporter });
    event(&format!("{case}/received"), "case.received", BEFORE, case, data)
}

/// After so many cuts everything is looked at and a new disk is begun: starts stay quick, and a loss is known to
/// within so many rounds.
const STRETCH: u64 = 50;

/// What must outlast the cuts: on the machine's own disk.
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
    /// Goes on where an earlier run stopped, where it is told so.
    fn open(place: Option<PathBuf>) -> Self {
        let own = place.is_none().then(|| tempfile::tempdir().unwrap());
        let folder = place.unwrap_or_else(|| own.as_ref().unwrap().path().to_owned());
        let kept = std::fs::read_to_string(folder.join("acknowledged")).unwrap_or_default();
        let rounds = std::fs::read_to_string(folder.join("rounds")).ok().and_then(|text| text.parse().ok());
        let acknowledged = kept.lines().map(str::to_owned).collect();
        let before = std::fs::read_to_string(folder.join("looked-at")).unwrap_or_default();
        let mut before = before.split_whitespace().filter_map(|number| number.parse().ok());
        let (looked_at, total) = (before.next().unwrap_or_default(), before.next().unwrap_or_default());
        Self { folder, acknowledged, rounds: rounds.unwrap_or_default(), looked_at, total, _own: own }
    }

    fn keep(&mut self, codes: &[String]) {
        self.acknowledged.extend(codes.iter().cloned());
        self.rounds += 1;
        let all: Vec<&str> = self.acknowledged.iter().map(String::as_str).collect();
        std::fs::write(self.folder.join("acknowledged"), all.join("\n")).unwrap();
        std::fs::write(self.folder.join("rounds"), self.rounds.to_string()).unwrap();
    }

    /// Where the disk of this stretch lies.
    fn stretch(&self) -> PathBuf {
        let folder = self.folder.join(self.looked_at.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// Begins the next stretch: what `before` holds was looked at.
    fn turn(&mut self, before: &Path) {
        self.looked_at += 1;
        self.total += self.acknowledged.len() as u64;
        let both = format!("{} {}", self.looked_at, self.total);
        std::fs::write(self.folder.join("looked-at"), both).unwrap();
        self.acknowledged.clear();
        std::fs::write(self.folder.join("acknowledged"), "").unwrap();
        std::fs::remove_dir_all(before).unwrap();
    }
}

async fn serve(binary: &Path, data: &Path) -> anyhow::Result<Program> {
    let (path, clock) = (data.display().to_string(), format!("{AT},speed=0"));
    let args = ["serve", "--listen", "127.0.0.1:0", "--city", "boston", "--data", &path, "--clock", &clock];
    Program::start(binary, &args).await
}

/// Posts from four clients until the power is cut; gives the cases whose acknowledgement had come before.
async fn post_until_cut(program: Program, device: &Device, token: &str, round: u64) -> Vec<String> {
    let program = Arc::new(program);
    let (stop, number) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut posters = Vec::new();
    for _ in 0..4 {
        let (program, token) = (program.clone(), token.to_owned());
        let (stop, number) = (stop.clone(), number.clone());
        posters.push(tokio::spawn(async move {
            let mut mine: Vec<(Instant, String)> = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let first = number.fetch_add(3, Ordering::Relaxed);
                let codes: Vec<_> = (first..first + 3).map(|number| format!("p{round}-{number}")).collect();
                let events: Vec<_> = codes.iter().map(|code| received(code)).collect();
                let body = serde_json::to_string(&events).unwrap();
                let Ok(reply) = program.post(&token, "application/cloudevents-batch+json", body).await else {
                    break;
                };
                let now = Instant::now();
                if reply.status != 202 {
                    break;
                }
                mine.extend(codes.into_iter().map(|code| (now, code)));
            }
            mine
        }));
    }
    tokio::time::sleep(Duration::from_millis(120 + 37 * (round % 11))).await;
    let cut_at = Instant::now();
    device.cut().unwrap();
    stop.store(true, Ordering::Relaxed);
    Command::new("kill").args(["-9", &program.id().to_string()]).status().unwrap();
    let mut acknowledged = Vec::new();
    for poster in posters {
        acknowledged.extend(poster.await.unwrap());
    }
    let program = Arc::into_inner(program).unwrap();
    program.kill().unwrap();
    acknowledged.into_iter().filter(|(at, _)| *at < cut_at).map(|(_, code)| code).collect()
}

/// One cut; what was acknowledged in it.
async fn cut_once(binary: &Path, device: &Device, round: u64) -> anyhow::Result<Vec<String>> {
    let data = device.mount().unwrap().join("data");
    let file = data.with_extension("token");
    let token = std::fs::read_to_string(&file).unwrap_or_else(|_| {
        let token = token(&data, "boston", "power").unwrap();
        std::fs::write(&file, &token).unwrap();
        Command::new("sync").status().unwrap();
        token
    });
    let started = serve(binary, &data).await;
    let codes = match started {
        Ok(program) => Ok(post_until_cut(program, device, &token, round).await),
        Err(error) => Err(error),
    };
    device.unmount().unwrap();
    codes
}

/// What is there after all cuts; an error where the server will not start on it.
async fn after(binary: &Path, device: &Device) -> anyhow::Result<BTreeSet<String>> {
    let data = device.mount().unwrap().join("data");
    let known = match serve(binary, &data).await {
        Ok(program) => {
            let known = program.cases().await.unwrap().into_iter().collect();
            program.stop().unwrap();
            Ok(known)
        }
        Err(error) => Err(error),
    };
    if known.is_ok() {
        let said =
            tests::program::run(&["verify", "--city", "boston", "--data", &data.display().to_string()]);
        assert!(said.as_ref().is_ok_and(|said| said.contains("numbers\t")), "{said:?}");
    }
    device.unmount().unwrap();
    known
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_a_power_cut_loses_nothing_acknowledged() {
    if ran_inside("prove_a_power_cut_loses_nothing_acknowledged") {
        return;
    }
    let mut ledger = Ledger::open(std::env::var_os("TOANCANH_PROVE_DIR").map(PathBuf::from));
    let rounds = if std::env::var_os("TOANCANH_PROVE").is_some() { 500 } else { 4 };
    while ledger.looked_at * STRETCH < rounds {
        let place = ledger.stretch();
        let device = Device::new(&place, DEVICE_BYTES).unwrap();
        let end = rounds.min((ledger.looked_at + 1) * STRETCH);
        while ledger.rounds < end {
            let codes = cut_once(&binary(), &device, ledger.rounds).await.unwrap();
            ledger.keep(&codes);
        }
        let known = after(&binary(), &device).await.unwrap();
        let lost: Vec<_> = ledger.acknowledged.difference(&known).take(5).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        assert!(ledger.acknowledged.len() > 50, "only {} were acknowledged", ledger.acknowledged.len());
        drop(device);
        ledger.turn(&place);
        println!("{} cuts: nothing lost", ledger.rounds);
    }
    println!("figure: power_cuts = {rounds}");
    println!("figure: power_cut_acknowledged = {}", ledger.total);
    println!("figure: power_cut_lost = 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_of_a_build_without_fdatasync_is_noticed() {
    let Some(control) = std::env::var_os("TOANCANH_BIN_NO_FDATASYNC") else {
        // `cargo xtask test` builds the control and always sets this.
        println!("TOANCANH_BIN_NO_FDATASYNC is not set: the control did not run");
        return;
    };
    if ran_inside("a_power_cut_of_a_build_without_fdatasync_is_noticed") {
        return;
    }
    let mut ledger = Ledger::open(None);
    let device = Device::new(&ledger.folder, DEVICE_BYTES).unwrap();
    for round in 0..3 {
        match cut_once(Path::new(&control), &device, round).await {
            Ok(codes) => ledger.keep(&codes),
            // Its own HEAD names what the disk never got.
            Err(error) => return println!("the control's log is damaged: {error:#}"),
        }
    }
    match after(&binary(), &device).await {
        Err(error) => println!("the control's log is damaged: {error:#}"),
        Ok(known) => {
            let lost = ledger.acknowledged.difference(&known).count();
            assert!(lost > 0, "the control lost none of {}: the cut cuts nothing", ledger.acknowledged.len());
            println!("the control lost {lost} of {}", ledger.acknowledged.len());
        }
    }
}
