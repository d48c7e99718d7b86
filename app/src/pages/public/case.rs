//! The look-up of a case by its code.

use std::sync::Arc;

use domain::dimension::Dimension;
use domain::public::PublicCase;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use super::super::ready::when_ready;
use super::Head;
use crate::address;
use crate::components::{Mark, Scan, Shape, named};
use crate::functions::{Boot, load_public_case};
use crate::live::use_answer;
use crate::locale::use_lang;
use crate::text::lang::begun;
use crate::text::{Lang, date, public, words};

/// The page. The box is a form: it works before and without script.
#[component]
pub fn PublicCasePage() -> impl IntoView {
    let (lang, search) = (use_lang(), use_location().search);
    let code = Memo::new(move |_| {
        let pairs = search.with(|search| address::pairs(search));
        address::value(&pairs, "code").map(|code| code.trim().to_owned()).unwrap_or_default()
    });
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
    let navigate = use_navigate();
    let on_code = Callback::new(move |code: String| {
        let to = format!("{}?code={}", address::at("/public/case"), address::encode(&code));
        navigate(&to, NavigateOptions { resolve: false, ..Default::default() });
    });
    view! {
        <main id="content" class="office page public narrow">
            <Head/>
            <Title text=format!("{} · {}", public::LOOK_UP_TITLE.to(lang), words::PRODUCT)/>
            <h1>{public::LOOK_UP_TITLE.to(lang)}</h1>
            <form class="look-up" action=address::at("/public/case") method="get" role="search">
                <label class="field">
                    <span>{public::CODE.to(lang)}</span>
                    <input name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" enterkeyhint="search" maxlength="100" required prop:value=move || code.get() value=code.get_untracked()/>
                </label>
                <button type="submit" class="button strong">{public::SHOW.to(lang)}</button>
            </form>
            <p class="aside">{public::LOOK_UP_HELP.to(lang)}</p>
            <Scan on_code/>
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
