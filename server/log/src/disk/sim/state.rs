//! What the simulated disk holds, and what happens to it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::node::Node;
use super::{Fault, Lie, Op, Rng};

#[derive(Clone)]
pub(super) struct State {
    pub(super) nodes: Vec<Node>,
    pub(super) names: BTreeMap<PathBuf, usize>,
    pub(super) names_durable: BTreeMap<PathBuf, usize>,
    pub(super) pending: Vec<NameChange>,
    pub(super) locks: BTreeMap<PathBuf, (u64, String)>,
    pub(super) rng: Rng,
    pub(super) ops: u64,
    pub(super) counts: BTreeMap<Op, u64>,
    pub(super) faults_at: BTreeMap<u64, Fault>,
    pub(super) faults_next: Vec<(Op, Fault)>,
    pub(super) lies: BTreeSet<Lie>,
    /// Files whose sync was answered and is still to be done ([`Lie::SyncDataLate`]).
    pub(super) late: Vec<usize>,
    pub(super) powered: bool,
    /// Counts restarts: handles of an earlier life are dead.
    pub(super) life: u64,
    pub(super) capacity: u64,
    pub(super) full: bool,
}

#[derive(Clone, Debug)]
pub(super) enum NameChange {
    Link(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Unlink(PathBuf),
}

impl NameChange {
    pub(super) fn dir(&self) -> Option<&Path> {
        match self {
            NameChange::Link(path, _) | NameChange::Rename(path, _) | NameChange::Unlink(path) => {
                path.parent()
            }
        }
    }

    pub(super) fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            NameChange::Link(path, node) => {
                names.insert(path.clone(), *node);
            }
            NameChange::Rename(from, to) => {
                if let Some(node) = names.remove(from) {
                    names.insert(to.clone(), node);
                }
            }
            NameChange::Unlink(path) => {
                names.remove(path);
            }
        }
    }
}

/// What an operation is to do.
pub(super) enum Verdict {
    Do,
    Fail(Fault),
}

impl State {
    pub(super) fn begin_life(&mut self) {
        self.life += 1;
        self.locks.clear();
        self.faults_next.clear();
    }

    pub(super) fn cut_power(&mut self) {
        self.late.clear();
        // Most cuts come between extremes; all and nothing happen too.
        let survive = match self.rng.below(8) {
            0 => 0,
            1 => 1_000,
            _ => self.rng.below(1_001),
        };
        for node in &mut self.nodes {
            node.cut_power(&mut self.rng, survive);
        }
        let kept = self.rng.below(self.pending.len() as u64 + 1) as usize;
        for change in self.pending.drain(..).take(kept) {
            change.apply(&mut self.names_durable);
        }
        self.names = self.names_durable.clone();
        self.powered = true;
        self.begin_life();
    }

    pub(super) fn used(&self) -> u64 {
        let live: BTreeSet<usize> = self.names.values().copied().collect();
        live.into_iter().map(|node| self.nodes[node].data.len() as u64).sum()
    }

    /// Counts an operation and says whether it goes well.
    pub(super) fn begin(&mut self, op: Op, life: u64) -> io::Result<Verdict> {
        if !self.powered || life != self.life {
            return Err(no_power());
        }
        self.ops += 1;
        *self.counts.entry(op).or_default() += 1;
        let at = self.faults_at.remove(&self.ops);
        let next = self.faults_next.iter().position(|(kind, _)| *kind == op);
        let fault = at.or_else(|| next.map(|index| self.faults_next.remove(index).1));
        if fault != Some(Fault::PowerCut) {
            for node in self.late.drain(..) {
                self.nodes[node].sync();
            }
        }
        Ok(fault.map_or(Verdict::Do, Verdict::Fail))
    }

    pub(super) fn fail(&mut self, fault: Fault) -> io::Error {
        match fault {
            Fault::Io => io::Error::other("simulated input/output error"),
            Fault::NoSpace => io::Error::from(io::ErrorKind::StorageFull),
            Fault::PowerCut => {
                self.powered = false;
                no_power()
            }
        }
    }

    /// An operation on names: done, or not done, or (power cut) either.
    pub(super) fn change_name(&mut self, op: Op, life: u64, change: NameChange) -> io::Result<()> {
        match self.begin(op, life)? {
            Verdict::Do => {}
            Verdict::Fail(fault) => {
                if fault == Fault::PowerCut && self.rng.below(2) == 0 {
                    self.pending.push(change);
                }
                return Err(self.fail(fault));
            }
        }
        change.apply(&mut self.names);
        self.pending.push(change);
        Ok(())
    }

    pub(super) fn sync_names(&mut self, dir: &Path) {
        let (mine, others) = self.pending.drain(..).partition(|change| change.dir() == Some(dir));
        self.pending = others;
        let mine: Vec<NameChange> = mine;
        for change in mine {
            change.apply(&mut self.names_durable);
        }
    }
}

pub(super) fn no_power() -> io::Error {
    io::Error::other("the simulated machine is off")
}
