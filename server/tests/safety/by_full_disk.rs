//! The disk of the data and the keys is full: 503 within a second, reading goes on, what was acknowledged is
//! there, and within ten seconds of room events are taken again.
//!
//! The test runs itself again in a mount namespace of its own, with a file system of 100 MiB. That needs root,
//! or a system that lets users make namespaces; `TOANCANH_WITHOUT_ROOT` leaves it out.

use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::support::{Place, Server, done, left_out, report};

/// Where the small file system is mounted, in the namespace's process.
const MOUNTED: &str = "TOANCANH_TEST_MOUNTED";
const TEST: &str = "safety::by_full_disk::a_full_disk_is_answered_at_once_and_left_behind";

/// Runs the test once more, on a small file system; `false` in that run.
fn ran_elsewhere() -> bool {
    if std::env::var_os(MOUNTED).is_some() {
        return false;
    }
    let place = tempfile::tempdir().unwrap();
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let mut command = Command::new("unshare");
    command.args(if is_root { &["--mount"][..] } else { &["--user", "--map-root-user", "--mount"] });
    let script = "mount -t tmpfs -o size=100m none \"$1\" && shift && exec \"$@\"";
    command.args(["sh", "-c", script, "sh"]).arg(place.path()).arg(std::env::current_exe().unwrap());
    let ran = command.args(["--exact", TEST, "--nocapture"]).env(MOUNTED, place.path()).status();
    if ran.as_ref().is_ok_and(std::process::ExitStatus::success) {
        return true;
    }
    if std::env::var_os("TOANCANH_WITHOUT_ROOT").is_some() {
        left_out(TEST, &format!("no file system could be mounted ({ran:?})"));
        return true;
    }
    panic!("a small file system is mounted for it, as root, and it must hold: {ran:?}");
}

fn post(server: &Server<'_>, case: u64) -> u16 {
    let body = serde_json::to_string(&[report(case)]).unwrap();
    server.request("POST", "/api/v1/events", "application/cloudevents-batch+json", &body).0
}

#[test]
fn a_full_disk_is_answered_at_once_and_left_behind() {
    if ran_elsewhere() {
        return;
    }
    let mounted = PathBuf::from(std::env::var_os(MOUNTED).unwrap());
    let place = Place::in_folder(&mounted);
    let server = place.serve(&[]);
    server.until(|server| server.request("GET", "/readyz", "text/plain", "").0 == 200);
    server.report(0..20);
    let filler = mounted.join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while file.write_all(&[7; 4_096]).is_ok() {}
    drop(file);

    // The log's segment has its room beforehand; the keys of new cases have not.
    let mut acknowledged = 20;
    let mut refused_in = None;
    for case in 20..500 {
        let began = Instant::now();
        match post(&server, case) {
            202 => acknowledged += 1,
            503 => {
                refused_in = Some(began.elapsed());
                break;
            }
            other => panic!("{other}"),
        }
    }
    let refused_in = refused_in.unwrap();
    assert!(refused_in < Duration::from_secs(1), "{refused_in:?}");
    assert_eq!(server.request("GET", "/api/v1/cases?limit=5", "text/plain", "").0, 200, "reading goes on");
    assert_eq!(post(&server, acknowledged), 503);

    std::fs::remove_file(&filler).unwrap();
    let began = Instant::now();
    while post(&server, acknowledged) != 202 {
        assert!(began.elapsed() < Duration::from_secs(10), "room, and it takes nothing");
        std::thread::sleep(Duration::from_millis(50));
    }
    server.kill();
    let said = done(&["verify", "--data", &place.at("data")]);
    assert!(said.contains(&format!("events 1 to {} in ", acknowledged + 1)), "{said}");
}
