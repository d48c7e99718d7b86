//! The switch in the header that takes the page in hand up among those that are followed, or lets it go.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::follow::{FOLLOWED_MAX, View, followed_path, use_followed};
use crate::locale::use_lang;
use crate::text::{follow, words};

/// The switch. The city's own page is always there: it has none.
#[component]
pub fn FollowSwitch() -> impl IntoView {
    let (lang, location, followed) = (use_lang(), use_location(), use_followed());
    let here = Memo::new(move |_| {
        location.pathname.with(|path| location.search.with(|search| followed_path(path, search)))
    });
    let views = followed.views();
    let is_followed = Memo::new(move |_| {
        here.with(|here| views.with(|views| views.iter().any(|view| Some(&view.path) == here.as_ref())))
    });
    let is_full = move || !is_followed.get() && views.with(|views| views.len() >= FOLLOWED_MAX);
    let toggle = move |_| {
        if let Some(path) = here.get_untracked() {
            let title = document().title();
            let title = title.strip_suffix(&format!(" · {}", words::PRODUCT)).unwrap_or(&title).to_owned();
            followed.toggle(View { path, title });
        }
    };
    view! {
        <Show when=move || here.with(Option::is_some)>
            <button type="button" class="follow" data-key="f" aria-pressed=move || is_followed.get().to_string() disabled=is_full
                aria-label=follow::FOLLOW.to(lang)
                title=move || if is_full() { follow::FULL } else { follow::FOLLOW }.to(lang) on:click=toggle>
                <span aria-hidden="true">{move || if is_followed.get() { "★" } else { "☆" }}</span>
            </button>
        </Show>
    }
}
