//! Where one was on a page before a link led away: back leads there again.

/// Begins to remember. In the browser only, from an effect.
#[cfg(feature = "hydrate")]
pub fn keep_places() {
    keep();
}

/// Begins to remember. In the browser only, from an effect.
#[cfg(not(feature = "hydrate"))]
pub const fn keep_places() {}

#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen(module = "/js/scroll.js")]
extern "C" {
    #[wasm_bindgen(js_name = keepPlaces)]
    fn keep();
}
