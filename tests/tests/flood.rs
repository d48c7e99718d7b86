//! A flood: far more comes than the server can take. What it takes it acknowledges within a second, the rest it
//! sends away at once, and it loses nothing of what it took.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tests::events::event;
use tests::program::{Program, run, token};
use tests::servers::count;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const AT: &str = "2015-10-01T12:00:00-04:00";
const BEFORE: &str = "2015-10-01T11:59:59-04:00";

/// Senders of the flood, each with a connection of its own.
const SENDERS: usize = 600;
/// Events in each of their requests.
const EVENTS: usize = 400;
/// How many times what the server takes they send together.
const TIMES: f64 = 10.0;

/// Stands where each request of a sender says its number: as long as any number.
const NUMBER: &str = "1000000000";

/// The requests of one sender, alike but for their number. The flood's own work is next to none: it and the server
/// share the machine, and what is measured is the server.
struct Requests {
    body: Vec<u8>,
    /// Where the number stands.
    places: Vec<usize>,
    number: u64,
}

impl Requests {
    /// Queues of service counters: the newest of each replaces the one before, so that what the city itself comes
    /// to weigh in memory does not hide what a flood may pile up.
    fn of(sender: usize) -> Self {
        let event = |place: usize| {
            let data =
                json!({"unit": format!("u{place}"), "waiting": place, "serving": 1, "issued_today": 7});
            event(&format!("f{sender}-{NUMBER}-{place}"), "counter.reported", BEFORE, "", data)
        };
        let body = Json::Array((0..EVENTS).map(event).collect()).to_string();
        let places: Vec<usize> = body.match_indices(NUMBER).map(|(place, _)| place).collect();
        assert_eq!(places.len(), EVENTS);
        Self { body: body.into_bytes(), places, number: NUMBER.parse().unwrap() }
    }

    /// The next one.
    fn advance(&mut self) {
        self.number += 1;
        let digits = self.number.to_string();
        for place in &self.places {
            self.body[*place..place + NUMBER.len()].copy_from_slice(digits.as_bytes());
        }
    }
}

/// What became of the requests of one sender or of all.
#[derive(Default)]
struct Told {
    accepted_events: u64,
    /// How long those took that were accepted.
    accepted: Vec<Duration>,
    /// How long those took that were sent away, by status.
    refused: BTreeMap<u16, Vec<Duration>>,
    /// Requests that were begun.
    sent: u64,
    /// Connections that broke, and how.
    broken: Vec<String>,
    without_retry_after: u64,
}

impl Told {
    fn add(&mut self, other: Self) {
        self.accepted_events += other.accepted_events;
        self.accepted.extend(other.accepted);
        for (status, times) in other.refused {
            self.refused.entry(status).or_default().extend(times);
        }
        self.sent += other.sent;
        self.broken.extend(other.broken);
        self.without_retry_after += other.without_retry_after;
    }

    fn refusals(&self) -> usize {
        self.refused.values().map(Vec::len).sum()
    }
}

fn quantile(times: &mut [Duration], q: f64) -> Duration {
    times.sort_unstable();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let place = ((times.len() as f64 * q).ceil() as usize).max(1) - 1;
    times.get(place).copied().unwrap_or_default()
}

/// One connection that says what it is told to, and reads each answer.
struct Line {
    stream: TcpStream,
    host: String,
    token: String,
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Line {
    async fn open(host: &str, token: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host: host.to_owned(), token: token.to_owned() })
    }

    async fn post(&mut self, body: &[u8]) -> std::io::Result<Answer> {
        let head = format!(
            "POST /api/v1/events HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             content-type: application/cloudevents-batch+json\r\ncontent-length: {}\r\n\r\n",
            self.host,
            self.token,
            body.len()
        );
        self.stream.write_all(head.as_bytes()).await?;
        self.stream.write_all(body).await?;
        let mut held = Vec::with_capacity(2_048);
        let end = loop {
            if let Some(at) = held.windows(4).position(|end| end == b"\r\n\r\n") {
                break at + 4;
            }
            if self.stream.read_buf(&mut held).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        };
        let head = String::from_utf8_lossy(&held[..end]).to_lowercase();
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        let mut body = held.split_off(end);
        while body.len() < length.unwrap_or_default() {
            if self.stream.read_buf(&mut body).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Ok(Answer { status, head, body })
    }
}

/// Sends until it is over: a request every so often, or, where the answer takes longer, the next at once.
async fn sender(
    sender: usize,
    host: Arc<str>,
    token: Arc<str>,
    every: Duration,
    over: Arc<AtomicBool>,
) -> Told {
    let mut told = Told::default();
    let mut line = None;
    let mut requests = Requests::of(sender);
    // Not all at one instant.
    tokio::time::sleep(every.mul_f64(rand::random::<f64>())).await;
    let mut next = tokio::time::Instant::now();
    while !over.load(Relaxed) {
        tokio::time::sleep_until(next).await;
        next = tokio::time::Instant::now().max(next + every);
        told.sent += 1;
        let mut open = match line.take() {
            Some(open) => open,
            None => match Line::open(&host, &token).await {
                Ok(open) => open,
                Err(error) => {
                    told.broken.push(format!("opening: {error}"));
                    continue;
                }
            },
        };
        let began = Instant::now();
        let answer = match open.post(&requests.body).await {
            Ok(answer) => answer,
            Err(error) => {
                told.broken.push(format!("after {:?}: {error}", began.elapsed()));
                continue;
            }
        };
        let took = began.elapsed();
        if answer.status == 202 {
            let outcome: Json = serde_json::from_slice(&answer.body).unwrap();
            told.accepted_events += outcome["accepted"].as_u64().unwrap();
            told.accepted.push(took);
            requests.advance();
        } else {
            told.without_retry_after += u64::from(!answer.head.contains("\r\nretry-after: "));
            told.refused.entry(answer.status).or_default().push(took);
        }
        line = Some(open);
    }
    told
}

async fn flood(
    program: &Program,
    token: &str,
    senders: std::ops::Range<usize>,
    every: Duration,
    time: Duration,
) -> Told {
    let host: Arc<str> = program.base.strip_prefix("http://").unwrap().into();
    let over = Arc::new(AtomicBool::new(false));
    let mut all = JoinSet::new();
    for number in senders {
        all.spawn(sender(number, host.clone(), token.into(), every, over.clone()));
    }
    tokio::time::sleep(time).await;
    over.store(true, Relaxed);
    let mut told = Told::default();
    while let Some(one) = all.join_next().await {
        told.add(one.unwrap());
    }
    told
}

/// Bytes that a process has in memory.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

async fn serve(data: &Path) -> Program {
    let path = data.display().to_string();
    let clock = format!("{AT},speed=0");
    Program::serve(&["--city", "boston", "--data", &path, "--clock", &clock, "--image-every", "0"])
        .await
        .unwrap()
}

/// How many events are in the numbers, once all that is durable is.
async fn received(program: &Program) -> u64 {
    let figures = program.get("/metrics").await.unwrap().body;
    let durable = figures.lines().find_map(|line| line.strip_prefix("toancanh_log_durable_seq ")).unwrap();
    let seq = format!("{:020}", durable.trim().parse::<u64>().unwrap());
    let began = Instant::now();
    loop {
        let state = program.json("/api/v1/state").await.unwrap();
        if state["seq"].as_str().unwrap() >= seq.as_str() {
            return state["events"].as_u64().unwrap();
        }
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "the numbers did not catch up within two minutes"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_flood_is_answered_within_a_second_or_sent_away() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let token = token(&data, "boston", "flood").unwrap();
    let program = serve(&data).await;
    let process = program.id();

    // How much it takes when as many come as it likes.
    let calm = flood(&program, &token, 0..4, Duration::ZERO, Duration::from_secs(4)).await;
    assert!(calm.refusals() < calm.accepted.len() / 10, "four senders are no flood");
    #[allow(clippy::cast_precision_loss)]
    let per_second = calm.accepted_events as f64 / 4.0;
    let before = received(&program).await;
    assert_eq!(before, calm.accepted_events);
    let (rest, peak) = (memory(process), Arc::new(AtomicU64::new(0)));
    let watching = tokio::spawn({
        let peak = peak.clone();
        async move {
            loop {
                peak.fetch_max(memory(process), Relaxed);
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    });
    let secs = count(8, 600);
    let began = Instant::now();
    #[allow(clippy::cast_precision_loss)]
    let every = Duration::from_secs_f64((SENDERS * EVENTS) as f64 / (per_second * TIMES));
    let senders = 1_000..1_000 + SENDERS;
    let mut told = flood(&program, &token, senders, every, Duration::from_secs(secs as u64)).await;
    let ended = Instant::now();
    watching.abort();
    let total = received(&program).await;
    let caught_up = ended.elapsed();
    let after = memory(process);

    let (accepted, refusals) = (told.accepted.len(), told.refusals());
    let p50 = quantile(&mut told.accepted, 0.5);
    let p99 = quantile(&mut told.accepted, 0.99);
    let worst = told.accepted.last().copied().unwrap_or_default();
    let mut refused: Vec<Duration> = told.refused.values().flatten().copied().collect();
    #[allow(clippy::cast_precision_loss)]
    let offered = (told.sent * EVENTS as u64) as f64 / (ended - began).as_secs_f64();
    println!("figure: seconds = {:.1}", (ended - began).as_secs_f64());
    println!("figure: events per second when calm = {per_second:.0}");
    println!("figure: events accepted = {}", told.accepted_events);
    println!("figure: requests accepted = {accepted}");
    println!("figure: requests sent away = {refusals}");
    println!("figure: events per second offered = {offered:.0}");
    println!("figure: times what it takes when calm = {:.1}", offered / per_second);
    println!("figure: accepted p50 ms = {}", p50.as_millis());
    println!("figure: accepted p99 ms = {}", p99.as_millis());
    println!("figure: accepted worst ms = {}", worst.as_millis());
    println!("figure: sent away p99 ms = {}", quantile(&mut refused, 0.99).as_millis());
    println!("figure: seconds to catch up = {:.1}", caught_up.as_secs_f64());
    println!("figure: memory before MiB = {}", rest >> 20);
    println!("figure: memory peak MiB = {}", peak.load(Relaxed) >> 20);
    println!("figure: memory after MiB = {}", after >> 20);
    println!("figure: lost = {}", (before + told.accepted_events).saturating_sub(total));

    assert_eq!(total, before + told.accepted_events, "what was acknowledged is there, and nothing else");
    assert!(
        told.broken.is_empty(),
        "nobody is cut off: {} were, {:?}",
        told.broken.len(),
        told.broken.first()
    );
    assert!(told.refused.keys().all(|status| [429, 503].contains(status)), "{:?}", told.refused.keys());
    assert_eq!(told.without_retry_after, 0);
    assert!(accepted > 0 && refusals > accepted, "{accepted} accepted, {refusals} sent away: no flood");
    // The figure is that of the long form, which has the machine to itself. Beside other tests it says only that
    // nothing waits for as long as the flood lasts.
    let in_time = Duration::from_secs(count(3, 1) as u64);
    assert!(p99 <= in_time, "p99 of what was accepted is {p99:?}");
    // The identity of each event that was accepted stays in memory; besides, what the gateway may have in hand at
    // once (128 MiB of bodies, some three times as much while they are parsed). Nothing else may pile up: all that
    // was offered would weigh several times that, in the long form a hundred times.
    let state = told.accepted_events * 200;
    assert!(
        peak.load(Relaxed) <= rest + state + (512 << 20),
        "memory grew to {} MiB",
        peak.load(Relaxed) >> 20
    );
    program.stop().unwrap();
}

/// One source that sends ten times as fast as it was registered for slows nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_sends_too_fast_is_told_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = data.display().to_string();
    let add = ["source", "add", "fast", "--city", "boston", "--rate", "400", "--data", &path];
    let fast = run(&add).unwrap().lines().last().unwrap().to_owned();
    let other = token(&data, "boston", "other").unwrap();
    let program = serve(&data).await;
    let (told, mut calm) = tokio::join!(
        flood(&program, &fast, 0..40, Duration::ZERO, Duration::from_secs(4)),
        flood(&program, &other, 100..101, Duration::ZERO, Duration::from_secs(4)),
    );
    // A second's allowance at the start, and the mean after that; each sender may overdraw it once.
    let most = 400 * 6 + 40 * EVENTS as u64;
    assert!((1..=most).contains(&told.accepted_events), "{}", told.accepted_events);
    assert!(told.refused.keys().eq([&429]) && told.refusals() > 100, "{:?}", told.refused.keys());
    // The other's requests go on: each is answered, and there are many.
    assert!(calm.refusals() <= 5, "{}", calm.refusals());
    assert!(calm.accepted.len() > 5 && quantile(&mut calm.accepted, 0.5) <= Duration::from_secs(1));
    assert_eq!(received(&program).await, told.accepted_events + calm.accepted_events);
    program.stop().unwrap();
}
