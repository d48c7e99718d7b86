//! The demo of a city with real cases of the past: what came in before the replay begins is in the log
//! from the start; the rest arrives through a real socket, on the replay's own clock. At its end it begins
//! again, with a new epoch that every screen sees.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use super::prepare::Prepared;
use super::{Options, listen, prepare};
use crate::city::{CityFolder, Replay};
use crate::clock::{CityClock, ClockKind};
use crate::replay;
use crate::serve::{self, Started};
use crate::settings::Settings;

/// How long the last picture stands before the replay begins again.
const SEAM: Duration = Duration::from_secs(10);

/// Runs the replay until it is told to stop.
pub(super) async fn run(
    settings: Settings,
    city: CityFolder,
    mut plan: Replay,
    options: Options,
    ready: impl Fn(SocketAddr),
) -> Result<()> {
    if let Some(from) = options.from {
        plan.from = from.to_jiff();
    }
    plan.speed = options.speed.unwrap_or(plan.speed);
    let prepared = {
        let (dir, plan) = (options.dir.clone(), plan.clone());
        let city = crate::city::load(&settings.city)?;
        let training = settings.training;
        tokio::task::spawn_blocking(move || prepare::prepare(&city, &plan, &dir, training)).await??
    };
    let listener = listen(&settings)?;
    let city = Arc::new(city);
    let mut round = 1_u32;
    loop {
        let settings = Settings {
            data: prepared.begin_run()?,
            keys: prepared.keys.clone(),
            notice: Some(notice(&city, &plan, round)),
            ..settings.clone()
        };
        let clock = CityClock::set(ClockKind::Replay, plan.from.into(), 0.0);
        let started = serve::start_on(listener.try_clone()?, settings, city.clone(), clock).await?;
        ready(started.address);
        let stopped = play_round(&started, &plan, &prepared).await;
        started.stop().await?;
        if stopped? {
            return Ok(());
        }
        round += 1;
    }
}

/// One time through. `true` where somebody asked to stop.
async fn play_round(started: &Started, plan: &Replay, prepared: &Prepared) -> Result<bool> {
    let running = &started.running;
    started.is_ready().await;
    running.clock.move_on(None, Some(plan.speed)).map_err(|problem| anyhow::anyhow!(problem.detail))?;
    let token = running.sources.register_for_this_run("replay", &running.city.city.code)?;
    let clock = running.clock.clone();
    let play = replay::play(replay::Play {
        events: replay::Events::File(prepared.rest.clone()),
        to: format!("http://{}", started.address),
        token,
        now: Box::new(move || clock.now()),
        from: None,
        until: Some(plan.until.into()),
        quiet: true,
    });
    tokio::select! {
        played = play => { played?; }
        () = crate::cli::stop_requested() => return Ok(true),
    }
    // The seam: the last picture stands, and the clock with it.
    running.clock.move_on(None, Some(0.0)).map_err(|problem| anyhow::anyhow!(problem.detail))?;
    tokio::select! {
        () = tokio::time::sleep(SEAM) => Ok(false),
        () = crate::cli::stop_requested() => Ok(true),
    }
}

/// What every screen says, Vietnamese and English. How fast it goes is the clock's to say, which may change.
fn notice(city: &CityFolder, plan: &Replay, round: u32) -> (String, String) {
    let year = plan.from.to_zoned(city.city.zone.clone()).year();
    let name = &city.city.name;
    let mut vi = format!("Phát lại vụ việc thật của {}, năm {year}", name.vi);
    let mut en = format!("Replay of real cases of {}, {year}", name.en);
    if round > 1 {
        vi.push_str(&format!(" · vòng {round}"));
        en.push_str(&format!(" · round {round}"));
    }
    (vi, en)
}
