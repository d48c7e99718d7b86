//! Displays in a real Chromium: two walls and a tablet are enrolled by their codes, the tablet directs both, and is
//! lost; a wall that nobody directs shows its scenes in turn; scenes are changed and saved. The scenarios themselves are in `tests/browser`.

#![allow(clippy::unwrap_used)] // A test that meets something unexpected should stop there.

use std::path::Path;
use std::process::Command;

use tests::boston;
use tests::program::{Program, root, run};

const CLOCK: &str = "2015-10-05T12:00:00-04:00";

fn passes(name: &str, program: &Program, more: &[(&str, &str)]) {
    let file = if name == "editor" { "browser/scenes.mjs" } else { "browser/screens.mjs" };
    let mut scenario = Command::new("node");
    scenario.current_dir(root().join("tests")).args([file, name]);
    scenario.env("BASE", &program.base).envs(more.iter().copied());
    if std::env::var_os("TOANCANH_NODE_MODULES").is_none() {
        scenario.env("TOANCANH_NODE_MODULES", root().join("node_modules"));
    }
    let output = scenario.output().expect("node runs the scenario");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_walls_follow_a_tablet_together_and_go_on_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (data, keys) = (at("data"), at("keys"));
    let file = boston::path().display().to_string();
    run(&["import", &file, "--mapping", "boston-311", "--city", "boston", "--data", &data, "--keys", &keys])
        .unwrap();
    let program = Program::serve(&["--city", "boston", "--data", &data, "--keys", &keys, "--clock", CLOCK])
        .await
        .unwrap();
    let token = std::fs::read_to_string(folder.path().join("keys/admin-token")).unwrap();
    passes("director", &program, &[("ADMIN_TOKEN", token.trim())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_all_screens_shows_what_each_really_shows() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (data, keys) = (at("data"), at("keys"));
    let file = boston::path().display().to_string();
    run(&["import", &file, "--mapping", "boston-311", "--city", "boston", "--data", &data, "--keys", &keys])
        .unwrap();
    let program = Program::serve(&["--city", "boston", "--data", &data, "--keys", &keys, "--clock", CLOCK])
        .await
        .unwrap();
    let token = std::fs::read_to_string(folder.path().join("keys/admin-token")).unwrap();
    passes("pictures", &program, &[("ADMIN_TOKEN", token.trim())]);
}

/// A city's own scenes, five seconds each.
const SCENES: &str = r#"
[[scene]]
name = "first"
title = { vi = "Một", en = "One" }
seconds = 5
[[scene.panel]]
kind = "numbers"
at = [1, 1, 24, 12]

[[scene]]
name = "second"
title = { vi = "Hai", en = "Two" }
seconds = 5
[[scene.panel]]
kind = "ranked"
by = "agency:1"
title = "Agencies"
at = [1, 1, 12, 12]
[[scene.panel]]
kind = "map"
metric = "open"
at = [13, 1, 12, 12]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_citys_own_scenes_take_turns_and_their_type_follows_the_distance() {
    let folder = tempfile::tempdir().unwrap();
    let city = folder.path().join("city");
    copied(&root().join("cities/boston"), &city);
    std::fs::write(city.join("scenes.toml"), SCENES).unwrap();
    let (city, data) = (city.display().to_string(), folder.path().join("data").display().to_string());
    let program = Program::serve(&["--city", &city, "--data", &data, "--clock", CLOCK]).await.unwrap();
    passes("playlist", &program, &[]);
    passes("sight", &program, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn scenes_are_changed_in_the_browser_and_open_walls_take_them_up() {
    let folder = tempfile::tempdir().unwrap();
    let city = folder.path().join("city");
    copied(&root().join("cities/boston"), &city);
    std::fs::write(city.join("scenes.toml"), SCENES).unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (city, data, keys) = (city.display().to_string(), at("data"), at("keys"));
    let program =
        Program::serve(&["--city", &city, "--data", &data, "--keys", &keys, "--clock", CLOCK]).await.unwrap();
    let token = std::fs::read_to_string(folder.path().join("keys/admin-token")).unwrap();
    passes("editor", &program, &[("ADMIN_TOKEN", token.trim())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_wall_takes_a_new_version_of_the_scenes_up_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let city = folder.path().join("city");
    copied(&root().join("cities/boston"), &city);
    std::fs::write(city.join("scenes.toml"), SCENES).unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (city, data, keys) = (city.display().to_string(), at("data"), at("keys"));
    let program =
        Program::serve(&["--city", &city, "--data", &data, "--keys", &keys, "--clock", CLOCK]).await.unwrap();
    let token = std::fs::read_to_string(folder.path().join("keys/admin-token")).unwrap();
    passes("takenUp", &program, &[("ADMIN_TOKEN", token.trim())]);
}

/// A copy of a city's folder, without its cases.
fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() && entry.file_name() != "cases" {
            copied(&from, &to);
        } else if from.is_file() {
            std::fs::copy(from, to).unwrap();
        }
    }
}
