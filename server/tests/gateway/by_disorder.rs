//! Ten thousand events in random order, each tenth sent twice, each hundredth malformed.

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde_json::{Value as Json, json};

use super::support::*;

/// Every third case is never resolved; cases lie in two districts and are received a minute apart.
fn clean() -> Vec<Json> {
    let mut events = Vec::new();
    let start = at("2015-08-01T00:00:00-04:00");
    let zone = jiff::tz::TimeZone::UTC;
    for case in 0.. {
        let code = format!("case-{case}");
        let time = start.plus_secs(60 * case);
        let district = if case % 2 == 0 { "Roxbury" } else { "Dorchester" };
        let event = with(received(&format!("{case}-in"), &code), "time", json!(time.to_rfc3339(&zone)));
        events.push(with(event, "data.district", json!(district)));
        if case % 3 != 0 {
            // Some close in the very second in which they open.
            let end = time.plus_secs(if case % 5 == 0 { 0 } else { 3_600 });
            events.push(with(resolved(&format!("{case}-out"), &code), "time", json!(end.to_rfc3339(&zone))));
        }
        if events.len() >= 10_000 {
            events.truncate(10_000);
            return events;
        }
    }
    unreachable!()
}

const QUERY: &str = "metric=received,open,resolved&group_by=district&from=2015-01-01";

#[tokio::test(flavor = "multi_thread")]
async fn disorder_repeats_and_damage_give_exact_counts_and_the_numbers_of_the_clean_file() {
    let clean = clean();
    let mut dice = StdRng::seed_from_u64(7);
    let mut sent: Vec<Json> = Vec::new();
    let (mut repeats, mut bad) = (0, 0);
    for (number, event) in clean.iter().enumerate() {
        sent.push(event.clone());
        if number % 10 == 0 {
            sent.push(event.clone());
            repeats += 1;
        }
        if number % 100 == 0 {
            let broken = with(event.clone(), "id", json!(format!("broken-{number}")));
            sent.push(with(broken, if number % 200 == 0 { "type" } else { "time" }, json!("nonsense")));
            bad += 1;
        }
    }
    sent.shuffle(&mut dice);
    let server = Server::start().await;
    let (mut accepted, mut duplicates, mut rejected) = (0, 0, 0);
    let mut seq = String::new();
    for (number, part) in sent.chunks(777).enumerate() {
        let answer = if number % 2 == 0 {
            server.batch(part).await
        } else {
            let lines: Vec<String> = part.iter().map(Json::to_string).collect();
            server.answer(LINES, lines.join("\n")).await.1
        };
        accepted += answer["accepted"].as_u64().unwrap();
        duplicates += answer["duplicates"].as_u64().unwrap();
        for rejection in answer["rejected"].as_array().unwrap() {
            assert!(rejection["id"].as_str().unwrap().starts_with("broken-"), "{rejection}");
            let index = usize::try_from(rejection["index"].as_u64().unwrap()).unwrap();
            assert_eq!(part[index]["id"], rejection["id"]);
            rejected += 1;
        }
        seq = answer["seq"].as_str().unwrap().to_owned();
    }
    assert_eq!((accepted, duplicates, rejected), (10_000, repeats, bad));
    let disordered = server.number(QUERY, &seq).await;
    server.started.stop().await.unwrap();

    let server = Server::start().await;
    let answer = server.batch(&clean).await;
    assert_eq!(words(&answer), "10000/0");
    let sorted = server.number(QUERY, answer["seq"].as_str().unwrap()).await;
    server.started.stop().await.unwrap();
    assert_eq!(disordered, sorted);
    assert_eq!(sorted.as_array().unwrap().len(), 2, "{sorted}");
}
