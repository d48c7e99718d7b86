//! The last known picture for a reader without a connection: kept by the browser (`public/sw.js`), marked with the
//! instant that it is of, and as old as that from its first moment on.

/// Begins to keep pages. In the browser only, from an effect.
#[cfg(feature = "hydrate")]
pub fn keep_pictures() {
    leptos::task::spawn_local(async {
        platform::keep(crate::address::base()).await;
    });
}

/// Begins to keep pages. In the browser only, from an effect.
#[cfg(not(feature = "hydrate"))]
pub const fn keep_pictures() {}

#[cfg(feature = "hydrate")]
pub(crate) use platform::kept_for_ms;

#[cfg(feature = "hydrate")]
mod platform {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen(module = "/js/offline.js")]
    extern "C" {
        #[wasm_bindgen(js_name = keepPictures)]
        pub(super) async fn keep(base: &str);

        /// How old this page is, where it was kept; 0 for one that the server gave.
        #[wasm_bindgen(js_name = keptForMs)]
        pub(crate) fn kept_for_ms() -> f64;
    }
}
