//! The search box: a form, so that it works before and without script. A whole case code leads to
//! its case, words to a list.

use leptos::prelude::*;

use crate::locale::use_lang;
use crate::text::words;

/// The box in the header.
#[component]
pub fn Search() -> impl IntoView {
    let lang = use_lang();
    view! {
        <form class="search" action=crate::address::at("/cases") method="get" role="search">
            <input type="search" name="q" data-key="/" autocomplete="off" enterkeyhint="search" aria-label=words::SEARCH.to(lang) placeholder=words::SEARCH.to(lang)/>
            <button type="submit" class="unseen" tabindex="-1">{words::SEARCH_BUTTON.to(lang)}</button>
        </form>
    }
}
