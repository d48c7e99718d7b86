//! Several servers: Redis carries, every server remembers.
//!
//! ```text
//!            own log ──▶ outbox ──XADD, WAIT──▶ stream of the city ──XREAD──▶ inbox ──▶ own log
//!                          │                                                  │
//!  gateway waits ◀─────────┘ confirmed place                                  └──▶ core (by the log's sink)
//! ```
//!
//! The own log is the outbox: what this server took is read from it, added to the stream, and is
//! confirmed when a replica has answered `WAIT`. What other servers took is read from the stream into
//! the own log. Redis is a transport, never the record: whatever it loses is offered again from the
//! logs ([`repair`]).
//!
//! Nothing queues in memory: when Redis is away, events are refused (503), and what was taken already
//! waits in the log.

pub mod address;
mod entry;
mod error;
mod inbox;
mod link;
mod outbox;
mod position;
mod purge;
mod repair;
mod report;
mod session;
mod steward;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use domain::Seq;
use domain::problem::Problem;
use tokio::sync::{Notify, watch};

pub use address::Address;
pub use error::CarrierError;
pub use report::{Report, Standing};

/// How the carrier is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where Redis is.
    pub address: Address,
    /// The city of the events.
    pub city: String,
    /// Whether they are of a training.
    pub training: bool,
    /// This server among the city's others.
    pub server: String,
    /// Whether an event may be acknowledged that no replica has.
    pub without_replica: bool,
    /// How long a server that is away holds back what may be trimmed from the stream.
    pub absence: Duration,
}

/// How long `WAIT` waits for a replica.
pub(crate) const WAIT: Duration = Duration::from_millis(1_000);
/// How long an event waits to be confirmed before it is answered 503.
const CONFIRM: Duration = Duration::from_secs(4);
/// Records offered to the stream at once, at most.
pub(crate) const BATCH: usize = 500;
/// Bytes offered to the stream at once, at most, but for a lone record.
pub(crate) const BATCH_BYTES: usize = 1 << 20;

/// The handle: what the store, the health page and the figures see. Cheap to clone.
#[derive(Clone)]
pub struct Carrier {
    shared: Arc<Shared>,
}

/// What the handle and the work share.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) standing: watch::Sender<Standing>,
    /// Everything in the own log up to here is on the stream and confirmed.
    pub(crate) confirmed: watch::Sender<u64>,
    /// The own log has grown.
    pub(crate) grown: Notify,
    pub(crate) counters: Counters,
    /// Whose keys are to be taken off the stream.
    pub(crate) erased: purge::Erased,
}

/// What the carrier has done since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Events of this server that are confirmed on the stream.
    pub(crate) acknowledged: AtomicU64,
    /// Events of other servers that are in this log now.
    pub(crate) present: AtomicU64,
    /// Events that the stream had lost and that were offered again.
    pub(crate) repaired: AtomicU64,
    /// Events that two servers took under one identity with another content.
    pub(crate) rivals: AtomicU64,
    /// Entries of the stream that could not be taken.
    pub(crate) refused: AtomicU64,
    /// Changes of the primary that were met.
    pub(crate) primaries: AtomicU64,
    /// How far the inbox lies behind the stream's newest entry, milliseconds; −1 while unknown.
    pub(crate) lag_ms: AtomicI64,
}

impl Carrier {
    /// A carrier that has not begun.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let (standing, _) = watch::channel(Standing::Connecting);
        let (confirmed, _) = watch::channel(0);
        let counters = Counters { lag_ms: AtomicI64::new(-1), ..Counters::default() };
        Self {
            shared: Arc::new(Shared {
                options,
                standing,
                confirmed,
                grown: Notify::new(),
                counters,
                erased: purge::Erased::default(),
            }),
        }
    }

    /// Tells it that the own log has grown: called by the log's sink, it never waits.
    pub fn log_has_grown(&self) {
        self.shared.grown.notify_one();
    }

    /// A case's key was erased here: what of it travels on the stream is taken off as soon as every server has it.
    pub fn erased(&self, case: &str) {
        self.shared.erased.add(case);
    }

    /// Carries for as long as `store` lives.
    pub async fn run(self, store: std::sync::Weak<crate::store::Store>) {
        session::run(&self.shared, &store).await;
    }

    /// Whether an event could be made durable now.
    ///
    /// # Errors
    /// A [`Problem`] of status 503 that tells the source to send again under the same id.
    pub fn accepts(&self) -> Result<(), Problem> {
        let standing = *self.shared.standing.borrow();
        if standing == Standing::Live { Ok(()) } else { Err(not_durable(standing)) }
    }

    /// Waits until everything in the own log up to `place` is confirmed on the stream.
    ///
    /// # Errors
    /// As [`Carrier::accepts`], when that takes too long.
    pub async fn carried(&self, place: Seq) -> Result<(), Problem> {
        let mut confirmed = self.shared.confirmed.subscribe();
        let waited = tokio::time::timeout(CONFIRM, confirmed.wait_for(|confirmed| *confirmed >= place.0));
        match waited.await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(not_durable(*self.shared.standing.borrow())),
        }
    }

    /// How it stands and what it has done.
    #[must_use]
    pub fn report(&self, durable: Seq) -> Report {
        let counters = &self.shared.counters;
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Report {
            standing: *self.shared.standing.borrow(),
            without_replica: self.shared.options.without_replica,
            acknowledged: get(&counters.acknowledged),
            present: get(&counters.present),
            repaired: get(&counters.repaired),
            rivals: get(&counters.rivals),
            refused: get(&counters.refused),
            primaries: get(&counters.primaries),
            unconfirmed: durable.0.saturating_sub(*self.shared.confirmed.borrow()),
            lag_ms: u64::try_from(counters.lag_ms.load(Ordering::Relaxed)).ok(),
        }
    }
}

impl Shared {
    pub(crate) fn stands(&self, standing: Standing) {
        let changed = self.standing.send_if_modified(|held| std::mem::replace(held, standing) != standing);
        if changed {
            tracing::info!(standing = standing.word(), "the carrier: {}", standing.meaning());
        }
    }

    pub(crate) fn count(&self, counter: impl Fn(&Counters) -> &AtomicU64, by: usize) {
        counter(&self.counters).fetch_add(by as u64, Ordering::Relaxed);
    }
}

fn not_durable(standing: Standing) -> Problem {
    let detail = format!(
        "{}. Some of these events may have been kept, none is promised: send the same events again under the same \
         ids, here or to another server, and those that were kept are answered as duplicates.",
        standing.meaning()
    );
    Problem::new("not-durable", 503, "Not durable now", detail)
}
