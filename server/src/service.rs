//! What the system's service manager (systemd) is told: that the server answers, how far it has come in reading
//! its log, and, as long as the core goes on, that it lives. Without a manager nothing is told to nobody.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use sd_notify::NotifyState;

use crate::core::Core;

/// A core that has shown nothing new for so long stands still; ticks are far closer together.
const STILL: Duration = Duration::from_secs(10);
/// How often it is looked at where the manager wants no sign of life.
const LOOK: Duration = Duration::from_secs(1);

/// Says that the server answers, and gives signs of life for as long as its log is being opened: it never
/// ends by itself. A large log takes minutes; the server already answers with how far it is, and one that was
/// started anew would begin from nothing. A disk that hangs is not mended by starting again either.
pub async fn opening() -> Infallible {
    say(&[NotifyState::Ready, NotifyState::Status("opening the log")]);
    let pace = pace();
    loop {
        if sd_notify::watchdog_enabled().is_some() {
            say(&[NotifyState::Watchdog]);
        }
        tokio::time::sleep(pace).await;
    }
}

/// Goes on telling, from an open log to the end of the program.
pub async fn tell(core: Core) {
    let watchdog = sd_notify::watchdog_enabled();
    let pace = pace();
    let mut snapshots = core.watch();
    let (mut moved, mut said) = (Instant::now(), None);
    loop {
        tokio::time::sleep(pace).await;
        match snapshots.has_changed() {
            Ok(true) => moved = Instant::now(),
            Ok(false) => {}
            // The core has ended: the program is about to.
            Err(_) => return,
        }
        let rebuilding = snapshots.borrow_and_update().rebuilding;
        if said != Some(rebuilding) {
            let status =
                rebuilding.map_or_else(|| "live".to_owned(), |percent| format!("rebuilding, {percent} %"));
            say(&[NotifyState::Status(&status)]);
            said = Some(rebuilding);
        }
        // Reading a large log again shows something new at each hundredth only.
        if watchdog.is_some() && (rebuilding.is_some() || moved.elapsed() < STILL) {
            say(&[NotifyState::Watchdog]);
        }
    }
}

/// How often the core is looked at, and the manager told that it lives.
fn pace() -> Duration {
    sd_notify::watchdog_enabled().map_or(LOOK, |limit| (limit / 4).min(LOOK))
}

/// Says that it is going.
pub fn stopping() {
    say(&[NotifyState::Stopping]);
}

fn say(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager cannot be told");
    }
}
