//! The last known picture for a reader without a connection: kept by the browser (`public/sw.js`), marked with the
//! instant that it is of, and as old as that from its first moment on.

/// Begins to keep pages of this version of the product. In the browser only, from an effect.
#[cfg(feature = "hydrate")]
pub fn keep_pictures(version: &str) {
    let version = version.to_owned();
    leptos::task::spawn_local(async move {
        platform::keep(crate::address::base(), &version).await;
    });
}

/// Begins to keep pages of this version of the product. In the browser only, from an effect.
#[cfg(not(feature = "hydrate"))]
pub const fn keep_pictures(_version: &str) {}

#[cfg(feature = "hydrate")]
pub(crate) use platform::kept_for_ms;

#[cfg(feature = "hydrate")]
mod platform {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen(module = "/js/offline.js")]
    extern "C" {
        #[wasm_bindgen(js_name = keepPictures)]
        pub(super) async fn keep(base: &str, version: &str);

        /// How old this page is, where it was kept; 0 for one that the server gave.
        #[wasm_bindgen(js_name = keptForMs)]
        pub(crate) fn kept_for_ms() -> f64;
    }
}
