//! Signed checkpoints: up to where the log stood at an instant, in words that can be kept elsewhere.
//!
//! Each is one line of text in the file `checkpoints` beside the segments, so that it can be printed, mailed
//! or copied by hand. Only the last line may be unfinished.
//!
//! ```text
//!   toancanh-checkpoint 1 cluster=<32 hex> seq=<last record> segment=<number> first=<its first Seq>
//!     offset=<byte> chain=<64 hex> at_us=<µs since 1970> key=<64 hex> signature=<128 hex>
//! ```
//!
//! (on one line). `1` is the version of the form. **chain** is the SHA-256 of the last frame before
//! **offset**, which names every frame before it. **signature** is Ed25519 (RFC 8032) by **key** over the
//! line's bytes up to the space before `signature=`. There is one spelling of a checkpoint and no other.
//!
//! What a checkpoint proves, kept by somebody else: that the log up to it is the one that was signed then.
//! What it cannot: anything about what came later. One that lies beside the log alone can be cut off with it.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::disk::{Access, Disk, DiskFile};
use crate::item::{ClusterId, Seq};
use crate::keys::{KeyError, KeyStore, PublicKey, Signature};
use crate::witness::{Position, Vouched, Voucher};

/// The file's name.
pub const FILE_NAME: &str = "checkpoints";

/// How every line begins: what it is, and the version of its form.
const BEGINS: &str = "toancanh-checkpoint 1 ";

/// Longest line, with room to spare.
const LINE_BYTES_MAX: usize = 1_024;

/// A signed place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Of which log.
    pub cluster: ClusterId,
    /// Up to where.
    pub position: Position,
    /// When it was signed, by the log's clock, in microseconds since 1970 UTC.
    pub at_us: i64,
    /// Who signed it.
    pub key: PublicKey,
    /// Over the words before it.
    pub signature: Signature,
}

/// Why a line is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// It does not read as one.
    #[error("the line is no checkpoint")]
    Form,
    /// A newer program wrote it.
    #[error("the line is a checkpoint of a newer form; this program is older, use a newer one")]
    Newer,
    /// Its words were changed, or its signature was.
    #[error("the signature is not that of its key over these words")]
    Signature,
    /// It ends before its line does.
    #[error("the line is not finished")]
    Unfinished,
}

impl Checkpoint {
    /// Signs a place.
    pub(crate) fn sign(
        cluster: ClusterId,
        position: Position,
        at_us: i64,
        keys: &KeyStore,
    ) -> Result<Checkpoint, KeyError> {
        let (key, signature) = (keys.public_key(), Signature::default());
        let mut checkpoint = Checkpoint { cluster, position, at_us, key, signature };
        checkpoint.signature = keys.sign(checkpoint.words().as_bytes())?;
        Ok(checkpoint)
    }

    /// What is signed.
    fn words(&self) -> String {
        let place = &self.position;
        format!(
            "{BEGINS}cluster={} seq={} segment={} first={} offset={} chain={} at_us={} key={}",
            Hex(&self.cluster),
            place.durable().get(),
            place.segment,
            place.segment_first.get(),
            place.offset,
            Hex(&place.chain),
            self.at_us,
            self.key
        )
    }

    /// Reads a line (without its end) and checks its signature by the key that it names itself.
    ///
    /// # Errors
    /// [`CheckpointFault`].
    pub fn read(line: &str) -> Result<Checkpoint, CheckpointFault> {
        if !line.starts_with(BEGINS) {
            let is_newer = line.strip_prefix("toancanh-checkpoint ").is_some_and(|rest| {
                rest.split(' ')
                    .next()
                    .is_some_and(|version| version.parse::<u32>().is_ok_and(|version| version > 1))
            });
            return Err(if is_newer { CheckpointFault::Newer } else { CheckpointFault::Form });
        }
        let checkpoint = parse(line).ok_or(CheckpointFault::Form)?;
        // Another spelling of the same numbers is not what was signed.
        if checkpoint.to_string() != line {
            return Err(CheckpointFault::Form);
        }
        match checkpoint.key.verifies(checkpoint.words().as_bytes(), &checkpoint.signature) {
            true => Ok(checkpoint),
            false => Err(CheckpointFault::Signature),
        }
    }

    /// It as a witness.
    #[must_use]
    pub fn vouched(&self) -> Vouched {
        Vouched { cluster: self.cluster, by: Voucher::Checkpoint, position: self.position.clone() }
    }
}

/// Its line, without the end.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} signature={}", self.words(), Hex(&self.signature.0))
    }
}

fn parse(line: &str) -> Option<Checkpoint> {
    let mut fields = line.strip_prefix(BEGINS)?.split(' ');
    let mut field = |name: &str| fields.next()?.strip_prefix(name)?.strip_prefix('=');
    let cluster = unhex(field("cluster")?)?;
    let seq: u64 = field("seq")?.parse().ok()?;
    let segment = field("segment")?.parse().ok()?;
    let segment_first = Seq::new(field("first")?.parse().ok()?);
    let offset = field("offset")?.parse().ok()?;
    let chain = unhex(field("chain")?)?;
    let at_us = field("at_us")?.parse().ok()?;
    let key = field("key")?.parse().ok()?;
    let signature = Signature(unhex(field("signature")?)?);
    let position = Position { segment, segment_first, offset, next_seq: Seq::new(seq).next(), chain };
    Some(Checkpoint { cluster, position, at_us, key, signature })
}

/// One line of a file of checkpoints.
#[derive(Clone, Debug)]
pub struct Line {
    /// The byte at which it begins.
    pub offset: u64,
    /// What it says.
    pub checkpoint: Result<Checkpoint, CheckpointFault>,
}

/// Whether a power cut may have left a line so: some of its sectors were never written, and read as zeros.
fn is_torn(line: &[u8]) -> bool {
    line.contains(&0)
}

/// Hands every line of a file to `take`, in order; none where there is no file.
pub(crate) fn each(file: &Path, disk: &dyn Disk, mut take: impl FnMut(Line)) -> io::Result<()> {
    let Some(file) = open(disk, file, Access::Read)? else { return Ok(()) };
    // A torn line is unfinished at the end alone: the next one would have been written over it.
    let mut torn: Option<u64> = None;
    let mut take = |line: Option<Line>| {
        if let Some(offset) = torn.take() {
            let fault = if line.is_some() { CheckpointFault::Form } else { CheckpointFault::Unfinished };
            take(Line { offset, checkpoint: Err(fault) });
        }
        match line {
            Some(Line { offset, checkpoint: Err(CheckpointFault::Unfinished) }) => torn = Some(offset),
            Some(line) => take(line),
            None => {}
        }
    };
    let (mut held, mut at) = (Vec::new(), 0);
    loop {
        let begin = held.len();
        held.resize(begin + (64 << 10), 0);
        let read = file.read_at(&mut held[begin..], at + begin as u64)?;
        held.truncate(begin + read);
        let mut from = 0;
        while let Some(len) = held[from..].iter().position(|byte| *byte == b'\n') {
            take(Some(Line { offset: at + from as u64, checkpoint: read_line(&held[from..from + len]) }));
            from += len + 1;
        }
        let is_last = read == 0;
        if !held[from..].is_empty() && (is_last || held.len() - from > LINE_BYTES_MAX) {
            let fault = if is_last { CheckpointFault::Unfinished } else { CheckpointFault::Form };
            take(Some(Line { offset: at + from as u64, checkpoint: Err(fault) }));
            take(None);
            return Ok(());
        }
        if is_last {
            take(None);
            return Ok(());
        }
        held.drain(..from);
        at += from as u64;
    }
}

fn read_line(bytes: &[u8]) -> Result<Checkpoint, CheckpointFault> {
    if is_torn(bytes) {
        return Err(CheckpointFault::Unfinished);
    }
    Checkpoint::read(std::str::from_utf8(bytes).map_err(|_| CheckpointFault::Form)?)
}

/// The newest checkpoint of the log in `dir` that can be read and whose own key has signed it.
///
/// # Errors
/// Where the file is there and cannot be read.
pub fn newest(disk: &dyn Disk, dir: &Path) -> io::Result<Option<Checkpoint>> {
    last(disk, dir)
}

/// The newest checkpoint in the log's directory that can be read; a damaged one says nothing here (that is
/// [`crate::verify()`]'s).
pub(crate) fn last(disk: &dyn Disk, dir: &Path) -> io::Result<Option<Checkpoint>> {
    let Some(file) = open(disk, &dir.join(FILE_NAME), Access::Read)? else { return Ok(None) };
    let len = file.len()?;
    let mut end = vec![0; len.min(4 * LINE_BYTES_MAX as u64) as usize];
    let from = len - end.len() as u64;
    let read = file.read_at(&mut end, from)?;
    let whole = end[..read].iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let mut lines = end[..whole].rsplit(|byte| *byte == b'\n');
    Ok(lines.find_map(|line| read_line(line).ok()))
}

/// The file of checkpoints, open for adding to it.
pub(crate) struct CheckpointFile {
    file: Arc<dyn DiskFile>,
    /// Where the last whole line ends.
    end: u64,
}

impl CheckpointFile {
    /// Opens it, or makes it. What stands behind the last whole line was never handed out and is overwritten.
    pub(crate) fn open(disk: &dyn Disk, dir: &Path) -> io::Result<CheckpointFile> {
        let path = dir.join(FILE_NAME);
        let file = match open(disk, &path, Access::Write)? {
            Some(file) => file,
            None => disk.open(&path, Access::Create)?,
        };
        let len = file.len()?;
        let mut tail = vec![0; len.min(2 * LINE_BYTES_MAX as u64) as usize];
        let from = len - tail.len() as u64;
        let read = file.read_at(&mut tail, from)?;
        tail.truncate(read);
        cut_unfinished(&mut tail);
        // After a failed sync the last line may be in memory alone, and the system takes it for saved: it is
        // written again before another comes behind it.
        file.set_len(from + tail.len() as u64)?;
        if !tail.is_empty() {
            file.write_at(&tail, from)?;
        }
        file.sync_all()?;
        // Its name too: the one who made it may have failed there.
        disk.sync_dir(dir)?;
        Ok(CheckpointFile { file, end: from + tail.len() as u64 })
    }

    /// Adds one, durably. After a failure the next begins at the same place.
    pub(crate) fn add(&mut self, checkpoint: &Checkpoint) -> io::Result<()> {
        let line = format!("{checkpoint}\n");
        self.file.set_len(self.end)?;
        self.file.write_at(line.as_bytes(), self.end)?;
        self.file.sync_all()?;
        self.end += line.len() as u64;
        Ok(())
    }
}

/// Takes off what stands behind the last whole line, and lines that a power cut left torn.
fn cut_unfinished(lines: &mut Vec<u8>) {
    loop {
        let end = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        lines.truncate(end);
        let begin =
            lines[..end.saturating_sub(1)].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if end == 0 || !is_torn(&lines[begin..]) {
            return;
        }
        lines.truncate(begin);
    }
}

fn open(disk: &dyn Disk, path: &Path, access: Access) -> io::Result<Option<Arc<dyn DiskFile>>> {
    match disk.open(path, access) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Bytes in hexadecimal.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The bytes of so many lower-case hexadecimal digits and no other.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}
