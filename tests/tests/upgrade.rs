//! Programs come and go, the log stays: a log that an earlier version wrote is read and gone on with, and one
//! that only a later version can read is refused before anything is touched.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use tests::events::event;
use tests::program::{Program, root, run, token};

/// The instant that the kept answers are of.
const AT: &str = "2026-11-05T09:00:00+07:00,speed=0";
/// Bytes of a segment's header; its last four are the checksum of the others.
const HEADER_BYTES: usize = 4_096;

/// The kept logs, by the format that they are of.
const FORMATS: [&str; 1] = ["format-1"];

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn unpacked(format: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = root().join("tests/data/logs").join(format!("{format}.tar.gz"));
        let tar = Command::new("tar").arg("-xzf").arg(file).arg("-C").arg(folder.path()).status().unwrap();
        assert!(tar.success());
        Self { folder }
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn keys(&self) -> String {
        self.folder.path().join("keys").display().to_string()
    }

    async fn served(&self) -> Program {
        let (data, keys) = (self.data(), self.keys());
        Program::serve(&["--city", "hcmc", "--data", &data, "--keys", &keys, "--clock", AT]).await.unwrap()
    }

    fn segment(&self) -> PathBuf {
        let files = std::fs::read_dir(self.folder.path().join("data/log")).unwrap();
        let mut segments = files.map(|file| file.unwrap().path());
        segments.find(|path| path.extension().is_some_and(|end| end == "seg")).unwrap()
    }

    /// What every file holds, by a digest.
    fn digests(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        digests_under(self.folder.path(), &mut found);
        // The signing key is wrapped by whoever opens its folder; it is the same key.
        found.retain(|(path, _)| !path.ends_with("LOCK") && !path.ends_with("signing.key"));
        found.sort();
        found
    }
}

fn digests_under(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            digests_under(&path, found);
        } else {
            found.push((path.clone(), Sha256::digest(std::fs::read(&path).unwrap()).to_vec()));
        }
    }
}

async fn check(format: &str) {
    let kept = root().join("tests/data/logs").join(format!("{format}.json"));
    let kept: Json = serde_json::from_slice(&std::fs::read(kept).unwrap()).unwrap();
    let place = Place::unpacked(format);
    let program = place.served().await;
    let state = program.json("/api/v1/state").await.unwrap();
    assert_eq!((&state["events"], &state["cases"]), (&kept["events"], &kept["cases"]), "{format}");
    for answer in kept["answers"].as_array().unwrap() {
        let path = answer["path"].as_str().unwrap();
        assert_eq!(program.json(path).await.unwrap()["rows"], answer["rows"], "{format}: {path}");
    }
    // It goes on in the same log, and what it adds is there after a hard end.
    let token = token(Path::new(&place.data()), "hcmc", "new").unwrap();
    let data = json!({ "kind": "report", "city": "hcmc" });
    let more = event("more/1", "case.received", "2026-11-05T08:59:00+07:00", "MORE-1", data).to_string();
    let reply = program.post(&token, "application/cloudevents+json", more).await.unwrap();
    assert_eq!(reply.status, 202, "{}", reply.body);
    program.kill().unwrap();
    let program = place.served().await;
    let events = program.json("/api/v1/state").await.unwrap()["events"].as_u64();
    assert_eq!(events, kept["events"].as_u64().map(|events| events + 1), "{format}");
    program.stop().unwrap();
    // The old keys still open and still destroy what the old program sealed.
    run(&["erase", "--case", "KEPT-1", "--data", &place.data(), "--keys", &place.keys()]).unwrap();
    run(&["verify", "--data", &place.data(), "--keys", &place.keys()]).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_an_earlier_version_wrote_gives_the_same_numbers_and_is_gone_on_with() {
    for format in FORMATS {
        check(format).await;
    }
}

/// The city's folder after an amendment: a server that could go on with the log would keep it and tell of it.
fn city_with_another_calendar() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let copied = Command::new("cp").arg("-r").arg(root().join("cities/hcmc")).arg(folder.path()).status();
    assert!(copied.unwrap().success());
    let calendar = folder.path().join("hcmc/calendar.toml");
    let text = std::fs::read_to_string(&calendar).unwrap();
    std::fs::write(&calendar, format!("{text}\n# Amended.\n")).unwrap();
    folder
}

#[test]
fn a_log_that_only_a_later_version_can_read_is_refused_and_left_as_it_is() {
    // A later version of the layout, and a feature that a reader must know.
    for (at, value) in [(8, 99_u8), (23, 0x80)] {
        let place = Place::unpacked("format-1");
        let segment = place.segment();
        let mut bytes = std::fs::read(&segment).unwrap();
        bytes[at] = value;
        let crc = crc32c::crc32c(&bytes[..HEADER_BYTES - 4]);
        bytes[HEADER_BYTES - 4..HEADER_BYTES].copy_from_slice(&crc.to_le_bytes());
        std::fs::write(&segment, &bytes).unwrap();
        let before = place.digests();
        let (data, keys, city) = (place.data(), place.keys(), city_with_another_calendar());
        let city = city.path().join("hcmc").display().to_string();
        let served =
            run(&["serve", "--listen", "127.0.0.1:0", "--city", &city, "--data", &data, "--keys", &keys]);
        let said = served.unwrap_err().to_string();
        assert!(said.contains("newer"), "{said}");
        assert_eq!(place.digests(), before, "something was changed by a program that cannot read the log");
    }
}
