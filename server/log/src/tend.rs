//! What is done for a log beside writing it: checkpoints now and then, and a backup that follows. A thread of
//! its own, which no acknowledgement waits for and which waits for none; whatever fails is told in
//! [`TendStatus`] and tried again at the next turn.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::backup::Backup;
use crate::clock::{Clock, SystemClock};
use crate::disk::{Disk, RealDisk};
use crate::error::OpenError;
use crate::item::Seq;
use crate::keys::KeyStore;
use crate::log::Log;

/// Bytes that one turn copies: between two, it looks whether it shall stop, and signs.
const TURN_BYTES: u64 = 64 << 20;

/// Copies what lies beside the log, such as settings, into the backup. Called when the log's copy is complete.
pub type Beside = Box<dyn FnMut() -> io::Result<()> + Send>;

/// Hears what failed: for the operator's log.
pub type Failed = Box<dyn FnMut(&str) + Send>;

/// What is to be done.
pub struct Tending {
    /// How long between two checkpoints, 10 min. One is signed at a stop too.
    pub checkpoint_every: Duration,
    /// How long between two looks at what the backup lacks, 1 s.
    pub backup_every: Duration,
    /// The directory of the log's copy.
    pub backup: Option<PathBuf>,
    /// What else goes into the backup.
    pub beside: Option<Beside>,
    /// Hears of each failure once, not at every turn that meets it again.
    pub failed: Option<Failed>,
    /// Where the files are.
    pub disk: Arc<dyn Disk>,
}

impl Default for Tending {
    fn default() -> Self {
        Tending {
            checkpoint_every: Duration::from_secs(600),
            backup_every: Duration::from_secs(1),
            backup: None,
            beside: None,
            failed: None,
            disk: Arc::new(RealDisk),
        }
    }
}

/// How it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TendStatus {
    /// Whether there is a backup to follow.
    pub has_backup: bool,
    /// Up to where the backup is durable.
    pub backup: Seq,
    /// How many durable records it lacks.
    pub backup_lag_records: u64,
    /// How long it has lacked any; zero when it had all at the last look.
    pub backup_lag: Duration,
    /// Turns of the backup that failed.
    pub backup_errors_total: u64,
    /// What the last turn failed with; `None` once one goes well. For the operator's log.
    pub backup_error: Option<String>,
    /// Checkpoints signed.
    pub checkpoints_total: u64,
    /// Checkpoints that could not be.
    pub checkpoint_errors_total: u64,
    /// What the last one failed with.
    pub checkpoint_error: Option<String>,
}

/// The thread that tends a log; dropped, it signs and copies once more and ends.
pub struct Tender {
    shared: Arc<Shared>,
    log: Log,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stop: bool,
    status: TendStatus,
    /// Since when the backup lacks something.
    behind_since: Option<Instant>,
}

impl Shared {
    /// Every change under this lock is complete in itself.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tender {
    /// Begins to tend `log`.
    ///
    /// # Errors
    /// Where the backup holds something else or is in use, or the system gives no thread. A backup whose disk
    /// cannot be reached is told in the status, and tried again.
    pub fn start(log: &Log, keys: Arc<KeyStore>, tending: Tending) -> Result<Tender, OpenError> {
        let shared = Arc::new(Shared::default());
        let dir = log.dir().to_path_buf();
        let now_us = SystemClock::new().now_us();
        let opened = match &tending.backup {
            Some(to) => Backup::open(Arc::clone(&tending.disk), &dir, to, now_us).map(Some),
            None => Ok(None),
        };
        let (backup, missing) = match opened {
            Ok(backup) => (backup, None),
            // A disk that is not there holds nobody up; it is looked for at every turn.
            Err(error @ (OpenError::Io { .. } | OpenError::Full { .. })) => (None, Some(error)),
            Err(error) => return Err(error),
        };
        {
            let mut state = shared.state();
            state.status.has_backup = tending.backup.is_some();
            state.status.backup = backup.as_ref().map_or(Seq::ZERO, |backup| backup.position().durable());
        }
        let mut work = Work { log: log.clone(), keys, tending, backup, shared: Arc::clone(&shared) };
        if let Some(error) = missing {
            work.tell(Err(error), Seq::ZERO);
        }
        let thread = thread::Builder::new().name(String::from("log-tender")).spawn(move || work.run());
        let thread = Some(thread.map_err(OpenError::io("starting the tender of", &dir))?);
        Ok(Tender { shared, log: log.clone(), thread })
    }

    /// How it goes.
    #[must_use]
    pub fn status(&self) -> TendStatus {
        let state = self.shared.state();
        let mut status = state.status.clone();
        status.backup_lag = state.behind_since.map_or(Duration::ZERO, |since| since.elapsed());
        if status.has_backup {
            status.backup_lag_records = self.log.durable().get().saturating_sub(status.backup.get());
        }
        status
    }
}

impl Drop for Tender {
    fn drop(&mut self) {
        self.shared.state().stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

struct Work {
    log: Log,
    keys: Arc<KeyStore>,
    tending: Tending,
    backup: Option<Backup>,
    shared: Arc<Shared>,
}

impl Work {
    fn run(&mut self) {
        let mut signed_at = Instant::now();
        loop {
            let stops = self.wait();
            if stops || signed_at.elapsed() >= self.tending.checkpoint_every {
                signed_at = Instant::now();
                self.sign();
            }
            self.follow();
            // What a very large log still lacks at a stop is copied at the next start.
            if stops {
                return;
            }
        }
    }

    /// Waits for its turn: at once where the backup has more to copy. Says whether it is the last.
    fn wait(&self) -> bool {
        let state = self.shared.state();
        let is_behind = state.behind_since.is_some() && state.status.backup_error.is_none();
        let pause = self.tending.backup_every.min(self.tending.checkpoint_every);
        let pause = if is_behind { Duration::ZERO } else { pause };
        let woken = self.shared.changed.wait_timeout_while(state, pause, |state| !state.stop);
        let (state, _) = woken.unwrap_or_else(PoisonError::into_inner);
        state.stop
    }

    fn sign(&mut self) {
        let signed = self.log.checkpoint(&self.keys);
        let known = self.shared.state().status.checkpoint_error.clone();
        self.report(signed.as_ref().err().map(|error| format!("a checkpoint: {error}")), known);
        let mut state = self.shared.state();
        match signed {
            Ok(signed) => {
                state.status.checkpoints_total += u64::from(signed.is_some());
                state.status.checkpoint_error = None;
            }
            Err(error) => {
                state.status.checkpoint_errors_total += 1;
                state.status.checkpoint_error = Some(format!("a checkpoint: {error}"));
            }
        }
    }

    fn follow(&mut self) {
        let Some(mut backup) = self.backup.take() else { return self.reopen() };
        let copied = self.turn(&mut backup);
        let at = backup.position().durable();
        let failed = copied.is_err();
        self.tell(copied, at);
        // What the copy holds after a failure is read from its files again.
        if !failed {
            self.backup = Some(backup);
        }
    }

    fn turn(&mut self, backup: &mut Backup) -> Result<bool, OpenError> {
        let end = self.log.position();
        let is_done = backup.copy(&end, TURN_BYTES)?;
        if is_done {
            backup.copy_checkpoints()?;
            if let (Some(beside), Some(to)) = (&mut self.tending.beside, &self.tending.backup) {
                beside().map_err(OpenError::io("copying what lies beside the log into", to))?;
            }
        }
        Ok(is_done)
    }

    /// Says a failure that was not said before.
    fn report(&mut self, error: Option<String>, known: Option<String>) {
        if let (Some(error), Some(failed)) =
            (error.filter(|error| known.as_ref() != Some(error)), &mut self.tending.failed)
        {
            failed(&error);
        }
    }

    fn tell(&mut self, copied: Result<bool, OpenError>, at: Seq) {
        let known = self.shared.state().status.backup_error.clone();
        self.report(copied.as_ref().err().map(|error| format!("the backup: {error}")), known);
        let mut state = self.shared.state();
        state.status.backup = at;
        match copied {
            Ok(is_done) => {
                state.status.backup_error = None;
                state.behind_since = if is_done { None } else { state.behind_since.or(Some(Instant::now())) };
            }
            Err(error) => {
                state.status.backup_errors_total += 1;
                state.status.backup_error = Some(format!("the backup: {error}"));
                state.behind_since = state.behind_since.or(Some(Instant::now()));
            }
        }
    }

    /// After a failure.
    fn reopen(&mut self) {
        let Some(to) = &self.tending.backup else { return };
        let now_us = SystemClock::new().now_us();
        match Backup::open(Arc::clone(&self.tending.disk), self.log.dir(), to, now_us) {
            Ok(backup) => {
                self.backup = Some(backup);
                self.follow();
            }
            Err(error) => {
                let at = self.shared.state().status.backup;
                self.tell(Err(error), at);
            }
        }
    }
}
