//! Images of the fold: the state as it stood at one place of the log, kept beside it, so that a start
//! reads the newest image and the log from there on, instead of the whole log.
//!
//! An image is never more than a shortcut. It counts only for the very program, the very city folder
//! and the very log that it was made with, and only while it is whole; where anything differs, the log
//! is read from its beginning. Losing every image loses nothing but time.

mod file;
mod foot;
mod keeper;
mod look;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::city::City;
use domain::state::State;
use domain::state::image::ImageError;
use domain::{Seq, Timestamp};
use sha2::{Digest, Sha256};
use toancanh_log::keys::KeyError;
use toancanh_log::{Landmark, ReadError};

use crate::store::{Store, StoreError};

pub use keeper::{Keeper, Pace};
pub(crate) use look::Looked;

/// The folder within the data.
const FOLDER: &str = "images";
/// How many are kept: the newest may be the one that cannot be read.
const KEPT: usize = 2;

/// Why an image cannot be written or used.
#[derive(Debug, thiserror::Error)]
pub enum ImageFault {
    /// Reading or writing it.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is damaged.
    #[error("{path} is damaged: {why}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// It is of something else.
    #[error("{path} was made {of}")]
    Other {
        /// Which file.
        path: PathBuf,
        /// Of what.
        of: &'static str,
    },
    /// Its content.
    #[error(transparent)]
    Content(#[from] ImageError),
    /// Its counts.
    #[error(transparent)]
    Counts(#[from] engine::image::ImageError),
    /// The log.
    #[error(transparent)]
    Log(#[from] ReadError),
    /// The keys with which the images of an encrypted log are sealed.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The log's own.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an image gives back.
pub struct Kept {
    /// The state.
    pub state: State,
    /// The dated counts of its cases, in their order.
    pub counts: Vec<engine::image::ImagePart>,
}

/// What an image must be of to count.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Origin {
    /// The program: another build may fold otherwise.
    build: String,
    /// The city's folder: another one may have other rules, places, words.
    city: String,
    /// The log.
    log: String,
    /// The place in it.
    seq: u64,
    /// SHA-256 of the record at that place: a log that was put back from a backup may go on otherwise.
    record: String,
}

/// Images of one data folder.
#[derive(Clone, Debug)]
pub struct Images {
    folder: PathBuf,
}

impl Images {
    /// Those under `data`.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self { folder: data.join(FOLDER) }
    }

    /// The newest state that can be used, at or before `now`; each image that cannot be is told to the
    /// log and passed over.
    #[must_use]
    pub fn newest(&self, store: &Store, city: &Arc<City>, now: Timestamp) -> Option<Kept> {
        for path in self.files() {
            let keys = store.opens_beside().unwrap_or_default();
            match file::read(&path, city, keys.as_deref(), |origin| check(origin, &path, store, city)) {
                Ok(kept) if kept.state.at() <= now => {
                    tracing::info!(path = %path.display(), seq = %kept.state.seq(), "the start goes on from an image");
                    return Some(kept);
                }
                Ok(_) => {
                    tracing::info!(path = %path.display(), "the image is of a later time than the clock's")
                }
                Err(fault) => tracing::warn!(%fault, "an image of the fold is not used"),
            }
        }
        None
    }

    /// Where the log need be read from before there are numbers, by what the newest image says; `None` is from
    /// its beginning. Whether the image can be used is seen later.
    #[must_use]
    pub fn landmark(&self, city: &City) -> Option<Landmark> {
        let foot = file::foot(self.files().first()?)?;
        let is_ours = foot.origin.build == build() && foot.origin.city == city.digest;
        foot.landmark.filter(|_| is_ours)?.landmark()
    }

    /// Keeps a state, and takes away what is older than the one before.
    ///
    /// # Errors
    /// [`ImageFault`] with the file.
    pub fn keep(&self, state: &State, store: &Store) -> Result<PathBuf, ImageFault> {
        let origin = origin(state.seq(), store, state.city())?;
        let path = self.folder.join(format!("{}.image", state.seq()));
        let landmark = store.log().landmark()?.map(Into::into);
        file::write(&path, &origin, landmark, state, store.seals_beside()?.as_deref())?;
        for old in self.files().into_iter().skip(KEPT) {
            let removed = std::fs::remove_file(&old);
            removed.map_err(|source| ImageFault::Io { path: old, source })?;
        }
        Ok(path)
    }

    /// The newest first.
    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "image"));
        files.sort();
        files.reverse();
        files
    }
}

fn check(origin: &Origin, path: &Path, store: &Store, city: &City) -> Result<(), ImageFault> {
    let other = |of| Err(ImageFault::Other { path: path.to_owned(), of });
    let seq = Seq(origin.seq);
    if seq > store.durable() {
        return other("at a place that the log does not have");
    }
    let want = self::origin(seq, store, city)?;
    match () {
        () if origin.build != want.build => other("by another build of the program"),
        () if origin.city != want.city => other("under another folder of the city"),
        () if *origin != want => other("with another log"),
        () => Ok(()),
    }
}

/// What an image at this place must be of.
fn origin(seq: Seq, store: &Store, city: &City) -> Result<Origin, ImageFault> {
    let record = store.read_many(&[seq])?.pop();
    let digest = record.map(|record| Sha256::digest(&record.bytes)).unwrap_or_default();
    Ok(Origin {
        build: build(),
        city: city.digest.clone(),
        log: log_name(&store.log().cluster()),
        seq: seq.0,
        record: format!("{digest:x}"),
    })
}

/// Which log, in the words of an image's foot.
fn log_name(log: &toancanh_log::ClusterId) -> String {
    format!("{log:?}")
}

/// Which program this is: its file's length and time tell builds of one release apart.
fn build() -> String {
    let metadata = std::env::current_exe().and_then(std::fs::metadata).ok();
    let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
    let since = modified.and_then(|modified| modified.duration_since(std::time::UNIX_EPOCH).ok());
    let length = metadata.map_or(0, |metadata| metadata.len());
    format!("{} {length} {}", crate::version::RELEASE, since.unwrap_or_default().as_nanos())
}
