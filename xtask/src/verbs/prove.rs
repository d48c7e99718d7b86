//! `cargo xtask prove NAME`: the long form of a test.
//!
//! A proof is a test function `prove_NAME` of any host member. Under `cargo xtask test` it does
//! its short count. Here it finds `TOANCANH_PROVE=1` and does its full count, keeping in
//! `TOANCANH_PROVE_DIR` whatever it needs to go on after a stop. Its figures are lines
//! `figure: name = value` on its standard output.

mod figures;

use crate::end_to_end;
use crate::setup;
use crate::site::{self, Speed};
use crate::stages::{Outcome, Stages};
use crate::test_programs::{self, TestProgram};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use clap::Args;
use figures::Figures;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const PREFIX: &str = "prove_";

/// Which proof to run.
#[derive(Args)]
pub(crate) struct Options {
    /// The proof; without a name, the proofs are listed.
    name: Option<String>,
    /// Forget what an earlier run of it kept, and begin anew.
    #[arg(long, requires = "name")]
    anew: bool,
}

/// A proof and the program that it is in.
struct Proof<'a> {
    /// Without the prefix.
    name: String,
    /// The test's whole path in its program.
    test: String,
    program: &'a TestProgram,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut stages = Stages::begin();
    let mut programs = Vec::new();
    stages.run("build", || {
        end_to_end::build(&workspace)?;
        programs = test_programs::build(&workspace)?;
        Ok(Outcome::Done)
    })?;
    let proofs = all(&programs)?;
    let Some(name) = &options.name else {
        list(&workspace, &proofs);
        return Ok(());
    };
    let proof = find(&proofs, name)?;
    setup::npm::ensure_packages(&workspace)?;
    site::build(&workspace, Speed::Shipped, &mut stages)?;
    let folder = folder(&workspace, &proof.name);
    if options.anew && folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let result = stages.run(&format!("prove {name}"), || prove(&workspace, proof, &folder));
    stages.print_table();
    result
}

fn all(programs: &[TestProgram]) -> Result<Vec<Proof<'_>>> {
    let mut proofs = Vec::new();
    for program in programs {
        for test in program.test_names()? {
            let last = test.rsplit("::").next().unwrap_or(&test);
            if let Some(name) = last.strip_prefix(PREFIX) {
                proofs.push(Proof { name: name.to_owned(), test: test.clone(), program });
            }
        }
    }
    proofs.sort_by(|one, two| one.name.cmp(&two.name));
    Ok(proofs)
}

fn find<'a, 'b>(proofs: &'a [Proof<'b>], name: &str) -> Result<&'a Proof<'b>> {
    let name = name.strip_prefix(PREFIX).unwrap_or(name);
    let mut found = proofs.iter().filter(|proof| proof.name == name);
    let Some(proof) = found.next() else {
        let names: Vec<&str> = proofs.iter().map(|proof| proof.name.as_str()).collect();
        bail!("there is no proof {name}; there are: {}", names.join(", "));
    };
    if let Some(other) = found.next() {
        bail!("{} and {} both have a proof {name}", proof.program.shown(), other.program.shown());
    }
    Ok(proof)
}

fn list(workspace: &Workspace, proofs: &[Proof<'_>]) {
    eprintln!();
    if proofs.is_empty() {
        eprintln!("no test is called {PREFIX}…: there is nothing to prove yet");
    }
    for proof in proofs {
        let state = match Figures::read(&folder(workspace, &proof.name)) {
            Ok(Some(figures)) => figures.summary(),
            Ok(None) => "never run to its end here".to_owned(),
            Err(error) => format!("its figures cannot be read: {error:#}"),
        };
        eprintln!("{:<32} {} [{}]", proof.name, state, proof.program.shown());
    }
}

fn prove(workspace: &Workspace, proof: &Proof<'_>, folder: &Path) -> Result<Outcome> {
    eprintln!("    state in {}: stop it with ctrl-c, and the same command goes on", workspace.shown(folder));
    let mut command = proof.program.command();
    command
        .args(["--exact", &proof.test, "--nocapture", "--include-ignored", "--test-threads=1"])
        .envs(end_to_end::environment(workspace)?)
        .env("TOANCANH_PROVE", "1")
        .env("TOANCANH_PROVE_DIR", folder);
    let (figures, passed) = run_and_collect(&mut command)?;
    figures.print();
    if !passed {
        bail!("{} does not hold: see above", proof.name);
    }
    figures.keep(folder)?;
    eprintln!("    kept in {}", workspace.shown(&Figures::file(folder)));
    Ok(Outcome::Done)
}

/// Runs the proof with its output visible, and picks the figures out of it.
fn run_and_collect(command: &mut Command) -> Result<(Figures, bool)> {
    let begun = std::time::Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start the proof")?;
    let stdout = child.stdout.take().context("the proof has no standard output")?;
    let mut figures = Figures::default();
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        eprintln!("{line}");
        figures.take_line(&line);
    }
    let passed = child.wait()?.success();
    figures.took(begun.elapsed());
    Ok((figures, passed))
}

fn folder(workspace: &Workspace, name: &str) -> std::path::PathBuf {
    workspace.target.join("prove").join(name)
}
