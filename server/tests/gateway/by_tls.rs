//! The whole server over TLS: answers, the pages' security, the live socket, and a new certificate.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::StatusCode;
use rustls::RootCertStore;
use serde_json::{Value as Json, json};
use server::clock::{CityClock, ClockKind};
use server::serve;
use server::settings::{InTransit, TlsFiles};
use server::source::{self, NewSource};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{Connector, connect_async_tls_with_config};

use super::signer::{Signed, Signer};
use super::support::*;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Writes a certificate for this machine.
fn certify(authority: &Authority, folder: &Path) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(folder.join("cert.pem"), params.signed_by(&key, authority).unwrap().pem()).unwrap();
}

fn client(authority: &Authority) -> reqwest::Client {
    let root = reqwest::Certificate::from_pem(authority.pem().as_bytes()).unwrap();
    reqwest::Client::builder()
        .tls_built_in_root_certs(false)
        .add_root_certificate(root)
        .https_only(true)
        .build()
        .unwrap()
}

fn connector(authority: &Authority) -> Connector {
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Connector::Rustls(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_answers_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let ours = authority();
    certify(&ours, folder.path());
    let tls = TlsFiles { cert: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    let mut settings = settings(folder.path().join("data"));
    settings.in_transit = InTransit { tls: Some(tls), ..InTransit::default() };
    let signer = Signer::ed25519("k");
    let keys = vec![("k".to_owned(), signer.public())];
    let desk = NewSource {
        name: "desk".to_owned(),
        city: "boston".to_owned(),
        require_signature: true,
        keys,
        ..NewSource::default()
    };
    let token = source::add(&settings.data, &desk, false).unwrap();
    let started = serve::start(settings, CityClock::set(ClockKind::Set, at(NOW), 0.0)).await.unwrap();
    started.is_ready().await;
    assert_eq!(started.scheme(), "https");
    let (base, here) = (format!("https://{}", started.address), client(&ours));

    // A request signs the target with the scheme that it came by.
    let body = received("1", "A").to_string();
    let post = |url: String| {
        let signed = signer.sign(&Signed::post(url, ONE, body.as_bytes()));
        let request = here.post(format!("{base}/api/v1/events")).bearer_auth(token.reveal());
        let request = request.header("content-type", ONE).body(body.clone());
        signed.into_iter().fold(request, |request, (name, value)| request.header(name, value))
    };
    let plain = format!("http://{}/api/v1/events", started.address);
    assert_eq!(read(post(plain).send().await.unwrap()).await.0, StatusCode::UNAUTHORIZED);
    let (status, answer) = read(post(format!("{base}/api/v1/events")).send().await.unwrap()).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");

    let seq: u64 = answer["seq"].as_str().unwrap().parse().unwrap();
    let mut snapshots = started.running.core.watch();
    snapshots.wait_for(|snapshot| snapshot.frozen.state().seq().0 >= seq).await.unwrap();

    let health = here.get(format!("{base}/healthz")).send().await.unwrap();
    assert_eq!(health.headers()["strict-transport-security"], "max-age=31536000");
    let health: Json = serde_json::from_slice(&health.bytes().await.unwrap()).unwrap();
    assert_eq!(health["tls"], json!({ "ok": true }));

    // Whoever trusts somebody else does not come in; whoever speaks plainly is told.
    assert!(client(&authority()).get(format!("{base}/healthz")).send().await.is_err());
    let (status, answer) =
        read(reqwest::get(format!("http://{}/healthz", started.address)).await.unwrap()).await;
    assert_eq!(
        (status, answer["type"].as_str()),
        (StatusCode::BAD_REQUEST, Some("urn:toancanh:problem:https-only"))
    );

    let mut request = format!("wss://{}/api/v1/live", started.address).into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "toancanh.v1.json".parse().unwrap());
    headers.insert("origin", base.parse().unwrap());
    let (mut live, _) =
        connect_async_tls_with_config(request, None, false, Some(connector(&ours))).await.unwrap();
    live.send(Message::from(json!({"subscribe": {"id": 1, "query": {"metric": ["open"]}}}).to_string()))
        .await
        .unwrap();
    let snapshot = async {
        while let Some(Ok(Message::Text(text))) = live.next().await {
            let said: Json = serde_json::from_str(&text).unwrap();
            if said.get("snapshot").is_some() {
                return said;
            }
        }
        panic!("no snapshot came")
    };
    let snapshot = tokio::time::timeout(Duration::from_secs(20), snapshot).await.unwrap();
    assert_eq!(snapshot["snapshot"]["rows"], json!([[1]]));

    // A broken certificate is told and changes nothing, for those who come and those who are there.
    std::fs::write(folder.path().join("cert.pem"), "nonsense").unwrap();
    let mut told = Json::Null;
    for _ in 0..100 {
        told = client(&ours)
            .get(format!("{base}/healthz"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .parse()
            .unwrap();
        if told["tls"]["ok"] == false {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(told["tls"], json!({ "ok": false }));
    assert!(matches!(live.next().await, Some(Ok(_))));
    // A new authority's certificate is taken: its clients come in now.
    let next = authority();
    certify(&next, folder.path());
    let mut came = false;
    for _ in 0..100 {
        came = client(&next).get(format!("{base}/healthz")).send().await.is_ok();
        if came {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(came, "the new certificate was never taken");
    assert!(matches!(live.next().await, Some(Ok(_))), "a connection of before lives on");
    drop(live);
    started.stop().await.unwrap();
}
