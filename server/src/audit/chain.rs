//! The lines of the audit file. Each is a JSON object whose last member, `hash`, is the SHA-256 of the line
//! without it; `previous` is the hash of the line before. A changed, missing or moved line is found with its
//! number. That lines were cut off the end shows only to whoever kept a later hash (`toancanh audit verify`
//! prints it).
//!
//! Several processes write (a server, and commands beside it), each under the file's lock. A line that a crash
//! left half written stays where it is, and the next one says so (`audit.resumed`).

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Its name in the data.
pub const FILE_NAME: &str = "audit.jsonl";

/// What every hash begins with.
const CONTEXT: &[u8] = b"toancanh audit 1\n";

/// How a line ends.
const HASH_MARK: &str = ",\"hash\":\"";

/// What a line that follows a half written one says of itself.
const RESUMED: &str = "audit.resumed";

/// Bytes of a line, at most.
const LINE_BYTES_MAX: usize = 8 << 10;

/// What a line says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Who: a source, `administrator`, `unknown`, or `server`.
    pub actor: String,
    /// What was done or tried: `events.refused`, `source.key.added`.
    pub act: String,
    /// To what, where that is not the actor itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Why it was refused: the slug of the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// With which of its keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyid: Option<String>,
    /// A digest of the body, keyed, so that nobody can guess at what it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// From where: `loopback`, `private` or `public`; never an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// How often, where a line stands for several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
}

impl Entry {
    /// Somebody did something.
    #[must_use]
    pub fn new(actor: &str, act: &str) -> Self {
        Self { actor: actor.to_owned(), act: act.to_owned(), ..Self::default() }
    }

    /// Refusals that have no lines of their own.
    #[must_use]
    pub fn missed(times: u64) -> Self {
        Self { times: Some(times), ..Self::new("others", "refused") }
    }
}

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number, from 1.
    pub n: u64,
    /// When it was written, RFC 3339 UTC, by the system's clock.
    pub at: String,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
    /// The hash of the line before; zeros in the first.
    pub previous: String,
    /// Its own.
    #[serde(skip_serializing, default)]
    pub hash: String,
}

/// What is wrong with the audit file.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The system will not have it.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line is not what was written.
    #[error("{}: line {line} {what}", path.display())]
    Broken {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// A whole chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Lines in it.
    pub lines: u64,
    /// The hash of each, in order.
    pub hashes: Vec<String>,
    /// Lines that crashes left half written.
    pub torn: u64,
}

/// Appends lines, durable when it returns.
///
/// # Errors
/// With the file.
pub fn append(data: &Path, entries: &[Entry]) -> Result<(), AuditError> {
    let path = data.join(FILE_NAME);
    write(&path, entries).map_err(|source| AuditError::Io { path, source })
}

fn write(path: &Path, entries: &[Entry]) -> io::Result<()> {
    let is_new = !path.exists();
    let mut file =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(path)?;
    // Until the file is closed; another process waits here.
    file.lock()?;
    let (mut last, torn) = tail(&mut file)?;
    let mut text = String::new();
    let at = jiff::Timestamp::now().to_string();
    if let Some(torn) = torn {
        text.push('\n');
        let resumed =
            Entry { digest: Some(hex::encode(Sha256::digest(torn))), ..Entry::new("server", RESUMED) };
        last = add(&mut text, &last, &at, resumed);
    }
    for entry in entries {
        last = add(&mut text, &last, &at, entry.clone());
    }
    file.seek(SeekFrom::End(0))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if is_new && let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Number and hash of a line.
type Last = (u64, String);

fn add(text: &mut String, last: &Last, at: &str, entry: Entry) -> Last {
    let line =
        Line { n: last.0 + 1, at: at.to_owned(), entry, previous: last.1.clone(), hash: String::new() };
    // A line holds text and numbers only.
    let bare = serde_json::to_string(&line).unwrap_or_default();
    let hash = hash_of(&bare);
    text.push_str(bare.strip_suffix('}').unwrap_or(&bare));
    text.push_str(&format!("{HASH_MARK}{hash}\"}}\n"));
    (line.n, hash)
}

/// The last whole line, and what stands after it.
fn tail(file: &mut File) -> io::Result<(Last, Option<Vec<u8>>)> {
    let none = (0, "0".repeat(64));
    let bytes = file.metadata()?.len();
    let from = bytes.saturating_sub(3 * LINE_BYTES_MAX as u64);
    file.seek(SeekFrom::Start(from))?;
    let mut held = Vec::new();
    file.read_to_end(&mut held)?;
    let whole = held.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let torn = Some(held.split_off(whole)).filter(|torn| !torn.is_empty());
    let mut lines = held.split(|byte| *byte == b'\n').rev();
    let last = lines.find_map(|line| serde_json::from_slice::<Line>(line).ok());
    Ok((last.map_or(none, |line| (line.n, line.hash)), torn))
}

/// All lines, in order; those that cannot be read are left out (see [`verify`]).
///
/// # Errors
/// With the file.
pub fn read(data: &Path) -> Result<Vec<Line>, AuditError> {
    let mut lines = Vec::new();
    each(data, |_, bytes| {
        lines.extend(serde_json::from_slice::<Line>(bytes).ok());
        Ok(())
    })?;
    Ok(lines)
}

/// Holds every line against its hash and against the line before.
///
/// # Errors
/// With the first line that is not what was written.
pub fn verify(data: &Path) -> Result<Chain, AuditError> {
    let mut chain = Chain { lines: 0, hashes: Vec::new(), torn: 0 };
    let mut torn: Option<(u64, Vec<u8>)> = None;
    let path = data.join(FILE_NAME);
    let broken = |line: u64, what: &'static str| AuditError::Broken { path: path.clone(), line, what };
    each(data, |at, bytes| {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let Ok(line) = serde_json::from_str::<Line>(text) else {
            if torn.is_some() {
                return Err(broken(at, "cannot be read"));
            }
            torn = Some((at, bytes.to_vec()));
            return Ok(());
        };
        if let Some((at, torn)) = torn.take() {
            let is_told =
                line.entry.act == RESUMED && line.entry.digest == Some(hex::encode(Sha256::digest(torn)));
            if !is_told {
                return Err(broken(at, "cannot be read"));
            }
            chain.torn += 1;
        }
        let bare = text.rsplit_once(HASH_MARK).map(|(bare, _)| format!("{bare}}}"));
        if bare.is_none_or(|bare| hash_of(&bare) != line.hash) {
            return Err(broken(at, "says something else than was written"));
        }
        let previous = chain.hashes.last().cloned().unwrap_or_else(|| "0".repeat(64));
        if line.previous != previous || line.n != chain.lines + 1 {
            return Err(broken(
                at,
                "does not follow the line before it: a line was taken out, put in or moved",
            ));
        }
        chain.lines += 1;
        chain.hashes.push(line.hash);
        Ok(())
    })?;
    // A crash may have left it, and nothing was written since.
    chain.torn += u64::from(torn.is_some());
    Ok(chain)
}

fn each(data: &Path, mut take: impl FnMut(u64, &[u8]) -> Result<(), AuditError>) -> Result<(), AuditError> {
    let path = data.join(FILE_NAME);
    let fault = |source| AuditError::Io { path: path.clone(), source };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(fault(error)),
    };
    for (at, line) in (1..).zip(BufReader::new(file).split(b'\n')) {
        take(at, &line.map_err(fault)?)?;
    }
    Ok(())
}

fn hash_of(bare: &str) -> String {
    hex::encode(Sha256::new().chain_update(CONTEXT).chain_update(bare).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(lines: usize) -> (tempfile::TempDir, String) {
        let data = tempfile::tempdir().unwrap();
        for number in 0..lines {
            append(data.path(), &[Entry::new(&format!("source {number}"), "events.refused")]).unwrap();
        }
        let text = std::fs::read_to_string(data.path().join(FILE_NAME)).unwrap();
        (data, text)
    }

    #[track_caller]
    fn check(data: &Path, text: &str, want: Option<u64>) {
        std::fs::write(data.join(FILE_NAME), text).unwrap();
        let found = match verify(data) {
            Ok(_) => None,
            Err(AuditError::Broken { line, .. }) => Some(line),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(found, want, "{text}");
    }

    #[test]
    fn every_change_is_found_with_its_line() {
        let (data, text) = written(5);
        let lines: Vec<&str> = text.lines().collect();
        let joined = |lines: &[&str]| lines.join("\n") + "\n";
        check(data.path(), &text, None);
        check(data.path(), &text.replace("source 3", "source 9"), Some(4));
        check(data.path(), &joined(&[lines[0], lines[1], lines[3], lines[4]]), Some(3));
        check(data.path(), &joined(&[lines[0], lines[2], lines[1], lines[3], lines[4]]), Some(2));
        check(data.path(), &joined(&[lines[0], lines[1], lines[1], lines[2]]), Some(3));
        check(data.path(), &joined(&[lines[0], "{}", lines[1]]), Some(2));
        check(data.path(), &joined(&lines[1..]), Some(1));
        // What was cut off the end shows only to whoever kept a later hash.
        check(data.path(), &joined(&lines[..3]), None);
        let kept = lines[4].rsplit_once(HASH_MARK).unwrap().1.trim_end_matches("\"}").to_owned();
        assert!(!verify(data.path()).unwrap().hashes.contains(&kept));
    }

    #[test]
    fn a_half_written_line_stays_and_is_told() {
        let (data, text) = written(2);
        let path = data.path().join(FILE_NAME);
        std::fs::write(&path, format!("{text}{{\"n\":3,\"at\":\"20")).unwrap();
        assert_eq!(verify(data.path()).unwrap().torn, 1);
        append(data.path(), &[Entry::new("a", "b")]).unwrap();
        let chain = verify(data.path()).unwrap();
        assert_eq!((chain.lines, chain.torn), (4, 1));
        assert_eq!(read(data.path()).unwrap()[2].entry.act, RESUMED);
        // The same bytes where no line tells of them are damage.
        let told = std::fs::read_to_string(&path).unwrap();
        check(data.path(), &told.replace("{\"n\":3,\"at\":\"20\n", "{\"n\":3,\"at\":\"19\n"), Some(3));
    }

    #[test]
    fn several_writers_make_one_chain() {
        let (data, _) = written(1);
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let data = data.path();
                scope.spawn(move || {
                    for _ in 0..10 {
                        append(data, &[Entry::new(&format!("writer {writer}"), "x")]).unwrap();
                    }
                });
            }
        });
        assert_eq!(verify(data.path()).unwrap().lines, 41);
    }
}
