//! The look-up of a case by its code.

use std::sync::Arc;

use domain::dimension::Dimension;
use domain::public::PublicCase;
use leptos::prelude::*;
use leptos_meta::Title;

use super::super::ready::when_ready;
use super::Head;
use crate::address;
use crate::components::{LookUpForm, Mark, Shape, asked_code, named};
use crate::functions::{Boot, load_public_case};
use crate::live::use_answer;
use crate::locale::use_lang;
use crate::text::lang::begun;
use crate::text::{Lang, date, public, words};

/// The page.
#[component]
pub fn PublicCasePage() -> impl IntoView {
    let (lang, code) = (use_lang(), asked_code());
    // Asked once: codes may not be asked for often.
    let found = use_answer(
        move || code.get(),
        |code| async move {
            match code.is_empty() {
                true => Ok((code, None)),
                false => load_public_case(code.clone()).await.map(|case| (code, case)),
            }
        },
    );
    view! {
        <main id="content" class="office page public narrow">
            <Head/>
            <Title text=format!("{} · {}", public::LOOK_UP_TITLE.to(lang), words::PRODUCT)/>
            <h1>{public::LOOK_UP_TITLE.to(lang)}</h1>
            <LookUpForm action=address::at("/public/case") code label=public::LOOK_UP_TITLE.to(lang) help=public::LOOK_UP_HELP.to(lang)/>
            {when_ready(
                move || { found.track(); async move { found.await } },
                move |boot: Arc<Boot>, (code, case): (String, Option<PublicCase>)| match case {
                    Some(case) => view! { <Stand boot case/> }.into_any(),
                    None if code.is_empty() => ().into_any(),
                    None => view! {
                        <section class="look-up-answer" role="status">
                            <h2>{public::NOT_SHOWN.to(lang)}</h2>
                            <p>{public::NOT_SHOWN_HELP.to(lang)}</p>
                        </section>
                    }.into_any(),
                },
            )}
        </main>
    }
}

/// How the case stands.
#[component]
fn Stand(boot: Arc<Boot>, case: PublicCase) -> impl IntoView {
    let lang = use_lang();
    let status = named(lang, &boot, Dimension::Status, Some(&case.status));
    let status = words::status(&case.status).map(|word| word.to(lang).to_owned()).or(status);
    let status = status.unwrap_or_else(|| public::OTHER_STATE.to(lang).to_owned());
    let stage = case.stage.as_ref().and_then(|stage| named(lang, &boot, Dimension::Stage, Some(stage)));
    let unit = case.unit.as_ref().map_or_else(|| public::NO_UNIT.to(lang).to_owned(), |unit| lang.of(unit));
    let due =
        case.due.as_ref().map_or_else(|| public::NO_DUE.to(lang).to_owned(), |due| date::moment(lang, due));
    let limit = limit(lang, &case);
    let fact = |word: &'static str, value: String| view! { <dt>{word}</dt><dd>{value}</dd> };
    view! {
        <section class="look-up-answer" role="status">
            <p class="case-code">{case.case.clone()}</p>
            <h2>{public::outcome(&case.outcome).to(lang)}</h2>
            <dl class="facts">
                {fact(public::STATUS.to(lang), begun(&status))}
                {stage.map(|stage| fact(public::STAGE.to(lang), stage))}
                {fact(public::UNIT.to(lang), unit)}
                {fact(public::RECEIVED_AT.to(lang), date::moment(lang, &case.received_at))}
                {fact(public::DUE.to(lang), due)}
                {limit}
                {case.resolved_at.as_ref().map(|at| fact(public::RESOLVED_AT.to(lang), date::moment(lang, at)))}
            </dl>
            <p class="aside">{format!("{} {}", words::AS_OF.to(lang), date::moment(lang, &case.at))}</p>
        </section>
    }
}

fn limit(lang: Lang, case: &PublicCase) -> Option<impl IntoView + use<>> {
    let code = case.timeliness.as_deref()?;
    let word = public::in_limit(&case.outcome, code)?;
    let shape = Shape::of(code);
    Some(view! {
        <dt>{public::IN_ITS_LIMIT.to(lang)}</dt>
        <dd><Mark shape bare=true/> " " {word.to(lang)}</dd>
    })
}
