//! What the end-to-end tests drive, and how they are told where it is.

use crate::setup::debian;
use crate::site::{self, Speed};
use crate::workspace::Workspace;
use crate::{cargo, run};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// Builds the server, its control, and the build that ends at named places.
///
/// The control is the server without the two calls that make an acknowledgement true, `fdatasync` and
/// Redis' `WAIT`: the tests of either must fail on it, or they would say nothing. One build serves both,
/// since neither test looks at what the other call does. Cargo gives both programs the same name, so the
/// others are built first and kept aside.
///
/// # Errors
/// When one does not compile.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let variants = [
        ("control-no-fdatasync,control-no-wait", control_binary(workspace)),
        ("fail-points", fail_points_binary(workspace)),
    ];
    for (features, kept) in variants {
        run::visible(
            cargo::on("build", &["server"]).args(["--features", features]).current_dir(&workspace.root),
        )?;
        if let Some(folder) = kept.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(workspace.server_binary(), &kept)
            .with_context(|| format!("cannot keep the build with {features}"))?;
    }
    run::visible(cargo::on("build", &["server"]).current_dir(&workspace.root))
}

/// Where a script that drives a browser finds it.
///
/// # Errors
/// When it is not there yet; the error says which stage makes it.
pub(crate) fn browser(workspace: &Workspace) -> Result<Vec<(&'static str, PathBuf)>> {
    let chromium =
        run::find_program(debian::CHROMIUM).context("Chromium is missing: cargo xtask test --only setup")?;
    let modules = workspace.root.join("node_modules");
    let firefox =
        run::find_program(debian::FIREFOX).context("Firefox is missing: cargo xtask test --only setup")?;
    Ok(vec![
        ("TOANCANH_CHROMIUM", chromium),
        ("TOANCANH_FIREFOX", firefox),
        ("TOANCANH_NODE_MODULES", modules),
    ])
}

/// The environment of an end-to-end test.
///
/// # Errors
/// When something that it names is not there yet; the error says which stage makes it.
pub(crate) fn environment(workspace: &Workspace) -> Result<Vec<(&'static str, PathBuf)>> {
    let file = |path: PathBuf, stage: &str| {
        if !path.exists() {
            bail!("{} is not there: cargo xtask test --only {stage}", workspace.shown(&path));
        }
        Ok(path)
    };
    let program = |names: &[&str]| {
        run::find_program(names)
            .with_context(|| format!("{} is missing: cargo xtask test --only setup", names[0]))
    };
    let artifacts = workspace.target.join("e2e");
    std::fs::create_dir_all(&artifacts)?;
    Ok(vec![
        ("TOANCANH_BIN", file(workspace.server_binary(), "build")?),
        ("TOANCANH_BIN_NO_FDATASYNC", file(control_binary(workspace), "build")?),
        ("TOANCANH_BIN_NO_WAIT", file(control_binary(workspace), "build")?),
        ("TOANCANH_BIN_FAIL_POINTS", file(fail_points_binary(workspace), "build")?),
        ("TOANCANH_SITE_ROOT", file(site::folder(workspace, Speed::Shipped), "site")?),
        ("TOANCANH_CHROMIUM", program(debian::CHROMIUM)?),
        ("TOANCANH_FIREFOX", program(debian::FIREFOX)?),
        ("TOANCANH_CHROMEDRIVER", program(debian::CHROMEDRIVER)?),
        ("TOANCANH_STRACE", program(debian::STRACE)?),
        ("TOANCANH_REDIS_SERVER", program(debian::REDIS_SERVER)?),
        ("TOANCANH_NODE_MODULES", file(workspace.root.join("node_modules"), "setup")?),
        // Screenshots, traces and logs that a person may want to see afterwards.
        ("TOANCANH_ARTIFACTS", artifacts),
    ])
}

fn fail_points_binary(workspace: &Workspace) -> PathBuf {
    workspace.target.join("control/toancanh-fail-points")
}

fn control_binary(workspace: &Workspace) -> PathBuf {
    workspace.target.join("control/toancanh")
}
