use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::{Reply, Server, event};

const PERSON: &str = "Lê Thị Hồng Ánh";

async fn act(server: &Server, path: &str, body: &Json) -> Reply {
    let token = server.administrator_token();
    let request = |request: reqwest::RequestBuilder| {
        request.bearer_auth(token).header("content-type", "application/json").body(body.to_string())
    };
    server.send(Method::POST, &format!("/api/v1/shift/duties{path}"), request).await
}

async fn done(server: &Server, path: &str, body: &Json) -> Json {
    let reply = act(server, path, body).await;
    assert_eq!(reply.status, 200, "{path} {}", reply.text());
    reply.json()
}

async fn begin(server: &Server, request: &str, person: &str) -> String {
    let wish = json!({ "request": request, "person": person, "role": "lead" });
    done(server, "", &wish).await["duty"].as_str().unwrap().to_owned()
}

/// The shift as whoever holds the token sees it.
async fn with_names(server: &Server) -> Json {
    let token = server.administrator_token();
    server.send(Method::GET, "/api/v1/shift", |request| request.bearer_auth(token)).await.json()
}

/// A case that is overdue and grave: an alarm.
fn urgent() -> Json {
    let data = json!({
        "kind": "report", "city": "thu", "agency": "SXD", "field": "roads", "severity": "urgent",
        "due_at": "2026-11-23T07:30:00+07:00",
    });
    event("U-1/1", "case.received", "2026-11-23T07:00:00+07:00", "U-1", data)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_says_how_the_city_stands_and_waits_until_the_next_person_accepts() {
    let server = Server::empty().await;
    server.post(&[urgent()]).await;
    let leaving = begin(&server, "begin-0001", PERSON).await;
    let note = json!({ "request": "note-00001", "text": "Đã gọi trực SXD, 0901 234 567" });
    let noted = done(&server, &format!("/{leaving}/note"), &note).await;
    assert_eq!(noted["notes"][0]["text"], "Đã gọi trực SXD, ***");
    assert_eq!(done(&server, &format!("/{leaving}/note"), &note).await, noted, "sent twice, noted once");
    let handover = json!({ "request": "hand-00001", "text": "Còn một vụ khẩn" });
    let handed = done(&server, &format!("/{leaving}/handover"), &handover).await;
    let summary = &handed["handover"]["summary"];
    let numbers: Vec<_> = summary["numbers"].as_array().unwrap().iter().collect();
    let said: Vec<_> =
        numbers.iter().map(|then| (then["metric"].as_str().unwrap(), &then["value"])).collect();
    let want = [("open", 1), ("overdue", 1), ("due_soon", 0), ("received", 1), ("resolved", 0)];
    assert!(said.iter().map(|(metric, value)| (*metric, value.as_i64().unwrap())).eq(want), "{said:?}");
    assert!(numbers.iter().all(|then| then["digest"].as_str().unwrap().len() == 64), "each with its receipt");
    assert_eq!((&summary["unacknowledged"], &summary["directives_overdue"]), (&json!(1), &json!(0)));
    let waits = with_names(&server).await;
    assert_eq!(
        (&waits["handovers_waiting"], &waits["on_duty"][0]["status"]),
        (&json!(1), &json!("handing_over"))
    );
    let coming = begin(&server, "begin-0002", "Trần Văn Bình").await;
    let accept = json!({ "request": "take-00001", "successor": coming });
    let over = done(&server, &format!("/{leaving}/accept"), &accept).await;
    assert_eq!((&over["status"], &over["handover"]["successor"]), (&json!("handed_over"), &json!(coming)));
    let server = server.restart().await;
    let page = with_names(&server).await;
    assert_eq!((&page["handovers_waiting"], &page["on_duty"][0]["duty"]), (&json!(0), &json!(coming)));
    assert_eq!(page["recent"][0], over, "a restart forgets nothing of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shift_shows_what_was_done_about_alarms_since_it_began_and_what_is_open() {
    let server = Server::empty().await;
    server.post(&[urgent()]).await;
    let empty = server.json("/api/v1/shift").await;
    assert_eq!((&empty["since"], &empty["unacknowledged_total"]), (&Json::Null, &json!(1)));
    begin(&server, "begin-0003", PERSON).await;
    let alarm = server.json("/api/v1/alarms").await["alarms"][0]["alarm"].as_str().unwrap().to_owned();
    let token = server.administrator_token();
    let path = format!("/api/v1/alarms/{alarm}/acknowledge");
    let taken = server.send(Method::POST, &path, |request| {
        let wish = "{\"request\":\"press-0001\"}";
        request.bearer_auth(token).header("content-type", "application/json").body(wish)
    });
    assert_eq!(taken.await.status, 200);
    let page = server.json("/api/v1/shift").await;
    assert_eq!((&page["unacknowledged_total"], &page["handled_total"]), (&json!(0), &json!(1)));
    assert_eq!(page["handled"][0]["alarm"], json!(alarm));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_told_to_the_token_alone() {
    let server = Server::empty().await;
    let duty = begin(&server, "begin-0004", PERSON).await;
    assert_eq!(with_names(&server).await["on_duty"][0]["person"], PERSON);
    let page = server.get("/api/v1/shift").await;
    assert_eq!(
        (&page.json()["shows_names"], &page.json()["on_duty"][0]["person"]),
        (&json!(false), &Json::Null)
    );
    assert!(!page.text().contains(PERSON) && page.text().contains(&duty));
    // People name their colleagues in what they write.
    let note = json!({ "request": "note-00004", "text": format!("Nhắn {PERSON}") });
    done(&server, &format!("/{duty}/note"), &note).await;
    let told = server.json("/api/v1/shift").await;
    assert_eq!(told["on_duty"][0]["notes"][0]["text"], "", "{told}");
    let wrong = server.send(Method::GET, "/api/v1/shift", |request| request.bearer_auth("nobody")).await;
    assert_eq!(wrong.problem().0, 401, "a wrong token is no reader without one");
    let html = server.get("/shift?lang=vi").await;
    assert_eq!(html.status, 200);
    assert!(!html.text().contains(PERSON), "no page that was asked for without the token holds a name");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused() {
    let server = Server::empty().await;
    let duty = begin(&server, "begin-0005", PERSON).await;
    let check = |path: String, body: Json, want: (u16, &'static str, Option<&'static str>)| {
        let server = &server;
        async move {
            let (status, slug, parameter) = act(server, &path, &body).await.problem();
            assert_eq!((status, slug.as_str(), parameter.as_deref()), want, "{path} {body}");
        }
    };
    let person = |person: &str| json!({ "request": "begin-0006", "person": person, "role": "lead" });
    check(String::new(), person(" "), (400, "bad-parameter", Some("person"))).await;
    check(String::new(), person(&"a".repeat(81)), (400, "bad-parameter", Some("person"))).await;
    let role = json!({ "request": "begin-0006", "person": "A", "role": "mayor" });
    check(String::new(), role, (400, "bad-parameter", Some("role"))).await;
    let other = json!({ "request": "begin-0005", "person": "B", "role": "lead" });
    check(String::new(), other, (409, "request-reused", Some("request"))).await;
    let words = |text: &str| json!({ "request": "words-0001", "text": text });
    check(format!("/{duty}/note"), words(&"a".repeat(2_001)), (400, "bad-parameter", Some("text"))).await;
    check("/DU-000000000000/note".into(), words("a"), (404, "not-found", None)).await;
    let accept = |successor: &str| json!({ "request": "take-00002", "successor": successor });
    check(format!("/{duty}/accept"), accept("DU-1"), (409, "shift-refused", None)).await;
    done(&server, &format!("/{duty}/handover"), &words("Bàn giao")).await;
    check(format!("/{duty}/accept"), accept(&duty), (400, "bad-parameter", Some("successor"))).await;
    check(format!("/{duty}/accept"), accept("DU-1"), (400, "bad-parameter", Some("successor"))).await;
    let end = json!({ "request": "end-000001", "reason": "Không có người thay" });
    assert_eq!(done(&server, &format!("/{duty}/end"), &end).await["status"], "ended");
    let late = json!({ "request": "words-0002", "text": "a" });
    check(format!("/{duty}/note"), late, (409, "shift-refused", None)).await;
    let refused = server.send(Method::POST, "/api/v1/shift/duties", |request| {
        request.header("content-type", "application/json").body("{}")
    });
    assert_eq!(refused.await.problem().0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_are_on_duty_than_a_room_holds() {
    let server = Server::empty().await;
    for one in 0..20 {
        begin(&server, &format!("many-{one:05}"), PERSON).await;
    }
    let wish = json!({ "request": "many-99999", "person": PERSON, "role": "operator" });
    assert_eq!(act(&server, "", &wish).await.problem(), (409, "shift-refused".into(), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_source_puts_anybody_on_duty() {
    let server = Server::empty().await;
    let data = json!({ "duty": "DU-1", "officer_name": PERSON, "role": "lead", "by": "x" });
    let forged = event("f", "shift.began", "2026-11-23T07:59:00+07:00", "DU-1", data);
    let request = |request: reqwest::RequestBuilder| {
        let request = request.bearer_auth(server.source_token());
        request.header("content-type", "application/cloudevents+json").body(forged.to_string())
    };
    let outcome = server.send(Method::POST, "/api/v1/events", request).await.json();
    assert_eq!(outcome["rejected"][0]["problem"]["type"], "urn:toancanh:problem:reserved-type");
    assert_eq!(server.json("/api/v1/shift").await["on_duty"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_written_as_much_as_a_duty_takes_can_still_hand_it_over_and_go() {
    let server = Server::empty().await;
    let writing = begin(&server, "begin-0009", PERSON).await;
    let note = async |nth: usize| {
        let note = json!({ "request": format!("many-{nth:05}"), "text": "Ghi chú" });
        let reply = act(&server, &format!("/{writing}/note"), &note).await;
        let is_noted = reply.status == 200;
        assert!(is_noted || reply.problem().1 == "shift-refused", "{}", reply.text());
        is_noted
    };
    // Ten at a time: each waits until the numbers have heard of it.
    let mut notes = 0;
    for tens in 0.. {
        let noted = futures::future::join_all((0..10).map(|one| note(tens * 10 + one))).await;
        notes += noted.iter().filter(|is_noted| **is_noted).count();
        assert!(notes <= domain::shift::ACTS_MAX, "notes are bounded");
        if noted.contains(&false) {
            break;
        }
    }
    assert!(notes > 200, "{notes}");
    let next = begin(&server, "begin-0010", "Trần Văn Bình").await;
    let handover = json!({ "request": "hand-00009", "text": "Hết chỗ ghi" });
    done(&server, &format!("/{writing}/handover"), &handover).await;
    let accept = json!({ "request": "take-00009", "successor": next });
    done(&server, &format!("/{writing}/accept"), &accept).await;
    let page = with_names(&server).await;
    assert_eq!(page["on_duty"].as_array().unwrap().len(), 1, "{page}");
}
