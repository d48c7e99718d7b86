//! What can go wrong with keys. No message names a case or holds a byte of a key.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::is_full;

/// Why a key, or what it protects, was not had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Another process holds the directory.
    #[error("{} is in use by {holder}; stop that first, or name another directory", dir.display())]
    Locked {
        /// The directory.
        dir: PathBuf,
        /// Who holds it.
        holder: String,
    },
    /// A key file that others than its owner may read.
    #[error("{} has mode {mode:o}: others may read it; set it to 600 and consider the keys known", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The master key is not the one that the case keys were wrapped with, or is missing.
    #[error("{}: {why}; restore the master key that belongs to these case keys", path.display())]
    WrongMaster {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// What was said of the wrapping keys is not 64 lower-case hexadecimal digits each.
    #[error("{place}: not 64 lower-case hexadecimal digits, or several such with commas between")]
    BadRing {
        /// Where it was said; never what.
        place: &'static str,
    },
    /// The store is not as it was written.
    #[error("{} is damaged at byte {offset}: {why}; restore it from a backup", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where.
        offset: u64,
        /// What is wrong.
        why: &'static str,
    },
    /// A newer program wrote it.
    #[error("{found}; this program is older, use a newer one")]
    Unsupported {
        /// What was met.
        found: String,
    },
    /// There is no key for that case: nothing was ever sealed for it, or not with these keys.
    #[error("there is no key for this case")]
    NoKey,
    /// The case's key was erased: what was sealed with it cannot be read by anybody any more.
    #[error("the key of this case was erased")]
    Erased,
    /// The sealed bytes are not those that were sealed for that case and context.
    #[error("the sealed data is not authentic")]
    NotAuthentic,
    /// No room on the disk.
    #[error("no room left on the disk for {}", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// A key could not be made durable before; open the store again.
    #[error("the key store could not be made durable and must be opened again")]
    NotDurable,
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandomness,
    /// The disk answered with an error.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl KeyError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeyError {
        let path = path.to_path_buf();
        move |source| {
            if is_full(&source) { KeyError::Full { path } } else { KeyError::Io { doing, path, source } }
        }
    }
}

impl From<KeyError> for io::Error {
    /// For [`crate::BeforeCommit`]: a full disk stays one, so that the log knows it may go on later.
    fn from(error: KeyError) -> io::Error {
        let kind = match &error {
            KeyError::Full { .. } => io::ErrorKind::StorageFull,
            KeyError::Io { source, .. } => source.kind(),
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}
