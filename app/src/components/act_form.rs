//! The fields that every act of leadership shares: its words, who acts, and why it was refused.

use domain::directive::TEXT_CHARS_MAX;
use leptos::prelude::*;

use crate::error::AppError;
use crate::locale::use_lang;
use crate::text::{Say, directives};

/// Who acts: a token that lives as long as the page and is kept nowhere.
#[derive(Clone, Copy)]
pub struct Operator(RwSignal<String>);

impl Operator {
    /// What was typed.
    #[must_use]
    pub fn get(self) -> String {
        self.0.get_untracked()
    }
}

/// Makes one field of the page know what another was told.
pub fn provide_operator() {
    provide_context(Operator(RwSignal::new(String::new())));
}

/// Who acts on this page.
#[must_use]
pub(crate) fn use_operator() -> Operator {
    use_context::<Operator>().unwrap_or_else(|| Operator(RwSignal::new(String::new())))
}

/// The token's field.
#[component]
pub fn OperatorToken() -> impl IntoView {
    let (lang, Operator(token)) = (use_lang(), use_operator());
    view! {
        <label class="field">
            <span>{directives::TOKEN.to(lang)}</span>
            <input type="password" name="token" autocomplete="off" required=true prop:value=move || token.get() on:input=move |event| token.set(event_target_value(&event))/>
            <span class="aside">{directives::TOKEN_HELP.to(lang)}</span>
        </label>
    }
}

/// The words of an act.
#[component]
pub fn TextField(
    /// What they are.
    label: Say,
    /// The words.
    text: RwSignal<String>,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <label class="field">
            <span>{label.to(lang)}</span>
            <textarea name="text" rows="4" required=true maxlength=TEXT_CHARS_MAX.to_string() prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))>
                {text.get_untracked()}
            </textarea>
            <span class="aside">{directives::TEXT_HELP.to(lang)}</span>
        </label>
    }
}

/// Why an act was not taken; nothing while it was not refused.
#[component]
pub fn Refused(
    /// Why.
    error: RwSignal<Option<AppError>>,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <div role="alert" class="refused">
            {move || error.get().map(|error| view! { <p>{directives::refusal(&error.0).to(lang)}</p> })}
        </div>
    }
}
