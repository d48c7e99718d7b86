//! The way from the city to here.

use leptos::prelude::*;

use crate::locale::use_lang;
use crate::text::words;

/// One step: what it is called and where it is. The last one is here and leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// What people read.
    pub name: String,
    /// Its address.
    pub href: String,
}

/// The steps, the city first.
#[component]
pub fn Crumbs(
    /// From the city down to here.
    steps: Vec<Crumb>,
) -> impl IntoView {
    let lang = use_lang();
    let last = steps.len().saturating_sub(1);
    let step = |(place, crumb): (usize, Crumb)| {
        if place == last {
            view! { <li aria-current="page">{crumb.name}</li> }.into_any()
        } else {
            view! { <li><a href=crumb.href>{crumb.name}</a></li> }.into_any()
        }
    };
    view! {
        <nav class="crumbs" aria-label=words::PATH.to(lang)>
            <ol>{steps.into_iter().enumerate().map(step).collect_view()}</ol>
        </nav>
    }
}
