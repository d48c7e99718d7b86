//! cargo-deny, which is on neither npm nor Debian 12: built once and kept with what is built here.

use crate::stages::Outcome;
use crate::workspace::Workspace;
use crate::{cargo, run};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// The version whose configuration format `deny.toml` is written in; builds with Rust 1.88 or later.
const VERSION: &str = "0.20.2";

/// Installs the pinned version under the target directory, unless it is there or on `PATH`.
///
/// # Errors
/// When it cannot be built (network, compiler).
pub(crate) fn ensure(workspace: &Workspace) -> Result<Outcome> {
    if program(workspace).is_some() {
        return Ok(Outcome::UpToDate);
    }
    let tools = workspace.target.join("tools");
    // Without optimisation it builds in a minute instead of five and still checks in seconds.
    run::visible(
        cargo::command()
            .args(["install", "cargo-deny", "--locked", "--debug", "--version", VERSION, "--root"])
            .arg(&tools)
            .env("CARGO_TARGET_DIR", tools.join("build")),
    )?;
    // Only the program is needed from here on; its parts are half a gigabyte.
    std::fs::remove_dir_all(tools.join("build")).ok();
    Ok(Outcome::Done)
}

/// The program, if it is there in the pinned version.
pub(crate) fn program(workspace: &Workspace) -> Option<PathBuf> {
    let own = workspace.target.join("tools/bin/cargo-deny");
    let candidates = [Some(own), run::find_program(&["cargo-deny"])];
    candidates.into_iter().flatten().find(|candidate| {
        run::text_of(Command::new(candidate).arg("--version"))
            .is_ok_and(|text| text.split_whitespace().last() == Some(VERSION))
    })
}
