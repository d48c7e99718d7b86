//! A disk in memory that can lose power, tear writes, fail and fill up.
//!
//! It keeps apart what a program sees (the cache) and what would be there after a power cut. What
//! was written and not synced survives a cut sector by sector, by chance; names that were not made
//! durable by [`Disk::sync_dir`] survive as far as chance has it, in order. A sync that fails leaves
//! the cache as it is and forgets that it was dirty, as Linux does: the next sync answers with
//! success and saves nothing. All chance comes from one seed.

mod node;
mod rng;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use rng::Rng;

use node::Node;
use state::{NameChange, State, Verdict, no_power};

use super::{Access, Disk, DiskFile, DiskLock, LockError};

/// What a program can ask of the disk, as counted and as made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    /// Making or emptying a file.
    Create,
    /// Writing into a file.
    Write,
    /// `fdatasync`.
    SyncData,
    /// `fsync` of a file.
    SyncAll,
    /// `fsync` of a directory.
    SyncDir,
    /// Renaming.
    Rename,
    /// Removing.
    Remove,
}

/// What happens instead of an operation's success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An input/output error. A sync may have saved part, a write may have written part.
    Io,
    /// No room.
    NoSpace,
    /// The power goes, in the middle of it. Everything fails until [`SimDisk::restart`].
    PowerCut,
}

/// A promise that the disk breaks: the negative controls of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lie {
    /// `fdatasync` answers at once and saves nothing.
    SyncData,
    /// `fdatasync` answers at once and saves with the next operation: an acknowledgement that is early by
    /// one step.
    SyncDataLate,
    /// `fsync` of a file answers at once and saves nothing.
    SyncAll,
    /// `fsync` of a directory answers at once and saves nothing.
    SyncDir,
}

/// A disk in memory. Clones share it.
#[derive(Clone)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

impl SimDisk {
    /// An empty disk without limits, with this seed.
    #[must_use]
    pub fn new(seed: u64) -> SimDisk {
        let state = State {
            nodes: Vec::new(),
            names: BTreeMap::new(),
            names_durable: BTreeMap::new(),
            pending: Vec::new(),
            locks: BTreeMap::new(),
            rng: Rng(seed),
            ops: 0,
            counts: BTreeMap::new(),
            faults_at: BTreeMap::new(),
            faults_next: Vec::new(),
            lies: BTreeSet::new(),
            late: Vec::new(),
            powered: true,
            life: 0,
            capacity: u64::MAX,
            full: false,
        };
        SimDisk { state: Arc::new(Mutex::new(state)) }
    }

    /// A poisoned mutex only says that some test's thread panicked; the disk's state is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Operations so far that change something.
    #[must_use]
    pub fn ops(&self) -> u64 {
        self.state().ops
    }

    /// How often this was asked for.
    #[must_use]
    pub fn count(&self, op: Op) -> u64 {
        self.state().counts.get(&op).copied().unwrap_or(0)
    }

    /// Makes the operation with this number (see [`SimDisk::ops`]; the first is 1) go wrong.
    pub fn fail_at(&self, op_number: u64, fault: Fault) {
        self.state().faults_at.insert(op_number, fault);
    }

    /// Makes the next operation of this kind go wrong; called several times, the next several.
    pub fn fail_next(&self, op: Op, fault: Fault) {
        self.state().faults_next.push((op, fault));
    }

    /// Nothing that was to go wrong does so any more.
    pub fn clear_faults(&self) {
        let mut state = self.state();
        state.faults_at.clear();
        state.faults_next.clear();
    }

    /// From now on this promise is broken.
    pub fn lie(&self, lie: Lie) {
        self.state().lies.insert(lie);
    }

    /// Bytes that all files may have together.
    pub fn set_capacity(&self, bytes: u64) {
        self.state().capacity = bytes;
    }

    /// Whether every write fails for lack of room, even into what is there already (as on
    /// copy-on-write file systems).
    pub fn set_full(&self, full: bool) {
        self.state().full = full;
    }

    /// The power goes now and comes back: what was not synced survives by chance.
    pub fn power_cut(&self) {
        self.state().cut_power();
    }

    /// The process dies now: the cache stays, handles and locks go.
    pub fn kill(&self) {
        self.state().begin_life();
    }

    /// After [`Fault::PowerCut`]: the power comes back.
    pub fn restart(&self) {
        self.power_cut();
    }

    /// Whether the power is on.
    #[must_use]
    pub fn is_powered(&self) -> bool {
        self.state().powered
    }

    /// Another disk with what this one would hold if the power went now, by this seed's chance.
    #[must_use]
    pub fn after_power_cut(&self, seed: u64) -> SimDisk {
        let mut state = self.state().clone();
        state.rng = Rng(seed);
        state.faults_at.clear();
        state.faults_next.clear();
        state.cut_power();
        SimDisk { state: Arc::new(Mutex::new(state)) }
    }

    /// Another disk with the same cache and durable state, without locks, as after a kill.
    #[must_use]
    pub fn copy(&self) -> SimDisk {
        let mut state = self.state().clone();
        state.begin_life();
        SimDisk { state: Arc::new(Mutex::new(state)) }
    }

    /// What a file holds now.
    #[must_use]
    pub fn contents(&self, path: &Path) -> Option<Vec<u8>> {
        let state = self.state();
        state.names.get(path).map(|node| state.nodes[*node].data.clone())
    }

    /// Puts a file in place behind everyone's back, durable: for damage.
    pub fn put(&self, path: &Path, bytes: Vec<u8>) {
        let mut state = self.state();
        let node = state.nodes.len();
        state.nodes.push(Node::durable(bytes));
        state.names.insert(path.to_path_buf(), node);
        state.names_durable.insert(path.to_path_buf(), node);
    }

    /// Takes a file away behind everyone's back, durably.
    pub fn steal(&self, path: &Path) {
        let mut state = self.state();
        state.names.remove(path);
        state.names_durable.remove(path);
    }

    /// Changes bytes of a file behind everyone's back, durably, in place.
    pub fn damage(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.contents(path).unwrap_or_default();
        change(&mut bytes);
        let mut state = self.state();
        if let Some(node) = state.names.get(path).copied() {
            let mode = state.nodes[node].mode;
            state.nodes[node] = Node::durable(bytes);
            state.nodes[node].mode = mode;
        }
    }

    /// The files there are, sorted.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        self.state().names.keys().cloned().collect()
    }
}

impl Disk for SimDisk {
    fn create_dir(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        let names = state.names.keys().filter(|path| path.parent() == Some(dir));
        Ok(names.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect())
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.state();
        let life = state.life;
        if !state.powered {
            return Err(no_power());
        }
        let known = state.names.get(path).copied();
        let node = match (known, access) {
            (Some(node), Access::Read | Access::Write) => node,
            (None, Access::Read | Access::Write) => {
                return Err(io::Error::from(io::ErrorKind::NotFound));
            }
            // An emptied file is a new one: the old blocks may well be there after a cut.
            (_, Access::Create | Access::CreatePrivate) => {
                let node = state.nodes.len();
                let mode = if access == Access::CreatePrivate { 0o600 } else { 0o644 };
                state.nodes.push(Node::new(mode));
                state.change_name(Op::Create, life, NameChange::Link(path.to_path_buf(), node))?;
                node
            }
        };
        let writable = access != Access::Read;
        Ok(Arc::new(SimFile { disk: self.clone(), node, life, writable }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        let life = state.life;
        if !state.names.contains_key(from) {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        let change = NameChange::Rename(from.to_path_buf(), to.to_path_buf());
        state.change_name(Op::Rename, life, change)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        let life = state.life;
        if !state.names.contains_key(path) {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        state.change_name(Op::Remove, life, NameChange::Unlink(path.to_path_buf()))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        let life = state.life;
        match state.begin(Op::SyncDir, life)? {
            Verdict::Fail(fault) => Err(state.fail(fault)),
            Verdict::Do => {
                if !state.lies.contains(&Lie::SyncDir) {
                    state.sync_names(dir);
                }
                Ok(())
            }
        }
    }

    fn lock(&self, path: &Path, holder: &str) -> Result<Box<dyn DiskLock>, LockError> {
        let mut state = self.state();
        if !state.powered {
            return Err(LockError::Io(no_power()));
        }
        if let Some((_, holder)) = state.locks.get(path) {
            return Err(LockError::Held { holder: holder.clone() });
        }
        let life = state.life;
        state.locks.insert(path.to_path_buf(), (life, holder.to_owned()));
        Ok(Box::new(SimLock { disk: self.clone(), path: path.to_path_buf(), life }))
    }
}

struct SimFile {
    disk: SimDisk,
    node: usize,
    life: u64,
    writable: bool,
}

impl SimFile {
    fn sync(&self, op: Op, lie: Lie) -> io::Result<()> {
        let mut state = self.disk.state();
        let state = &mut *state;
        match state.begin(op, self.life)? {
            Verdict::Do if state.lies.contains(&lie) => Ok(()),
            Verdict::Do if op == Op::SyncData && state.lies.contains(&Lie::SyncDataLate) => {
                state.late.push(self.node);
                Ok(())
            }
            Verdict::Do => {
                state.nodes[self.node].sync();
                Ok(())
            }
            Verdict::Fail(Fault::PowerCut) => Err(state.fail(Fault::PowerCut)),
            Verdict::Fail(fault) => {
                state.nodes[self.node].fail_sync(&mut state.rng);
                Err(state.fail(fault))
            }
        }
    }
}

impl DiskFile for SimFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let state = self.disk.state();
        if !state.powered || state.life != self.life {
            return Err(no_power());
        }
        let data = &state.nodes[self.node].data;
        let from = (offset as usize).min(data.len());
        let len = buf.len().min(data.len() - from);
        buf[..len].copy_from_slice(&data[from..from + len]);
        Ok(len)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if !self.writable {
            return Err(io::Error::from(io::ErrorKind::PermissionDenied));
        }
        let mut state = self.disk.state();
        let state = &mut *state;
        let verdict = state.begin(Op::Write, self.life)?;
        let end = offset + bytes.len() as u64;
        let grows = end.saturating_sub(state.nodes[self.node].data.len() as u64);
        let no_room = state.full || state.used().saturating_add(grows) > state.capacity;
        let fault = match verdict {
            Verdict::Fail(fault) => fault,
            Verdict::Do if no_room => Fault::NoSpace,
            Verdict::Do => {
                state.nodes[self.node].write(bytes, offset as usize);
                return Ok(());
            }
        };
        // Part of it was written, up to some sector's border, as far as there is room.
        if fault == Fault::PowerCut || grows == 0 {
            let part_end = node::sector_start(offset + state.rng.below(bytes.len() as u64 + 1));
            let part = part_end.saturating_sub(offset) as usize;
            state.nodes[self.node].write(&bytes[..part], offset as usize);
        }
        Err(state.fail(fault))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.sync(Op::SyncData, Lie::SyncData)
    }

    fn sync_all(&self) -> io::Result<()> {
        self.sync(Op::SyncAll, Lie::SyncAll)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.state().nodes[self.node].data.len() as u64)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        let state = &mut *state;
        match state.begin(Op::Write, self.life)? {
            Verdict::Fail(fault) => Err(state.fail(fault)),
            Verdict::Do => {
                state.nodes[self.node].set_len(len as usize);
                Ok(())
            }
        }
    }

    fn mode(&self) -> io::Result<u32> {
        Ok(self.disk.state().nodes[self.node].mode)
    }
}

struct SimLock {
    disk: SimDisk,
    path: PathBuf,
    life: u64,
}

impl DiskLock for SimLock {}

impl Drop for SimLock {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        // A guard of an earlier life must not let go of a later one's lock.
        if state.locks.get(&self.path).is_some_and(|(life, _)| *life == self.life) {
            state.locks.remove(&self.path);
        }
    }
}
