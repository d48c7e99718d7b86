//! An address that leads nowhere.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::address;
use crate::locale::use_lang;
use crate::text::words;

/// The page of no page.
#[component]
pub fn NotFound() -> impl IntoView {
    let lang = use_lang();
    view! {
        <main id="content" class="office">
            <Title text=format!("{} · {}", words::NOT_FOUND.to(lang), words::PRODUCT)/>
            <div class="nothing">
                <h1 class="nothing-title">{words::NOT_FOUND.to(lang)}</h1>
                <p>{words::NOT_FOUND_HELP.to(lang)}</p>
                <p><a class="button" href=address::at("/")>{words::OVERVIEW.to(lang)}</a></p>
            </div>
        </main>
    }
}
