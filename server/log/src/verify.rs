//! Checking a log without opening it: every frame, the chain, every checkpoint. It changes nothing, and may
//! run beside the server that writes.
//!
//! What it cannot see by itself: that a tail was cut off together with `HEAD` and the checkpoints that named
//! it. For that it takes checkpoints that were kept elsewhere.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::admit::{Admit, Decision};
use crate::checkpoint::{self, Checkpoint, CheckpointFault};
use crate::disk::Disk;
use crate::error::{Corruption, OpenError};
use crate::files::LOCK_NAME;
use crate::item::{ClusterId, Digest, Item, ItemKey, Seq};
use crate::keys::{LogKeys, PublicKey};
use crate::options::{OpenMode, OpenProgress, Options};
use crate::recover::{self, Survey, Torn};
use crate::witness::Position;

/// How often a log that is being written is looked at again before it is called damaged: a frame may have been
/// read while it was half written.
const LOOKS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// Faults of checkpoints that are named one by one; the others are counted.
const NAMED_MAX: usize = 20;

/// What to check against.
#[derive(Default)]
pub struct Against {
    /// Files of checkpoints that were kept elsewhere.
    pub kept: Vec<PathBuf>,
    /// Whose signatures are believed; where there is none, every key is, and the answer says so.
    pub trusted: Vec<PublicKey>,
    /// What opens encrypted segments; without it their checksums and their chain are checked, not what is in them.
    pub log_keys: Option<Arc<LogKeys>>,
    /// Who wants to know how it goes; called about once per MiB.
    pub progress: Option<Box<dyn FnMut(OpenProgress) + Send>>,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Which log it is.
    pub cluster: ClusterId,
    /// Up to where every frame holds and continues the one before.
    pub position: Position,
    /// Frames read.
    pub frames: u64,
    /// Of them, those that are encrypted and whose key was not given: what is in them was not looked at.
    pub frames_closed: u64,
    /// Segments read.
    pub segments: u64,
    /// The first byte that cannot be believed.
    pub damage: Option<Corruption>,
    /// Bytes behind the last frame that a write left unfinished, where nobody is writing.
    pub torn: Option<Torn>,
    /// Whether somebody had the log open meanwhile.
    pub is_live: bool,
    /// Slots of `HEAD` that could not be read.
    pub head_slots_bad: u8,
    /// Checkpoints that hold, those kept elsewhere included.
    pub checkpoints: u64,
    /// The newest of them.
    pub newest: Option<Checkpoint>,
    /// The newest of those that were kept elsewhere.
    pub newest_kept: Option<Checkpoint>,
    /// Lines that are no good checkpoints, by file and byte: the first twenty.
    pub bad_checkpoints: Vec<BadCheckpoint>,
    /// How many there are in all.
    pub bad_checkpoints_total: u64,
}

/// A line that is no good checkpoint of this log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} at byte {offset}: {why}", file.display())]
pub struct BadCheckpoint {
    /// The file.
    pub file: PathBuf,
    /// Where the line begins.
    pub offset: u64,
    /// What is wrong.
    pub why: WhyBad,
}

/// What is wrong with a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyBad {
    /// The line.
    #[error(transparent)]
    Line(CheckpointFault),
    /// Another key signed it.
    #[error("it was signed by {key}, which is none of the keys that are trusted")]
    Untrusted {
        /// The key.
        key: PublicKey,
    },
    /// It speaks of another log.
    #[error("it belongs to another log")]
    OtherLog,
}

impl Verified {
    /// Whether nothing was found that is not as it was written.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.damage.is_none() && self.bad_checkpoints_total == 0
    }
}

/// Reads and checks the whole log in `dir`.
///
/// # Errors
/// Only what keeps from reading at all; damage is in the answer.
pub fn verify(disk: &Arc<dyn Disk>, dir: &Path, against: Against) -> Result<Verified, OpenError> {
    let Against { kept, trusted, log_keys, progress } = against;
    let mut options = Options::default().disk(Arc::clone(disk));
    options.admit = Box::new(Nobody);
    options.progress = progress;
    options.log_keys = log_keys;
    options.mode = OpenMode::ReadOnly;
    let mut looks = 1;
    loop {
        // Taken for a moment, to know whether somebody writes.
        let is_live = matches!(
            disk.lock(&dir.join(LOCK_NAME), "toancanh verify"),
            Err(crate::disk::LockError::Held { .. })
        );
        let (id, head, about_files) = recover::identify(disk.as_ref(), dir)?;
        let mut checkpoints = Checkpoints::default();
        for (file, is_kept) in files(dir, &kept) {
            checkpoints.take(disk.as_ref(), &file, is_kept, &id.cluster, &trusted)?;
        }
        let vouched = checkpoints.good.drain(..).collect();
        let Survey { position, frames, frames_closed, segments, torn, damage } =
            recover::survey(disk.as_ref(), dir, id, head.as_ref(), vouched, &mut options)?;
        if is_live && damage.is_some() && looks < LOOKS {
            looks += 1;
            std::thread::sleep(BETWEEN_LOOKS);
            continue;
        }
        return Ok(Verified {
            cluster: id.cluster,
            damage: damage
                .or(about_files.map(|damage| Corruption { intact_to: position.durable(), ..damage })),
            position,
            frames,
            frames_closed,
            segments,
            // What is being written is no torn tail.
            torn: torn.filter(|_| !is_live),
            is_live,
            head_slots_bad: head.as_ref().map_or(2, |head| head.bad_slots),
            checkpoints: checkpoints.count,
            newest: checkpoints.newest,
            newest_kept: checkpoints.newest_kept,
            bad_checkpoints: checkpoints.bad,
            bad_checkpoints_total: checkpoints.bad_total,
        });
    }
}

fn files(dir: &Path, kept: &[PathBuf]) -> Vec<(PathBuf, bool)> {
    let own = (dir.join(checkpoint::FILE_NAME), false);
    std::iter::once(own).chain(kept.iter().map(|file| (file.clone(), true))).collect()
}

#[derive(Default)]
struct Checkpoints {
    good: Vec<crate::witness::Vouched>,
    count: u64,
    newest: Option<Checkpoint>,
    newest_kept: Option<Checkpoint>,
    bad: Vec<BadCheckpoint>,
    bad_total: u64,
}

impl Checkpoints {
    fn take(
        &mut self,
        disk: &dyn Disk,
        file: &Path,
        is_kept: bool,
        cluster: &ClusterId,
        trusted: &[PublicKey],
    ) -> Result<(), OpenError> {
        checkpoint::each(file, disk, |line| {
            let why = match line.checkpoint {
                // The last line of the log's own file may be in the making, or be left from a crash: nobody
                // was given it.
                Err(CheckpointFault::Unfinished) if !is_kept => return,
                Err(fault) => WhyBad::Line(fault),
                Ok(checkpoint) if checkpoint.cluster != *cluster => WhyBad::OtherLog,
                Ok(checkpoint) if !trusted.is_empty() && !trusted.contains(&checkpoint.key) => {
                    WhyBad::Untrusted { key: checkpoint.key }
                }
                Ok(checkpoint) => return self.add(checkpoint, is_kept),
            };
            self.bad_total += 1;
            if self.bad.len() < NAMED_MAX {
                self.bad.push(BadCheckpoint { file: file.to_path_buf(), offset: line.offset, why });
            }
        })
        .map_err(OpenError::io("reading", file))
    }

    fn add(&mut self, checkpoint: Checkpoint, is_kept: bool) {
        self.count += 1;
        self.good.push(checkpoint.vouched());
        let newer = |held: &Option<Checkpoint>| {
            held.as_ref().is_none_or(|held| held.position.next_seq <= checkpoint.position.next_seq)
        };
        if is_kept && newer(&self.newest_kept) {
            self.newest_kept = Some(checkpoint.clone());
        }
        if newer(&self.newest) {
            self.newest = Some(checkpoint);
        }
    }
}

/// Remembers nothing: memory does not grow with the log.
struct Nobody;

impl Admit for Nobody {
    fn replay(&mut self, _: Seq, _: &ItemKey, _: &Digest) {}

    fn decide(&mut self, _: &Item, _: Seq) -> Decision {
        Decision::Append
    }

    fn settle(&mut self, _: Seq) {}
}
