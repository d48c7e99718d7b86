//! `cargo xtask tidy`: the rules of the repository, as code.

use crate::stages::Outcome;
use crate::tidy;
use crate::workspace::Workspace;
use anyhow::{Result, bail};

pub(crate) fn run() -> Result<()> {
    check(&Workspace::find()?)?;
    eprintln!("no rule of the repository is broken");
    Ok(())
}

/// Prints every breach and fails if there is one.
pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    let breaches = tidy::breaches(workspace)?;
    for breach in &breaches {
        eprintln!("{breach}");
    }
    if !breaches.is_empty() {
        bail!("{} breach(es) of the repository's rules, listed above", breaches.len());
    }
    Ok(Outcome::Done)
}
