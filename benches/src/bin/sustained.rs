//! Whether 10,000 events a second are taken durably for minutes on end, and what it costs: the rate that was
//! acknowledged, how long acknowledgements took, and the server's memory from the first second to the last.
//! Then, in the same run and over the same bytes, as fast as each goes: the server, a bare `write` and
//! `fdatasync` of each post, and Redis' `XADD` of each event (memory alone, one pipeline a post).

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use benches::figures::{figure, millis, percentile};
use benches::load::{self, BATCH};
use tests::program::{Program, token};
use tests::redis::Redis;

/// How long each contender of the comparison goes.
const RACE: Duration = Duration::from_secs(5);

/// How long the numbers may take to catch up before that is the figure.
const BEHIND_MAX: Duration = Duration::from_secs(600);

struct Options {
    seconds: u64,
    rate: u64,
    city: String,
}

/// `--seconds N` (15), `--rate EVENTS` a second (10000), `--city NAME` (hcmc).
fn options() -> Result<Options> {
    let mut options = Options { seconds: 15, rate: 10_000, city: "hcmc".to_owned() };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--seconds" => options.seconds = value.parse()?,
            "--rate" => options.rate = value.parse()?,
            "--city" => options.city = value,
            _ => anyhow::bail!("{name}: is none of --seconds, --rate, --city"),
        }
    }
    Ok(options)
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = options()?;
    // On the disk of the build, not in memory: a build elsewhere leaves no such folder here.
    std::fs::create_dir_all("target")?;
    let folder = tempfile::tempdir_in("target")?;
    let data = folder.path().join("data").display().to_string();
    let token = token(Path::new(&data), &options.city, "bench")?;
    let program = Arc::new(Program::serve(&["--city", &options.city, "--data", &data]).await?);

    let memory = tokio::spawn(watch(program.id()));
    let length = Duration::from_secs(options.seconds);
    let steady = load::run(&program, &token, &options.city, 0, Some(options.rate), length).await?;
    memory.abort();
    let begun = Instant::now();
    // The log may be far ahead of the numbers where the machine is too small for the rate.
    while begun.elapsed() < BEHIND_MAX && program.wait_seq(&steady.last_seq).await.is_err() {}
    let behind_secs = begun.elapsed().as_secs_f64();
    figure("sustained_seconds", steady.secs, "s");
    figure("sustained_wanted", options.rate as f64, "events/s");
    figure("sustained_acknowledged", steady.events as f64 / steady.secs, "events/s");
    figure("sustained_refused_for_now", steady.refused as f64, "posts");
    let mut after = steady.acknowledged_after;
    figure("sustained_post_to_durable_answer_p50", millis(percentile(&mut after, 50)), "ms");
    figure("sustained_post_to_durable_answer_p99", millis(percentile(&mut after, 99)), "ms");
    figure("sustained_numbers_behind_at_the_end", behind_secs, "s");
    tell_memory(program.id(), steady.events)?;

    let first = after.len() as u64 + load::SENDERS + 1;
    let fast = load::run(&program, &token, &options.city, first, None, RACE).await?;
    let server = fast.events as f64 / fast.secs;
    let bodies: Vec<Vec<serde_json::Value>> =
        (0..40).map(|number| load::batch(&options.city, first * 1_000 + number)).collect();
    let bare = bare(folder.path(), &bodies)?;
    figure("as_fast_as_it_goes", server, "events/s");
    figure("bare_write_and_fdatasync", bare, "events/s");
    figure("share_of_bare_write_and_fdatasync", server / bare, "");
    let redis = xadd(folder.path(), &bodies).await?;
    figure("redis_xadd", redis, "events/s");
    figure("share_of_redis_xadd", server / redis, "");
    if let Ok(program) = Arc::try_unwrap(program) {
        program.stop()?;
    }
    Ok(())
}

/// Resident memory of the server, once a second, until it is told to end; kept for [`tell_memory`].
async fn watch(program: u32) {
    let begun = Instant::now();
    loop {
        if let Ok(mb) = resident_mb(program) {
            SAMPLES
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .push((begun.elapsed().as_secs_f64(), mb));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

static SAMPLES: std::sync::Mutex<Vec<(f64, f64)>> = std::sync::Mutex::new(Vec::new());

fn resident_mb(program: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{program}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1_024.0)
}

/// Memory at the start, in the middle and at the end, and its slope: every event stays in the numbers, so that what
/// should be flat is what each costs.
fn tell_memory(program: u32, events: u64) -> Result<()> {
    let samples = SAMPLES.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    let at = |place: usize| samples.get(place).map_or(0.0, |(_, mb)| *mb);
    let end = resident_mb(program)?;
    figure("sustained_resident_start", at(0), "MB");
    figure("sustained_resident_middle", at(samples.len() / 2), "MB");
    figure("sustained_resident_end", end, "MB");
    let (first, second) = samples.split_at(samples.len() / 2);
    figure("sustained_resident_slope_first_half", slope(first) * 60.0, "MB/min");
    figure("sustained_resident_slope_second_half", slope(second) * 60.0, "MB/min");
    figure("sustained_resident_per_event", (end - at(0)) * 1_048_576.0 / (events.max(1) as f64), "bytes");
    Ok(())
}

/// The least-squares slope.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len().max(1) as f64;
    let (x, y) =
        samples.iter().fold((0.0, 0.0), |(x, y), sample| (x + sample.0 / count, y + sample.1 / count));
    let (up, over) = samples.iter().fold((0.0, 0.0), |(up, over), sample| {
        (up + (sample.0 - x) * (sample.1 - y), over + (sample.0 - x).powi(2))
    });
    if over > 0.0 { up / over } else { 0.0 }
}

/// Events a second, each post written and synced by itself into a file that was zeroed before, as the log's are.
fn bare(folder: &Path, bodies: &[Vec<serde_json::Value>]) -> Result<f64> {
    use std::io::Seek;
    let bodies: Vec<String> = bodies.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    let mut file = std::fs::File::create(folder.join("bare"))?;
    file.write_all(&vec![0; 64 << 20])?;
    file.sync_all()?;
    file.rewind()?;
    let (begun, mut posts, mut written) = (Instant::now(), 0_u64, 0_usize);
    for body in bodies.iter().cycle() {
        if begun.elapsed() >= RACE {
            break;
        }
        if written + body.len() > 64 << 20 {
            file.rewind()?;
            written = 0;
        }
        file.write_all(body.as_bytes())?;
        file.sync_data()?;
        written += body.len();
        posts += 1;
    }
    Ok((posts * BATCH) as f64 / begun.elapsed().as_secs_f64())
}

/// Events a second of a Redis that keeps them in memory alone.
async fn xadd(folder: &Path, bodies: &[Vec<serde_json::Value>]) -> Result<f64> {
    let server = Redis::start(&folder.join("redis"), &[])?;
    let client = redis::Client::open(server.address())?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let bodies: Vec<Vec<String>> =
        bodies.iter().map(|events| events.iter().map(ToString::to_string).collect()).collect();
    let (begun, mut posts) = (Instant::now(), 0_u64);
    for events in bodies.iter().cycle() {
        if begun.elapsed() >= RACE {
            break;
        }
        let mut pipeline = redis::pipe();
        for event in events {
            pipeline
                .cmd("XADD")
                .arg("events")
                .arg("MAXLEN")
                .arg("~")
                .arg(1_000_000)
                .arg("*")
                .arg("e")
                .arg(event)
                .ignore();
        }
        pipeline.query_async::<()>(&mut connection).await?;
        posts += 1;
    }
    Ok((posts * BATCH) as f64 / begun.elapsed().as_secs_f64())
}
