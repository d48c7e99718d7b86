use serde_json::json;

use crate::support::Server;

#[tokio::test(flavor = "multi_thread")]
async fn time_alone_moves_numbers() {
    let server = Server::with_cases().await;
    let path = "/api/v1/aggregates?metric=in_time,due_soon,overdue";
    assert_eq!(server.json(path).await["rows"], json!([[1, 1, 1]]));
    server.move_to("2026-11-23T09:00:00+07:00").await;
    assert_eq!(server.json(path).await["rows"], json!([[1, 1, 1]]), "the due instant itself is in time");
    server.move_to("2026-11-23T09:00:00.000001+07:00").await;
    assert_eq!(server.json(path).await["rows"], json!([[1, 0, 2]]));
    server.move_to("2026-11-24T01:12:00+07:00").await;
    assert_eq!(server.json(path).await["rows"], json!([[0, 1, 2]]), "a fifth of a day before the limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_goes_forwards_only_and_for_the_administrator_only() {
    let server = Server::empty().await;
    let token = server.administrator_token();
    let moved = server.move_clock(json!({ "at": "2026-11-24", "speed": 0 }), &token).await.json();
    assert_eq!(moved, json!({ "at": "2026-11-24T00:00:00+07:00", "speed": 0.0, "clock": "still" }));
    let back = server.move_clock(json!({ "at": "2026-11-23" }), &token).await;
    assert_eq!(back.problem(), (409, "clock-refused".into(), Some("at".into())));
    let backwards = server.move_clock(json!({ "speed": -1 }), &token).await;
    assert_eq!(backwards.problem().2.as_deref(), Some("speed"));
    let stranger = server.move_clock(json!({ "at": "2027-01-01" }), server.source_token()).await;
    assert_eq!(stranger.problem().0, 401);
    assert_eq!(stranger.header("www-authenticate"), "Bearer");
    for (body, parameter) in [
        (json!({ "at": "tomorrow" }), "at"),
        (json!({ "when": 1 }), "body"),
        (json!({ "speed": "fast" }), "body"),
        (json!([]), "body"),
    ] {
        let reply = server.move_clock(body, &token).await;
        assert_eq!((reply.problem().0, reply.problem().2.as_deref()), (400, Some(parameter)));
    }
}
