//! Ways to split the same cases. Each is an address.

use std::borrow::Cow;

use leptos::prelude::*;

use crate::locale::use_lang;
use crate::text::words;

/// One way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// What people read.
    pub name: Cow<'static, str>,
    /// Its address.
    pub href: String,
    /// Whether it is the one that is shown.
    pub is_here: bool,
}

/// All ways.
#[component]
pub fn Tabs(
    /// In their order.
    tabs: Vec<Tab>,
    /// What they choose, where not how the cases are split.
    #[prop(optional)]
    name: Option<&'static str>,
) -> impl IntoView {
    let name = name.unwrap_or_else(|| words::SPLIT_BY.to(use_lang()));
    let tab = |tab: Tab| {
        let current = tab.is_here.then_some("page");
        view! { <li><a class="pill" href=tab.href aria-current=current data-noscroll="">{tab.name}</a></li> }
    };
    view! {
        <nav class="tabs" aria-label=name>
            <ul>{tabs.into_iter().map(tab).collect_view()}</ul>
        </nav>
    }
}
