//! The server's twin of the socket: the same names, nothing behind them.

pub(super) mod stage;

use std::sync::Arc;

use domain::wire::WireQuery;

use super::{Signals, Sinks};
use crate::functions::Boot;

#[derive(Clone, Copy)]
pub(super) struct Platform;

/// Follows nothing.
pub(super) struct Following;

impl Platform {
    pub(super) fn new(signals: Signals) -> Self {
        let Signals {
            beat: _,
            link: _,
            age_secs: _,
            days_turned: _,
            returned: _,
            renewed: _,
            origin: _,
            frozen: _,
        } = signals;
        Self
    }

    pub(super) fn start(self, _boot: &Boot) {}

    pub(super) fn thaw(self) {}

    pub(super) fn follow(self, _query: Arc<WireQuery>, sinks: Sinks) -> Following {
        let Sinks { rows: _, refused: _ } = sinks;
        Following
    }
}

impl Following {
    pub(super) fn end(self) {}
}

/// Never passes: a server waits for its own numbers as long as they take.
pub(super) fn pause(_ms: i32) -> impl Future<Output = ()> + Send {
    std::future::pending()
}

/// Nothing is asked again here.
pub(super) const fn chance() -> f64 {
    0.0
}
