//! An image's file: parts, each with its length and checksum, and at the end what they are of.
//!
//! ```text
//!   "TCIMAGE2" │ part │ part │ … │ foot (JSON) │ its length u32 │ its CRC-32C u32
//!   part: length u32 │ CRC-32C u32 │ so many bytes: length unpacked u32 │ zstd
//! ```
//! Numbers are little-endian. The first part is the state's head; then come, for each stretch of its cases,
//! the cases themselves and their dated counts. Beside an encrypted log every part is sealed with its keys, each for its
//! place in its image: an image tells what the log tells.

use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
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
        let length = u32::try_from(part.len()).map_err(|error| io(std::io::Error::other(error)))?;
        let zstd = zstd::bulk::compress(part, LEVEL).map_err(io)?;
        let mut packed = [&length.to_le_bytes()[..], &zstd].concat();
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
    toancanh_log::fail_point::reach("image-half");
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
    let io = |source| ImageFault::Io { path: path.to_owned(), source };
    let damaged = |why| ImageFault::Damaged { path: path.to_owned(), why };
    let file = std::fs::File::open(path).map_err(io)?;
    let mut magic = [0; MAGIC.len()];
    if file.read_exact_at(&mut magic, 0).is_err() || magic != *MAGIC {
        return Err(damaged("it does not begin as an image does"));
    }
    let (foot, end) = foot_of(&file).ok_or_else(|| damaged("its foot is not there as it was written"))?;
    check(&foot.origin)?;
    let keys = keys.filter(|_| foot.is_sealed);
    if foot.is_sealed && keys.is_none() {
        return Err(KeyError::NoKey.into());
    }
    let parts = parts_of(&file, end).map_err(io)?.ok_or_else(|| damaged("a part is cut off"))?;
    let Some((head, stretches)) = parts.split_first() else {
        return Err(damaged("it has no parts"));
    };
    let (stretches, odd) = stretches.as_chunks::<2>();
    if parts.len() != foot.parts || !odd.is_empty() {
        return Err(damaged("parts are missing"));
    }
    let unpack = |part: &Part| -> Result<Vec<u8>, ImageFault> {
        let packed = part.read(&file).map_err(io)?;
        let packed = packed.ok_or_else(|| damaged("a part does not have its checksum"))?;
        let packed = match keys {
            Some(keys) => keys.open(&packed, &place(&foot.origin, part.nth))?.to_vec(),
            None => packed,
        };
        let (length, packed) = packed.split_first_chunk().ok_or_else(|| damaged("a part is cut off"))?;
        zstd::bulk::decompress(packed, u32::from_le_bytes(*length) as usize).map_err(io)
    };
    let read_stretch = |[cases, counts]: &[Part; 2]| {
        let cases = ImagePart::read(unpack(cases)?)?;
        Ok((cases, engine::image::ImagePart::read(&unpack(counts)?)?))
    };
    let head = ImageHead::read(&unpack(head)?)?;
    let (cases, counts) = on_all_cores(stretches, read_stretch)?.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    Ok(Kept { state: State::of_image(city.clone(), head, cases)?, counts })
}

/// The foot of an image alone, for what it says of the log before that is opened; `None` where it cannot be read.
pub(super) fn foot(path: &Path) -> Option<Foot> {
    foot_of(&std::fs::File::open(path).ok()?).map(|(foot, _)| foot)
}

/// The foot, and where the parts end.
fn foot_of(file: &std::fs::File) -> Option<(Foot, u64)> {
    let end = file.metadata().ok()?.len().checked_sub(8)?;
    let mut sizes = [0; 8];
    file.read_exact_at(&mut sizes, end).ok()?;
    let (length, sum) = numbers(sizes);
    let mut foot = vec![0; length.min(FOOT_BYTES_MAX)];
    let start = end.checked_sub(foot.len() as u64)?;
    file.read_exact_at(&mut foot, start).ok()?;
    let foot = (crc32c::crc32c(&foot) == sum).then(|| serde_json::from_slice(&foot).ok())??;
    Some((foot, start))
}

/// Where a part's bytes lie.
struct Part {
    nth: usize,
    at: u64,
    length: usize,
    sum: u32,
}

/// The parts up to `end`; `None` where they do not end there.
fn parts_of(file: &std::fs::File, end: u64) -> std::io::Result<Option<Vec<Part>>> {
    let (mut parts, mut at) = (Vec::new(), MAGIC.len() as u64);
    while at + 8 <= end {
        let mut sizes = [0; 8];
        file.read_exact_at(&mut sizes, at)?;
        let (length, sum) = numbers(sizes);
        parts.push(Part { nth: parts.len(), at: at + 8, length, sum });
        at += 8 + length as u64;
    }
    Ok((at == end).then_some(parts))
}

impl Part {
    /// Its bytes; `None` where they do not have their checksum.
    fn read(&self, file: &std::fs::File) -> std::io::Result<Option<Vec<u8>>> {
        let mut bytes = vec![0; self.length];
        file.read_exact_at(&mut bytes, self.at)?;
        Ok((crc32c::crc32c(&bytes) == self.sum).then_some(bytes))
    }
}

/// A sealed part opens at its place of its image only.
fn place(origin: &Origin, nth: usize) -> Vec<u8> {
    format!("toancanh image part 1\n{} {} {nth}", origin.log, origin.seq).into_bytes()
}

fn numbers(sizes: [u8; 8]) -> (usize, u32) {
    let [a, b, c, d, e, f, g, h] = sizes;
    (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]))
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
