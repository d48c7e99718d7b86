//! From `POST` to the durable answer, and from an event to its delta on the socket at 1,000 events a
//! second. The baseline of the first is a bare write and `fdatasync` of the same bytes to the same
//! disk, measured in the same run.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Result;
use benches::figures::{figure, millis, percentile};
use serde_json::json;
use tests::events::event;
use tests::program::{Program, token};
use tests::socket::Client;

const POSTS: usize = 1_000;
const EVENTS_PER_SECOND: u64 = 1_000;
const SECONDS: u64 = 20;

fn received(case: &str, time: &str) -> serde_json::Value {
    let data = json!({"kind": "report", "city": "boston", "agency": "unit 1", "field": "a/b/c"});
    event(&format!("{case}/received"), "case.received", time, case, data)
}

#[tokio::main]
async fn main() -> Result<()> {
    // On the disk of the build, not in memory: a build elsewhere leaves no such folder here.
    std::fs::create_dir_all("target")?;
    let folder = tempfile::tempdir_in("target")?;
    let data = folder.path().join("data");
    let token = token(&data, "boston", "bench")?;
    let path = data.display().to_string();
    let program = Program::serve(&["--city", "boston", "--data", &path]).await?;
    bare_sync(folder.path())?;
    answers(&program, &token).await?;
    deltas(&program, &token).await?;
    program.stop()?;
    Ok(())
}

fn now() -> String {
    jiff::Timestamp::now().to_string()
}

fn bare_sync(folder: &std::path::Path) -> Result<()> {
    let body = received("case", &now()).to_string();
    let mut file = std::fs::File::create(folder.join("bare"))?;
    file.write_all(&vec![0; 16 << 20])?;
    file.sync_all()?;
    let mut took = Vec::new();
    for _ in 0..POSTS {
        let began = Instant::now();
        file.write_all(body.as_bytes())?;
        file.sync_data()?;
        took.push(began.elapsed());
    }
    figure("bare_write_and_fdatasync_p50", millis(percentile(&mut took, 50)), "ms");
    figure("bare_write_and_fdatasync_p99", millis(percentile(&mut took, 99)), "ms");
    Ok(())
}

async fn answers(program: &Program, token: &str) -> Result<()> {
    let mut took = Vec::new();
    for number in 0..POSTS {
        let body = received(&format!("post-{number}"), &now()).to_string();
        let began = Instant::now();
        let reply = program.post(token, "application/cloudevents+json", body).await?;
        took.push(began.elapsed());
        anyhow::ensure!(reply.status == 202, "{}", reply.body);
    }
    figure("post_to_durable_answer_p50", millis(percentile(&mut took, 50)), "ms");
    figure("post_to_durable_answer_p99", millis(percentile(&mut took, 99)), "ms");
    Ok(())
}

/// Posts at a steady rate; for each post, how long until the client's number has it.
async fn deltas(program: &Program, token: &str) -> Result<()> {
    let mut client = Client::open(&program.base).await?;
    client.subscribe(1, json!({"metric": ["received"]}), None).await?;
    let topic = client.topic(1).await?;
    let (seen, mut reached) = tokio::sync::mpsc::channel::<(String, Instant)>(10_000);
    let reader = tokio::spawn(async move {
        while let Ok(message) = client.next().await {
            let frame = message.get("delta").filter(|frame| frame["topic"] == topic.as_str());
            if let Some(seq) = frame.and_then(|frame| frame["seq"].as_str())
                && seen.send((seq.to_owned(), Instant::now())).await.is_err()
            {
                return;
            }
        }
    });
    // Twenty posts of fifty events in each second.
    let mut sent = Vec::new();
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    for post in 0..SECONDS * 20 {
        tick.tick().await;
        let events: Vec<_> = (0..EVENTS_PER_SECOND / 20)
            .map(|number| received(&format!("delta-{post}-{number}"), &now()))
            .collect();
        let began = Instant::now();
        let body = serde_json::to_string(&events)?;
        let reply = program.post(token, "application/cloudevents-batch+json", body).await?;
        anyhow::ensure!(reply.status == 202, "{}", reply.body);
        sent.push((reply.json()["seq"].as_str().unwrap_or_default().to_owned(), began));
    }
    let mut took = Vec::new();
    let mut waiting = sent.into_iter().peekable();
    while waiting.peek().is_some() {
        let Ok(Some((seq, at))) = tokio::time::timeout(Duration::from_secs(5), reached.recv()).await else {
            anyhow::bail!("the deltas stopped before all events were seen");
        };
        while let Some((_, began)) = waiting.next_if(|(own, _)| *own <= seq) {
            took.push(at.duration_since(began));
        }
    }
    reader.abort();
    figure("event_to_delta_at_1000_per_second_p50", millis(percentile(&mut took, 50)), "ms");
    figure("event_to_delta_at_1000_per_second_p99", millis(percentile(&mut took, 99)), "ms");
    Ok(())
}
