//! Ten thousand events in random order, each tenth sent twice and each hundredth malformed: the
//! answers count exactly, and the numbers are those of the clean file.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use serde_json::{Value as Json, json};
use tests::boston::{self, METRICS};
use tests::events::of_case;
use tests::program::{Program, encode, token};

const EVENTS: usize = 10_000;
const TO: &str = "2016-01-13T00:00:00-05:00";

fn malformed(event: &Json, place: usize) -> Json {
    let mut event = event.clone();
    event["id"] = json!(format!("malformed-{place}"));
    match place % 4 {
        0 => event["time"] = json!("yesterday"),
        1 => event["type"] = json!("vn.toancanh.case.exploded"),
        2 => event["subject"] = json!(17),
        _ => event["data"] = json!("not an object"),
    }
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_events_in_any_order_with_repeats_and_malformed_ones() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let token = token(&data, "boston", "disorder").unwrap();
    let path = data.display().to_string();
    let clock = format!("{TO},speed=0");
    let program = Program::serve(&["--city", "boston", "--data", &path, "--clock", &clock]).await.unwrap();

    let mut cases = boston::cases().unwrap();
    // Those closed in the second in which they opened, or before, come first: they are the hard ones.
    cases.sort_by_key(|case| case.closed().is_none_or(|closed| closed > case.opened()));
    let mut clean = Vec::new();
    let mut used = 0;
    for case in &cases {
        let events = of_case(case);
        if clean.len() + events.len() > EVENTS {
            continue;
        }
        clean.extend(events);
        used += 1;
        if clean.len() == EVENTS {
            break;
        }
    }
    let used: std::collections::BTreeSet<_> = clean
        .iter()
        .map(|event| event["subject"].as_str().unwrap().to_owned())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .take(used)
        .collect();
    assert_eq!(clean.len(), EVENTS);
    let repeats: Vec<Json> = clean.iter().step_by(10).cloned().collect();
    let broken: Vec<Json> =
        clean.iter().step_by(100).enumerate().map(|(place, event)| malformed(event, place)).collect();
    let mut all = clean;
    all.extend(repeats);
    all.extend(broken);
    all.shuffle(&mut rand::rngs::StdRng::seed_from_u64(311));

    let (mut accepted, mut duplicates, mut rejected) = (0, 0, 0);
    let mut seq = String::new();
    for batch in all.chunks(700) {
        let body = serde_json::to_string(batch).unwrap();
        let reply = program.post(&token, "application/cloudevents-batch+json", body).await.unwrap();
        assert_eq!(reply.status, 202, "{}", reply.body);
        let answer = reply.json();
        accepted += answer["accepted"].as_u64().unwrap();
        duplicates += answer["duplicates"].as_u64().unwrap();
        for refusal in answer["rejected"].as_array().unwrap() {
            let index = refusal["index"].as_u64().unwrap() as usize;
            assert!(batch[index]["id"].as_str().unwrap().starts_with("malformed-"), "{refusal}");
            rejected += 1;
        }
        seq = answer["seq"].as_str().unwrap().to_owned();
    }
    assert_eq!((accepted, duplicates, rejected), (EVENTS as u64, EVENTS as u64 / 10, EVENTS as u64 / 100));
    program.wait_seq(&seq).await.unwrap();

    let cases: Vec<_> = cases.into_iter().filter(|case| used.contains(&case.case_id)).collect();
    let at = TO.parse::<jiff::Timestamp>().unwrap().as_second();
    for dimension in ["agency", "field", "district"] {
        let want = boston::count(&cases, 0, at, at, |case| vec![case.code(dimension)]);
        let path = format!(
            "/api/v1/aggregates?metric={}&group_by={dimension}&from=2000-01-01&to={}",
            METRICS.join(","),
            encode(TO)
        );
        let answer = program.json(&path).await.unwrap();
        let rows = answer["rows"].as_array().unwrap();
        assert_eq!(rows.len(), want.len(), "{dimension}");
        for row in rows {
            let key = vec![row[0].as_str().map(str::to_owned)];
            for (place, metric) in METRICS.iter().enumerate() {
                let count = want[&key].counts.get(metric).copied().unwrap_or_default();
                assert_eq!(row[place + 1].as_i64(), Some(count), "{metric} of {key:?}");
            }
        }
    }
    program.stop().unwrap();
}
