//! `toancanh replay`.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args as ClapArgs;
use domain::Timestamp;

use super::layers::Layers;
use super::{Failure, say, stop_requested};
use crate::import::{self, Mapping};
use crate::replay::{self, Events, Play, Played, Spool};
use crate::source::Token;

/// Plays a file of events into a running server, as if its sources were sending them now.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  toancanh replay events.ndjson.gz --speed 600 --to http://127.0.0.1:8080 --token tcs_…\n  \
    toancanh replay boston-311-2015.csv.gz --mapping boston-311 --city boston --from 2015-10-01T00:00:00-04:00 \
    --speed 600 --to ws://127.0.0.1:8080/api/v1/events/stream\n\n\
    The events keep their own times: run the server with a clock of that time (toancanh serve --clock …). Better \
    give the token in TOANCANH_TOKEN, so that it stands in no list of processes."
)]
pub(super) struct Args {
    /// One CloudEvent a line, in any order; .gz and .zst too. With --mapping, a file of cases.
    file: PathBuf,
    /// How many times faster than they happened [env: TOANCANH_SPEED; default: 1].
    #[arg(long, value_name = "N")]
    speed: Option<String>,
    /// The server: http://HOST:PORT opens a WebSocket; an address ending in /api/v1/events is posted to
    /// [env: TOANCANH_TO].
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// The token of the source in whose name to send [env: TOANCANH_TOKEN].
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// Leave out what happened before this instant, and begin there.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Leave out what happened at this instant or after it, and end there.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// How the columns of a file of cases become events: a name in the city's mapping/, or a file
    /// [env: TOANCANH_MAPPING].
    #[arg(long, value_name = "NAME|FILE")]
    mapping: Option<String>,
    /// The city of a file of cases [env: TOANCANH_CITY].
    #[arg(long, value_name = "NAME|DIR")]
    city: Option<String>,
    /// Draw no progress.
    #[arg(long)]
    quiet: bool,
}

pub(super) async fn run(args: Args, layers: Layers) -> Result<(), Failure> {
    let speed = layers.pick_or("speed", args.speed.as_deref(), "1");
    let speed: f64 = speed.parse("a number above 0").and_then(|n: f64| {
        if n > 0.0 && n.is_finite() { Ok(n) } else { Err(speed.fault("a number above 0")) }
    })?;
    let to = layers.need("to", args.to.as_deref(), "http://127.0.0.1:8080")?.text;
    let token = Token::given(&layers.need("token", args.token.as_deref(), "tcs_…")?.text);
    let from = instant("--from", args.from.as_deref())?;
    let until = instant("--until", args.until.as_deref())?;
    let events = match layers.pick("mapping", args.mapping.as_deref()) {
        None => Events::File(args.file),
        Some(mapping) => {
            let city = layers.pick("city", args.city.as_deref());
            let (file, quiet) = (args.file, args.quiet);
            let read = move || rows(file, &mapping.text, city.map(|city| city.text), quiet);
            tokio::task::spawn_blocking(read)
                .await
                .map_err(|error| Failure::environment(format!("reading the file broke: {error}")))??
        }
    };
    let start = match from {
        Some(from) => from,
        None => replay::first_time(&events, None)?,
    };
    let began = Instant::now();
    #[allow(clippy::cast_possible_truncation)] // Centuries of microseconds fit.
    let now = move || start.plus_micros((began.elapsed().as_secs_f64() * speed * 1e6) as i64);
    let quiet = args.quiet;
    let play = Play { events, to, token, now: Box::new(now), from, until, quiet };
    let played = tokio::select! {
        played = replay::play(play) => played?,
        () = stop_requested() => return Err(Failure::not_so("stopped before the end; what was sent stays")),
    };
    summary(&played)
}

fn instant(flag: &str, text: Option<&str>) -> Result<Option<Timestamp>, Failure> {
    text.map(str::parse).transpose().map_err(|error| Failure::usage(format!("{flag}: {error}")))
}

/// What the mapping makes of a file of cases.
fn rows(file: PathBuf, mapping: &str, city: Option<String>, quiet: bool) -> Result<Events, Failure> {
    let city = crate::city::load(city.as_deref().unwrap_or(mapping))?;
    let mapping = Mapping::load(&city.mapping_path(mapping))?;
    let options = import::Options::at(Timestamp::from(jiff::Timestamp::now()));
    let options = import::Options { rejects: Some(PathBuf::from(".")), progress: !quiet, ..options };
    let (spool, report) = Spool::of_rows(&file, &mapping, &city.city, &options)?;
    if let Some(rejects) = &report.rejects {
        say(&format!("{} rows rejected: see {}", report.rejected, rejects.display()))?;
    }
    Ok(Events::Spool(spool))
}

fn summary(played: &Played) -> Result<(), Failure> {
    for reason in &played.reasons {
        say(&format!("rejected for {reason}"))?;
    }
    if played.unreadable > 0 {
        say(&format!("{} lines are no events with a time and were left out", played.unreadable))?;
    }
    if played.reconnects > 0 {
        say(&format!("the connection was opened again {} times", played.reconnects))?;
    }
    let Played { sent, accepted, duplicates, rejected, .. } = played;
    say(&format!(
        "{sent} events sent; with heartbeats: accepted {accepted}, duplicates {duplicates}, rejected {rejected}"
    ))
}
