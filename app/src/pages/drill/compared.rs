//! The page's cases split as its table is, a period beside the one before it.

use std::sync::Arc;

use domain::metric::Metric;
use leptos::prelude::*;

use super::scope::{By, Scope};
use super::{About, ask, rows, sorting, tabs, whole_href};
use crate::address;
use crate::ask::Ask;
use crate::components::{COMPARE_METRICS, CompareTable, Period, Sort, Span, Tab, Tabs};
use crate::functions::{Boot, First};
use crate::live;
use crate::locale::use_lang;
use crate::pages::ready::when_ready;
use crate::text::{Lang, compare};

/// The choice of a period; `here` is the one that is shown.
pub(super) fn periods(lang: Lang, scope: &Scope, by: By, here: Option<Period>) -> impl IntoView + use<> {
    let tab = |period: Option<Period>| {
        let mut params = vec![("by".to_owned(), by.slug().to_owned())];
        params.extend(period.map(Period::param));
        let name = period.map_or(compare::NOW, Period::name).to(lang);
        Tab {
            name: name.into(),
            href: format!("{}?{}", scope.href(), address::search(&params)),
            is_here: period == here,
        }
    };
    let all = std::iter::once(None).chain(Period::ALL.map(Some)).map(tab).collect();
    view! { <div class="periods"><Tabs tabs=all name=compare::COMPARE.to(lang)/></div> }
}

/// The tabs and the table of two periods.
#[component]
pub(super) fn Compared(
    scope: Memo<Scope>,
    by: Memo<By>,
    is_whole: Memo<bool>,
    sort: Memo<Option<Sort>>,
    period: Period,
) -> impl IntoView {
    let lang = use_lang();
    let split = move |ask: Ask| by.get().split(scope.get().narrow(ask)).query();
    let [now, before] = period.bounds();
    let flows = move |(from, to): (String, String)| {
        live::use_fixed(ask(move || split(Ask::of(&COMPARE_METRICS).with("from", &from).with("to", &to))))
    };
    let level =
        move |at: String| live::use_fixed(ask(move || split(Ask::of(&[Metric::Overdue]).with("at", &at))));
    let (now_level, before_level) = (level(now.1.clone()), level(before.1.clone()));
    let (now_flows, before_flows) = (flows(now), flows(before));
    when_ready(
        move || {
            let about = (scope.get(), by.get(), is_whole.get(), sort.get());
            let firsts = [now_flows.first(), now_level.first(), before_flows.first(), before_level.first()];
            async move {
                let [a, b, c, d] = firsts;
                Ok((about, [a.await?, b.await?, c.await?, d.await?]))
            }
        },
        move |boot: Arc<Boot>, ((scope, by, is_whole, sort), firsts): (About, [First; 4])| {
            let [now_flows, now_level, before_flows, before_level] = firsts;
            let (now, before) = (span(now_flows, now_level), span(before_flows, before_level));
            let mut sorting = sorting(&scope, by, is_whole, sort);
            sorting.params.push(period.param());
            let whole_href = whole_href(&sorting);
            let ways = tabs(lang, &boot, &scope, by, Some(period));
            let choice = periods(lang, &scope, by, Some(period));
            let rows = rows(lang, boot, scope, by);
            view! {
                <Tabs tabs=ways/>
                {choice}
                <CompareTable now before rows is_whole whole_href sorting/>
            }
        },
    )
}

/// A period by the days that the server filled in.
fn span(flows: First, level: First) -> Span {
    let day = |key: &str| flows.query.filter.get(key).cloned().unwrap_or_default();
    Span { from: day("from"), to: day("to"), flows: flows.table, level: level.table }
}
