//! The browser's program: takes over the page that the server made.

// A page is one type, as deep as its markup; optimised builds look through all of it.
#![recursion_limit = "512"]

mod rescue;

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page, when the program has been loaded.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        rescue::rescue();
    }));
    leptos::mount::hydrate_body(app::App);
}
