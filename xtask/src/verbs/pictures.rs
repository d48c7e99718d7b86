//! `cargo xtask pictures`: every page in both languages and both shades at every size, on one sheet, with what is amiss under it.

use crate::site::Speed;
use crate::stages::{Outcome, Stages};
use crate::workspace::Workspace;
use crate::{end_to_end, run, setup};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Which pages to show, and of which city.
#[derive(Args)]
pub(crate) struct Options {
    /// Pages by the names on the sheet, by commas; all of them when none is given.
    #[arg(long, value_name = "NAMES")]
    only: Option<String>,
    /// The city of the demo.
    #[arg(long, default_value = "hcmc")]
    city: String,
    /// Take the program and the site as they were last built.
    #[arg(long)]
    no_build: bool,
}

/// A demo that ends with this value.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        // It survives that, by design.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Builds, serves the demo, and has a browser look at it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut stages = Stages::begin();
    if !options.no_build {
        super::demo::build(&workspace, &mut stages)?;
    }
    let result = stages.run("pictures", || take(&workspace, options));
    stages.print_table();
    eprintln!("    {}", workspace.shown(&folder(&workspace, &options.city).join("sheet.png")));
    result
}

fn folder(workspace: &Workspace, city: &str) -> std::path::PathBuf {
    workspace.target.join("pictures").join(city)
}

fn take(workspace: &Workspace, options: &Options) -> Result<Outcome> {
    setup::npm::ensure_packages(workspace)?;
    let data = workspace.scratch().join(format!("pictures-{}", options.city));
    let (_demo, base) = demo(workspace, &options.city, &data)?;
    let mut browser = Command::new(run::find_program(&["node"]).context("node is missing")?);
    browser
        .args(["--experimental-websocket", "browser/pictures.mjs"])
        .current_dir(workspace.root.join("tests"))
        .envs(end_to_end::browser(workspace)?)
        .env("BASE", base)
        .env("TOANCANH_PICTURES", folder(workspace, &options.city));
    if let Some(only) = &options.only {
        browser.env("TOANCANH_PICTURES_ONLY", only);
    }
    run::visible(&mut browser)?;
    Ok(Outcome::Done)
}

/// Starts the demo, and says where it answers once it has numbers.
fn demo(workspace: &Workspace, city: &str, data: &std::path::Path) -> Result<(Demo, String)> {
    let mut command = super::demo::server(workspace, Speed::Shipped);
    command.args(["demo", "--city", city, "--listen", "127.0.0.1:0", "--data"]).arg(data);
    let child = command.stdout(Stdio::piped()).spawn().context("cannot start the server")?;
    let mut demo = Demo(child);
    let said = demo.0.stdout.take().context("the server has no standard output")?;
    for line in BufReader::new(said).lines() {
        if let Some((_, address)) = line?.split_once("listening on ") {
            return Ok((demo, address.trim().to_owned()));
        }
    }
    bail!("the server ended before it answered: what it said stands above")
}
