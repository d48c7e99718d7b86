use serde_json::json;

use crate::support::{Server, event};

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_paged_on_one_state_whatever_comes_in_meanwhile() {
    let server = Server::with_cases().await;
    let first = server.json("/api/v1/cases?sort=case&limit=4").await;
    let codes = |page: &serde_json::Value| -> Vec<String> {
        page["cases"].as_array().unwrap().iter().map(|row| row["case"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&first), ["A-1", "A-2", "A-3", "A-4"]);
    assert_eq!(first["total"], 6);
    server
        .post(&[event(
            "A-0/r",
            "case.received",
            "2026-11-23T07:59:00+07:00",
            "A-0",
            json!({ "kind": "report", "city": "thu" }),
        )])
        .await;
    let next = first["next"].as_str().unwrap();
    let second = server.json(&format!("/api/v1/cases?sort=case&limit=4&cursor={next}")).await;
    assert_eq!(codes(&second), ["B, 5/\"%", "C-6"]);
    assert_eq!((&second["seq"], &second["at"], &second["next"]), (&first["seq"], &first["at"], &json!(null)));
    let csv = server.get_as("/api/v1/cases?sort=case&limit=4", "text/csv").await;
    assert_eq!(csv.text().lines().count(), 5);
    assert!(!csv.header("toancanh-next").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_filtered_by_standing_and_by_words() {
    let server = Server::with_cases().await;
    for (query, want) in [
        ("timeliness=overdue", json!(["A-3"])),
        ("status=resolved", json!(["A-4"])),
        ("q=o%20ga", json!(["A-1"])),
        ("q=%E1%BB%94%20G%C3%80", json!(["A-1"])),
        ("no_position=true&sort=case", json!(["B, 5/\"%", "C-6"])),
        ("agency=SXD&sort=case", json!(["A-1", "A-2", "B, 5/\"%"])),
    ] {
        let page = server.json(&format!("/api/v1/cases?{query}")).await;
        let codes: Vec<_> = page["cases"].as_array().unwrap().iter().map(|row| row["case"].clone()).collect();
        assert_eq!(json!(codes), want, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_tells_its_story_without_anything_personal() {
    let server = Server::with_cases().await;
    let reply = server.get("/api/v1/cases/A-1").await;
    assert!(!reply.text().contains("Kín") && !reply.text().contains("0900000001"));
    let story = reply.json();
    assert_eq!(story["case"]["title"], "Ổ gà lớn trước cổng trường");
    assert_eq!(story["case"]["point"], json!({ "lat": 10.77, "lng": 106.7 }));
    let event = &story["events"][0];
    assert_eq!((&event["id"], &event["applied"]), (&json!("A-1/r"), &json!(true)));
    assert_eq!(event["type"], "vn.toancanh.case.received");
    assert_eq!(event["time"], "2026-11-23T06:00:00+07:00");
    assert_eq!(event["data"]["content"], "Ổ gà lớn\n trước cổng trường");
    assert!(event["data"].get("reporter").is_none() && event.get("flag").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_may_hold_any_character() {
    let server = Server::with_cases().await;
    let story = server.json("/api/v1/cases/B%2C%205%2F%22%25").await;
    assert_eq!(story["case"]["case"], "B, 5/\"%");
    assert_eq!(story["case"]["flags"], json!(["point_zero"]));
    assert_eq!(story["events"][0]["flag"], "point_zero");
    assert_eq!(server.get("/api/v1/cases/unheard").await.problem(), (404, "not-found".into(), None));
    assert_eq!(server.get("/api/v1/cases/%FF").await.problem().2.as_deref(), Some("code"));
    assert_eq!(server.get("/api/v1/cases/A-1?x=1").await.problem().2.as_deref(), Some("x"));
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_say_where_they_stand_and_why() {
    let server = Server::with_cases().await;
    for (case, state) in [("A-1", "in_time"), ("A-2", "due_soon"), ("A-3", "overdue"), ("A-4", "met_late")] {
        let story = server.json(&format!("/api/v1/cases/{case}")).await;
        let clock = &story["clocks"][0];
        assert_eq!((&clock["rule"], &clock["state"]), (&json!("source"), &json!(state)), "{case}");
        assert!(clock["why"].as_array().unwrap().len() >= 4);
    }
    let resolved = server.json("/api/v1/cases/A-4").await;
    assert_eq!(resolved["clocks"][0]["stopped_at"], "2026-11-23T07:30:00+07:00");
    assert_eq!(server.json("/api/v1/cases/C-6").await["clocks"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_case_not_heard_of_are_kept_and_applied_when_it_comes() {
    let server = Server::empty().await;
    let resolved = event(
        "Z/x",
        "case.resolved",
        "2026-11-23T07:30:00+07:00",
        "Z",
        json!({ "result": "done", "handling_unit": "SXD" }),
    );
    server.post(&[resolved]).await;
    let story = server.json("/api/v1/cases/Z").await;
    assert_eq!(story["events"][0]["applied"], false);
    assert_eq!(story["events"][0]["flag"], "case_unknown");
    assert_eq!(
        (&story["case"]["status"], &story["case"]["received_at"]),
        (&json!("not_received"), &json!(null))
    );
    let received = event(
        "Z/r",
        "case.received",
        "2026-11-23T07:00:00+07:00",
        "Z",
        json!({ "kind": "report", "city": "thu" }),
    );
    server.post(&[received]).await;
    let story = server.json("/api/v1/cases/Z").await;
    assert_eq!(story["case"]["status"], "resolved");
    let applied: Vec<_> =
        story["events"].as_array().unwrap().iter().map(|event| event["applied"].clone()).collect();
    assert_eq!(applied, [true, true]);
}
