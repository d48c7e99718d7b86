use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::Server;

#[tokio::test(flavor = "multi_thread")]
async fn levels_are_grouped_with_null_last_and_only_where_they_are_not_zero() {
    let server = Server::with_cases().await;
    let table =
        server.json("/api/v1/aggregates?metric=open,in_time,due_soon,overdue,no_deadline,unmapped").await;
    assert_eq!(table["rows"], json!([[5, 1, 1, 1, 2, 1]]));
    assert_eq!(table["at"], "2026-11-23T08:00:00+07:00");
    assert_eq!(table["seq"], "00000000000000000007");
    let table = server.json("/api/v1/aggregates?metric=open,overdue&group_by=agency").await;
    assert_eq!(table["columns"], json!(["agency", "open", "overdue"]));
    assert_eq!(table["rows"], json!([["NOBODY", 1, 0], ["SXD", 2, 0], ["SXD-1", 1, 0], ["UBND-A", 1, 1]]));
    let table = server.json("/api/v1/aggregates?metric=open&group_by=content_group").await;
    assert_eq!(table["rows"].as_array().unwrap().last().unwrap()[0], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn trees_roll_up_and_a_filter_takes_the_subtree() {
    let server = Server::with_cases().await;
    let table = server.json("/api/v1/aggregates?metric=open&group_by=agency:1").await;
    assert_eq!(table["rows"], json!([["NOBODY", 1], ["SXD", 3], ["UBND-A", 1]]));
    let table = server.json("/api/v1/aggregates?metric=open&agency=SXD").await;
    assert_eq!(table["rows"], json!([[3]]));
    let table = server.json("/api/v1/aggregates?metric=open&field=roads&group_by=field:2").await;
    assert_eq!(table["rows"], json!([["roads/light", 1], ["roads/pothole", 4]]));
    let table = server.json("/api/v1/aggregates?metric=open&agency=SXD-1,UBND-A").await;
    assert_eq!(table["rows"], json!([[2]]));
    let without = server.json("/api/v1/aggregates?metric=open&content_group=").await;
    assert_eq!(without["rows"], json!([[4]]), "an empty value asks for the cases that have none");
    let repeated = "/api/v1/aggregates?metric=open&channel=app,%20mobile&channel=nothing";
    assert_eq!(server.json(repeated).await["rows"], json!([[1]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn movements_are_of_the_citys_today_unless_told() {
    let server = Server::with_cases().await;
    let today = server.json("/api/v1/aggregates?metric=received,resolved,resolved_late").await;
    assert_eq!(today["rows"], json!([[4, 1, 1]]));
    let days =
        server.json("/api/v1/aggregates?metric=received&bucket=day&from=2026-11-20&to=2026-11-24").await;
    let want = json!([["2026-11-20", 1], ["2026-11-21", 0], ["2026-11-22", 1], ["2026-11-23", 4],]);
    assert_eq!(days["rows"], want);
    let unescaped =
        "/api/v1/aggregates?metric=received&from=2026-11-23T00:00:00+07:00&to=2026-11-23T05:30:00%2B07:00";
    assert_eq!(server.json(unescaped).await["rows"], json!([[1]]));
    let hours = server
        .json("/api/v1/aggregates?metric=hours_to_resolve_p50,hours_to_resolve_p90&from=2026-11-01")
        .await;
    assert_eq!(hours["rows"], json!([[2.5, 2.5]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_can_be_had_as_csv_and_as_an_arrow_stream_with_its_state() {
    let server = Server::with_cases().await;
    let path = "/api/v1/aggregates?metric=open&group_by=channel";
    let csv = server.get_as(path, "text/csv").await;
    assert_eq!(csv.text(), "channel,open\r\n\"app, mobile\",1\r\nhotline,4\r\n");
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert_eq!(csv.header("toancanh-at"), "2026-11-23T08:00:00+07:00");
    assert_eq!(csv.header("toancanh-seq"), "00000000000000000007");
    let arrow = server.get_as(path, "application/vnd.apache.arrow.stream").await;
    let mut reader = arrow_ipc::reader::StreamReader::try_new(arrow.bytes.as_slice(), None).unwrap();
    assert_eq!(reader.schema().metadata()["at"], "2026-11-23T08:00:00+07:00");
    let batch = reader.next().unwrap().unwrap();
    assert_eq!(
        batch.column(0).as_string::<i32>().iter().collect::<Vec<_>>(),
        [Some("app, mobile"), Some("hotline")]
    );
    assert_eq!(batch.column(1).as_primitive::<Int64Type>().values(), &[1, 4]);
    assert_eq!(server.get_as(path, "image/png").await.problem().1, "not-acceptable");
    assert_eq!(server.get_as(path, "application/geo+json").await.problem().0, 406);
}

#[tokio::test(flavor = "multi_thread")]
async fn hexagons_and_what_has_no_position_are_the_whole() {
    let server = Server::with_cases().await;
    for res in 7..=10 {
        let hexagons = server.json(&format!("/api/v1/hexagons?metric=open&res={res}")).await;
        let cells = hexagons["cells"].as_array().unwrap();
        let sum: i64 = cells.iter().map(|cell| cell[1].as_i64().unwrap()).sum();
        assert_eq!(sum + hexagons["no_position"].as_i64().unwrap(), 5, "{hexagons}");
        assert!(cells.is_sorted_by_key(|cell| cell[0].as_str().unwrap().to_owned()));
        let point = h3o::LatLng::new(10.77, 106.70).unwrap();
        let cell = point.to_cell(h3o::Resolution::try_from(res).unwrap()).to_string();
        assert!(cells.iter().any(|own| own[0] == cell.as_str()));
    }
    assert_eq!(server.json("/api/v1/hexagons?metric=open").await["res"], 8);
    let geojson = server.get_as("/api/v1/hexagons?metric=open&res=8", "application/geo+json").await;
    assert_eq!(geojson.header("content-type"), "application/geo+json");
    assert_eq!(geojson.header("toancanh-no-position"), "2");
    let body = geojson.json();
    let features = body["features"].as_array().unwrap();
    assert_eq!(
        features.len(),
        server.json("/api/v1/hexagons?metric=open&res=8").await["cells"].as_array().unwrap().len()
    );
    assert_eq!(body["type"], "FeatureCollection");
    let ring = features[0]["geometry"]["coordinates"][0].as_array().unwrap();
    assert_eq!(ring.first(), ring.last());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_names_the_cases_and_adds_up_to_the_whole() {
    let server = Server::with_cases().await;
    let receipt = server.json("/api/v1/receipt?metric=open&agency=SXD").await;
    assert_eq!(receipt["value"], 3);
    assert_eq!(receipt["cases"]["codes"], json!(["A-1", "A-2", "B, 5/\"%"]));
    let digest = Sha256::digest("A-1\nA-2\nB, 5/\"%");
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(receipt["digest"], hex);
    let left_out: i64 =
        receipt["excluded"].as_array().unwrap().iter().map(|one| one["count"].as_i64().unwrap()).sum();
    assert_eq!(3 + left_out, receipt["whole"].as_i64().unwrap());
    assert_eq!(receipt["query"]["agency"], "SXD");
    let of_null = server.json("/api/v1/receipt?metric=open&content_group=").await;
    assert_eq!((&of_null["value"], &of_null["cases"]["total"]), (&json!(4), &json!(4)));
    let quantile = server.json("/api/v1/receipt?metric=hours_to_resolve_p90").await;
    assert_eq!((&quantile["value"], &quantile["ranked_case"]), (&json!(2.5), &json!("A-4")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registry_explains_every_metric_in_both_languages() {
    let server = Server::empty().await;
    let body = server.json("/api/v1/metrics").await;
    let metrics = body["metrics"].as_array().unwrap();
    assert_eq!(metrics.len(), domain::metric::Metric::ALL.len());
    for metric in metrics {
        assert!(["stock", "flow"].contains(&metric["kind"].as_str().unwrap()));
        assert!(metric["definition"]["vi"] != metric["definition"]["en"], "{metric}");
    }
    let csv = server.get_as("/api/v1/metrics", "text/csv").await;
    assert_eq!(csv.text().lines().count(), metrics.len() + 1);
}
