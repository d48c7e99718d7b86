//! `toancanh city`: a city's folder.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Failure, say};
use crate::city;

/// Looks after a city's folder.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Finds everything that is wrong in a city's folder and says where: settings, catalogue, mappings,
    /// calendar, regulations, boundaries, and what is said of where the data come from.
    #[command(after_help = "Example:\n  toancanh city check cities/hcmc\n\n\
        One line a fault, file:line:column: what is wrong and what to do; then a summary. Ends with 0 where there is no \
        fault and with 1 where there is one.")]
    Check {
        /// The city's folder.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
}

pub(super) fn run(command: Command) -> Result<(), Failure> {
    let Command::Check { dir } = command;
    if !dir.is_dir() {
        return Err(Failure::usage(format!("{}: there is no such folder", dir.display())));
    }
    let checked = city::check(&dir)?;
    for (_, fault) in &checked.faults {
        say(&fault.to_string())?;
    }
    say(&format!("{}: {checked}", dir.display()))?;
    match checked.faults.len() {
        0 => Ok(()),
        1 => Err(Failure::not_so(format!("{} has a fault, named above", dir.display()))),
        faults => Err(Failure::not_so(format!("{} has {faults} faults, named above", dir.display()))),
    }
}
