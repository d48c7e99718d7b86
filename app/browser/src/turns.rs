//! What taking over a page leaves to be done (every effect runs a first time) is done in turns: between two of
//! them the browser draws and hears the reader. All at once it would keep both waiting for a tenth of a second
//! and more. Once nothing is left, work runs as it comes.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use leptos::prelude::window;
use web_sys::MessageChannel;

/// How long a turn takes others' time: less than a drawn frame.
const TURN_MS: f64 = 12.0;

thread_local! {
    static IS_STARTING: Cell<bool> = const { Cell::new(false) };
    static LEFT: RefCell<VecDeque<PinnedLocalFuture<()>>> = const { RefCell::new(VecDeque::new()) };
}

/// Takes over the page by `start`; what it leaves to be done is done in turns, in the order in which it was left.
pub(crate) fn take(start: impl FnOnce()) {
    // Refused only where there is one already: then all of it runs as it comes.
    let has_turns = Executor::init_custom_executor(Turns).is_ok();
    IS_STARTING.set(has_turns);
    start();
    wasm_bindgen_futures::spawn_local(async {
        while take_turn().await {
            next_turn().await;
        }
        IS_STARTING.set(false);
    });
}

struct Turns;

impl CustomExecutor for Turns {
    fn spawn(&self, future: PinnedFuture<()>) {
        self.spawn_local(future);
    }

    fn spawn_local(&self, future: PinnedLocalFuture<()>) {
        if IS_STARTING.get() {
            LEFT.with_borrow_mut(|left| left.push_back(future));
        } else {
            wasm_bindgen_futures::spawn_local(future);
        }
    }

    fn poll_local(&self) {}
}

/// Does what a turn has time for; whether anything is left.
async fn take_turn() -> bool {
    let begun = now_ms();
    while now_ms() - begun < TURN_MS {
        let Some(mut future) = LEFT.with_borrow_mut(VecDeque::pop_front) else { return false };
        let is_done = poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await;
        if !is_done {
            // From here on it is woken like any other.
            wasm_bindgen_futures::spawn_local(future);
        }
    }
    true
}

/// Passes once the browser has done what waited. A message, for timers are slowed down in pages that nobody sees.
async fn next_turn() {
    let Ok(channel) = MessageChannel::new() else { return };
    let passes = js_sys::Promise::new(&mut |resolve, _| {
        channel.port1().set_onmessage(Some(&resolve));
        channel.port2().post_message(&wasm_bindgen::JsValue::NULL).ok();
    });
    wasm_bindgen_futures::JsFuture::from(passes).await.ok();
    channel.port1().close();
}

fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}
