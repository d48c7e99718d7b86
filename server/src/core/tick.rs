//! The core's thread: take in, move time on, publish, tell the hub.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use domain::city::City;
use domain::state::{Changes, State};
use domain::symbol::Symbols;
use domain::{Seq, Timestamp};
use engine::{Cube, QueryError, Registry};
use toancanh_log::StoredRecord;
use tokio::sync::watch;

use super::{Core, Input, Snapshot, TICK};
use crate::city::CityFolder;
use crate::clock::CityClock;
use crate::hub::{Closing, Hub, Now};
use crate::image::Kept;
use crate::memos::Escalating;
use crate::rebuilding::Progress;
use crate::source::Sources;
use crate::store::{StoreError, record};
use crate::telemetry::Telemetry;

/// How many inputs may wait for the core.
const INPUTS: usize = 1_024;
/// How many questions may wait for their first rows.
const JOBS: usize = 256;
/// How often sockets hear that time goes on.
const BEAT: Duration = Duration::from_millis(500);

/// What the core is made of.
pub struct Parts {
    /// The city.
    pub city: Arc<CityFolder>,
    /// Its clock.
    pub clock: Arc<CityClock>,
    /// What each metric counts.
    pub registry: Arc<Registry>,
    /// Counters and gauges.
    pub telemetry: Arc<Telemetry>,
    /// Who may send: a beat names them first.
    pub sources: Arc<Sources>,
    /// How far the start has come.
    pub progress: Progress,
    /// Where cases are named whose limits may have run out.
    pub escalating: Escalating,
}

/// Opens the core: a handle, the way in for the log's sink, and the thread still to be started
/// once the log has been read.
///
/// # Errors
/// If polars fails on an empty city.
pub fn start(parts: Parts, epoch: u64) -> Result<(Core, Feed, Waiting), QueryError> {
    let (input, inputs) = sync_channel(INPUTS);
    let state = State::new(Arc::new(parts.city.city.clone()), Symbols::default(), parts.clock.now());
    let cube = Cube::from_state(&state, parts.registry.clone())?;
    let frozen = Arc::new(cube.freeze(state));
    let first = Snapshot { epoch, tick: 0, frozen, rebuilding: Some(0) };
    let (publish, snapshots) = watch::channel(Arc::new(first));
    let core = Core { input: input.clone(), snapshots, progress: parts.progress.clone() };
    Ok((core, Feed(input.clone()), Waiting { parts, epoch, inputs, publish, input }))
}

/// Where the log's sink gives what became durable. It waits while the core's queue is full, which
/// holds up the log and then the gateway: nothing is lost, nothing piles up.
#[derive(Clone)]
pub struct Feed(SyncSender<Input>);

impl Feed {
    /// Hands records over, in order.
    pub fn deliver(&self, records: Vec<StoredRecord>) {
        // The core is gone only when the server stops; the records are durable.
        let _ = self.0.send(Input::Records(records));
    }
}

/// Takes a record of the log, with the place of the last one that will be given.
pub type Take<'a> = dyn FnMut(StoredRecord, Seq) -> Result<(), StoreError> + 'a;

/// A core whose thread has not started.
pub struct Waiting {
    parts: Parts,
    epoch: u64,
    inputs: Receiver<Input>,
    publish: watch::Sender<Arc<Snapshot>>,
    input: SyncSender<Input>,
}

impl Waiting {
    /// Starts the thread: it begins with the state that was `kept`, if any, reads what `replay` yields
    /// (the log's records after it), then goes live.
    ///
    /// # Errors
    /// If no thread can be had.
    pub fn run(
        self,
        kept: impl FnOnce(&Arc<City>, Timestamp) -> Option<Kept> + Send + 'static,
        replay: impl FnOnce(Seq, &mut Take<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> std::io::Result<JoinHandle<Result<(), StoreError>>> {
        std::thread::Builder::new().name("core".into()).spawn(move || {
            let ticker = super::rebuild::read_log(self, kept, replay)?;
            ticker.run();
            Ok(())
        })
    }

    pub(super) fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(super) fn publish(&self, snapshot: Snapshot) {
        self.publish.send_replace(Arc::new(snapshot));
    }

    pub(super) fn frozen(&self) -> Arc<engine::Frozen> {
        self.publish.borrow().frozen.clone()
    }

    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(super) fn go(self, state: State, cube: Cube) -> Ticker {
        let (builder, jobs) = sync_channel::<crate::hub::Job>(JOBS);
        let ready = self.input.clone();
        let spawned = std::thread::Builder::new().name("first-rows".into()).spawn(move || {
            for job in jobs {
                if ready.send(Input::Adopt(Box::new(job.run()))).is_err() {
                    return;
                }
            }
        });
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread for first rows: new questions will be refused");
        }
        let hub = Hub::new(self.epoch, builder, self.parts.telemetry.clone());
        Ticker {
            parts: self.parts,
            epoch: self.epoch,
            inputs: self.inputs,
            publish: self.publish,
            state,
            cube,
            changes: Changes::default(),
            hub,
            tick: 0,
            beaten: Instant::now(),
            now: None,
            heard: std::collections::BTreeMap::new(),
        }
    }
}

/// The live core.
pub(super) struct Ticker {
    parts: Parts,
    epoch: u64,
    inputs: Receiver<Input>,
    publish: watch::Sender<Arc<Snapshot>>,
    state: State,
    cube: Cube,
    changes: Changes,
    hub: Hub,
    tick: u64,
    beaten: Instant,
    now: Option<Now>,
    heard: std::collections::BTreeMap<Arc<str>, Instant>,
}

impl Ticker {
    fn run(mut self) {
        self.tick();
        let mut next = Instant::now() + TICK;
        loop {
            let wait = next.saturating_duration_since(Instant::now());
            match self.inputs.recv_timeout(wait) {
                Ok(Input::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    self.hub.close_all(Closing::Going);
                    return;
                }
                Ok(input) => {
                    self.take(input);
                    if Instant::now() < next {
                        continue;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            let began = Instant::now();
            self.tick();
            // A late tick is not followed by a burst of others.
            next = (next + TICK).max(began + TICK / 2);
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Records(records) => {
                for stored in records {
                    self.apply(&stored);
                }
            }
            Input::Subscribe(wish) => {
                let snapshot = self.publish.borrow().clone();
                let now = self.now();
                self.hub.subscribe(*wish, &snapshot, &now);
            }
            Input::Adopt(ready) => {
                let snapshot = self.publish.borrow().clone();
                let now = self.now();
                self.hub.adopt(*ready, &snapshot, &now);
            }
            Input::Unsubscribe { socket, id } => self.hub.unsubscribe(&socket, id),
            Input::Open(socket) => self.hub.open(socket),
            Input::Stop => {}
        }
    }

    fn apply(&mut self, stored: &StoredRecord) {
        if stored.seq.get() <= self.state.seq().0 {
            // Taken while the log was being read again: it was read there too.
            return;
        }
        match record::event(stored, &self.parts.city.city, self.state.symbols()) {
            Ok(event) => {
                self.heard.insert(event.source.clone(), Instant::now());
                self.state.apply(event, &mut self.changes);
            }
            // It passed the gate and is in the log: kept there, and said aloud.
            Err(error) => self.parts.telemetry.record_is_unreadable(&error),
        }
    }

    fn tick(&mut self) {
        let began = Instant::now();
        self.tick += 1;
        self.state.advance(self.parts.clock.now(), &mut self.changes);
        let changes = std::mem::take(&mut self.changes);
        let batch = Arc::new(self.count(&changes));
        let frozen = Arc::new(self.cube.freeze(self.state.clone()));
        self.now = None;
        let now = self.now();
        self.hub.tick(self.tick, batch, &frozen, &now);
        self.publish.send_replace(Arc::new(Snapshot {
            epoch: self.epoch,
            tick: self.tick,
            frozen,
            rebuilding: None,
        }));
        // Named when readers can see them as they are now.
        self.name_escalating(&changes);
        if self.beaten.elapsed() >= BEAT {
            self.beaten = Instant::now();
            self.hub.beat(&now);
        }
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let telemetry = &self.parts.telemetry;
        telemetry.ticks_total.fetch_add(1, Relaxed);
        telemetry.tick_micros.store(micros, Relaxed);
        telemetry.tick_micros_max.fetch_max(micros, Relaxed);
    }

    fn name_escalating(&self, changes: &Changes) {
        let cases = changes.cases.iter().filter_map(|ix| self.state.case(*ix));
        let escalating = cases.filter(|case| {
            let timeline = case.timeline.as_ref();
            timeline.is_some_and(|timeline| !timeline.escalations.is_empty())
                || self.state.notes(&case.code).is_some()
        });
        self.parts.escalating.tell(escalating.map(|case| case.code.clone()).collect());
    }

    /// What live numbers move by. Should polars fail, the cube is built anew from the state, which
    /// is whole, and everyone gets snapshots: a wrong number is never shown.
    fn count(&mut self, changes: &Changes) -> engine::MicroBatch {
        match self.cube.take(changes) {
            Ok(batch) => batch,
            Err(error) => {
                tracing::error!(%error, "the cube is built anew");
                match Cube::from_state(&self.state, self.parts.registry.clone()) {
                    Ok(cube) => self.cube = cube,
                    Err(error) => tracing::error!(%error, "the cube cannot be built"),
                }
                self.hub.forget();
                engine::MicroBatch::default()
            }
        }
    }

    /// The words of this tick.
    fn now(&mut self) -> Now {
        if let Some(now) = &self.now {
            return now.clone();
        }
        let zone = &self.parts.city.city.zone;
        let now = Now {
            seq: self.state.seq(),
            at: self.state.at().to_rfc3339(zone),
            clock: self.parts.clock.name().to_owned(),
            speed: self.parts.clock.speed(),
            sources: crate::source_state::beats_first(&self.state, zone, |name| {
                self.parts.sources.is_bound(name)
            }),
            scenes: self.state.scenes().number(),
        };
        self.now = Some(now.clone());
        now
    }
}
