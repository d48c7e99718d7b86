//! The look-up of a case of the place.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::components::Redirect;

use super::super::ready::when_ready;
use crate::address;
use crate::components::{LookUpForm, asked_code};
use crate::functions::{Boot, CentreFound, load_centre_case};
use crate::live::use_answer;
use crate::locale::use_lang;
use crate::text::{centre, public};

/// The box and what was found.
#[component]
pub(super) fn LookUp(place: Memo<String>) -> impl IntoView {
    let (lang, code) = (use_lang(), asked_code());
    let found = use_answer(
        move || (place.get(), code.get()),
        |(place, code)| async move { load_centre_case(place, code.clone()).await.map(|found| (code, found)) },
    );
    view! {
        <section class="of-case">
            <h2>{centre::LOOK_UP.to(lang)}</h2>
            <LookUpForm action=Signal::derive(move || address::centre(&place.get())) code label=centre::LOOK_UP.to(lang) help=centre::LOOK_UP_HELP.to(lang)/>
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
