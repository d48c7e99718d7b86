//! What stands above every page of the office: the name, the search box, the freshness, the notice.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::HtmlElement;
use leptos_router::hooks::use_location;

use super::follow::FollowSwitch;
use super::keys::Keys;
use super::{Freshness, Notice, Search};
use crate::address;
use crate::locale::use_lang;
use crate::pages::use_boot;
use crate::text::words;
use crate::theme::{Shade, Theme};

/// The header; a wall has none, and what is for anybody has its own.
#[component]
pub fn Chrome() -> impl IntoView {
    let path = use_location().pathname;
    let has_none = Memo::new(move |_| path.with(|path| is_without_chrome(address::bare(path))));
    // Who moves on within the page goes on reading at the new page's beginning.
    Effect::new(move |old: Option<String>| {
        let now = path.get();
        if old.is_some_and(|old| old != now) {
            request_animation_frame(focus_page);
        }
        now
    });
    view! {
        <Show when=move || !has_none.get()>
            <Header/>
        </Show>
    }
}

/// Whether a page stands without the office's header, which leads to where only the office may go.
fn is_without_chrome(path: &str) -> bool {
    path.starts_with("/wall")
        || path == "/public"
        || path.starts_with("/public/")
        || (path.starts_with("/centre/") && path.ends_with("/lobby"))
}

fn focus_page() {
    let Some(main) = document().get_element_by_id("content") else { return };
    // Only to be read from, not a stop of its own.
    main.set_attribute("tabindex", "-1").ok();
    if let Some(main) = main.dyn_ref::<HtmlElement>() {
        main.focus().ok();
    }
}

#[component]
fn Header() -> impl IntoView {
    let (lang, boot) = (use_lang(), use_boot());
    let location = use_location();
    let other = lang.other();
    // The same page otherwise; loaded whole, since every word or every colour of it changes.
    let with = move |key: &'static str, value: &'static str| {
        let search = location.search.get();
        let mut params = address::pairs(&search);
        params.retain(|(other, _)| other != key);
        params.push((key.to_owned(), value.to_owned()));
        let path = location.pathname.with(|path| address::at(address::bare(path)));
        format!("{path}?{}", address::search(&params))
    };
    let switch = move || with("lang", other.code());
    let shade = Theme::Office.shade().other();
    let shade_word = match shade {
        Shade::Dark => words::SHADE_DARK,
        Shade::Light => words::SHADE_LIGHT,
    };
    let turn = move || with("theme", shade.name());
    view! {
        <header class="top">
            <a class="brand" data-key="h" href=address::at("/")>{words::PRODUCT}</a>
            <Search/>
            <FollowSwitch/>
            <nav class="pages" aria-label=words::PAGES.to(lang)>
                <a data-key="m" href=address::at("/map")>{words::MAP.to(lang)}</a>
                <a data-key="c" href=address::at("/cases")>{words::CASES.to(lang)}</a>
                // Loaded whole: its pages alone may use the camera.
                <a href=address::at("/centre") rel="external">{crate::text::centre::CENTRES.to(lang)}</a>
                <a data-key="a" href=address::alarms(None)>{crate::text::alarms::ALARMS.to(lang)}</a>
                <a href=address::at("/shift")>{crate::text::shift::SHIFT.to(lang)}</a>
                <a data-key="d" href=address::directives(&[])>{crate::text::directives::DIRECTIVES.to(lang)}</a>
                <a class="to-wall" href=address::at("/wall") rel="external">{words::WALL.to(lang)}</a>
                <a data-key="t" href=turn rel="external">{shade_word.to(lang)}</a>
                <a href=switch rel="external" lang=other.code()>{other.name()}</a>
                <Keys/>
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
