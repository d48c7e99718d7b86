//! What a tick costs the page's own thread on a map of 64,000 live hexagons, a thousand changes a second: the product's
//! map beside deck.gl's `H3HexagonLayer` and MapLibre's `setData`, in one browser and one run. The browser's part is
//! `tests/browser/map_beside.mjs`.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::path::PathBuf;
use std::process::Command;

use tests::program::{Program, root, token};

/// Cells, seconds for each, and how much of what a full `setData` costs a tick of the map may cost.
struct Beside {
    cells: u32,
    seconds: u32,
    share_max: f64,
}

const LONG: Beside = Beside { cells: 64_000, seconds: 30, share_max: 1.0 };

/// Installs what the map is measured beside, as its lock file names it, under the build's folder.
fn others() -> PathBuf {
    let folder = root().join("target/tmp/map_beside");
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(root().join("tests/map_beside").join(file), folder.join(file)).unwrap();
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
    assert!(npm.status().unwrap().success(), "npm ci in {}: see above", folder.display());
    folder
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs what it measures beside; `cargo xtask prove map_beside_others` runs it"]
async fn prove_map_beside_others() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let token = token(&data, "hcmc", "beside").unwrap();
    let path = data.display().to_string();
    let program = Program::serve(&["--city", "hcmc", "--data", &path]).await.unwrap();
    let mut browser = Command::new("node");
    browser.current_dir(root().join("tests")).arg("browser/map_beside.mjs");
    browser.env("BASE", &program.base).env("TOKEN", token).env("TOANCANH_BESIDE", others());
    browser.env("CELLS", LONG.cells.to_string()).env("SECONDS", LONG.seconds.to_string());
    browser.env("SHARE_MAX", LONG.share_max.to_string());
    if std::env::var_os("TOANCANH_NODE_MODULES").is_none() {
        browser.env("TOANCANH_NODE_MODULES", root().join("node_modules"));
    }
    assert!(browser.status().unwrap().success(), "see above");
}
