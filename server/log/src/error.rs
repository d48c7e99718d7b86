//! What can go wrong, each with what it names and what to do about it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::item::Seq;

/// Why a log was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process (or another handle in this one) holds the directory.
    #[error("{} is in use by {holder}; stop that first, or name another directory", dir.display())]
    Locked {
        /// The directory.
        dir: PathBuf,
        /// Who holds it, as it wrote itself into the lock file.
        holder: String,
    },
    /// Something that was durable is not as it was written.
    #[error(transparent)]
    Corrupt(#[from] Box<Corruption>),
    /// The files are whole, but of a form that this program does not know.
    #[error("{} at byte {offset}: {found}; this program is older than the file, use a newer one", file.display())]
    Unsupported {
        /// The file.
        file: PathBuf,
        /// The place in it.
        offset: u64,
        /// What was met.
        found: String,
    },
    /// There is no room to create or repair a file. Nothing was lost; make room and open again.
    #[error("no room left on the disk for {}", path.display())]
    Full {
        /// The file that should have been written.
        path: PathBuf,
    },
    /// A witness that was named speaks of another log.
    #[error(
        "{} is no copy of the log in {}: it is of another log, or of another history of this one, or holds what \
         this one has lost. Look which of the two is right; restore from the copy, or name another directory for it",
        witness.display(),
        dir.display()
    )]
    OtherLog {
        /// The log's directory.
        dir: PathBuf,
        /// What was to vouch for it.
        witness: PathBuf,
    },
    /// The backup that was named as a witness holds another log, or there is no log where one was.
    #[error(
        "the log in {} is not the one that its backup holds. Where the log was lost, restore it from the backup \
         first; else name another directory for the backup",
        dir.display()
    )]
    NotAsBackedUp {
        /// The log's directory.
        dir: PathBuf,
    },
    /// A backup was to be opened for writing.
    #[error("{} is a backup and is only read: restore from it into a directory of its own", dir.display())]
    IsCopy {
        /// The directory.
        dir: PathBuf,
    },
    /// It is a log of a training and a real one was asked for, or the other way round.
    #[error(
        "{} holds {}, and {} was asked for: what is real and what is for training never lie in one place. {}",
        dir.display(),
        if *is_training { "the events of a training, of which none is real" } else { "real events" },
        if *is_training { "a real server" } else { "a training" },
        if *is_training {
            "Name the folder of the real data with --data, or say --training"
        } else {
            "Name a folder of its own for the training with --data"
        }
    )]
    OtherPurpose {
        /// The log's directory.
        dir: PathBuf,
        /// Whether the log is of a training.
        is_training: bool,
    },
    /// A log was to be restored into a directory that holds something.
    #[error("{} is not empty; restore into a new directory", dir.display())]
    NotEmpty {
        /// The directory.
        dir: PathBuf,
    },
    /// It is encrypted, and the key of its segment is not here.
    #[error(
        "{} is encrypted, and its key is not here: name the key folder that belongs to it with --keys, with the master \
         key that wraps it",
        file.display()
    )]
    NoKey {
        /// The segment.
        file: PathBuf,
    },
    /// A key could not be made.
    #[error(transparent)]
    Keys(#[from] Box<crate::keys::KeyError>),
    /// The options contradict each other.
    #[error("options: {what}")]
    BadOptions {
        /// Which and how.
        what: String,
    },
    /// The disk answered with an error.
    #[error("{} {}: {source}", doing, path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl OpenError {
    /// Puts file and intention to a disk error; a full disk becomes [`OpenError::Full`].
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError {
        let path = path.to_path_buf();
        move |source| {
            if is_full(&source) { OpenError::Full { path } } else { OpenError::Io { doing, path, source } }
        }
    }
}

/// Damage to something that had been durable, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} is damaged at byte {offset}: {damage}. {}. Nothing was changed. Copy the directory first; \
     then restore this file from a backup (the whole directory, where the backup is older than the \
     damage) and start again",
    file.display(),
    read(*intact_to)
)]
pub struct Corruption {
    /// The file at fault.
    pub file: PathBuf,
    /// The first byte that cannot be believed.
    pub offset: u64,
    /// What is wrong there.
    pub damage: Damage,
    /// The last record before the damage; everything up to it was verified.
    pub intact_to: Seq,
}

/// What could be read in spite of damage.
fn read(intact_to: Seq) -> String {
    match intact_to {
        Seq::ZERO => String::from("No record could be read"),
        last => format!("Records 1 to {} were read and are intact", last.get()),
    }
}

/// Kinds of damage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// A file that must be there is not.
    #[error("the file is missing")]
    Missing,
    /// A file is not as long as it was made.
    #[error("the file has {found} bytes, it was made with {expected}")]
    Length {
        /// Bytes found.
        found: u64,
        /// Bytes that its header says.
        expected: u64,
    },
    /// A header's checksum, magic number or name is wrong.
    #[error("the header is not valid ({why})")]
    Header {
        /// Which part.
        why: &'static str,
    },
    /// A frame is bad although something shows that it had been durable.
    #[error("the frame is not valid ({why}), and {witness}, so it had been durable")]
    Frame {
        /// Which part.
        why: &'static str,
        /// What shows it.
        witness: Witness,
    },
    /// The frame is as it was written, but does not continue the one before it.
    #[error("the frame does not continue the one before ({why})")]
    Chain {
        /// Which link.
        why: &'static str,
    },
    /// The frame's checksums hold, but what it says does not fit together.
    #[error("the frame's content does not fit together ({why})")]
    Content {
        /// Which part.
        why: &'static str,
    },
    /// Neither slot of `HEAD` can be read.
    #[error("neither of its two slots is valid")]
    Head,
}

/// What shows that a bad frame had been durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Witness {
    /// A later frame says so.
    #[error("a later frame begins at byte {offset}")]
    LaterFrame {
        /// Where it begins.
        offset: u64,
    },
    /// A later segment says so.
    #[error("a later segment exists")]
    LaterSegment,
    /// `HEAD` says so.
    #[error("HEAD names byte {offset}")]
    Head {
        /// Up to where HEAD says that the segment was durable.
        offset: u64,
    },
    /// A signed checkpoint says so.
    #[error("a signed checkpoint names byte {offset}")]
    Checkpoint {
        /// Up to where it says that the segment was durable.
        offset: u64,
    },
    /// An image of the fold says so.
    #[error("an image of the fold names byte {offset}")]
    Image {
        /// The place that it remembers.
        offset: u64,
    },
    /// A backup says so.
    #[error("the backup names byte {offset}")]
    Backup {
        /// Up to where it says that the segment was durable.
        offset: u64,
    },
}

/// Why a batch was not acknowledged. Some of its items may have become durable all the same: send
/// it again, and they are answered as duplicates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The disk could not promise. The log acknowledges nothing any more until it is opened again:
    /// after a failed `fsync` the system may have dropped the data and would answer the next one
    /// with success.
    #[error("not durable: {cause}; the log must be opened again")]
    NotDurable {
        /// What happened first.
        cause: Arc<str>,
    },
    /// No room on the disk. The log goes on by itself when there is room again.
    #[error("no room left on the disk")]
    Full,
    /// The queue is full: too much is waiting for the disk. Try again later.
    #[error("too much is waiting to be written")]
    Busy,
    /// The log was opened for reading.
    #[error("the log is open for reading only")]
    ReadOnly,
    /// The log is being closed.
    #[error("the log is closed")]
    Closed,
    /// An item is larger than the log takes.
    #[error("item {index} has {bytes} bytes, the most is {bytes_max}")]
    TooLarge {
        /// Which item of the batch.
        index: usize,
        /// Its payload's size.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// A cursor's name or position is too long, or there are too many.
    #[error("cursor {index} is too long, or there are more than 256")]
    BadCursor {
        /// Which cursor of the batch.
        index: usize,
    },
    /// What must be durable before the records (the case keys) could not be made so.
    #[error("before the commit: {cause}")]
    BeforeCommit {
        /// What it said.
        cause: Arc<str>,
    },
}

/// Why a record was not read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadError {
    /// What is on the disk is no longer what was verified when the log was opened.
    #[error(transparent)]
    Corrupt(#[from] Box<Corruption>),
    /// It is encrypted, and the key of its segment is not here.
    #[error("{} is encrypted, and its key is not here: open the log with the key folder that belongs to it", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The disk answered with an error.
    #[error("reading {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: Arc<io::Error>,
    },
}

/// Whether an error means that there is no room, for the disk or for this user.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
