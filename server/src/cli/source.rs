//! `toancanh source`: who may send events.

use std::path::PathBuf;

use clap::Subcommand;

use super::layers::Layers;
use super::server_options::DATA;
use super::{Failure, say};
use crate::source::{self, EVENTS_PER_SECOND, NewSource, SourceEntry};

/// Registers, lists and removes the sources that may send events. Works while a server runs.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Registers a source and prints its token, once: the last line. Only its SHA-256 is kept.
    #[command(after_help = "Example:\n  toancanh source add portal --city boston --data ./boston-data\n  \
        toancanh source add hotline --city boston --data ./boston-data --uri urn:boston:hotline --own-cases-only")]
    Add {
        /// The source's name, for people.
        name: String,
        /// The city that it sends for: a name in cities/, or a folder [env: TOANCANH_CITY].
        #[arg(long, value_name = "NAME|DIR")]
        city: Option<String>,
        /// Where the server's data lie [env: TOANCANH_DATA; default: data].
        #[arg(long, value_name = "DIR")]
        data: Option<String>,
        /// Bind it: its events must name this as their CloudEvents source, or begin with it followed by
        /// '/', '#' or '?'. Without it, they may name any.
        #[arg(long)]
        uri: Option<String>,
        /// Let it add events only to cases that it reported itself. Without it, it may also add to cases of
        /// other sources.
        #[arg(long, requires = "uri")]
        own_cases_only: bool,
        /// Events per second, on average over a second.
        #[arg(long, value_name = "N", default_value_t = EVENTS_PER_SECOND)]
        rate: u32,
        /// Give a source of this name a new token and these rights; its old token ends.
        #[arg(long)]
        replace: bool,
    },
    /// Lists the registered sources.
    #[command(after_help = "Example:\n  toancanh source list --data ./boston-data")]
    List {
        /// Where the server's data lie [env: TOANCANH_DATA; default: data].
        #[arg(long, value_name = "DIR")]
        data: Option<String>,
    },
    /// Ends a source: its token is refused within a second. Its events stay.
    #[command(after_help = "Example:\n  toancanh source remove portal --data ./boston-data")]
    Remove {
        /// The source's name.
        name: String,
        /// Where the server's data lie [env: TOANCANH_DATA; default: data].
        #[arg(long, value_name = "DIR")]
        data: Option<String>,
    },
}

pub(super) fn run(command: Command, layers: &Layers) -> Result<(), Failure> {
    let place = |data: Option<String>| PathBuf::from(layers.pick_or("data", data.as_deref(), DATA).text);
    match command {
        Command::Add { name, city, data, uri, own_cases_only, rate, replace } => {
            let city = layers.need("city", city.as_deref(), "boston")?.text;
            let city = crate::city::load(&city)?.city.code;
            let events_per_second = rate;
            let new = NewSource { name, city, uri, own_cases_only, events_per_second };
            let token = source::add(&place(data), &new, replace)?;
            say(token.reveal())
        }
        Command::List { data } => {
            for entry in source::list(&place(data))? {
                say(&line(&entry))?;
            }
            Ok(())
        }
        Command::Remove { name, data } => Ok(source::remove(&place(data), &name)?),
    }
}

fn line(entry: &SourceEntry) -> String {
    let mut words = format!(
        "{}\tcity {}\tup to {} events/s\tsince {}",
        entry.name, entry.city, entry.events_per_second, entry.added_at
    );
    if let Some(uri) = &entry.uri {
        words.push_str(&format!("\tonly as {uri}"));
    }
    if entry.own_cases_only {
        words.push_str("\tonly its own cases");
    }
    words
}
