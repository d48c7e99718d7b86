//! What taking over a page leaves to be done (every effect runs a first time) is done in turns, like the taking over
//! itself: between two of them the browser draws and hears the reader. Once nothing is left, work runs as it comes.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::task::Poll;

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use app::turns::{is_over, next_turn};

thread_local! {
    static IS_STARTING: Cell<bool> = const { Cell::new(false) };
    static LEFT: RefCell<VecDeque<PinnedLocalFuture<()>>> = const { RefCell::new(VecDeque::new()) };
}

/// Takes over the page by `start`, from the next turn on: this one made the program ready. What it leaves to be done
/// waits until the whole page is taken over, for nothing may change under it, and is then done in the order in which
/// it was left.
pub(crate) fn take<F: Future<Output = ()>>(start: impl FnOnce() -> F + 'static) {
    // Refused only where there is one already: then all of it runs as it comes.
    let has_turns = Executor::init_custom_executor(Turns).is_ok();
    wasm_bindgen_futures::spawn_local(async move {
        next_turn().await;
        IS_STARTING.set(has_turns);
        start().await;
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
    while !is_over() {
        let Some(mut future) = LEFT.with_borrow_mut(VecDeque::pop_front) else { return false };
        let is_done = poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await;
        if !is_done {
            // From here on it is woken like any other.
            wasm_bindgen_futures::spawn_local(future);
        }
    }
    true
}
