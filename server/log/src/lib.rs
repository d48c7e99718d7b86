//! The embedded append-only log: the evidence, the unit of backup, and what a restart reads.
//!
//! Whoever needs an event to survive gives it to [`Log::submit`] as part of a [`Batch`]; the answer
//! comes only after the `fdatasync` that covers it. Duplicates are told apart inside the writer, by
//! the [`Admit`] object, so that nobody hears "we have that already" about something that may still
//! be lost. What became durable goes, in order, to the [`Sink`].
//!
//! ```text
//!   submit ──► queue (bounded) ──► writer thread: gather, decide, write, fdatasync
//!                                      │                    │
//!                                      ▼                    ▼
//!                                 sink (in order)      completions
//! ```
//!
//! What lies where in the files is drawn in [`frame`], [`segment`] and [`head`]. How a damaged
//! directory is told from one that merely lost power is written in [`recover`].
//!
//! What does not belong here: the meaning of a payload (that is `domain`), the network, and any
//! async runtime. All file access goes through [`Disk`], all time through [`Clock`].

// Words and borders.
pub mod clock;
pub mod disk;
mod error;
pub mod fail_point;
mod item;
mod options;
mod stats;

// Bytes on disk.
pub mod checkpoint;
mod files;
pub mod frame;
pub mod head;
mod record;
mod sealing;
pub mod segment;
mod window;

// Work.
mod admit;
pub mod backup;
mod beheld;
mod bulk;
mod index;
mod landmark;
mod log;
mod read;
pub mod recover;
mod shared;
mod tend;
mod verify;
mod witness;
mod writer;

// Personal data.
pub mod keys;

pub use admit::{Admit, Decision, IdIndex};
pub use beheld::Beheld;
pub use bulk::{Bulk, BulkProgress};
pub use checkpoint::{Checkpoint, CheckpointFault};
pub use clock::{Clock, SystemClock};
pub use disk::{Disk, DiskFile, RealDisk};
pub use error::{AppendError, Corruption, Damage, OpenError, ReadError};
pub use item::{Appended, Batch, ClusterId, Cursor, Digest, Item, ItemKey, Outcome, Seq, StoredRecord};
pub use landmark::Landmark;
pub use log::{Completion, Log};
pub use options::{BeforeCommit, OpenMode, OpenProgress, Options, Sink};
pub use read::Records;
pub use recover::{Recovery, Torn};
pub use stats::Stats;
pub use tend::{Beside, Failed, TendStatus, Tender, Tending};
pub use verify::{Against, BadCheckpoint, Verified, WhyBad, verify};
pub use witness::{Position, Vouched, Voucher};
