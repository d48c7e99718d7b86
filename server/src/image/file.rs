//! An image's file: parts, each with its length and checksum, and at the end what they are of.
//!
//! ```text
//!   "TCIMAGE2" │ part │ part │ … │ foot (JSON) │ its length u32 │ its CRC-32C u32
//!   part: length u32 │ CRC-32C u32 │ zstd of so many bytes
//! ```
//! Numbers are little-endian. The first part is the state's head; then come, for each stretch of its cases,
//! the cases themselves and their dated counts. Beside an encrypted log every part is sealed with its keys, each for its
//! place in its image: an image tells what the log tells.

use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::city::City;
use domain::state::State;
use domain::state::image::{ImageHead, ImagePart};
use engine::image::ImageWriter;
use toancanh_log::keys::{KeyError, LogKeys};

use super::foot::{Foot, Place};
use super::{ImageFault, Kept, Origin};

const MAGIC: &[u8; 8] = b"TCIMAGE2";
/// A foot holds a few hundred bytes, and some for each source whose cursor the log keeps.
const FOOT_BYTES_MAX: usize = 16 << 20;
/// Fast to write; a fifth of the size.
const LEVEL: i32 = 1;

/// Writes an image, whole or not at all.
pub(super) fn write(
    path: &Path,
    origin: &Origin,
    landmark: Option<Place>,
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
    let mut put = |part: &[u8]| -> Result<(), ImageFault> {
        let mut packed = zstd::encode_all(part, LEVEL).map_err(io)?;
        if let Some(keys) = keys {
            packed = keys.seal(&packed, &place(origin, parts))?;
        }
        parts += 1;
        file.write_all(&sized(&packed)).and_then(|()| file.write_all(&packed)).map_err(io)
    };
    put(&state.image_head()?)?;
    let mut counts = ImageWriter::default();
    for places in state.image_stretches() {
        put(&state.image_part(places.clone())?)?;
        put(&counts.part(state, places))?;
    }
    let foot = Foot { origin: origin.clone(), parts, is_sealed: keys.is_some(), landmark };
    let foot = serde_json::to_vec(&foot).map_err(|error| io(error.into()))?;
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
) -> Result<Kept, ImageFault> {
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
    let Some((head, stretches)) = parts.split_first() else {
        return Err(damaged("it has no parts"));
    };
    let (stretches, odd) = stretches.as_chunks::<2>();
    if parts.len() != foot.parts || !odd.is_empty() {
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
    let read_stretch = |[cases, counts]: &[(usize, &[u8], u32); 2]| {
        let cases = ImagePart::read(opened(cases)?)?;
        Ok((cases, engine::image::ImagePart::read(&opened(counts)?)?))
    };
    let head = ImageHead::read(&opened(head)?)?;
    let (cases, counts) = on_all_cores(stretches, read_stretch)?.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    Ok(Kept { state: State::of_image(city.clone(), head, cases)?, counts })
}

/// The foot of an image alone, for what it says of the log before that is opened; `None` where it cannot be read.
pub(super) fn foot(path: &Path) -> Option<Foot> {
    let file = std::fs::File::open(path).ok()?;
    let end = file.metadata().ok()?.len().checked_sub(8)?;
    let mut sizes = [0; 8];
    file.read_exact_at(&mut sizes, end).ok()?;
    let (length, sum) = numbers(sizes);
    let mut foot = vec![0; length.min(FOOT_BYTES_MAX)];
    let start = end.checked_sub(foot.len() as u64)?;
    file.read_exact_at(&mut foot, start).ok()?;
    (crc32c::crc32c(&foot) == sum).then(|| serde_json::from_slice(&foot).ok())?
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
fn on_all_cores<P: Sync, T: Send>(
    parts: &[P],
    read: impl Fn(&P) -> Result<T, ImageFault> + Sync,
) -> Result<Vec<T>, ImageFault> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<T, ImageFault>)>> = Mutex::new(Vec::new());
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
