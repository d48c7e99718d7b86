use serde_json::{Value as Json, json};

use crate::support::{Server, event};

const CALENDAR: &str = r#"
[calendar.default]
zone = "Asia/Ho_Chi_Minh"
weekdays = ["mon", "tue", "wed", "thu", "fri"]
intervals = ["08:00-12:00", "13:00-17:00"]
"#;

const AGENCIES: &str = "code,name_vi,name_en,parent\nSXD,Sở Xây dựng,Department of Construction,\n\
                        ubnd_w1,Ủy ban phường Một,Committee of Ward One,\nubnd_w2,Ủy ban phường Hai,Committee of Ward Two,\n";

/// A server of a city with two wards, each with a committee.
pub(crate) async fn city_of_wards() -> Server {
    let server = Server::empty().await;
    server.write_city("calendar.toml", CALENDAR);
    server.write_city("catalogue/agency.csv", AGENCIES);
    server.write_city(
        "catalogue/ward.csv",
        "code,name_vi,name_en,parent\nw1,Phường Một,Ward One,\nw2,Phường Hai,Ward Two,\n",
    );
    server.write_city(
        "catalogue/field.csv",
        "code,name_vi,name_en,parent\nroads,Đường,Roads,\nland,Đất đai,Land,\n",
    );
    server.write_city(
        "catalogue/rating_channel.csv",
        "code,name_vi,name_en,parent\nkiosk,Kiosk tại quầy,Kiosk at the desk,\n",
    );
    let city = server.read_city("city.toml");
    let city = city.replace("code = \"thu\"", "code = \"thu\"\ncentre_agency = \"ubnd_{place}\"");
    server.write_city("city.toml", &city);
    server.restart().await
}

fn case(code: &str, time: &str, ward: &str, agency: &str, due: &str) -> Json {
    let data = json!({
        "kind": "dossier", "city": "thu", "field": "land", "agency": agency,
        "ward": ward, "due_at": due,
    });
    event(&format!("{code}/r"), "case.received", time, code, data)
}

pub(crate) fn counter(id: &str, unit: &str, name: &str, time: &str, called: u32) -> Json {
    let data = json!({
        "unit": unit, "counter": name, "waiting": 7, "serving": 2, "issued_today": 40, "oldest_wait_secs": 900, "called": called,
    });
    let mut event = event(id, "counter.reported", time, "", data);
    event.as_object_mut().unwrap().remove("subject");
    event
}

/// Cases in both wards: late, due today and due tomorrow in the first; late in the second.
async fn filled() -> Server {
    let server = city_of_wards().await;
    let early = "2026-11-20T08:00:00+07:00";
    server
        .post(&[
            case("late", early, "w1", "ubnd_w1", "2026-11-20T16:00:00+07:00"),
            case("today", early, "w1", "ubnd_w1", "2026-11-23T14:00:00+07:00"),
            case("today-2", early, "w1", "SXD", "2026-11-23T16:00:00+07:00"),
            case("tomorrow", "2026-11-23T07:00:00+07:00", "w1", "SXD", "2026-11-24T10:00:00+07:00"),
            case("later", early, "w1", "SXD", "2026-12-24T10:00:00+07:00"),
            case("elsewhere", early, "w2", "ubnd_w2", "2026-11-20T16:00:00+07:00"),
            counter("q1", "ubnd_w1", "1", "2026-11-23T07:55:00+07:00", 33),
            counter("q2", "ubnd_w2", "1", "2026-11-23T07:55:00+07:00", 44),
        ])
        .await;
    server
}

/// Each holder of a part with its cases and the working minutes that are left of each.
fn check(desk: &Json, when: &str, want: &Json) {
    let part = desk["parts"].as_array().unwrap().iter().find(|part| part["when"] == when).unwrap();
    let held: Vec<Json> = part["holders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|holder| {
            let cases = holder["cases"].as_array().unwrap().iter();
            let cases: Vec<Json> = cases
                .map(|case| json!([case["case"]["case"], case["working_left_secs"].as_i64().unwrap() / 60]))
                .collect();
            json!([holder["agency"], cases])
        })
        .collect();
    assert_eq!(Json::from(held), *want, "{when}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_centre_has_its_own_cases_by_holder_with_the_working_time_that_is_left() {
    let server = filled().await;
    let desk = server.json("/api/v1/desks/centre?place=w1").await;
    assert_eq!((&desk["dimension"], &desk["unit"]), (&json!("ward"), &json!("ubnd_w1")));
    // It is Monday, 08:00; Friday's 16:00 is an hour of working time ago.
    check(&desk, "overdue", &json!([["ubnd_w1", [["late", -60]]]]));
    check(&desk, "today", &json!([["SXD", [["today-2", 420]]], ["ubnd_w1", [["today", 300]]]]));
    check(&desk, "tomorrow", &json!([["SXD", [["tomorrow", 600]]]]));
    assert_eq!(desk["received_today"], 1);
    let of_field = &desk["fields"][0];
    assert_eq!(
        (&of_field["field"], &of_field["open"], &of_field["overdue"]),
        (&json!("land"), &json!(5), &json!(1))
    );
    // The city's own numbers under the filter of the place.
    let rows = server.json("/api/v1/aggregates?metric=open,overdue&ward=w1").await["rows"].clone();
    assert_eq!(rows, json!([[5, 1]]));
    let counters = desk["counters"].as_array().unwrap();
    assert_eq!(counters.len(), 1, "{desk}");
    assert_eq!((&counters[0]["unit"], &counters[0]["called"]), (&json!("ubnd_w1"), &json!(33)));
    assert!(!desk.to_string().contains("elsewhere") && !desk.to_string().contains("w2"), "{desk}");
    let document = server.json("/api/v1/openapi.json").await;
    crate::openapi::check_shape(
        &document,
        &document["components"]["schemas"]["CentreDesk"],
        &desk,
        "a centre",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_shows_the_most_pressing_and_counts_all() {
    let server = filled().await;
    let desk = server.json("/api/v1/desks/centre?place=w1&limit=1").await;
    check(&desk, "today", &json!([["SXD", []], ["ubnd_w1", [["today", 300]]]]));
    assert_eq!(desk["parts"][1]["total"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_the_city_has_not_is_refused_and_no_page() {
    let server = filled().await;
    for path in ["/api/v1/desks/centre", "/api/v1/desks/centre?place=w9", "/api/v1/desks/centre?place="] {
        assert_eq!(
            server.get(path).await.problem(),
            (400, "bad-parameter".into(), Some("place".into())),
            "{path}"
        );
    }
    assert_eq!(server.get_as("/centre/w9", "text/html").await.status, 404);
    assert_eq!(server.get_as("/centre", "text/html").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_opens_a_case_of_the_place_by_its_code_and_no_other() {
    let server = filled().await;
    let page = server.get_as("/centre/w1", "text/html").await;
    assert_eq!(page.status, 200);
    assert!(page.header("permissions-policy").starts_with("camera=(self)"));
    let html = page.text();
    assert!(html.contains("Phường Một") && html.contains("đang gọi số 33"), "{html}");
    assert!(html.contains("/case/late") && !html.contains("/case/elsewhere"), "{html}");
    let found = |code: &'static str| {
        let server = &server;
        async move { server.get_as(&format!("/centre/w1?code={code}"), "text/html").await }
    };
    let here = found("late").await.text();
    // The client follows the redirection to the page of the case.
    assert!(here.contains("/case/late?theme=dark"), "{here}");
    // Whether there is such a case elsewhere is not told.
    for code in ["elsewhere", "nothing"] {
        let page = found(code).await.text();
        assert!(page.contains("Không có hồ sơ mã này ở địa bàn này"), "{code}: {page}");
        assert!(!page.contains("/case/elsewhere"), "{code}: {page}");
    }
    // Elsewhere no page may use the camera.
    assert!(server.get_as("/", "text/html").await.header("permissions-policy").starts_with("camera=()"));
}

const PERSON: &str = "Nguyễn Văn Kín";

/// A committee's dossiers of the month.
fn dossiers(unit: &str, many: usize) -> Vec<Json> {
    let one = |place: usize| {
        let data = json!({
            "kind": "dossier", "city": "thu", "field": "land", "agency": unit, "ward": "w1",
            "due_at": "2026-12-25T08:00:00+07:00", "content": PERSON, "applicant": { "name": PERSON },
        });
        let case = format!("{unit}-{place}");
        event(&format!("{case}/r"), "case.received", "2026-11-20T08:00:00+07:00", &case, data)
    };
    (0..many).map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lobby_tells_queues_by_number_and_nothing_that_a_source_wrote() {
    let server = city_of_wards().await;
    let mut events = [dossiers("ubnd_w1", 9), dossiers("SXD", 9)].concat();
    events.extend([
        counter("q1", "ubnd_w1", "2", "2026-11-23T07:55:00+07:00", 33),
        counter("q2", "ubnd_w1", PERSON, "2026-11-23T07:56:00+07:00", 12),
        counter("q3", "ubnd_w2", "5", "2026-11-23T07:55:00+07:00", 77),
        // Of yesterday: nothing of it is so any more.
        counter("q4", "ubnd_w1", "3", "2026-11-22T07:55:00+07:00", 99),
    ]);
    server.post(&events).await;
    let lobby = server.json("/api/v1/public/lobby?place=w1").await;
    let counters: Vec<Json> = lobby["counters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|counter| json!([counter["counter"], counter["called"], counter["longest_wait_minutes"]]))
        .collect();
    assert_eq!(Json::from(counters), json!([["2", 33, 15], ["other", 12, 15]]));
    assert_eq!((&lobby["counters_total"], &lobby["dossiers"][0]), (&json!(2), &json!(9)));
    assert_eq!((&lobby["rating"]["ratings"], &lobby["unit"]["vi"]), (&json!(0), &json!("Ủy ban phường Một")));
    let document = server.json("/api/v1/openapi.json").await;
    crate::openapi::check_shape(
        &document,
        &document["components"]["schemas"]["PublicLobby"],
        &lobby,
        "a lobby",
    );
    let page = server.get_as("/centre/w1/lobby", "text/html").await;
    let html = page.text();
    assert!(page.status == 200 && html.contains("Ủy ban phường Một") && html.contains("Quầy 2"), "{html}");
    for told in [lobby.to_string(), html] {
        assert!(!told.contains(PERSON) && !told.contains("ubnd_w1-0"), "{told}");
    }
    // The search would find it, were it told: whoever works there sees the counter's name.
    assert!(server.get("/api/v1/desks/centre?place=w1").await.text().contains(PERSON));
    assert!(page.header("permissions-policy").starts_with("camera=()"));
    assert_eq!(server.get("/api/v1/public/lobby?place=w9").await.problem().0, 400);
    assert_eq!(server.get_as("/centre/w9/lobby", "text/html").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lobby_tells_of_dossiers_what_the_published_set_tells() {
    let server = city_of_wards().await;
    server.post(&[dossiers("ubnd_w1", 2), dossiers("SXD", 9), dossiers("ubnd_w2", 9)].concat()).await;
    let set = server.json("/api/v1/public/dossiers?by=unit").await;
    for (place, unit) in [("w1", "ubnd_w1"), ("w2", "ubnd_w2")] {
        let lobby = server.json(&format!("/api/v1/public/lobby?place={place}")).await;
        let line = set["lines"].as_array().unwrap().iter().find(|line| line["key"] == unit).unwrap();
        assert_eq!(lobby["dossiers"], line["figures"], "{place}");
    }
    // Two dossiers are too few, and so the page says.
    assert_eq!(server.json("/api/v1/public/lobby?place=w1").await["dossiers"], Json::Null);
    let html = server.get_as("/centre/w1/lobby", "text/html").await.text();
    assert!(html.contains("không công bố: nhóm nhỏ"), "{html}");
}
