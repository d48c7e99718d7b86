//! People's duties in the operations centre: who, since when, what they noted, and what was handed over.

use std::sync::Arc;

use domain::Value;
use domain::answer::{DutyView, HandoverView};
use domain::directive::NumberThen;
use leptos::prelude::*;

use super::mark::{Mark, Shape};
use super::num::{Num, Params};
use crate::functions::Boot;
use crate::locale::use_lang;
use crate::text::{Lang, date, metrics, number, shift};

/// Who it is, as far as that is shown: a role, and the name where the reader may see it.
#[must_use]
pub(crate) fn who(lang: Lang, duty: &DutyView) -> String {
    let role = shift::role(&duty.role).to(lang);
    match &duty.person {
        Some(person) => format!("{role} · {person}"),
        None => role.to_owned(),
    }
}

/// What chooses a duty to act on.
pub type ChooseDuty = Callback<String>;

/// Duties between hairlines.
#[component]
pub fn Duties(
    /// What names things.
    boot: Arc<Boot>,
    /// In the order of the answer.
    duties: Vec<DutyView>,
    /// What chooses one; none where nothing can be done.
    act: Option<ChooseDuty>,
) -> impl IntoView {
    let line = |duty| view! { <DutyLine boot=boot.clone() duty act/> };
    view! { <ul class="alarms duties">{duties.into_iter().map(line).collect_view()}</ul> }
}

#[component]
fn DutyLine(boot: Arc<Boot>, duty: DutyView, act: Option<ChooseDuty>) -> impl IntoView {
    let lang = use_lang();
    let moment = |at: &str| date::moment_beside(lang, at, &boot.beat.at);
    let waits = duty.status == "handing_over";
    let shape = match duty.status.as_str() {
        "handing_over" => Shape::DueSoon,
        "on_duty" => Shape::InTime,
        _ => Shape::None,
    };
    let mut when = format!("{} {}", shift::SINCE.to(lang), moment(&duty.began_at));
    if let Some(ended) = &duty.ended_at {
        when = format!("{when} {} {}", shift::UNTIL.to(lang), moment(ended));
    }
    let notes = duty.notes.iter().map(|note| {
        view! {
            <li><time class="figure">{moment(&note.at)}</time> <span class="directive-text">{words(lang, &note.text)}</span></li>
        }
    });
    let notes = notes.collect_view();
    let has_notes = !duty.notes.is_empty();
    let ended = duty.reason.clone().map(|reason| {
        view! { <p class="alarm-handled">{shift::ENDED.to(lang)} ": " <span class="directive-text">{words(lang, &reason)}</span></p> }
    });
    let (name, code) = (who(lang, &duty), duty.duty.clone());
    let handover = duty.handover.map(|handover| view! { <Handed boot=boot.clone() handover waits/> });
    view! {
        <li class="alarm">
            <p class="alarm-title"><Mark shape bare=true/> " " {name} <span class="alarm-since figure">{when}</span></p>
            {has_notes.then(|| view! { <ul class="duty-notes" aria-label=shift::NOTES.to(lang)>{notes}</ul> })}
            {handover}
            {ended}
            {act.map(|choose| {
                let code = code.clone();
                view! { <p class="acts"><button type="button" class="button" on:click=move |_| choose.run(code.clone())>{shift::CHOOSE.to(lang)}</button></p> }
            })}
        </li>
    }
}

/// What somebody wrote; where it is withheld, that it is.
fn words(lang: crate::text::Lang, text: &str) -> String {
    if text.is_empty() { shift::WITHHELD.to(lang).to_owned() } else { text.to_owned() }
}

#[component]
fn Handed(boot: Arc<Boot>, handover: HandoverView, waits: bool) -> impl IntoView {
    let lang = use_lang();
    let moment = |at: &str| date::moment_beside(lang, at, &boot.beat.at);
    let stands = match &handover.accepted_at {
        Some(at) => format!("{} {}", shift::ACCEPTED.to(lang), moment(at)),
        None if waits => shift::WAITS.to(lang).to_owned(),
        None => String::new(),
    };
    let summary = handover.summary;
    let numbers = summary.numbers.into_iter().map(|then| view! { <Then then/> }).collect_view();
    let count = |label: &'static str, count: u64| {
        view! { <div><dt>{label}</dt><dd class="figure">{number::count(lang, i64::try_from(count).unwrap_or(i64::MAX))}</dd></div> }
    };
    view! {
        <div class="handover">
            <p><strong>{shift::HANDOVER.to(lang)}</strong> " " <span class="figure">{moment(&handover.at)}</span> {(!stands.is_empty()).then(|| format!(" · {stands}"))}</p>
            <p class="directive-text">{words(lang, &handover.text)}</p>
            <p class="aside">{shift::STOOD.to(lang)} ", " {date::moment(lang, &summary.at)}</p>
            <dl class="handover-numbers">
                {numbers}
                {count(shift::THEN_UNACKNOWLEDGED.to(lang), summary.unacknowledged)}
                {count(shift::THEN_ACKNOWLEDGED.to(lang), summary.acknowledged)}
                {count(shift::THEN_SHELVED.to(lang), summary.shelved)}
                {count(shift::THEN_DIRECTIVES.to(lang), summary.directives_overdue)}
            </dl>
        </div>
    }
}

/// A number as it stood then, with its receipt of then.
#[component]
fn Then(then: NumberThen) -> impl IntoView {
    let lang = use_lang();
    let label = metrics::named(&then.metric, lang);
    let mut params: Params = then.query.into_iter().filter(|(key, _)| key != "metric").collect();
    params.insert(0, ("metric".to_owned(), then.metric));
    let value = match then.value {
        Value::Int(value) => {
            view! { <Num value=Signal::stored(value) params at=Signal::stored(String::new()) label=label.clone()/> }.into_any()
        }
        other => view! { <span class="figure">{number::value(lang, &other)}</span> }.into_any(),
    };
    view! { <div><dt>{label}</dt><dd>{value}</dd></div> }
}
