//! What a source may do is what it was registered with.

use serde_json::json;
use server::source::NewSource;

use super::support::*;

async fn told(server: &Server, token: &str, event: serde_json::Value) -> String {
    let url = format!("http://{}/api/v1/events", server.address());
    let post = server.client.post(url).bearer_auth(token).header("content-type", ONE);
    words(&read(post.body(event.to_string()).send().await.unwrap()).await.1)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bound_source_speaks_only_under_its_own_uri() {
    let server = Server::start().await;
    let bound = NewSource { name: "a".into(), uri: Some("urn:a".into()), ..NewSource::default() };
    let token = server.source(bound);
    let say = |id: &str, source: &str| with(received(id, id), "source", json!(source));
    assert_eq!(told(&server, &token, say("1", "urn:a")).await, "1/0");
    assert_eq!(told(&server, &token, say("2", "urn:a/desk")).await, "1/0");
    assert_eq!(told(&server, &token, say("3", "urn:b")).await, "0/0 0:3:wrong-source");
    // A source that was not bound may speak under any name.
    assert_eq!(told(&server, &server.token, say("4", "urn:a")).await, "1/0");
    server.started.stop().await.unwrap();
}

/// A source under a name of its own, with a right to its own cases alone.
fn own() -> NewSource {
    NewSource {
        name: "own".into(),
        uri: Some("urn:own".into()),
        own_cases_only: true,
        ..NewSource::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_adds_to_anothers_case_only_with_that_right() {
    let server = Server::start().await;
    let theirs = server.batch(&[received("1", "theirs")]).await;
    let token = server.source(own());
    server.number("metric=open", theirs["seq"].as_str().unwrap()).await;
    let mine = |event| with(event, "source", json!("urn:own"));
    assert_eq!(told(&server, &token, mine(resolved("2", "theirs"))).await, "0/0 0:2:not-your-case");
    assert_eq!(told(&server, &token, mine(received("3", "theirs"))).await, "0/0 0:3:not-your-case");
    assert_eq!(told(&server, &token, mine(received("4", "mine"))).await, "1/0");
    assert_eq!(told(&server, &token, mine(resolved("5", "mine"))).await, "1/0");
    assert_eq!(told(&server, &server.token, resolved("6", "theirs")).await, "1/0");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_moves_no_case_that_it_spoke_of_before_its_owner_did() {
    let server = Server::start().await;
    let token = server.source(own());
    let early = with(resolved("1", "theirs"), "source", json!("urn:own"));
    // What a sender writes of its own bounds is not believed.
    let early = with(early, "boundto", json!("urn:test"));
    assert_eq!(told(&server, &token, early).await, "1/0");
    let theirs = server.batch(&[received("2", "theirs")]).await;
    let open = server.number("metric=open", theirs["seq"].as_str().unwrap()).await;
    assert_eq!(open, json!([[1]]));
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_says_how_far_a_source_is() {
    let server = Server::start().await;
    let beat = json!({
        "specversion": "1.0",
        "id": "beat",
        "source": "urn:test",
        "type": "vn.toancanh.source.heartbeat",
        "time": NOW,
        "data": {"watermark": "2015-10-01T11:59:00-04:00"},
    });
    assert_eq!(told(&server, &server.token, beat).await, "1/0");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_personal_is_sealed_in_the_log_and_still_tells_a_repeat_from_news() {
    let server = Server::start().await;
    let named = |name: &str| with(received("1", "A"), "data.reporter", json!({"name": name}));
    assert_eq!(told(&server, &server.token, named("Nguyễn Văn Canh")).await, "1/0");
    assert_eq!(told(&server, &server.token, named("Nguyễn Văn Canh")).await, "0/1");
    assert_eq!(told(&server, &server.token, named("Trần Thị Bưởi")).await, "0/0 0:1:id-reused");
    let folder = server.folder.path().to_owned();
    let running = server.started.running.clone();
    let record = running.store.read_many(&[domain::Seq(1)]).unwrap().remove(0);
    assert!(!String::from_utf8(record.bytes).unwrap().contains("Canh"));
    drop(running);
    server.started.stop().await.unwrap();
    assert!(folder.join("keys").is_dir());
}
