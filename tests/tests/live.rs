//! The live socket as somebody outside uses it: what a client holds is what a fresh snapshot says,
//! what it missed comes as deltas, and a change touches only its own rows.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tests::events::event;
use tests::program::{Program, token};
use tests::socket::{Client, Rows};

const AT: &str = "2015-10-01T12:00:00-04:00";
/// When the events happened: a period that ends now does not hold what happens at this very instant.
const BEFORE: &str = "2015-10-01T11:59:59-04:00";

struct City {
    program: Program,
    token: String,
    _folder: tempfile::TempDir,
}

async fn city(clock: &str) -> City {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let token = token(&data, "boston", "live").unwrap();
    let path = data.display().to_string();
    let program = Program::serve(&["--city", "boston", "--data", &path, "--clock", clock]).await.unwrap();
    City { program, token, _folder: folder }
}

fn received(case: &str, agency: &str, due: Option<&str>) -> Json {
    let mut data = json!({"kind": "report", "city": "boston", "agency": agency, "field": "a/b/c"});
    if let Some(due) = due {
        data["due_at"] = json!(due);
    }
    event(&format!("{case}/received"), "case.received", BEFORE, case, data)
}

impl City {
    async fn post(&self, events: &[Json]) -> String {
        let body = serde_json::to_string(events).unwrap();
        let reply = self.program.post(&self.token, "application/cloudevents-batch+json", body).await.unwrap();
        assert_eq!(reply.status, 202, "{}", reply.body);
        let answer = reply.json();
        assert_eq!(answer["rejected"], json!([]));
        answer["seq"].as_str().unwrap().to_owned()
    }
}

/// Reads until the socket's state is at least `seq`, by frames and beats.
async fn read_until(client: &mut Client, rows: &mut Rows, topic: &str, seq: &str) -> usize {
    let mut largest = 0;
    loop {
        let message = client.next().await.unwrap();
        if message.get("delta").is_some() {
            largest = largest.max(message.to_string().len());
        }
        rows.take(topic, &message);
        let at = ["snapshot", "delta", "beat"].iter().find_map(|kind| message[*kind]["seq"].as_str());
        if at.is_some_and(|at| at >= seq) {
            return largest;
        }
    }
}

fn by_agency() -> Json {
    json!({"metric": ["open", "overdue", "received"], "group_by": ["agency"]})
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_a_client_that_applies_deltas_holds_the_fresh_snapshot_of_the_same_state() {
    let city = city(&format!("{AT},speed=600")).await;
    let seconds = if std::env::var_os("TOANCANH_PROVE").is_some() { 120 } else { 8 };
    let mut client = Client::open(&city.program.base).await.unwrap();
    client.subscribe(1, by_agency(), None).await.unwrap();
    let topic = client.topic(1).await.unwrap();
    let mut held = Rows::new(1);
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let mut number = 0;
    let mut compared = 0;
    while Instant::now() < deadline {
        let mut events = Vec::new();
        for _ in 0..200 {
            number += 1;
            // Due within minutes of the replay's clock, so that time itself moves numbers too.
            let due = format!("2015-10-01T{:02}:{:02}:00-04:00", 12 + number % 8, number % 60);
            events.push(received(&format!("c{number}"), &format!("unit {}", number % 37), Some(&due)));
        }
        let seq = city.post(&events).await;
        read_until(&mut client, &mut held, &topic, &seq).await;
        let mut fresh = Client::open(&city.program.base).await.unwrap();
        fresh.subscribe(1, by_agency(), None).await.unwrap();
        let same = fresh.topic(1).await.unwrap();
        let mut snapshot = Rows::new(1);
        while snapshot.snapshots == 0 {
            snapshot.take(&same, &fresh.next().await.unwrap());
        }
        // Both read on until they stand at the same frame of the same topic.
        assert_eq!(topic, same, "equal questions share a topic");
        while held.n < snapshot.n {
            held.take(&topic, &client.next().await.unwrap());
        }
        if held.n == snapshot.n {
            assert_eq!(held.rows, snapshot.rows);
            compared += 1;
        }
    }
    println!("figure: seconds_under_load = {seconds}");
    println!("figure: events = {number}");
    println!("figure: snapshots_compared = {compared}");
    assert!(compared >= 3, "compared only {compared} times");
    assert_eq!(held.snapshots, 1, "only the first frame was a snapshot");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_within_a_minute_gets_deltas_and_no_snapshot() {
    let city = city(&format!("{AT},speed=0")).await;
    let seq = city.post(&[received("a", "one", None)]).await;
    let mut client = Client::open(&city.program.base).await.unwrap();
    client.subscribe(7, by_agency(), None).await.unwrap();
    let topic = client.topic(7).await.unwrap();
    let mut held = Rows::new(1);
    read_until(&mut client, &mut held, &topic, &seq).await;
    let epoch = client.hello["epoch"].clone();
    drop(client);
    let mut seq = String::new();
    for number in 0..5 {
        seq = city.post(&[received(&format!("b{number}"), "two", None)]).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let mut client = Client::open(&city.program.base).await.unwrap();
    client.subscribe(7, by_agency(), Some(json!({"epoch": epoch, "n": held.n}))).await.unwrap();
    let topic = client.topic(7).await.unwrap();
    read_until(&mut client, &mut held, &topic, &seq).await;
    assert_eq!(held.snapshots, 1, "no second snapshot");
    assert_eq!(held.rows["[\"two\"]"], json!(["two", 5, 0, 5]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_since_of_another_epoch_gets_a_snapshot() {
    let city = city(&format!("{AT},speed=0")).await;
    city.post(&[received("a", "one", None)]).await;
    let mut client = Client::open(&city.program.base).await.unwrap();
    client.subscribe(1, by_agency(), Some(json!({"epoch": 1, "n": 1}))).await.unwrap();
    let topic = client.topic(1).await.unwrap();
    let mut held = Rows::new(1);
    while held.snapshots == 0 {
        held.take(&topic, &client.next().await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_changed_case_among_five_thousand_groups_is_a_delta_of_its_own_rows() {
    let city = city(&format!("{AT},speed=0")).await;
    let mut seq = String::new();
    for batch in (0..5_000).collect::<Vec<_>>().chunks(1_000) {
        let events: Vec<_> = batch
            .iter()
            .map(|number| received(&format!("c{number}"), &format!("unit {number}"), None))
            .collect();
        seq = city.post(&events).await;
    }
    let mut client = Client::open(&city.program.base).await.unwrap();
    city.program.wait_seq(&seq).await.unwrap();
    client.subscribe(1, by_agency(), None).await.unwrap();
    let topic = client.topic(1).await.unwrap();
    let mut held = Rows::new(1);
    while held.snapshots == 0 {
        held.take(&topic, &client.next().await.unwrap());
    }
    assert_eq!(held.rows.len(), 5_000);
    let moved = json!({"step": "dispatched", "to": "unit 8"});
    let seq = city.post(&[event("move", "case.transferred", BEFORE, "c7", moved)]).await;
    let largest = read_until(&mut client, &mut held, &topic, &seq).await;
    assert!(largest > 0 && largest <= 4_096, "the delta has {largest} bytes");
    assert_eq!(held.rows["[\"unit 8\"]"], json!(["unit 8", 2, 0, 1]));
    // The unit that lost the case keeps what came in under it.
    assert_eq!(held.rows["[\"unit 7\"]"], json!(["unit 7", 0, 0, 1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn time_alone_moves_a_case_to_due_soon_and_overdue() {
    // Ten seconds of limit, in real time: due soon from the eighth second, overdue after the tenth.
    let city = city(&format!("{AT},speed=1")).await;
    let mut client = Client::open(&city.program.base).await.unwrap();
    let query = json!({"metric": ["in_time", "due_soon", "overdue"]});
    client.subscribe(1, query, None).await.unwrap();
    let topic = client.topic(1).await.unwrap();
    let now: jiff::Timestamp = client.hello["at"].as_str().unwrap().parse().unwrap();
    let start = now.as_second();
    let show = |secs: i64| jiff::Timestamp::from_second(secs).unwrap().to_string();
    let data =
        json!({"kind": "report", "city": "boston", "agency": "x", "field": "y", "due_at": show(start + 10)});
    city.post(&[event("r", "case.received", &show(start), "r", data)]).await;
    let mut held = Rows::new(0);
    let mut seen = Vec::new();
    while seen.last().is_none_or(|(state, _)| *state != "overdue") {
        held.take(&topic, &client.next().await.unwrap());
        let Some(row) = held.rows.get("[]") else { continue };
        let states = ["in_time", "due_soon", "overdue"];
        let state = states.iter().zip(row.as_array().unwrap()).find(|(_, count)| **count == json!(1));
        let Some((state, _)) = state else { continue };
        if seen.last().is_none_or(|(last, _)| last != state) {
            let at: jiff::Timestamp = held.at.parse().unwrap();
            seen.push((*state, at.as_millisecond() - start * 1_000));
        }
    }
    let at = |state: &str| seen.iter().find(|(name, _)| *name == state).map(|(_, at)| *at).unwrap();
    assert!((8_000..10_000).contains(&at("due_soon")), "{seen:?}");
    assert!((10_001..12_000).contains(&at("overdue")), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_followed_is_answered_and_the_socket_lives() {
    let city = city(&format!("{AT},speed=0")).await;
    let mut client = Client::open(&city.program.base).await.unwrap();
    for query in [
        json!({"metric": ["opne"]}),
        json!({"metric": ["open"], "group_by": ["street"]}),
        json!({"metric": ["open"], "filter": {"at": AT}}),
        json!({"metric": []}),
    ] {
        client.subscribe(9, query.clone(), None).await.unwrap();
        let problem = loop {
            let message = client.next().await.unwrap();
            if let Some(error) = message.get("error") {
                break error.clone();
            }
        };
        assert_eq!(problem["id"], json!(9), "{query}");
        assert!(problem["problem"]["parameter"].is_string(), "{problem}");
    }
    client.say(&json!({"shout": 1})).await.unwrap();
    client.subscribe(1, json!({"metric": ["open"]}), None).await.unwrap();
    assert!(client.next().await.is_ok());
}
