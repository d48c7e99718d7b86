//! `cargo xtask bench`: figures of merit, always with optimisation.

use crate::setup;
use crate::site::{self, Speed};
use crate::stages::{Outcome, Stages};
use crate::workspace::Workspace;
use crate::{cargo, run};
use anyhow::{Result, bail};
use clap::Args;

/// Which benchmarks to run.
#[derive(Args)]
pub(crate) struct Options {
    /// Names of benchmarks; all of them when none is given.
    names: Vec<String>,
    /// List the benchmarks and stop.
    #[arg(long)]
    list: bool,
    /// Compile without optimisation: shows that they run; the figures mean nothing.
    #[arg(long)]
    smoke: bool,
    /// Given to the benchmarks, such as `-- --seconds 300` to `sustained`.
    #[arg(last = true, value_name = "BENCH ARGS")]
    bench_args: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = Workspace::find()?;
    let names = chosen(&workspace, &options.names)?;
    if options.list {
        names.iter().for_each(|name| eprintln!("{name}"));
        return Ok(());
    }
    let mut stages = Stages::begin();
    let result = build_and_run(&workspace, options, &names, &mut stages);
    stages.print_table();
    result
}

fn chosen(workspace: &Workspace, wanted: &[String]) -> Result<Vec<String>> {
    let targets = workspace.targets_of("benches");
    let all: Vec<String> =
        targets.into_iter().filter(|target| target.kind == "bin").map(|target| target.name).collect();
    if let Some(unknown) = wanted.iter().find(|name| !all.contains(name)) {
        bail!("there is no benchmark {unknown}; there are: {}", all.join(", "));
    }
    Ok(if wanted.is_empty() { all } else { wanted.to_vec() })
}

fn build_and_run(
    workspace: &Workspace,
    options: &Options,
    names: &[String],
    stages: &mut Stages,
) -> Result<()> {
    let smoke = options.smoke;
    let (profile, folder) = if smoke { ("dev", "debug") } else { ("release", "release") };
    let built = workspace.target.join(folder);
    if !smoke && !built.join("toancanh").is_file() {
        eprintln!(
            "The first optimised build takes about half an hour on two cores, most of it polars; later ones a minute."
        );
    }
    stages.run("build", || {
        // The server is what several of them drive; built together, both share one polars.
        run::visible(
            cargo::on("build", &["server", "benches"])
                .args(["--profile", profile])
                .current_dir(&workspace.root),
        )?;
        Ok(Outcome::Done)
    })?;
    // One of the figures is the size of what a browser loads.
    setup::rust::ensure_wasm_target()?;
    setup::npm::ensure_packages(workspace)?;
    site::build(workspace, Speed::Shipped, stages)?;
    for name in names {
        stages.run(name, || {
            let mut command = std::process::Command::new(built.join(name));
            command
                .args(&options.bench_args)
                .current_dir(&workspace.root)
                .env("TOANCANH_BIN", built.join("toancanh"))
                .env("TOANCANH_SITE_ROOT", site::folder(workspace, Speed::Shipped));
            run::visible(&mut command)?;
            Ok(Outcome::Done)
        })?;
    }
    Ok(())
}
