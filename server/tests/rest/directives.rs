use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::{Reply, Server};

async fn act(server: &Server, path: &str, body: &Json) -> Reply {
    let token = server.administrator_token();
    let request = |request: reqwest::RequestBuilder| {
        request.bearer_auth(token).header("content-type", "application/json").body(body.to_string())
    };
    server.send(Method::POST, &format!("/api/v1/directives{path}"), request).await
}

fn about_a_number(request: &str) -> Json {
    json!({
        "request": request, "kind": "urging", "to": "UBND-A", "text": "Đề nghị xử lý dứt điểm, gọi 0901 234 567",
        "working_days": 2, "query": { "metric": "overdue", "agency": "UBND-A" },
    })
}

fn about_a_case(request: &str) -> Json {
    json!({
        "request": request, "kind": "explanation_request", "to": "UBND-A", "text": "Vì sao quá hạn?",
        "due": "2026-11-25T17:00:00+07:00", "case": "A-3",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_numbers_receipt_is_frozen_with_the_urge_and_stays_when_the_number_moves() {
    let server = Server::with_cases().await;
    let receipt = server.json("/api/v1/receipt?metric=overdue&agency=UBND-A").await;
    let reply = act(&server, "", &about_a_number("press-0001")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let urge = reply.json();
    let number = &urge["evidence"]["number"];
    for member in ["value", "digest", "metric", "query"] {
        assert_eq!(number[member], receipt[member], "{member}");
    }
    assert_eq!(number["cases"], receipt["cases"]["total"]);
    assert_eq!((&urge["status"], &urge["by"]), (&json!("open"), &json!("administrator")));
    assert_eq!(urge["text"], "Đề nghị xử lý dứt điểm, gọi ***", "no telephone number is shown");
    let resolved = crate::support::event(
        "A-3/x",
        "case.resolved",
        "2026-11-23T07:59:00+07:00",
        "A-3",
        json!({ "result": "done" }),
    );
    server.post(&[resolved]).await;
    assert_eq!(server.json("/api/v1/receipt?metric=overdue&agency=UBND-A").await["value"], 0);
    let held = server.json("/api/v1/directives?agency=UBND-A").await;
    assert_eq!(held["directives"][0]["evidence"], urge["evidence"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_does_nothing_twice_and_another_under_its_name_is_refused() {
    let server = Server::with_cases().await;
    let first = act(&server, "", &about_a_case("press-0002")).await.json();
    let again = act(&server, "", &about_a_case("press-0002")).await.json();
    assert_eq!(first, again);
    let mut other = about_a_case("press-0002");
    other["to"] = "SXD".into();
    let refused = act(&server, "", &other).await;
    assert_eq!(refused.problem(), (409, "request-reused".into(), Some("request".into())));
    assert_eq!(server.json("/api/v1/directives").await["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directive_is_answered_sent_back_and_closed_and_stands_in_the_cases_story() {
    let server = Server::with_cases().await;
    let code = act(&server, "", &about_a_case("press-0003")).await.json()["directive"].clone();
    let code = code.as_str().unwrap();
    let step = |path: &str, body: Json| {
        let path = format!("/{code}/{path}");
        let server = &server;
        async move { act(server, &path, &body).await }
    };
    let back =
        json!({ "request": "decide-01", "outcome": "sent_back", "text": "Chưa rõ", "working_days": 1 });
    assert_eq!(
        step("close", back.clone()).await.problem().1,
        "directive-refused",
        "nothing to send back yet"
    );
    let answer = json!({ "request": "answer-01", "text": "Đã bố trí lực lượng" });
    assert_eq!(step("answer", answer.clone()).await.json()["status"], "answered");
    assert_eq!(
        step("answer", answer).await.json()["steps"].as_array().unwrap().len(),
        1,
        "sent twice, said once"
    );
    let returned = step("close", back).await.json();
    assert_eq!((&returned["status"], &returned["round"]), (&json!("open"), &json!(1)));
    assert_eq!(returned["due"], "2026-11-24T23:59:59+07:00", "a city without working hours gives whole days");
    server.move_to("2026-11-25T00:00:00+07:00").await;
    assert_eq!(server.json("/api/v1/directives?status=overdue").await["total"], 1);
    let answered = step("answer", json!({ "request": "answer-02", "text": "Xong" })).await.json();
    assert_eq!((&answered["status"], &answered["was_late"]), (&json!("answered"), &json!(true)));
    let closed = json!({ "request": "decide-02", "outcome": "closed", "text": "Đạt" });
    assert_eq!(step("close", closed).await.json()["status"], "closed");
    let late = step("answer", json!({ "request": "answer-03", "text": "Thêm" })).await;
    assert_eq!(late.problem().0, 409);
    let story = server.json("/api/v1/cases/A-3").await;
    let told = &story["directives"][0];
    assert_eq!((&told["directive"], &told["steps"].as_array().unwrap().len()), (&json!(code), &4));
    assert_eq!(told["evidence"]["case"]["timeliness"], "overdue");
    assert_eq!(story["events"].as_array().unwrap().len(), 1, "the case's own events are its sources'");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directive_is_still_there_after_a_restart() {
    let server = Server::with_cases().await;
    act(&server, "", &about_a_number("press-0004")).await;
    let before = server.json("/api/v1/directives").await["directives"].clone();
    let digest = server.json("/api/v1/state").await["digest"].clone();
    let server = server.restart().await;
    assert_eq!(server.json("/api/v1/directives").await["directives"], before);
    assert_eq!(server.json("/api/v1/state").await["digest"], digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_by_its_member() {
    let server = Server::with_cases().await;
    let check = |change: &str, value: Json, at_fault: &'static str| {
        let mut body = about_a_case("press-0005");
        body[change] = value;
        let server = &server;
        async move {
            let (status, _, parameter) = act(server, "", &body).await.problem();
            assert_eq!((status, parameter.as_deref()), (400, Some(at_fault)), "{body}");
        }
    };
    check("request", json!("x"), "request").await;
    check("request", json!("with space"), "request").await;
    check("kind", json!("order"), "kind").await;
    check("to", json!("NOBODY"), "to").await;
    check("text", json!(" "), "text").await;
    check("text", json!("đ".repeat(2_001)), "text").await;
    check("due", json!("2026-11-22"), "due").await;
    check("due", json!("2028-01-01"), "due").await;
    check("due", json!("mai"), "due").await;
    check("working_days", json!(2), "due").await;
    check("case", json!("A-99"), "case").await;
    check("query", json!({ "metric": "overdue" }), "case").await;
    check("more", json!(1), "body").await;
    let mut endless = about_a_number("press-0006");
    endless["working_days"] = 61.into();
    assert_eq!(act(&server, "", &endless).await.problem().2.as_deref(), Some("working_days"));
    let mut wrong = about_a_number("press-0007");
    wrong["query"] = json!({ "metric": "overdue", "colour": "red" });
    assert_eq!(act(&server, "", &wrong).await.problem().2.as_deref(), Some("colour"));
    let answer = json!({ "request": "answer-01", "text": "x" });
    assert_eq!(act(&server, "/DD-NOWHERE/answer", &answer).await.problem().0, 404);
    assert_eq!(server.get("/api/v1/directives?status=red").await.problem().2.as_deref(), Some("status"));
    assert_eq!(server.json("/api/v1/directives").await["total"], 0, "nothing of it was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_administrator_acts_and_no_source_may_say_that_he_did() {
    let server = Server::with_cases().await;
    for token in ["", server.source_token()] {
        let body = about_a_case("press-0008").to_string();
        let request = |request: reqwest::RequestBuilder| {
            request.bearer_auth(token).header("content-type", "application/json").body(body)
        };
        let reply = server.send(Method::POST, "/api/v1/directives", request).await;
        assert_eq!(reply.problem().0, 401);
    }
    let posted =
        crate::support::event("f", "directive.issued", "2026-11-23T07:59:00+07:00", "A-3", json!({}));
    let request = |request: reqwest::RequestBuilder| {
        let request = request.bearer_auth(server.source_token());
        request.header("content-type", "application/cloudevents+json").body(posted.to_string())
    };
    let outcome = server.send(Method::POST, "/api/v1/events", request).await.json();
    assert_eq!(outcome["rejected"][0]["problem"]["type"], "urn:toancanh:problem:reserved-type");
}

const AS_A_BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[tokio::test(flavor = "multi_thread")]
async fn pages_lead_from_a_case_and_a_number_to_a_form_and_show_what_was_sent() {
    let server = Server::with_cases().await;
    let html = |path: &'static str| {
        let server = &server;
        async move {
            let page = server.get_as(path, AS_A_BROWSER).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(!page.text().contains(" style=\""), "{path}");
            page.text()
        }
    };
    let check = |page: &str, wanted: &[&str]| {
        for words in wanted {
            assert!(page.contains(words), "{words} in {page}");
        }
    };
    let way = "/directives/new?kind_of_act=urging&amp;case=A-3";
    check(&html("/case/A-3").await, &[way, "Yêu cầu giải trình"]);
    check(
        &html("/receipt?metric=overdue&agency=UBND-A").await,
        &["/directives/new?kind_of_act=urging&amp;metric=overdue"],
    );
    let form = html("/directives/new?kind_of_act=explanation_request&case=A-3").await;
    check(&form, &["Đề nghị giải trình", "<option value=\"UBND-A\" selected", "2 ngày làm việc", "Quá hạn"]);
    check(&html("/directives").await, &["Chưa có đôn đốc nào"]);
    let sent = act(&server, "", &about_a_case("press-0009")).await.json();
    check(&html("/directives?lang=en").await, &["Committee A", "Request explanation", "Vì sao quá hạn?"]);
    check(&html("/case/A-3").await, &["Vì sao quá hạn?", sent["directive"].as_str().unwrap()]);
    let one = format!("/directives/{}", sent["directive"].as_str().unwrap());
    let one = server.get_as(&one, AS_A_BROWSER).await.text();
    check(&one, &["Yêu cầu giải trình: Ủy ban A", "Chờ trả lời", "Lúc này", "Người quản trị"]);
    let wall = html("/wall/city-now").await;
    assert!(!wall.contains("Vì sao quá hạn?"), "no officer's words on a wall");
}
