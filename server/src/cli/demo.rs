//! `toancanh demo`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use domain::Timestamp;

use super::layers::Layers;
use super::{Failure, ServerOptions, say};
use crate::demo;

/// Serves a city that is simulated (hcmc), or the replay of a city's real cases (boston), and says which
/// on every screen. Needs nothing else.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  toancanh demo --city hcmc --listen 127.0.0.1:8080\n  toancanh demo --city boston --speed 600"
)]
pub(super) struct Args {
    #[command(flatten)]
    server: ServerOptions,
    /// City seconds per second, instead of the city's own choice [env: TOANCANH_SPEED].
    #[arg(long, value_name = "N")]
    speed: Option<String>,
    /// Where it begins: of a replay instead of the city's own choice, of a simulation instead of now.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
}

pub(super) async fn run(args: Args, layers: Layers) -> Result<(), Failure> {
    let settings = args.server.resolve(&layers, Some("hcmc"))?;
    if settings.in_transit.tls.is_some() {
        return Err(Failure::usage(
            "--tls-cert: the demo answers over plain HTTP; `toancanh serve` takes a certificate",
        ));
    }
    let speed = layers.pick("speed", args.speed.as_deref());
    let speed = speed.map(|speed| speed.parse::<f64>("a number of city seconds per second")).transpose()?;
    let from = args.from.map(|from| from.parse::<Timestamp>()).transpose();
    let from = from.map_err(|error| Failure::usage(format!("--from: {error}")))?;
    let city = crate::city::load(&settings.city)?;
    let dir: PathBuf =
        settings.data.join(if settings.training { "training" } else { "demo" }).join(&city.city.code);
    let options = demo::Options { dir, speed, from };
    let ready = |address| {
        // A reader of the address that has gone away is no reason to stop the demo.
        let _ = say(&format!("listening on http://{address}"));
    };
    Ok(demo::run(settings, city, options, ready).await?)
}
