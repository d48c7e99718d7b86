//! Power cuts, kills, failing and full disks at any operation, opening included, over several
//! lives of one log: nothing acknowledged or once shown is lost, doubled or changed, and a disk that
//! did nothing worse is never called damaged.
//!
//! Each seed is one story, the same on every machine. The controls are disks that break one promise: the
//! same stories must notice it.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::proof::{count, each, figure};
use support::{DIR, Door, NEW_YEAR_US, item, number_of, options};
use toancanh_log::clock::ManualClock;
use toancanh_log::disk::sim::{Fault, Lie, Rng, SimDisk};
use toancanh_log::keys::KeyStore;
use toancanh_log::{
    Against, AppendError, Appended, Batch, Cursor, Disk, Item, Landmark, Log, OpenError, Outcome, Seq,
    StoredRecord, verify,
};

/// What the story knows of the items it made: number → payload length.
type Made = BTreeMap<u64, usize>;

struct Story {
    seed: u64,
    disk: SimDisk,
    rng: Rng,
    made: Made,
    /// Acknowledged, handed on or read after an opening: must be there for good, at this place.
    promised: BTreeMap<u64, Seq>,
    cursor: Option<u32>,
    next_number: u64,
    commits: u64,
    /// On a disk of their own: what is told here is the log's.
    keys: KeyStore,
    /// Some place that was durable once.
    landmark: Option<Landmark>,
    /// Checkpoints handed out.
    signed: u64,
}

type Answers = Receiver<Result<Appended, AppendError>>;

/// What the writer handed on in one life.
type HandedOn = Arc<Mutex<Vec<StoredRecord>>>;

impl Story {
    fn new(seed: u64, lies: &[Lie]) -> Story {
        let disk = SimDisk::new(seed);
        lies.iter().for_each(|lie| disk.lie(*lie));
        Story {
            seed,
            disk,
            rng: Rng::new(seed ^ 0x5EED),
            made: Made::new(),
            promised: BTreeMap::new(),
            cursor: None,
            next_number: 0,
            commits: 0,
            keys: KeyStore::open_on(Arc::new(SimDisk::new(seed)), "/keys", "test").unwrap(),
            signed: 0,
            landmark: None,
        }
    }

    fn tell(&mut self) -> Result<(), String> {
        for _ in 0..2 + self.rng.below(4) {
            self.live()?;
        }
        // At the end the disk is well, and everything must be there.
        self.disk.clear_faults();
        self.disk.power_cut();
        self.disk.set_full(false);
        let (log, _) = self.open()?.ok_or("does not open on a disk that is well")?;
        self.check_contents(&log)?;
        self.check_checkpoints(&log.0)
    }

    /// One life of the process: opens, works, ends in some way.
    fn live(&mut self) -> Result<(), String> {
        self.plan_fault();
        let Some((log, handed_on)) = self.open()? else {
            self.end(None);
            return Ok(());
        };
        self.check_contents(&log)?;
        for _ in 0..self.rng.below(6) {
            if !self.round(&log)? {
                break;
            }
        }
        wait_until_idle(&log.0);
        self.end(Some(log));
        let handed_on = handed_on.lock().map_err(|_| "the sink panicked")?;
        for record in handed_on.iter() {
            self.promise(number_of(record), record.seq)?;
        }
        Ok(())
    }

    /// Something goes wrong at some operation to come, or nothing does.
    fn plan_fault(&mut self) {
        let at = self.disk.ops() + 1 + self.rng.below(120);
        match self.rng.below(10) {
            0..=4 => self.disk.fail_at(at, Fault::PowerCut),
            5 | 6 => self.disk.fail_at(at, Fault::Io),
            7 => self.disk.fail_at(at, Fault::NoSpace),
            _ => {}
        }
    }

    fn end(&mut self, log: Option<(Log, Door)>) {
        let clean = self.rng.below(4) == 0;
        if clean {
            drop(log);
        } else if self.rng.below(2) == 0 {
            self.disk.power_cut();
            drop(log);
        } else {
            self.disk.kill();
            drop(log);
        }
        if !self.disk.is_powered() || self.rng.below(3) == 0 {
            self.disk.power_cut();
        }
        self.disk.set_full(false);
    }

    /// Opens the log; `None` where the fault struck meanwhile.
    #[allow(clippy::type_complexity, reason = "one use")]
    fn open(&mut self) -> Result<Option<((Log, Door), HandedOn)>, String> {
        let door = Door::default();
        let clock = Arc::new(ManualClock::at(NEW_YEAR_US));
        // Two seconds pass before every third commit or so: HEAD is synced in between.
        let (passing, mut turn) = (Arc::clone(&clock), self.rng.below(3));
        let mut pass = door.pass();
        let handed_on = HandedOn::default();
        let sink = Arc::clone(&handed_on);
        let mut options = options(&self.disk)
            .clock(clock)
            .before_commit(move || {
                turn += 1;
                if turn % 3 == 0 {
                    passing.advance(Duration::from_secs(2));
                }
                pass()
            })
            .sink(move |records: Vec<StoredRecord>| sink.lock().unwrap().extend(records));
        options.frame_bytes = 2_048;
        // As a server with an image of any age opens it, or one without.
        options.landmark = self.landmark.clone().filter(|_| self.rng.below(3) > 0);
        match Log::open(DIR, options) {
            Ok((log, _)) => Ok(Some(((log, door), handed_on))),
            Err(OpenError::Io { .. } | OpenError::Full { .. }) => Ok(None),
            Err(error) => Err(format!("opening: {error}")),
        }
    }

    /// Everything promised is there, once, unchanged; everything there was made, and is promised
    /// from now on: somebody may have read it.
    fn check_contents(&mut self, (log, _): &(Log, Door)) -> Result<(), String> {
        let mut found = BTreeMap::new();
        for (record, place) in log.read_from(Seq::FIRST).zip(1..) {
            let record = match record {
                Ok(record) => record,
                Err(error) if self.disk.is_powered() => return Err(format!("reading: {error}")),
                Err(_) => return Ok(()),
            };
            let number = number_of(&record);
            let bytes = self.made.get(&number).ok_or(format!("{number} was never made"))?;
            let made = item(number, *bytes);
            if record.seq != Seq::new(place) || record.bytes != made.payload || record.digest != made.digest {
                return Err(format!("{number} at {place} is not what it was"));
            }
            if found.insert(number, record.seq).is_some() {
                return Err(format!("{number} is there twice"));
            }
        }
        if found.len() as u64 != log.durable().get() {
            return Err(format!("{} records, durable {}", found.len(), log.durable()));
        }
        for (number, seq) in &self.promised {
            if found.get(number) != Some(seq) {
                return Err(format!("{number}, promised at {seq}, is at {:?}", found.get(number)));
            }
        }
        let position = log.cursors().get("source").map(|bytes| u32_of(bytes));
        if position < self.cursor {
            return Err(format!("the cursor {:?} went back to {position:?}", self.cursor));
        }
        self.cursor = position;
        self.promised = found;
        Ok(())
    }

    /// Every checkpoint that was ever finished holds, and an unfinished one is in nobody's way.
    fn check_checkpoints(&mut self, log: &Log) -> Result<(), String> {
        log.checkpoint(&self.keys).map_err(|error| format!("signing: {error}"))?;
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let found = verify(&disk, DIR.as_ref(), Against::default()).map_err(|error| error.to_string())?;
        match (found.damage, found.bad_checkpoints.first()) {
            (Some(damage), _) => Err(format!("verifying: {damage}")),
            (None, Some(bad)) => Err(format!("verifying: {bad}")),
            (None, None) if found.checkpoints < self.signed => {
                Err(format!("{} checkpoints of {}", found.checkpoints, self.signed))
            }
            (None, None) => Ok(()),
        }
    }

    fn promise(&mut self, number: u64, seq: Seq) -> Result<(), String> {
        match self.promised.insert(number, seq) {
            Some(earlier) if earlier != seq => Err(format!("{number} promised at {earlier} and {seq}")),
            _ => Ok(()),
        }
    }

    /// One commit that is held up, and one of what came meanwhile. Says whether the log still works.
    fn round(&mut self, (log, door): &(Log, Door)) -> Result<bool, String> {
        if self.rng.below(12) == 0 {
            self.disk.set_full(true);
        }
        wait_until_idle(log);
        door.close();
        let mut sent = vec![self.send(log, 1)];
        // It is news, so the writer comes to the door with it; a poisoned one comes no more.
        if !log.stats().poisoned {
            door.await_waiting();
        }
        for _ in 0..self.rng.below(4) {
            let items = self.rng.below(5);
            sent.push(self.send(log, items));
        }
        door.open();
        let mut alive = true;
        for (items, cursor, answer) in sent {
            alive &= self.hear(log, &items, cursor, &answer)?;
        }
        if self.rng.below(2) == 0 {
            wait_until_idle(log);
            if let Ok(Some(_)) = log.checkpoint(&self.keys) {
                self.signed += 1;
            }
        }
        if self.rng.below(2) == 0
            && let Ok(Some(landmark)) = log.landmark()
        {
            self.landmark = Some(landmark);
        }
        self.disk.set_full(false);
        Ok(alive)
    }

    /// Submits news, and sometimes what was submitted before; the first item is news always.
    fn send(&mut self, log: &Log, items: u64) -> (Vec<Item>, Option<u32>, Answers) {
        let mut batch = Batch::default();
        for at in 0..items {
            let number = if at > 0 && self.next_number > 0 && self.rng.below(4) == 0 {
                self.rng.below(self.next_number)
            } else {
                self.next_number += 1;
                self.next_number - 1
            };
            let bytes = match self.rng.below(4) {
                0 => self.rng.below(20) as usize,
                1 => self.rng.below(2_500) as usize,
                _ => self.rng.below(400) as usize,
            };
            let bytes = *self.made.entry(number).or_insert(bytes);
            batch.items.push(item(number, bytes));
        }
        self.commits += 1;
        let cursor = (self.rng.below(2) == 0).then_some(self.commits as u32);
        if let Some(cursor) = cursor {
            let position = cursor.to_be_bytes().to_vec();
            batch.cursors.push(Cursor { source: String::from("source"), position });
        }
        let (tell, told) = mpsc::sync_channel(1);
        let items = batch.items.clone();
        log.submit(batch, Box::new(move |answer| drop(tell.send(answer))));
        (items, cursor, told)
    }

    fn hear(
        &mut self,
        log: &Log,
        items: &[Item],
        cursor: Option<u32>,
        answer: &Answers,
    ) -> Result<bool, String> {
        let answer = answer.recv_timeout(Duration::from_secs(60)).map_err(|_| "no answer")?;
        match answer {
            Ok(answer) => {
                for (item, outcome) in items.iter().zip(&answer.outcomes) {
                    let number = u64::from_le_bytes(item.key[..8].try_into().map_err(|_| "key")?);
                    let (Outcome::Appended(seq) | Outcome::Duplicate(seq)) = outcome else {
                        return Err(format!("{number} answered {outcome:?}"));
                    };
                    if *seq > answer.durable || answer.durable > log.durable() {
                        return Err(format!("{number} at {seq} answered before it is durable"));
                    }
                    self.promise(number, *seq)?;
                }
                self.cursor = self.cursor.max(cursor);
                Ok(true)
            }
            Err(AppendError::Full) => Ok(true),
            Err(AppendError::NotDurable { .. }) => {
                if log.append(Batch::of(vec![item(u64::MAX, 1)])).is_ok() {
                    return Err(String::from("acknowledges again after it could not promise"));
                }
                Ok(false)
            }
            Err(error) => Err(format!("answered {error}")),
        }
    }
}

/// After its answers the writer may still sync `HEAD`: a story is the same each time only if that is
/// over before something else happens. An answer to nothing comes after it.
fn wait_until_idle(log: &Log) {
    log.append(Batch::default()).ok();
}

fn u32_of(bytes: &[u8]) -> u32 {
    bytes.try_into().map_or(0, u32::from_be_bytes)
}

fn tell(seed: u64, lies: &[Lie]) -> Result<(), String> {
    let mut story = Story::new(seed, lies);
    story.tell().map_err(|what| format!("seed {}: {what}", story.seed))
}

/// The first story that goes wrong, if one does.
fn first_violation(seeds: std::ops::Range<u64>, lies: &[Lie]) -> Option<String> {
    seeds.into_iter().find_map(|seed| tell(seed, lies).err())
}

#[test]
fn prove_nothing_promised_is_lost_whatever_happens_when() {
    let seeds = count(4_000, 100_000);
    let tally = each("stories", seeds, |seed| tell(seed, &[]).map(|()| "kept"));
    figure("seeds", seeds);
    figure("violations", seeds - tally["kept"]);
    figure("slowest_ms", tally["slowest_ms"]);
    for (name, lie) in CONTROLS {
        let caught_by = (0..CONTROL_SEEDS).find(|seed| tell(*seed, &[lie]).is_err());
        figure(&format!("control_{name}_caught_by_seed"), caught_by.unwrap());
    }
}

/// Promises that a disk may break, one control each.
const CONTROLS: [(&str, Lie); 4] = [
    ("no_fdatasync", Lie::SyncData),
    ("early_acknowledgement", Lie::SyncDataLate),
    ("no_directory_fsync", Lie::SyncDir),
    ("no_fsync_of_new_segments", Lie::SyncAll),
];

/// Stories within which each control must be noticed.
const CONTROL_SEEDS: u64 = 1_000;

#[track_caller]
fn check_caught(lie: Lie) {
    let caught = first_violation(0..CONTROL_SEEDS, &[lie]);
    assert!(
        caught.is_some(),
        "{CONTROL_SEEDS} stories on a disk that lies about {lie:?}: nothing was noticed"
    );
}

#[test]
fn a_disk_that_does_not_sync_frames_is_caught() {
    check_caught(Lie::SyncData);
}

#[test]
fn a_disk_that_acknowledges_before_it_has_saved_is_caught() {
    check_caught(Lie::SyncDataLate);
}

#[test]
fn a_disk_that_does_not_sync_directories_is_caught() {
    check_caught(Lie::SyncDir);
}

#[test]
fn a_disk_that_does_not_sync_new_segments_is_caught() {
    check_caught(Lie::SyncAll);
}
