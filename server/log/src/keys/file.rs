//! The file of wrapped keys: opening it, adding to it, erasing from it. Its bytes are drawn in
//! `slot.rs`.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroize;

use crate::disk::{Access, Disk, DiskFile, read_exact_at, replace_file};

use super::KeyError;
use super::crypto::{self, CaseHash, Key};
use super::slot::{
    FILE_NAME, KIND_ERASED, KIND_KEY, KIND_VOID, Record, SLOT_BYTES, SlotBytes, StoreId, decode, encode,
    read_header, write_file,
};

/// Unfinished records at the end of the store, taken out at opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornKeys {
    /// Where the first began.
    pub offset: u64,
    /// How many bytes from there to the end.
    pub bytes: u64,
    /// Where a copy of these is kept; none if they were all zero.
    pub kept: Option<PathBuf>,
}

/// Where a case's record is, and of which kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    offset: u64,
    erased: bool,
}

impl Slot {
    pub(super) fn is_erased(self) -> bool {
        self.erased
    }
}

/// The file, open.
pub(super) struct KeyFile {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    file: Arc<dyn DiskFile>,
    store: StoreId,
    check: [u8; 16],
    slots: HashMap<CaseHash, Slot>,
    end: u64,
    synced_to: u64,
    /// A key was overwritten, but there was no room yet to write the file anew.
    rewrite_due: bool,
    wrapped_anew: bool,
    failed: bool,
}

/// What a flush is going to sync.
pub(super) struct Unsynced {
    file: Arc<dyn DiskFile>,
    end: u64,
}

impl Unsynced {
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

impl KeyFile {
    pub(super) fn open(
        disk: Arc<dyn Disk>,
        dir: &Path,
        ring: &[Key],
    ) -> Result<(KeyFile, Option<TornKeys>), KeyError> {
        let path = dir.join(FILE_NAME);
        let wrong =
            || KeyError::WrongMaster { path: path.clone(), why: "it was made with another master key" };
        let check = crypto::master_check(ring.first().ok_or_else(wrong)?);
        let names = disk.list(dir).map_err(KeyError::io("listing", dir))?;
        if !names.iter().any(|name| name == FILE_NAME) {
            let mut store: StoreId = [0; 16];
            crypto::fill_random(&mut store)?;
            write_file(disk.as_ref(), dir, &store, &check, &[]).map_err(KeyError::io("writing", &path))?;
        }
        let file = disk.open(&path, Access::Write).map_err(KeyError::io("opening", &path))?;
        let mode = file.mode().map_err(KeyError::io("looking at", &path))?;
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed { path, mode });
        }
        let (store, held) = read_header(file.as_ref(), &path)?;
        let wrapped_under = ring.iter().find(|key| crypto::master_check(key) == held).ok_or_else(wrong)?;
        let mut opened = KeyFile {
            disk,
            dir: dir.to_path_buf(),
            file,
            store,
            check: held,
            slots: HashMap::new(),
            end: SLOT_BYTES,
            synced_to: SLOT_BYTES,
            rewrite_due: false,
            wrapped_anew: false,
            failed: false,
        };
        let torn = opened.read_all()?;
        opened.save_again()?;
        if held != check {
            opened.wrap_anew(wrapped_under, &ring[0])?;
        }
        Ok((opened, torn))
    }

    /// The file as it is, for somebody who only reads while another may write it; `None` where there is none.
    pub(super) fn look(disk: Arc<dyn Disk>, dir: &Path) -> Result<Option<KeyFile>, KeyError> {
        let path = dir.join(FILE_NAME);
        let file = match disk.open(&path, Access::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(KeyError::io("opening", &path)(error)),
        };
        let (store, check) = read_header(file.as_ref(), &path)?;
        let mut looked = KeyFile {
            disk,
            dir: dir.to_path_buf(),
            file,
            store,
            check,
            slots: HashMap::new(),
            end: SLOT_BYTES,
            synced_to: SLOT_BYTES,
            rewrite_due: false,
            wrapped_anew: false,
            // Nobody writes with it.
            failed: true,
        };
        let len = looked.file.len().map_err(KeyError::io("measuring", &path))?;
        let mut bytes = vec![0; len as usize];
        let read = looked.file.read_at(&mut bytes, 0).map_err(KeyError::io("reading", &path))?;
        for offset in (SLOT_BYTES..read as u64).step_by(SLOT_BYTES as usize) {
            let slot = bytes[offset as usize..].first_chunk::<{ SLOT_BYTES as usize }>();
            // What is not whole is being written, or is the opening's to judge.
            if let Some(record) = slot.and_then(|slot| decode(slot, &looked.store, offset)) {
                looked.take_in(&record, offset)?;
            }
        }
        Ok(Some(looked))
    }

    /// Whether its records are wrapped under this key.
    pub(super) fn is_wrapped_under(&self, master: &Key) -> bool {
        crypto::master_check(master) == self.check
    }

    /// Whether opening it put another master key in place of the one before.
    pub(super) fn was_wrapped_anew(&self) -> bool {
        self.wrapped_anew
    }

    /// Wraps every key under another master key, in a file that takes the place of this one.
    fn wrap_anew(&mut self, old: &Key, new: &Key) -> Result<(), KeyError> {
        let path = self.path();
        let mut records = vec![0; (self.end - SLOT_BYTES) as usize];
        read_exact_at(self.file.as_ref(), &mut records, SLOT_BYTES)
            .map_err(KeyError::io("reading", &path))?;
        for (case, slot) in self.slots.iter().filter(|(_, slot)| !slot.erased) {
            let key = self.read_key(old, case, *slot)?;
            let (nonce, wrapped) = crypto::wrap(new, &key, &self.place(case))?;
            // The new file is durable as a whole before it has its name.
            let synced_before = self.end;
            let record = Record { kind: KIND_KEY, case: *case, nonce, wrapped, synced_before };
            let at = (slot.offset - SLOT_BYTES) as usize;
            let bytes = encode(&record, &self.store, slot.offset);
            records[at..at + SLOT_BYTES as usize].copy_from_slice(&bytes);
        }
        self.check = crypto::master_check(new);
        self.wrapped_anew = true;
        write_file(self.disk.as_ref(), &self.dir, &self.store, &self.check, &records)
            .map_err(KeyError::io("writing", &path))?;
        self.file = self.disk.open(&path, Access::Write).map_err(KeyError::io("opening", &path))?;
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Which store it is.
    pub(super) fn store(&self) -> &StoreId {
        &self.store
    }

    pub(super) fn case_hash(&self, case: &str) -> CaseHash {
        Sha256::new()
            .chain_update(b"toancanh case 1\n")
            .chain_update(self.store)
            .chain_update(case)
            .finalize()
            .into()
    }

    pub(super) fn slot(&self, case: &CaseHash) -> Option<Slot> {
        self.slots.get(case).copied()
    }

    /// Reads and unwraps a key: none is kept in memory.
    pub(super) fn read_key(&self, master: &Key, case: &CaseHash, slot: Slot) -> Result<Key, KeyError> {
        if slot.erased {
            return Err(KeyError::Erased);
        }
        let mut bytes: SlotBytes = [0; SLOT_BYTES as usize];
        read_exact_at(self.file.as_ref(), &mut bytes, slot.offset)
            .map_err(KeyError::io("reading", &self.path()))?;
        let record = decode(&bytes, &self.store, slot.offset)
            .filter(|record| record.kind == KIND_KEY && record.case == *case)
            .ok_or_else(|| self.corrupt(slot.offset, "a record is not what it was"))?;
        crypto::unwrap(master, &record.nonce, &record.wrapped, &self.place(case))
    }

    /// Writes a new case's key at the end; durable after the next flush.
    pub(super) fn add(&mut self, master: &Key, case: &CaseHash, key: &Key) -> Result<(), KeyError> {
        if self.failed {
            return Err(KeyError::NotDurable);
        }
        let (nonce, wrapped) = crypto::wrap(master, key, &self.place(case))?;
        let record = Record { kind: KIND_KEY, case: *case, nonce, wrapped, synced_before: self.synced_to };
        let bytes = encode(&record, &self.store, self.end);
        // A part that a failed write left behind is overwritten by the next.
        self.file.write_at(&bytes, self.end).map_err(KeyError::io("writing", &self.path()))?;
        crate::fail_point::reach("case-key-written");
        self.slots.insert(*case, Slot { offset: self.end, erased: false });
        self.end += SLOT_BYTES;
        Ok(())
    }

    /// What there is to sync, if anything.
    pub(super) fn begin_flush(&self) -> Result<Option<Unsynced>, KeyError> {
        if self.failed {
            return Err(KeyError::NotDurable);
        }
        let unsynced = Unsynced { file: Arc::clone(&self.file), end: self.end };
        Ok((self.end > self.synced_to).then_some(unsynced))
    }

    pub(super) fn end_flush(&mut self, unsynced: Unsynced, synced: io::Result<()>) -> Result<(), KeyError> {
        match synced {
            Ok(()) => {
                self.synced_to = self.synced_to.max(unsynced.end);
                Ok(())
            }
            Err(error) => {
                self.failed = true;
                Err(KeyError::Io { doing: "syncing", path: self.path(), source: error })
            }
        }
    }

    /// Overwrites a key in place, durably, then writes the whole file anew.
    pub(super) fn erase(&mut self, case: &CaseHash) -> Result<bool, KeyError> {
        if self.failed {
            return Err(KeyError::NotDurable);
        }
        let slot = self.slots.get(case).copied().filter(|slot| !slot.erased);
        let erased = slot.map_or(Ok(()), |slot| self.erase_in_place(case, slot));
        let rewritten = erased.and_then(|()| if self.rewrite_due { self.write_anew() } else { Ok(()) });
        match rewritten {
            Ok(()) => Ok(slot.is_some()),
            // The key is overwritten; what is left to do is done by the next call.
            Err(full @ KeyError::Full { .. }) if self.rewrite_due => Err(full),
            Err(error) => {
                // What the file holds now is not known; opening it again will tell.
                self.failed = true;
                Err(error)
            }
        }
    }

    fn erase_in_place(&mut self, case: &CaseHash, slot: Slot) -> Result<(), KeyError> {
        let record = Record {
            kind: KIND_ERASED,
            case: *case,
            nonce: [0; 24],
            wrapped: [0; 48],
            synced_before: self.synced_to.min(slot.offset),
        };
        let bytes = encode(&record, &self.store, slot.offset);
        let path = self.path();
        self.file.write_at(&bytes, slot.offset).map_err(KeyError::io("writing", &path))?;
        self.file.sync_data().map_err(KeyError::io("syncing", &path))?;
        self.synced_to = self.end;
        self.slots.insert(*case, Slot { erased: true, ..slot });
        self.rewrite_due = true;
        Ok(())
    }

    fn write_anew(&mut self) -> Result<(), KeyError> {
        let path = self.path();
        let mut records = vec![0; (self.end - SLOT_BYTES) as usize];
        read_exact_at(self.file.as_ref(), &mut records, SLOT_BYTES)
            .map_err(KeyError::io("reading", &path))?;
        let written = write_file(self.disk.as_ref(), &self.dir, &self.store, &self.check, &records);
        records.zeroize();
        written.map_err(KeyError::io("writing", &path))?;
        self.rewrite_due = false;
        self.file = self.disk.open(&path, Access::Write).map_err(KeyError::io("opening", &path))?;
        Ok(())
    }

    /// Takes in every record, and takes unfinished ones out.
    fn read_all(&mut self) -> Result<Option<TornKeys>, KeyError> {
        let path = self.path();
        let len = self.file.len().map_err(KeyError::io("measuring", &path))?;
        let mut bytes = vec![0; len as usize];
        read_exact_at(self.file.as_ref(), &mut bytes, 0).map_err(KeyError::io("reading", &path))?;

        let mut bad = Vec::new();
        for offset in (SLOT_BYTES..len).step_by(SLOT_BYTES as usize) {
            let slot = bytes[offset as usize..].first_chunk::<{ SLOT_BYTES as usize }>();
            match slot.and_then(|slot| decode(slot, &self.store, offset)) {
                Some(record) => self.take_in(&record, offset)?,
                None => bad.push(offset),
            }
        }
        let Some(first) = bad.first().copied() else { return Ok(None) };
        if first < self.synced_to {
            return Err(self.corrupt(first, "a record that was durable is not valid"));
        }
        let kept = self.keep_aside(&bytes[first as usize..], first)?;
        for offset in bad.iter().copied().filter(|offset| *offset < self.end) {
            self.write_void(offset)?;
        }
        self.file.set_len(self.end).map_err(KeyError::io("cutting", &path))?;
        Ok(Some(TornKeys { offset: first, bytes: len - first, kept }))
    }

    fn write_void(&self, offset: u64) -> Result<(), KeyError> {
        let void =
            Record { kind: KIND_VOID, case: [0; 32], nonce: [0; 24], wrapped: [0; 48], synced_before: 0 };
        let bytes = encode(&void, &self.store, offset);
        self.file.write_at(&bytes, offset).map_err(KeyError::io("writing", &self.path()))
    }

    fn take_in(&mut self, record: &Record, offset: u64) -> Result<(), KeyError> {
        self.end = offset + SLOT_BYTES;
        self.synced_to = self.synced_to.max(record.synced_before);
        if record.kind == KIND_VOID {
            return Ok(());
        }
        if self.slots.contains_key(&record.case) {
            return Err(self.corrupt(offset, "a case has two records"));
        }
        self.slots.insert(record.case, Slot { offset, erased: record.kind == KIND_ERASED });
        Ok(())
    }

    fn keep_aside(&self, torn: &[u8], offset: u64) -> Result<Option<PathBuf>, KeyError> {
        if torn.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let name = format!("{FILE_NAME}.at-{offset}.torn");
        let kept = self.dir.join(&name);
        replace_file(self.disk.as_ref(), &self.dir, &name, Access::CreatePrivate, |file| {
            file.write_at(torn, 0)
        })
        .map_err(KeyError::io("writing", &kept))?;
        Ok(Some(kept))
    }

    /// Writes what is not known to be durable once more, and makes it so: the process before may
    /// have met a failed sync, after which the system answers reads from memory alone.
    fn save_again(&mut self) -> Result<(), KeyError> {
        let path = self.path();
        let from = self.synced_to.min(self.end);
        let mut bytes = vec![0; (self.end - from) as usize];
        read_exact_at(self.file.as_ref(), &mut bytes, from).map_err(KeyError::io("reading", &path))?;
        if !bytes.is_empty() {
            self.file.write_at(&bytes, from).map_err(KeyError::io("writing", &path))?;
        }
        self.file.sync_all().map_err(KeyError::io("syncing", &path))?;
        self.synced_to = self.end;
        Ok(())
    }

    /// What a wrapped key is bound to.
    fn place(&self, case: &CaseHash) -> Vec<u8> {
        [b"toancanh case key 1\n".as_slice(), &self.store, case].concat()
    }

    fn path(&self) -> PathBuf {
        self.dir.join(FILE_NAME)
    }

    fn corrupt(&self, offset: u64, why: &'static str) -> KeyError {
        KeyError::Corrupt { path: self.path(), offset, why }
    }
}
