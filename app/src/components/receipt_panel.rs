//! The receipt beside the page, opened from any number.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::HtmlElement;
use send_wrapper::SendWrapper;

use super::num::Params;
use super::receipt::ReceiptView;
use super::{Loading, Problem};
use crate::address;
use crate::functions::load_receipt;
use crate::locale::use_lang;
use crate::pages::use_boot;
use crate::text::words;

/// The parameters that fix an instant: a question that has one needs no other.
const FIXED: [&str; 2] = ["at", "to"];

/// Which receipt is open, by its query string.
#[derive(Clone, Copy)]
pub struct OpenReceipt(RwSignal<Option<String>>);

impl OpenReceipt {
    /// Opens the receipt of a number as it stood at an instant (empty: now).
    pub fn open(self, params: &Params, at: &str) {
        let mut params = params.clone();
        if !at.is_empty() && !params.iter().any(|(key, _)| FIXED.contains(&key.as_str())) {
            params.push(("at".to_owned(), at.to_owned()));
        }
        self.0.set(Some(address::search(&params)));
    }

    /// Opens another page of it.
    pub fn turn(self, search: String) {
        self.0.set(Some(search));
    }

    /// Whether it is open.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.0.with(Option::is_some)
    }

    /// Closes it.
    pub fn close(self) {
        self.0.set(None);
    }
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
    let (lang, receipt, boot) = (use_lang(), use_receipt(), use_boot());
    let asked = move || receipt.0.get();
    let answer = Resource::new(asked, |asked| async move {
        match asked {
            Some(params) => load_receipt(params.clone()).await.map(|receipt| Some((params, receipt))),
            None => Ok(None),
        }
    });
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
                <Suspense fallback=Loading>
                    {move || Suspend::new(async move {
                        match (answer.await, boot.await) {
                            (Ok(Some((params, found))), Ok(boot)) => {
                                let page = format!("/receipt?{params}");
                                view! {
                                    <ReceiptView boot=Arc::new(boot) receipt=found params=params on_turn=Callback::new(move |to| receipt.turn(to))/>
                                    <p><a class="button" href=page on:click=move |_| receipt.close()>{words::OPEN_AS_PAGE.to(lang)}</a></p>
                                }.into_any()
                            }
                            (Ok(None), _) => ().into_any(),
                            (Err(error), _) | (_, Err(error)) => view! { <Problem error/> }.into_any(),
                        }
                    })}
                </Suspense>
            </aside>
        </Show>
    }
}
