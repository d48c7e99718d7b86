//! The leader's page as Lighthouse judges it: the served program and site, a desktop, the middle of five runs; and beside
//! it a dashboard of the same parts (five numbers, a line, a table) as cities build them today, with Node-RED.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;
use tests::boston;
use tests::program::{Program, root, run};

const AT: &str = "2015-10-05T12:00:00-04:00";
const RUNS: usize = 5;

/// Installs what a lock file under `tests/lighthouse` names, under the build's folder, with the files named beside it.
fn installed(from: &str, name: &str, files: &[&str]) -> PathBuf {
    let folder = root().join("target/tmp").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["package.json", "package-lock.json"].iter().chain(files) {
        std::fs::copy(root().join(from).join(file), folder.join(file)).unwrap();
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
    assert!(npm.status().unwrap().success(), "npm ci in {}: see above", folder.display());
    folder
}

/// The other dashboard, served on loopback until dropped.
struct Peer {
    process: Child,
    url: String,
}

impl Peer {
    fn serve() -> Self {
        let folder = installed("tests/lighthouse/peer", "lighthouse_peer", &["flows.json", "settings.cjs"]);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut node = Command::new("node");
        node.current_dir(&folder).arg("node_modules/node-red/red.js");
        node.args(["--userDir", ".", "--settings", "settings.cjs", "-p", &port.to_string(), "flows.json"]);
        let mut process = node.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(said.any(|line| line.contains("Started flows")), "Node-RED ended before it began");
        // It goes on speaking: who does not listen holds it up.
        std::thread::spawn(move || said.for_each(drop));
        Self { process, url: format!("http://127.0.0.1:{port}/dashboard/leader") }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn judged(judge: &Path, url: &str, file: &Path) -> Json {
    let browser = std::env::var_os("TOANCANH_CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into());
    let mut command = Command::new(judge);
    command.arg(url).args(["--preset=desktop", "--output=json", "--quiet"]);
    command.arg("--chrome-flags=--headless=new --no-sandbox --disable-quic");
    command.arg(format!("--output-path={}", file.display())).env("CHROME_PATH", browser);
    assert!(command.status().unwrap().success(), "Lighthouse: see above");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Bytes of scripts and wasm as they came over the line.
fn script_bytes(report: &Json) -> f64 {
    let requests = report["audits"]["network-requests"]["details"]["items"].as_array().unwrap();
    let is_program = |request: &&Json| {
        request["resourceType"] == "Script"
            || request["url"].as_str().is_some_and(|url| url.contains(".wasm"))
    };
    requests.iter().filter(is_program).filter_map(|request| request["transferSize"].as_f64()).sum()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs its judge; `cargo xtask prove lighthouse_finds_the_leaders_page_quick_and_for_everybody` runs it"]
async fn prove_lighthouse_finds_the_leaders_page_quick_and_for_everybody() {
    let judge = installed("tests/lighthouse", "lighthouse", &[]).join("node_modules/.bin/lighthouse");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let file = boston::path().display().to_string();
    run(&["import", &file, "--mapping", "boston-311", "--city", "boston", "--data", &data]).unwrap();
    let clock = format!("{AT},speed=0");
    let program = Program::serve(&["--city", "boston", "--data", &data, "--clock", &clock]).await.unwrap();
    let report = folder.path().join("report.json");
    let reports: Vec<Json> = (0..RUNS).map(|_| judged(&judge, &program.base, &report)).collect();
    let peer = Peer::serve();
    let beside: Vec<Json> = (0..RUNS).map(|_| judged(&judge, &peer.url, &report)).collect();
    drop(peer);
    tell("", &reports);
    tell("Node-RED dashboard: ", &beside);
    let amiss: Vec<&str> = reports[0]["audits"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, audit)| audit["score"].as_f64().is_some_and(|score| score < 0.9))
        .map(|(name, _)| name.as_str())
        .collect();
    println!("below 90: {amiss:?}");
    for (name, least) in [("performance", 95.0), ("accessibility", 100.0), ("best-practices", 95.0)] {
        let score = score(&reports, name);
        assert!(score >= least, "{name}: {score} is below {least}");
    }
}

/// The middle score of a category, of a hundred.
fn score(reports: &[Json], category: &str) -> f64 {
    let of = |report: &Json| report["categories"][category]["score"].as_f64().unwrap() * 100.0;
    middle(reports.iter().map(of).collect())
}

/// Prints a page's figures.
fn tell(whose: &str, reports: &[Json]) {
    for category in ["performance", "accessibility", "best-practices"] {
        println!("figure: {whose}lighthouse {category} = {:.0}", score(reports, category));
    }
    for audit in
        ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "total-byte-weight"]
    {
        let of = |report: &Json| report["audits"][audit]["numericValue"].as_f64().unwrap();
        println!("figure: {whose}{audit} = {:.0}", middle(reports.iter().map(of).collect()));
    }
    let bytes = middle(reports.iter().map(script_bytes).collect());
    println!("figure: {whose}script and wasm bytes over the line = {bytes:.0}");
}
