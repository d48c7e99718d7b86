//! The command `toancanh`. Each command reads its settings (flags, then environment, then one file),
//! does its work through the modules that own it, and ends with an exit code that means something:
//! 0 success, 1 the thing asked about is not so, 2 bad usage or input, 3 the environment failed.

mod audit;
mod backup;
mod city;
mod clock_words;
mod config;
mod deadline;
mod demo;
mod erase;
mod failure;
mod import;
mod keys;
pub mod layers;
mod replay;
mod screens;
mod serve;
mod server_options;
mod simulate;
mod source;
mod verify;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

pub use failure::Failure;
pub use server_options::ServerOptions;

use layers::Layers;

/// A city, live: real cases stream in, and every screen shows the same numbers a moment later.
#[derive(Debug, Parser)]
#[command(name = "toancanh", version, max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    /// A TOML file with settings; flags and environment variables win over it [env: TOANCANH_CONFIG].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Every setting is a flag, an environment variable (--data is TOANCANH_DATA) or a key of the TOML file (data), in \
this order; `toancanh config` shows what holds and why.

Exit codes: 0 success; 1 the thing asked about is not so; 2 bad usage or input; 3 the environment failed.

Example:
  toancanh source add portal --city boston --data ./boston-data
  toancanh serve --city boston --data ./boston-data --listen 127.0.0.1:8080";

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Demo(demo::Args),
    Import(import::Args),
    Replay(replay::Args),
    Deadline(deadline::Args),
    #[command(subcommand)]
    City(city::Command),
    Simulate(simulate::Args),
    #[command(subcommand)]
    Source(source::Command),
    #[command(subcommand)]
    Screens(screens::Command),
    #[command(subcommand)]
    Audit(audit::Command),
    Verify(verify::Args),
    Backup(backup::BackupArgs),
    Restore(backup::RestoreArgs),
    Erase(erase::Args),
    Checkpoint(keys::CheckpointArgs),
    #[command(subcommand)]
    Keys(keys::Command),
    Config(config::Args),
}

/// Runs the program with the process's own arguments.
#[must_use]
pub fn main() -> ExitCode {
    let failure = match run(std::env::args_os()) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(failure) => failure,
    };
    // Standard error may be closed; there is nowhere else to say it.
    let _ = writeln!(std::io::stderr(), "toancanh: {failure}");
    failure.exit_code()
}

fn run(args: impl Iterator<Item = OsString>) -> Result<(), Failure> {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) if !error.use_stderr() => {
            // --help and --version.
            return say(error.render().to_string().trim_end());
        }
        Err(error) => return Err(bad_usage(&error)),
    };
    let layers = Layers::new(cli.config)?;
    match cli.command {
        Command::Serve(args) => with_runtime("info", serve::run(args, layers)),
        Command::Demo(args) => with_runtime("warn", demo::run(args, layers)),
        Command::Import(args) => with_log("warn", || import::run(args, &layers)),
        Command::Replay(args) => with_runtime("warn", replay::run(args, layers)),
        Command::Deadline(args) => deadline::run(args, &layers),
        Command::City(command) => city::run(command),
        Command::Simulate(args) => with_runtime("warn", simulate::run(args, layers)),
        Command::Source(command) => source::run(command, &layers),
        Command::Audit(command) => audit::run(command, &layers),
        Command::Verify(args) => verify::run(args, &layers),
        Command::Backup(args) => backup::run_backup(args, &layers),
        Command::Restore(args) => backup::run_restore(args),
        Command::Checkpoint(args) => keys::run_checkpoint(args, &layers),
        Command::Keys(command) => keys::run(command, &layers),
        Command::Erase(args) => erase::run(args, &layers),
        Command::Screens(command) => screens::run(command, &layers),
        Command::Config(args) => config::run(args, &layers),
    }
}

/// One line of clap's many: what is wrong, and where help is.
fn bad_usage(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Failure::usage("a command is missing; `toancanh --help` lists them");
    }
    let what: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let what = what.join(" ");
    Failure::usage(format!("{}; `--help` says more", what.strip_prefix("error: ").unwrap_or(&what)))
}

fn with_runtime(verbosity: &str, work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    with_log(verbosity, || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::environment(format!("the system gives no threads: {error}")))?;
        runtime.block_on(work)
    })
}

/// The program's own log goes to standard error, so that standard output holds only what was asked.
fn with_log(verbosity: &str, work: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    let filter = EnvFilter::try_from_env("TOANCANH_LOG").unwrap_or_else(|_| EnvFilter::new(verbosity));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .finish();
    // Somebody who embeds this program may have set one already.
    let _ = tracing::subscriber::set_global_default(subscriber);
    work()
}

/// Writes a line to standard output. A reader that has gone away (`| head`) is no failure.
fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::environment(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// An instant of the log, for people.
fn instant(at_us: i64) -> String {
    domain::Timestamp::from_micros(at_us).to_rfc3339_at(jiff::tz::Offset::UTC)
}

/// Returns when somebody asks the program to stop: ctrl-c or SIGTERM. It listens from the call on, not only
/// from the first look: whoever has read that the server listens may ask at once.
pub fn stop_requested() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async {
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
            tracing::error!("signals cannot be listened for; stop the program with kill");
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_command_explains_itself_with_an_example() {
        let cli = Cli::command();
        cli.clone().debug_assert();
        for command in cli.get_subcommands() {
            let leaves: Vec<_> = match command.has_subcommands() {
                true => command.get_subcommands().collect(),
                false => vec![command],
            };
            for leaf in leaves {
                let help = leaf.clone().render_long_help().to_string();
                assert!(help.contains("Example:\n  toancanh "), "{} has no example", leaf.get_name());
                assert!(leaf.get_about().is_some(), "{} says nothing of itself", leaf.get_name());
            }
        }
    }

    #[track_caller]
    fn check(args: &[&str], want: &str) {
        let args = std::iter::once("toancanh").chain(args.iter().copied()).map(OsString::from);
        let failure = run(args).unwrap_err();
        assert_eq!(failure.to_string(), want);
        assert_eq!(failure.code(), 2);
    }

    #[test]
    fn bad_usage_is_said_in_one_line() {
        check(&[], "a command is missing; `toancanh --help` lists them");
        check(&["serve", "--colour", "red"], "unexpected argument '--colour' found; `--help` says more");
        check(
            &["source", "add"],
            "the following required arguments were not provided: <NAME>; `--help` says more",
        );
        check(&["fly"], "unrecognized subcommand 'fly'; `--help` says more");
    }
}
