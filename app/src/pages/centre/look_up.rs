//! The look-up of a case of the place: typed, by a scanner that types, or by the camera. All lead to the same
//! address.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_location, use_navigate};

use super::super::ready::when_ready;
use crate::address;
use crate::components::Scan;
use crate::functions::{Boot, CentreFound, load_centre_case};
use crate::live::use_answer;
use crate::locale::use_lang;
use crate::text::{centre, public};

/// The box and what was found.
#[component]
pub(super) fn LookUp(place: Memo<String>) -> impl IntoView {
    let (lang, search, navigate) = (use_lang(), use_location().search, use_navigate());
    let code = Memo::new(move |_| {
        let pairs = search.with(|search| address::pairs(search));
        address::value(&pairs, "code").map(|code| code.trim().to_owned()).unwrap_or_default()
    });
    let found = use_answer(
        move || (place.get(), code.get()),
        |(place, code)| async move { load_centre_case(place, code.clone()).await.map(|found| (code, found)) },
    );
    let on_code = Callback::new(move |code: String| {
        let to = format!("{}?code={}", address::centre(&place.get_untracked()), address::encode(&code));
        navigate(&to, NavigateOptions { resolve: false, ..Default::default() });
    });
    view! {
        <section class="of-case">
            <h2>{centre::LOOK_UP.to(lang)}</h2>
            <form class="look-up" action=move || address::centre(&place.get()) method="get" role="search" aria-label=centre::LOOK_UP.to(lang)>
                <label class="field">
                    <span>{public::CODE.to(lang)}</span>
                    <input name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" enterkeyhint="search" maxlength="100" required prop:value=move || code.get() value=code.get_untracked()/>
                </label>
                <button type="submit" class="button strong">{public::SHOW.to(lang)}</button>
            </form>
            <p class="aside">{centre::LOOK_UP_HELP.to(lang)}</p>
            <Scan on_code/>
            {when_ready(
                move || { found.track(); async move { found.await } },
                move |_: Arc<Boot>, (code, found): (String, CentreFound)| match found {
                    CentreFound::NotAsked => ().into_any(),
                    CentreFound::Here(code) => view! { <Redirect path=address::case(&code)/> }.into_any(),
                    CentreFound::NotHere => {
                        let href = format!("{}?code={}", address::at("/public/case"), address::encode(&code));
                        view! {
                            <div role="status" class="centre-not-here">
                                <p><b>{centre::NOT_HERE.to(lang)}</b></p>
                                <p>
                                    {centre::NOT_HERE_HELP.to(lang)} " "
                                    <a class="touch" href=href>{public::LOOK_UP_TITLE.to(lang)}</a>
                                </p>
                            </div>
                        }
                        .into_any()
                    }
                },
            )}
        </section>
    }
}
