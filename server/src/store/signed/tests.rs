use axum::body::Bytes;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use toancanh_log::keys::KeyStore;
use toancanh_log::{Log, Options};

use super::*;
use crate::gateway::{SignedBody, signed};
use crate::signature::{PublicKey, Verified, encoded};
use crate::store::record;

const EVENTS: &str = r#"[{"id":"1","source":"s","subject":"A","type":"t","time":"2025-01-01T00:00:00Z","data":{"reporter":{"phone":"0900123456"}}},
 {"id":"2","source":"s","subject":"B","type":"t","time":"2025-01-01T00:00:00Z","data":{"x":1}}]"#;

/// A folder with a log and keys, and a body that is signed as `alter` leaves it.
fn proofs(alter: impl FnOnce(&mut SignedBody, &mut Vec<serde_json::Value>)) -> (Vec<Proof>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyStore::open(folder.path().join("keys")).unwrap();
    let (log, _) = Log::open(folder.path().join("log"), Options::default()).unwrap();
    let pair = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(pair.as_ref()).unwrap();
    let digest = encoded(&<sha2::Sha256 as sha2::Digest>::digest(EVENTS));
    let base =
        format!("\"@method\": POST\n\"content-digest\": sha-256=:{digest}:\n\"@signature-params\": ()");
    let verified = Verified {
        keyid: "k".to_owned(),
        key: PublicKey::read(&encoded(pair.public_key().as_ref())).unwrap(),
        signature: pair.sign(base.as_bytes()).as_ref().to_vec(),
        base,
        digest: None,
        nonce: String::new(),
        created: 0,
    };
    let mut body = SignedBody::new("desk", verified, Bytes::from_static(EVENTS.as_bytes()), signed::elements);
    let mut events: Vec<serde_json::Value> = serde_json::from_str(EVENTS).unwrap();
    alter(&mut body, &mut events);
    let (request, mut records) = memos(&keys, &body, &[Some("A".to_owned()), None]).unwrap();
    for mut event in events {
        event[SIGNED_REQUEST] = request.clone().into();
        records.push(event);
    }
    let items = records.into_iter().map(|event| record::item(&keys, event).unwrap());
    let held = items.clone().flat_map(|item| item.payload).collect();
    log.append(toancanh_log::Batch::of(items.collect())).unwrap();
    let last = log.durable().get();
    let found = (1..=last).filter_map(|seq| proof(&log, &keys, domain::Seq(seq), None).unwrap()).collect();
    (found, held)
}

#[track_caller]
fn check(
    alter: impl FnOnce(&mut SignedBody, &mut Vec<serde_json::Value>),
    want: (SignatureProof, BodyProof, EventProof),
) {
    let (found, _) = proofs(alter);
    assert_eq!(found.len(), 2);
    assert_eq!((found[1].signature, found[1].body, found[1].event), want);
    assert_eq!(found[1].holds(), want == (SignatureProof::Holds, BodyProof::Holds, EventProof::Same));
}

#[test]
fn a_change_of_what_is_kept_no_longer_holds() {
    use {BodyProof as Body, EventProof as Event, SignatureProof as Signature};
    check(|_, _| {}, (Signature::Holds, Body::Holds, Event::Same));
    check(|body, _| body.verified.signature[0] ^= 1, (Signature::Fails, Body::Holds, Event::Same));
    check(
        |body, _| body.verified.base = body.verified.base.replace("POST", "PUT"),
        (Signature::Fails, Body::Holds, Event::Same),
    );
    let phone = |body: &mut SignedBody| body.body = Bytes::from(EVENTS.replace("0900", "0901"));
    check(|body, _| phone(body), (Signature::Holds, Body::Differs, Event::Same));
    check(|_, events| events[1]["data"]["x"] = 2.into(), (Signature::Holds, Body::Holds, Event::Differs));
    check(|_, events| events[1]["id"] = "3".into(), (Signature::Holds, Body::Holds, Event::Differs));
}

#[test]
fn nothing_personal_is_kept_in_the_clear_and_the_keys_that_travel_are_named() {
    let (found, held) = proofs(|_, _| {});
    let text = String::from_utf8(held).unwrap();
    assert!(found.iter().all(Proof::holds));
    assert!(!text.contains("0900123456") && !text.contains("@method"), "{text}");
    let record = text.split("{\"data\":{\"").nth(1).map(|rest| format!("{{\"data\":{{\"{rest}")).unwrap();
    let record = &record[..record.find("\"vn.toancanh.memo.signed\"}").unwrap() + 26];
    let cases: Vec<String> = kept_cases(record.as_bytes()).into_iter().collect();
    assert_eq!(cases[0], "A");
    assert!(cases[1].starts_with("signed-requests/desk/2"), "{cases:?}");
    assert!(kept_cases(EVENTS.as_bytes()).is_empty());
}
