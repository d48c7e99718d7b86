//! Timers and listeners that are taken back when they are dropped.

use leptos::prelude::window;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// Calls again and again until it is dropped.
pub(super) struct Interval {
    id: i32,
    _call: Closure<dyn FnMut()>,
}

impl Interval {
    pub(super) fn new(every_ms: i32, call: impl FnMut() + 'static) -> Option<Self> {
        let call = Closure::<dyn FnMut()>::new(call);
        let id = window()
            .set_interval_with_callback_and_timeout_and_arguments_0(call.as_ref().unchecked_ref(), every_ms)
            .ok()?;
        Some(Self { id, _call: call })
    }
}

impl Drop for Interval {
    fn drop(&mut self) {
        window().clear_interval_with_handle(self.id);
    }
}

/// Calls once, unless it is dropped before.
pub(super) struct Timeout {
    id: i32,
    _call: Closure<dyn FnMut()>,
}

impl Timeout {
    pub(super) fn new(after_ms: f64, call: impl FnMut() + 'static) -> Option<Self> {
        let call = Closure::<dyn FnMut()>::new(call);
        #[allow(clippy::cast_possible_truncation)] // At most half a minute.
        let after_ms = after_ms as i32;
        let id = window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(call.as_ref().unchecked_ref(), after_ms)
            .ok()?;
        Some(Self { id, _call: call })
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        window().clear_timeout_with_handle(self.id);
    }
}

/// Waits. A browser that refuses a timer waits for ever.
pub(super) async fn pause(ms: i32) {
    let passes = js_sys::Promise::new(&mut |resolve, _| {
        window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms).ok();
    });
    wasm_bindgen_futures::JsFuture::from(passes).await.ok();
}

/// Listens to the window until it is dropped.
pub(super) struct Listener {
    event: &'static str,
    call: Closure<dyn FnMut()>,
}

impl Listener {
    pub(super) fn new(event: &'static str, call: impl FnMut() + 'static) -> Self {
        let call = Closure::<dyn FnMut()>::new(call);
        window().add_event_listener_with_callback(event, call.as_ref().unchecked_ref()).ok();
        Self { event, call }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        window().remove_event_listener_with_callback(self.event, self.call.as_ref().unchecked_ref()).ok();
    }
}
