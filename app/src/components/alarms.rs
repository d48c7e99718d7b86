//! Alarms: the lines of their list, and the panel of a wall.

use std::sync::Arc;

use domain::answer::{AlarmFlood, AlarmPage, AlarmView};
use domain::dimension::Dimension;
use leptos::prelude::*;

use super::case_rows::named;
use super::mark::{Mark, Shape};
use super::num::{Num, Params};
use crate::address;
use crate::functions::{Boot, load_wall_alarms};
use crate::live::use_list;
use crate::locale::use_lang;
use crate::pages::ready::when_ready;
use crate::text::{Lang, alarms, date, events, words};

/// The alarms that stand, for a wall: it asks for them itself, so that a scene need only place it. What people wrote,
/// and who, does not come with it. Acknowledged ones stay, quieter; shelved ones are counted.
#[component]
pub fn Alarms(
    /// How many lines there is room for.
    #[prop(default = 6)]
    limit: u32,
) -> impl IntoView {
    let found = use_list(move || limit, load_wall_alarms);
    when_ready(
        move || {
            found.track();
            async move { Ok(steady(found.await?)) }
        },
        move |boot: Arc<Boot>, page: AlarmPage| {
            let lang = use_lang();
            let is_empty = page.alarms.is_empty();
            let shown = page.alarms.iter().filter(|alarm| !alarm.in_flood).count() as u64;
            let hidden = page.flood.as_ref().map_or(0, |flood| flood.alarms);
            let more = page.total.saturating_sub(shown + hidden);
            view! {
                <section class="alarm-panel">
                    <h2>{alarms::ALARMS.to(lang)}</h2>
                    <p class="wall-under">{alarms::title(lang, page.unacknowledged)}</p>
                    {if is_empty {
                        view! { <p class="alarm-none"><Mark shape=Shape::InTime bare=true/> " " {alarms::NONE.to(lang)}</p> }.into_any()
                    } else {
                        view! { <AlarmLines boot page=page.clone() act=None/> }.into_any()
                    }}
                    {(more > 0).then(|| view! { <p class="wall-under">{alarms::more(lang, more)}</p> })}
                    <Rate page/>
                </section>
            }
        },
    )
}

/// The same page without what moves by itself: a list is made anew only where an alarm did something.
#[must_use]
pub(crate) fn steady(page: AlarmPage) -> AlarmPage {
    AlarmPage { seq: domain::Seq::default(), at: String::new(), ..page }
}

/// What chooses an alarm to act on.
pub type Choose = Callback<AlarmView>;

/// The lines; those of a flood stand as one.
#[component]
pub fn AlarmLines(
    /// What names things.
    boot: Arc<Boot>,
    /// The alarms.
    page: AlarmPage,
    /// What chooses one; none where nobody can.
    act: Option<Choose>,
) -> impl IntoView {
    let lang = use_lang();
    let (of_flood, others): (Vec<_>, Vec<_>) = page.alarms.into_iter().partition(|alarm| alarm.in_flood);
    let line = |alarm: AlarmView| view! { <AlarmLine boot=boot.clone() alarm act/> };
    let flood = page.flood.map(|flood| {
        let AlarmFlood { alarms, high, since } = flood;
        let shape = if high > 0 { Shape::Overdue } else { Shape::DueSoon };
        let inside = of_flood.into_iter().map(line).collect_view();
        let said = alarms::flood(lang, alarms, high);
        let since = format!("{} {}", alarms::SINCE.to(lang), date::moment_beside(lang, &since, &boot.beat.at));
        // On a wall nobody can open it.
        let head = view! { <Mark shape bare=true/> " " {said} <span class="alarm-since figure">{since}</span> };
        if act.is_some() {
            view! { <li class="alarm flood"><details><summary>{head}</summary><ul class="alarms">{inside}</ul></details></li> }
                .into_any()
        } else {
            view! { <li class="alarm flood"><p class="alarm-title">{head}</p></li> }.into_any()
        }
    });
    let others = others.into_iter().map(line).collect_view();
    view! { <ul class="alarms">{flood} {others}</ul> }
}

#[component]
fn AlarmLine(boot: Arc<Boot>, alarm: AlarmView, act: Option<Choose>) -> impl IntoView {
    let lang = use_lang();
    let shape = shape(&alarm);
    let title = alarm_title(lang, &boot, &alarm);
    let priority = alarms::priority(&alarm.priority).to(lang);
    let since = date::moment_beside(lang, &alarm.since, &boot.beat.at);
    let class = if alarm.status == "unacknowledged" { "alarm" } else { "alarm quiet" };
    let handled = handled(lang, &boot, &alarm);
    let advice = (act.is_some() && alarm.status != "cleared").then(|| alarms::advice(&alarm.kind).to(lang));
    let can = act.filter(|_| alarm.status != "cleared");
    let chosen = alarm.clone();
    let evidence = view! { <AlarmEvidence boot=boot.clone() alarm is_wall=act.is_none()/> };
    view! {
        <li class=class>
            <p class="alarm-title">
                <Mark shape bare=true/> " " {title}
                <span class="alarm-since figure">{priority} " · " {alarms::SINCE.to(lang)} " " {since}</span>
            </p>
            {evidence}
            {advice.map(|advice| view! { <p class="alarm-advice">{advice}</p> })}
            {handled.map(|handled| view! { <p class="alarm-handled">{handled}</p> })}
            {can.map(|choose| {
                let chosen = chosen.clone();
                view! {
                    <p class="acts"><button type="button" class="button" on:click=move |_| choose.run(chosen.clone())>{alarms::HANDLE.to(lang)}</button></p>
                }
            })}
        </li>
    }
}

/// Red is for what somebody must do now.
fn shape(alarm: &AlarmView) -> Shape {
    match (alarm.status.as_str(), alarm.priority.as_str()) {
        ("unacknowledged", "high") => Shape::Overdue,
        ("unacknowledged", "medium") => Shape::DueSoon,
        ("acknowledged", _) => Shape::InTime,
        _ => Shape::None,
    }
}

/// What is the matter, and with what.
#[must_use]
pub(crate) fn alarm_title(lang: Lang, boot: &Boot, alarm: &AlarmView) -> String {
    let action = alarm.action.as_deref().and_then(events::action).map(|say| say.to(lang).to_owned());
    let what = action.unwrap_or_else(|| alarms::kind(&alarm.kind).to(lang).to_owned());
    match of_what(lang, boot, alarm) {
        Some(of) => format!("{what}: {of}"),
        None => what,
    }
}

fn of_what(lang: Lang, boot: &Boot, alarm: &AlarmView) -> Option<String> {
    if let Some(query) = &alarm.query {
        let of = [Dimension::Field, Dimension::District].into_iter();
        return of
            .filter_map(|dimension| {
                named(lang, boot, dimension, query.get(dimension.name()).map(String::as_str))
            })
            .next();
    }
    if let Some(source) = &alarm.source {
        let label = boot.city.sources.get(source).map(|label| lang.of(label));
        return Some(label.unwrap_or_else(|| source.clone()));
    }
    named(lang, boot, Dimension::Agency, alarm.agency.as_deref()).or_else(|| alarm.case.clone())
}

/// What was done, in a line.
fn handled(lang: Lang, boot: &Boot, alarm: &AlarmView) -> Option<String> {
    let moment = |at: &str| date::moment_beside(lang, at, &boot.beat.at);
    let mut said = Vec::new();
    if let Some(act) = &alarm.acknowledged {
        said.push(format!("{} {}", alarms::ACKNOWLEDGED_AT.to(lang), moment(&act.at)));
        said.extend(Some(act.text.clone()).filter(|text| !text.is_empty()));
    }
    if let Some(act) = &alarm.shelved {
        let until = act.until.as_deref().map(moment).unwrap_or_default();
        said.push(format!("{} {until}", alarms::SHELVED_UNTIL.to(lang)));
        said.extend(Some(act.text.clone()).filter(|text| !text.is_empty()));
    }
    if let Some(at) = &alarm.cleared_at {
        said.push(format!("{} {}", alarms::CLEARED_AT.to(lang), moment(at)));
    }
    (!said.is_empty()).then(|| said.join(" · "))
}

/// What it rests on: a case with its limit and clause, a number with its receipt, a source.
#[component]
fn AlarmEvidence(boot: Arc<Boot>, alarm: AlarmView, is_wall: bool) -> impl IntoView {
    let lang = use_lang();
    let moment = |at: &str| date::moment_beside(lang, at, &boot.beat.at);
    if let (Some(query), Some(count)) = (alarm.query.clone(), alarm.count) {
        let params: Params = query.into_iter().collect();
        let usual = alarm.usual_max.map(|usual_max| alarms::usual(lang, usual_max));
        let number = if is_wall {
            view! { <strong class="figure">{count}</strong> }.into_any()
        } else {
            let label = words::RECEIVED_TODAY.to(lang);
            view! { <Num value=Signal::stored(i64::from(count)) params at=Signal::stored(String::new()) label/> }.into_any()
        };
        return view! { <p class="alarm-evidence">{words::RECEIVED_TODAY.to(lang)} ": " {number} {usual.map(|usual| format!(" · {usual}"))}</p> }
            .into_any();
    }
    if let Some(case) = alarm.case.clone() {
        let limit = alarm.due.as_deref().map(|due| format!(" · {} {}", alarms::DUE.to(lang), moment(due)));
        let clause = alarm.clause.as_deref().map(|clause| format!(" · {clause}"));
        let name = if is_wall {
            view! { <span>{case}</span> }.into_any()
        } else {
            view! { <a class="touch" href=address::case(&case)>{case.clone()}</a> }.into_any()
        };
        return view! { <p class="alarm-evidence">{alarms::CASE.to(lang)} " " {name} {limit} {clause}</p> }
            .into_any();
    }
    let heard = alarm.heard.as_deref().map(|heard| format!("{} {}", alarms::HEARD.to(lang), moment(heard)));
    heard.map(|heard| view! { <p class="alarm-evidence">{heard}</p> }).into_any()
}

/// How often we call.
#[component]
pub fn Rate(
    /// The alarms.
    page: AlarmPage,
) -> impl IntoView {
    let lang = use_lang();
    let rate = page.rate;
    view! {
        <p class="alarm-rate">
            {alarms::rate(lang, rate.raised, rate.acted_on, rate.unactionable)} " "
            {alarms::rate_target(lang, rate.raised_day)}
        </p>
    }
}
