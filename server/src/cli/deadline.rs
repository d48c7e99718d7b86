//! `toancanh deadline`: every clock of one case, with its arithmetic.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use domain::Timestamp;

use super::layers::Layers;
use super::{Failure, say};
use crate::deadline::{self, Language, Laws, Question, Sources, is_stdin};

/// Explains the clocks of one case as they stand at an instant: which clause, since when, until when,
/// and the arithmetic line by line. From the case's events alone: nothing later is known, and no server
/// is asked.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  toancanh deadline --city hcmc --case case.ndjson --at 2024-03-20T09:00:00+07:00\n  \
    toancanh deadline --city haiphong --case case.ndjson --at 2024-03-20T09:00:00+07:00 --lang en \
    --set HP-9.4-48h.start=received\n  \
    toancanh deadline --rules ours.toml --calendar ours-calendar.toml --case - --at 2026-10-01T00:00:00+07:00\n\n\
    The answer is one JSON object: case, at, rule_set, clocks (rule, clause, text, start, due, state, stopped_at, \
    extended_until, why) and notes. A rule file that cannot be is refused with file, line, column and reason."
)]
pub(super) struct Args {
    /// The case's events: one CloudEvent a line, or a JSON array of them, also .gz and .zst; - is standard
    /// input.
    #[arg(long, value_name = "FILE")]
    case: PathBuf,
    /// The instant, with an offset: 2024-03-20T09:00:00+07:00. What happened later is not known.
    #[arg(long, value_name = "TIME")]
    at: String,
    /// The city whose rules and calendar hold: a name in cities/, or a folder; may be left out beside --rules
    /// [env: TOANCANH_CITY].
    #[arg(long, value_name = "NAME|DIR")]
    city: Option<String>,
    /// Which case, where the file holds several.
    #[arg(long, value_name = "CODE")]
    subject: Option<String>,
    /// A working calendar in place of the city's.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// A rule set in place of the city's; may be repeated.
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// A reading of the rules: HP-9.4-48h.start=received, suspension=subtracted; may be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// The language of `why` and `notes`.
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
    /// Show also clocks whose place another rule took or whose unit no longer has the case, and times
    /// without a limit.
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: Args, layers: &Layers) -> Result<(), Failure> {
    let at: Timestamp = args.at.parse().map_err(|error| Failure::usage(format!("--at: {error}")))?;
    if !is_stdin(&args.case) && !args.case.exists() {
        return Err(Failure::usage(format!("--case {}: there is no such file", args.case.display())));
    }
    let is_named = layers.pick("city", args.city.as_deref()).is_some();
    let city = if is_named || args.rules.is_empty() {
        Some(crate::city::load(&layers.need("city", args.city.as_deref(), "hcmc")?.text)?.city)
    } else {
        None
    };
    // Rules that are tried out may be another city's, and so may the case.
    let only = city.as_ref().map(|city| city.code.clone()).filter(|_| args.rules.is_empty());
    let laws = Laws::load(Sources { city, rules: args.rules, calendar: args.calendar, settings: args.set })?;
    let case = deadline::read_events(&args.case, only.as_deref(), args.subject.as_deref())?;
    let answer = deadline::answer(&case, &laws, Question { at, language: args.lang, all: args.all });
    let json = serde_json::to_string_pretty(&answer)
        .map_err(|error| Failure::environment(format!("the answer cannot be written: {error}")))?;
    say(&json)
}
