//! The parts of the Rust toolchain: the wasm target, clippy and rustfmt.

use crate::cargo::{self, WASM};
use crate::run;
use crate::stages::Outcome;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// Makes sure that the standard library for browsers is there.
///
/// # Errors
/// When it is missing and rustup cannot add it; the error says what to type.
pub(crate) fn ensure_wasm_target() -> Result<Outcome> {
    if has_wasm_target()? {
        return Ok(Outcome::UpToDate);
    }
    let by_hand = format!(
        "this toolchain has no standard library for {WASM}. With rustup: `rustup target add {WASM}`; \
         with a distribution's Rust: install its package of the standard library for wasm32"
    );
    if run::find_program(&["rustup"]).is_none() {
        anyhow::bail!(by_hand);
    }
    run::visible(Command::new("rustup").args(["target", "add", WASM])).context(by_hand)?;
    Ok(Outcome::Done)
}

/// Makes sure that clippy and rustfmt are there.
///
/// # Errors
/// When one is missing and rustup cannot add it.
pub(crate) fn ensure_components() -> Result<Outcome> {
    let mut outcome = Outcome::UpToDate;
    for (verb, component) in [("clippy", "clippy"), ("fmt", "rustfmt")] {
        if run::succeeds(cargo::command().args([verb, "--version"])) {
            continue;
        }
        run::visible(Command::new("rustup").args(["component", "add", component]))
            .with_context(|| format!("{component} is missing: install it with the toolchain"))?;
        outcome = Outcome::Done;
    }
    Ok(outcome)
}

fn has_wasm_target() -> Result<bool> {
    let sysroot = run::text_of(Command::new("rustc").args(["--print", "sysroot"]))?;
    let libraries = Path::new(&sysroot).join("lib/rustlib").join(WASM).join("lib");
    Ok(libraries.is_dir())
}
