//! `cargo xtask package`: what a city installs, made from this clone and tried out at once.

use crate::package::{self, Goods, Ingredients};
use crate::site::{self, Speed};
use crate::stages::{Outcome, Stages};
use crate::workspace::Workspace;
use crate::{cargo, run, setup};
use anyhow::Result;
use clap::Args;

/// What goes into the packages.
#[derive(Args)]
pub(crate) struct Options {
    /// The program as the demo and the tests have it, compiled in minutes and slower, instead of the optimised
    /// one, which takes half an hour the first time.
    #[arg(long)]
    development: bool,
}

/// Builds, packs, and tries each package.
pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut stages = Stages::begin();
    let made = make(&workspace, options, &mut stages);
    stages.print_table();
    for file in made? {
        eprintln!("    {}", file.display());
    }
    Ok(())
}

fn make(workspace: &Workspace, options: &Options, stages: &mut Stages) -> Result<Vec<std::path::PathBuf>> {
    stages.run("wasm target", setup::rust::ensure_wasm_target)?;
    stages.run("npm packages", || setup::npm::ensure_packages(workspace))?;
    site::build(workspace, Speed::Shipped, stages)?;
    if options.development {
        stages.run("server", || super::demo::build_server(workspace))?;
    } else {
        stages.run("server", || {
            run::visible(cargo::on("build", &["server"]).arg("--release").current_dir(&workspace.root))?;
            Ok(Outcome::Done)
        })?;
    }
    let mut made = Vec::new();
    stages.run("packages", || {
        let goods = pack(workspace, options.development)?;
        for reason in &goods.left_out {
            eprintln!("    not tried: {reason}");
        }
        made = goods.files;
        Ok(Outcome::Done)
    })?;
    Ok(made)
}

/// Packs what is built and tries it.
pub(super) fn pack(workspace: &Workspace, is_development: bool) -> Result<Goods> {
    let program =
        if is_development { workspace.server_binary() } else { workspace.target.join("release/toancanh") };
    let ingredients =
        Ingredients::gather(workspace, &program, &site::folder(workspace, Speed::Shipped), is_development)?;
    package::make(&ingredients, &workspace.target.join("package"))
}
