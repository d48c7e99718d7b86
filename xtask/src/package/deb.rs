//! A Debian package, by Debian's own tool.

use super::tree::Tree;
use crate::run;
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Packs a tree into `to`.
///
/// # Errors
/// With what dpkg-deb says.
pub(super) fn build(tree: &Tree, to: &Path, is_quick: bool) -> Result<PathBuf> {
    run::find_program(&["dpkg-deb"]).context("dpkg-deb is not here: packages are made on Debian")?;
    let control = tree.files.join("DEBIAN");
    fs::create_dir_all(&control)?;
    for (name, text, mode) in &tree.control {
        let path = control.join(name);
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(*mode))?;
    }
    let mut command = Command::new("dpkg-deb");
    // What is only tried and thrown away need not be small.
    let packing = if is_quick { ["-Zgzip", "-z1"] } else { ["-Zxz", "-z6"] };
    command.arg("--root-owner-group").args(packing).arg("--build").arg(&tree.files).arg(to);
    run::visible(&mut command)?;
    // The same tree is the image's.
    fs::remove_dir_all(&control)?;
    Ok(to.to_owned())
}
