//! The socket in the browser: opened from effects only, kept for ever, taken back whole.

mod hub;
mod socket;
pub(super) mod stage;
mod timer;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use domain::wire::WireQuery;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use self::hub::Hub;
use super::{Signals, Sinks};
use crate::functions::Boot;

/// A beat comes each second. With this limit and [`CHECK_EVERY_MS`] a screen shows that it is stale
/// within three seconds of the last one.
const STALE_AFTER_MS: f64 = 2_100.0;
/// How often the age of the last beat is looked at.
const CHECK_EVERY_MS: i32 = 200;
/// A socket that has said nothing for so long only looks open.
const DEAD_AFTER_MS: f64 = 10_000.0;
/// The same where another server can be asked instead: with one try more, the page lives again within
/// five seconds of the last beat.
const DEAD_AMONG_OTHERS_AFTER_MS: f64 = 3_000.0;

#[derive(Clone, Copy)]
pub(super) struct Platform(StoredValue<Rc<RefCell<Hub>>, LocalStorage>);

impl Platform {
    pub(super) fn new(signals: Signals) -> Self {
        Self(StoredValue::new_local(Hub::shared(signals)))
    }

    pub(super) fn start(self, boot: &Boot) {
        self.0.with_value(|hub| Hub::start(hub, boot));
    }

    pub(super) fn thaw(self) {
        self.0.with_value(|hub| hub.borrow_mut().thaw());
    }

    pub(super) fn follow(self, query: Arc<WireQuery>, sinks: Sinks) -> Following {
        let id = self.0.with_value(|hub| hub.borrow_mut().follow(query, sinks));
        Following { platform: self, id }
    }
}

/// One question being followed.
pub(super) struct Following {
    platform: Platform,
    id: u32,
}

impl Following {
    pub(super) fn end(self) {
        // The page may be gone already, and the hub with it.
        self.platform.0.try_with_value(|hub| hub.borrow_mut().unfollow(self.id));
    }
}

/// Passes after a while.
pub(super) fn pause(ms: i32) -> impl Future<Output = ()> + Send {
    SendWrapper::new(timer::pause(ms))
}

/// Anywhere in [0, 1).
pub(super) fn chance() -> f64 {
    js_sys::Math::random()
}
