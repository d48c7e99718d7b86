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
    // Wards of today that were made of several districts lie in one of them only by their larger part.
    let problems = program.json("/api/v1/quality").await.unwrap()["problems"].clone();
    let flags: Vec<&Json> = problems.as_array().unwrap().iter().map(|problem| &problem["flag"]).collect();
    assert!(flags.iter().all(|flag| **flag == "place_approximate"), "{flags:?}");
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

/// The numbers of a table by group: rows of metrics under the code that they stand for.
async fn table(program: &Program, metrics: &[&str], query: &str) -> BTreeMap<String, BTreeMap<String, i64>> {
    let path = format!("/api/v1/aggregates?metric={}&{query}", metrics.join(","));
    let table = program.json(&path).await.unwrap();
    let keys = table["columns"].as_array().unwrap().len() - metrics.len();
    let row = |row: &Json| {
        let key = row[0].as_str().filter(|_| keys > 0).unwrap_or_default().to_owned();
        let numbers =
            (keys..).zip(metrics).map(|(place, metric)| ((*metric).to_owned(), row[place].as_i64().unwrap()));
        (key, numbers.collect())
    };
    table["rows"].as_array().unwrap().iter().map(row).collect()
}

const DOSSIER: [&str; 9] = [
    "total_received",
    "received_online",
    "received_in_person",
    "total_processed",
    "resolved_on_time",
    "resolved_overdue",
    "stopped",
    "pending_in_time",
    "pending_overdue",
];
const REPORT: [&str; 13] = [
    "received",
    "cases",
    "duplicates",
    "open",
    "in_time",
    "due_soon",
    "overdue",
    "no_deadline",
    "resolved",
    "resolved_in_time",
    "resolved_extended",
    "resolved_late",
    "resolved_no_deadline",
];

/// DM-S1 to DM-S4 and the identities of reports, at every agency, district, ward and field.
async fn check_identities(program: &Program, from: &str, until: &str) -> usize {
    let mut groups = 0;
    for by in ["", "agency", "agency:1", "district", "ward", "field", "field:1"] {
        let group = if by.is_empty() { String::new() } else { format!("&group_by={by}") };
        let span = format!("from={from}&to={until}{group}");
        for (key, row) in table(program, &DOSSIER, &format!("{span}&kind=dossier")).await {
            let of = |names: &[&str]| names.iter().map(|name| row[*name]).sum::<i64>();
            let resolved = of(&["resolved_on_time", "resolved_overdue"]);
            let pending = of(&["pending_in_time", "pending_overdue"]);
            assert_eq!(of(&["total_received"]), of(&["received_online", "received_in_person"]), "{by} {key}");
            assert_eq!(of(&["total_processed"]), resolved + pending + of(&["stopped"]), "{by} {key}");
            groups += 1;
        }
        let both = table(program, &["resolved", "open"], &format!("{span}&kind=dossier")).await;
        let parts = table(program, &DOSSIER, &format!("{span}&kind=dossier")).await;
        for (key, row) in both {
            let part = &parts[&key];
            assert_eq!(row["resolved"], part["resolved_on_time"] + part["resolved_overdue"], "{by} {key}");
            assert_eq!(row["open"], part["pending_in_time"] + part["pending_overdue"], "{by} {key}");
        }
        for (key, row) in table(program, &REPORT, &format!("{span}&kind=report")).await {
            let of = |names: &[&str]| names.iter().map(|name| row[*name]).sum::<i64>();
            assert_eq!(of(&["received"]), of(&["cases", "duplicates"]), "{by} {key}");
            assert_eq!(of(&["open"]), of(&["in_time", "due_soon", "overdue", "no_deadline"]), "{by} {key}");
            assert_eq!(of(&["resolved"]), of(&REPORT[9..]), "{by} {key}");
            groups += 1;
        }
    }
    // What was pending and what came in is what was handled: nothing is lost on the way, on either map.
    for by in ["", "district", "ward", "field"] {
        let group = if by.is_empty() { String::new() } else { format!("&group_by={by}") };
        let instant = format!("at={from}T00:00:00%2B07:00");
        let before = table(program, &["open"], &format!("{instant}&kind=dossier{group}")).await;
        for (key, row) in
            table(program, &DOSSIER, &format!("from={from}&to={until}&kind=dossier{group}")).await
        {
            let carried = before.get(&key).map_or(0, |row| row["open"]);
            assert_eq!(row["total_processed"], carried + row["total_received"], "{by} {key}");
        }
    }
    groups
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_a_simulated_year_keeps_every_identity_at_every_agency_district_and_field() {
    let own = tempfile::tempdir().unwrap();
    let is_long = std::env::var_os("TOANCANH_PROVE").is_some();
    let folder =
        std::env::var_os("TOANCANH_PROVE_DIR").map_or(own.path().to_owned(), std::path::PathBuf::from);
    let data = folder.join("data").display().to_string();
    let (from, until, scale, dossiers) = if is_long {
        ("2025-01-01", "2026-01-01", "1", "0.01")
    } else {
        ("2025-06-15", "2025-07-16", "0.05", "0.001")
    };
    let said = run(&[
        "simulate",
        "--city",
        "hcmc",
        "--seed",
        "5",
        "--from",
        from,
        "--until",
        until,
        "--scale",
        scale,
        "--dossiers",
        dossiers,
        "--data",
        &data,
        "--quiet",
    ])
    .unwrap();
    println!("{said}");
    let clock = format!("{until}T00:00:00+07:00,speed=0");
    let program = Program::serve(&["--city", "hcmc", "--data", &data, "--clock", &clock]).await.unwrap();
    let groups = check_identities(&program, from, until).await;
    let totals = table(&program, &["received"], &format!("from={from}&to={until}&group_by=kind")).await;
    println!("figure: groups_checked = {groups}");
    println!("figure: reports = {}", totals["report"]["received"]);
    println!("figure: dossiers = {}", totals["dossier"]["received"]);
    // The day on which districts ended parts the period: both maps hold every case, none is an orphan.
    for (from, until) in [(from, "2025-07-01"), ("2025-07-01", until)] {
        let span = format!("from={from}&to={until}");
        let whole = table(&program, &["received"], &span).await[""]["received"];
        for by in ["district", "ward"] {
            let rows = table(&program, &["received"], &format!("{span}&group_by={by}")).await;
            assert_eq!(rows.values().map(|row| row["received"]).sum::<i64>(), whole, "{by} {span}");
            assert!(!rows.contains_key(""), "{by} {span}: cases without a place");
            println!("figure: places_by_{by}_from_{from} = {}", rows.len());
        }
    }
}
