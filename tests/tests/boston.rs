//! The whole Boston file: what the product answers equals what an independent count of the same
//! file gives, exactly, for every dimension, pair, day and hexagon.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tests::boston::{self, Case, Counts, METRICS};
use tests::program::{Program, encode, run};

const FROM: &str = "2015-01-01T00:00:00-05:00";
const TO: &str = "2016-01-13T00:00:00-05:00";

fn secs(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_second()
}

/// The program on the imported file, its clock standing at [`TO`].
async fn imported(data: &std::path::Path) -> Program {
    let data = data.display().to_string();
    let file = boston::path().display().to_string();
    run(&["import", &file, "--mapping", "boston-311", "--city", "boston", "--data", &data]).unwrap();
    let clock = format!("{TO},speed=0");
    Program::serve(&["--city", "boston", "--data", &data, "--clock", &clock]).await.unwrap()
}

fn text(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Compares every row and every number of an answer with the oracle's.
fn compare(what: &str, answer: &Json, keys: usize, mut want: BTreeMap<Vec<Option<String>>, Counts>) {
    let columns = answer["columns"].as_array().unwrap();
    for row in answer["rows"].as_array().unwrap() {
        let row = row.as_array().unwrap();
        let key: Vec<_> = row[..keys].iter().map(text).collect();
        let counts = want.remove(&key).unwrap_or_default();
        for (column, value) in columns.iter().zip(row).skip(keys) {
            let metric = column.as_str().unwrap();
            let percent = match metric {
                "hours_to_resolve_p50" => 50,
                "hours_to_resolve_p90" => 90,
                _ => {
                    let want = counts.counts.get(metric).copied().unwrap_or_default();
                    assert_eq!(value.as_i64(), Some(want), "{what}: {metric} of {key:?}");
                    continue;
                }
            };
            let hundredths = value.as_f64().map(|hours| (hours * 100.0).round() as i64);
            assert_eq!(hundredths, counts.hours_hundredths(percent), "{what}: {metric} of {key:?}");
        }
    }
    assert!(
        want.is_empty(),
        "{what}: these groups are missing: {:?}",
        want.keys().take(5).collect::<Vec<_>>()
    );
}

async fn every_single_dimension_and_pair(program: &Program, cases: &[Case]) {
    let metrics = METRICS.join(",");
    let groups: [&[&str]; 12] = [
        &[],
        &["agency"],
        &["agency:1"],
        &["field"],
        &["field:1"],
        &["field:2"],
        &["district"],
        &["ward"],
        &["channel"],
        &["kind"],
        &["agency", "field"],
        &["district", "field"],
    ];
    for group in groups {
        let want = boston::count(cases, secs(FROM), secs(TO), secs(TO), |case| {
            group.iter().map(|dimension| case.code(dimension)).collect()
        });
        let path = format!(
            "/api/v1/aggregates?metric={metrics},hours_to_resolve_p50,hours_to_resolve_p90&group_by={}&from={}&to={}",
            group.join(","),
            encode(FROM),
            encode(TO)
        );
        let answer = program.json(&path).await.unwrap();
        compare(&group.join("×"), &answer, group.len(), want);
    }
    // Dimensions that this file has nothing for: one group, of nothing.
    for dimension in ["content_group", "report_kind", "severity", "procedure", "submission_mode", "stage"] {
        let want = boston::count(cases, secs(FROM), secs(TO), secs(TO), |_| vec![None]);
        let path = format!(
            "/api/v1/aggregates?metric={metrics}&group_by={dimension}&from={}&to={}",
            encode(FROM),
            encode(TO)
        );
        compare(dimension, &program.json(&path).await.unwrap(), 1, want);
    }
}

async fn timeliness_and_status(program: &Program, cases: &[Case]) {
    let mut want: BTreeMap<Vec<Option<String>>, Counts> = BTreeMap::new();
    for case in cases {
        if let Some(timeliness) = case.timeliness(secs(TO)) {
            let group = want.entry(vec![Some(timeliness.to_owned())]).or_default();
            *group.counts.entry("open").or_default() += 1;
        }
    }
    let answer = program.json("/api/v1/aggregates?metric=open&group_by=timeliness").await.unwrap();
    compare("open by timeliness", &answer, 1, want);
    let resolved = cases.iter().filter(|case| case.closed().is_some()).count();
    let path =
        format!("/api/v1/aggregates?metric=resolved&group_by=status&from=2014-01-01&to={}", encode(TO));
    let answer = program.json(&path).await.unwrap();
    assert_eq!(answer["rows"], serde_json::json!([["resolved", resolved]]));
}

async fn every_day(program: &Program, cases: &[Case]) {
    let path = format!(
        "/api/v1/aggregates?metric=received,resolved,open&bucket=day&from=2015-01-01&to={}",
        encode(TO)
    );
    let answer = program.json(&path).await.unwrap();
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 377, "every day is there: 365 and twelve");
    let mut received: BTreeMap<String, i64> = BTreeMap::new();
    let mut resolved: BTreeMap<String, i64> = BTreeMap::new();
    for case in cases {
        *received.entry(Case::day(&case.opened_at)).or_default() += 1;
        if !case.closed_at.is_empty() {
            *resolved.entry(Case::day(&case.closed_at)).or_default() += 1;
        }
    }
    for (place, row) in rows.iter().enumerate() {
        let day = row[0].as_str().unwrap();
        let count = |counts: &BTreeMap<String, i64>| counts.get(&day[..10]).copied().unwrap_or_default();
        assert_eq!(row[1].as_i64(), Some(count(&received)), "received on {day}");
        assert_eq!(row[2].as_i64(), Some(count(&resolved)), "resolved on {day}");
        // At the instant in which the day ends: what happened in that instant has happened. The file
        // writes local time, which sorts as text.
        let end = rows.get(place + 1).and_then(|next| next[0].as_str()).unwrap_or("2016-01-13");
        let end = format!("{}T00:00:00", &end[..10]);
        let open = cases
            .iter()
            .filter(|case| case.opened_at[..19] <= *end)
            .filter(|case| case.closed_at.is_empty() || case.closed_at[..19] > *end)
            .count();
        assert_eq!(row[3].as_i64(), i64::try_from(open).ok(), "open at the end of {day}");
    }
}

async fn every_hexagon(program: &Program, cases: &[Case]) {
    let open = cases.iter().filter(|case| case.closed().is_none()).count() as i64;
    let nowhere =
        cases.iter().filter(|case| case.closed().is_none() && case.geo == "placeholder").count() as i64;
    for res in [7, 8, 9, 10] {
        let answer = program.json(&format!("/api/v1/hexagons?metric=open&res={res}")).await.unwrap();
        let cells = answer["cells"].as_array().unwrap();
        let sum: i64 = cells.iter().map(|cell| cell[1].as_i64().unwrap()).sum();
        assert_eq!(answer["no_position"].as_i64(), Some(nowhere), "without a position, at {res}");
        assert_eq!(sum + nowhere, open, "the hexagons of {res} and the rest are all");
        let names: Vec<_> = cells.iter().map(|cell| cell[0].as_str().unwrap()).collect();
        assert!(names.is_sorted(), "cells ascend");
    }
}

/// For every closed case with a deadline and a published flag, the judgement is that flag.
async fn the_published_flags(program: &Program, cases: &[Case]) {
    let flagged: Vec<_> = cases
        .iter()
        .filter(|case| case.closed().is_some() && case.due().is_some() && !case.sla.is_empty())
        .collect();
    assert_eq!(flagged.len(), 79_126);
    for (metric, flag) in [("resolved_in_time", "ontime"), ("resolved_late", "overdue")] {
        let unflagged_late = cases
            .iter()
            .filter(|case| case.sla.is_empty())
            .filter(|case| case.closed().is_some_and(|closed| case.due().is_some_and(|due| closed > due)))
            .count();
        let extra = if metric == "resolved_late" { unflagged_late } else { 0 };
        let want = flagged.iter().filter(|case| case.sla == flag).count() + extra;
        let receipt =
            program.json(&format!("/api/v1/receipt?metric={metric}&from=2014-01-01")).await.unwrap();
        assert_eq!(receipt["value"].as_u64(), Some(want as u64), "{metric}");
        let judged =
            cases.iter().filter(|case| case.closed().is_some() && case.due().is_some()).filter(|case| {
                let late = case.closed() > case.due();
                assert!(case.sla.is_empty() || (case.sla == "overdue") == late, "{}", case.case_id);
                late == (metric == "resolved_late")
            });
        assert_eq!(receipt["digest"].as_str(), Some(digest(judged).as_str()), "the very cases of {metric}");
    }
}

/// SHA-256 of the sorted codes joined by line feeds: what a receipt says of its cases.
fn digest<'a>(cases: impl Iterator<Item = &'a Case>) -> String {
    use sha2::Digest;
    let mut codes: Vec<&str> = cases.map(|case| case.case_id.as_str()).collect();
    codes.sort_unstable();
    let digest = sha2::Sha256::digest(codes.join("\n"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Random numbers of random questions: the receipt's cases, counted by their own events, give the
/// number; and the number with what it leaves out is the whole.
async fn random_numbers(program: &Program, cases: &[Case]) {
    use rand::seq::IndexedRandom;
    use rand::{Rng, SeedableRng};
    let by_code: BTreeMap<&str, &Case> = cases.iter().map(|case| (case.case_id.as_str(), case)).collect();
    let mut chance = rand::rngs::StdRng::seed_from_u64(2015);
    let numbers = if std::env::var_os("TOANCANH_PROVE").is_some() { 1_000 } else { 30 };
    let dimensions = ["agency", "agency:1", "field", "field:1", "field:2", "district", "ward", "channel"];
    println!("figure: random_numbers = {numbers}");
    for _ in 0..numbers {
        let metric = *METRICS.choose(&mut chance).unwrap();
        let like = cases.choose(&mut chance).unwrap();
        let mut chosen: Vec<&str> = dimensions.to_vec();
        chosen.retain(|dimension| chance.random_bool(0.25) && like.code(dimension).is_some());
        chosen.dedup_by_key(|dimension| dimension.split(':').next().unwrap_or_default().to_owned());
        let from = secs(FROM) + chance.random_range(0..300_i64) * 86_400;
        let to = from + chance.random_range(1..60_i64) * 86_400;
        let show = |secs: i64| jiff::Timestamp::from_second(secs).unwrap().to_string();
        let mut query = format!("metric={metric}");
        if !["open", "in_time", "due_soon", "overdue", "no_deadline"].contains(&metric) {
            query.push_str(&format!("&from={}&to={}", show(from), show(to)));
        }
        for dimension in &chosen {
            let name = dimension.split(':').next().unwrap();
            // A lone value is split at its commas: none of this file's codes has one.
            query.push_str(&format!("&{name}={}", encode(&like.code(dimension).unwrap())));
        }
        let table = program.json(&format!("/api/v1/aggregates?{query}")).await.unwrap();
        let value = table["rows"][0][0].as_i64().unwrap();
        let like_it =
            |case: &&Case| chosen.iter().all(|dimension| case.code(dimension) == like.code(dimension));
        let counts = |case: &&Case| {
            let groups = boston::count(std::slice::from_ref(*case), from, to, secs(TO), |_| vec![]);
            groups.get(&vec![]).is_some_and(|group| group.counts.contains_key(metric))
        };
        let behind: Vec<&Case> = cases.iter().filter(like_it).filter(counts).collect();
        assert_eq!(i64::try_from(behind.len()).unwrap(), value, "{query}");
        let receipt = program.json(&format!("/api/v1/receipt?{query}")).await.unwrap();
        assert_eq!(receipt["value"].as_i64(), Some(value), "{query}");
        assert_eq!(receipt["digest"].as_str(), Some(digest(behind.iter().copied()).as_str()), "{query}");
        let codes = if behind.len() <= 3_000 { whole_receipt(program, &query).await } else { Vec::new() };
        if !codes.is_empty() {
            let mut want: Vec<&str> = behind.iter().map(|case| case.case_id.as_str()).collect();
            want.sort_unstable();
            assert_eq!(codes, want, "{query}");
        }
        let excluded: i64 = receipt["excluded"]
            .as_array()
            .unwrap()
            .iter()
            .map(|group| group["count"].as_i64().unwrap())
            .sum();
        assert_eq!(value + excluded, 121_145, "{query}: {}", receipt["excluded"]);
        if let Some(code) = codes.choose(&mut chance) {
            let story = program.json(&format!("/api/v1/cases/{code}")).await.unwrap();
            let case = by_code[code.as_str()];
            let events = story["events"].as_array().unwrap();
            assert_eq!(events.len(), 1 + usize::from(case.closed().is_some()), "{code}");
            let times: Vec<_> = events.iter().map(|event| secs(event["time"].as_str().unwrap())).collect();
            assert!(
                times.contains(&case.opened()) && case.closed().is_none_or(|closed| times.contains(&closed))
            );
        }
    }
}

/// All codes of a receipt, by its pages.
async fn whole_receipt(program: &Program, query: &str) -> Vec<String> {
    let mut codes = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = program.json(&format!("/api/v1/receipt?{query}{cursor}")).await.unwrap();
        codes.extend(
            page["cases"]["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()),
        );
        match page["cases"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={}", encode(next)),
            None => return codes,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_the_answers_equal_an_independent_count_of_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let program = imported(&folder.path().join("data")).await;
    let cases = boston::cases().unwrap();
    assert_eq!(cases.len(), 121_145);
    every_single_dimension_and_pair(&program, &cases).await;
    timeliness_and_status(&program, &cases).await;
    every_day(&program, &cases).await;
    every_hexagon(&program, &cases).await;
    the_published_flags(&program, &cases).await;
    random_numbers(&program, &cases).await;
    println!("figure: cases_compared = {}", cases.len());
    program.stop().unwrap();
}
