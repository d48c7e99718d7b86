//! Directives: the way to one from a number or a case, the rows of their list, and what each rests on.

use std::sync::Arc;

use domain::answer::DirectiveView;
use domain::dimension::Dimension;
use domain::directive::Evidence;
use leptos::prelude::*;

use super::case_rows::{due_text, named};
use super::conditions::{status_said, value_said};
use super::mark::{Mark, Shape};
use super::num::Params;
use crate::address;
use crate::functions::Boot;
use crate::live::use_live;
use crate::locale::use_lang;
use crate::text::{Lang, date, directives, metrics, number, words};

/// The ways to urge and to ask for an explanation, from a case or a number's receipt.
#[component]
pub fn DirectActions(
    /// `case=…`, or the parameters of a receipt.
    params: Params,
) -> impl IntoView {
    let lang = use_lang();
    let way = |kind: &str| {
        let mut with = params.clone();
        with.retain(|(key, _)| !["lang", "theme", "cursor", "kind_of_act"].contains(&key.as_str()));
        with.insert(0, ("kind_of_act".to_owned(), kind.to_owned()));
        address::new_directive(&with)
    };
    view! {
        <p class="acts" role="group" aria-label=directives::ACTIONS.to(lang)>
            <a class="button" href=way("urging")>{directives::URGE.to(lang)}</a>
            <a class="button" href=way("explanation_request")>{directives::EXPLAIN.to(lang)}</a>
        </p>
    }
}

/// The directives of a list.
#[component]
pub fn DirectiveRows(
    /// What names things.
    boot: Arc<Boot>,
    /// In the order of the answer.
    directives: Vec<DirectiveView>,
) -> impl IntoView {
    let at = use_live().at(&boot);
    let line = |directive| view! { <DirectiveLine boot=boot.clone() directive at/> };
    view! { <ul class="cases directives">{directives.into_iter().map(line).collect_view()}</ul> }
}

#[component]
fn DirectiveLine(boot: Arc<Boot>, directive: DirectiveView, at: Signal<String>) -> impl IntoView {
    let lang = use_lang();
    let to = named(lang, &boot, Dimension::Agency, Some(&directive.to)).unwrap_or_default();
    let sent = date::moment_beside(lang, &directive.issued_at, &boot.beat.at);
    let kind = directives::kind(&directive.kind).to(lang);
    let about = about(lang, &boot, &directive.evidence);
    view! {
        <li>
            <a class="case-line" href=address::directive(&directive.directive)>
                <span class="case-title">{to}</span>
                <span class="case-stand figure"><Stand status=directive.status.clone() due=directive.due.clone() at/></span>
                <span class="case-about">{kind} " · " {about}</span>
                <span class="case-place directive-text">{directive.text.clone()}</span>
                <span class="case-code">{directive.directive.clone()}</span>
                <time class="case-time figure">{sent}</time>
            </a>
        </li>
    }
}

/// Where a directive stands: a sign and a word, and how long is left. Its limit may run out while it is on the
/// screen.
#[component]
pub fn Stand(
    /// Its status.
    status: String,
    /// Its limit.
    due: String,
    /// The city's time.
    at: Signal<String>,
) -> impl IntoView {
    let lang = use_lang();
    let waits = ["open", "overdue"].contains(&status.as_str());
    let now = Memo::new(move |_| {
        let over = waits && at.with(|at| date::micros_between(at, &due)).is_some_and(|left| left < 0);
        let left = waits.then(|| at.with(|at| due_text(lang, &due, at)));
        let status = if over { "overdue".to_owned() } else { status.clone() };
        (status, left)
    });
    move || {
        let (status, left) = now.get();
        let shape = shape(&status);
        view! {
            {shape.map(|shape| view! { <Mark shape bare=true/> " " })}
            {directives::status(&status).to(lang)}
            {left.map(|left| format!(" · {left}"))}
        }
    }
}

/// Red is for what needs action: an answer that is overdue.
fn shape(status: &str) -> Option<Shape> {
    match status {
        "overdue" => Some(Shape::Overdue),
        "open" => Some(Shape::None),
        "answered" => Some(Shape::InTime),
        _ => None,
    }
}

/// What a directive is about, in a line.
#[must_use]
pub(crate) fn about(lang: Lang, boot: &Boot, evidence: &Evidence) -> String {
    if let Some(case) = &evidence.case {
        return format!("{} {}", words::CASES.to(lang), case.case);
    }
    let Some(then) = &evidence.number else { return String::new() };
    let scope = scope(lang, boot, evidence);
    let said = format!("{}: {}", metrics::named(&then.metric, lang), number::value(lang, &then.value));
    if scope.is_empty() { said } else { format!("{said} ({})", scope.join(" · ")) }
}

/// What a number was narrowed by, without its instants.
fn scope(lang: Lang, boot: &Boot, evidence: &Evidence) -> Vec<String> {
    let query = evidence.number.iter().flat_map(|then| &then.query);
    let narrows = |key: &str| !["metric", "from", "to", "at", "known_at", "rules"].contains(&key);
    query.filter(|(key, _)| narrows(key)).map(|(key, value)| value_said(lang, boot, key, value)).collect()
}

/// What a directive rests on, as it stood when it was sent.
#[component]
pub fn EvidenceThen(
    /// What names things.
    boot: Arc<Boot>,
    /// What it rests on.
    evidence: Evidence,
) -> impl IntoView {
    let lang = use_lang();
    let at = format!("{} {}", words::AS_OF.to(lang), date::moment(lang, &evidence.at));
    let number = evidence.number.clone().map(|then| {
        let scope = scope(lang, &boot, &evidence).join(" · ");
        let mut params: Params = then.query.clone().into_iter().collect();
        params.retain(|(key, _)| key != "metric");
        params.insert(0, ("metric".to_owned(), then.metric.clone()));
        if !params.iter().any(|(key, _)| key == "at" || key == "to") {
            params.push(("at".to_owned(), evidence.at.clone()));
        }
        view! {
            <p class="receipt-value">
                <span class="receipt-metric">{metrics::named(&then.metric, lang)}</span>
                <strong class="figure">{number::value(lang, &then.value)}</strong>
                {(!scope.is_empty()).then(|| view! { <span>{scope}</span> })}
                <span class="aside">{at.clone()}</span>
            </p>
            <p><a class="touch" href=address::receipt(&params)>{directives::RECEIPT_THEN.to(lang)}</a></p>
            <p class="digest">{words::DIGEST.to(lang)} ": " {then.digest}</p>
        }
    });
    let case = evidence.case.clone().map(|then| {
        let shape = then.timeliness.as_deref().map(Shape::of);
        let holder = named(lang, &boot, Dimension::Agency, then.agency.as_deref());
        view! {
            <p><a class="touch" href=address::case(&then.case)>{then.case.clone()}</a></p>
            <p>
                {shape.map(|shape| view! { <Mark shape/> " " })}
                {status_said(lang, &boot, &then.status)}
                {holder.map(|holder| format!(" · {holder}"))}
            </p>
            {then.due.map(|due| view! {
                <p>{words::DUE.to(lang)} ": " {date::moment(lang, &due)} {then.rule.map(|rule| format!(" · {}", super::clocks::rule(lang, &rule)))}</p>
            })}
            <p class="aside">{at.clone()}</p>
        }
    });
    view! { <div class="evidence">{number} {case}</div> }
}
