//! `cargo xtask check`: what can be said within a minute of a change.

use crate::cargo::{self, HOST, WASM};
use crate::stages::{Outcome, Stages};
use crate::workspace::Workspace;
use crate::{run, setup};
use anyhow::Result;

pub(crate) fn run() -> Result<()> {
    let workspace = Workspace::find()?;
    let mut stages = Stages::begin();
    let result = check(&workspace, &mut stages);
    stages.print_table();
    result
}

fn check(workspace: &Workspace, stages: &mut Stages) -> Result<()> {
    stages.run("format", || super::test::format(workspace))?;
    stages.run("tidy", || super::tidy::check(workspace))?;
    stages.run("wasm target", setup::rust::ensure_wasm_target)?;
    stages.run("check host", || {
        run::visible(cargo::on("check", &HOST).arg("--all-targets").current_dir(&workspace.root))?;
        Ok(Outcome::Done)
    })?;
    stages.run("check wasm", || {
        run::visible(cargo::on("check", &["browser"]).args(["--target", WASM]).current_dir(&workspace.root))?;
        Ok(Outcome::Done)
    })
}
