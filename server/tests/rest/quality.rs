//! What regulations ask beside limits, told over REST: the list of what is not met, and the recorded
//! times that move limits.

use serde_json::{Value as Json, json};

use crate::support::{Server, event};

const CALENDAR: &str = r#"
[calendar.default]
zone = "Asia/Ho_Chi_Minh"
weekdays = ["mon", "tue", "wed", "thu", "fri"]
intervals = ["08:00-12:00", "13:00-17:00"]
"#;

/// A server of a city under 4874/QĐ-UBND and 2686/QĐ-UBND.
async fn server() -> Server {
    let server = Server::empty().await;
    server.write_city("calendar.toml", CALENDAR);
    let hcm = include_str!("../../../cities/hcmc/regulations/hcm-4874.toml");
    let os = include_str!("../../../cities/hcmc/regulations/os-2686.toml");
    server.write_city("regulations/hcm-4874.toml", &hcm.replace("city = \"hcmc\"", "city = \"thu\""));
    server.write_city("regulations/os-2686.toml", os);
    server.restart().await
}

fn received(case: &str, time: &str, group: u8) -> Json {
    let data =
        json!({ "kind": "report", "city": "thu", "agency": "SXD", "field": "roads", "content_group": group });
    event(&format!("{case}/received"), "case.received", time, case, data)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_regulation_asks_and_an_event_lacks_is_listed_with_its_clause() {
    let server = server().await;
    let at = "2026-11-20T09:00:00+07:00";
    server
        .post(&[
            received("rude", "2026-11-20T08:00:00+07:00", 2),
            event("1", "case.refused", at, "rude", json!({})),
            received("told", "2026-11-20T08:00:00+07:00", 2),
            event("2", "case.refused", at, "told", json!({ "reason": "Lời lẽ xúc phạm." })),
            event("3", "case.rated", at, "told", json!({ "score": 1 })),
            event("4", "case.rated", at, "told", json!({ "score": 5 })),
        ])
        .await;
    let problems = server.json("/api/v1/quality?flag=refused_without_reason").await["problems"].clone();
    let problem = &problems[0];
    assert_eq!(problems.as_array().unwrap().len(), 1);
    assert_eq!((&problem["cases"], &problem["codes"]), (&json!(1), &json!(["rude"])));
    assert_eq!(problem["requirement"], "HCM-I6");
    assert_eq!(problem["clause"], "4874/QĐ-UBND Điều 3.6");
    assert!(problem["label"]["en"].as_str().unwrap().starts_with("Refused without a reason: "));
    let again = server.json("/api/v1/quality?flag=rated_again").await["problems"].clone();
    assert_eq!((&again[0]["codes"], &again[0]["requirement"]), (&json!(["told"]), &Json::Null));
    let story = server.json("/api/v1/cases/rude").await;
    assert_eq!(story["case"]["status"], "refused");
    let refused = &story["events"][1];
    assert_eq!((&refused["applied"], &refused["flag"]), (&json!(true), &json!("refused_without_reason")));
    assert_eq!(
        (&refused["unmet"][0]["requirement"], &refused["unmet"][0]["missing"]),
        (&json!("HCM-I6"), &json!(["reason"]))
    );
    let rated = server.json("/api/v1/aggregates?metric=rated&from=2026-11-01").await["rows"][0].clone();
    assert_eq!(rated, json!([1]));
    // A flag that no case has is known all the same.
    for flag in domain::event::Flag::ALL {
        server.json(&format!("/api/v1/quality?flag={}", flag.name())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_past_their_limit_are_listed_with_their_commitment_and_without() {
    let server = server().await;
    let begun = |case: &str| {
        let (sent, begun) = ("2026-11-09T08:01:00+07:00", "2026-11-09T08:30:00+07:00");
        let dispatched = json!({ "step": "dispatched", "to": "SXD-1" });
        [
            received(case, "2026-11-09T08:00:00+07:00", 2),
            event(&format!("{case}/sent"), "case.transferred", sent, case, dispatched),
            event(&format!("{case}/begun"), "case.step", begun, case, json!({ "step": "handling_begun" })),
        ]
    };
    let committed = |id: &str, time: &str, until: &str| {
        let data = json!({ "commitment": "committed_completion_at", "until": until });
        event(id, "case.committed", time, "promised", data)
    };
    server.post(&[begun("promised"), begun("silent")].concat()).await;
    server
        .post(&[
            committed("c1", "2026-11-13T08:00:00+07:00", "2026-11-18T17:00:00+07:00"),
            committed("c2", "2026-11-17T08:00:00+07:00", "2026-11-19T17:00:00+07:00"),
            committed("c3", "2026-11-18T08:00:00+07:00", "2026-11-20T17:00:00+07:00"),
        ])
        .await;
    // Five working days from Monday 9 November end with the 16th; it is the 23rd.
    let list = "/api/v1/commitments?rule=HCM-7.2.b&past_due=true";
    let with = server.json(&format!("{list}&committed=true")).await;
    let line = &with["commitments"][0];
    assert_eq!((&with["total"], &line["case"]), (&json!(1), &json!("promised")));
    assert_eq!(line["due"], "2026-11-17T00:00:00+07:00");
    assert_eq!(line["reference"], "2026-11-18T17:00:00+07:00");
    assert_eq!(line["until"], "2026-11-20T17:00:00+07:00");
    assert_eq!((&line["revisions"], &line["state"]), (&json!(2), &json!("overdue")));
    assert_eq!(line["missing"], json!(["proof_image"]));
    let without = server.json(&format!("{list}&committed=false")).await;
    let line = &without["commitments"][0];
    assert_eq!(
        (&without["total"], &line["case"], &line["until"]),
        (&json!(1), &json!("silent"), &Json::Null)
    );
    assert_eq!(server.json("/api/v1/commitments?past_due=false").await["total"], 0);
    assert_eq!(server.json("/api/v1/commitments?commitment=expected_completion_at").await["total"], 0);
    let done = json!({ "result": "done" });
    server.post(&[event("r", "case.resolved", "2026-11-23T07:00:00+07:00", "promised", done)]).await;
    assert_eq!(server.json(&format!("{list}&committed=true")).await["total"], 0);
    assert_eq!(server.json(&format!("{list}&open=false")).await["commitments"][0]["state"], "met_late");
}
