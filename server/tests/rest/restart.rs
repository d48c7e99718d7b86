use crate::support::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_gives_the_same_answers() {
    let server = Server::with_cases().await;
    let paths = [
        "/api/v1/aggregates?metric=open,overdue&group_by=agency,district",
        "/api/v1/hexagons?metric=open&res=9",
        "/api/v1/cases?sort=due",
        "/api/v1/cases/A-4",
        "/api/v1/receipt?metric=overdue",
        "/api/v1/quality",
    ];
    let mut before = Vec::new();
    for path in paths {
        before.push(server.json(path).await);
    }
    let server = server.restart().await;
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(server.json(path).await, before, "{path}");
    }
}
