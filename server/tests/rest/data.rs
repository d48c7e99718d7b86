use serde_json::json;

use crate::support::{Server, event};

#[tokio::test(flavor = "multi_thread")]
async fn a_source_says_how_it_stands_and_what_was_wrong() {
    let server = Server::with_cases().await;
    let heartbeat = event(
        "hb",
        "source.heartbeat",
        "2026-11-23T07:55:00+07:00",
        "",
        json!({ "watermark": "2026-11-23T07:50:00+07:00" }),
    );
    server.post(&[heartbeat]).await;
    let body = server.json("/api/v1/sources").await;
    let source = &body["sources"][0];
    assert_eq!(
        (&source["source"], &source["state"], &source["events"]),
        (&json!("urn:trial"), &json!("live"), &json!(8))
    );
    assert_eq!(
        (&source["watermark"], &source["lag_secs"]),
        (&json!("2026-11-23T07:50:00+07:00"), &json!(600))
    );
    assert_eq!(source["last_error"], json!(null));
    // A beat says the same.
    let beat = server.started.running.core.snapshot();
    let beats = server::source_state::beats(beat.frozen.state(), &jiff::tz::TimeZone::UTC);
    assert_eq!(beats[0].watermark.as_deref(), Some("2026-11-23T00:50:00+00:00"));
    let csv = server.get_as("/api/v1/sources", "text/csv").await;
    assert!(csv.text().starts_with("source,state,watermark,"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_last_wrong_with_a_source_is_said() {
    let server = Server::empty().await;
    let wrong = event(
        "w",
        "case.received",
        "2026-11-23T07:00:00+07:00",
        "W",
        json!({ "kind": "report", "city": "elsewhere" }),
    );
    server
        .send(reqwest::Method::POST, "/api/v1/events", |request| {
            request
                .bearer_auth(server.source_token())
                .header("content-type", "application/cloudevents+json")
                .body(wrong.to_string())
        })
        .await;
    let body = server.json("/api/v1/sources").await;
    let source = &body["sources"][0];
    assert_eq!(
        (&source["source"], &source["events"], &source["rejected"]),
        (&json!("urn:trial"), &json!(0), &json!(1))
    );
    assert_eq!(source["last_error"]["type"], "urn:toancanh:problem:wrong-city");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_odd_is_counted_with_its_cases() {
    let server = Server::with_cases().await;
    let body = server.json("/api/v1/quality").await;
    let of = |flag: &str| {
        body["problems"].as_array().unwrap().iter().find(|problem| problem["flag"] == flag).cloned()
    };
    let zero = of("point_zero").unwrap();
    assert_eq!((&zero["cases"], &zero["codes"]), (&json!(1), &json!(["B, 5/\"%"])));
    assert_eq!(of("unknown_code").unwrap()["dimension"], "agency");
    assert!(of("point_swapped").is_none());
    let only = server.json("/api/v1/quality?flag=point_zero&limit=0").await;
    assert_eq!(only["problems"].as_array().unwrap().len(), 1);
    assert_eq!(only["problems"][0]["codes"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_without_a_place_is_listed_for_the_administrator() {
    let server = Server::with_cases().await;
    let body = server.json("/api/v1/catalogue/unmapped").await;
    let want =
        json!([{ "dimension": "agency", "code": "NOBODY", "cases": 1, "open": 1, "examples": ["C-6"] }]);
    assert_eq!(body["codes"], want);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_openmetrics_and_name_no_case() {
    let server = Server::with_cases().await;
    server.get("/api/v1/cases/A-1").await;
    let reply = server.get("/metrics").await;
    assert!(reply.header("content-type").starts_with("application/openmetrics-text"));
    let text = reply.text();
    for line in ["toancanh_events_accepted_total 7", "toancanh_state_cases 6", "toancanh_ready 1", "# EOF"] {
        assert!(text.lines().any(|own| own == line), "{line} in\n{text}");
    }
    assert!(text.contains("route=\"/api/v1/cases/{code}\"") && !text.contains("A-1"), "{text}");
}
