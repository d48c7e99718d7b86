//! When the program itself fails, its numbers stand still. A screen must never show them as if they
//! were live, nor wait for a person: it grows pale at once and loads itself anew.

use wasm_bindgen::{JsCast, JsValue};

/// After so long the page is loaded anew: long enough not to flood a server that is the cause.
const RELOAD_AFTER_MS: i32 = 5_000;

/// Marks the page as stale and lets the browser, which needs nothing of this program for it, load
/// it again.
pub(crate) fn rescue() {
    let Some(window) = web_sys::window() else {
        return;
    };
    if let Some(screen) =
        window.document().and_then(|document| document.query_selector(".screen").ok().flatten())
    {
        // Without the mark the reload still comes.
        let _ = screen.class_list().add_1("stale");
    }
    let location = window.location();
    let reload = js_sys::Reflect::get(&location, &JsValue::from_str("reload")).ok();
    if let Some(reload) = reload.and_then(|reload| reload.dyn_into::<js_sys::Function>().ok()) {
        let reload = reload.bind0(&location);
        // A browser that refuses a timer leaves the page pale.
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&reload, RELOAD_AFTER_MS);
    }
}
