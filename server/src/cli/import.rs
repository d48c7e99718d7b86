//! `toancanh import`: history from files, into a stopped server's data or a running one's.

mod running;
mod session;
mod stopped;

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use domain::Timestamp;

use super::layers::Layers;
use super::server_options::{DATA, check_keys, keys_beside};
use super::{Failure, say};
use crate::city::CityFolder;
use crate::import::{self, EventSink, Mapping, Options, Report};

use running::RunningServer;
pub(super) use session::Session;
use stopped::StoppedLog;

/// Brings history in: CSV under a mapping, or events one a line; .gz and .zst too. Run twice it changes
/// nothing; a newer export of the same cases brings only what has changed.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  toancanh import boston-311-2015.csv.gz --mapping boston-311 --city boston --data ./boston-data\n\n\
    Where a server runs on the data, it takes the events at once; else they go straight into its files. Rejected rows go \
    to FILE.rejects.csv with the reason for each."
)]
pub(super) struct Args {
    /// The files, one after the other.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How columns become events: a name in the city's mapping/, or a file; files of events
    /// (.ndjson, .jsonl) need none [env: TOANCANH_MAPPING].
    #[arg(long, value_name = "NAME|FILE")]
    mapping: Option<String>,
    /// The city: a name in cities/, a folder, or a file with a [city] table, which may be the mapping
    /// [env: TOANCANH_CITY].
    #[arg(long, value_name = "NAME|DIR")]
    city: Option<String>,
    /// Where the server's data lie [env: TOANCANH_DATA; default: data].
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Where the keys of personal data lie [env: TOANCANH_KEYS; default: DATA.keys].
    #[arg(long, value_name = "DIR")]
    keys: Option<String>,
    /// The instant at which the export stood so; without it, the newest instant in the file.
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// The folder for rejected rows; without it, beside each file.
    #[arg(long, value_name = "DIR")]
    rejects: Option<PathBuf>,
    /// Draw no progress.
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(args: Args, layers: &Layers) -> Result<(), Failure> {
    let mapping = layers.pick("mapping", args.mapping.as_deref());
    let city = match (layers.pick("city", args.city.as_deref()), &mapping) {
        (Some(city), _) => city.text,
        (None, Some(mapping)) if Path::new(&mapping.text).is_file() => mapping.text.clone(),
        _ => layers.need("city", None, "boston")?.text,
    };
    let city = crate::city::load(&city)?;
    let mapping = mapping.map(|mapping| Mapping::load(&city.mapping_path(&mapping.text))).transpose()?;
    let data = PathBuf::from(layers.pick_or("data", args.data.as_deref(), DATA).text);
    let beside = keys_beside(&data).display().to_string();
    let keys = PathBuf::from(layers.pick_or("keys", args.keys.as_deref(), &beside).text);
    check_keys(&data, &keys)?;
    for file in &args.files {
        if !file.is_file() {
            return Err(Failure::usage(format!("{}: there is no such file", file.display())));
        }
    }
    let now = Timestamp::from(jiff::Timestamp::now());
    let as_of = args.as_of.map(|as_of| as_of.parse::<Timestamp>()).transpose();
    let as_of = as_of.map_err(|error| Failure::usage(format!("--as-of: {error}")))?;
    let options = Options { as_of, now, rejects: args.rejects, progress: !args.quiet };
    let mut sink = open(&data, &keys, &city, now, Session::default)?;
    let mut whole = Report::default();
    for file in &args.files {
        let report = import::import_file(file, mapping.as_ref(), &city.city, &options, sink.as_mut())?;
        say(&report.to_string())?;
        whole.rows += report.rows;
        whole.imported += report.imported;
        whole.accepted += report.accepted;
        whole.duplicates += report.duplicates + report.changes.unchanged;
        whole.rejected += report.rejected;
    }
    say(&format!(
        "accepted {} events, {} were there already; {} rows rejected",
        whole.accepted, whole.duplicates, whole.rejected
    ))?;
    if whole.rows > 0 && whole.imported == 0 {
        return Err(Failure::not_so("not one row could be imported: does the mapping fit the file?"));
    }
    Ok(())
}

/// The running server's door if a server runs on the data, else the data themselves.
pub(super) fn open<'a>(
    data: &Path,
    keys: &Path,
    city: &'a CityFolder,
    now: Timestamp,
    session: fn() -> Session,
) -> Result<Box<dyn EventSink + 'a>, Failure> {
    match RunningServer::connect(data, &city.city.code, session())? {
        Some(server) => Ok(Box::new(server)),
        None => Ok(Box::new(StoppedLog::open(data, keys, &city.city, now, session())?)),
    }
}
