//! Five hundred live clients: from an event to its delta at every one of them, against a bare
//! tungstenite broadcast of the same bytes to as many clients, in the same run.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use benches::figures::{figure, millis, percentile};
use futures::{SinkExt, StreamExt};
use serde_json::json;
use tests::events::event;
use tests::program::{Program, token};
use tests::socket::Client;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc};
use tokio_tungstenite::tungstenite::Message;

const CLIENTS: usize = 500;
const FRAMES: usize = 60;

#[tokio::main]
async fn main() -> Result<()> {
    let (mut ours, bytes) = product().await?;
    let mut bare = broadcast_of(&bytes).await?;
    for (name, spread) in [("product", &mut ours), ("bare_tungstenite", &mut bare)] {
        figure(&format!("fanout_500_{name}_spread_p50"), millis(percentile(spread, 50)), "ms");
        figure(&format!("fanout_500_{name}_spread_p99"), millis(percentile(spread, 99)), "ms");
    }
    let ratio = millis(percentile(&mut ours, 50)) / millis(percentile(&mut bare, 50)).max(0.001);
    figure("fanout_500_product_over_bare", ratio, "ratio");
    Ok(())
}

/// For each delta: from the first client that has it to the last.
async fn product() -> Result<(Vec<Duration>, String)> {
    // On the disk of the build, not in memory: a build elsewhere leaves no such folder here.
    std::fs::create_dir_all("target")?;
    let folder = tempfile::tempdir_in("target")?;
    let data = folder.path().join("data");
    let token = token(&data, "boston", "bench")?;
    let path = data.display().to_string();
    let program = Program::serve(&["--city", "boston", "--data", &path]).await?;
    let (seen, mut arrivals) = mpsc::channel::<(u64, Instant, usize)>(CLIENTS * 4);
    let mut readers = Vec::new();
    let mut bytes = String::new();
    for number in 0..CLIENTS {
        let mut client = Client::open(&program.base).await?;
        client.subscribe(1, json!({"metric": ["received", "open"], "group_by": ["agency"]}), None).await?;
        let topic = client.topic(1).await?;
        let seen = seen.clone();
        readers.push(tokio::spawn(async move {
            while let Ok(message) = client.next().await {
                let frame = message.get("delta").filter(|frame| frame["topic"] == topic.as_str());
                if let Some(n) = frame.and_then(|frame| frame["n"].as_u64())
                    && seen.send((n, Instant::now(), number)).await.is_err()
                {
                    return;
                }
            }
        }));
    }
    let mut spread = Vec::new();
    for number in 0..FRAMES {
        let case = format!("fan-{number}");
        let time = jiff::Timestamp::now().to_string();
        let data = json!({"kind": "report", "city": "boston", "agency": "unit 1", "field": "a/b/c"});
        let body = event(&format!("{case}/received"), "case.received", &time, &case, data).to_string();
        let reply = program.post(&token, "application/cloudevents+json", body).await?;
        anyhow::ensure!(reply.status == 202, "{}", reply.body);
        spread.push(gather(&mut arrivals).await?);
        bytes = json!({"delta": {"topic": "t1", "n": number + 2, "seq": format!("{number:020}"),
            "at": time, "upsert": [["unit 1", number, number]], "remove": []}})
        .to_string();
    }
    readers.iter().for_each(tokio::task::JoinHandle::abort);
    program.stop()?;
    Ok((spread, bytes))
}

/// One message of every client: from the first to the last.
async fn gather(arrivals: &mut mpsc::Receiver<(u64, Instant, usize)>) -> Result<Duration> {
    let mut first = None;
    let mut last = Instant::now();
    for _ in 0..CLIENTS {
        let arrival = tokio::time::timeout(Duration::from_secs(10), arrivals.recv()).await?;
        let (_, at, _) = arrival.context("the readers are gone")?;
        first = Some(first.map_or(at, |first: Instant| first.min(at)));
        last = last.max(at);
    }
    Ok(last.duration_since(first.context("no client")?))
}

async fn broadcast_of(bytes: &str) -> Result<Vec<Duration>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (send, _) = broadcast::channel::<Message>(64);
    let sender = send.clone();
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut frames = sender.subscribe();
            tokio::spawn(async move {
                let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
                while let Ok(frame) = frames.recv().await {
                    if socket.send(frame).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    let (seen, mut arrivals) = mpsc::channel(CLIENTS * 4);
    let mut readers = Vec::new();
    for number in 0..CLIENTS {
        let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}")).await?;
        let seen = seen.clone();
        readers.push(tokio::spawn(async move {
            while let Some(Ok(_)) = socket.next().await {
                if seen.send((0, Instant::now(), number)).await.is_err() {
                    return;
                }
            }
        }));
    }
    let mut spread = Vec::new();
    for _ in 0..FRAMES {
        tokio::time::sleep(Duration::from_millis(20)).await;
        send.send(Message::text(bytes)).context("no client follows")?;
        spread.push(gather(&mut arrivals).await?);
    }
    readers.iter().for_each(tokio::task::JoinHandle::abort);
    server.abort();
    Ok(spread)
}
