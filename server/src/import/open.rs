//! A file as a stream of bytes: plain, gzip or zstd, told by its first bytes and not by its name.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::progress::Progress;

/// What a reader takes from the disk or the decompressor at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// Opens a file. `progress` hears of every byte that is read from the disk.
pub(super) fn open(path: &Path, progress: &Progress) -> io::Result<Box<dyn BufRead + Send>> {
    let file = File::open(path)?;
    let mut raw = BufReader::with_capacity(BUFFER_BYTES, progress.watch(file));
    let start = raw.fill_buf()?;
    let decoded: Box<dyn Read + Send> = if start.starts_with(&[0x1f, 0x8b]) {
        // A gzip file may hold several members one after the other.
        Box::new(flate2::bufread::MultiGzDecoder::new(raw))
    } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Box::new(zstd::Decoder::with_buffer(raw)?)
    } else {
        return Ok(Box::new(raw));
    };
    Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, decoded)))
}

/// The size on the disk in bytes, for the progress bar.
pub(super) fn size(path: &Path) -> io::Result<u64> {
    std::fs::metadata(path).map(|metadata| metadata.len())
}

/// Whether the file holds events, one a line, rather than rows: by its name without `.gz`, `.zst`.
pub(super) fn holds_events(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    plain.ends_with(".ndjson") || plain.ends_with(".jsonl")
}
