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
