//! `cargo xtask demo`: from an empty clone to a page in a browser.

use crate::site::{self, Speed};
use crate::stages::{Outcome, Stages};
use crate::workspace::Workspace;
use crate::{cargo, run, setup};
use anyhow::{Context, Result};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Sets up, builds and becomes the server.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut stages = Stages::begin();
    let built = build(&workspace, &mut stages);
    stages.print_table();
    built?;
    // The server takes this process's place, so that ctrl-c and SIGTERM reach it and nothing else
    // stands between; it prints its address itself.
    let mut server = server(&workspace, Speed::Shipped);
    server.arg("demo").args(args);
    eprintln!("\n    $ {}", run::describe(&server));
    Err(server.exec()).context("cannot start the server")
}

/// Everything before the start: set-up, site, server.
pub(super) fn build(workspace: &Workspace, stages: &mut Stages) -> Result<()> {
    stages.run("wasm target", setup::rust::ensure_wasm_target)?;
    stages.run("npm packages", || setup::npm::ensure_packages(workspace))?;
    site::build(workspace, Speed::Shipped, stages)?;
    stages.run("server", || build_server(workspace))
}

/// Builds the server for this machine, in the profile that is compiled in minutes.
pub(super) fn build_server(workspace: &Workspace) -> Result<Outcome> {
    run::visible(cargo::on("build", &["server"]).current_dir(&workspace.root))?;
    Ok(Outcome::Done)
}

/// The server's program, told where the site is. It runs where the clone is, so that `cities/` is
/// found by its relative name.
pub(super) fn server(workspace: &Workspace, speed: Speed) -> Command {
    let mut command = Command::new(workspace.server_binary());
    command.env("TOANCANH_SITE_ROOT", site::folder(workspace, speed)).current_dir(&workspace.root);
    command
}
