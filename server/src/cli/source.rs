//! `toancanh source`: who may send events.

mod keys;
mod proof;

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::layers::Layers;
use super::server_options::DATA;
use super::{Failure, say};
use crate::audit::{Entry, chain};
use crate::source::{self, EVENTS_PER_SECOND, NewSource, SourceEntry};

/// Registers, lists and removes the sources that may send events. Works while a server runs.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Registers a source and prints its token, once: the last line. Only its SHA-256 is kept.
    #[command(after_help = "Example:\n  toancanh source add portal --city boston --data ./boston-data\n  \
        toancanh source add hotline --city boston --data ./boston-data --uri urn:boston:hotline --own-cases-only\n  \
        toancanh source add desk --city boston --data ./boston-data --require-signature --key desk-2026=./desk.pub.pem")]
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
        /// Refuse its requests unless they are signed (RFC 9421) with one of its keys, and the opening of its
        /// socket as well.
        #[arg(long)]
        require_signature: bool,
        /// A public key that it signs with, Ed25519 or ECDSA P-256: its name and a file with it as PEM or base64; may
        /// be given several times. Whoever has keys and signs is held to it, required or not.
        #[arg(long, value_name = "KEYID=FILE")]
        key: Vec<String>,
        /// A header that its signatures must cover besides method, target, content digest and content type; may be
        /// given several times.
        #[arg(long, value_name = "HEADER")]
        cover: Vec<String>,
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
    /// The keys that a source signs with: several at a time, so that one can take over from another.
    #[command(subcommand, after_help = "Example:\n  toancanh source key list portal --data ./boston-data")]
    Key(keys::Command),
    Proof(proof::Args),
}

pub(super) fn run(command: Command, layers: &Layers) -> Result<(), Failure> {
    match command {
        Command::Add {
            name,
            city,
            data,
            uri,
            own_cases_only,
            rate,
            require_signature,
            key,
            cover,
            replace,
        } => {
            let data = place(layers, data);
            let city = layers.need("city", city.as_deref(), "boston")?.text;
            let city = crate::city::load(&city)?.city.code;
            let events_per_second = rate;
            let keys = key.iter().map(|said| keys::named(said)).collect::<Result<_, _>>()?;
            if require_signature && key.is_empty() && !replace {
                tracing::warn!("until it has a key, nothing of this source is taken");
            }
            let new = NewSource {
                name,
                city,
                uri,
                own_cases_only,
                events_per_second,
                require_signature,
                cover,
                keys,
            };
            let token = source::add(&data, &new, replace)?;
            note(&data, "source.added", &new.name, None)?;
            say(token.reveal())
        }
        Command::List { data } => {
            for entry in source::list(&place(layers, data))? {
                say(&line(&entry))?;
            }
            Ok(())
        }
        Command::Remove { name, data } => {
            let data = place(layers, data);
            source::remove(&data, &name)?;
            note(&data, "source.removed", &name, None)
        }
        Command::Key(command) => keys::run(command, layers),
        Command::Proof(args) => proof::run(args, layers),
    }
}

fn place(layers: &Layers, data: Option<String>) -> PathBuf {
    PathBuf::from(layers.pick_or("data", data.as_deref(), DATA).text)
}

/// Puts what an administrator did into the audit file.
fn note(data: &Path, act: &str, about: &str, keyid: Option<&str>) -> Result<(), Failure> {
    let keyid = keyid.map(str::to_owned);
    let entry = Entry { about: Some(about.to_owned()), keyid, ..Entry::new("administrator", act) };
    Ok(chain::append(data, &[entry])?)
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
    if entry.require_signature {
        words.push_str("\tmust sign");
    }
    if !entry.keys.is_empty() {
        words.push_str(&format!("\tkeys {}", entry.keys.len()));
    }
    words
}
