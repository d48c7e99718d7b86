//! The leader's page as Lighthouse judges it: the served program and site, a desktop, the middle of five runs.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use tests::boston;
use tests::program::{Program, root, run};

const AT: &str = "2015-10-05T12:00:00-04:00";
const RUNS: usize = 5;

/// Installs the judge, as its lock file names it, under the build's folder.
fn judge() -> std::path::PathBuf {
    let folder = root().join("target/tmp/lighthouse");
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(root().join("tests/lighthouse").join(file), folder.join(file)).unwrap();
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
    assert!(npm.status().unwrap().success(), "npm ci in {}: see above", folder.display());
    folder.join("node_modules/.bin/lighthouse")
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
    let judge = judge();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let file = boston::path().display().to_string();
    run(&["import", &file, "--mapping", "boston-311", "--city", "boston", "--data", &data]).unwrap();
    let clock = format!("{AT},speed=0");
    let program = Program::serve(&["--city", "boston", "--data", &data, "--clock", &clock]).await.unwrap();
    let report = folder.path().join("report.json");
    let reports: Vec<Json> = (0..RUNS).map(|_| judged(&judge, &program.base, &report)).collect();
    let score = |name: &str| {
        middle(
            reports
                .iter()
                .map(|report| report["categories"][name]["score"].as_f64().unwrap() * 100.0)
                .collect(),
        )
    };
    let scores = [("performance", 95.0), ("accessibility", 100.0), ("best-practices", 95.0)];
    for (name, _) in scores {
        println!("figure: lighthouse {name} = {:.0}", score(name));
    }
    for audit in
        ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "total-byte-weight"]
    {
        let value = middle(
            reports.iter().map(|report| report["audits"][audit]["numericValue"].as_f64().unwrap()).collect(),
        );
        println!("figure: {audit} = {value:.0}");
    }
    println!(
        "figure: script and wasm bytes over the line = {:.0}",
        middle(reports.iter().map(script_bytes).collect())
    );
    let amiss: Vec<&str> = reports[0]["audits"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, audit)| audit["score"].as_f64().is_some_and(|score| score < 0.9))
        .map(|(name, _)| name.as_str())
        .collect();
    println!("below 90: {amiss:?}");
    for (name, least) in scores {
        assert!(score(name) >= least, "{name}: {} is below {least}", score(name));
    }
}
