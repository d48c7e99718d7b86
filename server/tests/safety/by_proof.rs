//! `toancanh verify`, beside a server that writes and after one was killed.

use super::support::{Place, done, files, run};

#[test]
fn data_are_verified_while_they_are_written_and_after_a_kill() {
    let place = Place::new();
    let data = place.at("data");
    let server = place.serve(&[]);
    server.report(0..100);
    let said = done(&["verify", "--data", &data]);
    assert!(said.contains("events 1 to 100 in ") && said.contains("checkpoints\tnone"), "{said}");
    assert!(said.contains("not proved\tthat no tail was cut off"), "{said}");
    server.report(100..150);
    server.kill();
    let said = done(&["verify", "--data", &data]);
    assert!(said.contains("events 1 to 150 in "), "{said}");
    // A stop in good order signs.
    place.serve(&[]).stop();
    let said = done(&["verify", "--data", &data]);
    assert!(said.contains("checkpoints\t1 hold; the newest: event 150 of "), "{said}");
}

#[test]
fn the_first_bad_byte_is_named_and_the_command_fails() {
    let place = Place::new();
    let data = place.at("data");
    let server = place.serve(&[]);
    server.report(0..100);
    server.stop();
    let segment = files(&place.path("data/log"))
        .into_iter()
        .find(|file| file.ends_with("00000000000000000001-00000001.seg"));
    let segment = segment.unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    bytes[4_096 + 140] ^= 1;
    std::fs::write(&segment, &bytes).unwrap();
    let ran = run(&["verify", "--data", &data]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains(&format!("{} is damaged at byte 4096", segment.display())), "{ran:?}");
    bytes[4_096 + 140] ^= 1;
    std::fs::write(&segment, &bytes).unwrap();
    let checkpoints = place.path("data/log/checkpoints");
    let text = std::fs::read_to_string(&checkpoints).unwrap();
    std::fs::write(&checkpoints, text.replace("seq=100", "seq=101")).unwrap();
    let ran = run(&["verify", "--data", &data]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("checkpoints at byte 0: the signature is not that of its key"), "{ran:?}");
}

#[test]
fn a_log_put_back_to_an_earlier_day_is_found_by_a_checkpoint_kept_elsewhere() {
    let place = Place::new();
    let data = place.at("data");
    let server = place.serve(&[]);
    server.report(0..40);
    server.stop();
    let earlier = place.at("earlier");
    done(&["restore", "--from", &data, "--to", &earlier]);
    let server = place.serve(&[]);
    server.report(40..80);
    server.stop();
    let kept = place.at("kept");
    std::fs::copy(place.path("data/log/checkpoints"), &kept).unwrap();
    let keys = place.at("data.keys");
    let verify =
        |data: &str, more: &[&str]| run(&[&["verify", "--data", data, "--keys", &keys], more].concat());
    assert_eq!(verify(&data, &["--checkpoint", &kept]).code, 0);
    // By itself the earlier state is whole, and says what that does not prove.
    assert_eq!(verify(&earlier, &[]).code, 0);
    let ran = verify(&earlier, &["--checkpoint", &kept]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("a signed checkpoint names byte"), "{ran:?}");
    // Signed by somebody else, it proves nothing.
    let other = Place::new();
    other.serve(&[]).stop();
    let key = other.at("data.keys/signing.pub");
    let ran = verify(&data, &["--key", &key]);
    assert!(ran.code == 1 && ran.err.contains("none of the keys that are trusted"), "{ran:?}");
}

#[test]
fn every_number_is_recomputed_and_held_against_the_server_that_shows_it() {
    let place = Place::new();
    let data = place.at("data");
    let server = place.serve(&["--image-every", "1"]);
    server.report(0..120);
    server.until(|server| server.get("/api/v1/state").contains("\"events\":120"));
    let url = format!("http://{}", server.address());
    let said = done(&["verify", "--data", &data, "--against", &url]);
    for part in [
        "fold\t120 events make 120 cases",
        "of the live cube are those that polars counts from nothing",
        "at event 00000000000000000120 holds the state",
        "are those that these events make",
        "sums\t",
        "not proved\tthat no tail was cut off",
    ] {
        assert!(said.contains(&part.replace("00000000000000000120", "120")), "{part}: {said}");
    }
    server.stop();
    let said = done(&["verify", "--data", &data]);
    assert!(said.contains("image\t") && said.contains("holds the state that these events make"), "{said}");

    // The controls. A server that shows numbers of other events is named.
    let other = Place::new();
    let server = other.serve(&[]);
    server.report(1..121);
    server.until(|server| server.get("/api/v1/state").contains("\"events\":120"));
    let url = format!("http://{}", server.address());
    let ran = run(&["verify", "--data", &data, "--against", &url]);
    assert!(
        ran.code == 1 && ran.err.contains(&format!("{url} at event 120 holds 120 events, digest ")),
        "{ran:?}"
    );
    server.report(121..122);
    server.until(|server| server.get("/api/v1/state").contains("\"events\":121"));
    let ran = run(&["verify", "--data", &data, "--against", &url]);
    assert!(
        ran.code == 1 && ran.err.contains("the server holds 121 events, and the log here ends with"),
        "{ran:?}"
    );
    // An image of which one byte is another is named with its file.
    let image = files(&place.path("data/images")).into_iter().max().unwrap();
    let mut bytes = std::fs::read(&image).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 1;
    std::fs::write(&image, &bytes).unwrap();
    let ran = run(&["verify", "--data", &data]);
    assert!(ran.code == 1 && ran.err.contains(&image.display().to_string()), "{ran:?}");
    assert_eq!(run(&["verify", "--data", &data, "--log-only"]).code, 0, "the log itself is whole");
}

#[test]
fn exports_and_receipts_carry_a_checkpoint_that_anybody_can_check() {
    let place = Place::new();
    let (data, key) = (place.at("data"), place.at("data.keys/signing.pub"));
    let server = place.serve(&[]);
    server.report(0..30);
    // None was signed yet.
    assert!(server.get("/api/v1/receipt?metric=received&from=2026-01-01").contains("\"checkpoint\":null"));
    server.stop();
    let server = place.serve(&[]);
    server.until(|server| server.request("GET", "/readyz", "text/plain", "").0 == 200);
    let receipt: serde_json::Value =
        serde_json::from_str(&server.get("/api/v1/receipt?metric=received&from=2026-01-01")).unwrap();
    let line = receipt["checkpoint"].as_str().unwrap().to_owned();
    let csv = server.head("/api/v1/cases", "text/csv");
    assert!(csv.to_lowercase().contains(&format!("toancanh-checkpoint: {line}").to_lowercase()), "{csv}");
    let kept = place.at("kept");
    std::fs::write(&kept, &line).unwrap();
    let said = done(&["checkpoint", "--check", &kept, "--key", &key]);
    assert!(said.contains("event 30 of log "), "{said}");
    std::fs::write(&kept, format!("{line}\n")).unwrap();
    let said = done(&["verify", "--data", &data, "--checkpoint", &kept, "--key", &key]);
    assert!(said.contains("nothing behind event 30 was cut off"), "{said}");
    // The controls: other words, another key.
    std::fs::write(&kept, line.replace("seq=30", "seq=31")).unwrap();
    let ran = run(&["checkpoint", "--check", &kept, "--key", &key]);
    assert!(ran.code == 1 && ran.err.contains("the signature is not that of its key"), "{ran:?}");
    std::fs::write(&kept, &line).unwrap();
    let ran = run(&["checkpoint", "--check", &kept, "--key", &"0".repeat(64)]);
    assert!(ran.code == 1 && ran.err.contains("which is not the key given"), "{ran:?}");
}
