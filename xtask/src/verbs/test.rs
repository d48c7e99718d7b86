//! `cargo xtask test`: set-up, then everything that can be wrong, quickest first.

mod left_out;
mod stage;

use crate::cargo::{self, HOST, WASM};
use crate::end_to_end;
use crate::run;
use crate::setup;
use crate::site::{self, Speed};
use crate::stages::{Outcome, Stages};
use crate::test_programs::{self, TestProgram};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use clap::Args;
use left_out::LeftOut;
use stage::Stage;
use std::process::Command;

/// Which stages to run.
#[derive(Args)]
pub(crate) struct Options {
    /// Run this stage alone (and what it needs built); may be repeated.
    #[arg(long, value_name = "STAGE")]
    only: Vec<Stage>,
    /// Begin with this stage.
    #[arg(long, value_name = "STAGE", conflicts_with = "only")]
    from: Option<Stage>,
    /// Stop at the first stage that fails, instead of running the rest too.
    #[arg(long)]
    fail_fast: bool,
    /// Leave out what needs root (network namespaces, file systems of the tests' own) instead of failing with that
    /// reason; the summary names and counts what was left out.
    #[arg(long)]
    without_root: bool,
    /// Given to the test programs: names to run, or flags such as --nocapture.
    #[arg(last = true, value_name = "TEST ARGS")]
    test_args: Vec<String>,
}

/// Runs the chosen stages and fails if one of them did.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut run = Run {
        workspace: Workspace::find()?,
        programs: None,
        test_args: options.test_args.clone(),
        without_root: options.without_root,
        left_out: LeftOut::begin()?,
    };
    let mut stages = Stages::begin();
    let mut failed: Vec<Stage> = Vec::new();
    for stage in chosen(options) {
        let result = run.run(stage, &mut stages);
        if result.is_err() {
            failed.push(stage);
            // Without these nothing that follows can say anything.
            if options.fail_fast || stage.is_foundation() {
                break;
            }
        }
    }
    stages.print_table();
    let left_out = run.left_out.print()?;
    if failed.is_empty() {
        match left_out {
            0 => eprintln!("\nevery stage passed"),
            count => eprintln!("\nevery stage passed, {count} tests left out"),
        }
        return Ok(());
    }
    for stage in &failed {
        eprintln!("\n{} failed. {}", stage.name(), stage.advice());
        eprintln!("    again, alone: cargo xtask test --only {}", stage.name());
    }
    let names: Vec<&str> = failed.iter().map(|stage| stage.name()).collect();
    bail!("failed: {}", names.join(", "))
}

/// `cargo fmt` over every member, changing nothing.
pub(super) fn format(workspace: &Workspace) -> Result<Outcome> {
    run::visible(cargo::command().args(["fmt", "--all", "--check"]).current_dir(&workspace.root))?;
    Ok(Outcome::Done)
}

fn chosen(options: &Options) -> Vec<Stage> {
    let all = Stage::ALL.into_iter();
    match options.from {
        Some(first) => all.skip_while(|stage| *stage != first).collect(),
        None if options.only.is_empty() => all.collect(),
        // A test of programs that are older than their sources would say nothing.
        None if options.only.contains(&Stage::E2e) || options.only.contains(&Stage::Package) => {
            let needed = [Stage::Build, Stage::Site];
            all.filter(|stage| needed.contains(stage) || options.only.contains(stage)).collect()
        }
        None => all.filter(|stage| options.only.contains(stage)).collect(),
    }
}

/// What the stages share.
struct Run {
    workspace: Workspace,
    programs: Option<Vec<TestProgram>>,
    test_args: Vec<String>,
    without_root: bool,
    left_out: LeftOut,
}

impl Run {
    fn run(&mut self, stage: Stage, stages: &mut Stages) -> Result<()> {
        if stage == Stage::Site {
            return self.site(stages);
        }
        stages.run(stage.name(), || match stage {
            Stage::Setup => self.setup(),
            Stage::Format => format(&self.workspace),
            Stage::Tidy => super::tidy::check(&self.workspace),
            Stage::Deny => self.deny(),
            Stage::Advisories => self.advisories(),
            Stage::ClippyHost => self.clippy_host(),
            Stage::ClippyWasm => self.clippy_wasm(),
            Stage::Build => self.build(),
            Stage::Unit => self.unit(),
            Stage::Site => unreachable!("has stages of its own"),
            Stage::Package => self.package(),
            Stage::E2e => self.e2e(),
        })
    }

    fn setup(&self) -> Result<Outcome> {
        let done = [
            setup::disk::look_for_room(&self.workspace)?,
            setup::rust::ensure_wasm_target()?,
            setup::rust::ensure_components()?,
            setup::npm::ensure_packages(&self.workspace)?,
            setup::debian::ensure_test_programs()?,
            setup::cargo_deny::ensure(&self.workspace)?,
        ];
        let nothing = done.iter().all(|outcome| *outcome == Outcome::UpToDate);
        Ok(if nothing { Outcome::UpToDate } else { Outcome::Done })
    }

    fn cargo_deny(&self) -> Result<Command> {
        setup::cargo_deny::ensure(&self.workspace)?;
        let program = setup::cargo_deny::program(&self.workspace)
            .context("cargo-deny is not there after its installation")?;
        let mut command = Command::new(program);
        command.current_dir(&self.workspace.root);
        Ok(command)
    }

    fn deny(&self) -> Result<Outcome> {
        run::visible(self.cargo_deny()?.args([
            "--log-level",
            "error",
            "check",
            "bans",
            "licenses",
            "sources",
        ]))?;
        Ok(Outcome::Done)
    }

    /// Known weaknesses of dependencies. The list comes from the network and changes by itself, so
    /// that it cannot be had is reported and is no failure; what it says is one.
    fn advisories(&self) -> Result<Outcome> {
        if !run::succeeds(self.cargo_deny()?.args(["fetch", "db"])) {
            return Ok(Outcome::NotDone(
                "the advisory database could not be fetched; nothing is known of advisories".into(),
            ));
        }
        run::visible(self.cargo_deny()?.args(["check", "--disable-fetch", "advisories"]))?;
        Ok(Outcome::Done)
    }

    fn clippy_host(&self) -> Result<Outcome> {
        let deny = ["--all-targets", "--keep-going", "--", "-D", "warnings"];
        run::visible(cargo::on("clippy", &HOST).args(deny).current_dir(&self.workspace.root))?;
        run::visible(cargo::on("clippy", &["xtask"]).args(deny).current_dir(&self.workspace.root))?;
        Ok(Outcome::Done)
    }

    fn clippy_wasm(&self) -> Result<Outcome> {
        let args = ["--features", "app/hydrate", "--target", WASM, "--", "-D", "warnings"];
        run::visible(cargo::on("clippy", &["browser", "app"]).args(args).current_dir(&self.workspace.root))?;
        Ok(Outcome::Done)
    }

    fn build(&mut self) -> Result<Outcome> {
        end_to_end::build(&self.workspace)?;
        self.programs()?;
        Ok(Outcome::Done)
    }

    fn programs(&mut self) -> Result<&[TestProgram]> {
        if self.programs.is_none() {
            self.programs = Some(test_programs::build(&self.workspace)?);
        }
        Ok(self.programs.as_deref().unwrap_or_default())
    }

    fn unit(&mut self) -> Result<Outcome> {
        // This program's own tests, apart: see `cargo::HOST`.
        let own =
            run::visible(cargo::on("test", &["xtask"]).arg("--quiet").current_dir(&self.workspace.root));
        let docs = run::visible(
            cargo::on("test", &HOST).args(["--doc", "--quiet"]).current_dir(&self.workspace.root),
        );
        let others = self.run_programs(|program| program.member != "tests", |_| {});
        own.and(docs).and(others)
    }

    fn site(&mut self, stages: &mut Stages) -> Result<()> {
        stages.run("npm packages", || setup::npm::ensure_packages(&self.workspace))?;
        site::build(&self.workspace, Speed::Shipped, stages)
    }

    fn package(&self) -> Result<Outcome> {
        let goods = super::package::pack(&self.workspace, true)?;
        goods.left_out.iter().try_for_each(|reason| self.left_out.add(&format!("package: {reason}")))?;
        Ok(Outcome::Done)
    }

    fn e2e(&mut self) -> Result<Outcome> {
        let environment = end_to_end::environment(&self.workspace)?;
        self.run_programs(
            |program| program.member == "tests",
            |command| {
                command.envs(environment.iter().map(|(name, value)| (name, value)));
            },
        )
    }

    fn run_programs(
        &mut self,
        which: impl Fn(&TestProgram) -> bool,
        prepare: impl Fn(&mut Command),
    ) -> Result<Outcome> {
        let args = self.test_args.clone();
        let (without_root, left_out) = (self.without_root, self.left_out.file().to_owned());
        let mut failed = Vec::new();
        for program in self.programs()?.iter().filter(|program| which(program)) {
            eprintln!("\n    {}", program.shown());
            let mut command = program.command();
            prepare(&mut command);
            command.env(left_out::VARIABLE, &left_out);
            if without_root {
                command.env("TOANCANH_WITHOUT_ROOT", "1");
            }
            command.args(&args);
            if !command.status().with_context(|| format!("cannot run {}", program.shown()))?.success() {
                failed.push(program.shown());
            }
        }
        if failed.is_empty() { Ok(Outcome::Done) } else { bail!("tests failed in {}", failed.join(", ")) }
    }
}
