//! Ratings, the stages of dossiers, and officers, who are seen by right only.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::{Server, event};

const CALENDAR: &str = r#"
[calendar.default]
zone = "Asia/Ho_Chi_Minh"
weekdays = ["mon", "tue", "wed", "thu", "fri"]
intervals = ["08:00-12:00", "13:00-17:00"]
"#;
const CRITERIA: &str = "code,name_vi,name_en,order,valid_from,valid_to,comparable_with\n\
                        C1,Thời gian,Time,1,,,\nC2,Thái độ,Attitude,2,,,\n";
const LEVELS: &str = "code,name_vi,name_en,score,counts_as_satisfied\n\
                      no,Không hài lòng,Dissatisfied,1,no\nyes,Hài lòng,Satisfied,2,yes\nvery,Rất hài lòng,Very,3,yes\n";
const STAGES: &str = "code,name_vi,name_en\nreception,Tiếp nhận,Reception\n\
                      specialised_processing,Đơn vị chuyên môn xử lý,Specialised processing\n\
                      approval,Lãnh đạo phê duyệt,Approval\nresult_return,Trả kết quả,Result return\n";
/// An officer's code, which may stand nowhere.
const OFFICER: &str = "SXD-cb07";

/// A city with the one-stop rules in which a rate of two is said.
async fn one_stop() -> Server {
    let server = Server::empty().await;
    let os = include_str!("../../../cities/hcmc/regulations/os-2686.toml");
    server.write_city("regulations/os-2686.toml", os);
    server.write_city("calendar.toml", CALENDAR);
    server.write_city("catalogue/stage.csv", STAGES);
    server.write_city("lists/criterion.csv", CRITERIA);
    server.write_city("lists/satisfaction.csv", LEVELS);
    let city =
        server.read_city("city.toml").replace("code = \"thu\"", "code = \"thu\"\nratings_min_answers = 2");
    server.write_city("city.toml", &city);
    server.restart().await
}

/// A dossier of Friday 20 November that is returned on Monday, and what its events say.
fn dossier(case: &str, procedure: &str) -> Vec<Json> {
    let of = |number: u8, kind: &str, time: &str, data: Json| {
        event(&format!("{case}/{number}"), kind, &format!("2026-11-{time}:00+07:00"), case, data)
    };
    let received = json!({
        "kind": "dossier", "city": "thu", "procedure": procedure, "agency": "SXD", "field": "land",
        "due_at": "2026-11-24T17:00:00+07:00", "processing_officer": { "code": OFFICER },
    });
    let step = |step: &str| json!({ "step": step, "unit": "SXD", "officer": OFFICER });
    vec![
        of(1, "case.received", "20T15:00", received),
        of(2, "case.step", "20T16:00", step("circulated")),
        of(3, "case.step", "23T07:00", step("submitted_for_approval")),
        of(4, "case.step", "23T07:30", step("approved")),
        of(5, "case.step", "23T07:45", step("returned_result")),
    ]
}

fn rating(case: &str, number: u8, more: Json) -> Json {
    let mut data = json!({ "unit": "SXD", "officer": OFFICER });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event(&format!("{case}/r{number}"), "case.rated", "2026-11-23T07:50:00+07:00", case, data)
}

/// Three dossiers; two are rated, one of them twice.
async fn rated() -> Server {
    let server = one_stop().await;
    for (case, procedure) in [("D-1", "p1"), ("D-2", "p1"), ("D-3", "p2")] {
        server.post(&dossier(case, procedure)).await;
    }
    let answers = json!({ "C1": 1, "C2": 3 });
    let said = [
        rating(
            "D-1",
            1,
            json!({ "score": 3, "stage": "reception", "channel": "kiosk", "criteria": answers }),
        ),
        rating("D-1", 2, json!({ "score": 1, "stage": "result_return", "channel": "kiosk" })),
        rating(
            "D-2",
            1,
            json!({ "score": 2, "stage": "reception", "channel": "portal", "criteria": { "C1": 2 } }),
        ),
    ];
    server.post(&said).await;
    server
}

async fn satisfaction(server: &Server, query: &str) -> Json {
    server.json(&format!("/api/v1/satisfaction?{query}")).await["rows"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn satisfaction_is_said_by_every_group_with_its_number_and_the_response_rate() {
    let server = rated().await;
    let whole = server.json("/api/v1/satisfaction").await;
    let columns = ["answers", "mean_score", "satisfaction_rate", "rateable", "responded", "response_rate"];
    assert_eq!(whole["columns"], json!(columns));
    assert_eq!((&whole["scale"], &whole["min_answers"]), (&json!(3.0), &json!(2)));
    assert_eq!(whole["rows"], json!([[3, 2.0, 66.67, 3, 2, 66.67]]));
    assert_eq!(
        satisfaction(&server, "group_by=criterion").await,
        json!([["C1", 2, 1.5, 50.0, 3, 2, 66.67], ["C2", 1, null, null, 3, 1, 33.33]])
    );
    assert_eq!(
        satisfaction(&server, "group_by=stage").await,
        json!([["reception", 2, 2.5, 100.0, 3, 2, 66.67], ["result_return", 1, null, null, 3, 1, 33.33]])
    );
    assert_eq!(
        satisfaction(&server, "group_by=rating_channel").await,
        json!([["kiosk", 2, 2.0, 50.0, 3, 1, 33.33], ["portal", 1, null, null, 3, 1, 33.33]])
    );
    assert_eq!(
        satisfaction(&server, "group_by=procedure").await,
        json!([["p1", 3, 2.0, 66.67, 2, 2, 100.0], ["p2", 0, null, null, 1, 0, null]])
    );
    assert_eq!(satisfaction(&server, "group_by=agency").await, json!([["SXD", 3, 2.0, 66.67, 3, 2, 66.67]]));
    assert_eq!(
        satisfaction(&server, "group_by=procedure&criterion=C2").await,
        json!([["p1", 1, null, null, 2, 1, 50.0], ["p2", 0, null, null, 1, 0, null]])
    );
    assert_eq!(
        satisfaction(&server, "to=2026-11-23&from=2026-11-22").await,
        json!([[0, null, null, 0, 0, null]])
    );
    let csv = server.get_as("/api/v1/satisfaction?group_by=stage", "text/csv").await;
    assert_eq!(csv.text().lines().nth(2), Some("result_return,1,,,3,1,33.33"));
    for at_fault in ["metric", "bucket", "res"] {
        let reply = server.get(&format!("/api/v1/satisfaction?{at_fault}=day")).await;
        assert_eq!(reply.problem(), (400, "bad-parameter".into(), Some(at_fault.into())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_behind_it_say_the_same_and_so_do_their_receipts() {
    let server = rated().await;
    let metrics = "rated,mean_score,satisfaction_rate,rateable,responded,response_rate,criterion_answers";
    let table = server.json(&format!("/api/v1/aggregates?metric={metrics}")).await;
    assert_eq!(table["rows"], json!([[3, 2.0, 66.67, 3, 2, 66.67, 3]]));
    for (metric, value) in metrics.split(',').zip(table["rows"][0].as_array().unwrap()) {
        let receipt = server.json(&format!("/api/v1/receipt?metric={metric}")).await;
        assert_eq!(receipt["value"], *value, "{metric}");
    }
    let series = "/api/v1/aggregates?metric=criterion_answers,criterion_mean_score&group_by=criterion:1";
    assert_eq!(server.json(series).await["rows"], json!([["C1", 2, 1.5], ["C2", 1, 3.0]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_says_how_long_each_stage_took() {
    let server = rated().await;
    let stages = server.json("/api/v1/cases/D-1").await["stages"].clone();
    let stage = |name: &str, from: &str, to: &str, elapsed: i64, working: i64| {
        json!({
            "stage": name, "from": format!("2026-11-{from}:00+07:00"), "to": format!("2026-11-{to}:00+07:00"),
            "stays": 1, "elapsed_secs": elapsed, "working_secs": working,
        })
    };
    // From Friday 16:00 to Monday 7:00 there is one working hour.
    let want = json!([
        stage("reception", "20T15:00", "20T16:00", 3_600, 3_600),
        stage("specialised_processing", "20T16:00", "23T07:00", 226_800, 3_600),
        stage("approval", "23T07:00", "23T07:30", 1_800, 0),
        stage("result_return", "23T07:30", "23T07:45", 900, 0),
    ]);
    assert_eq!(stages, want);
    let hours = "/api/v1/aggregates?metric=stages_left,stage_hours_p50,stage_hours_p90&group_by=stage&from=2026-11-01";
    let want = json!([
        ["approval", 3, 0.5, 0.5],
        ["reception", 3, 1.0, 1.0],
        ["result_return", 3, 0.25, 0.25],
        ["specialised_processing", 3, 63.0, 63.0],
    ]);
    assert_eq!(server.json(hours).await["rows"], want);
    let receipt = server.json("/api/v1/receipt?metric=stage_hours_p90&stage=approval").await;
    assert_eq!((&receipt["value"], &receipt["ranked_case"]), (&json!(0.5), &json!("D-1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_on_its_way_is_in_one_stage_and_has_the_others_before_it() {
    let server = one_stop().await;
    server.post(&dossier("D-9", "p1")[..2]).await;
    let stages = server.json("/api/v1/cases/D-9").await["stages"].clone();
    assert_eq!(stages.as_array().unwrap().len(), 4);
    assert_eq!((&stages[1]["to"], &stages[1]["working_secs"]), (&json!(null), &json!(3_600)));
    assert_eq!((&stages[2]["from"], &stages[2]["working_secs"]), (&json!(null), &json!(null)));
    let page = server.get_as("/case/D-9", "text/html").await.text();
    for text in ["Các giai đoạn giải quyết", "Lãnh đạo phê duyệt", "chưa đến", "từ 16:00"]
    {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains(OFFICER));
    let report = event(
        "r",
        "case.received",
        "2026-11-23T07:00:00+07:00",
        "R-1",
        json!({ "kind": "report", "city": "thu" }),
    );
    server.post(&[report]).await;
    assert_eq!(server.json("/api/v1/cases/R-1").await["stages"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_is_in_no_answer_and_on_no_page() {
    let server = rated().await;
    let document = server.json("/api/v1/openapi.json").await;
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if item.get("get").is_none() {
            continue;
        }
        let path = path.replace("{code}", "D-1");
        let queries = [
            "",
            "?metric=rated",
            "?metric=open&group_by=agency,stage,rating_channel,criterion,status",
            "?group_by=agency,stage,rating_channel,criterion",
        ];
        for query in queries {
            let reply = server.get(&format!("{path}{query}")).await;
            assert!(!reply.text().contains(OFFICER), "{path}{query}");
            asked += u32::from(reply.status == 200);
        }
    }
    assert!(asked > 20, "{asked}");
    for page in ["/", "/case/D-1", "/cases", "/agency/SXD", "/wall/city-now"] {
        let reply = server.get_as(page, "text/html").await;
        assert!(reply.status == 200 && !reply.text().contains(OFFICER), "{page}: {}", reply.status);
    }
    let story = server.json("/api/v1/cases/D-1").await;
    assert_eq!(story["events"][1]["data"], json!({ "step": "circulated", "unit": "SXD" }));
    // Nobody finds a case by them either.
    assert_eq!(server.json(&format!("/api/v1/cases?q={OFFICER}")).await["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_by_officer_is_outside_everybodys_scope() {
    let server = rated().await;
    for (path, at_fault) in [
        ("/api/v1/aggregates?metric=rated&group_by=officer", "group_by"),
        ("/api/v1/satisfaction?group_by=stage,officer", "group_by"),
        ("/api/v1/satisfaction?officer=x", "officer"),
        ("/api/v1/hexagons?metric=open&officer=x", "officer"),
        ("/api/v1/receipt?metric=rated&officer=x", "officer"),
        ("/api/v1/cases?officer=x", "officer"),
    ] {
        let problem = server.send(Method::GET, path, |request| request).await.problem();
        assert_eq!(problem, (403, "outside-scope".into(), Some(at_fault.into())), "{path}");
    }
}
