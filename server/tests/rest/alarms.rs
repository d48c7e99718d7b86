use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::{Reply, Server, event};

async fn act(server: &Server, path: &str, body: &Json) -> Reply {
    let token = server.administrator_token();
    let request = |request: reqwest::RequestBuilder| {
        request.bearer_auth(token).header("content-type", "application/json").body(body.to_string())
    };
    server.send(Method::POST, &format!("/api/v1/alarms/{path}"), request).await
}

/// Urgent, and due at half past seven: it is eight.
fn urgent(case: &str) -> Json {
    let data = json!({
        "kind": "report", "city": "thu", "agency": "SXD", "field": "roads", "severity": "urgent",
        "due_at": "2026-11-23T07:30:00+07:00",
    });
    event(&format!("{case}/1"), "case.received", "2026-11-23T07:00:00+07:00", case, data)
}

async fn with_alarms(cases: usize) -> Server {
    let server = Server::empty().await;
    let events: Vec<Json> = (0..cases).map(|case| urgent(&format!("U-{case}"))).collect();
    server.post(&events).await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_is_acknowledged_once_and_still_is_after_a_restart() {
    let server = with_alarms(1).await;
    let page = server.json("/api/v1/alarms").await;
    let alarm = &page["alarms"][0];
    let said =
        ["kind", "priority", "status", "case", "agency", "due"].map(|member| alarm[member].as_str().unwrap());
    let want = ["overdue_serious", "high", "unacknowledged", "U-0", "SXD", "2026-11-23T07:30:00+07:00"];
    assert_eq!((said, &page["unacknowledged"]), (want, &json!(1)));
    let name = alarm["alarm"].as_str().unwrap().to_owned();
    let wish = json!({ "request": "press-0001", "text": "Đã gọi 0901 234 567" });
    let taken = act(&server, &format!("{name}/acknowledge"), &wish).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    let taken = taken.json();
    assert_eq!(
        (&taken["status"], &taken["acknowledged"]["text"]),
        (&json!("acknowledged"), &json!("Đã gọi ***"))
    );
    assert_eq!(
        act(&server, &format!("{name}/acknowledge"), &wish).await.json(),
        taken,
        "sent twice, done once"
    );
    let server = server.restart().await;
    let held = server.json(&format!("/api/v1/alarms?alarm={name}")).await["alarms"][0].clone();
    assert_eq!(held["acknowledged"], taken["acknowledged"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shelved_alarm_is_away_until_its_time_is_over() {
    let server = with_alarms(1).await;
    let name = server.json("/api/v1/alarms").await["alarms"][0]["alarm"].as_str().unwrap().to_owned();
    let wish = json!({ "request": "press-0002", "minutes": 30, "reason": "Đang sửa tại chỗ" });
    let shelved = act(&server, &format!("{name}/shelve"), &wish).await.json();
    assert_eq!(shelved["shelved"]["until"], "2026-11-23T08:30:00+07:00");
    let counts =
        |page: &Json| ["total", "unacknowledged", "shelved"].map(|member| page[member].as_u64().unwrap());
    assert_eq!(counts(&server.json("/api/v1/alarms").await), [0, 0, 1]);
    assert_eq!(server.json("/api/v1/alarms?status=shelved").await["alarms"][0]["alarm"], name);
    server.move_to("2026-11-23T08:30:00+07:00").await;
    assert_eq!(counts(&server.json("/api/v1/alarms").await), [1, 1, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_is_over_with_its_case_and_takes_nothing_more() {
    let server = with_alarms(1).await;
    let name = server.json("/api/v1/alarms").await["alarms"][0]["alarm"].as_str().unwrap().to_owned();
    let resolved =
        event("U-0/2", "case.resolved", "2026-11-23T07:59:00+07:00", "U-0", json!({ "result": "done" }));
    server.post(&[resolved]).await;
    let over = server.json("/api/v1/alarms?status=cleared").await["alarms"][0].clone();
    assert_eq!((&over["alarm"], &over["cleared_at"]), (&json!(name), &json!("2026-11-23T07:59:00+07:00")));
    let late = act(&server, &format!("{name}/acknowledge"), &json!({ "request": "press-0003" })).await;
    assert_eq!(late.problem(), (409, "alarm-refused".into(), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_alarms_than_a_person_takes_in_stand_as_one_flood() {
    let at_once = |server: Server| async move {
        server.move_to("2026-11-23T08:05:00+07:00").await;
        server.json("/api/v1/alarms").await
    };
    let late = |cases: usize| async move {
        let server = Server::empty().await;
        let events: Vec<Json> = (0..cases)
            .map(|case| {
                let mut event = urgent(&format!("U-{case}"));
                event["data"]["due_at"] = "2026-11-23T08:01:00+07:00".into();
                event
            })
            .collect();
        server.post(&events).await;
        server
    };
    let ten = at_once(late(10).await).await;
    assert_eq!((&ten["flood"], &ten["alarms"][0]["in_flood"]), (&Json::Null, &json!(false)));
    let eleven = at_once(late(11).await).await;
    assert_eq!((&eleven["flood"]["alarms"], &eleven["flood"]["high"]), (&json!(11), &json!(11)));
    assert_eq!((&eleven["alarms"][0]["in_flood"], &eleven["rate"]["raised"]), (&json!(true), &json!(11)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused() {
    let server = with_alarms(1).await;
    let name = server.json("/api/v1/alarms").await["alarms"][0]["alarm"].as_str().unwrap().to_owned();
    let check = |path: String, body: Json, want: (u16, &'static str, Option<&'static str>)| {
        let server = &server;
        async move {
            let (status, slug, parameter) = act(server, &path, &body).await.problem();
            assert_eq!((status, slug.as_str(), parameter.as_deref()), want, "{body}");
        }
    };
    let shelve =
        |minutes: i64, reason: &str| json!({ "request": "press-0004", "minutes": minutes, "reason": reason });
    check(format!("{name}/shelve"), shelve(0, "x"), (400, "bad-parameter", Some("minutes"))).await;
    check(format!("{name}/shelve"), shelve(721, "x"), (400, "bad-parameter", Some("minutes"))).await;
    check(format!("{name}/shelve"), shelve(5, " "), (400, "bad-parameter", Some("reason"))).await;
    check("AL-000000000000/acknowledge".into(), json!({ "request": "press-0005" }), (404, "not-found", None))
        .await;
    let refused = server
        .send(Method::POST, &format!("/api/v1/alarms/{name}/acknowledge"), |request| {
            request.header("content-type", "application/json").body("{\"request\":\"press-0006\"}")
        })
        .await;
    assert_eq!(refused.problem().0, 401);
}
