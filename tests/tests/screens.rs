//! Displays in a real Chromium: two walls and a tablet are enrolled by their codes, the tablet directs both, and is
//! lost. The scenario itself is in `tests/browser`.

#![allow(clippy::unwrap_used)] // A test that meets something unexpected should stop there.

use std::process::Command;

use tests::program::{Program, root};

#[tokio::test(flavor = "multi_thread")]
async fn two_walls_follow_a_tablet_together_and_go_on_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (data, keys) = (at("data"), at("keys"));
    let clock = "2015-10-05T12:00:00-04:00";
    let program = Program::serve(&["--city", "boston", "--data", &data, "--keys", &keys, "--clock", clock])
        .await
        .unwrap();
    let token = std::fs::read_to_string(folder.path().join("keys/admin-token")).unwrap();
    let mut scenario = Command::new("node");
    scenario.current_dir(root().join("tests")).args(["browser/screens.mjs", "director"]);
    scenario.env("BASE", &program.base).env("ADMIN_TOKEN", token.trim());
    if std::env::var_os("TOANCANH_NODE_MODULES").is_none() {
        scenario.env("TOANCANH_NODE_MODULES", root().join("node_modules"));
    }
    let output = scenario.output().expect("node runs the scenario");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}
