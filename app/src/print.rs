//! One key prints today's picture: P, on the office's pages, unless its reader has turned it off.

use leptos::ev::keydown;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::address;

/// Under what a reader's wish is kept.
#[cfg(feature = "hydrate")]
const KEY: &str = "print-key";

/// Whether the key prints.
#[cfg(feature = "hydrate")]
pub(crate) fn is_key_on() -> bool {
    crate::kept::read(KEY).unwrap_or(true)
}

/// Whether the key prints.
#[cfg(not(feature = "hydrate"))]
pub(crate) const fn is_key_on() -> bool {
    true
}

/// Turns the key on or off on this device.
#[cfg(feature = "hydrate")]
pub(crate) fn turn_key(on: bool) {
    crate::kept::write(KEY, &on);
}

/// Turns the key on or off on this device.
#[cfg(not(feature = "hydrate"))]
pub(crate) const fn turn_key(_: bool) {}

/// Opens the browser's own window for printing.
pub(crate) fn print() {
    // A browser that cannot print has nothing to say about it that its reader would not see.
    window().print().ok();
}

/// Prints at once where the address asks for it, as the key's does.
pub(crate) fn print_if_asked() {
    let search = window().location().search().unwrap_or_default();
    if address::value(&address::pairs(&search), "now").is_some() {
        request_animation_frame(print);
    }
}

/// Listens for the key on every page with the office's header.
pub(crate) fn listen() {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let handle = window_event_listener(keydown, move |event| {
            let has_modifier = event.ctrl_key() || event.alt_key() || event.meta_key();
            let is_key = event.key().eq_ignore_ascii_case("p") && !has_modifier && !event.repeat();
            if is_key && !is_typing() && is_key_on() {
                event.prevent_default();
                let to = format!("{}?now=1", address::today());
                navigate(&to, NavigateOptions { resolve: false, ..NavigateOptions::default() });
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Whether a letter is being written: it goes to its field.
fn is_typing() -> bool {
    let tag = document().active_element().map(|element| element.tag_name());
    tag.is_some_and(|tag| ["INPUT", "TEXTAREA", "SELECT"].contains(&tag.as_str()))
}
