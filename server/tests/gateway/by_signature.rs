//! Signed requests: what holds is taken and kept as it came, everything else is refused, counted and audited.

use domain::Seq;
use futures::{SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value as Json, json};
use server::audit::chain;
use server::source::{self, NewSource};
use server::store::signed::{BodyProof, EventProof, SignatureProof};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::signer::{Signed, Signer, nonce, now};
use super::support::*;

/// A server with a source `desk` that must sign.
async fn start(signer: &Signer) -> Server {
    let server = Server::start().await;
    register(server, signer)
}

fn register(server: Server, signer: &Signer) -> Server {
    let keys = vec![(signer.keyid.clone(), signer.public())];
    let new = NewSource { name: "desk".to_owned(), require_signature: true, keys, ..NewSource::default() };
    let token = server.source(new);
    Server { token, ..server }
}

fn url(server: &Server) -> String {
    format!("http://{}/api/v1/events", server.address())
}

async fn send(server: &Server, kind: &str, body: &[u8], headers: &[(String, String)]) -> (StatusCode, Json) {
    let mut request = server.post(kind).body(body.to_vec());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    read(request.send().await.unwrap()).await
}

/// Signs and sends.
async fn signed(server: &Server, signer: &Signer, kind: &str, body: &str) -> Json {
    let headers = signer.sign(&Signed::post(url(server), kind, body.as_bytes()));
    let (status, answer) = send(server, kind, body.as_bytes(), &headers).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    answer
}

fn slug(answer: &Json) -> &str {
    answer["type"].as_str().unwrap().strip_prefix("urn:toancanh:problem:").unwrap()
}

fn place(answer: &Json) -> Seq {
    Seq(answer["seq"].as_str().unwrap().parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_does_not_hold_is_refused_counted_and_audited() {
    let (signer, stranger) = (Signer::ed25519("desk-1"), Signer::ed25519("desk-2"));
    let server = start(&signer).await;
    let body = received("1", "A").to_string();
    let other = received("1", "B").to_string();
    let made = || Signed::post(url(&server), ONE, body.as_bytes());
    let good = signer.sign(&made());
    let changed = |name: &str, from: &str, to: &str| -> Vec<(String, String)> {
        let mut headers = signer.sign(&made());
        let (_, value) = headers.iter_mut().find(|(own, _)| own == name).unwrap();
        assert!(value.contains(from), "{value}");
        *value = value.replacen(from, to, 1);
        headers
    };
    let elsewhere = Signed { url: "http://elsewhere/api/v1/events".to_owned(), ..made() };
    let forged = Signer { keyid: "desk-1".to_owned(), pair: stranger.pair };
    let refused = [
        (Vec::new(), &body, "signature-missing"),
        (good[..1].to_vec(), &body, "signature-missing"),
        (good[..2].to_vec(), &body, "signature-invalid"),
        (changed("signature-input", "nonce-", "nonsense-"), &body, "signature-invalid"),
        (changed("content-digest", "sha-256=:", "sha-256=:AA"), &body, "signature-invalid"),
        (signer.sign(&elsewhere), &body, "signature-invalid"),
        (forged.sign(&made()), &body, "signature-invalid"),
        (Signer::ed25519("desk-2").sign(&made()), &body, "unknown-key"),
        (signer.sign(&Signed { created: now() - 301, ..made() }), &body, "signature-expired"),
        (signer.sign(&Signed { created: now() + 90, ..made() }), &body, "signature-expired"),
        (signer.sign(&made()), &other, "digest-mismatch"),
    ];
    for (headers, body, want) in &refused {
        let (status, answer) = send(&server, ONE, body.as_bytes(), headers).await;
        assert_eq!((status, slug(&answer)), (StatusCode::UNAUTHORIZED, *want), "{answer}");
        assert!(!answer.to_string().contains("desk-"), "{answer}");
    }
    assert_eq!(server.started.running.store.durable(), Seq(0), "nothing of it went into the log");

    // The control: the same request as it should be. Then once more, and with its key revoked.
    let (status, _) = send(&server, ONE, body.as_bytes(), &good).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let (status, answer) = send(&server, ONE, body.as_bytes(), &good).await;
    assert_eq!((status, slug(&answer)), (StatusCode::UNAUTHORIZED, "signature-replayed"));
    source::revoke_key(&server.data(), "desk", "desk-1", None).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let (status, answer) = send(&server, ONE, body.as_bytes(), &signer.sign(&made())).await;
    assert_eq!((status, slug(&answer)), (StatusCode::UNAUTHORIZED, "revoked-key"));

    let metrics = format!("http://{}/metrics", server.address());
    let metrics = server.client.get(metrics).send().await.unwrap().text().await.unwrap();
    let counted = |reason: &str| {
        let name = format!("toancanh_source_requests_refused_total{{source=\"desk\",reason=\"{reason}\"}} ");
        metrics.lines().find_map(|line| line.strip_prefix(&name)?.parse::<u64>().ok()).unwrap_or_default()
    };
    assert_eq!((counted("signature-missing"), counted("signature-invalid")), (2, 5), "{metrics}");
    for once in ["unknown-key", "digest-mismatch", "signature-replayed", "revoked-key"] {
        assert_eq!(counted(once), 1, "{once}");
    }
    assert_eq!(counted("signature-expired"), 2);

    let data = server.data();
    server.started.stop().await.unwrap();
    chain::verify(&data).unwrap();
    let lines = chain::read(&data).unwrap();
    let told = |reason: &str| -> u64 {
        let of = lines
            .iter()
            .filter(|line| line.entry.actor == "desk" && line.entry.reason.as_deref() == Some(reason));
        of.map(|line| line.entry.times.unwrap_or(1)).sum()
    };
    for reason in
        ["signature-missing", "signature-invalid", "signature-expired", "unknown-key", "digest-mismatch"]
    {
        assert_eq!(
            told(reason),
            refused.iter().filter(|(_, _, slug)| *slug == reason).count() as u64,
            "{reason}"
        );
    }
    let mismatch = lines.iter().find(|line| line.entry.reason.as_deref() == Some("digest-mismatch")).unwrap();
    assert_eq!(mismatch.entry.keyid.as_deref(), Some("desk-1"));
    assert_eq!(mismatch.entry.from.as_deref(), Some("loopback"));
    assert_eq!(mismatch.entry.digest.as_ref().map(String::len), Some(64));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_is_kept_as_it_came_whatever_became_of_its_events() {
    for signer in [Signer::ed25519("k"), Signer::p256("k")] {
        let server = start(&signer).await;
        signed(&server, &signer, ONE, &format!("  {} ", received("1", "A"))).await;
        // One repeated, one refused, one that is none; and members in an order of its own.
        let strange = r#"{"data": {"channel":"Self Service","kind":"report", "city":"boston"}, "subject":"D",
            "time":"2015-09-01T12:00:00Z", "type":"vn.toancanh.case.received", "source":"urn:test", "id":"9",
            "specversion":"1.0"}"#;
        let refused = with(received("8", "C"), "data.city", json!("hcmc"));
        let body = format!("[ {} ,\n{},{strange},\t{refused},7]\n", received("2", "B"), received("1", "A"));
        let answer = signed(&server, &signer, BATCH, &body).await;
        assert_eq!(words(&answer), "2/1 3:8:wrong-city 4:-:mistyped-attribute");
        let lines = format!("{}\r\n\n{}\n", received("4", "E"), received("5", "F"));
        let last = place(&signed(&server, &signer, LINES, &lines).await);
        let store = &server.started.running.store;
        let mut proved = 0;
        for seq in 1..=last.0 {
            let Some(proof) = store.proof(Seq(seq), None).unwrap() else { continue };
            assert!(proof.holds(), "{seq}: {proof:?}");
            assert_eq!((proof.source.as_str(), proof.keyid.as_str()), ("desk", "k"));
            proved += 1;
        }
        assert_eq!(proved, 5);
        // Erased, a case's own part is gone; who signed what for the others stays.
        store.erase("D").unwrap();
        let found: Vec<_> = (1..=last.0).filter_map(|seq| store.proof(Seq(seq), None).unwrap()).collect();
        let of_batch: Vec<_> =
            found.iter().filter(|proof| proof.body == BodyProof::Erased { parts: 1 }).collect();
        assert!(of_batch.iter().all(|proof| proof.signature == SignatureProof::Holds));
        let events: Vec<_> = of_batch.iter().map(|proof| proof.event).collect();
        assert_eq!(events, [EventProof::Same, EventProof::Erased]);
        assert_eq!(found.iter().filter(|proof| proof.holds()).count(), 3);
        server.started.stop().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_in_headers_is_signed_by_its_headers() {
    let signer = Signer::ed25519("k");
    let server = start(&signer).await;
    let body = received("1", "A")["data"].to_string();
    let attributes = [
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "urn:test"),
        ("ce-type", "vn.toancanh.case.received"),
        ("ce-time", "2015-09-01T08:00:00-04:00"),
        ("ce-subject", "Ph%C6%B0%E1%BB%9Dng%201"),
    ];
    let mut what = Signed::post(url(&server), "application/json", body.as_bytes());
    let bare = signer.sign(&what);
    what.headers.extend(attributes.map(|(name, value)| (name, value.to_owned())));
    let whole = signer.sign(&Signed { nonce: nonce(), ..what });
    let with_attributes = |signature: Vec<(String, String)>| {
        let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned()));
        attributes.into_iter().chain(signature).collect::<Vec<_>>()
    };
    let (status, answer) = send(&server, "application/json", body.as_bytes(), &with_attributes(bare)).await;
    assert_eq!((status, slug(&answer)), (StatusCode::UNAUTHORIZED, "signature-invalid"));
    let (status, answer) = send(&server, "application/json", body.as_bytes(), &with_attributes(whole)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    let proof = server.started.running.store.proof(place(&answer), None).unwrap().unwrap();
    assert!(proof.holds(), "{proof:?}");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_cannot_claim_a_signature_and_a_plain_source_need_not_sign() {
    let server = Server::start().await;
    let claimed = with(received("1", "A"), "signedrequest", json!("0123456789abcdef0123456789abcdef"));
    let answer = server.batch(&[claimed]).await;
    assert_eq!(words(&answer), "1/0");
    assert_eq!(server.started.running.store.proof(place(&answer), None).unwrap(), None);
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_before_a_restart_is_no_longer_taken_again() {
    let signer = Signer::ed25519("k");
    let server = start(&signer).await;
    let body = received("1", "A").to_string();
    let what = Signed::post(format!("http://{}/api/v1/events", "city.example"), ONE, body.as_bytes());
    let mut headers = signer.sign(&what);
    headers.push(("host".to_owned(), "city.example".to_owned()));
    let (status, answer) = send(&server, ONE, body.as_bytes(), &headers).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    let Server { folder, started, .. } = server;
    started.stop().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let server = register(Server::start_in(folder).await, &signer);
    let (status, answer) = send(&server, ONE, body.as_bytes(), &headers).await;
    assert_eq!((status, slug(&answer)), (StatusCode::UNAUTHORIZED, "signature-expired"));
    // Signed anew it is the event that is there already.
    assert_eq!(words(&signed(&server, &signer, ONE, &body).await), "0/1");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_opens_by_a_signed_handshake() {
    let signer = Signer::ed25519("k");
    let server = start(&signer).await;
    let path = format!("{}/api/v1/events/stream", server.address());
    let open = |headers: Vec<(String, String)>| {
        let mut request = format!("ws://{path}").into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {}", server.token).parse().unwrap());
        for (name, value) in headers {
            request
                .headers_mut()
                .insert(name.parse::<reqwest::header::HeaderName>().unwrap(), value.parse().unwrap());
        }
        async move { connect_async(request).await.map(|(socket, _)| socket) }
    };
    assert!(open(Vec::new()).await.is_err());
    let headers = signer.sign(&Signed::get(format!("http://{path}")));
    let mut socket = open(headers.clone()).await.unwrap();
    socket.send(Message::from(received("1", "A").to_string())).await.unwrap();
    let Message::Text(text) = socket.next().await.unwrap().unwrap() else { panic!("no answer") };
    assert_eq!(words(&serde_json::from_str(&text).unwrap()), "1/0");
    assert!(open(headers).await.is_err(), "a handshake opens one socket");
    source::revoke_key(&server.data(), "desk", "k", None).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    socket.send(Message::from(received("2", "B").to_string())).await.unwrap();
    assert!(matches!(socket.next().await.unwrap().unwrap(), Message::Close(_)));
    server.started.stop().await.unwrap();
}
