//! The one owner of the fold and the cube: a thread that takes what the log made durable, moves
//! time on every 250 ms, and publishes a frozen snapshot for everyone else to read.

mod rebuild;
mod tick;

use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use domain::problem::Problem;
use domain::query::Query;
use domain::wire::Since;
use engine::Frozen;
use toancanh_log::StoredRecord;
use tokio::sync::watch;

use crate::hub::Socket;
use crate::rebuilding::Progress;

pub use tick::{Parts, Take, start};

/// How often numbers move.
pub const TICK: Duration = Duration::from_millis(250);

/// What readers hold: the state and the cube at one (`seq`, `at`).
#[derive(Clone)]
pub struct Snapshot {
    /// Changes when frames are counted anew.
    pub epoch: u64,
    /// Ticks since the start.
    pub tick: u64,
    /// The state and the cube.
    pub frozen: Arc<Frozen>,
    /// How far the start has come, in per cent; `None` once all of the log is in. While it is there, no number may be shown.
    pub rebuilding: Option<u8>,
}

/// What the core is told. The queue holds 1,024; when it is full, the log's writer waits, then the
/// gateway answers 503: nothing is lost, nothing piles up.
pub(crate) enum Input {
    /// Durable records, in order.
    Records(Vec<StoredRecord>),
    /// A socket follows a question.
    Subscribe(Box<Subscribe>),
    /// A question's first rows are ready.
    Adopt(Box<crate::hub::Ready>),
    /// A socket no longer follows.
    Unsubscribe {
        /// Which socket.
        socket: Arc<Socket>,
        /// Its own number for it; none: all of them.
        id: Option<u32>,
    },
    /// A socket that wants beats.
    Open(Arc<Socket>),
    /// Go.
    Stop,
}

/// A wish to follow a question.
pub(crate) struct Subscribe {
    pub(crate) socket: Arc<Socket>,
    pub(crate) id: u32,
    pub(crate) query: Query,
    pub(crate) since: Option<Since>,
}

/// A handle to the core.
#[derive(Clone)]
pub struct Core {
    input: SyncSender<Input>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    progress: Progress,
}

impl Core {
    /// The newest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshots.borrow().clone()
    }

    /// The newest snapshot, or the [`Problem`] (503) that it is still being rebuilt.
    ///
    /// # Errors
    /// While the log is read again after a start.
    pub fn ready(&self) -> Result<Arc<Snapshot>, Problem> {
        let snapshot = self.snapshot();
        match snapshot.rebuilding {
            None => Ok(snapshot),
            Some(_) => Err(crate::rebuilding::problem(self.progress.percent())),
        }
    }

    /// How far the start has come, in per cent; `None` once there are numbers.
    #[must_use]
    pub fn rebuilding(&self) -> Option<u8> {
        self.snapshots.borrow().rebuilding.map(|_| self.progress.percent())
    }

    /// Told of every new snapshot.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// Gives the core something to do, from async code. `false` where it has gone.
    pub(crate) async fn tell(&self, input: Input) -> bool {
        let sender = self.input.clone();
        match sender.try_send(input) {
            Ok(()) => true,
            Err(std::sync::mpsc::TrySendError::Full(input)) => {
                tokio::task::spawn_blocking(move || sender.send(input).is_ok()).await.unwrap_or(false)
            }
            Err(std::sync::mpsc::TrySendError::Disconnected(_)) => false,
        }
    }

    /// Asks the core to stop.
    pub async fn stop(&self) {
        self.tell(Input::Stop).await;
    }
}
