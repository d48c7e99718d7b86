//! What stands above every page of the office: the name, the search box, the freshness, the notice.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Freshness, Notice, Search};
use crate::locale::use_lang;
use crate::pages::use_boot;
use crate::text::words;

/// The header; a wall has none.
#[component]
pub fn Chrome() -> impl IntoView {
    let path = use_location().pathname;
    let is_wall = Memo::new(move |_| path.with(|path| path.starts_with("/wall")));
    view! {
        <Show when=move || !is_wall.get()>
            <Header/>
        </Show>
    }
}

#[component]
fn Header() -> impl IntoView {
    let (lang, boot) = (use_lang(), use_boot());
    let location = use_location();
    let other = lang.other();
    // The same page in the other language; loaded whole, since every word of it changes.
    let switch = move || {
        let search = location.search.get();
        let mut params = crate::address::pairs(&search);
        params.retain(|(key, _)| key != "lang");
        params.push(("lang".to_owned(), other.code().to_owned()));
        format!("{}?{}", location.pathname.get(), crate::address::search(&params))
    };
    view! {
        <header class="top">
            <a class="brand" href="/">{words::PRODUCT}</a>
            <Search/>
            <nav class="pages" aria-label=words::PAGES.to(lang)>
                <a href="/map">{words::MAP.to(lang)}</a>
                <a href="/cases">{words::CASES.to(lang)}</a>
                <a class="to-wall" href="/wall/city-now" rel="external">{words::WALL.to(lang)}</a>
                <a href=switch rel="external" lang=other.code()>{other.name()}</a>
            </nav>
            <Suspense>
                {move || Suspend::new(async move {
                    boot.await.ok().map(|boot| {
                        let boot = Arc::new(boot);
                        view! { <Freshness boot=boot.clone()/> <Notice boot/> }
                    })
                })}
            </Suspense>
        </header>
    }
}
