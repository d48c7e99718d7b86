//! Copying into the site: only what changed, a brotli form beside what compresses, and nothing
//! left there that no longer belongs.

use super::{SiteFile, Speed};
use crate::stages::Outcome;
use crate::stamp::{changed_at, files_under};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use brotli::enc::BrotliEncoderParams;
use std::collections::HashMap;
use std::fs::{self, File};
use std::path::Path;

/// Kinds of files that brotli makes smaller; images and fonts are compressed already.
const COMPRESSIBLE: [&str; 9] = ["wasm", "js", "mjs", "css", "svg", "json", "geojson", "txt", "html"];

/// The wasm is most of the first load: the best compression is worth its seconds there alone.
const QUALITY_WASM: i32 = 11;
const QUALITY_OTHER: i32 = 9;

/// The files of `public/`, at the root of the site.
pub(super) fn public_files(workspace: &Workspace) -> Result<Vec<SiteFile>> {
    folder_files(&workspace.root.join("public"), "")
}

/// The files under a folder, under a prefix on the site.
pub(super) fn folder_files(folder: &Path, prefix: &str) -> Result<Vec<SiteFile>> {
    let mut files = Vec::new();
    for source in files_under(folder)? {
        let inside = source.strip_prefix(folder)?.to_string_lossy().into_owned();
        let path = if prefix.is_empty() { inside } else { format!("{prefix}/{inside}") };
        // Notes for developers are not part of the site.
        if !path.ends_with(".md") && !path.ends_with(".gitkeep") {
            files.push(SiteFile { source, path });
        }
    }
    Ok(files)
}

/// Makes the site hold exactly these files.
pub(super) fn publish(workspace: &Workspace, speed: Speed, files: &[SiteFile]) -> Result<Outcome> {
    let site = super::folder(workspace, speed);
    let mut sources: HashMap<&str, &Path> = HashMap::new();
    for file in files {
        if let Some(other) = sources.insert(&file.path, &file.source) {
            let (one, two) = (workspace.shown(other), workspace.shown(&file.source));
            bail!("{one} and {two} both want to be /{} on the site", file.path);
        }
    }
    let mut changed = remove_strangers(&site, &sources)?;
    for file in files {
        changed |= copy(&file.source, &site.join(&file.path))
            .with_context(|| format!("cannot put /{} on the site", file.path))?;
    }
    Ok(if changed { Outcome::Done } else { Outcome::UpToDate })
}

/// Deletes what is on the site and should not be; says whether there was anything.
fn remove_strangers(site: &Path, sources: &HashMap<&str, &Path>) -> Result<bool> {
    let mut removed = false;
    for file in files_under(site)? {
        let path = file.strip_prefix(site)?.to_string_lossy().into_owned();
        let original = path.strip_suffix(".br").unwrap_or(&path);
        if !sources.contains_key(original) {
            fs::remove_file(&file)?;
            removed = true;
        }
    }
    Ok(removed)
}

/// Copies a file and writes its brotli form, if either is older than the source.
fn copy(source: &Path, dest: &Path) -> Result<bool> {
    let brotli = compressible(dest).then(|| {
        let mut name = dest.as_os_str().to_owned();
        name.push(".br");
        std::path::PathBuf::from(name)
    });
    let brotli_is_current = brotli.as_deref().is_none_or(|brotli| same_time(source, brotli));
    if same_time(source, dest) && same_size(source, dest) && brotli_is_current {
        return Ok(false);
    }
    if let Some(folder) = dest.parent() {
        fs::create_dir_all(folder)?;
    }
    // Written under another name first: a running server never sees half a file.
    let bytes = fs::read(source)?;
    write_whole(dest, &bytes, source)?;
    if let Some(brotli) = brotli {
        write_whole(&brotli, &compress(&bytes, dest)?, source)?;
    }
    Ok(true)
}

fn write_whole(dest: &Path, bytes: &[u8], source: &Path) -> Result<()> {
    let mut part = dest.as_os_str().to_owned();
    part.push(".part");
    fs::write(&part, bytes)?;
    // The copy carries the source's time, by which the next run knows that it is current.
    File::options().write(true).open(&part)?.set_modified(changed_at(source)?)?;
    fs::rename(&part, dest)?;
    Ok(())
}

fn compress(bytes: &[u8], dest: &Path) -> Result<Vec<u8>> {
    let wasm = dest.extension().is_some_and(|extension| extension == "wasm");
    let quality = if wasm { QUALITY_WASM } else { QUALITY_OTHER };
    let params = BrotliEncoderParams { quality, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &params)?;
    Ok(compressed)
}

fn compressible(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| COMPRESSIBLE.contains(&extension))
}

fn same_time(one: &Path, two: &Path) -> bool {
    matches!((changed_at(one), changed_at(two)), (Ok(one), Ok(two)) if one == two)
}

fn same_size(one: &Path, two: &Path) -> bool {
    matches!((one.metadata(), two.metadata()), (Ok(one), Ok(two)) if one.len() == two.len())
}
