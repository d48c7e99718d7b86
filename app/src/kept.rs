//! What this device keeps for its reader, by name, in the browser's own store. A browser that keeps
//! nothing, or whose store is full, reads nothing back: whoever keeps something says so.

#[cfg(feature = "hydrate")]
use serde::{Serialize, de::DeserializeOwned};

/// Before every name: other programs of the same host keep theirs in the same store.
#[cfg(feature = "hydrate")]
const OURS: &str = "toancanh-";

/// What was kept under a name; `None` where nothing was, or nothing of this kind.
#[cfg(feature = "hydrate")]
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> Option<T> {
    let store = leptos::prelude::window().local_storage().ok().flatten()?;
    let text = store.get_item(&format!("{OURS}{name}")).ok().flatten()?;
    serde_json::from_str(&text).ok()
}

/// Keeps something under a name, instead of what was there; whether it is kept.
#[cfg(feature = "hydrate")]
pub(crate) fn write<T: Serialize>(name: &str, what: &T) -> bool {
    let store = leptos::prelude::window().local_storage().ok().flatten();
    let text = serde_json::to_string(what).ok();
    match (store, text) {
        (Some(store), Some(text)) => store.set_item(&format!("{OURS}{name}"), &text).is_ok(),
        _ => false,
    }
}
