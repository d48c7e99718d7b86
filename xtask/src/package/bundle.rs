//! Everything in one file, for a network without the Internet.

use super::Ingredients;
use super::tree::{copy_folder, put};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Puts `goods` and the folder of packaging together.
///
/// # Errors
/// With what could not be read or written.
pub(super) fn build(from: &Ingredients, goods: &[&Path], work: &Path, folder: &Path) -> Result<PathBuf> {
    let name = format!("toancanh-{}-{}-bundle", from.version, from.debian_arch);
    let place = work.join(&name);
    for file in goods {
        let own = file.file_name().context("a file without a name")?.to_string_lossy();
        put(&place, file, &own, 0o644)?;
    }
    put(&place, &from.shipped("bundle/install.sh"), "install.sh", 0o755)?;
    put(&place, &from.shipped("README.md"), "README.md", 0o644)?;
    put(&place, &from.root.join("LICENSE"), "LICENSE", 0o644)?;
    for extra in ["nginx", "prometheus", "container", "systemd"] {
        copy_folder(&from.shipped(extra), &place.join(extra))?;
    }
    let mut sums = String::new();
    for file in crate::stamp::files_under(&place)? {
        let path = file.strip_prefix(&place)?.display().to_string();
        // Writing to a String cannot fail.
        let _ = writeln!(sums, "{:x}  {path}", Sha256::digest(fs::read(&file)?));
    }
    fs::write(place.join("SHA256SUMS"), sums)?;
    let to = folder.join(format!("{name}.tar"));
    let mut archive = tar::Builder::new(File::create(&to)?);
    archive.mode(tar::HeaderMode::Deterministic);
    archive.append_dir_all(&name, &place)?;
    archive.finish()?;
    Ok(to)
}
