//! The browser's program: takes over the page that the server made.

// A page is one type, as deep as its markup; optimised builds look through all of it.
#![recursion_limit = "512"]

mod rescue;
mod turns;

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page, when the program has been loaded.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        rescue::rescue();
    }));
    stand_where_served();
    turns::take(|| async {
        leptos::mount::hydrate_from_async(leptos::tachys::dom::body(), app::App).await.forget();
    });
}

/// Under the path that the page says: addresses and questions begin with it.
fn stand_where_served() {
    let root = leptos::prelude::document().document_element();
    let base = root.and_then(|root| root.get_attribute("data-base")).unwrap_or_default();
    // Said once, at the only start of this program.
    if app::address::stand_under(&base).is_ok() {
        leptos::server_fn::client::set_server_url(app::address::base());
    }
}
