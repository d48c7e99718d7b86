//! `toancanh simulate`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args as ClapArgs;
use domain::Timestamp;
use domain::intake::AHEAD_SECS_MAX;
use jiff::civil::Date;

use super::layers::Layers;
use super::server_options::{DATA, check_keys, keys_beside};
use super::{Failure, import, say, stop_requested};
use crate::city::CityFolder;
use crate::simulate::{self, Live, Made, Pace, Scale, Simulation, Target, World};
use crate::source::Token;

/// Makes the events of a believable city: seeded, at any scale and speed, marked as simulated by the name
/// of their source. What it assumes stands in the city's simulation.toml.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  toancanh simulate --city hcmc --seed 1 --from 2025-07-01 --until 2026-07-01 --dossiers 0.01 --out year.ndjson.zst\n  \
    toancanh simulate --city hcmc --from 2025-07-01 --until 2026-07-01 --data ./trial-data\n  \
    toancanh simulate --city hcmc --from 2026-11-23T08:00:00+07:00 --speed 60 --to http://127.0.0.1:8080 --token tcs_…\n\n\
    The same seed gives the same bytes; a day's cases depend on the seed and the day alone. A scale other than 1 \
    stands in the source's name, which every screen and every list of sources shows."
)]
pub(super) struct Args {
    /// The city: a name in cities/, or a folder [env: TOANCANH_CITY].
    #[arg(long, value_name = "NAME|DIR")]
    city: Option<String>,
    /// What chance begins with.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Where it begins: a day or an instant.
    #[arg(long, value_name = "TIME")]
    from: String,
    /// Where it ends: a day or an instant. Only --to and --speed may go on without end.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// How many of the reports: 1 is the true number.
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    scale: f64,
    /// How many of the dossiers: 1 is the true number, 0 leaves them out.
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    dossiers: f64,
    /// City seconds per second; without it, as fast as it goes [env: TOANCANH_SPEED].
    #[arg(long, value_name = "N")]
    speed: Option<String>,
    /// A file of events, one a line, packed where it ends in .zst or .gz; - is standard output.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "to"])]
    out: Option<PathBuf>,
    /// Straight into a server's data, running or not [default: data].
    #[arg(long, value_name = "DIR", conflicts_with = "to")]
    data: Option<String>,
    /// Where the keys of personal data lie [env: TOANCANH_KEYS; default: DATA.keys].
    #[arg(long, value_name = "DIR")]
    keys: Option<String>,
    /// Into a running server, at --speed: http://HOST:PORT [env: TOANCANH_TO].
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// The token of the source in whose name to send [env: TOANCANH_TOKEN].
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// Draw no progress.
    #[arg(long)]
    quiet: bool,
}

/// What the arguments come to.
struct Plan {
    city: CityFolder,
    stream: Simulation,
    from: Timestamp,
    until: Option<Timestamp>,
    speed: Option<f64>,
}

pub(super) async fn run(args: Args, layers: Layers) -> Result<(), Failure> {
    let plan = plan(&args, &layers)?;
    if args.to.is_some() {
        return live(&args, &layers, plan).await;
    }
    // The import blocks on the log's writer; that is no work for a thread of the runtime.
    tokio::task::spawn_blocking(move || finite(&args, &layers, plan))
        .await
        .map_err(|error| Failure::environment(format!("the simulation broke: {error}")))?
}

fn plan(args: &Args, layers: &Layers) -> Result<Plan, Failure> {
    let city = crate::city::load(&layers.need("city", args.city.as_deref(), "hcmc")?.text)?;
    for (flag, number) in [("--scale", args.scale), ("--dossiers", args.dossiers)] {
        if !(0.0..=100.0).contains(&number) {
            return Err(Failure::usage(format!("{flag}: {number} is not from 0 to 100")));
        }
    }
    let scale = Scale { reports: args.scale, dossiers: args.dossiers };
    let world = World::load(&city, args.seed, scale)?;
    let from = instant("--from", &args.from, &city)?;
    let until = args.until.as_deref().map(|until| instant("--until", until, &city)).transpose()?;
    let years = |at: Timestamp| (1990..2100).contains(&at.to_jiff().to_zoned(city.city.zone.clone()).year());
    for (flag, at) in [("--from", Some(from)), ("--until", until)] {
        if at.is_some_and(|at| !years(at)) {
            return Err(Failure::usage(format!(
                "{flag}: no log takes events of before 1990, and none are made of after 2099"
            )));
        }
    }
    if until.is_some_and(|until| until <= from) {
        return Err(Failure::usage("--until: must be later than --from"));
    }
    let speed = layers.pick("speed", args.speed.as_deref());
    let speed = speed
        .map(|speed| match speed.parse::<f64>("a number above 0")? {
            number if number > 0.0 && number.is_finite() => Ok(number),
            _ => Err(speed.fault("a number above 0")),
        })
        .transpose()?;
    let stream = Simulation::new(Arc::new(world), from, until);
    Ok(Plan { city, stream, from, until, speed })
}

/// A local day's first instant, or an instant.
fn instant(flag: &str, text: &str, city: &CityFolder) -> Result<Timestamp, Failure> {
    if let Ok(day) = text.parse::<Date>()
        && text.len() == 10
    {
        let zoned = day.to_zoned(city.city.zone.clone());
        let zoned = zoned.map_err(|error| Failure::usage(format!("{flag}: {error}")))?;
        return Ok(zoned.timestamp().into());
    }
    let wrong = |error| Failure::usage(format!("{flag}: {error}; or say a day, 2025-07-01"));
    text.parse().map_err(wrong)
}

fn finite(args: &Args, layers: &Layers, plan: Plan) -> Result<(), Failure> {
    let until = match (plan.until, plan.speed) {
        (Some(until), _) => until,
        (None, Some(_)) if args.out.is_some() => plan.from,
        (None, _) => return Err(Failure::usage("--until is missing: say --until 2026-07-01")),
    };
    let progress = !args.quiet && plan.until.is_some();
    let pace = Pace { from: plan.from, until, speed: plan.speed, progress };
    let Some(out) = &args.out else {
        let made = into_data(args, layers, plan, pace)?;
        return said(&made);
    };
    if out.as_os_str() == "-" {
        simulate::write(plan.stream, &Target::Output, pace)
            .map_err(|error| Failure::environment(format!("standard output: {error}")))?;
        // Standard output holds only what was asked for.
        return Ok(());
    }
    let made = simulate::write(plan.stream, &Target::File(out.clone()), pace)
        .map_err(|error| Failure::environment(format!("{}: {error}", out.display())))?;
    say(&format!("{} simulated events in {}", made.events, out.display()))
}

fn into_data(args: &Args, layers: &Layers, plan: Plan, pace: Pace) -> Result<Made, Failure> {
    let data = PathBuf::from(layers.pick_or("data", args.data.as_deref(), DATA).text);
    let beside = keys_beside(&data).display().to_string();
    let keys = PathBuf::from(layers.pick_or("keys", args.keys.as_deref(), &beside).text);
    check_keys(&data, &keys)?;
    let now = Timestamp::from(jiff::Timestamp::now());
    if pace.until > now.plus_secs(AHEAD_SECS_MAX) {
        return Err(Failure::usage(
            "--until: lies ahead of now, and no log takes what has not happened; --out makes a file of it",
        ));
    }
    let mut sink = import::open(&data, &keys, &plan.city, now, import::Session::forgetful)?;
    let made = simulate::import(plan.stream, sink.as_mut(), pace);
    made.map_err(|error| Failure::environment(format!("the events cannot be stored: {error}")))
}

fn said(made: &Made) -> Result<(), Failure> {
    let Made { events, accepted, duplicates, rejected } = made;
    say(&format!(
        "{events} simulated events: accepted {accepted}, {duplicates} were there already, {rejected} rejected"
    ))?;
    if *rejected > 0 {
        return Err(Failure::not_so(format!("{rejected} events were refused; the log above says why")));
    }
    Ok(())
}

async fn live(args: &Args, layers: &Layers, plan: Plan) -> Result<(), Failure> {
    let to = layers.need("to", args.to.as_deref(), "http://127.0.0.1:8080")?.text;
    let token = Token::given(&layers.need("token", args.token.as_deref(), "tcs_…")?.text);
    let (from, speed, began) = (plan.from, plan.speed.unwrap_or(1.0), Instant::now());
    #[allow(clippy::cast_possible_truncation)] // Centuries of microseconds fit.
    let now = move || from.plus_micros((began.elapsed().as_secs_f64() * speed * 1e6) as i64);
    let live = Live { to, token, now: Arc::new(now), quiet: args.quiet };
    let played = tokio::select! {
        played = simulate::feed(plan.stream, from, live) => played?,
        () = stop_requested() => return Err(Failure::not_so("stopped before the end; what was sent stays")),
    };
    say(&format!(
        "{} simulated events sent; with heartbeats: accepted {}, duplicates {}, rejected {}",
        played.sent, played.accepted, played.duplicates, played.rejected
    ))
}
