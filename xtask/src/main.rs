//! The developer's commands: `cargo xtask VERB`. `cargo xtask --help` lists the verbs.
//!
//! Everything that a fresh machine needs beyond rustup, node and a C compiler is set up here, so
//! that the README holds two commands. What the product does at run time does not belong here.

mod cargo;
mod end_to_end;
mod package;
mod run;
mod setup;
mod site;
mod stages;
mod stamp;
mod test_programs;
mod tidy;
mod verbs;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Builds, tests and serves Toàn Cảnh.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Sets everything up, builds it and serves the demo. What follows goes to `toancanh demo`.
    ///
    /// Example: cargo xtask demo --city boston
    Demo {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
        args: Vec<String>,
    },
    /// Sets everything up and runs every check and test.
    Test(verbs::test::Options),
    /// Serves the demo and builds it again whenever a file changes.
    Dev {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
        args: Vec<String>,
    },
    /// The quick look: format, repository rules, and whether both sides compile.
    Check,
    /// Builds the benchmarks with optimisation and runs them (all, or those named).
    Bench(verbs::bench::Options),
    /// Runs a long proof, or lists them. A proof that was stopped goes on where it was.
    Prove(verbs::prove::Options),
    /// Makes what a city installs (Debian packages, container image, bundle) and tries each of them.
    Package(verbs::package::Options),
    /// Looks at every page in both languages at every size: pictures on one sheet, with what is amiss.
    Pictures(verbs::pictures::Options),
    /// Checks the rules of the repository.
    Tidy,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().verb {
        Verb::Demo { args } => verbs::demo::run(&args),
        Verb::Test(options) => verbs::test::run(&options),
        Verb::Dev { args } => verbs::dev::run(&args),
        Verb::Check => verbs::check::run(),
        Verb::Bench(options) => verbs::bench::run(&options),
        Verb::Prove(options) => verbs::prove::run(&options),
        Verb::Package(options) => verbs::package::run(&options),
        Verb::Pictures(options) => verbs::pictures::run(&options),
        Verb::Tidy => verbs::tidy::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
