//! A number that answers "why?": it leads to its receipt.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::mark::Shape;
use super::receipt_panel::use_receipt;
use crate::address;
use crate::locale::use_lang;
use crate::text::number::count;

/// The parameters of a question, in REST's words.
pub type Params = Vec<(String, String)>;

/// A touchable number. Without script it is a link to the receipt's page; with it, the receipt opens
/// beside it, pinned to the instant that the number stands at.
#[component]
pub fn Num(
    /// The number.
    #[prop(into)]
    value: Signal<i64>,
    /// Its question: one metric, ungrouped.
    params: Params,
    /// The instant that it stands at; empty is now.
    #[prop(into, optional)]
    at: Signal<String>,
    /// What it is the number of, for those who hear the page.
    #[prop(into)]
    label: String,
    /// The status whose sign stands before it.
    #[prop(optional)]
    shape: Option<Shape>,
    /// How it is written, where not as a count.
    #[prop(optional, into)]
    text: Option<Signal<String>>,
) -> impl IntoView {
    let (lang, receipt) = (use_lang(), use_receipt());
    let href = address::receipt(&params);
    let shown = move || text.map_or_else(|| count(lang, value.get()), |text| text.get());
    // A zero is not a reason for colour.
    let class = move || match shape {
        Some(shape) if value.get() > 0 => format!("num {}", shape.class()),
        Some(_) | None => "num".to_owned(),
    };
    let open = move |event: MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        receipt.open(&params, &at.get_untracked());
    };
    view! {
        <a class=class href=href on:click=open>
            <span class="unseen">{label} " "</span>
            {shape.map(|shape| view! { <span class="sign" aria-hidden="true">{shape.sign()}</span> })}
            <span class="figure">{shown}</span>
        </a>
    }
}
