//! A simulated city as somebody uses it: made into a file and brought in, or made straight into data, it is
//! the same; nothing in it is odd; its numbers add up; and every page says what it is.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tests::program::{Program, run};

const MONTH: [&str; 12] = [
    "simulate",
    "--city",
    "hcmc",
    "--seed",
    "3",
    "--from",
    "2025-09-01",
    "--until",
    "2025-10-01",
    "--scale",
    "0.05",
    "--quiet",
];
const DOSSIERS: [&str; 2] = ["--dossiers", "0.0005"];

fn simulate(more: &[&str]) -> String {
    let args: Vec<&str> = MONTH.into_iter().chain(DOSSIERS).chain(more.iter().copied()).collect();
    run(&args).unwrap()
}

/// What of a stream is received, by what `of` says of its data; copies of other systems left out.
fn received(stream: &str, of: impl Fn(&Json) -> Option<String>) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for line in stream.lines() {
        let event: Json = serde_json::from_str(line).unwrap();
        let is_copy = event["source"].as_str().is_some_and(|source| source.contains("agency-software"));
        if event["type"] == "vn.toancanh.case.received"
            && !is_copy
            && let Some(key) = of(&event["data"])
        {
            *counts.entry(key).or_insert(0) += 1;
        }
    }
    counts
}

/// The rows of a table of one dimension and one metric.
async fn counted(program: &Program, query: &str) -> BTreeMap<String, i64> {
    let span = "from=2025-09-01&to=2025-10-01";
    let table = program.json(&format!("/api/v1/aggregates?metric=received&{span}&{query}")).await.unwrap();
    let row = |row: &Json| (row[0].as_str().unwrap_or_default().to_owned(), row[1].as_i64().unwrap());
    table["rows"].as_array().unwrap().iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_month_is_the_same_by_file_and_by_command_adds_up_and_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (file, data) = (path("month.ndjson.zst"), path("data"));
    let stream = simulate(&["--out", "-"]);
    let events = stream.lines().count();
    assert!(events > 5_000, "{events}");
    assert!(simulate(&["--out", &file]).contains(&format!("{events} simulated events")));
    let imported = run(&["import", &file, "--city", "hcmc", "--data", &data, "--quiet"]).unwrap();
    assert!(
        imported.contains(&format!("accepted {events} events, 0 were there already; 0 rows rejected")),
        "{imported}"
    );
    let again = simulate(&["--data", &data]);
    assert!(again.contains(&format!("accepted 0, {events} were there already, 0 rejected")), "{again}");

    let clock = "2025-10-01T00:00:00+07:00,speed=0";
    let program = Program::serve(&["--city", "hcmc", "--data", &data, "--clock", clock]).await.unwrap();
    assert_eq!(program.json("/api/v1/quality").await.unwrap()["problems"], json!([]));
    assert_eq!(program.json("/api/v1/catalogue/unmapped").await.unwrap()["codes"], json!([]));

    let text = |data: &Json, name: &str| data[name].as_str().map(str::to_owned);
    let by_kind = received(&stream, |data| text(data, "kind"));
    assert_eq!(counted(&program, "group_by=kind").await, by_kind);
    let by_mode = received(&stream, |data| text(data, "submission_mode"));
    assert_eq!(counted(&program, "kind=dossier&group_by=submission_mode").await, by_mode);
    assert_eq!(by_mode.values().sum::<i64>(), by_kind["dossier"]);
    let reports = |data: &Json| data["channel"].as_str().and_then(|_| text(data, "field"));
    assert_eq!(counted(&program, "kind=report&group_by=field").await, received(&stream, reports));

    for page in ["/", "/wall/city-now"] {
        let page = program.get(page).await.unwrap().body;
        let (vi, en) = (page.contains("Dữ liệu mô phỏng"), page.contains("Simulated data"));
        assert!(vi || en, "{page}");
        assert!(page.contains("1 trong 2.000") || page.contains("1 in 2,000"), "{page}");
    }
}
