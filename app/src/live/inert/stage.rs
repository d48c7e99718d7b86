//! The server's twin of a device's socket.

use domain::screen::DeviceFrame;

use crate::live::stage::{How, Reply, StageSignals, Unreached};

/// Nobody is asked over the network here.
pub(in crate::live) async fn call(_path: &str, how: How) -> Result<Reply, Unreached> {
    drop(how);
    Err(Unreached)
}

pub(in crate::live) fn go_to(_path: &str) {}

pub(in crate::live) const fn of_page() -> (Option<u32>, u32, u32) {
    (None, 0, 0)
}

#[derive(Clone, Copy)]
pub(in crate::live) struct Wire;

impl Wire {
    pub(in crate::live) fn new(signals: StageSignals) -> Self {
        let StageSignals {
            linked: _,
            name: _,
            show: _,
            setting: _,
            freeze: _,
            walls: _,
            refused: _,
            is_out: _,
        } = signals;
        Self
    }

    pub(in crate::live) fn start(self) {}

    pub(in crate::live) const fn now_ms(self) -> i64 {
        0
    }

    pub(in crate::live) fn say(self, _frame: &DeviceFrame) {}
}
