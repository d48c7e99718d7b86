//! The look-up of a case by its code: typed, by a scanner that types, or by the camera. All lead to one address; the
//! box is a form, so it works before and without script.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use super::Scan;
use crate::address;
use crate::locale::use_lang;
use crate::text::public;

/// The code that the page's address asks for; empty where it asks for none.
#[must_use]
pub fn asked_code() -> Memo<String> {
    let search = use_location().search;
    Memo::new(move |_| {
        let pairs = search.with(|search| address::pairs(search));
        address::value(&pairs, "code").map(|code| code.trim().to_owned()).unwrap_or_default()
    })
}

/// The box and the camera.
#[component]
pub fn LookUpForm(
    /// The page that answers.
    #[prop(into)]
    action: Signal<String>,
    /// What is in the box.
    code: Memo<String>,
    /// What it is, for those who hear the page.
    label: &'static str,
    /// What to type.
    help: &'static str,
) -> impl IntoView {
    let (lang, navigate) = (use_lang(), use_navigate());
    let on_code = Callback::new(move |code: String| {
        let to = format!("{}?code={}", action.get_untracked(), address::encode(&code));
        navigate(&to, NavigateOptions { resolve: false, ..Default::default() });
    });
    view! {
        <form class="look-up" action=move || action.get() method="get" role="search" aria-label=label>
            <label class="field">
                <span>{public::CODE.to(lang)}</span>
                <input name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" enterkeyhint="search" maxlength="100" required prop:value=move || code.get() value=code.get_untracked()/>
            </label>
            <button type="submit" class="button strong">{public::SHOW.to(lang)}</button>
        </form>
        <p class="aside">{help}</p>
        <Scan on_code/>
    }
}
