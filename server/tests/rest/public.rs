use reqwest::StatusCode;
use serde_json::{Value as Json, json};

use crate::support::{Server, event};

/// What must never be told: words of a reporter, an officer, a source.
const PLANTED: [&str; 9] = [
    "Nguyễn Văn Kín",
    "0900000001",
    "kin@example.vn",
    "12 ngõ Kín",
    "Biệt danh Kín",
    "Cán bộ Kín",
    "079123456789",
    "Nội dung kín",
    "Mã đơn vị kín",
];

const FIELDS: &str = "code,name_vi,name_en,parent\nroads,Đường,Roads,\nhealth,Y tế,Health,\nland,Đất đai,Land,\ntrees,Cây,Trees,\n";

/// A server whose city says which fields are sensitive.
async fn server(public: &str) -> Server {
    let server = Server::empty().await;
    server.write_city("catalogue/field.csv", FIELDS);
    let city = server.read_city("city.toml").replace("code = \"thu\"", &format!("code = \"thu\"\n{public}"));
    server.write_city("city.toml", &city);
    server.restart().await
}

fn dossier(case: &str, field: &str, agency: &str, more: Json) -> Json {
    let mut data = json!({
        "kind": "dossier", "city": "thu", "field": field, "agency": agency, "submission_mode": "online",
        "due_at": "2026-11-25T08:00:00+07:00",
    });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event(&format!("{case}/r"), "case.received", "2026-11-20T08:00:00+07:00", case, data)
}

fn report(case: &str, time: &str, point: Option<(f64, f64)>, more: Json) -> Json {
    let mut data = json!({ "kind": "report", "city": "thu", "field": "roads", "agency": "SXD" });
    if let Some((lat, lng)) = point {
        data["incident_location"] = json!({ "point": { "lat": lat, "lng": lng } });
    }
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event(&format!("{case}/r"), "case.received", time, case, data)
}

fn many(count: usize, field: &str, agency: &str) -> Vec<Json> {
    (0..count).map(|place| dossier(&format!("{field}-{agency}-{place}"), field, agency, json!({}))).collect()
}

/// What each line of the published set tells of dossiers received; null is untold.
fn received(answer: &Json) -> Json {
    let lines = answer["lines"].as_array().unwrap();
    lines.iter().map(|line| json!([line["key"], line["figures"][0]])).collect()
}

/// Everything that anybody is answered, as one text.
async fn everything(server: &Server, cases: &[&str]) -> String {
    let mut paths: Vec<String> =
        ["totals", "dossiers?by=time", "dossiers?by=field", "dossiers?by=unit", "satisfaction", "hexagons"]
            .map(|path| format!("/api/v1/public/{path}"))
            .into();
    paths.extend(
        ["/public", "/public?by=field", "/public?by=unit", "/public/map", "/public/case"].map(str::to_owned),
    );
    paths.extend(cases.iter().map(|case| format!("/public/case?code={case}")));
    paths.extend(cases.iter().map(|case| format!("/api/v1/public/cases/{case}")));
    let mut told = String::new();
    for path in paths {
        let accept = if path.starts_with("/api/") { "application/json" } else { "text/html" };
        let reply = server.get_as(&path, accept).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
        told += &reply.text();
        told += &format!("{:?}", reply.headers);
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_person_wrote_or_is_called_is_in_any_public_answer() {
    let server = server("public = { small_count_min = 3, sensitive_fields = [] }").await;
    let personal = json!({
        "content": "Nội dung kín của Nguyễn Văn Kín", "title": "Nội dung kín", "officer": "Cán bộ Kín",
        "reporter": {
            "name": "Nguyễn Văn Kín", "phone": "0900000001", "email": "kin@example.vn", "address": "12 ngõ Kín",
            "nickname": "Biệt danh Kín", "id_number": "079123456789",
        },
    });
    let mut events: Vec<Json> = (0..6)
        .map(|place| {
            report(
                &format!("R-{place}"),
                "2026-11-20T08:00:00+07:00",
                Some((10.77, 106.70)),
                personal.clone(),
            )
        })
        .collect();
    // A source may write anything where a code should stand.
    events.extend((0..6).map(|place| {
        let more = json!({ "agency": "Mã đơn vị kín", "field": "Nội dung kín", "applicant": { "name": "Nguyễn Văn Kín" } });
        dossier(&format!("D-{place}"), "", "", more)
    }));
    let rating =
        json!({ "score": 5, "scale": 5, "comment": "Nội dung kín", "rater": { "phone": "0900000001" } });
    events.push(event(
        "R-0/x",
        "case.resolved",
        "2026-11-21T08:00:00+07:00",
        "R-0",
        json!({ "result": "done", "handling_unit": "Mã đơn vị kín", "response": "Nội dung kín" }),
    ));
    events.push(event("R-0/y", "case.rated", "2026-11-21T09:00:00+07:00", "R-0", rating));
    server.post(&events).await;
    let told = everything(&server, &["R-0", "R-1", "D-0"]).await;
    for planted in PLANTED {
        assert!(!told.contains(planted), "{planted}: {told}");
    }
    // That it looked at something: the cases are counted and found.
    assert!(told.contains("\"received\":6") && told.contains("\"outcome\":\"resolved\""), "{told}");
    // The search would find it, were it told: the officers' own page has the planted unit.
    assert!(server.get("/api/v1/cases/D-0").await.text().contains("Mã đơn vị kín"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confidential_case_answers_as_one_that_nobody_has_and_counts_in_totals() {
    let server = server("").await;
    let secret = json!({ "confidentiality_requested": true, "content": "Nội dung kín" });
    let amended = json!({ "confidentiality_requested": true });
    let taken_back = json!({ "confidentiality_requested": false });
    server
        .post(&[
            report("K-1", "2026-11-20T08:00:00+07:00", None, secret),
            report("K-2", "2026-11-20T08:00:00+07:00", None, json!({})),
            event("K-2/a", "case.amended", "2026-11-20T09:00:00+07:00", "K-2", amended),
            event("K-2/b", "case.amended", "2026-11-20T10:00:00+07:00", "K-2", taken_back),
            event("K-3/x", "case.closed", "2026-11-20T09:00:00+07:00", "K-3", json!({})),
            report("K-4", "2026-11-20T08:00:00+07:00", None, json!({})),
        ])
        .await;
    let unknown = server.get("/api/v1/public/cases/K-9").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    // Those that asked for it at any time, and one of which only a later event was heard.
    for hidden in ["K-1", "K-2", "K-3"] {
        let reply = server.get(&format!("/api/v1/public/cases/{hidden}")).await;
        assert_eq!((reply.status, reply.text()), (unknown.status, unknown.text()), "{hidden}");
    }
    // The page says neither that there is such a case nor why it is not shown.
    let page = server.get_as("/public/case?code=K-1", "text/html").await.text();
    assert!(page.contains("Không có gì để hiển thị với mã này"), "{page}");
    let open = server.json("/api/v1/public/cases/K-4").await;
    assert_eq!((&open["outcome"], &open["unit"]["vi"]), (&json!("open"), &json!("Sở Xây dựng")));
    assert_eq!(server.json("/api/v1/public/totals").await["received"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn how_a_case_stands_is_told_by_member() {
    let server = Server::with_cases().await;
    let told = server.json("/api/v1/public/cases/A-4").await;
    let members: Vec<&String> = told.as_object().unwrap().keys().collect();
    let mut want = [
        "seq",
        "at",
        "case",
        "kind",
        "status",
        "stage",
        "unit",
        "received_at",
        "due",
        "timeliness",
        "resolved_at",
        "outcome",
    ];
    want.sort_unstable();
    assert_eq!(members, want);
    assert_eq!((&told["outcome"], &told["due"]), (&json!("resolved"), &json!("2026-11-23T07:00:00+07:00")));
    // The catalogue does not name this one's unit.
    assert_eq!(server.json("/api/v1/public/cases/C-6").await["unit"], Json::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_cannot_be_tried_one_after_the_other() {
    let server = Server::with_cases().await;
    for place in 0..10 {
        let reply = server.get(&format!("/api/v1/public/cases/A-{place}")).await;
        assert!([200, 404].contains(&reply.status.as_u16()), "{place}: {}", reply.status);
    }
    for code in ["A-1", "A-99"] {
        let reply = server.get(&format!("/api/v1/public/cases/{code}")).await;
        assert_eq!(reply.problem(), (429, "too-many-lookups".into(), None));
        assert_eq!(reply.header("retry-after"), "6");
    }
    // Numbers go on.
    server.json("/api/v1/public/totals").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_set_tells_no_small_group_and_lets_none_be_reckoned() {
    let server = server("public = { small_count_min = 5, sensitive_fields = [\"health\"] }").await;
    let events = [many(9, "roads", "SXD"), many(6, "land", "SXD"), many(2, "trees", "UBND-A")].concat();
    server.post(&events).await;
    let by_field = server.json("/api/v1/public/dossiers?by=field").await;
    // The small one takes the next smallest with it: the total would tell it.
    assert_eq!(received(&by_field), json!([["land", null], ["roads", 9], ["trees", null]]));
    assert_eq!((&by_field["total"][0], &by_field["is_withheld"]), (&json!(17), &json!(false)));
    // Two units, one of them small: nothing can be split.
    let by_unit = server.json("/api/v1/public/dossiers?by=unit").await;
    assert_eq!(
        (received(&by_unit), &by_unit["is_withheld"]),
        (json!([["SXD", null], ["UBND-A", null]]), &json!(false))
    );
    let by_time = server.json("/api/v1/public/dossiers?by=time").await;
    let last = by_time["lines"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["key"], &last["figures"][0]), (&json!("2026-11"), &json!(17)));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_sensitive_field_no_small_figure_is_told_either() {
    for (public, want) in [
        (
            "public = { sensitive_fields = [\"health\"] }",
            json!([["health", null], ["land", null], ["roads", 9]]),
        ),
        ("public = { sensitive_fields = [] }", json!([["health", 8], ["land", 7], ["roads", 9]])),
        // A city that does not say: every field is.
        ("", json!([["health", null], ["land", null], ["roads", 9]])),
    ] {
        let server = server(public).await;
        let overdue = |place: usize| {
            let more = json!({ "due_at": "2026-11-21T08:00:00+07:00" });
            dossier(&format!("late-{place}"), if place == 0 { "health" } else { "land" }, "SXD", more)
        };
        let mut events = [many(7, "health", "SXD"), many(2, "land", "SXD"), many(9, "roads", "SXD")].concat();
        // One late case in one field; five in another, in which nothing is small then but what is in time.
        events.extend((0..6).map(overdue));
        server.post(&events).await;
        let told = server.json("/api/v1/public/dossiers?by=field").await;
        assert_eq!(received(&told), want, "{public}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_too_small_to_be_split_is_told_as_a_whole() {
    let server = server("").await;
    server.post(&many(2, "roads", "SXD")).await;
    let told = server.json("/api/v1/public/dossiers?by=field").await;
    assert_eq!(
        (&told["lines"], &told["is_withheld"], &told["total"][0]),
        (&json!([]), &json!(true), &json!(2))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_open_map_says_which_cells_are_not_told_and_holds_whole_days_only() {
    let server = server("").await;
    let at = |cell: usize, place: usize, time: &str| {
        let lat = 10.70 + 0.02 * f64::from(u8::try_from(cell).unwrap());
        report(&format!("M-{cell}-{place}-{time}"), time, Some((lat, 106.70)), json!({}))
    };
    let yesterday = "2026-11-22T08:00:00+07:00";
    let counts = [12, 7, 3, 2];
    let mut events: Vec<Json> = counts
        .iter()
        .enumerate()
        .flat_map(|(cell, count)| (0..*count).map(move |place| at(cell, place, yesterday)))
        .collect();
    // Of today, and of more than thirty days ago: not on the map.
    events.extend((0..9).map(|place| at(4, place, "2026-11-23T07:00:00+07:00")));
    events.extend((0..9).map(|place| at(5, place, "2026-10-23T07:00:00+07:00")));
    server.post(&events).await;
    let map = server.json("/api/v1/public/hexagons").await;
    let mut told: Vec<i64> =
        map["cells"].as_array().unwrap().iter().map(|cell| cell[1].as_i64().unwrap()).collect();
    told.sort_unstable();
    // Three and two hide each other.
    assert_eq!((told, map["suppressed"].as_array().unwrap().len()), (vec![7, 12], 2));
    assert_eq!((&map["to"], &map["res"]), (&json!("2026-11-23T00:00:00+07:00"), &json!(8)));
    assert_eq!(server.get("/api/v1/public/hexagons?res=10").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_rate_is_the_inner_one_and_too_few_ratings_are_not_told() {
    let server = server("").await;
    let mut events = Vec::new();
    for (agency, scores) in [("SXD", vec![5, 5, 4, 2, 1, 5, 5]), ("UBND-A", vec![1, 5])] {
        for (place, score) in scores.into_iter().enumerate() {
            let case = format!("S-{agency}-{place}");
            let more = json!({ "agency": agency });
            events.push(report(&case, "2026-11-20T08:00:00+07:00", None, more));
            let resolved = json!({ "result": "done", "answered": true, "handling_unit": agency });
            events.push(event(
                &format!("{case}/x"),
                "case.resolved",
                "2026-11-21T08:00:00+07:00",
                &case,
                resolved,
            ));
            let rating = json!({ "score": score, "scale": 5 });
            events.push(event(
                &format!("{case}/y"),
                "case.rated",
                "2026-11-21T09:00:00+07:00",
                &case,
                rating,
            ));
        }
    }
    server.post(&events).await;
    let told = server.json("/api/v1/public/satisfaction").await;
    let inner = server.json("/api/v1/satisfaction?from=2026-11-01").await;
    assert_eq!((&told["all"]["ratings"], &inner["rows"][0][0]), (&json!(9), &json!(9)));
    let (told_rate, inner_rate) =
        (told["all"]["satisfied_percent"].as_f64().unwrap(), inner["rows"][0][2].as_f64().unwrap());
    assert!((told_rate - inner_rate).abs() < 1e-9, "{told_rate} {inner_rate}");
    assert!(!told["formula"]["vi"].as_str().unwrap().is_empty());
    // Two ratings of one unit: the other's would tell them.
    let units: Vec<(&Json, &Json)> =
        told["units"].as_array().unwrap().iter().map(|unit| (&unit["key"], &unit["ratings"])).collect();
    assert_eq!(units, [(&json!("SXD"), &Json::Null), (&json!("UBND-A"), &Json::Null)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_cross_two_splits_or_cut_a_month_cannot_be_asked() {
    let server = Server::with_cases().await;
    for (query, at_fault) in [
        ("totals?agency=SXD", "agency"),
        ("dossiers?by=field&agency=SXD", "agency"),
        ("dossiers?by=street", "by"),
        ("dossiers?month=2026-11-20", "month"),
        ("totals?month=2027-01", "month"),
        ("satisfaction?from=2026-11-20", "from"),
        ("hexagons?field=roads", "field"),
        ("cases/A-1?known_at=2026-11-20", "known_at"),
    ] {
        let reply = server.get(&format!("/api/v1/public/{query}")).await;
        assert_eq!(reply.problem(), (400, "bad-parameter".into(), Some(at_fault.into())), "{query}");
    }
}
