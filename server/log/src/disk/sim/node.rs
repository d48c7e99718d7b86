//! One simulated file: what is seen, what is durable, and every version in between.

use std::collections::BTreeMap;

use super::Rng;

/// What a device writes whole or not at all.
const SECTOR: usize = 512;

#[derive(Clone)]
pub(super) struct Node {
    /// What a reader sees.
    pub(super) data: Vec<u8>,
    pub(super) mode: u32,
    durable: Vec<u8>,
    /// Sectors written since the last sync, each with every state that it went through.
    dirty: BTreeMap<usize, Vec<[u8; SECTOR]>>,
    /// Lengths since the last sync.
    lens: Vec<usize>,
}

impl Node {
    pub(super) fn new(mode: u32) -> Node {
        Node { data: Vec::new(), mode, durable: Vec::new(), dirty: BTreeMap::new(), lens: Vec::new() }
    }

    pub(super) fn durable(bytes: Vec<u8>) -> Node {
        Node { durable: bytes.clone(), data: bytes, ..Node::new(0o644) }
    }

    pub(super) fn write(&mut self, bytes: &[u8], offset: usize) {
        if bytes.is_empty() {
            return;
        }
        let end = offset + bytes.len();
        if end > self.data.len() {
            self.data.resize(end, 0);
            self.lens.push(end);
        }
        self.data[offset..end].copy_from_slice(bytes);
        for sector in offset / SECTOR..=(end - 1) / SECTOR {
            let now = sector_of(&self.data, sector);
            self.dirty.entry(sector).or_default().push(now);
        }
    }

    pub(super) fn set_len(&mut self, len: usize) {
        self.data.resize(len, 0);
        self.lens.push(len);
        // What lies beyond is gone, and reads as zeros if the file grows again.
        let last = len / SECTOR;
        self.dirty.retain(|sector, _| *sector <= last);
        self.dirty.entry(last).or_default().push(sector_of(&self.data, last));
    }

    /// Only what is known to be dirty: what a failed sync forgot stays lost.
    pub(super) fn sync(&mut self) {
        self.durable.resize(self.data.len(), 0);
        for sector in self.dirty.keys() {
            let from = sector * SECTOR;
            let to = (from + SECTOR).min(self.data.len());
            if from < to {
                self.durable[from..to].copy_from_slice(&self.data[from..to]);
            }
        }
        self.forget();
    }

    /// Some sectors reach the device, the others never will; nobody remembers which.
    pub(super) fn fail_sync(&mut self, rng: &mut Rng) {
        let seen = self.data.clone();
        self.persist_some(rng, 500);
        self.data = seen;
        self.forget();
    }

    pub(super) fn cut_power(&mut self, rng: &mut Rng, survive_of_1000: u64) {
        self.persist_some(rng, survive_of_1000);
        self.data.clone_from(&self.durable);
        self.forget();
    }

    fn persist_some(&mut self, rng: &mut Rng, survive_of_1000: u64) {
        if !self.lens.is_empty() && rng.below(1_000) < survive_of_1000 {
            let index = rng.below(self.lens.len() as u64) as usize;
            self.durable.resize(self.lens[index], 0);
        }
        for (sector, versions) in &self.dirty {
            let from = sector * SECTOR;
            if from < self.durable.len() && rng.below(1_000) < survive_of_1000 {
                let version = &versions[rng.below(versions.len() as u64) as usize];
                let len = SECTOR.min(self.durable.len() - from);
                self.durable[from..from + len].copy_from_slice(&version[..len]);
            }
        }
    }

    fn forget(&mut self) {
        self.dirty.clear();
        self.lens.clear();
    }
}

/// Where the sector begins that holds the byte at `offset`.
pub(super) fn sector_start(offset: u64) -> u64 {
    offset - offset % SECTOR as u64
}

fn sector_of(data: &[u8], sector: usize) -> [u8; SECTOR] {
    let mut bytes = [0; SECTOR];
    let from = (sector * SECTOR).min(data.len());
    let to = (from + SECTOR).min(data.len());
    bytes[..to - from].copy_from_slice(&data[from..to]);
    bytes
}
