//! The demo of a city that is simulated: the last weeks are in the log from the start, made once and kept,
//! and from the present on the same simulation goes on through a real socket, as fast as the clock.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use domain::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use toancanh_log::keys::KeyStore;

use super::halves::Halves;
use super::prepare::{Prepared, remove};
use super::{Options, listen};
use crate::city::CityFolder;
use crate::clock::{CityClock, ClockKind};
use crate::serve::{self, Started};
use crate::settings::Settings;
use crate::simulate::{self, Live, Pace, Scale, Simulation, World};

/// So many days more than asked for are kept before the history is made anew.
const KEPT_DAYS: i64 = 7;

/// Runs the simulation until it is told to stop.
pub(super) async fn run(
    settings: Settings,
    city: CityFolder,
    options: Options,
    ready: impl Fn(SocketAddr),
) -> Result<()> {
    let listener = listen(&settings)?;
    let now = options.from.unwrap_or_else(|| jiff::Timestamp::now().into());
    let (prepared, world, stream) = {
        let (city, dir) = (crate::city::load(&settings.city)?, options.dir.clone());
        let training = settings.training;
        tokio::task::spawn_blocking(move || prepare(&city, &dir, now, training)).await??
    };
    let speed = options.speed.unwrap_or(world.demo().speed);
    let settings = Settings { data: prepared.begin_run()?, keys: prepared.keys.clone(), ..settings };
    let clock = CityClock::set(ClockKind::Simulated, now, 0.0);
    let started = serve::start_on(listener, settings, Arc::new(city), clock).await?;
    ready(started.address);
    let played = play(&started, stream, now, speed).await;
    started.stop().await?;
    played
}

/// Plays on until somebody asks to stop.
async fn play(started: &Started, stream: Simulation, now: Timestamp, speed: f64) -> Result<()> {
    let running = &started.running;
    tokio::select! {
        () = started.is_ready() => {}
        () = crate::cli::stop_requested() => return Ok(()),
    }
    running.clock.move_on(None, Some(speed)).map_err(|problem| anyhow::anyhow!(problem.detail))?;
    let token = running.sources.register_for_this_run("simulation", &running.city.city.code)?;
    let clock = running.clock.clone();
    let live = Live {
        to: format!("http://{}", started.address),
        token,
        now: Arc::new(move || clock.now()),
        quiet: true,
    };
    tokio::select! {
        played = simulate::feed(stream, now, live) => Ok(played.map(|_| ())?),
        () = crate::cli::stop_requested() => Ok(()),
    }
}

/// What was made, and how far it goes.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    /// The city's digest, which leaves out its model.
    city: String,
    /// SHA-256 of the model.
    model: String,
    program: String,
    /// Where the history begins, and where it ends so far: microseconds since 1970.
    from_micros: i64,
    to_micros: i64,
}

/// Makes the history, or what is missing of it. The stream goes on from there.
fn prepare(
    city: &CityFolder,
    dir: &Path,
    now: Timestamp,
    training: bool,
) -> Result<(Prepared, Arc<World>, Simulation)> {
    let plan = World::load(city, 1, Scale { reports: 1.0, dossiers: 1.0 })?.demo().clone();
    let scale = Scale { reports: 1.0, dossiers: plan.dossiers };
    let world = Arc::new(World::load(city, plan.seed, scale)?);
    let prepared = Prepared::at(dir);
    let wanted = midnight(city, now)?.plus_secs(-i64::from(plan.days) * 86_400);
    let file = dir.join("prepared");
    let kept = kept(&file, city, wanted, now).filter(|_| KeyStore::is_in(&prepared.keys));
    let (from, made_to) = kept.unwrap_or((wanted, wanted));
    if kept.is_none() {
        remove(&prepared.base())?;
        remove(&prepared.run())?;
    }
    std::fs::create_dir_all(prepared.base()).with_context(|| format!("cannot make {}", dir.display()))?;
    let mut past = Simulation::new(world.clone(), from, Some(now));
    past.pass(made_to);
    let mut log = Halves::open(&prepared.base(), &prepared.keys, &city.city, Timestamp::MAX, training)?;
    let pace = Pace { from: made_to, until: now, speed: None, progress: true };
    let made = simulate::import(past, &mut log, pace)?;
    ensure!(
        made.rejected == 0,
        "{} events of the simulation were refused by the product's own gate",
        made.rejected
    );
    log.finish()?.for_each(drop);
    let stamp = Stamp {
        city: city.city.digest.clone(),
        model: model_digest(city)?,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        from_micros: from.micros(),
        to_micros: now.micros(),
    };
    std::fs::write(&file, serde_json::to_vec(&stamp)?)?;
    let mut stream = Simulation::new(world.clone(), from, None);
    stream.pass(now);
    Ok((prepared, world, stream))
}

/// Where the history that lies there begins and ends, if it can be used.
fn kept(file: &Path, city: &CityFolder, wanted: Timestamp, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let stamp: Stamp = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    let (from, to) = (Timestamp::from_micros(stamp.from_micros), Timestamp::from_micros(stamp.to_micros));
    let is_ours = stamp.city == city.city.digest
        && stamp.program == env!("CARGO_PKG_VERSION")
        && model_digest(city).is_ok_and(|model| model == stamp.model);
    let is_new_enough = from <= wanted && from >= wanted.plus_secs(-KEPT_DAYS * 86_400) && to <= now;
    (is_ours && is_new_enough).then_some((from, to))
}

fn model_digest(city: &CityFolder) -> Result<String> {
    let folder = city.dir.as_ref().context("a city of one file has no simulation")?;
    Ok(hex::encode(Sha256::digest(std::fs::read(folder.join(simulate::FILE))?)))
}

/// The first instant of the local day.
fn midnight(city: &CityFolder, now: Timestamp) -> Result<Timestamp> {
    let zoned = now.to_jiff().to_zoned(city.city.zone.clone());
    Ok(zoned.start_of_day()?.timestamp().into())
}
