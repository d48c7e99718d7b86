//! Starting and stopping the whole: `toancanh serve`, the demo and every test go through here.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result};
use domain::Seq;
use domain::city::City;
use engine::Registry;
use toancanh_log::{AppendError, Appended, Batch};
use tokio::sync::oneshot;

use crate::audit::Audit;
use crate::carrier::{self, Carrier};
use crate::city::CityFolder;
use crate::clock::CityClock;
use crate::core::{self, Core};
use crate::http::front::Front;
use crate::http::listen::Certificate;
use crate::image::{Images, Keeper, Pace};
use crate::rebuilding::{Progress, Stage};
use crate::running::Running;
use crate::settings::Settings;
use crate::source::Sources;
use crate::store::{Store, StoreError};
use crate::telemetry::Telemetry;

/// A server that answers.
pub struct Started {
    /// Its handle.
    pub running: Running,
    /// Where it answers.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    core: JoinHandle<Result<(), StoreError>>,
    keeper: Keeper,
}

/// A server that answers, though its log is still to be opened: [`Opening::open`] goes on with that.
pub struct Opening {
    /// Where it answers.
    pub address: SocketAddr,
    settings: Settings,
    city: Arc<CityFolder>,
    clock: CityClock,
    tls: Option<Arc<Certificate>>,
    progress: Progress,
    front: Front,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// Starts a server: opens the log, reads the log again in the background and then goes live.
///
/// # Errors
/// With what could not be opened, and what to do.
pub async fn start(settings: Settings, clock: CityClock) -> Result<Started> {
    begin(settings, clock)?.open().await
}

/// Begins to answer, saying that it rebuilds. Must be called within a runtime.
///
/// # Errors
/// Where the city cannot be read, or nobody can listen there.
pub fn begin(settings: Settings, clock: CityClock) -> Result<Opening> {
    let listener = crate::http::listen::bind(settings.listen).with_context(|| {
        format!("cannot listen on {}: choose another address with --listen", settings.listen)
    })?;
    let city = crate::city::load(&settings.city)?;
    begin_on(listener, settings, Arc::new(city), clock)
}

/// As [`start`], on a socket that listens already.
///
/// # Errors
/// With what could not be opened, and what to do.
pub async fn start_on(
    listener: TcpListener,
    settings: Settings,
    city: Arc<CityFolder>,
    clock: CityClock,
) -> Result<Started> {
    begin_on(listener, settings, city, clock)?.open().await
}

fn begin_on(
    listener: TcpListener,
    settings: Settings,
    city: Arc<CityFolder>,
    clock: CityClock,
) -> Result<Opening> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let address = listener.local_addr()?;
    let tls = settings.in_transit.tls.clone().map(Certificate::open).transpose()?;
    let progress = Progress::default();
    let front = Front::new(&settings, progress.clone());
    let router = front.clone().router();
    let (stop, stopped) = oneshot::channel::<()>();
    let served_tls = tls.clone();
    let served = tokio::spawn(async move {
        // Either somebody stops it, or nobody holds it any more.
        crate::http::listen::serve(listener, served_tls, router, async { drop(stopped.await) }).await
    });
    Ok(Opening { address, settings, city, clock, tls, progress, front, stop, served })
}

impl Opening {
    /// `https` where it answers over TLS, else `http`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        scheme(self.tls.as_ref())
    }

    /// Opens the log, has it read again in the background, and lets the whole product answer.
    ///
    /// # Errors
    /// With what could not be opened, and what to do.
    pub async fn open(self) -> Result<Started> {
        let Self { address, settings, city, clock, tls, progress, front, stop, served } = self;
        let clock = Arc::new(clock);
        let crate::city::history::Opened { city, change, unkept } =
            crate::city::history::opened(&settings.data, &city, clock.now())?;
        let telemetry = Arc::new(Telemetry::default());
        let sources = Arc::new(Sources::open(&settings.data)?);
        let (escalating, notes) = crate::memos::notes();
        let parts = core::Parts {
            city: city.clone(),
            escalating,
            clock: clock.clone(),
            registry: Arc::new(Registry::standard()),
            telemetry: telemetry.clone(),
            sources: sources.clone(),
            progress: progress.clone(),
        };
        let (core, feed, waiting) = core::start(parts, epoch())?;
        std::fs::create_dir_all(&settings.data)
            .with_context(|| format!("cannot make {}", settings.data.display()))?;
        let carrier = carrier(&settings, &city.city.code)?;
        let told = carrier.clone();
        let options = toancanh_log::Options::default()
            .opened_by(format!("toancanh serve, process {}", std::process::id()))
            .sink(move |records| {
                feed.deliver(records);
                told.iter().for_each(Carrier::log_has_grown);
            });
        // Small segments, so that many begin where a test waits for one that does.
        let small = cfg!(feature = "fail-points");
        let mut options = if small { options.segment_bytes(1 << 20) } else { options };
        options.encrypt = settings.encrypt_log;
        options.training = Some(settings.training);
        options.progress = Some(Box::new(move |opened| {
            progress.came(Stage::Opening, opened.bytes_done, opened.bytes_total);
        }));
        let images = Images::of(&settings.data);
        let has_images = settings.image_every > 0;
        options.landmark = images.landmark(&city.city).filter(|_| has_images);
        let (mut store, recovery) = open_store(&settings, &city.city.code, options).await?;
        tracing::info!(?recovery, "the log is open");
        carrier.iter().cloned().for_each(|carrier| store.carry_with(carrier));
        let store = Arc::new(store);
        // Only now: beside a log that this program cannot go on with nothing is written.
        if let Some(unkept) = &unkept {
            unkept.keep()?;
        }
        if let Some(change) = &change {
            tell_of_change(&store, &city, change).await?;
        }
        let audit = Arc::new(Audit::start(&settings.data)?);
        let running = Running {
            audit,
            tls,
            version: crate::version::version(&settings.site_root).into(),
            settings: Arc::new(settings),
            city,
            clock,
            sources,
            store: store.clone(),
            core,
            screens: Arc::default(),
            telemetry,
        };
        if let Some(carrier) = carrier {
            tokio::spawn(carrier.run(Arc::downgrade(&store)));
        }
        tokio::spawn(notes.run(running.core.clone(), Arc::downgrade(&store)));
        tokio::spawn(running.screens.clone().tend(running.core.clone()));
        tokio::spawn(verify_when_ready(running.core.clone(), Arc::downgrade(&store)));
        let keeper = {
            let pace = Pace { events: running.settings.image_every };
            let telemetry = running.telemetry.clone();
            Keeper::start(images.clone(), running.core.clone(), Arc::downgrade(&store), telemetry, pace)?
        };
        let core = {
            let log = store.clone();
            let telemetry = running.telemetry.clone();
            let kept = move |city: &Arc<City>, now| {
                let kept = has_images.then(|| images.newest(&log, city, now)).flatten()?;
                telemetry.image_seq.store(kept.state.seq().0, Relaxed);
                Some(kept)
            };
            waiting.run(kept, move |from, take| read_again(&store, from, take))?
        };
        let local = crate::gateway::local::listen(&running)?;
        let router = crate::http::router(running.clone())?;
        front.hand_over(router, running.core.clone());
        let served = tokio::spawn(async move {
            let served = served.await.map_err(std::io::Error::other);
            local.close().await;
            served?
        });
        Ok(Started { running, address, stop, served, core, keeper })
    }
}

/// After a start every screen asks at once, and the first answers are the dearest: the processors are theirs for
/// so long.
const FIRST_ASKERS: Duration = Duration::from_secs(5);

/// Has what an opening passed over read and verified once there are numbers, if nothing was written before:
/// both at once would only take longer.
async fn verify_when_ready(core: Core, store: Weak<Store>) {
    let mut snapshots = core.watch();
    if snapshots.wait_for(|snapshot| snapshot.rebuilding.is_none()).await.is_err() {
        return;
    }
    tokio::time::sleep(FIRST_ASKERS).await;
    let Some(store) = store.upgrade() else { return };
    let say = |verified: Result<Appended, AppendError>| {
        // Busy with what others want written: it is verified before that.
        if let Err(error @ AppendError::NotDurable { .. }) = verified {
            tracing::error!(%error, "the log does not hold before the image that the start went on from");
        }
    };
    store.log().submit(Batch::default(), Box::new(say));
}

/// Opens the store on a thread that nobody waits for at an end: however long it takes, the program can be
/// stopped meanwhile, and what a half-done opening leaves behind the next one puts right.
async fn open_store(
    settings: &Settings,
    city: &str,
    mut options: toancanh_log::Options,
) -> Result<(Store, toancanh_log::Recovery)> {
    let (data, keys) = (settings.data.clone(), settings.keys.clone());
    let backup = settings.backup.clone();
    let city = city.to_owned();
    let (say, said) = oneshot::channel();
    let open = move || {
        if let Some(backup) = &backup {
            options.witnesses.extend(Store::witness(backup)?);
        }
        let mut opened = Store::open(&data, &keys, options)?;
        opened.0.check_city(&data, &city)?;
        opened.0.tend(&data, backup.as_deref())?;
        Ok::<_, StoreError>(opened)
    };
    // Whoever has stopped waiting needs no answer.
    std::thread::Builder::new().name("opening".into()).spawn(move || drop(say.send(open())))?;
    Ok(said.await.context("the thread that opened the log ended in a panic")??)
}

impl Started {
    /// Waits until every event that the log holds is in the numbers.
    pub async fn is_ready(&self) {
        let mut snapshots = self.running.core.watch();
        // The sender lives as long as the core's thread.
        let _ = snapshots.wait_for(|snapshot| snapshot.rebuilding.is_none()).await;
    }

    /// Stops it: no new requests, sockets are told, the log is closed cleanly.
    ///
    /// # Errors
    /// With what went wrong while it stopped.
    pub async fn stop(self) -> Result<()> {
        self.running.core.stop().await;
        let _ = self.stop.send(());
        let served = tokio::time::timeout(Duration::from_secs(5), self.served).await;
        if let Ok(served) = served {
            served??;
        }
        let keeper = self.keeper;
        tokio::task::spawn_blocking(move || keeper.stop()).await?;
        let core = tokio::task::spawn_blocking(move || self.core.join()).await?;
        core.map_err(|_| anyhow::anyhow!("the core's thread ended in a panic"))??;
        let (store, audit) = (self.running.store.clone(), self.running.audit.clone());
        tokio::task::spawn_blocking(move || audit.close()).await?;
        drop(self.running);
        let_go(&store).await;
        Ok(())
    }

    /// `https` where it answers over TLS, else `http`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        scheme(self.running.tls.as_ref())
    }

    /// Whether the core's thread has ended: the server cannot go on.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.core.is_finished()
    }
}

fn scheme(tls: Option<&Arc<Certificate>>) -> &'static str {
    if tls.is_some() { "https" } else { "http" }
}

/// What carries events to the city's other servers, where there are any.
fn carrier(settings: &Settings, city: &str) -> Result<Option<Carrier>> {
    let Some(redis) = &settings.carrying.redis else { return Ok(None) };
    let address = redis.parse().map_err(|what| anyhow::anyhow!("--log: is not {what}"))?;
    if settings.carrying.without_replica {
        tracing::warn!(
            "--redis-without-replica: events are acknowledged that Redis holds in one place only; should this server \
             and that place be lost together, they are lost"
        );
    }
    Ok(Some(Carrier::new(carrier::Options {
        address,
        city: city.to_owned(),
        training: settings.training,
        server: server_name(&settings.data)?,
        without_replica: settings.carrying.without_replica,
        absence: Duration::from_secs(u64::from(settings.carrying.absence_hours) * 3_600),
    })))
}

/// This server's name among the others: random, made once, kept beside the log.
fn server_name(data: &std::path::Path) -> Result<String> {
    let file = data.join("server.name");
    match std::fs::read_to_string(&file) {
        Ok(name) if !name.trim().is_empty() => return Ok(name.trim().to_owned()),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot read {}", file.display()));
        }
        _ => {}
    }
    let name = format!("{:016x}", rand::random::<u64>());
    std::fs::write(&file, &name).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(name)
}

/// Puts a change of the city's folder into the log, once.
async fn tell_of_change(
    store: &Store,
    city: &CityFolder,
    change: &crate::city::history::Change,
) -> Result<()> {
    let from = change.from.to_rfc3339(&city.city.zone);
    let event = serde_json::json!({
        "specversion": "1.0",
        "id": format!("{}-{}", change.from.micros(), change.digest),
        "source": crate::memos::OWN_SOURCE,
        "type": format!("{}config.changed", domain::intake::TYPE_PREFIX),
        "time": from,
        "data": { "digest": change.digest, "from": from },
    });
    // It waits in the log for the carrier: a server starts without Redis too.
    let stored = store.append_here(vec![event]).await;
    stored.map_err(|problem| anyhow::anyhow!("the change of the city's folder: {}", problem.detail))?;
    tracing::info!(digest = change.digest, from, "the city's regulations or calendar have changed");
    Ok(())
}

/// Waits until nobody else holds the store: then dropping it frees the log and the keys for whoever
/// opens them next in this process. A socket that is just closing may hold it for a moment.
async fn let_go(store: &Arc<Store>) {
    for _ in 0..300 {
        if Arc::strong_count(store) == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tracing::warn!("something still holds the log after the server has stopped");
}

/// Gives every record of the log from `from` on to `take`.
fn read_again(store: &Store, from: Seq, take: &mut core::Take<'_>) -> Result<(), StoreError> {
    let last = store.durable();
    for stored in store.read_from(from) {
        let stored = stored?;
        if stored.seq.get() > last.0 {
            // What came after the start reaches the core by the log's sink.
            return Ok(());
        }
        take(stored, last)?;
    }
    Ok(())
}

/// A number that no earlier start had: milliseconds since 1970.
fn epoch() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default()
}
