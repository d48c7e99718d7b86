//! The four content modes, and what becomes of each event.

use reqwest::StatusCode;
use serde_json::{Value as Json, json};

use super::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn each_of_the_four_modes_takes_an_event() {
    let server = Server::start().await;
    let (status, answer) = server.answer(ONE, received("1", "A").to_string()).await;
    assert_eq!((status, words(&answer).as_str()), (StatusCode::ACCEPTED, "1/0"));
    assert_eq!(answer["seq"].as_str().unwrap(), "00000000000000000001");
    let (_, answer) = server.answer(BATCH, json!([received("2", "B"), received("3", "C")]).to_string()).await;
    assert_eq!((words(&answer).as_str(), answer["seq"].as_str().unwrap()), ("2/0", "00000000000000000003"));
    let lines = format!("{}\r\n\n{}", received("4", "D"), received("5", "E"));
    let (_, answer) = server.answer("application/x-ndjson; charset=utf-8", lines).await;
    assert_eq!(words(&answer), "2/0");
    let binary = server
        .post("application/json; charset=utf-8")
        .header("ce-specversion", "1.0")
        .header("ce-id", "6")
        .header("ce-source", "urn:test")
        .header("ce-type", "vn.toancanh.case.received")
        .header("ce-time", "2015-09-01T08:00:00-04:00")
        .header("ce-subject", "Ph%C6%B0%E1%BB%9Dng%201")
        .body(received("6", "-")["data"].to_string());
    let (status, answer) = read(binary.send().await.unwrap()).await;
    assert_eq!((status, words(&answer).as_str()), (StatusCode::ACCEPTED, "1/0"));
    let seq = answer["seq"].as_str().unwrap();
    assert_eq!(server.number("metric=received,open&from=2015-01-01", seq).await, json!([[6, 6]]));
    // Percent-decoded: the case has the name that it was sent under.
    let case = format!("http://{}/api/v1/cases/Ph%C6%B0%E1%BB%9Dng%201", server.address());
    let (status, _) = read(server.client.get(case).send().await.unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_taken_once_whatever_its_mode_and_however_its_members_stand() {
    let server = Server::start().await;
    let first = received("1", "A");
    assert_eq!(words(&server.batch(&[first.clone(), first.clone()]).await), "1/1");
    let shuffled = r#"{"data": {"channel":"Self Service","city":"boston","kind":"report"}, "subject":"A",
        "time":"2015-09-01T12:00:00Z", "type":"vn.toancanh.case.received", "source":"urn:test", "id":"1",
        "specversion":"1.0", "datacontenttype":"application/json"}"#;
    assert_eq!(words(&server.answer(ONE, shuffled).await.1), "0/1");
    let encoded = r#"{"data_base64": "eyJjaGFubmVsIjoiU2VsZiBTZXJ2aWNlIiwiY2l0eSI6ImJvc3RvbiIsImtpbmQiOiJyZXBvcnQifQ==",
        "subject":"A", "time":"2015-09-01T12:00:00Z", "type":"vn.toancanh.case.received", "source":"urn:test",
        "id":"1", "specversion":"1.0"}"#;
    assert_eq!(words(&server.answer(ONE, encoded).await.1), "0/1");
    // The same id from another source is another event.
    let other = with(first.clone(), "source", json!("urn:other"));
    assert_eq!(words(&server.batch(&[other]).await), "1/0");
    // The same source and id with something else to say is refused, the first stands.
    let changed = with(first, "data.channel", json!("Twitter"));
    assert_eq!(words(&server.batch(&[changed, resolved("2", "A")]).await), "1/0 0:1:id-reused");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_events_with_one_id_in_one_batch_the_first_wins() {
    let server = Server::start().await;
    let batch = [received("1", "A"), received("1", "B"), received("1", "A")];
    assert_eq!(words(&server.batch(&batch).await), "1/1 1:1:id-reused");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_after_a_restart_and_still_known() {
    let server = Server::start().await;
    let batch = [received("1", "A"), received("2", "B"), resolved("3", "A")];
    let answer = server.batch(&batch).await;
    let Server { folder, started, .. } = server;
    started.stop().await.unwrap();
    let server = Server::start_in(folder).await;
    let again = server.batch(&batch).await;
    assert_eq!((words(&again).as_str(), &again["seq"]), ("0/3", &answer["seq"]));
    let seq = answer["seq"].as_str().unwrap();
    assert_eq!(server.number("metric=open,received&from=2015-01-01", seq).await, json!([[1, 2]]));
    server.started.stop().await.unwrap();
}

/// One bad event between two good ones costs itself alone.
#[track_caller]
fn check(answer: &Json, slug: &str) {
    let words = words(answer);
    let parts: Vec<&str> = words.split(' ').collect();
    assert_eq!(parts[0], "2/0", "{slug}: {words}");
    assert_eq!(parts.len(), 2, "{slug}: {words}");
    assert!(parts[1].starts_with("1:") && parts[1].ends_with(&format!(":{slug}")), "{slug}: {words}");
    let problem = &answer["rejected"][0]["problem"];
    assert!(
        !problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty()
    );
    assert!(!problem["detail"].as_str().unwrap().contains("Nguyễn"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_event_is_rejected_by_its_own_problem() {
    let server = Server::start().await;
    let good = || received("x", "X");
    let cases = [
        (json!("Nguyễn"), "mistyped-attribute"),
        (with(good(), "specversion", json!("0.3")), "mistyped-attribute"),
        (with(good(), "id", Json::Null), "missing-attribute"),
        (with(good(), "id", json!("")), "missing-attribute"),
        (with(good(), "id", json!(7)), "mistyped-attribute"),
        (with(good(), "source", Json::Null), "missing-attribute"),
        (with(good(), "subject", Json::Null), "missing-attribute"),
        (with(good(), "type", Json::Null), "missing-attribute"),
        (with(good(), "type", json!("case.received")), "unknown-type"),
        (with(good(), "type", json!("vn.toancanh.case.dreamt")), "unknown-type"),
        (with(good(), "type", json!("vn.toancanh.config.changed")), "reserved-type"),
        (with(good(), "type", json!("vn.toancanh.memo.notice")), "reserved-type"),
        (with(good(), "time", Json::Null), "missing-attribute"),
        (with(good(), "time", json!("2015-09-01T08:00:00")), "mistyped-attribute"),
        (with(good(), "time", json!("1900-01-01T00:00:00Z")), "time-out-of-range"),
        (with(good(), "time", json!("2999-01-01T00:00:00Z")), "time-out-of-range"),
        (with(good(), "time", json!("2015-10-02T12:00:01-04:00")), "time-out-of-range"),
        (with(good(), "data", json!("Nguyễn")), "mistyped-attribute"),
        (with(good(), "data.kind", Json::Null), "missing-attribute"),
        (with(good(), "data.kind", json!("Nguyễn")), "mistyped-attribute"),
        (with(good(), "data.city", Json::Null), "missing-attribute"),
        (with(good(), "data.city", json!("hcmc")), "wrong-city"),
        (with(good(), "data.content", json!("x".repeat(1 << 20))), "too-large"),
    ];
    for (number, (bad, slug)) in cases.into_iter().enumerate() {
        let (before, after) = (format!("{number}-a"), format!("{number}-b"));
        check(&server.batch(&[received(&before, &before), bad, received(&after, &after)]).await, slug);
    }
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_limit_follows_the_citys_clock() {
    let server = Server::start().await;
    let tomorrow = with(received("1", "A"), "time", json!("2015-10-02T12:00:00-04:00"));
    assert_eq!(words(&server.batch(std::slice::from_ref(&tomorrow)).await), "1/0");
    let later = with(received("2", "B"), "time", json!("2015-10-02T13:00:00-04:00"));
    assert_eq!(words(&server.batch(std::slice::from_ref(&later)).await), "0/0 0:2:time-out-of-range");
    server.started.running.clock.move_on(Some(at("2015-10-01T13:00:00-04:00")), None).unwrap();
    assert_eq!(words(&server.batch(&[later]).await), "1/0");
    server.started.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_strange_but_possible_is_kept() {
    let server = Server::start().await;
    let place = |lat: f64, lng: f64| json!({"point": {"lat": lat, "lng": lng}});
    let strange = [
        with(received("1", "A"), "data.due_at", json!("2999-01-01T00:00:00Z")),
        with(received("2", "B"), "data.incident_location", place(0.0, 0.0)),
        with(received("3", "C"), "data.incident_location", place(-71.06, 42.36)),
        with(received("4", "D"), "data.incident_location", place(10.8, 106.7)),
        with(received("5", "E"), "data.channel", json!("Pigeon")),
        resolved("6", "never heard of"),
        resolved("7", "A"),
        resolved("8", "A"),
    ];
    let answer = server.batch(&strange).await;
    assert_eq!(words(&answer), "8/0");
    let seq = answer["seq"].as_str().unwrap();
    assert_eq!(server.number("metric=received&from=2015-01-01", seq).await, json!([[5]]));
    server.started.stop().await.unwrap();
}
