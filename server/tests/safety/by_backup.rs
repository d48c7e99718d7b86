//! `serve --backup`, `toancanh backup`, `toancanh restore`.

use super::support::{NAME, PHONE, Place, done, files, run};

/// How many events a folder of data, or a backup, holds.
#[track_caller]
fn events(data: &str) -> String {
    let said = done(&["verify", "--data", data]);
    said.split_once("events 1 to ").unwrap().1.split_once(' ').unwrap().0.to_owned()
}

#[test]
fn a_backup_follows_says_how_far_and_survives_a_kill_of_the_server() {
    let place = Place::new();
    let backup = place.at("backup");
    let server = place.serve(&["--backup", &backup]);
    server.report(0..200);
    server.until(|server| server.figure("toancanh_backup_seq") == Some(200.0));
    assert_eq!(server.figure("toancanh_backup_lag_records"), Some(0.0));
    assert_eq!(server.figure("toancanh_backup_lag_seconds"), Some(0.0));
    let health: serde_json::Value = serde_json::from_str(&server.get("/healthz")).unwrap();
    assert_eq!(health["backup"], serde_json::json!({ "ok": true, "lag_seconds": 0 }));
    server.report(200..300);
    server.kill();
    assert!(events(&backup).parse::<u64>().unwrap() >= 200);
    // It goes on where it was, and a stop in good order completes it.
    let server = place.serve(&["--backup", &backup]);
    server.report(300..310);
    server.stop();
    assert_eq!(events(&backup), "310");
    let again = place.at("again");
    done(&["restore", "--from", &backup, "--to", &again]);
    assert_eq!(events(&again), "310");
}

#[test]
fn no_backup_holds_a_key_or_a_person() {
    let place = Place::new();
    let (data, backup, other) = (place.at("data"), place.at("backup"), place.at("other"));
    let server = place.serve(&["--backup", &backup]);
    server.report(0..50);
    done(&["backup", "--data", &data, "--to", &other]);
    server.stop();
    let key_files = files(&place.path("data.keys"));
    for folder in ["data", "backup", "other"] {
        for secret in [PHONE.as_bytes(), NAME.as_bytes()] {
            assert!(!place.holds(folder, secret), "{folder}");
        }
        // Not a whole key file, nor the seed or the master key in it.
        for file in key_files.iter().filter(|file| !file.ends_with("LOCK") && !file.ends_with("signing.pub"))
        {
            let bytes = std::fs::read(file).unwrap();
            let secret = &bytes[bytes.len() - 32..];
            assert!(!place.holds(folder, secret), "{folder} holds {}", file.display());
            let name = file.file_name().unwrap();
            assert!(files(&place.path(folder)).iter().all(|held| held.file_name() != Some(name)));
        }
    }
    // Who may send is there, so that a restored server goes on.
    for folder in ["backup", "other"] {
        let held = std::fs::read(place.path(folder).join("sources.json")).unwrap();
        assert_eq!(held, std::fs::read(place.path("data/sources.json")).unwrap());
    }
}

#[test]
fn data_are_restored_while_the_server_runs_up_to_an_event() {
    let place = Place::new();
    let data = place.at("data");
    let server = place.serve(&[]);
    server.report(0..90);
    for (until, want) in
        [("30", "30"), ("90", "90"), ("2000-01-01T00:00:00Z", "0"), ("2999-01-01T00:00:00Z", "90")]
    {
        let to = place.at(&format!("again-{want}-{}", until.len()));
        done(&["restore", "--from", &data, "--to", &to, "--until", until]);
        assert_eq!(events(&to), want, "{until}");
    }
    let ran = run(&["restore", "--from", &data, "--to", &place.at("again-30-2")]);
    assert!(ran.code == 2 && ran.err.contains("is not empty"), "{ran:?}");
}

#[test]
fn a_log_that_lost_its_tail_is_not_served_beside_its_backup() {
    let place = Place::new();
    let (data, backup, earlier) = (place.at("data"), place.at("backup"), place.at("earlier"));
    let server = place.serve(&["--backup", &backup]);
    server.report(0..60);
    server.stop();
    done(&["restore", "--from", &data, "--to", &earlier, "--until", "40"]);
    std::fs::rename(place.path("data/log"), place.path("lost")).unwrap();
    std::fs::rename(place.path("earlier/log"), place.path("data/log")).unwrap();
    let serve =
        ["serve", "--city", "boston", "--data", &data, "--listen", "127.0.0.1:0", "--backup", &backup];
    let ran = run(&serve);
    assert!(ran.code == 3 && ran.err.contains("the backup names byte"), "{ran:?}");
    std::fs::remove_dir_all(place.path("data/log")).unwrap();
    let ran = run(&serve);
    assert!(ran.code == 2 && ran.err.contains("restore it from the backup first"), "{ran:?}");
    // As it says.
    std::fs::remove_dir_all(place.path("data")).unwrap();
    done(&["restore", "--from", &backup, "--to", &data]);
    let server = place.serve(&["--backup", &backup]);
    server.report(60..70);
    server.stop();
    assert_eq!(events(&backup), "70");
}

#[test]
fn a_backup_in_a_place_that_protects_nothing_is_refused() {
    let place = Place::new();
    for (backup, why) in [("data/backup", "inside --data"), ("data.keys/backup", "around --keys")] {
        let (data, backup) = (place.at("data"), place.at(backup));
        let ran = run(&[
            "serve",
            "--city",
            "boston",
            "--data",
            &data,
            "--listen",
            "127.0.0.1:0",
            "--backup",
            &backup,
        ]);
        assert!(ran.code == 2 && ran.err.contains(why), "{ran:?}");
    }
}
