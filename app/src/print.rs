//! Today's picture on paper. Its key is one of [`crate::components::Keys`].

use leptos::prelude::*;

use crate::address;

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
