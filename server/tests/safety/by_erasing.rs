//! `toancanh erase`: the person goes, the case stays, the log stays whole.

use serde_json::Value as Json;
use toancanh_log::keys::{KeyError, KeyStore};
use toancanh_log::{Log, OpenMode, Options, Seq};

use super::support::{PHONE, Place, done, report, run};

/// What is personal in a case, as somebody with all files would read it.
pub(super) fn person(place: &Place, case: &str) -> Result<String, KeyError> {
    let keys = KeyStore::open(place.path("data.keys")).unwrap();
    let options = Options::default().mode(OpenMode::ReadOnly).log_keys(keys.log_keys()?, None);
    let (log, _) = Log::open(place.path("data/log"), options).unwrap();
    let of_case = |bytes: &[u8]| {
        let event: Json = serde_json::from_slice(bytes).unwrap();
        (event["subject"] == case).then(|| event["sealedpersonal"].as_str().map(str::to_owned)).flatten()
    };
    let found = log.read_from(Seq::FIRST).find_map(|record| {
        let record = record.unwrap();
        Some((of_case(&record.bytes)?, record.key))
    });
    let (sealed, key) = found.unwrap();
    let byte = |at: usize| u8::from_str_radix(&sealed[2 * at..2 * at + 2], 16).unwrap();
    let sealed: Vec<u8> = (0..sealed.len() / 2).map(byte).collect();
    keys.unseal(case, &sealed, &key).map(|plain| String::from_utf8(plain.to_vec()).unwrap())
}

#[test]
fn a_person_is_erased_beside_a_running_server_and_the_rest_stays() {
    let place = Place::new();
    let data = place.at("data");
    let server = place.serve(&[]);
    server.report(0..20);
    server.stop();
    // The control: until then the person can be read.
    assert!(person(&place, "C-7").unwrap().contains(PHONE));

    let server = place.serve(&[]);
    let said = done(&["erase", "--case", "C-7", "--data", &data]);
    assert!(said.contains("its key is destroyed"), "{said}");
    assert!(done(&["erase", "--case", "C-7", "--data", &data]).contains("was destroyed before"));
    // What comes later of the case is taken, without the person.
    let mut later = report(7);
    later["id"] = "C-7/comment".into();
    later["type"] = "vn.toancanh.case.received".into();
    let body = serde_json::to_string(&[later]).unwrap();
    for _ in 0..2 {
        let answer = server.request("POST", "/api/v1/events", "application/cloudevents-batch+json", &body);
        assert_eq!(answer.0, 202, "{}", answer.1);
    }
    server.until(|server| server.request("GET", "/api/v1/cases/C-7", "text/plain", "").0 == 200);
    server.stop();
    assert!(matches!(person(&place, "C-7"), Err(KeyError::Erased)));
    assert!(person(&place, "C-8").unwrap().contains(PHONE));
    let said = done(&["verify", "--data", &data]);
    assert!(said.contains("events 1 to 23 in "), "{said}");
}

#[test]
fn a_person_is_erased_while_no_server_runs() {
    let place = Place::new();
    let data = place.at("data");
    let server = place.serve(&[]);
    server.report(0..3);
    server.stop();
    assert!(done(&["erase", "--case", "C-1", "--data", &data]).contains("its key is destroyed"));
    let ran = run(&["erase", "--case", "C-99", "--data", &data]);
    assert!(ran.code == 1 && ran.err.contains("C-99 has no key"), "{ran:?}");
    let ran = run(&["erase", "--case", "C-1", "--data", &data, "--keys", &place.at("nowhere")]);
    assert!(ran.code == 2 && ran.err.contains("holds no keys"), "{ran:?}");
    place.serve(&[]).stop();
    done(&["verify", "--data", &data]);
}

#[test]
fn after_a_change_of_the_master_key_the_same_person_is_read_and_a_server_goes_on() {
    let place = Place::new();
    let data = place.at("data");
    let server = place.serve(&[]);
    server.report(0..3);
    let ran = run(&["keys", "rotate", "--data", &data]);
    assert!(ran.code == 3 && ran.err.contains("is in use by"), "{ran:?}");
    server.stop();
    let before = std::fs::read(place.path("data.keys/master.key")).unwrap();
    let said = done(&["keys", "rotate", "--data", &data]);
    assert!(said.contains("the keys of 3 cases"), "{said}");
    assert_ne!(std::fs::read(place.path("data.keys/master.key")).unwrap(), before);
    assert!(person(&place, "C-1").unwrap().contains(PHONE));
    let server = place.serve(&[]);
    server.report(3..5);
    server.stop();
    assert!(person(&place, "C-4").unwrap().contains(PHONE));
    // What is handed to somebody who shall check later.
    let (kept, public) = (place.at("kept"), place.at("public"));
    std::fs::write(&kept, done(&["checkpoint", "--data", &data])).unwrap();
    std::fs::write(&public, done(&["keys", "public", "--data", &data])).unwrap();
    let said = done(&["verify", "--data", &data, "--checkpoint", &kept, "--key", &public]);
    assert!(said.contains("nothing behind event 5 was cut off"), "{said}");
}
