//! A start: from an image of the fold and the log after it, or from the whole log where there is no
//! image that counts. The answers are the same.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use crate::support::{Server, event};

const PATHS: [&str; 7] = [
    "/api/v1/aggregates?metric=open,overdue&group_by=agency,district",
    "/api/v1/aggregates?metric=received,resolved_late&from=2026-11-01&bucket=day",
    "/api/v1/hexagons?metric=open&res=9",
    "/api/v1/cases?sort=due",
    "/api/v1/cases/A-4",
    "/api/v1/receipt?metric=overdue",
    "/api/v1/quality",
];

async fn answers(server: &Server) -> Vec<Json> {
    let mut answers = Vec::new();
    for path in PATHS {
        let mut answer = server.json(path).await;
        // A checkpoint is signed at each stop: it is of the log, and no part of the number.
        answer.as_object_mut().and_then(|members| members.remove("checkpoint"));
        answers.push(answer);
    }
    answers
}

fn newest(images: &Path) -> PathBuf {
    let mut files: Vec<PathBuf> = fs::read_dir(images).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.pop().unwrap()
}

/// A restart for which the images were changed: whether it went on from one, and that nobody sees it.
async fn check(what: &str, change: impl FnOnce(&Path), goes_on: bool) {
    let server = Server::with_cases().await;
    let before = answers(&server).await;
    let server = server.restart_with_images(change).await;
    assert_eq!(server.begun_after().await > 0, goes_on, "{what}");
    for ((path, before), after) in PATHS.iter().zip(before).zip(answers(&server).await) {
        assert_eq!(after, before, "{what}: {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_gives_the_same_answers() {
    check("as it is", |_| {}, true).await;
    check("without images", |images| fs::remove_dir_all(images).unwrap(), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_not_whole_is_not_used() {
    let with = |change: fn(Vec<u8>) -> Vec<u8>| {
        move |images: &Path| {
            let path = newest(images);
            let bytes = fs::read(&path).unwrap();
            fs::write(path, change(bytes)).unwrap();
        }
    };
    let flipped = |mut bytes: Vec<u8>, at: usize| {
        bytes[at] ^= 1;
        bytes
    };
    check("another beginning", with(|bytes| [&b"X"[..], &bytes[1..]].concat()), false).await;
    check("one byte short", with(|bytes| bytes[..bytes.len() - 1].to_vec()), false).await;
    check("empty", with(|_| Vec::new()), false).await;
    for at in [9, 40, 200] {
        let change = move |images: &Path| {
            let path = newest(images);
            fs::write(&path, flipped(fs::read(&path).unwrap(), at)).unwrap();
        };
        check("a bit flipped", change, false).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_newest_image_cannot_be_read_the_one_before_is() {
    let server = Server::with_cases().await.restart().await;
    let first = server.begun_after().await;
    server.post(&[event("late", "case.closed", "2026-11-23T07:40:00+07:00", "A-1", json!({}))]).await;
    let before = answers(&server).await;
    let server = server.restart_with_images(|images| fs::write(newest(images), "TCIMAGE1").unwrap()).await;
    assert_eq!(server.begun_after().await, first);
    assert!(first > 0);
    assert_eq!(answers(&server).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_under_another_folder_of_the_city_is_not_used() {
    let server = Server::with_cases().await;
    server.write_city("catalogue/agency.csv", "code,name_vi,name_en,parent\nSXD,Sở,Department,\n");
    let server = server.restart().await;
    assert_eq!(server.begun_after().await, 0);
    assert_eq!(server.json("/api/v1/aggregates?metric=unmapped").await["rows"], json!([[3]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_of_another_log_is_not_used() {
    let server = Server::with_cases().await;
    let before = answers(&server).await;
    let other = Server::empty().await;
    let received = |case: &str| {
        let data = json!({ "kind": "report", "city": "thu", "agency": "SXD" });
        event(case, "case.received", "2026-11-23T07:00:00+07:00", case, data)
    };
    other.post(&["O-1", "O-2", "O-3"].map(received)).await;
    let images = tempfile::tempdir().unwrap();
    let foreign = images.path().join("foreign");
    let other = other
        .restart_with_images(|images| {
            fs::copy(newest(images), &foreign).unwrap();
        })
        .await;
    assert!(other.begun_after().await > 0);
    let replace = |images: &Path| {
        let path = newest(images);
        fs::copy(&foreign, path).unwrap();
    };
    let server = server.restart_with_images(replace).await;
    assert_eq!(server.begun_after().await, 0);
    assert_eq!(answers(&server).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_no_event_to_this_build_keeps_nobody_from_starting_and_is_told() {
    let server = Server::with_cases().await;
    let before = answers(&server).await;
    let item = toancanh_log::Item {
        key: toancanh_log::ItemKey::default(),
        digest: toancanh_log::Digest::default(),
        payload: br#"{"of":"another time"}"#.to_vec(),
    };
    let store = server.started.running.store.clone();
    tokio::task::spawn_blocking(move || store.log().append(toancanh_log::Batch::of(vec![item])).unwrap())
        .await
        .unwrap();
    let server = server.restart_with_images(|images| drop(fs::remove_dir_all(images))).await;
    assert_eq!(server.json("/healthz").await["records_unreadable"], 1);
    for ((path, before), mut after) in PATHS.iter().zip(before).zip(answers(&server).await) {
        if after.get("seq").is_some() {
            after["seq"] = before["seq"].clone();
        }
        assert_eq!(after, before, "{path}");
    }
}
