//! `toancanh audit`: who was refused and who changed what.

use std::path::PathBuf;

use clap::Subcommand;

use super::layers::Layers;
use super::server_options::DATA;
use super::{Failure, say};
use crate::audit::{Line, chain};

/// Reads the audit file: who was refused, and who changed what. Works while a server runs.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Holds every line against its hash and against the line before it. That lines were cut off the end shows only
    /// against a hash that was kept elsewhere.
    #[command(
        after_help = "Exit codes: 0 everything holds; 1 something does not, and the line says where.\n\n\
        Example:\n  toancanh audit verify --data ./boston-data\n  \
        toancanh audit verify --data ./boston-data --head 3f0c…"
    )]
    Verify {
        /// A hash that an earlier run printed: it must still be there. May be given several times.
        #[arg(long, value_name = "HASH")]
        head: Vec<String>,
        /// Where the server's data lie [env: TOANCANH_DATA; default: data].
        #[arg(long, value_name = "DIR")]
        data: Option<String>,
    },
    /// Prints the lines, oldest first.
    #[command(after_help = "Example:\n  toancanh audit list --last 20 --data ./boston-data")]
    List {
        /// Only so many of the newest.
        #[arg(long, value_name = "N")]
        last: Option<usize>,
        /// Where the server's data lie [env: TOANCANH_DATA; default: data].
        #[arg(long, value_name = "DIR")]
        data: Option<String>,
    },
}

pub(super) fn run(command: Command, layers: &Layers) -> Result<(), Failure> {
    let place = |data: Option<String>| PathBuf::from(layers.pick_or("data", data.as_deref(), DATA).text);
    match command {
        Command::Verify { head, data } => {
            let found = chain::verify(&place(data))?;
            for kept in head {
                if !found.hashes.contains(&kept.trim().to_lowercase()) {
                    return Err(Failure::not_so(format!("the line with the hash {kept} is gone")));
                }
            }
            let torn = match found.torn {
                0 => String::new(),
                torn => format!("; {torn} that a crash left half written"),
            };
            say(&format!("{} lines, each follows the one before{torn}", found.lines))?;
            match found.hashes.last() {
                Some(last) => say(&format!("keep this elsewhere, for --head: {last}")),
                None => Ok(()),
            }
        }
        Command::List { last, data } => {
            let lines = chain::read(&place(data))?;
            let from = lines.len().saturating_sub(last.unwrap_or(usize::MAX));
            lines.iter().skip(from).try_for_each(|line| say(&words(line)))
        }
    }
}

fn words(line: &Line) -> String {
    let entry = &line.entry;
    let mut words = format!("{}\t{}\t{}\t{}", line.n, line.at, entry.actor, entry.act);
    let told = [
        ("", &entry.about),
        ("because ", &entry.reason),
        ("key ", &entry.keyid),
        ("from ", &entry.from),
        ("body ", &entry.digest),
    ];
    for (name, value) in told {
        if let Some(value) = value {
            words.push_str(&format!("\t{name}{value}"));
        }
    }
    if let Some(times) = entry.times {
        words.push_str(&format!("\t{times} more"));
    }
    words
}
