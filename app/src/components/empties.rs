//! The four pictures of nothing: no data, no right, still loading, failed. Each says what to do.

use domain::Seq;
use leptos::prelude::*;

use crate::address;
use crate::error::AppError;
use crate::functions::Boot;
use crate::live::use_live;
use crate::locale::use_lang;
use crate::text::{Say, words};

/// Nothing matches.
#[component]
pub fn Empty(
    /// What to do about it, where no condition is set.
    #[prop(optional)]
    help: Option<Say>,
) -> impl IntoView {
    let lang = use_lang();
    let help = help.unwrap_or(words::EMPTY_HELP);
    view! {
        <div class="nothing empty">
            <svg viewBox="0 0 48 48" aria-hidden="true"><path class="line" d="M24 5 40 14v20L24 43 8 34V14Z"/></svg>
            <p class="nothing-title">{words::EMPTY.to(lang)}</p>
            <p>{help.to(lang)}</p>
        </div>
    }
}

/// Whether no event has ever come: then no number of the city means anything yet.
pub(crate) fn is_silent(boot: &Boot) -> Signal<bool> {
    let beat = use_live().beat(boot);
    Memo::new(move |_| beat.with(|beat| beat.seq == Seq::default())).into()
}

/// No event has ever come: no number of the city means anything yet.
#[component]
pub fn NoSource() -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="nothing no-source">
            <svg viewBox="0 0 48 48" aria-hidden="true">
                <path class="line" d="M24 30v11M14 24a14 14 0 0 1 20 0M8 17a22 22 0 0 1 32 0"/>
            </svg>
            <p class="nothing-title">{words::NO_SOURCE.to(lang)}</p>
            <p>{words::NO_SOURCE_HELP.to(lang)}</p>
        </div>
    }
}

/// The reader lacks the right.
#[component]
pub fn Forbidden() -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="nothing forbidden">
            <svg viewBox="0 0 48 48" aria-hidden="true">
                <path class="line" d="M12 22h24v19H12ZM16 22v-6a8 8 0 0 1 16 0v6"/>
            </svg>
            <p class="nothing-title">{words::FORBIDDEN.to(lang)}</p>
            <p>{words::FORBIDDEN_HELP.to(lang)}</p>
        </div>
    }
}

/// The answer is on its way.
#[component]
pub fn Loading() -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="nothing loading" role="status">
            <svg viewBox="0 0 48 48" aria-hidden="true">
                <path class="line faint" d="M24 5 40 14v20L24 43 8 34V14Z"/>
                <path class="line runs" d="M24 5 40 14v20"/>
            </svg>
            <p class="nothing-title">{words::LOADING.to(lang)}</p>
            <p>{words::LOADING_HELP.to(lang)}</p>
        </div>
    }
}

/// Something went wrong: what, and what can be done about it.
#[component]
pub fn Failed(
    /// Why.
    error: AppError,
) -> impl IntoView {
    let lang = use_lang();
    // Where asking again cannot help, the way leads elsewhere.
    let way = if error.is_passing() {
        // A full load: whatever is wrong with this page's state goes with it.
        view! { <a class="button" href="" rel="external">{words::RETRY.to(lang)}</a> }.into_any()
    } else {
        view! { <a class="button" href=address::at("/")>{words::OVERVIEW.to(lang)}</a> }.into_any()
    };
    let at_fault = error.0.parameter.as_deref().map(|name| {
        let word = words::parameter(name).map_or(name, |say| say.to(lang));
        view! { <p class="aside">{word.to_owned()}</p> }
    });
    view! {
        <div class="nothing failed" role="alert">
            <svg viewBox="0 0 48 48" aria-hidden="true">
                <path class="line" d="M24 6 44 41H4ZM24 19v11M24 34v3"/>
            </svg>
            <p class="nothing-title">{error.what().to(lang)}</p>
            <p>{error.remedy().to(lang)}</p>
            {at_fault}
            <p>{way}</p>
        </div>
    }
}

/// The picture for what a page was refused.
#[component]
pub fn Problem(
    /// Why.
    error: AppError,
) -> impl IntoView {
    if error.is_forbidden() {
        view! { <Forbidden/> }.into_any()
    } else {
        view! { <Failed error/> }.into_any()
    }
}
