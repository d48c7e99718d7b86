//! `serve --encrypt-log`: nobody reads the log without the keys, everybody checks it.

use std::sync::Arc;

use toancanh_log::{Against, Beheld, Disk, RealDisk, verify};

use super::by_search::unpacked;
use super::support::{Place, done, files, run};

/// How many records somebody without any key reads of a log.
fn readable(place: &Place, folder: &str) -> usize {
    let (disk, log): (Arc<dyn Disk>, _) = (Arc::new(RealDisk), place.path(folder).join("log"));
    let whole = verify(&disk, &log, Against::default()).unwrap();
    assert!(whole.is_whole());
    Beheld::new(&disk, &log, whole.cluster, whole.position, None).take_while(Result::is_ok).count()
}

/// Whether anything of the images can be unpacked by somebody without any key.
fn has_readable_image(place: &Place) -> bool {
    let images = files(&place.path("data/images"));
    assert!(!images.is_empty());
    images.iter().any(|image| !unpacked(&std::fs::read(image).unwrap()).is_empty())
}

#[test]
fn a_log_is_encrypted_when_asked_and_from_then_on() {
    let place = Place::new();
    let (data, backup) = (place.at("data"), place.at("backup"));
    // The control: without the flag it can be read.
    let server = place.serve(&["--image-every", "1"]);
    (0..5).for_each(|case| server.report(case..case + 1));
    server.until(|server| server.get("/api/v1/state").contains("\"events\":5"));
    server.stop();
    assert_eq!(readable(&place, "data"), 5);
    assert!(has_readable_image(&place));
    std::fs::remove_dir_all(place.path("data/images")).unwrap();
    let plain = std::fs::read(place.path("data/log/00000000000000000001-00000001.seg")).unwrap();
    for (more, from) in [(&["--encrypt-log"][..], 5), (&[], 10)] {
        let server = place.serve(&[more, &["--backup", &backup, "--image-every", "1"]].concat());
        (from..from + 5).for_each(|case| server.report(case..case + 1));
        let events = format!("\"events\":{}", from + 5);
        server.until(|server| server.get("/api/v1/state").contains(&events));
        server.stop();
    }
    assert_eq!(std::fs::read(place.path("data/log/00000000000000000001-00000001.seg")).unwrap(), plain);
    assert_eq!((readable(&place, "data"), readable(&place, "backup")), (5, 5), "those of before");
    assert!(!has_readable_image(&place));
    let said = done(&["verify", "--data", &data]);
    assert!(said.contains("fold\t15 events make 15 cases") && said.contains("image\t"), "{said}");
    // Somebody with the backup and no keys.
    let said = done(&["verify", "--data", &backup, "--keys", &place.at("nowhere")]);
    assert!(
        said.contains("events 1 to 15 in ") && said.contains("encrypted frames, and no number"),
        "{said}"
    );
    let ran = run(&[
        "restore",
        "--from",
        &backup,
        "--to",
        &place.at("part"),
        "--until",
        "12",
        "--keys",
        &place.at("nowhere"),
    ]);
    assert_eq!(ran.code, 0, "each of these frames is whole: {ran:?}");
    // Another master key.
    done(&["keys", "rotate", "--data", &data]);
    let again = place.at("again");
    done(&["restore", "--from", &backup, "--to", &again]);
    let keys = place.at("data.keys");
    let said = done(&["verify", "--data", &again, "--keys", &keys]);
    assert!(said.contains("fold\t15 events make 15 cases"), "{said}");
    let server = place.serve(&[]);
    server.report(15..16);
    assert!(server.get("/api/v1/cases/C-3").contains("C-3"));
    server.stop();
    std::fs::remove_file(place.path("data.keys/master.key")).unwrap();
    let ran = run(&["serve", "--city", "boston", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert_ne!(ran.code, 0, "{ran:?}");
}
