use serde_json::{Value as Json, json};

use crate::support::{Server, event};

const CALENDAR: &str = r#"
[calendar.default]
zone = "Asia/Ho_Chi_Minh"
weekdays = ["mon", "tue", "wed", "thu", "fri"]
intervals = ["08:00-12:00", "13:00-17:00"]
"#;

fn received(case: &str, more: &[(&str, Json)]) -> Json {
    let mut data =
        json!({ "kind": "report", "city": "thu", "agency": "SXD", "field": "roads", "content_group": 2 });
    for (key, value) in more {
        data[*key] = value.clone();
    }
    event(&format!("{case}/1"), "case.received", "2026-11-23T07:50:00+07:00", case, data)
}

fn moved(case: &str, place: u8, time: &str, step: &str, to: &str) -> Json {
    let time = format!("2026-11-{time}:00+07:00");
    event(&format!("{case}/{place}"), "case.transferred", &time, case, json!({ "step": step, "to": to }))
}

/// A server under Hai Phong's regulation.
async fn regulated() -> Server {
    let server = Server::empty().await;
    server.write_city("calendar.toml", CALENDAR);
    let hp = include_str!("../../../cities/haiphong/regulations/hp-583.toml");
    server.write_city("regulations/hp-583.toml", &hp.replace("city = \"haiphong\"", "city = \"thu\""));
    server.restart().await
}

/// The cases of a list of the City Office's desk, and its clause.
async fn check(server: &Server, list: &str, want: &[&str], clause: &str) {
    let desk = server.json("/api/v1/desks/city-office").await;
    let lists = desk["lists"].as_array().unwrap();
    let found = lists.iter().find(|found| found["list"] == list).unwrap();
    let cases: Vec<&str> = found["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["case"]["case"].as_str().unwrap())
        .collect();
    assert_eq!((cases.as_slice(), found["clause"].as_str().unwrap()), (want, clause), "{list}");
    assert_eq!(found["total"], want.len(), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_directive_stands_under_its_cause_until_a_unit_is_named() {
    let server = regulated().await;
    let clause = "583/QĐ-UBND Điều 9.5";
    let slip = |case: &str| moved(case, 2, "23T07:51", "slip_delivered_to_focal_officer", "SXD-1");
    let answered = json!({ "result": "done", "answered": true, "handling_unit": "SXD" });
    let again = json!({ "reason": "không đồng ý" });
    server
        .post(&[
            received("disputed", &[]),
            slip("disputed"),
            moved("disputed", 3, "23T07:52", "sent_to_city_office", "UBND-A"),
            received("own", &[]),
            moved("own", 3, "23T07:52", "sent_to_city_office", "UBND-A"),
            received("again", &[]),
            slip("again"),
            event("again/3", "case.resolved", "2026-11-23T07:52:00+07:00", "again", answered),
            event("again/4", "case.reopened", "2026-11-23T07:53:00+07:00", "again", again),
        ])
        .await;
    check(&server, "units_disagree", &["disputed"], clause).await;
    check(&server, "reporter_disagrees", &["again"], clause).await;
    check(&server, "city_competence", &["own"], clause).await;
    server.post(&[moved("disputed", 4, "23T07:55", "forwarded", "SXD")]).await;
    check(&server, "units_disagree", &[], clause).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pressing_matter_is_due_after_two_working_days_and_leaves_when_it_is_sent() {
    let server = regulated().await;
    server.post(&[received("pressing", &[("pressing", json!(true))]), received("calm", &[])]).await;
    check(&server, "pressing", &["pressing"], "583/QĐ-UBND Điều 9.6").await;
    let desk = server.json("/api/v1/desks/city-office").await;
    let line = &desk["lists"][1]["lines"][0];
    assert_eq!(
        (&line["due"], &line["clause"]),
        (&json!("2026-11-26T00:00:00+07:00"), &json!("583/QĐ-UBND Điều 9.6"))
    );
    server.post(&[moved("pressing", 2, "23T07:55", "sent_to_city_office", "UBND-A")]).await;
    check(&server, "pressing", &[], "583/QĐ-UBND Điều 9.6").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transfers_group_four_and_the_overdue_stand_on_their_lists() {
    let server = regulated().await;
    let slip = moved("slip", 2, "23T08:00", "slip_delivered_to_focal_officer", "SXD-1");
    server.post(&[received("slip", &[]), slip, received("four", &[("content_group", json!(4))])]).await;
    check(&server, "transferred", &["slip"], "583/QĐ-UBND Điều 9.2").await;
    check(&server, "group_four", &["four"], "583/QĐ-UBND Điều 5.4").await;
    check(&server, "overdue_pending", &[], "583/QĐ-UBND Điều 9.4").await;
    server.move_to("2026-12-01T17:00:01+07:00").await;
    check(&server, "overdue_pending", &["slip"], "583/QĐ-UBND Điều 9.4").await;
    // What ran out is an alarm too: once, by the last thing that it set off.
    let alarms = server.json("/api/v1/alarms").await;
    let of_slip = alarms["alarms"].as_array().unwrap().iter().filter(|alarm| alarm["case"] == "slip");
    let said: Vec<_> =
        of_slip.map(|alarm| (alarm["kind"].as_str().unwrap(), alarm["clause"].as_str().unwrap())).collect();
    assert_eq!(said, [("escalation", "583/QĐ-UBND Điều 9.4")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_whose_regulations_ask_for_nothing_says_so() {
    let desk = Server::with_cases().await.json("/api/v1/desks/city-office").await;
    assert!(desk["lists"].as_array().unwrap().iter().all(|list| list["clause"].is_null()), "{desk}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_sees_what_it_and_those_under_it_hold_by_when_it_is_due() {
    let server = Server::empty().await;
    let due = |case: &str, agency: &str, due: &str| {
        received(case, &[("agency", json!(agency)), ("due_at", json!(format!("2026-11-{due}:00+07:00")))])
    };
    server
        .post(&[
            due("late", "SXD", "23T07:55"),
            due("now", "SXD-1", "23T23:59"),
            due("next", "SXD", "24T00:00"),
            due("sunday", "SXD", "29T23:59"),
            due("monday", "SXD", "30T00:00"),
            received("free", &[]),
            due("others", "UBND-A", "23T10:00"),
        ])
        .await;
    let desk = server.json("/api/v1/desks/unit?agency=SXD").await;
    let parts: Vec<(&str, Vec<&str>)> = desk["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| {
            let cases = part["cases"].as_array().unwrap().iter().map(|case| case["case"].as_str().unwrap());
            (part["when"].as_str().unwrap(), cases.collect())
        })
        .collect();
    let want = [
        ("overdue", vec!["late"]),
        ("today", vec!["now"]),
        ("tomorrow", vec!["next"]),
        ("this_week", vec!["sunday"]),
        ("later", vec!["monday"]),
        ("no_limit", vec!["free"]),
    ];
    assert_eq!(parts, want);
    let nobody = server.get("/api/v1/desks/unit?agency=NOBODY").await;
    assert_eq!(nobody.problem(), (400, "bad-parameter".into(), Some("agency".into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_says_whom_to_call_on_the_citys_day_at_its_holder_or_at_the_unit_above() {
    let mut server = Server::empty().await;
    server.write_city(
        "contacts.csv",
        "agency,role_vi,role_en,phone,email,website,address_vi,address_en,hours_vi,hours_en,source,valid_from,valid_to\n\
         SXD,Đầu mối,Focal point,0225.001,,,,,,,web,,2026-11-30\n\
         SXD,Đầu mối,Focal point,0225.002,dau-moi@sxd.example,https://sxd.example,,,,,web,2026-12-01,\n",
    );
    server = server.restart().await;
    server
        .post(&[
            received("held", &[("agency", json!("SXD-1"))]),
            received("other", &[("agency", json!("UBND-A"))]),
        ])
        .await;
    let phones = async |path: &str| {
        let answer = server.json(path).await;
        let contacts = answer["contacts"].as_array().unwrap().iter();
        contacts
            .map(|contact| {
                format!("{} {}", contact["agency"].as_str().unwrap(), contact["phone"].as_str().unwrap())
            })
            .collect::<Vec<_>>()
    };
    let paths = ["/api/v1/cases/held", "/api/v1/desks/unit?agency=SXD-1", "/api/v1/desks/unit?agency=SXD"];
    for path in paths {
        assert_eq!(phones(path).await, ["SXD 0225.001"], "{path}");
    }
    assert_eq!(phones("/api/v1/cases/other").await, [""; 0]);
    server.move_to("2026-12-01T00:00:01+07:00").await;
    for path in paths {
        assert_eq!(phones(path).await, ["SXD 0225.002"], "{path}");
    }
}
