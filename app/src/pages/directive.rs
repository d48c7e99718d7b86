//! One directive: what was asked, what it rested on beside how that stands now, what was answered and decided.

use std::sync::Arc;

use domain::answer::{DirectiveStepView, DirectiveView};
use domain::dimension::Dimension;
use domain::directive::{AnswerWish, DecisionWish};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::ready::when_ready;
use crate::address;
use crate::components::{
    Crumb, Crumbs, EvidenceThen, OperatorToken, Refused, Stand, TextField, named, status_said, use_operator,
};
use crate::error::AppError;
use crate::functions::{
    Boot, EvidenceNow, answer_directive, decide_directive, load_directive, load_evidence_now,
};
use crate::live::{Answer, fresh_name, use_list, use_live};
use crate::locale::use_lang;
use crate::text::{Lang, date, directives, metrics, number, words};

/// A sending back gives so many working days.
const DAYS_AGAIN: u32 = 1;

type Found = Answer<String, Option<DirectiveView>>;

/// The page.
#[component]
pub fn Directive() -> impl IntoView {
    let path = use_location().pathname;
    let code = Memo::new(move |old: Option<&String>| {
        let parts = path.with(|path| address::segments(path));
        match parts.as_slice() {
            [place, code] if place == "directives" => code.clone(),
            _ => old.cloned().unwrap_or_default(),
        }
    });
    let found: Found = use_list(move || code.get(), load_directive);
    let now = use_list(move || code.get(), load_evidence_now);
    view! {
        <main id="content" class="office page case">
            <div class="main">
                {when_ready(
                    move || { found.track(); async move { found.await } },
                    move |boot: Arc<Boot>, view: Option<DirectiveView>| match view {
                        Some(view) => view! { <Told boot view found/> }.into_any(),
                        None => view! { <NoSuch code=code.get_untracked()/> }.into_any(),
                    },
                )}
            </div>
            <aside class="side evidence-side">
                {when_ready(
                    move || {
                        found.track();
                        async move { Ok(found.await?.map(|view| view.evidence)) }
                    },
                    |boot: Arc<Boot>, evidence| evidence.map(|evidence| {
                        let lang = use_lang();
                        view! {
                            <section>
                                <h2>{directives::EVIDENCE.to(lang)} ": " {directives::THEN.to(lang).to_lowercase()}</h2>
                                <EvidenceThen boot evidence/>
                            </section>
                        }
                    }),
                )}
                {when_ready(
                    move || { now.track(); async move { now.await } },
                    |boot: Arc<Boot>, now: EvidenceNow| view! { <Now boot now/> },
                )}
            </aside>
        </main>
    }
}

#[component]
fn Now(boot: Arc<Boot>, now: EvidenceNow) -> impl IntoView {
    let lang = use_lang();
    let at =
        (!now.at.is_empty()).then(|| format!("{} {}", words::AS_OF.to(lang), date::moment(lang, &now.at)));
    let said = match (&now.number, &now.case) {
        (Some((metric, value)), _) => view! {
            <p class="receipt-value">
                <span class="receipt-metric">{metrics::named(metric, lang)}</span>
                <strong class="figure">{number::value(lang, value)}</strong>
            </p>
        }
        .into_any(),
        (None, Some(case)) => {
            let holder = named(lang, &boot, Dimension::Agency, case.agency.as_deref());
            let shape = case.timeliness.as_deref().map(crate::components::Shape::of);
            view! {
                <p>
                    {shape.map(|shape| view! { <crate::components::Mark shape/> " " })}
                    {status_said(lang, &boot, &case.status)}
                    {holder.map(|holder| format!(" · {holder}"))}
                </p>
            }
            .into_any()
        }
        (None, None) => view! { <p class="aside">{directives::NOW_UNKNOWN.to(lang)}</p> }.into_any(),
    };
    view! {
        <section class="evidence">
            <h2>{directives::NOW.to(lang)}</h2>
            {said}
            {at.map(|at| view! { <p class="aside">{at}</p> })}
        </section>
    }
}

#[component]
fn Told(boot: Arc<Boot>, view: DirectiveView, found: Found) -> impl IntoView {
    let lang = use_lang();
    let at = use_live().at(&boot);
    let to = named(lang, &boot, Dimension::Agency, Some(&view.to)).unwrap_or_default();
    let title = format!("{}: {to}", directives::kind(&view.kind).to(lang));
    let code = view.directive.clone();
    let is_open = view.status != "closed";
    let steps = view.steps.iter().map(|step| said(lang, step)).collect_view();
    view! {
        <Title text=format!("{title} · {}", words::PRODUCT)/>
        <Crumbs steps=vec![
            Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
            Crumb { name: directives::DIRECTIVES.to(lang).to_owned(), href: address::directives(&[]) },
            Crumb { name: code.clone(), href: String::new() },
        ]/>
        <h1>{title}</h1>
        <p class="directive-stand figure">
            <Stand status=view.status.clone() due=view.due.clone() at/>
            {view.was_late.then(|| view! { " · " {directives::WAS_LATE.to(lang)} })}
        </p>
        <p class="brief directive-text">{view.text.clone()}</p>
        <dl class="facts">
            <dt>{directives::BY.to(lang)}</dt>
            <dd>{directives::by(&view.by, lang)}</dd>
            <dt>{directives::SENT_AT.to(lang)}</dt>
            <dd>{date::moment(lang, &view.issued_at)}</dd>
            <dt>{directives::DUE.to(lang)}</dt>
            <dd>{date::moment(lang, &view.due)}</dd>
        </dl>
        {(!view.steps.is_empty()).then(|| view! {
            <h2>{directives::STEPS.to(lang)}</h2>
            <ol class="story">{steps}</ol>
        })}
        {is_open.then(|| view! { <Acts code status=view.status.clone() found/> })}
    }
}

fn said(lang: Lang, step: &DirectiveStepView) -> impl IntoView + use<> {
    let class = if step.applied { "step" } else { "step ignored" };
    let due =
        step.due.as_deref().map(|due| format!("{}: {}", directives::DUE.to(lang), date::moment(lang, due)));
    view! {
        <li class=class>
            <time class="figure">{date::moment(lang, &step.at)}</time>
            <div>
                <p class="step-title">{directives::step(&step.step).to(lang)}</p>
                <p class="step-line directive-text">{step.text.clone()}</p>
                {due.map(|due| view! { <p class="step-line">{due}</p> })}
                {(!step.applied).then(|| view! { <p class="step-line">{directives::NOT_APPLIED.to(lang)}</p> })}
                <p class="step-line">{directives::by(&step.by, lang)}</p>
            </div>
        </li>
    }
}

/// What may be done.
#[derive(Clone, Copy)]
enum Act {
    Answer,
    Close,
    SendBack,
}

#[component]
fn Acts(code: String, status: String, found: Found) -> impl IntoView {
    let lang = use_lang();
    let text = RwSignal::new(String::new());
    let sending = RwSignal::new(false);
    let error = RwSignal::new(None::<AppError>);
    let request = StoredValue::new(fresh_name());
    let operator = use_operator();
    let is_answered = status == "answered";
    let form = NodeRef::<leptos::html::Form>::new();
    let act = move |act: Act| {
        let code = code.clone();
        move |event: MouseEvent| {
            event.prevent_default();
            // The browser says which field is missing, in the reader's language.
            let is_filled = form.get_untracked().is_some_and(|form| form.report_validity());
            if sending.get_untracked() || !is_filled {
                return;
            }
            sending.set(true);
            error.set(None);
            let (code, token) = (code.clone(), operator.get());
            let (request, text) = (request.get_value(), text.get_untracked());
            leptos::task::spawn_local(async move {
                let sent = send(act, token, code, request, text).await;
                sending.try_set(false);
                match sent {
                    Ok(()) => found.ask_again(),
                    Err(refused) => drop(error.try_set(Some(refused))),
                }
            });
        }
    };
    let (answer, close, back) = (act(Act::Answer), act(Act::Close), act(Act::SendBack));
    view! {
        <form class="sheet" node_ref=form on:submit=|event| event.prevent_default()>
            <h2>{if is_answered { directives::DECIDE } else { directives::ANSWER }.to(lang)}</h2>
            <TextField label=directives::TEXT text/>
            <OperatorToken/>
            <Refused error/>
            <p class="acts">
                {(!is_answered).then(|| view! {
                    <button type="button" class="button strong" disabled=move || sending.get() on:click=answer>{directives::ANSWER.to(lang)}</button>
                })}
                <button type="button" class="button" class:strong=is_answered disabled=move || sending.get() on:click=close>{directives::CLOSE.to(lang)}</button>
                {is_answered.then(|| view! {
                    <button type="button" class="button" disabled=move || sending.get() on:click=back>
                        {directives::SEND_BACK.to(lang)} " · " {directives::working_days(lang, DAYS_AGAIN)}
                    </button>
                })}
            </p>
            <noscript><p class="flags">{directives::NEEDS_SCRIPT.to(lang)}</p></noscript>
        </form>
    }
}

async fn send(act: Act, token: String, code: String, request: String, text: String) -> Result<(), AppError> {
    let unwritable = |_| AppError::unreachable();
    let sent = match act {
        Act::Answer => {
            let wish = serde_json::to_string(&AnswerWish { request, text }).map_err(unwritable)?;
            answer_directive(token, code, wish).await
        }
        Act::Close | Act::SendBack => {
            let is_back = matches!(act, Act::SendBack);
            let outcome = if is_back { "sent_back" } else { "closed" }.to_owned();
            let working_days = is_back.then_some(DAYS_AGAIN);
            let wish = DecisionWish { request, outcome, text, working_days, due: None };
            decide_directive(token, code, serde_json::to_string(&wish).map_err(unwritable)?).await
        }
    };
    sent.map(drop)
}

#[component]
fn NoSuch(code: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="nothing">
            <h1 class="nothing-title">{directives::NO_SUCH.to(lang)} ": " {code}</h1>
            <p><a class="button" href=address::directives(&[])>{directives::TITLE.to(lang)}</a></p>
        </div>
    }
}
