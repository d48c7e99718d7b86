//! An image's file: parts, each with its length and checksum, and at the end what they are of.
//!
//! ```text
//!   "TCIMAGE1" │ part │ part │ … │ foot (JSON) │ its length u32 │ its CRC-32C u32
//!   part: length u32 │ CRC-32C u32 │ zstd of so many bytes
//! ```
//! Numbers are little-endian. The first part is the state's head, the others are its cases. Beside an encrypted log
//! every part is sealed with its keys, each for its place in its image: an image tells what the log tells.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::city::City;
use domain::state::State;
use domain::state::image::{ImageHead, ImagePart};

use toancanh_log::keys::{KeyError, LogKeys};

use super::{ImageFault, Origin};

const MAGIC: &[u8; 8] = b"TCIMAGE1";
/// Fast to write; a fifth of the size.
const LEVEL: i32 = 1;

#[derive(serde::Serialize, serde::Deserialize)]
struct Foot {
    origin: Origin,
    parts: usize,
    /// Whether the parts are sealed.
    #[serde(default)]
    is_sealed: bool,
}

/// Writes an image, whole or not at all.
pub(super) fn write(
    path: &Path,
    origin: &Origin,
    state: &State,
    keys: Option<&LogKeys>,
) -> Result<(), ImageFault> {
    let io = |source| ImageFault::Io { path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(io)?;
    let half = path.with_extension("half");
    let mut file = BufWriter::new(std::fs::File::create(&half).map_err(io)?);
    file.write_all(MAGIC).map_err(io)?;
    let mut parts = 0;
    for part in std::iter::once(state.image_head()).chain(state.image_parts()) {
        let mut packed = zstd::encode_all(part?.as_slice(), LEVEL).map_err(io)?;
        if let Some(keys) = keys {
            packed = keys.seal(&packed, &place(origin, parts))?;
        }
        file.write_all(&sized(&packed)).and_then(|()| file.write_all(&packed)).map_err(io)?;
        parts += 1;
    }
    let foot = serde_json::to_vec(&Foot { origin: origin.clone(), parts, is_sealed: keys.is_some() })
        .map_err(|error| io(error.into()))?;
    file.write_all(&foot).and_then(|()| file.write_all(&sized(&foot))).map_err(io)?;
    let file = file.into_inner().map_err(|error| io(error.into_error()))?;
    file.sync_all().map_err(io)?;
    std::fs::rename(&half, path).map_err(io)?;
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)
}

/// Length and checksum.
fn sized(bytes: &[u8]) -> [u8; 8] {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
    let sum = crc32c::crc32c(bytes).to_le_bytes();
    let mut both = [0; 8];
    both[..4].copy_from_slice(&length);
    both[4..].copy_from_slice(&sum);
    both
}

/// Reads an image that `check` lets pass.
pub(super) fn read(
    path: &Path,
    city: &Arc<City>,
    keys: Option<&LogKeys>,
    check: impl FnOnce(&Origin) -> Result<(), ImageFault>,
) -> Result<State, ImageFault> {
    let bytes = std::fs::read(path).map_err(|source| ImageFault::Io { path: path.to_owned(), source })?;
    let damaged = |why| ImageFault::Damaged { path: path.to_owned(), why };
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("it does not begin as an image does"))?;
    let (rest, sizes) = rest.split_last_chunk::<8>().ok_or_else(|| damaged("it is cut off"))?;
    let (length, sum) = numbers(*sizes);
    let foot = rest.len().checked_sub(length).and_then(|start| rest.split_at_checked(start));
    let (mut rest, foot) = foot.ok_or_else(|| damaged("it is cut off"))?;
    if crc32c::crc32c(foot) != sum {
        return Err(damaged("its foot does not have its checksum"));
    }
    let foot: Foot = serde_json::from_slice(foot).map_err(|_| damaged("its foot cannot be read"))?;
    check(&foot.origin)?;
    let keys = keys.filter(|_| foot.is_sealed);
    if foot.is_sealed && keys.is_none() {
        return Err(KeyError::NoKey.into());
    }
    let mut parts = Vec::new();
    while let Some((sizes, after)) = rest.split_first_chunk::<8>() {
        let (length, sum) = numbers(*sizes);
        let (part, after) = after.split_at_checked(length).ok_or_else(|| damaged("a part is cut off"))?;
        parts.push((parts.len(), part, sum));
        rest = after;
    }
    let Some((head, cases)) = parts.split_first() else {
        return Err(damaged("it has no parts"));
    };
    if parts.len() != foot.parts {
        return Err(damaged("parts are missing"));
    }
    let opened = |(nth, part, sum): &(usize, &[u8], u32)| {
        if crc32c::crc32c(part) != *sum {
            return Err(damaged("a part does not have its checksum"));
        }
        match keys {
            Some(keys) => unpack(path, &keys.open(part, &place(&foot.origin, *nth))?),
            None => unpack(path, part),
        }
    };
    let head = ImageHead::read(&opened(head)?)?;
    let read_part = |part: &(usize, &[u8], u32)| Ok(head.part(&opened(part)?)?);
    let read = on_all_cores(cases, read_part)?;
    Ok(State::of_image(city.clone(), head, read)?)
}

fn numbers(sizes: [u8; 8]) -> (usize, u32) {
    let [a, b, c, d, e, f, g, h] = sizes;
    (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]))
}

/// A sealed part opens at its place of its image only.
fn place(origin: &Origin, nth: usize) -> Vec<u8> {
    format!("toancanh image part 1\n{} {} {nth}", origin.log, origin.seq).into_bytes()
}

fn unpack(path: &Path, part: &[u8]) -> Result<Vec<u8>, ImageFault> {
    zstd::decode_all(part).map_err(|source| ImageFault::Io { path: PathBuf::from(path), source })
}

/// Reads parts on as many threads as there are cores, and gives them in their order.
fn on_all_cores<P: Sync>(
    parts: &[P],
    read: impl Fn(&P) -> Result<ImagePart, ImageFault> + Sync,
) -> Result<Vec<ImagePart>, ImageFault> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<ImagePart, ImageFault>)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(part) = parts.get(place) else { return };
                    let result = read(part);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((place, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, part)| part).collect()
}
