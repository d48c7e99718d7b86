//! What is for training and what is real never meet: not in a folder, not in an answer, not in a copy.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::path::Path;

use serde_json::json;
use tests::events::event;
use tests::program::{Program, run, token};
use tests::socket::Client;

const AT: &str = "2026-11-05T09:00:00+07:00,speed=0";

/// A server's arguments beside its address.
fn args(folder: &Path) -> Vec<String> {
    let said = |name: &str| folder.join(name).display().to_string();
    ["--city", "hcmc", "--data", &said("data"), "--keys", &said("keys"), "--clock", AT]
        .map(str::to_owned)
        .to_vec()
}

async fn served(folder: &Path, more: &[&str]) -> Program {
    let args = args(folder);
    let args: Vec<&str> = args.iter().map(String::as_str).chain(more.iter().copied()).collect();
    Program::serve(&args).await.unwrap()
}

/// What a server says that is not to start.
fn refused(folder: &Path, more: &[&str]) -> String {
    let args = args(folder);
    let args = ["serve", "--listen", "127.0.0.1:0"].into_iter().chain(args.iter().map(String::as_str));
    let args: Vec<&str> = args.chain(more.iter().copied()).collect();
    run(&args).unwrap_err().to_string()
}

async fn with_a_case(folder: &Path, more: &[&str]) -> Program {
    let program = served(folder, more).await;
    let token = token(&folder.join("data"), "hcmc", "desk").unwrap();
    let data = json!({ "kind": "report", "city": "hcmc" });
    let body = event("1", "case.received", "2026-11-05T08:00:00+07:00", "PA-1", data).to_string();
    let reply = program.post(&token, "application/cloudevents+json", body).await.unwrap();
    assert_eq!(reply.status, 202, "{}", reply.body);
    program
}

/// Every file's name and size: what a server that was refused must not have changed.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            // Who holds it is written by whoever tries.
            false if path.ends_with("LOCK") => {}
            false => found.push((path.display().to_string(), std::fs::read(&path).unwrap())),
        }
    }
    found.sort();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_a_training_says_so_and_no_other_does() {
    for (more, is_training) in [(&["--training"][..], true), (&[], false)] {
        let folder = tempfile::tempdir().unwrap();
        let program = with_a_case(folder.path(), more).await;
        for path in [
            "/",
            "/api/v1/aggregates?metric=open",
            "/api/v1/public/totals",
            "/api/v1/nowhere",
            "/healthz",
            "/style.css",
        ] {
            let answer = reqwest::get(format!("{}{path}", program.base)).await.unwrap();
            let said = answer.headers().get("toancanh-training").is_some();
            assert_eq!(said, is_training, "{path}: {:?}", answer.headers());
        }
        let alive = program.json("/healthz").await.unwrap();
        assert_eq!(alive["training"].as_bool().unwrap_or(false), is_training, "{alive}");
        let client = Client::open(&program.base).await.unwrap();
        assert_eq!(client.hello["training"], json!(is_training));
        program.stop().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_server_opens_no_training_and_a_training_opens_nothing_real() {
    for (first, second, held) in
        [(&["--training"][..], &[][..], "the events of a training"), (&[], &["--training"], "real events")]
    {
        let folder = tempfile::tempdir().unwrap();
        with_a_case(folder.path(), first).await.kill().unwrap();
        let log = folder.path().join("data/log");
        let (mut before, mut after) = (Vec::new(), Vec::new());
        files(&log, &mut before);
        let said = refused(folder.path(), second);
        assert!(said.contains(held) && said.contains("--data") && said.contains("data/log"), "{said}");
        files(&log, &mut after);
        assert!(before == after, "a log that is not the server's to open was changed");
        // As it was, it goes on.
        let program = served(folder.path(), first).await;
        assert_eq!(program.json("/api/v1/state").await.unwrap()["cases"], 1);
        program.stop().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restored_from_a_training_is_a_training() {
    let folder = tempfile::tempdir().unwrap();
    let of = |folder: &Path, name: &str| folder.join(name).display().to_string();
    with_a_case(folder.path(), &["--training"]).await.stop().unwrap();
    let (data, backup) = (of(folder.path(), "data"), of(folder.path(), "backup"));
    run(&["backup", "--data", &data, "--to", &backup]).unwrap();
    for until in [None, Some("1")] {
        let restored = tempfile::tempdir().unwrap();
        let to = of(restored.path(), "data");
        let until = until.map_or(Vec::new(), |until| vec!["--until", until]);
        run(&[&["restore", "--from", &backup, "--to", &to][..], &until].concat()).unwrap();
        std::fs::create_dir_all(restored.path().join("keys")).unwrap();
        for entry in std::fs::read_dir(folder.path().join("keys")).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, restored.path().join("keys").join(path.file_name().unwrap())).unwrap();
        }
        let said = refused(restored.path(), &[]);
        assert!(said.contains("the events of a training"), "{said}");
        let program = served(restored.path(), &["--training"]).await;
        assert_eq!(program.json("/api/v1/state").await.unwrap()["cases"], 1);
        program.stop().unwrap();
    }
}
