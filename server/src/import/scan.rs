//! The first pass over a file: which rows a later row replaces, and how new the export is.

use std::collections::{HashMap, HashSet};

use domain::Timestamp;
use sha2::{Digest, Sha256};

use super::ImportError;
use super::progress::Progress;
use super::read::Reading;

/// What the first pass found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Rows whose key comes again further down: only the last counts.
    pub(super) superseded: HashSet<u64>,
    /// The newest instant at which something is said to have happened.
    pub(super) newest: Option<Timestamp>,
}

/// Reads the whole file once. Memory: some 40 bytes a row, while it runs.
pub(super) fn scan(mut reading: Reading<'_>, progress: &Progress) -> Result<Scan, ImportError> {
    let mut scan = Scan::default();
    let mut last_rows: HashMap<[u8; 16], u64> = HashMap::new();
    while let Some((row, skimmed)) = reading.next_skimmed()? {
        if row % 1000 == 0 {
            progress.rows(row);
        }
        // A row that will be rejected replaces none.
        let Some(skimmed) = skimmed else { continue };
        if let Some(replaced) = last_rows.insert(key_hash(&skimmed.key), row) {
            scan.superseded.insert(replaced);
        }
        scan.newest = scan.newest.max(skimmed.newest);
    }
    Ok(scan)
}

/// Sixteen bytes of SHA-256: two keys that only look alike would cost a row.
fn key_hash(key: &str) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(key).into();
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest[..16]);
    hash
}
