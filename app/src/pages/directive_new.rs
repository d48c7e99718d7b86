//! A directive is written: about which number or case, to whom, in which words, by when; looked at once more, then sent.

use std::sync::Arc;

use domain::dimension::Dimension;
use domain::directive::{CaseThen, Evidence, NumberThen, Wish};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use super::ready::when_ready;
use crate::address;
use crate::components::{
    Crumb, Crumbs, EvidenceThen, OperatorToken, Params, Refused, TextField, named, use_operator,
};
use crate::error::AppError;
use crate::functions::{Boot, Draft, issue_directive, load_draft};
use crate::live::{fresh_name, use_answer};
use crate::locale::use_lang;
use crate::text::directives::About;
use crate::text::{Lang, date, directives, metrics, number, words};

/// The limits that the form offers, in working days.
const DAYS: [u32; 5] = [1, 2, 3, 5, 10];
/// The limit that it begins with: that of pressing matters (583/QĐ-UBND Điều 9.6).
const DAYS_FIRST: u32 = 2;

/// The page.
#[component]
pub fn NewDirective() -> impl IntoView {
    let lang = use_lang();
    let location = use_location();
    // When the page is left the address is another page's already: what it says is no question of this one.
    let search = Memo::new(move |old: Option<&String>| {
        let is_here = location.pathname.with(|path| address::segments(path) == ["directives", "new"]);
        if is_here { location.search.get() } else { old.cloned().unwrap_or_default() }
    });
    let draft = use_answer(
        move || search.get(),
        |search| async move { load_draft(search.clone()).await.map(|draft| (search, draft)) },
    );
    view! {
        <main id="content" class="office page narrow">
            <Title text=format!("{} · {}", directives::DIRECTIVES.to(lang), words::PRODUCT)/>
            <Crumbs steps=vec![
                Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
                Crumb { name: directives::DIRECTIVES.to(lang).to_owned(), href: address::directives(&[]) },
                Crumb { name: directives::SEND.to(lang).to_owned(), href: String::new() },
            ]/>
            {when_ready(
                move || { draft.track(); async move { draft.await } },
                |boot: Arc<Boot>, (search, draft): (String, Draft)| view! { <Form boot search draft/> },
            )}
        </main>
    }
}

/// What is written.
#[derive(Clone, Copy)]
struct Fields {
    kind: RwSignal<String>,
    to: RwSignal<String>,
    text: RwSignal<String>,
    days: RwSignal<u32>,
}

#[component]
fn Form(boot: Arc<Boot>, search: String, draft: Draft) -> impl IntoView {
    let lang = use_lang();
    let params = address::pairs(&search);
    let kind = address::value(&params, "kind_of_act").filter(|kind| kind == "explanation_request");
    let kind = kind.unwrap_or_else(|| "urging".to_owned());
    let about = about(lang, &draft);
    let fields = Fields {
        text: RwSignal::new(directives::draft(lang, &kind, &about)),
        kind: RwSignal::new(kind),
        to: RwSignal::new(suggested(&params, &draft)),
        days: RwSignal::new(DAYS_FIRST),
    };
    let evidence = evidence(&draft);
    let reviewing = RwSignal::new(false);
    let sending = RwSignal::new(false);
    let error = RwSignal::new(None::<AppError>);
    let request = StoredValue::new(String::new());
    let operator = use_operator();
    let navigate = use_navigate();
    let about_what = StoredValue::new(about_what(&params));
    let review = move |event: SubmitEvent| {
        event.prevent_default();
        // One name for one act: sent again after a lost answer, it makes no second directive.
        request.set_value(fresh_name());
        error.set(None);
        reviewing.set(true);
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        if sending.get_untracked() {
            return;
        }
        let (case, query) = about_what.get_value();
        let wish = Wish {
            request: request.get_value(),
            kind: fields.kind.get_untracked(),
            to: fields.to.get_untracked(),
            text: fields.text.get_untracked(),
            working_days: Some(fields.days.get_untracked()),
            due: None,
            case,
            query,
        };
        sending.set(true);
        error.set(None);
        let (token, navigate) = (operator.get(), navigate.clone());
        leptos::task::spawn_local(async move {
            let sent = match serde_json::to_string(&wish) {
                Ok(wish) => issue_directive(token, wish).await,
                Err(_) => Err(AppError::unreachable()),
            };
            sending.try_set(false);
            match sent {
                Ok(view) => {
                    let to = address::directive(&view.directive);
                    navigate(&to, NavigateOptions { resolve: false, ..Default::default() });
                }
                Err(refused) => drop(error.try_set(Some(refused))),
            }
        });
    };
    let (booted, named_to) = (boot.clone(), boot.clone());
    let to_said =
        move || named(lang, &named_to, Dimension::Agency, Some(&fields.to.get())).unwrap_or_default();
    view! {
        <h1>{move || directives::kind(&fields.kind.get()).to(lang)}</h1>
        <h2>{directives::EVIDENCE.to(lang)}</h2>
        <EvidenceThen boot=boot.clone() evidence/>
        <noscript><p class="flags">{directives::NEEDS_SCRIPT.to(lang)}</p></noscript>
        <form class="sheet" on:submit=review hidden=move || reviewing.get()>
            <Kinds fields about/>
            <Agencies boot=booted fields/>
            <TextField label=directives::TEXT text=fields.text/>
            <Days fields/>
            <p><button type="submit" class="button">{directives::REVIEW.to(lang)}</button></p>
        </form>
        <Show when=move || reviewing.get()>
            <form class="sheet review" on:submit=send.clone() aria-labelledby="review-title">
                <h2 id="review-title">{directives::REVIEW_TITLE.to(lang)}</h2>
                <dl class="facts">
                    <dt>{directives::KIND.to(lang)}</dt>
                    <dd>{move || directives::kind(&fields.kind.get()).to(lang)}</dd>
                    <dt>{directives::TO.to(lang)}</dt>
                    <dd>{to_said.clone()}</dd>
                    <dt>{directives::TEXT.to(lang)}</dt>
                    <dd class="directive-text">{move || fields.text.get()}</dd>
                    <dt>{directives::DUE.to(lang)}</dt>
                    <dd>{move || directives::working_days(lang, fields.days.get())}</dd>
                </dl>
                <OperatorToken/>
                <Refused error/>
                <p class="acts">
                    <button type="submit" class="button strong" disabled=move || sending.get()>
                        {move || if sending.get() { directives::SENDING.to(lang) } else { directives::SEND.to(lang) }}
                    </button>
                    <button type="button" class="button" on:click=move |_| reviewing.set(false)>{directives::EDIT.to(lang)}</button>
                </p>
            </form>
        </Show>
    }
}

#[component]
fn Kinds(fields: Fields, about: About) -> impl IntoView {
    let lang = use_lang();
    let about = StoredValue::new(about);
    let radio = move |kind: &'static str| {
        let choose = move |_| {
            let draft = |kind: &str| about.with_value(|about| directives::draft(lang, kind, about));
            // Words that nobody has touched follow the choice.
            if fields.text.get_untracked() == draft(&fields.kind.get_untracked()) {
                fields.text.set(draft(kind));
            }
            fields.kind.set(kind.to_owned());
        };
        view! {
            <label class="choice">
                <input type="radio" name="kind" value=kind prop:checked=move || fields.kind.get() == kind checked=fields.kind.get_untracked() == kind on:change=choose/>
                {directives::kind(kind).to(lang)}
            </label>
        }
    };
    view! {
        <fieldset>
            <legend>{directives::KIND.to(lang)}</legend>
            {radio("urging")} {radio("explanation_request")}
        </fieldset>
    }
}

#[component]
fn Agencies(boot: Arc<Boot>, fields: Fields) -> impl IntoView {
    let lang = use_lang();
    let tree = boot.city.catalogue.tree(Dimension::Agency);
    let mut agencies: Vec<(String, String)> = tree
        .iter()
        .flat_map(|tree| tree.entries.iter())
        .map(|(code, entry)| (lang.of(&entry.label), code.clone()))
        .collect();
    agencies.sort();
    let chosen = fields.to.get_untracked();
    let option = |(name, code): (String, String)| {
        let is_chosen = code == chosen;
        view! { <option value=code selected=is_chosen>{name}</option> }
    };
    view! {
        <label class="field">
            <span>{directives::TO.to(lang)}</span>
            <select name="to" required=true on:change=move |event| fields.to.set(event_target_value(&event))>
                <option value="">{directives::CHOOSE.to(lang)}</option>
                {agencies.into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

#[component]
fn Days(fields: Fields) -> impl IntoView {
    let lang = use_lang();
    let radio = |days: u32| {
        view! {
            <label class="choice">
                <input type="radio" name="days" value=days.to_string() checked=fields.days.get_untracked() == days prop:checked=move || fields.days.get() == days on:change=move |_| fields.days.set(days)/>
                {directives::working_days(lang, days)}
            </label>
        }
    };
    view! {
        <fieldset>
            <legend>{directives::DUE.to(lang)}</legend>
            {DAYS.map(radio).collect_view()}
        </fieldset>
    }
}

fn about(lang: Lang, draft: &Draft) -> About {
    match (&draft.case, &draft.number) {
        (Some(case), _) => About::Case(case.case.clone()),
        (None, Some(receipt)) => About::Number(
            metrics::named(&receipt.metric, lang).to_owned(),
            format!("{}, {}", number::value(lang, &receipt.value), date::moment(lang, &receipt.at)),
        ),
        (None, None) => About::Number(String::new(), String::new()),
    }
}

/// The agency that the question or the case names, where it is one of the catalogue.
fn suggested(params: &Params, draft: &Draft) -> String {
    let held = draft.case.as_ref().and_then(|case| case.agency.clone());
    let asked = || address::value(params, "agency").map(|code| code.trim_start_matches('=').to_owned());
    held.or_else(asked).unwrap_or_default()
}

type Query = std::collections::BTreeMap<String, String>;

/// The case, or the number's question, that the address names.
fn about_what(params: &Params) -> (Option<String>, Option<Query>) {
    if let Some(case) = address::value(params, "case") {
        return (Some(case), None);
    }
    let is_asked = |key: &str| !["kind_of_act", "lang", "theme", "cursor"].contains(&key);
    (None, Some(params.iter().filter(|(key, _)| is_asked(key)).cloned().collect()))
}

/// What the directive will rest on, as it stands now.
fn evidence(draft: &Draft) -> Evidence {
    let number = draft.number.as_ref().map(|receipt| NumberThen {
        metric: receipt.metric.clone(),
        query: receipt.query.clone(),
        value: receipt.value.clone(),
        cases: receipt.cases.total,
        digest: receipt.digest.clone(),
    });
    let case = draft.case.as_ref().map(|case| CaseThen {
        case: case.case.clone(),
        status: case.status.clone(),
        agency: case.agency.clone(),
        timeliness: case.timeliness.clone(),
        due: case.due.clone(),
        rule: case.rule.clone(),
    });
    Evidence { seq: String::new(), at: draft.at.clone(), number, case }
}
