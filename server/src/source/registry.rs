//! The registry's file, `<data>/sources.json`: written whole and renamed into place, so that a
//! reader sees the old one or the new one; one writer at a time, by a lock file beside it.

pub(super) mod keys;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use axum::http::HeaderName;
use serde::{Deserialize, Serialize};

use super::EVENTS_PER_SECOND;
use super::signing::KeyEntry;
use super::token::{Token, TokenDigest};
use crate::signature::KeyFault;

const FILE_NAME: &str = "sources.json";
const LOCK_NAME: &str = "sources.lock";
/// The newest form that this program reads. A registry in which nobody signs is written in the first one, which
/// older programs read too.
const VERSION: u32 = 2;

/// A source as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceEntry {
    /// Its name, unique.
    pub name: String,
    /// The code of its city.
    pub city: String,
    /// SHA-256 of its token, hexadecimal.
    pub token_sha256: String,
    /// What the attribute `source` of its events must be or begin with.
    pub uri: Option<String>,
    /// Whether it may add events only to its own cases.
    pub own_cases_only: bool,
    /// How many events it may send per second.
    pub events_per_second: u32,
    /// When it was registered, RFC 3339 UTC.
    pub added_at: String,
    /// Whether its requests must be signed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub require_signature: bool,
    /// Headers that its signatures must cover besides what always must be covered, in lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cover: Vec<String>,
    /// The keys that it signs with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyEntry>,
}

impl SourceEntry {
    fn form(&self) -> u32 {
        if self.require_signature || !self.cover.is_empty() || !self.keys.is_empty() { 2 } else { 1 }
    }
}

/// A source to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSource {
    /// Its name: 1 to 128 bytes without control characters.
    pub name: String,
    /// The code of its city.
    pub city: String,
    /// What the attribute `source` of its events must be or begin with.
    pub uri: Option<String>,
    /// Whether it may add events only to its own cases.
    pub own_cases_only: bool,
    /// How many events it may send per second.
    pub events_per_second: u32,
    /// Whether its requests must be signed.
    pub require_signature: bool,
    /// Headers that its signatures must cover besides what always must be covered.
    pub cover: Vec<String>,
    /// The keys that it signs with, by name: PEM, or base64 (see [`crate::signature::PublicKey::read`]).
    pub keys: Vec<(String, String)>,
}

impl Default for NewSource {
    fn default() -> Self {
        Self {
            name: String::new(),
            city: String::new(),
            uri: None,
            own_cases_only: false,
            events_per_second: EVENTS_PER_SECOND,
            require_signature: false,
            cover: Vec::new(),
            keys: Vec::new(),
        }
    }
}

/// Why the registry cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The system will not have it.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not a registry.
    #[error("{} is not a registry of sources: {source}; put a backup in its place", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// A newer program wrote it.
    #[error("{} has version {found}, this program reads {VERSION}: use the newer program", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// The name is taken.
    #[error(
        "a source {name:?} is registered already: --replace gives it a new token, `toancanh source remove {name}` ends it"
    )]
    Exists {
        /// The name.
        name: String,
    },
    /// Nobody has the name.
    #[error("no source {name:?} is registered; `toancanh source list` shows who is")]
    Unknown {
        /// The name.
        name: String,
    },
    /// The name cannot be one.
    #[error("{name:?} cannot be a source's name: use 1 to 128 bytes without control characters")]
    BadName {
        /// The name.
        name: String,
    },
    /// The key cannot be one.
    #[error("the key {keyid:?} {fault}")]
    BadKey {
        /// Its name.
        keyid: String,
        /// What is wrong with it.
        fault: KeyFault,
    },
    /// A key's name cannot be one.
    #[error("{keyid:?} cannot be a key's name: use 1 to 128 printable ASCII characters")]
    BadKeyName {
        /// The name.
        keyid: String,
    },
    /// What must be covered cannot be.
    #[error("{name:?} is not the name of a header in lower case")]
    BadCover {
        /// The name.
        name: String,
    },
    /// The source has a key of that name.
    #[error(
        "the source {name:?} has a key {keyid:?} already: name the new one otherwise, or remove that one"
    )]
    KeyExists {
        /// The source.
        name: String,
        /// The key.
        keyid: String,
    },
    /// The source has no such key.
    #[error("the source {name:?} has no key {keyid:?}; `toancanh source key list {name}` shows which it has")]
    UnknownKey {
        /// The source.
        name: String,
        /// The key.
        keyid: String,
    },
    /// No random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(io::Error),
}

#[derive(Serialize, Deserialize)]
struct Registry {
    version: u32,
    sources: Vec<SourceEntry>,
}

/// Tells one state of the file from another: it is always renamed into place, so the inode differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
}

pub(super) fn stamp(data: &Path) -> Option<Stamp> {
    let meta = fs::metadata(data.join(FILE_NAME)).ok()?;
    Some(Stamp { inode: meta.ino(), bytes: meta.len(), modified: (meta.mtime(), meta.mtime_nsec()) })
}

/// The registered sources, by name.
///
/// # Errors
/// With the file and what to do. A missing file is an empty registry.
pub fn list(data: &Path) -> Result<Vec<SourceEntry>, SourceError> {
    let path = data.join(FILE_NAME);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(SourceError::Io { path, source }),
    };
    let registry: Registry = serde_json::from_slice(&text)
        .map_err(|source| SourceError::Damaged { path: path.clone(), source })?;
    if registry.version > VERSION {
        return Err(SourceError::Newer { path, found: registry.version });
    }
    Ok(registry.sources)
}

/// Registers a source and gives its token, which is known only here and now. With `replace` a source
/// of that name gets a new token and the new rights; the old token ends.
///
/// # Errors
/// With the file and what to do.
pub fn add(data: &Path, new: &NewSource, replace: bool) -> Result<Token, SourceError> {
    if new.name.trim().is_empty() || new.name.len() > 128 || new.name.chars().any(char::is_control) {
        return Err(SourceError::BadName { name: new.name.chars().take(64).collect() });
    }
    let mut keys: Vec<KeyEntry> = Vec::new();
    for (keyid, text) in &new.keys {
        keys::insert(&new.name, &mut keys, keys::entry(keyid, text)?)?;
    }
    for name in &new.cover {
        let is_header =
            name.parse::<HeaderName>().is_ok() && !name.bytes().any(|byte| byte.is_ascii_uppercase());
        if !is_header {
            return Err(SourceError::BadCover { name: name.chars().take(64).collect() });
        }
    }
    let token = Token::random().map_err(SourceError::Random)?;
    change(data, |sources| {
        if sources.iter().any(|source| source.name == new.name) && !replace {
            return Err(SourceError::Exists { name: new.name.clone() });
        }
        sources.retain(|source| source.name != new.name);
        sources.push(SourceEntry {
            name: new.name.clone(),
            city: new.city.clone(),
            token_sha256: TokenDigest::of(token.reveal()).to_hex(),
            uri: new.uri.clone(),
            own_cases_only: new.own_cases_only,
            events_per_second: new.events_per_second.max(1),
            added_at: now(),
            require_signature: new.require_signature,
            cover: new.cover.clone(),
            keys: keys.clone(),
        });
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(())
    })?;
    Ok(token)
}

/// Ends a source: its token is refused from now on. Its events stay.
///
/// # Errors
/// With the file and what to do.
pub fn remove(data: &Path, name: &str) -> Result<(), SourceError> {
    change(data, |sources| {
        let before = sources.len();
        sources.retain(|source| source.name != name);
        if sources.len() == before {
            return Err(SourceError::Unknown { name: name.to_owned() });
        }
        Ok(())
    })
}

/// This instant, as the file has instants.
fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn change(
    data: &Path,
    edit: impl FnOnce(&mut Vec<SourceEntry>) -> Result<(), SourceError>,
) -> Result<(), SourceError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| SourceError::Io { path, source }
    };
    fs::create_dir_all(data).map_err(at(data))?;
    let lock_path = data.join(LOCK_NAME);
    let lock = private(&lock_path).map_err(at(&lock_path))?;
    // Held until the end of this function; another `toancanh source` waits here.
    lock.lock().map_err(at(&lock_path))?;
    let mut sources = list(data)?;
    edit(&mut sources)?;
    let path = data.join(FILE_NAME);
    let version = sources.iter().map(SourceEntry::form).max().unwrap_or(1);
    write_whole(&path, &Registry { version, sources }).map_err(at(&path))
}

fn write_whole(path: &Path, registry: &Registry) -> io::Result<()> {
    let fresh = path.with_extension("json.new");
    let mut file = private(&fresh)?;
    file.set_len(0)?;
    let mut text = serde_json::to_vec_pretty(registry)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// A file that only its owner reads.
fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(name: &str) -> NewSource {
        NewSource { name: name.to_owned(), city: "boston".to_owned(), ..NewSource::default() }
    }

    #[test]
    fn the_file_never_holds_a_token_and_is_its_owners_alone() {
        let data = tempfile::tempdir().unwrap();
        let token = add(data.path(), &new("portal"), false).unwrap();
        let path = data.path().join(FILE_NAME);
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains(token.reveal()) && !text.contains(&token.reveal()[4..]));
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_name_is_registered_once_unless_it_is_to_be_replaced() {
        let data = tempfile::tempdir().unwrap();
        add(data.path(), &new("portal"), false).unwrap();
        assert!(matches!(add(data.path(), &new("portal"), false), Err(SourceError::Exists { .. })));
        let before = list(data.path()).unwrap();
        add(data.path(), &new("portal"), true).unwrap();
        let after = list(data.path()).unwrap();
        assert_eq!(after.len(), 1);
        assert_ne!(before[0].token_sha256, after[0].token_sha256);
    }

    #[test]
    fn what_cannot_be_is_said() {
        let data = tempfile::tempdir().unwrap();
        for name in ["", " ", "a\nb", &"x".repeat(129)] {
            assert!(
                matches!(add(data.path(), &new(name), false), Err(SourceError::BadName { .. })),
                "{name}"
            );
        }
        assert!(matches!(remove(data.path(), "nobody"), Err(SourceError::Unknown { .. })));
        fs::write(data.path().join(FILE_NAME), "{").unwrap();
        assert!(matches!(list(data.path()), Err(SourceError::Damaged { .. })));
        fs::write(data.path().join(FILE_NAME), r#"{"version":9,"sources":[]}"#).unwrap();
        assert!(matches!(list(data.path()), Err(SourceError::Newer { found: 9, .. })));
    }
}
