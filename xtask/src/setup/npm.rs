//! The npm packages: MapLibre and the typeface, which are served as files, and the browser driver
//! of the tests. Nothing of node is needed once the site is built.

use crate::run;
use crate::stages::Outcome;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::process::Command;

/// Installs exactly what `package-lock.json` names, unless that was done before.
///
/// # Errors
/// When npm is missing or fails.
pub(crate) fn ensure_packages(workspace: &Workspace) -> Result<Outcome> {
    let manifest = workspace.root.join("package.json");
    let lock = workspace.root.join("package-lock.json");
    // npm writes this file last, so an install that was cut off is not taken for a whole one.
    let installed = workspace.root.join("node_modules/.package-lock.json");
    let stamp = Stamp::of(&workspace.scratch(), "npm", &[&manifest, &lock])?;
    if installed.is_file() && stamp.is_current() {
        return Ok(Outcome::UpToDate);
    }
    let npm = run::find_program(&["npm"]).context("npm is missing: install Node.js 20 or later")?;
    // No install scripts: all that is used of these packages is plain files.
    run::visible(
        Command::new(npm)
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&workspace.root),
    )?;
    stamp.keep()?;
    Ok(Outcome::Done)
}
