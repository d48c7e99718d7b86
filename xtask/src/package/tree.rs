//! The files of a package, where they will be installed.

use super::Ingredients;
use crate::run;
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that holds a package's files, and Debian's own files of it.
pub(super) struct Tree {
    /// What is installed, by its path from the root.
    pub(super) files: PathBuf,
    /// `DEBIAN/…`.
    pub(super) control: Vec<(&'static str, String, u32)>,
}

const FILE: u32 = 0o644;
const PROGRAM: u32 = 0o755;

/// The server's.
pub(super) fn server(from: &Ingredients, folder: &Path) -> Result<Tree> {
    let put = |source: &Path, path: &str, mode| put(folder, source, path, mode);
    put(&from.program, "usr/bin/toancanh", PROGRAM)?;
    // Names of functions are for who debugs; without them the program is half as large.
    if run::find_program(&["strip"]).is_some() {
        run::visible(Command::new("strip").arg(folder.join("usr/bin/toancanh")))?;
    }
    copy_folder(&from.site, &folder.join("usr/share/toancanh/site"))?;
    copy_folder(&from.root.join("cities"), &folder.join("usr/share/toancanh/cities"))?;
    put(&from.shipped("toancanh.toml"), "etc/toancanh/toancanh.toml", FILE)?;
    put(&from.shipped("systemd/toancanh.service"), "lib/systemd/system/toancanh.service", FILE)?;
    for (name, path) in [
        ("README.md", "README.md"),
        ("nginx/toancanh.conf", "nginx/toancanh.conf"),
        ("prometheus/toancanh.rules.yml", "prometheus/toancanh.rules.yml"),
    ] {
        put(&from.shipped(name), &format!("usr/share/doc/toancanh/{path}"), FILE)?;
    }
    put(&from.root.join("LICENSE"), "usr/share/doc/toancanh/copyright", FILE)?;
    put(&from.root.join("CHANGELOG.md"), "usr/share/doc/toancanh/CHANGELOG.md", FILE)?;
    control(
        from,
        folder,
        &[
            ("control", "debian/control", FILE),
            ("conffiles", "debian/conffiles", FILE),
            ("postinst", "debian/postinst", PROGRAM),
            ("prerm", "debian/prerm", PROGRAM),
            ("postrm", "debian/postrm", PROGRAM),
        ],
    )
}

/// A wall PC's.
pub(super) fn kiosk(from: &Ingredients, folder: &Path) -> Result<Tree> {
    let put = |source: &Path, path: &str, mode| put(folder, source, path, mode);
    put(&from.shipped("kiosk/toancanh-kiosk"), "usr/lib/toancanh/toancanh-kiosk", PROGRAM)?;
    put(&from.shipped("kiosk/kiosk.conf"), "etc/toancanh/kiosk.conf", FILE)?;
    put(&from.shipped("kiosk/toancanh-kiosk.service"), "lib/systemd/system/toancanh-kiosk.service", FILE)?;
    put(&from.root.join("LICENSE"), "usr/share/doc/toancanh-kiosk/copyright", FILE)?;
    control(
        from,
        folder,
        &[
            ("control", "debian/kiosk.control", FILE),
            ("conffiles", "debian/kiosk.conffiles", FILE),
            ("postinst", "debian/kiosk.postinst", PROGRAM),
        ],
    )
}

/// Debian's files, with the version, the machine and the size filled in.
fn control(from: &Ingredients, folder: &Path, names: &[(&'static str, &str, u32)]) -> Result<Tree> {
    let size_kib = bytes_under(folder)?.div_ceil(1_024).to_string();
    let filled = |text: String| {
        text.replace("@VERSION@", &from.version)
            .replace("@ARCH@", &from.debian_arch)
            .replace("@SIZE@", &size_kib)
    };
    let read = |(name, source, mode): &(&'static str, &str, u32)| {
        let path = from.shipped(source);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok((*name, filled(text), *mode))
    };
    Ok(Tree { files: folder.to_owned(), control: names.iter().map(read).collect::<Result<_>>()? })
}

/// Copies a file to its place.
pub(super) fn put(folder: &Path, source: &Path, path: &str, mode: u32) -> Result<()> {
    let to = folder.join(path);
    fs::create_dir_all(to.parent().unwrap_or(folder))?;
    fs::copy(source, &to).with_context(|| format!("cannot copy {} to {}", source.display(), to.display()))?;
    fs::set_permissions(&to, fs::Permissions::from_mode(mode))?;
    Ok(())
}

/// Copies all files of a folder, readable by everybody.
pub(super) fn copy_folder(source: &Path, to: &Path) -> Result<()> {
    for file in crate::stamp::files_under(source)? {
        let path = file.strip_prefix(source)?.to_string_lossy().into_owned();
        put(to, &file, &path, FILE)?;
    }
    Ok(())
}

fn bytes_under(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for file in crate::stamp::files_under(folder)? {
        bytes += file.metadata()?.len();
    }
    Ok(bytes)
}
