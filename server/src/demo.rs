//! `toancanh demo`: the real server, fed by its own client: with real cases of the past where the city
//! has some to replay, else with a simulation of it. Either way the past is in the log from the start, the
//! rest arrives through a real socket, on a clock that every screen names.

mod halves;
mod prepare;
mod replayed;
mod simulated;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use anyhow::{Context, Result};
use domain::Timestamp;

use crate::city::CityFolder;
use crate::settings::Settings;

/// What the demo was told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where its data lie: what was prepared, and the run.
    pub dir: PathBuf,
    /// City seconds per second, instead of the city's own choice.
    pub speed: Option<f64>,
    /// Where it begins, instead of the city's own choice: of a replay its first instant, of a simulation
    /// the present.
    pub from: Option<Timestamp>,
}

/// Runs the demo until it is told to stop.
///
/// # Errors
/// With what could not be prepared or started, and what to do.
pub async fn run(
    settings: Settings,
    city: CityFolder,
    options: Options,
    ready: impl Fn(SocketAddr),
) -> Result<()> {
    match city.replay.clone() {
        Some(plan) => replayed::run(settings, city, plan, options, ready).await,
        None => simulated::run(settings, city, options, ready).await,
    }
}

fn listen(settings: &Settings) -> Result<TcpListener> {
    crate::http::listen::bind(settings.listen).with_context(|| {
        format!("cannot listen on {}: choose another address with --listen", settings.listen)
    })
}
