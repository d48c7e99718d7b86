//! What goes on beside the log while a server runs: signed checkpoints, and the backup with what lies
//! beside the log. The folder of a backup is like that of the data: `log/`, `config/`, `sources.json`. Keys
//! are in none.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use toancanh_log::keys::KeyStore;
use toancanh_log::{Checkpoint, Log, OpenError, RealDisk, Tender, Tending, checkpoint};

/// What of the data is kept in a backup besides the log: each version of the city's regulations and
/// calendar, without which its clocks cannot be computed again, who may send events, and who was refused.
const BESIDE: [&str; 3] = ["config", "sources.json", crate::audit::chain::FILE_NAME];

/// Where the log lies in a folder of data or in a backup of one.
pub const LOG: &str = "log";

/// Begins to tend the log of `data`.
pub(super) fn start(
    log: &Log,
    keys: &Arc<KeyStore>,
    data: &Path,
    backup: Option<&Path>,
) -> Result<Tender, OpenError> {
    let mut tending = Tending {
        failed: Some(Box::new(|what| tracing::error!(what, "what goes on beside the log has failed"))),
        backup: backup.map(|backup| backup.join(LOG)),
        ..Tending::default()
    };
    if let Some(backup) = backup {
        let (data, backup) = (data.to_owned(), backup.to_owned());
        tending.beside = Some(Box::new(move || copy_beside(&data, &backup)));
    }
    Tender::start(log, keys.clone(), tending)
}

/// The newest checkpoint, read again when the file of them has grown.
#[derive(Default)]
pub(super) struct Checkpoints(Mutex<(u64, Option<Checkpoint>)>);

impl Checkpoints {
    pub(super) fn newest(&self, log: &Path) -> Option<Checkpoint> {
        let bytes = std::fs::metadata(log.join(checkpoint::FILE_NAME)).map_or(0, |about| about.len());
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.0 != bytes {
            match checkpoint::newest(&RealDisk, log) {
                Ok(newest) => *held = (bytes, newest),
                // The one before is a true one too.
                Err(error) => tracing::warn!(%error, "the checkpoints cannot be read"),
            }
        }
        held.1.clone()
    }
}

/// Copies what lies beside the log, each file whole or not at all, and only those that have changed.
///
/// # Errors
/// The first file that could not be read or written.
pub fn copy_beside(from: &Path, to: &Path) -> io::Result<()> {
    BESIDE.iter().try_for_each(|name| copy_tree(&from.join(name), &to.join(name)))
}

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    let about = match std::fs::symlink_metadata(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        about => about?,
    };
    if about.is_dir() {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)? {
            let name = entry?.file_name();
            // What a crash left half written has this ending.
            if !name.to_string_lossy().ends_with(".half") {
                copy_tree(&from.join(&name), &to.join(&name))?;
            }
        }
        return Ok(());
    }
    if about.is_file() && !is_same(from, &about, to)? {
        copy_file(from, to)?;
    }
    Ok(())
}

/// By size and the instant of the last change, which the copy takes over.
fn is_same(from: &Path, about: &std::fs::Metadata, to: &Path) -> io::Result<bool> {
    match std::fs::metadata(to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        held => {
            let held = held?;
            let changed = std::fs::metadata(from)?.modified()?;
            Ok(held.len() == about.len() && held.modified()? == changed)
        }
    }
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = to.with_file_name(name);
    let changed = std::fs::metadata(from)?.modified()?;
    // With its mode: who may send events is for its owner's eyes alone.
    std::fs::copy(from, &new)?;
    let file = std::fs::File::options().write(true).open(&new)?;
    file.set_modified(changed)?;
    file.sync_all()?;
    std::fs::rename(&new, to)?;
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_the_log_is_copied_when_it_has_changed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("data"), folder.path().join("backup"));
        std::fs::create_dir_all(from.join("config/1_a/regulations")).unwrap();
        std::fs::create_dir_all(from.join("config/2_b.half")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(from.join(name), text).unwrap();
        write("config/1_a/regulations/x.toml", "one");
        write("config/2_b.half/y.toml", "half");
        write("sources.json", "{}");
        write("else.txt", "no");
        copy_beside(&from, &to).unwrap();
        let read = |name: &str| std::fs::read_to_string(to.join(name)).ok();
        assert_eq!(read("config/1_a/regulations/x.toml").as_deref(), Some("one"));
        assert_eq!(read("sources.json").as_deref(), Some("{}"));
        assert_eq!((read("else.txt"), read("config/2_b.half/y.toml")), (None, None));
        // One that is as it was is left alone.
        let before = std::fs::metadata(to.join("sources.json")).unwrap();
        write("config/1_a/regulations/x.toml", "another");
        copy_beside(&from, &to).unwrap();
        assert_eq!(read("config/1_a/regulations/x.toml").as_deref(), Some("another"));
        use std::os::unix::fs::MetadataExt;
        assert_eq!(std::fs::metadata(to.join("sources.json")).unwrap().ino(), before.ino());
    }
}
