//! What a source signed at one server can be shown at every other.

#![allow(clippy::unwrap_used)] // A test that meets something unexpected should stop there.

#[path = "../../server/tests/common/signer.rs"]
mod signer;

use serde_json::json;
use signer::{Signed, Signer};
use tests::program::{Program, run};
use tests::servers::{BATCH, PHONE, agree, received, resolved, two_servers};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_goes_to_every_server_with_the_keys_that_open_it() {
    let folder = tempfile::tempdir().unwrap();
    let (redis, a, b) = two_servers(folder.path()).await;

    let signer = Signer::ed25519("desk-2026");
    let file = folder.path().join("desk.pub");
    std::fs::write(&file, signer.public()).unwrap();
    let (data, key) = (a.data.display().to_string(), format!("desk-2026={}", file.display()));
    let add =
        ["source", "add", "desk", "--city", "boston", "--data", &data, "--require-signature", "--key", &key];
    let token = run(&add).unwrap().lines().last().unwrap().to_owned();
    // One with a person, one of a case without; and one that is refused.
    let events = json!([received("c1"), resolved("c2"), {"id": "rubbish"}]).to_string();
    let url = format!("{}/api/v1/events", a.program.base);
    let request = a.program.request(reqwest::Method::POST, "/api/v1/events").bearer_auth(&token);
    let signed = signer.sign(&Signed::post(url, BATCH, events.as_bytes()));
    let request = signed.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    let reply = Program::read(request.header("content-type", BATCH).body(events)).await.unwrap();
    assert_eq!((reply.status, reply.json()["accepted"].as_u64()), (202, Some(2)), "{}", reply.body);
    agree(&a, &b, 2).await;

    for server in [&a, &b] {
        let data = server.data.display().to_string();
        let keys = format!("{data}.keys");
        let proofs: Vec<String> = (1..=8)
            .filter_map(|seq| {
                run(&["source", "proof", &seq.to_string(), "--data", &data, "--keys", &keys]).ok()
            })
            .collect();
        assert_eq!(proofs.len(), 2, "{data}: {proofs:?}");
        for proof in proofs {
            assert!(proof.contains("signature: holds") && proof.contains("as the log has it"), "{proof}");
        }
    }
    let held = redis.dump().unwrap();
    let holds = |text: &str| held.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("memo.signed") && !holds(PHONE) && !holds("777123"));
}
