//! `toancanh serve`.

use clap::Args as ClapArgs;

use super::layers::Layers;
use super::{Failure, ServerOptions, clock_words, say, stop_requested};
use crate::serve;
use crate::store::Store;

/// Runs everything: gateway, log, fold, live hub, web pages. One server serves one city.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  toancanh serve --city boston --data ./boston-data --listen 127.0.0.1:8080\n  \
    toancanh serve --city boston --data ./boston-data --listen 127.0.0.1:0 --clock 2015-10-01T00:00:00-04:00,speed=600\n  \
    toancanh serve --city boston --data ./boston-data --listen 0.0.0.0:8443 --tls-cert ./city.pem --tls-key ./city.key"
)]
pub(super) struct Args {
    #[command(flatten)]
    server: ServerOptions,
    /// Goes on with new keys where the key folder of the data is lost for good: what was sealed with the
    /// lost ones stays unreadable.
    #[arg(long)]
    new_keys: bool,
}

/// How often a server that answers is asked whether its core still lives.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(500);

pub(super) async fn run(args: Args, layers: Layers) -> Result<(), Failure> {
    let settings = args.server.resolve(&layers, None)?;
    let clock = clock_words::read(&settings.clock)?;
    if args.new_keys {
        Store::make_keys(&settings.keys)?;
    }
    crate::clock_sync::tell();
    let opening = serve::begin(settings, clock)?;
    let mut asked = std::pin::pin!(stop_requested());
    say(&format!("listening on {}://{}", opening.scheme(), opening.address))?;
    let started = tokio::select! {
        started = opening.open() => started?,
        never = crate::service::opening() => match never {},
        // Nothing was acknowledged yet; a log that is half opened is opened by the next start.
        () = &mut asked => return Ok(()),
    };
    tokio::spawn(crate::service::tell(started.running.core.clone()));
    let has_failed = async {
        while !started.has_failed() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let is_asked = tokio::select! {
        () = asked => true,
        () = has_failed => false,
    };
    crate::service::stopping();
    started.stop().await?;
    if is_asked {
        Ok(())
    } else {
        Err(Failure::environment("the core ended by itself; the log above says why"))
    }
}
