//! The sheet of today: one moment of the city on at most two pages of A4, for when the screens are dark. It does not
//! move once it stands: paper does not either.

use std::sync::Arc;

use domain::answer::{AlarmPage, AlarmView, CaseRow, ContactView, DutyView, ShiftPage, Table};
use domain::dimension::Dimension;
use domain::metric::Metric;
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use super::ready::when_ready;
use super::wall::{Levels, UsualDay, usual_said};
use crate::components::{Mark, Notice, Shape, alarm_title, case_title, is_silent, named, use_operator, who};
use crate::functions::{Boot, load_today};
use crate::live::use_answer;
use crate::locale::use_lang;
use crate::table::sum;
use crate::text::{alarms, date, number, sentences, shift, today, words};

/// So many lines of each list have room on the sheet.
pub(crate) const LINES: usize = 8;

/// The numbers of the sheet: levels, and what moved since midnight.
#[cfg_attr(not(feature = "ssr"), allow(dead_code))] // The server fills the sheet.
pub(crate) const NUMBERS: [Metric; 8] = [
    Metric::Received,
    Metric::Open,
    Metric::DueSoon,
    Metric::Overdue,
    Metric::Resolved,
    Metric::ResolvedInTime,
    Metric::ResolvedExtended,
    Metric::ResolvedLate,
];

/// Everything on it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Today {
    /// The numbers, and the state that they are of.
    pub table: Table,
    /// What is usual of received and resolved.
    pub usual: [UsualDay; 2],
    /// The levels of the days before.
    pub levels: Levels,
    /// The longest overdue, one of each agency.
    pub longest: Vec<CaseRow>,
    /// For each of them, whom to call about it.
    #[serde(default)]
    pub contacts: Vec<Vec<ContactView>>,
    /// The alarms that stand.
    pub alarms: AlarmPage,
    /// Who is on duty.
    pub shift: ShiftPage,
}

/// The page.
#[component]
pub fn TodaySheet() -> impl IntoView {
    let lang = use_lang();
    let operator = use_operator();
    // Names are on it for whoever showed the token on this very page's program, and for nobody else.
    let found = use_answer(move || operator.get(), load_today);
    view! {
        <main id="content" class="office page today">
            <Title text=format!("{} · {}", today::TODAY.to(lang), words::PRODUCT)/>
            {when_ready(
                move || {
                    found.track();
                    async move { found.await }
                },
                |boot: Arc<Boot>, today: Today| view! { <Sheet boot today/> },
            )}
        </main>
    }
}

#[component]
fn Sheet(boot: Arc<Boot>, today: Today) -> impl IntoView {
    let lang = use_lang();
    let Today { table, usual, levels, longest, contacts, alarms, shift: on_duty } = today;
    let at = table.at.clone();
    let silent = is_silent(&boot).get_untracked();
    Effect::new(|_| crate::print::print_if_asked());
    view! {
        <header class="today-head">
            <p class="today-city">{lang.of(&boot.city.name)} " · " {words::PRODUCT}</p>
            <h1>{today::TODAY.to(lang)}</h1>
            <p class="figure">
                {words::AS_OF.to(lang)} " " <strong>{date::moment(lang, &at)}</strong> " · "
                {today::EVENTS_UP_TO.to(lang)} " " {table.seq.0}
            </p>
            <div class="print-only"><Notice boot=boot.clone()/></div>
            <PrintTools/>
        </header>
        <Numbers table usual levels silent/>
        <section>
            <h2>{today::LONGEST.to(lang)}</h2>
            <Late boot=boot.clone() longest contacts at=at.clone() silent/>
        </section>
        <section>
            <h2>{today::ALARMS.to(lang)}</h2>
            <Standing boot=boot.clone() alarms at=at.clone()/>
        </section>
        <section>
            <h2>{today::ON_DUTY.to(lang)}</h2>
            <People duties=on_duty.on_duty at/>
        </section>
        <section class="today-hand"><h2>{today::BY_HAND.to(lang)}</h2></section>
    }
}

/// The button, and which key does the same.
#[component]
fn PrintTools() -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="today-tools">
            <p class="acts"><button type="button" class="button strong" on:click=|_| crate::print::print()>{today::PRINT.to(lang)}</button></p>
            <p class="aside">{today::PRINT_HELP.to(lang)}</p>
        </div>
    }
}

#[component]
fn Numbers(table: Table, usual: [UsualDay; 2], levels: Levels, silent: bool) -> impl IntoView {
    let lang = use_lang();
    let of = |metric: Metric| sum(&table, metric);
    let then = |levels: Option<[i64; 3]>, place: usize| levels.map(|levels| levels[place]);
    let judged = [Metric::ResolvedInTime, Metric::ResolvedExtended, Metric::ResolvedLate];
    let judged: i64 = judged.into_iter().map(of).sum();
    let said = [
        (
            Metric::Received,
            words::RECEIVED_TODAY,
            None,
            usual_said(lang, &usual[0], of(Metric::Received), &table.at),
        ),
        (
            Metric::Open,
            words::OPEN,
            None,
            sentences::against_week(lang, of(Metric::Open), then(levels.week_ago, 0)),
        ),
        (
            Metric::DueSoon,
            words::DUE_SOON,
            Some(Shape::DueSoon),
            sentences::against_day(lang, of(Metric::DueSoon), then(levels.day_ago, 1)),
        ),
        (
            Metric::Overdue,
            words::OVERDUE,
            Some(Shape::Overdue),
            sentences::since_midnight(lang, of(Metric::Overdue), then(levels.midnight, 2)),
        ),
        (
            Metric::Resolved,
            words::RESOLVED_TODAY,
            Some(Shape::InTime),
            sentences::in_time_of(lang, of(Metric::ResolvedInTime), judged),
        ),
    ];
    let line = move |(metric, word, shape, said): (Metric, crate::text::Say, Option<Shape>, String)| {
        // Without a single event a zero would read as "all is well".
        let shown = if silent { number::NOTHING.to_owned() } else { number::count(lang, of(metric)) };
        let said = if silent { words::NO_SOURCE.to(lang).to_owned() } else { said };
        view! {
            <div>
                <h2>{shape.map(|shape| format!("{} ", shape.sign()))} {word.to(lang)}</h2>
                <p class="today-number figure">{shown}</p>
                <p class="today-said">{said}</p>
            </div>
        }
    };
    let lines: Vec<_> = said.into_iter().map(line).collect();
    view! { <section class="today-numbers">{lines}</section> }
}

#[component]
fn Late(
    boot: Arc<Boot>,
    longest: Vec<CaseRow>,
    contacts: Vec<Vec<ContactView>>,
    at: String,
    silent: bool,
) -> impl IntoView {
    let lang = use_lang();
    if longest.is_empty() {
        // That nothing is known is not that nothing is late.
        let none = if silent { words::NO_SOURCE } else { words::NONE_OVERDUE };
        return view! { <p>{none.to(lang)}</p> }.into_any();
    }
    let mut contacts = contacts.into_iter();
    let mut line = |case: CaseRow| {
        // One line of paper: the first way to reach each.
        let ways = contacts
            .next()
            .unwrap_or_default()
            .into_iter()
            .filter_map(|contact| contact.phone.or(contact.email));
        let ways = ways.collect::<Vec<_>>().join(" · ");
        let ways = (!ways.is_empty()).then(|| view! { <span class="today-call figure">{ways}</span> });
        let tree = boot.city.catalogue.tree(Dimension::Agency);
        let top = case.agency.as_deref();
        let top = top.map(|code| tree.map_or_else(|| code.to_owned(), |tree| tree.at_level(code, 1)));
        let holder = named(lang, &boot, Dimension::Agency, top.as_deref());
        let holder = holder.unwrap_or_else(|| words::NONE_GIVEN.to(lang).to_owned());
        let due = case.due.clone().unwrap_or_default();
        let over = date::micros_between(&due, &at).map(|over| number::rough(lang, over)).unwrap_or_default();
        view! {
            <tr>
                <th scope="row">{holder} {ways}</th>
                <td>{case_title(lang, &boot, &case)} " · " <span class="today-code">{case.case.clone()}</span></td>
                <td class="figure">{words::DUE.to(lang)} " " {date::moment(lang, &due)}</td>
                <td class="figure today-over">{Shape::Overdue.sign()} " " {over}</td>
            </tr>
        }
    };
    view! { <table class="today-table"><tbody>{longest.into_iter().map(&mut line).collect_view()}</tbody></table> }
        .into_any()
}

#[component]
fn Standing(boot: Arc<Boot>, alarms: AlarmPage, at: String) -> impl IntoView {
    let lang = use_lang();
    if alarms.alarms.is_empty() {
        return view! { <p>{today::NO_ALARMS.to(lang)}</p> }.into_any();
    }
    let more = alarms.total.saturating_sub(alarms.alarms.len() as u64);
    let line = |alarm: AlarmView| {
        let about = alarm.case.clone().or_else(|| alarm.source.clone()).unwrap_or_default();
        view! {
            <tr>
                <th scope="row">{alarm_title(lang, &boot, &alarm)}</th>
                <td><span class="today-code">{about}</span></td>
                <td>{alarms::priority(&alarm.priority).to(lang)} " · " {alarms::status(&alarm.status).to(lang)}</td>
                <td class="figure">{alarms::SINCE.to(lang)} " " {date::moment_beside(lang, &alarm.since, &at)}</td>
            </tr>
        }
    };
    view! {
        <table class="today-table"><tbody>{alarms.alarms.into_iter().map(line).collect_view()}</tbody></table>
        {(more > 0).then(|| view! { <p>{today::more(lang, more)}</p> })}
    }
    .into_any()
}

#[component]
fn People(duties: Vec<DutyView>, at: String) -> impl IntoView {
    let lang = use_lang();
    if duties.is_empty() {
        return view! { <p>{shift::NOBODY.to(lang)} ": " <span class="today-blank">{today::NAME_BY_HAND.to(lang)}</span></p> }.into_any();
    }
    let more = duties.len().saturating_sub(LINES) as u64;
    let line = |duty: DutyView| {
        let since = date::moment_beside(lang, &duty.began_at, &at);
        let waits = (duty.status == "handing_over").then(|| shift::WAITS.to(lang));
        let blank = duty
            .person
            .is_none()
            .then(|| view! { <span class="today-blank">{today::NAME_BY_HAND.to(lang)}</span> });
        let shape = if waits.is_some() { Shape::DueSoon } else { Shape::InTime };
        view! {
            <tr>
                <th scope="row"><Mark shape bare=true/> " " {who(lang, &duty)} " " {blank}</th>
                <td class="figure">{shift::SINCE.to(lang)} " " {since}</td>
                <td>{waits}</td>
            </tr>
        }
    };
    view! {
        <table class="today-table"><tbody>{duties.into_iter().take(LINES).map(line).collect_view()}</tbody></table>
        {(more > 0).then(|| view! { <p>{today::more(lang, more)}</p> })}
    }
    .into_any()
}
