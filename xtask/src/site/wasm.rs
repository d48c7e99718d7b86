//! The browser's program: compiled by Cargo, then given its JavaScript side by wasm-bindgen.
//!
//! wasm-bindgen's tool is linked here as a library, so that Cargo.lock holds it at the very version
//! of the library that the program was compiled against: the two refuse to work otherwise.

use super::SiteFile;
use crate::cargo::{self, WASM};
use crate::run;
use crate::stages::Outcome;
use crate::stamp::{self, Stamp};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::path::PathBuf;
use wasm_bindgen_cli_support::Bindgen;

/// The stem of the files; the server's pages ask for `/pkg/toan_canh.js` and `/pkg/toan_canh_bg.wasm`.
const OUT_NAME: &str = "toan_canh";

/// What the program is compiled for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speed {
    /// What ships: small, and the names of functions left out.
    Shipped,
    /// The developer's loop: built sooner, with names in its traces.
    Development,
}

impl Speed {
    fn profile(self) -> &'static str {
        match self {
            Self::Shipped => "wasm-release",
            Self::Development => "wasm-dev",
        }
    }
}

/// Compiles the browser's crate, on its own: together with the server Cargo would unite the features
/// of both sides in `app`.
pub(super) fn compile(workspace: &Workspace, speed: Speed) -> Result<Outcome> {
    let artifact = artifact(workspace, speed);
    let before = stamp::changed_at(&artifact).ok();
    run::visible(
        cargo::on("build", &["browser"])
            .args(["--target", WASM, "--profile", speed.profile()])
            .current_dir(&workspace.root),
    )?;
    let after = stamp::changed_at(&artifact).context("the browser's crate did not become a wasm file")?;
    Ok(if before == Some(after) { Outcome::UpToDate } else { Outcome::Done })
}

/// Writes the module and its JavaScript into the scratch directory.
pub(super) fn bind(workspace: &Workspace, speed: Speed) -> Result<Outcome> {
    let artifact = artifact(workspace, speed);
    // This program is the recipe: a change of it, or of wasm-bindgen in it, binds anew.
    let recipe = std::env::current_exe()?;
    let stamp = Stamp::of(&workspace.scratch().join(speed.profile()), "bindings", &[&artifact, &recipe])?;
    let out = pkg(workspace, speed);
    if out.is_dir() && stamp.is_current() {
        return Ok(Outcome::UpToDate);
    }
    // A snippet that the program no longer has must not stay on the site.
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    let shipped = speed == Speed::Shipped;
    Bindgen::new()
        .input_path(&artifact)
        .web(true)?
        .out_name(OUT_NAME)
        .typescript(false)
        // Else the page's `init()` would have to name the file.
        .omit_default_module_path(false)
        .debug(!shipped)
        .keep_debug(false)
        .remove_name_section(shipped)
        .remove_producers_section(shipped)
        .generate(&out)
        .context("wasm-bindgen could not make the JavaScript side")?;
    stamp.keep()?;
    Ok(Outcome::Done)
}

/// The files that [`bind`] wrote, as they lie on the site.
pub(super) fn files(workspace: &Workspace, speed: Speed) -> Result<Vec<SiteFile>> {
    super::publish::folder_files(&pkg(workspace, speed), "pkg")
}

fn pkg(workspace: &Workspace, speed: Speed) -> PathBuf {
    workspace.scratch().join(speed.profile()).join("pkg")
}

fn artifact(workspace: &Workspace, speed: Speed) -> PathBuf {
    workspace.target.join(WASM).join(speed.profile()).join("browser.wasm")
}
