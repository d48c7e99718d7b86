//! Stamps: whether the inputs of a step are those of its last successful run.

use anyhow::{Context, Result};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file that holds the fingerprint of a step's inputs at its last success.
pub(crate) struct Stamp {
    file: PathBuf,
    fingerprint: String,
}

impl Stamp {
    /// The stamp of the named step for these inputs as they are now: files, and folders with all
    /// that is in them, by path and content. By content, since a checkout gives every file a new time.
    pub(crate) fn of(scratch: &Path, step: &str, inputs: &[&Path]) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            for file in files_under(input)? {
                hash_file(&file, &mut hasher)?;
            }
        }
        let fingerprint = format!("{:016x}", hasher.finish());
        Ok(Self { file: scratch.join(format!("{step}.stamp")), fingerprint })
    }

    /// Whether the last success had the same inputs.
    pub(crate) fn is_current(&self) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.fingerprint)
    }

    /// Notes the success.
    pub(crate) fn keep(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&self.file, &self.fingerprint)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }
}

/// Every file at or under a path, in order of name. A path that is not there has none.
pub(crate) fn files_under(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut entries = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        files.extend(files_under(&entry)?);
    }
    Ok(files)
}

/// When a file was last changed.
pub(crate) fn changed_at(path: &Path) -> Result<SystemTime> {
    let meta = path.metadata().with_context(|| format!("cannot read {}", path.display()))?;
    Ok(meta.modified()?)
}

fn hash_file(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    path.hash(hasher);
    let content = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    content.hash(hasher);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_current_until_an_input_changes() {
        let folder = std::env::temp_dir().join(format!("toancanh-stamp-{}", std::process::id()));
        let input = folder.join("input");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(&input, "one").expect("an input");
        let stamp = || Stamp::of(&folder, "step", &[&input]).expect("a stamp");
        assert!(!stamp().is_current(), "never ran");
        stamp().keep().expect("kept");
        assert!(stamp().is_current(), "nothing changed");
        std::fs::write(&input, "three").expect("a change");
        assert!(!stamp().is_current(), "the input changed");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
