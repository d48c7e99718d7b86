//! A replay's case file, once: what came before the replay goes into a log, the rest into a file of events
//! in their order. Done again only when the city's folder or the file changes.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use domain::Timestamp;
use sha2::{Digest, Sha256};
use toancanh_log::keys::KeyStore;

use super::halves::Halves;
use crate::city::{CityFolder, Replay};
use crate::import::{self, Mapping};

/// What the replay starts from.
pub(super) struct Prepared {
    dir: PathBuf,
    /// Where the keys lie.
    pub(super) keys: PathBuf,
    /// The events that are to come, in their order: NDJSON.
    pub(super) rest: PathBuf,
}

/// Prepares `dir`, unless it is prepared already.
pub(super) fn prepare(city: &CityFolder, plan: &Replay, dir: &Path, training: bool) -> Result<Prepared> {
    let prepared = Prepared::at(dir);
    let folder = city.dir.as_ref().context("a city of one file has no cases to replay")?;
    let cases = folder.join(&plan.cases);
    let stamp = stamp(city, plan, &cases)?;
    let done = dir.join("prepared");
    // Without its keys what was prepared cannot be served.
    let has_keys = KeyStore::is_in(&prepared.keys);
    if has_keys && fs::read_to_string(&done).is_ok_and(|before| before == stamp) {
        return Ok(prepared);
    }
    for stale in [prepared.base(), prepared.run()] {
        remove(&stale)?;
    }
    fs::create_dir_all(prepared.base()).with_context(|| format!("cannot make {}", dir.display()))?;
    let mapping = Mapping::load(&city.mapping_path(&plan.mapping))?;
    let mut halves = Halves::open(&prepared.base(), &prepared.keys, &city.city, plan.from.into(), training)?;
    let options = import::Options::at(Timestamp::from(jiff::Timestamp::now()));
    let options = import::Options { rejects: Some(dir.to_owned()), ..options };
    import::import_file(&cases, Some(&mapping), &city.city, &options, &mut halves)?;
    let rest = halves.finish()?;
    let mut file = BufWriter::new(fs::File::create(&prepared.rest)?);
    for event in rest {
        writeln!(file, "{event}")?;
    }
    file.flush()?;
    fs::write(done, stamp)?;
    Ok(prepared)
}

impl Prepared {
    /// What lies, or will lie, in `dir`.
    pub(super) fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), keys: dir.join("keys"), rest: dir.join("rest.ndjson") }
    }

    /// The log with what happened before.
    pub(super) fn base(&self) -> PathBuf {
        self.dir.join("base")
    }

    /// Where one run's copy of it lies.
    pub(super) fn run(&self) -> PathBuf {
        self.dir.join("run")
    }

    /// A fresh copy of the prepared log, for one time through the replay.
    pub(super) fn begin_run(&self) -> Result<PathBuf> {
        let run = self.run();
        remove(&run)?;
        copy(&self.base(), &run)
            .with_context(|| format!("cannot copy {} to {}", self.base().display(), run.display()))?;
        Ok(run)
    }
}

/// Says whether what was prepared is still what would be.
fn stamp(city: &CityFolder, plan: &Replay, cases: &Path) -> Result<String> {
    let bytes = fs::read(cases).with_context(|| format!("cannot read {}", cases.display()))?;
    let digest = Sha256::digest(bytes).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    Ok(format!("1 {} {digest} {} {}", city.city.digest, plan.from, env!("CARGO_PKG_VERSION")))
}

/// Removes a folder, if it is there.
pub(super) fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", dir.display()))
        }
        _ => Ok(()),
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
