//! The keys of the office's pages, and the sheet that names them. They are letters alone, so each reader may switch
//! them off on this device (WCAG 2.2, success criterion 2.1.4); the sheet is reached without them too.

use leptos::html::Dialog;
use leptos::prelude::*;

use crate::address;
use crate::locale::use_lang;
use crate::text::keys::{self, KEYS};

/// The button with the sheet.
#[component]
pub fn Keys() -> impl IntoView {
    let lang = use_lang();
    let (sheet, is_on) = (NodeRef::<Dialog>::new(), RwSignal::new(true));
    Effect::new(move |_| platform::listen(sheet, is_on));
    let lines: Vec<_> =
        KEYS.iter().map(|(key, word)| view! { <dt><kbd>{*key}</kbd></dt><dd>{word.to(lang)}</dd> }).collect();
    view! {
        <button type="button" class="keys-button" data-key="?" aria-haspopup="dialog" aria-label=keys::TITLE.to(lang) title=keys::TITLE.to(lang) on:click=move |_| platform::open(sheet)>
            <span aria-hidden="true">"?"</span>
        </button>
        <dialog node_ref=sheet class="keys" aria-labelledby="keys-title">
            <h2 id="keys-title">{keys::TITLE.to(lang)}</h2>
            <dl>{lines}</dl>
            <label class="keys-switch">
                <input type="checkbox" prop:checked=move || is_on.get() on:change=move |event| platform::switch(is_on, event_target_checked(&event))/>
                <span>{keys::SWITCH.to(lang)}</span>
            </label>
            <p><a class="touch" data-key="p" href=format!("{}?now=1", address::today()) rel="external" on:click=move |_| platform::close(sheet)>{keys::TODAY.to(lang)}</a></p>
            <form method="dialog"><button class="button">{keys::CLOSE.to(lang)}</button></form>
        </dialog>
    }
}

#[cfg(feature = "hydrate")]
mod platform {
    use leptos::ev::{KeyboardEvent, keydown};
    use leptos::html::Dialog;
    use leptos::prelude::*;
    use leptos::wasm_bindgen::JsCast as _;
    use leptos::web_sys::HtmlElement;

    use crate::kept;

    /// Under which the choice is kept.
    const KEPT: &str = "keys";
    /// Where letters are written.
    const WRITTEN_IN: &str = "input, textarea, select, [contenteditable]";

    pub(super) fn listen(sheet: NodeRef<Dialog>, is_on: RwSignal<bool>) {
        is_on.set(kept::read(KEPT).unwrap_or(true));
        let handle = window_event_listener(keydown, move |event| {
            let is_listening = is_on.try_get_untracked() == Some(true);
            if is_listening && is_alone(&event) && !is_open(sheet) && press(&event.key()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    }

    /// No chord, not held down, not meant as text.
    fn is_alone(event: &KeyboardEvent) -> bool {
        let element = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
        let is_written = element.is_some_and(|element| element.closest(WRITTEN_IN).ok().flatten().is_some());
        !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.repeat() || is_written)
    }

    fn is_open(sheet: NodeRef<Dialog>) -> bool {
        sheet.try_get_untracked().flatten().is_some_and(|sheet| sheet.open())
    }

    /// Does what the key's own element does: whoever has the key says so in the document.
    fn press(key: &str) -> bool {
        let is_plain = key.chars().count() == 1 && !"\"\\".contains(key);
        let found = if is_plain {
            document().query_selector(&format!("[data-key=\"{key}\"]")).ok().flatten()
        } else {
            None
        };
        // What lies under an open receipt is out of reach.
        let there = found.filter(|element| element.closest("[inert]").ok().flatten().is_none());
        let Some(element) = there.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
            return false;
        };
        if element.matches("input").unwrap_or_default() {
            element.focus().ok();
        } else {
            element.click();
        }
        true
    }

    pub(super) fn open(sheet: NodeRef<Dialog>) {
        if let Some(sheet) = sheet.get_untracked() {
            // Refused only where it is open already.
            sheet.show_modal().ok();
        }
    }

    pub(super) fn close(sheet: NodeRef<Dialog>) {
        if let Some(sheet) = sheet.get_untracked() {
            sheet.close();
        }
    }

    pub(super) fn switch(is_on: RwSignal<bool>, to: bool) {
        is_on.set(to);
        // Where the browser keeps nothing, the choice lasts as long as the page.
        kept::write(KEPT, &to);
    }
}

#[cfg(not(feature = "hydrate"))]
mod platform {
    use leptos::html::Dialog;
    use leptos::prelude::*;

    pub(super) const fn listen(_sheet: NodeRef<Dialog>, _is_on: RwSignal<bool>) {}
    pub(super) const fn open(_sheet: NodeRef<Dialog>) {}
    pub(super) const fn close(_sheet: NodeRef<Dialog>) {}
    pub(super) const fn switch(_is_on: RwSignal<bool>, _to: bool) {}
}
