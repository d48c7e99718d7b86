//! A steady load of events on a real server over real sockets, and what came of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::{Value as Json, json};
use tests::events::event;
use tests::program::Program;

/// How many post at once, each on a connection of its own.
pub const SENDERS: u64 = 4;
/// Events of one post.
pub const BATCH: u64 = 250;

/// What one load came to.
pub struct Load {
    /// Events acknowledged.
    pub events: u64,
    /// From the first post to the last acknowledgement, seconds.
    pub secs: f64,
    /// How long each post waited for its acknowledgement.
    pub acknowledged_after: Vec<Duration>,
    /// Posts that were refused for now and sent again.
    pub refused: u64,
    /// The place of the last event.
    pub last_seq: String,
}

/// The events of post `number`: of each case its report, a transfer and its result.
#[must_use]
pub fn batch(city: &str, number: u64) -> Vec<Json> {
    let at = jiff::Timestamp::now().to_string();
    let one = |nth: u64| {
        let (case, step) = ((number * BATCH + nth) / 3, (number * BATCH + nth) % 3);
        let code = format!("load-{case:09}");
        match step {
            0 => {
                let data = json!({
                    "kind": "report", "city": city, "channel": "hotline", "content_group": 1 + case % 4,
                    "field": format!("field {}", case % 160), "agency": format!("unit {}", case % 150),
                    "content": "Đèn đường không sáng đã ba đêm, đề nghị đơn vị kiểm tra và sửa chữa",
                });
                event(&format!("{code}/received"), "case.received", &at, &code, data)
            }
            1 => {
                let data = json!({"step": "dispatched", "to": format!("unit {}", case % 150)});
                event(&format!("{code}/dispatched"), "case.transferred", &at, &code, data)
            }
            _ => {
                let data = json!({"result": "done", "handling_unit": format!("unit {}", case % 150)});
                event(&format!("{code}/resolved"), "case.resolved", &at, &code, data)
            }
        }
    };
    (0..BATCH).map(one).collect()
}

/// Posts for so long, `rate` events a second in all, or as fast as answers come. `first` is the number of the
/// first post; no number may be used twice.
///
/// # Errors
/// If a post is refused for good.
pub async fn run(
    program: &Arc<Program>,
    token: &str,
    city: &str,
    first: u64,
    rate: Option<u64>,
    length: Duration,
) -> Result<Load> {
    let began = Instant::now();
    let next = Arc::new(AtomicU64::new(first));
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..SENDERS {
        let (program, token, city, next) = (program.clone(), token.to_owned(), city.to_owned(), next.clone());
        senders.spawn(async move {
            let mut sent = Sent::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if let Some(rate) = rate {
                    let due = Duration::from_secs_f64(((number - first) * BATCH) as f64 / rate as f64);
                    tokio::time::sleep_until((began + due).into()).await;
                }
                if began.elapsed() >= length {
                    return Ok::<_, anyhow::Error>(sent);
                }
                sent.post(&program, &token, serde_json::to_string(&batch(&city, number))?).await?;
            }
        });
    }
    let (mut acknowledged_after, mut refused, mut last_seq) = (Vec::new(), 0, String::new());
    while let Some(sent) = senders.join_next().await {
        let sent = sent??;
        acknowledged_after.extend(sent.acknowledged_after);
        refused += sent.refused;
        last_seq = last_seq.max(sent.last_seq);
    }
    let events = acknowledged_after.len() as u64 * BATCH;
    Ok(Load { events, secs: began.elapsed().as_secs_f64(), acknowledged_after, refused, last_seq })
}

#[derive(Default)]
struct Sent {
    acknowledged_after: Vec<Duration>,
    refused: u64,
    last_seq: String,
}

impl Sent {
    /// As a source does: what is refused for now is sent again under the same ids.
    async fn post(&mut self, program: &Program, token: &str, body: String) -> Result<()> {
        let began = Instant::now();
        loop {
            let reply = program.post(token, "application/cloudevents-batch+json", body.clone()).await?;
            match reply.status {
                202 => {
                    let answer = reply.json();
                    if answer["rejected"].as_array().is_some_and(|rejected| !rejected.is_empty()) {
                        bail!("rejected: {}", answer["rejected"][0]);
                    }
                    self.last_seq = answer["seq"].as_str().unwrap_or_default().to_owned();
                    self.acknowledged_after.push(began.elapsed());
                    return Ok(());
                }
                429 | 503 => {
                    self.refused += 1;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                _ => bail!("{}: {}", reply.status, reply.body),
            }
        }
    }
}
