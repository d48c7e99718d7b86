//! The way in for an administrator on the same machine: a Unix socket in the data directory, through
//! which `toancanh import` brings history into a running server. Whoever owns the directory could
//! write the log's files themselves, so no token is asked for; nobody else can open the socket.
//!
//! The importer asks and waits for the reply, one JSON text a line each way, so that it can never
//! run ahead of the log:
//!
//! ```text
//!   {"hello": {"version": 1, "city": "boston"}}        {"ready": {"seq": "00000000000000000042"}}
//!   {"known": {"source": "…", "cases": ["…"]}}         {"known": [[{"id": "…", "time_us": 0}]]}
//!   {"data": {"source": "…", "case": "…", "ids": […]}} {"data": [{…}, null]}
//!   {"offer": [{…CloudEvent…}]}                        {"answer": {"accepted": 1, …}}
//!   {"erase": {"case": "…"}}                           {"erased": "now"}
//!   {"approve_screen": {"code": "K7M-4QP", …}}         {"approved": "s0123…"}
//!   {"revoke_screen": {"screen": "s0123…"}}            "revoked"
//!   "screens"                                          {"screens": [{…}]}
//!   {"proof": {"seq": 42}}                             {"proof": {"signature": "holds", …}}
//!                                              or each {"problem": {…RFC 9457…}}
//! ```
//!
//! Times are bounded by the system's clock here: history is not bound to a replay's clock.

mod place;

use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::problem::Problem;
use domain::screen::{Role, ScreenView};
use domain::{Seq, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use toancanh_log::keys::Erased;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Answer, problems};
use crate::core::Snapshot;
use crate::running::Running;
use crate::source::SourceGrant;
use crate::store::record;
use crate::store::signed::Proof;

pub use place::connect;

/// The protocol's version; an importer of another one is told so.
pub const VERSION: u32 = 1;

/// Importers at the same time; further ones wait to be accepted.
const IMPORTERS_MAX: usize = 4;

/// Bytes of one line. The importer's batches are a few MiB.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// How long an importer may take to read its last answer while the server stops.
const LAST_ANSWER_MAX: Duration = Duration::from_secs(1);

/// How long an event that was just taken may need to appear in the numbers.
const CATCH_UP_MAX: Duration = Duration::from_secs(5);

/// What an importer asks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// First: who is there?
    Hello {
        /// The importer's [`VERSION`].
        version: u32,
        /// The code of the city that its events are of.
        city: String,
    },
    /// Which events has this source given for these cases?
    Known {
        /// The CloudEvents source.
        source: String,
        /// The case codes.
        cases: Vec<String>,
    },
    /// What did these events of one case say?
    Data {
        /// The CloudEvents source.
        source: String,
        /// The case code.
        case: String,
        /// The events' ids.
        ids: Vec<String>,
    },
    /// Take these events.
    Offer(Vec<Json>),
    /// Destroy the key of this case's personal data.
    Erase {
        /// The case code.
        case: String,
    },
    /// Approve the display that shows this code.
    ApproveScreen {
        /// As it is shown.
        code: String,
        /// What people will call it.
        name: String,
        /// What it is for.
        role: Role,
        /// The scene that it opens with; the first one unless told.
        scene: Option<String>,
    },
    /// Put this display out.
    RevokeScreen {
        /// Its name for machines.
        screen: String,
    },
    /// Which displays are there?
    Screens,
    /// Is this event what its source signed?
    Proof {
        /// Its place.
        seq: u64,
        /// The source's token, where its signatures cover it.
        token: Option<String>,
    },
}

/// What it is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// To `Hello`.
    Ready {
        /// The highest durable place.
        seq: Seq,
    },
    /// To `Known`: for each case, in the order asked.
    Known(Vec<Vec<Told>>),
    /// To `Data`: for each id, in the order asked.
    Data(Vec<Option<Json>>),
    /// To `Offer`.
    Answer(Answer),
    /// To `Erase`.
    Erased(ErasedKey),
    /// To `Proof`; none where it was not signed.
    Proof(Option<Box<Proof>>),
    /// To `ApproveScreen`: its name for machines.
    Approved(String),
    /// To `RevokeScreen`.
    Revoked,
    /// To `Screens`.
    Screens(Vec<ScreenView>),
    /// Instead of any of them.
    Problem(Problem),
}

/// What an erasure came to, as [`toancanh_log::keys::Erased`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasedKey {
    /// The key is destroyed.
    Now,
    /// It had been destroyed before.
    Before,
    /// There is no key of that case.
    NoKey,
}

impl From<Erased> for ErasedKey {
    fn from(erased: Erased) -> Self {
        match erased {
            Erased::Now => Self::Now,
            Erased::Before => Self::Before,
            Erased::NoKey => Self::NoKey,
        }
    }
}

impl From<ErasedKey> for Erased {
    fn from(erased: ErasedKey) -> Self {
        match erased {
            ErasedKey::Now => Self::Now,
            ErasedKey::Before => Self::Before,
            ErasedKey::NoKey => Self::NoKey,
        }
    }
}

/// One event that a source has given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// When it happened, in microseconds since 1970 UTC.
    pub time_us: i64,
}

/// A socket that is listened on; dropped, it is taken away and its importers are let go.
#[derive(Debug)]
pub struct Listening {
    path: PathBuf,
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Listening {
    /// Takes the socket away and waits until no importer holds the log any more: each gets the answer
    /// that it waits for, and no other.
    pub async fn close(mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take() {
            // It ends by itself; a panic in it was said where it happened.
            let _ = task.await;
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "the import socket could not be removed");
        }
    }
}

/// Listens in the data directory of `running`, which must hold the log's lock: a socket that lies
/// there is then nobody's.
///
/// # Errors
/// Where the system will not have it.
pub fn listen(running: &Running) -> io::Result<Listening> {
    let path = place::path(&running.settings.data);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = place::bind(&running.settings.data)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    let owner = std::fs::metadata(&path)?.uid();
    listener.set_nonblocking(true)?;
    let listener = UnixListener::from_std(listener)?;
    let stop = CancellationToken::new();
    let task = tokio::spawn(accept(listener, owner, running.clone(), stop.clone()));
    Ok(Listening { path, stop, task: Some(task) })
}

async fn accept(listener: UnixListener, owner: u32, running: Running, stop: CancellationToken) {
    let room = Arc::new(Semaphore::new(IMPORTERS_MAX));
    let mut importers = JoinSet::new();
    loop {
        let next = async {
            // Nobody closes the semaphore.
            let permit = room.clone().acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = stop.cancelled() => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "an importer could not be accepted");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Between the binding and the change of its mode somebody else might have come in.
        let is_welcome = stream.peer_cred().is_ok_and(|peer| peer.uid() == owner || peer.uid() == 0);
        if !is_welcome {
            tracing::warn!("somebody else's process opened the import socket and was sent away");
            continue;
        }
        while importers.try_join_next().is_some() {}
        let (running, stop) = (running.clone(), stop.clone());
        importers.spawn(async move {
            if let Err(error) = serve(stream, running, &stop).await {
                tracing::warn!(%error, "an importer's connection broke");
            }
            drop(permit);
        });
    }
    while importers.join_next().await.is_some() {}
}

async fn serve(stream: UnixStream, running: Running, stop: &CancellationToken) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut importer = Importer { running, taken: Seq::default() };
    loop {
        let mut line = Vec::new();
        let mut bounded = (&mut read).take(LINE_BYTES_MAX);
        tokio::select! {
            bytes = bounded.read_until(b'\n', &mut line) => { bytes?; }
            () = stop.cancelled() => return Ok(()),
        }
        if line.is_empty() {
            return Ok(());
        }
        // Reading, checking and sealing thousands of events is no work for the threads that answer
        // everyone.
        let runtime = tokio::runtime::Handle::current();
        let (back, mut text) = tokio::task::spawn_blocking(move || {
            let reply = runtime.block_on(importer.answer(&line)).unwrap_or_else(Reply::Problem);
            (importer, serde_json::to_vec(&reply).unwrap_or_default())
        })
        .await
        .map_err(io::Error::other)?;
        importer = back;
        text.push(b'\n');
        tokio::select! {
            written = write.write_all(&text) => written?,
            // Whoever does not take its answer does not hold a stopping server up.
            () = async { stop.cancelled().await; sleep(LAST_ANSWER_MAX).await } => return Ok(()),
        }
    }
}

struct Importer {
    running: Running,
    /// The place up to which this importer has been answered.
    taken: Seq,
}

impl Importer {
    async fn answer(&mut self, line: &[u8]) -> Result<Reply, Problem> {
        let ask: Ask = serde_json::from_slice(line)
            .map_err(|_| problems::unparsable_body("the line is none of the import socket's questions"))?;
        match ask {
            Ask::Hello { version, city } => self.hello(version, &city),
            Ask::Known { source, cases } => Ok(Reply::Known(self.known(&source, &cases))),
            Ask::Data { source, case, ids } => self.data(&source, &case, &ids).await,
            Ask::Offer(events) => self.offer(events).await,
            Ask::ApproveScreen { code, name, role, scene } => {
                let scene = scene.as_deref();
                let approved =
                    crate::http::screens::approved(&self.running, &code, &name, role, scene).await?;
                Ok(Reply::Approved(approved.screen.to_string()))
            }
            Ask::RevokeScreen { screen } => {
                let Running { screens, core, store, .. } = &self.running;
                screens.revoke(core, store, &screen).await?;
                Ok(Reply::Revoked)
            }
            Ask::Screens => {
                let snapshot = self.running.core.ready()?;
                Ok(Reply::Screens(self.running.screens.views(snapshot.frozen.state())))
            }
            Ask::Proof { seq, token } => self.proof(Seq(seq), token.as_deref()),
            Ask::Erase { case } => Ok(Reply::Erased(self.running.store.erase_and_note(&case).await?.into())),
        }
    }

    fn hello(&self, version: u32, city: &str) -> Result<Reply, Problem> {
        if version != VERSION {
            let detail =
                format!("version: this server speaks version {VERSION}; import with its own program");
            return Err(Problem::new("other-version", 409, "Another version", detail).at("version"));
        }
        let served = &self.running.city.city.code;
        if city != served {
            let detail = format!("city: this server serves {served:?}");
            return Err(Problem::new("wrong-city", 422, "Another city", detail).at("city"));
        }
        // Until the log has been read again, it is not known here what is known.
        self.running.core.ready()?;
        Ok(Reply::Ready { seq: self.running.store.durable() })
    }

    fn known(&self, source: &str, cases: &[String]) -> Vec<Vec<Told>> {
        let snapshot = self.running.core.snapshot();
        let state = snapshot.frozen.state();
        let of_case = |case: &String| {
            let events = state.find(case).map_or(&[][..], |case| case.events.as_slice());
            let of_source = events.iter().filter(|event| *event.source == *source);
            of_source.map(|event| Told { id: event.id.to_string(), time_us: event.time.micros() }).collect()
        };
        cases.iter().map(of_case).collect()
    }

    async fn data(&self, source: &str, case: &str, ids: &[String]) -> Result<Reply, Problem> {
        let snapshot = self.caught_up().await;
        let events = snapshot.frozen.state().find(case).map(|case| case.events.clone()).unwrap_or_default();
        let place = |id: &String| {
            events.iter().find(|event| *event.id == **id && *event.source == *source).map(|event| event.seq)
        };
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(seq) = place(id) else {
                found.push(None);
                continue;
            };
            let records = self.running.store.read_many(&[seq]).map_err(|error| {
                tracing::error!(%error, "a record could not be read for an importer");
                problems::lost()
            })?;
            let shown = records.first().and_then(|stored| record::shown(stored).ok());
            found.push(shown.and_then(|mut event| event.get_mut("data").map(Json::take)));
        }
        Ok(Reply::Data(found))
    }

    fn proof(&self, seq: Seq, token: Option<&str>) -> Result<Reply, Problem> {
        let proof = self.running.store.proof(seq, token).map_err(|error| {
            tracing::error!(%error, "what is kept of a signed request could not be read");
            Problem::new("unavailable", 503, "Not now", error.to_string())
        })?;
        Ok(Reply::Proof(proof.map(Box::new)))
    }

    async fn offer(&mut self, events: Vec<Json>) -> Result<Reply, Problem> {
        let source = SourceGrant::local(&self.running.city.city.code);
        let events = events.into_iter().map(super::sized).collect();
        let now = Timestamp::from(jiff::Timestamp::now());
        let answer = super::offer_at(&self.running, &source, events, None, now).await?;
        self.taken = self.taken.max(answer.seq);
        Ok(Reply::Answer(answer))
    }

    /// The newest snapshot, once it holds what this importer has brought.
    async fn caught_up(&self) -> Arc<Snapshot> {
        let mut snapshots = self.running.core.watch();
        let caught_up = snapshots.wait_for(|snapshot| snapshot.frozen.state().seq() >= self.taken);
        // A server that is that far behind answers with what it has; the importer tells more then.
        let _ = tokio::time::timeout(CATCH_UP_MAX, caught_up).await;
        self.running.core.snapshot()
    }
}
