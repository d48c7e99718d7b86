//! The regulations of a city's folder, and what happens when they are changed.

use serde_json::{Value as Json, json};

use crate::support::{Server, event};

const CALENDAR: &str = r#"
[calendar.default]
zone = "Asia/Ho_Chi_Minh"
weekdays = ["mon", "tue", "wed", "thu", "fri"]
intervals = ["08:00-12:00", "13:00-17:00"]
"#;

/// Two rules: so many minutes to dispatch, so many working days to resolve.
fn rules(minutes: u32, days: u32) -> String {
    format!(
        r#"
[rule_set]
id = "TRIAL-1"

[[rule]]
id = "T-1"
clause = "Điều 1"
start = "received"
stop = "dispatched"
limit = {minutes}
unit = "minute"

[[rule]]
id = "T-2"
clause = "Điều 2"
start = "received"
stop = "resolved"
limit = {days}
unit = "working_day"
judges_resolution = true
"#
    )
}

async fn with_law() -> Server {
    let server = Server::empty().await;
    server.write_city("calendar.toml", CALENDAR);
    server.write_city("regulations/trial.toml", &rules(60, 1));
    server.restart().await
}

fn story(case: &str, resolved: Option<&str>) -> Vec<Json> {
    let received = json!({ "kind": "report", "city": "thu", "agency": "SXD", "field": "roads" });
    let mut events = vec![
        event(&format!("{case}1"), "case.received", "2026-11-19T08:00:00+07:00", case, received),
        event(
            &format!("{case}2"),
            "case.transferred",
            "2026-11-19T08:30:00+07:00",
            case,
            json!({ "step": "dispatched", "to": "SXD" }),
        ),
    ];
    events.extend(
        resolved.map(|at| event(&format!("{case}3"), "case.resolved", at, case, json!({ "result": "done" }))),
    );
    events
}

async fn clock(server: &Server, case: &str, rule: &str) -> Json {
    let story = server.json(&format!("/api/v1/cases/{case}")).await;
    let clocks = story["clocks"].as_array().unwrap();
    clocks.iter().find(|clock| clock["rule"] == rule).unwrap().clone()
}

async fn number(server: &Server, query: &str) -> Json {
    server.json(&format!("/api/v1/aggregates?{query}")).await["rows"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_runs_against_the_rules_of_its_city() {
    let server = with_law().await;
    server.post(&story("open", None)).await;
    let due = clock(&server, "open", "T-2").await;
    assert_eq!((&due["due"], &due["state"]), (&json!("2026-11-21T00:00:00+07:00"), &json!("overdue")));
    assert_eq!(due["clause"], "Điều 2");
    assert!(due["why"].as_array().unwrap().len() > 2 && due["why_en"].as_array().unwrap().len() > 2);
    let row = &server.json("/api/v1/cases?timeliness=overdue").await["cases"][0];
    assert_eq!((&row["case"], &row["rule"]), (&json!("open"), &json!("T-2")));
    assert_eq!(number(&server, "metric=overdue,in_time").await, json!([1, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_folder_moves_open_limits_and_nothing_that_was_decided() {
    let server = with_law().await;
    server.post(&story("open", None)).await;
    server.post(&story("late", Some("2026-11-21T09:00:00+07:00"))).await;
    let judged = "metric=resolved_in_time,resolved_late&from=2026-11-01";
    assert_eq!(number(&server, judged).await, json!([0, 1]));
    server.write_city("regulations/trial.toml", &rules(10, 5));
    let server = server.restart().await;
    // Five working days from 19 November: the 26th.
    let due = clock(&server, "open", "T-2").await;
    assert_eq!(due["due"], "2026-11-27T00:00:00+07:00");
    assert_eq!(due["due_before"], "2026-11-21T00:00:00+07:00");
    assert_eq!(due["state"], "in_time");
    // Half an hour is too long for the ten minutes of now, but was judged by the hour of then.
    assert_eq!(clock(&server, "open", "T-1").await["state"], "met");
    assert_eq!(clock(&server, "late", "T-2").await["state"], "met_late");
    assert_eq!(number(&server, judged).await, json!([0, 1]));
    assert_eq!(number(&server, "metric=overdue,in_time").await, json!([0, 1]));
    // Levels of before are as they were.
    assert_eq!(number(&server, "metric=overdue&at=2026-11-22T00:00:00%2B07:00").await, json!([1]));
    // Either reading can be asked for.
    for (rules, late_in_time_and_late, open) in
        [("kept", [0, 1], [0, 1]), ("newest", [1, 0], [0, 1]), ("former", [0, 1], [1, 0])]
    {
        let judged = format!("{judged}&rules={rules}");
        assert_eq!(number(&server, &judged).await, json!(late_in_time_and_late), "{rules}");
        let levels = format!("metric=overdue,in_time&rules={rules}");
        assert_eq!(number(&server, &levels).await, json!(open), "{rules}");
    }
    let under = |rules: &str| format!("/api/v1/cases/late?rules={rules}");
    let state = |story: &Json| story["clocks"].as_array().unwrap().last().unwrap()["state"].clone();
    assert_eq!(state(&server.json(&under("former")).await), "met_late");
    assert_eq!(state(&server.json(&under("newest")).await), "met");
    let told = |server: &Server| {
        let records = server.started.running.store.read_from(domain::Seq(1));
        let shown = records.map(|record| server::store::record::shown(&record.unwrap()).unwrap());
        shown.filter(|event| event["type"] == "vn.toancanh.config.changed").count()
    };
    assert_eq!(told(&server), 1);
    let server = server.restart().await;
    assert_eq!(told(&server), 1);
    assert_eq!(clock(&server, "open", "T-2").await["due_before"], "2026-11-21T00:00:00+07:00");
    // What the product says itself is no source that could fall silent.
    assert_eq!(server.json("/api/v1/sources").await["sources"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_without_an_answer_stands_on_the_list_of_the_city_office() {
    let server = Server::empty().await;
    server.write_city("calendar.toml", CALENDAR);
    let hp = include_str!("../../../cities/haiphong/regulations/hp-583.toml");
    server.write_city("regulations/hp-583.toml", &hp.replace("city = \"haiphong\"", "city = \"thu\""));
    let server = server.restart().await;
    // Monday 23 November, 8 o'clock: eight working hours are that day, forty-eight six days more.
    let received =
        json!({ "kind": "report", "city": "thu", "agency": "SXD", "field": "roads", "content_group": 2 });
    let slip = json!({ "step": "slip_delivered_to_focal_officer", "to": "SXD-1" });
    server
        .post(&[
            event("1", "case.received", "2026-11-23T07:50:00+07:00", "slip", received),
            event("2", "case.transferred", "2026-11-23T08:00:00+07:00", "slip", slip),
        ])
        .await;
    let actions = |list: &Json| -> Vec<(String, String, String)> {
        let text = |line: &Json, name: &str| line[name].as_str().unwrap().to_owned();
        let lines = list["escalations"].as_array().unwrap().iter();
        lines.map(|line| (text(line, "action"), text(line, "at"), text(line, "clause"))).collect()
    };
    server.move_to("2026-11-23T17:00:00+07:00").await;
    assert_eq!(actions(&server.json("/api/v1/escalations").await), []);
    server.move_to("2026-11-23T17:00:01+07:00").await;
    let escalated = (
        "escalate_to_unit_head".to_owned(),
        "2026-11-23T17:00:00+07:00".to_owned(),
        "583/QĐ-UBND Điều 9.3".to_owned(),
    );
    assert_eq!(actions(&server.json("/api/v1/escalations").await), [escalated]);
    assert_eq!(server.json("/api/v1/cases/slip").await["case"]["status"], "escalated_to_head");
    server.move_to("2026-12-01T17:00:01+07:00").await;
    let office = "/api/v1/escalations?action=report_to_city_leadership_via_city_office&open=true";
    let list = server.json(office).await;
    let (action, at, clause) = actions(&list).remove(0);
    assert_eq!(action, "report_to_city_leadership_via_city_office");
    assert_eq!((at.as_str(), clause.as_str()), ("2026-12-01T17:00:00+07:00", "583/QĐ-UBND Điều 9.4"));
    assert_eq!(list["escalations"][0]["status"], "overdue_pending");
    assert_eq!(server.json("/api/v1/cases?status=overdue_pending").await["cases"][0]["case"], "slip");
    let memos = |server: &Server, kind: &str| {
        let records = server.started.running.store.read_from(domain::Seq(1));
        let shown = records.map(|record| server::store::record::shown(&record.unwrap()).unwrap());
        shown.filter(|event| event["type"] == format!("vn.toancanh.memo.{kind}")).count()
    };
    // Noted once the source has been waited for: a quarter of an hour.
    until(|| memos(&server, "noted") == 1).await;
    server.move_to("2026-12-01T17:16:00+07:00").await;
    until(|| memos(&server, "noted") == 3).await;
    // What is in the log is in the numbers with the next tick.
    let seq = server.started.running.store.durable();
    let mut snapshots = server.started.running.core.watch();
    snapshots.wait_for(|snapshot| snapshot.frozen.seq() >= seq).await.unwrap();
    assert_eq!(server.json(office).await["escalations"][0]["noted"], true);
    // An answer that was in time and comes late takes all of it back.
    let answered = json!({ "result": "done", "answered": true });
    server.post(&[event("3", "case.resolved", "2026-11-23T16:00:00+07:00", "slip", answered)]).await;
    assert_eq!(actions(&server.json("/api/v1/escalations").await), []);
    until(|| memos(&server, "withdrawn") == 3).await;
    let server = server.restart().await;
    assert_eq!((memos(&server, "noted"), memos(&server, "withdrawn")), (3, 3));
}

/// Waits for what another task does, for ten seconds at most.
async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..100 {
        if is_so() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it never came");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_of_a_counter_is_what_was_said_last_whatever_came_last() {
    let server = Server::empty().await;
    let said = |id: &str, time: &str, waiting: u32| {
        let data =
            json!({ "unit": "SXD", "counter": "1", "waiting": waiting, "serving": 2, "issued_today": 40 });
        let mut event = event(id, "counter.reported", time, "", data);
        event.as_object_mut().unwrap().remove("subject");
        event
    };
    server
        .post(&[said("2", "2026-11-23T07:55:00+07:00", 9), said("1", "2026-11-23T07:50:00+07:00", 4)])
        .await;
    let counters = server.json("/api/v1/counters").await["counters"].clone();
    assert_eq!((&counters[0]["waiting"], &counters[0]["age_secs"]), (&json!(9), &json!(300)));
    assert_eq!(counters.as_array().unwrap().len(), 1);
    assert_eq!(server.json("/api/v1/counters?unit=UBND-A").await["counters"], json!([]));
}
