//! Room for what is built: a full disk fails in the middle of a compiler, with a message that names neither the disk nor
//! the remedy.

use crate::run;
use crate::stages::Outcome;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::process::Command;

/// What everything that `cargo xtask test` builds takes from nothing, in GiB, and a little more.
const WHOLE_GIB: f64 = 12.0;
/// What a run takes where that is built already.
const AGAIN_GIB: f64 = 4.0;
const KIB_PER_GIB: f64 = 1_048_576.0;

/// Looks whether the disk of the target directory has room, and says so where it has not: how much there is, how much
/// is needed, and how to go on. What is needed is reckoned, so that a disk with less is no failure yet.
///
/// # Errors
/// Where the folder cannot be made.
pub(crate) fn look_for_room(workspace: &Workspace) -> Result<Outcome> {
    std::fs::create_dir_all(&workspace.target)
        .with_context(|| format!("cannot make {}", workspace.target.display()))?;
    let is_built = workspace.target.join("debug/toancanh").exists();
    let needed = if is_built { AGAIN_GIB } else { WHOLE_GIB };
    let said = run::text_of(Command::new("df").args(["-Pk", "--"]).arg(&workspace.target))?;
    // What cannot be read is no reason to stop: the build itself will say.
    let Some(free) = free_gib(&said) else { return Ok(Outcome::UpToDate) };
    if free < needed {
        eprintln!(
            "    warning: {}: {free:.1} GiB are free on its disk and about {needed:.0} are needed. Free some (`cargo \
             clean` removes what this clone has built), or set CARGO_TARGET_DIR to a folder on another disk",
            workspace.target.display(),
        );
    }
    Ok(Outcome::UpToDate)
}

/// The fourth word of the second line of `df -Pk` (POSIX): KiB that are available.
fn free_gib(said: &str) -> Option<f64> {
    let available: f64 = said.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(available / KIB_PER_GIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_is_read_from_df() {
        let said = "Filesystem 1024-blocks     Used Available Capacity Mounted on\n\
                    /dev/vda     263174212 48212340  47185920      51% /\n";
        assert_eq!(free_gib(said), Some(45.0));
        assert_eq!(free_gib("df: nothing"), None);
    }
}
