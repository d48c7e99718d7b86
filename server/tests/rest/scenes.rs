use std::fs;

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::support::{Reply, Server};

async fn save(server: &Server, body: &Json) -> Reply {
    let token = server.administrator_token();
    let wish = body.to_string();
    server.send(Method::PUT, "/api/v1/scenes", |request| request.bearer_auth(token).body(wish.clone())).await
}

/// The scenes that hold, their first one's title changed.
async fn titled(server: &Server, made_from: u32, title: &str) -> Json {
    let mut scenes = server.json("/api/v1/scenes").await["scenes"].clone();
    scenes[0]["title"] = json!({ "vi": title, "en": title });
    json!({ "made_from": made_from, "by": "Nguyễn An", "why": format!("Thử {title}"), "scenes": scenes })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_saved_holds_over_a_restart_and_is_never_changed() {
    let server = Server::empty().await;
    let own = server.json("/api/v1/scenes").await;
    assert_eq!((&own["version"], &own["at"]), (&json!(0), &Json::Null), "the city's own file");
    for (made_from, title) in [(0, "Một"), (1, "Hai")] {
        let reply = save(&server, &titled(&server, made_from, title).await).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        assert_eq!(reply.json()["version"], json!(made_from + 1));
    }
    // Going back is a new version.
    let first = server.json("/api/v1/scenes/versions/1").await;
    let again =
        json!({ "made_from": 2, "by": "Nguyễn An", "why": "Trở lại bản 1", "scenes": first["scenes"] });
    assert_eq!(save(&server, &again).await.json()["version"], 3);
    let check = async |server: &Server, how: &str| {
        let held = server.json("/api/v1/scenes").await;
        assert_eq!((&held["version"], &held["scenes"]), (&json!(3), &first["scenes"]), "{how}");
        assert_eq!(server.json("/api/v1/scenes/versions/1").await, first, "{how}");
        let token = server.administrator_token();
        let path = "/api/v1/scenes/versions";
        let asked = server.send(Method::GET, path, |request| request.bearer_auth(token)).await;
        let versions = asked.json()["versions"].clone();
        for path in [path, "/api/v1/scenes", "/api/v1/scenes/versions/2"] {
            let told = server.json(path).await.to_string();
            assert!(!told.contains("Nguyễn An") && !told.contains("Trở lại bản 1"), "{path}: {told}");
        }
        let told: Vec<(u64, Option<&str>)> = versions
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["version"].as_u64().unwrap(), one["why"].as_str()))
            .collect();
        let want = [(3, Some("Trở lại bản 1")), (2, Some("Thử Hai")), (1, Some("Thử Một")), (0, None)];
        assert_eq!(told, want, "{how}");
    };
    check(&server, "at once").await;
    let server = server.restart().await;
    check(&server, "read from the image").await;
    let server = server.restart_with_images(|images| fs::remove_dir_all(images).unwrap()).await;
    check(&server, "read from the log").await;
    let page = server.send(Method::GET, "/wall?lang=vi", |request| request).await.text().to_owned();
    assert!(page.contains("Một"), "the page comes with the newest version");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_shown_or_comes_too_late_is_refused_with_its_place() {
    let server = Server::empty().await;
    let whole = titled(&server, 0, "Một").await;
    let check = async |change: &dyn Fn(&mut Json), want: (u16, &str, &str)| {
        let mut wish = whole.clone();
        change(&mut wish);
        let (status, slug, parameter) = save(&server, &wish).await.problem();
        assert_eq!((status, slug.as_str(), parameter.as_deref()), (want.0, want.1, Some(want.2)));
    };
    let panel = |panel: Json| move |wish: &mut Json| wish["scenes"][0]["panels"] = json!([panel]);
    let area = json!({ "column": 1, "row": 1, "columns": 24, "rows": 12 });
    let shares = |metric: &str, by: &str| {
        json!({ "kind": "shares", "metrics": [metric], "by": { "dimension": by, "level": null },
                "rows": 8, "at": area, "wide": area })
    };
    check(&|wish| wish["made_from"] = json!(7), (409, "scenes-changed", "made_from")).await;
    check(&|wish| wish["by"] = json!(" "), (400, "bad-parameter", "by")).await;
    check(&|wish| wish["why"] = json!("a\nb"), (400, "bad-parameter", "why")).await;
    check(&|wish| wish["more"] = json!(1), (400, "unparsable-body", "body")).await;
    check(&|wish| wish["scenes"] = json!([]), (422, "scenes-refused", "scenes")).await;
    check(&|wish| wish["scenes"][1]["seconds"] = json!(1), (422, "scenes-refused", "scenes[1].seconds"))
        .await;
    check(
        &|wish| wish["scenes"][1]["name"] = wish["scenes"][0]["name"].clone(),
        (422, "scenes-refused", "scenes[1].name"),
    )
    .await;
    let by = "scenes[0].panels[0].by";
    check(&panel(shares("received", "criterion")), (422, "scenes-refused", by)).await;
    check(&panel(shares("received", "officer")), (400, "unparsable-body", "body")).await;
    let metrics = "scenes[0].panels[0].metrics";
    check(&panel(shares("hours_to_resolve_p50", "channel")), (422, "scenes-refused", metrics)).await;
    let mut wide = shares("received", "channel");
    wide["wide"]["column"] = json!(48);
    check(&panel(wide), (422, "scenes-refused", "scenes[0].panels[0].wide")).await;
    let filtered = |codes: &str| {
        let mut filtered = shares("received", "channel");
        filtered["filter"] = json!([["agency", codes]]);
        panel(filtered)
    };
    let filter = "scenes[0].panels[0].filter";
    check(&filtered("no-such-agency"), (422, "scenes-refused", filter)).await;
    check(&filtered("PWDx,no-such-agency"), (422, "scenes-refused", filter)).await;
    assert_eq!(server.json("/api/v1/scenes").await["version"], 0, "none of them was saved");
    let missing = server.send(Method::GET, "/api/v1/scenes/versions/9", |request| request).await;
    assert_eq!(missing.problem().1, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_save_at_once_one_does() {
    let server = Server::empty().await;
    let wishes =
        [titled(&server, 0, "A").await, titled(&server, 0, "B").await, titled(&server, 0, "C").await];
    let replies = futures::future::join_all(wishes.iter().map(|wish| save(&server, wish))).await;
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 2, "{statuses:?}");
    assert_eq!(server.json("/api/v1/scenes").await["version"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_administrator_saves_and_no_source_does() {
    let server = Server::empty().await;
    let wish = titled(&server, 0, "Một").await;
    for token in ["", "x", server.source_token()] {
        let body = wish.to_string();
        let reply = server
            .send(Method::PUT, "/api/v1/scenes", |request| request.bearer_auth(token).body(body.clone()))
            .await;
        assert_eq!(reply.problem().1, "unauthorized");
    }
    assert_eq!(server.json("/api/v1/scenes").await["version"], 0);
}
