//! The receipt beside the page, opened from any number.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast as _, JsValue};
use leptos::web_sys::HtmlElement;
use leptos_router::hooks::use_location;
use send_wrapper::SendWrapper;

use super::num::{Params, pinned};
use super::receipt::ReceiptView;
use crate::address;
use crate::functions::{Boot, Explained, load_receipt};
use crate::live::use_answer;
use crate::locale::use_lang;
use crate::pages::ready::when_ready;
use crate::text::words;

/// Marks the entries of the browser's history that are a receipt over its page.
const ENTRY: &str = "receipt?";

/// Which receipt is open, by its query string. Opening it is a step of its own: back closes it.
#[derive(Clone, Copy)]
pub struct OpenReceipt(RwSignal<Option<String>>);

impl OpenReceipt {
    /// Opens the receipt of a number as it stood at an instant (empty: now).
    pub fn open(self, params: &Params, at: &str) {
        let search = address::search(&pinned(params, at));
        if let Ok(history) = window().history() {
            // The address is that of the page. Where it is refused the panel opens all the same.
            let _ = history.push_state(&entry(&search), "");
        }
        self.0.set(Some(search));
    }

    /// Opens another page of it.
    pub fn turn(self, search: String) {
        if let Ok(history) = window().history() {
            let _ = history.replace_state(&entry(&search), "");
        }
        self.0.set(Some(search));
    }

    /// Whether it is open.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.0.with(Option::is_some)
    }

    /// Closes it, and goes back to its page.
    pub fn close(self) {
        if self.0.get_untracked().is_none() {
            return;
        }
        self.0.set(None);
        if let (Some(_), Ok(history)) = (remembered(), window().history()) {
            let _ = history.back();
        }
    }

    /// Follows the browser's history: back and forward close and open it, and whatever else leaves
    /// the page takes it along.
    fn follow_history(self) {
        let location = use_location();
        let (path, search) = (location.pathname, location.search);
        let here = move || format!("{}?{}", path.get(), search.get());
        let came_to = StoredValue::new(String::new());
        Effect::new(move |before: Option<String>| {
            let now = here();
            if before.is_some_and(|before| before != now) && came_to.get_value() != now {
                self.0.set(None);
            }
            came_to.set_value(String::new());
            now
        });
        Effect::new(move |_| {
            // The page was loaded anew with its receipt open.
            if let Some(search) = remembered() {
                self.0.set(Some(search));
            }
            let handle = window_event_listener(leptos::ev::popstate, move |_| {
                let location = window().location();
                let (path, search) =
                    (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
                came_to.set_value(format!("{path}?{}", search.trim_start_matches('?')));
                self.0.set(remembered());
            });
            on_cleanup(move || handle.remove());
        });
    }
}

fn entry(search: &str) -> JsValue {
    JsValue::from_str(&format!("{ENTRY}{search}"))
}

/// The receipt of the history's present entry.
fn remembered() -> Option<String> {
    let state = window().history().ok()?.state().ok()?.as_string()?;
    state.strip_prefix(ENTRY).map(str::to_owned)
}

/// Makes the one panel of the page known to every number.
pub fn provide_receipt() {
    provide_context(OpenReceipt(RwSignal::new(None)));
}

/// The page's panel.
#[must_use]
pub(crate) fn use_receipt() -> OpenReceipt {
    use_context::<OpenReceipt>().unwrap_or_else(|| OpenReceipt(RwSignal::new(None)))
}

/// The panel itself; nothing while it is closed.
#[component]
pub fn ReceiptPanel() -> impl IntoView {
    let (lang, receipt) = (use_lang(), use_receipt());
    receipt.follow_history();
    let leave = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            receipt.close();
        }
    };
    let panel = NodeRef::<leptos::html::Aside>::new();
    // Not a local value: on the server it would be dropped on another thread than made it, and panic.
    let came_from = StoredValue::new(None::<SendWrapper<HtmlElement>>);
    Effect::new(move |_| {
        let focused =
            || document().active_element().and_then(|element| element.dyn_into().ok()).map(SendWrapper::new);
        match (receipt.is_open(), panel.get()) {
            (true, Some(panel)) => {
                came_from.set_value(focused());
                // What a keyboard does next is about the panel.
                panel.focus().ok();
            }
            // The number that was touched has the focus again.
            (false, _) => {
                if let Some(number) = came_from.try_update_value(Option::take).flatten() {
                    number.focus().ok();
                }
            }
            (true, None) => {}
        }
    });
    view! {
        <Show when=move || receipt.is_open()>
            <div class="veil" on:click=move |_| receipt.close()></div>
            <aside class="receipt-panel" role="dialog" aria-modal="true" aria-labelledby="receipt-title" tabindex="-1" node_ref=panel on:keydown=leave>
                <header class="panel-head">
                    <h2 id="receipt-title">{words::RECEIPT.to(lang)}</h2>
                    <button type="button" class="quiet" on:click=move |_| receipt.close()>{words::CLOSE.to(lang)}</button>
                </header>
                <Inside receipt/>
            </aside>
        </Show>
    }
}

/// The receipt itself, asked for when the panel opens.
#[component]
fn Inside(receipt: OpenReceipt) -> impl IntoView {
    let lang = use_lang();
    let answer = use_answer(
        move || receipt.0.get(),
        |asked| async move {
            match asked {
                Some(params) => load_receipt(params.clone()).await.map(|found| Some((params, found))),
                None => Ok(None),
            }
        },
    );
    when_ready(
        move || {
            answer.track();
            async move { answer.await }
        },
        move |boot: Arc<Boot>, found: Option<(String, Explained)>| {
            found.map(|(params, found)| {
                let page = format!("{}?{params}", crate::address::at("/receipt"));
                view! {
                    <ReceiptView boot found params=params on_turn=Callback::new(move |to| receipt.turn(to))/>
                    <p><a class="button" href=page>{words::OPEN_AS_PAGE.to(lang)}</a></p>
                }
            })
        },
    )
}
