//! The drill-down: the city and everything below it down to the list of cases, each level with its
//! finding as the title, the brief in prose, one table, and the longest overdue beside it.

mod scope;

use std::sync::Arc;

use domain::answer::CasePage;
use domain::metric::Metric;
use domain::query::Query;
use domain::wire::WireQuery;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use self::scope::{By, Scope};
use super::ready::{when_booted, when_ready};
use crate::address;
use crate::ask::Ask;
use crate::components::{
    Brief, BriefTables, CaseRows, Crumbs, DAY_METRICS, DayTable, Longest, Params, Rows, StoryTable, Tab,
    Tables, Tabs,
};
use crate::functions::{Boot, First, load_cases};
use crate::live::{self, use_list, use_table, without_instant};
use crate::locale::use_lang;
use crate::map::HexMap;
use crate::table::{column, sum};
use crate::text::sentences::{self, Unit};
use crate::text::{Lang, number, words};
use crate::theme::Theme;

/// How many of the longest overdue stand beside the table.
const LATE_ROWS: usize = 5;
/// How a case that is open may stand in its limit.
const OPEN: &str = "in_time,due_soon,overdue,no_deadline";
/// How many of the worst the title sums up.
const WORST: usize = 3;

/// A page of the drill-down.
#[component]
pub fn Drill() -> impl IntoView {
    let location = use_location();
    // A page that is being left keeps what it was about.
    let scope = Memo::new(move |old: Option<&Scope>| {
        location.pathname.with(|path| Scope::from_path(path)).or_else(|| old.cloned()).unwrap_or_default()
    });
    let by = Memo::new(move |_| location.search.with(|search| By::asked(&scope.get(), search)));
    let is_whole = Memo::new(move |_| {
        location
            .search
            .with(|search| address::value(&address::pairs(search), "rows").as_deref() == Some("all"))
    });
    view! {
        <main id="content" class="office page drill">
            <div class="main">
                <Head scope/>
                <Split scope by is_whole/>
                <CasesHere scope/>
            </div>
            <aside class="side">
                <SmallMap scope/>
                <Late scope/>
            </aside>
        </main>
    }
}

fn ask(make: impl Fn() -> WireQuery + Send + Sync + 'static) -> Signal<WireQuery> {
    Memo::new(move |_| make()).into()
}

/// Crumbs, title and brief.
#[component]
fn Head(scope: Memo<Scope>) -> impl IntoView {
    let lang = use_lang();
    let today = use_table(ask(move || {
        let metrics = [
            Metric::Received,
            Metric::Resolved,
            Metric::ResolvedInTime,
            Metric::ResolvedExtended,
            Metric::ResolvedLate,
        ];
        scope.get().narrow(Ask::of(&metrics)).query()
    }));
    let now = use_table(ask(move || {
        let metrics = [Metric::Open, Metric::DueSoon, Metric::Overdue];
        scope.get().narrow(Ask::of(&metrics).by("agency:1")).query()
    }));
    let midnight = live::use_fixed(ask(move || {
        scope.get().narrow(Ask::of(&[Metric::Overdue]).by("agency:1").with("at", "today")).query()
    }));
    when_ready(
        move || {
            let (scope, firsts) = (scope.get(), (today.first(), now.first(), midnight.first()));
            async move { Ok((scope, firsts.0.await?, firsts.1.await?, firsts.2.await?)) }
        },
        move |boot: Arc<Boot>,
              (scope, today_first, now_first, midnight_first): (Scope, First, First, First)| {
            let tables = BriefTables {
                today: today.rows(today_first),
                now: now.rows(now_first),
                midnight: midnight.rows(midnight_first),
            };
            let name = scope.name(lang, &boot);
            let title = Memo::new(move |_| title(lang, name.as_deref(), tables));
            let names = boot.clone();
            let agency = Arc::new(move |code: &str| {
                let label = names.city.catalogue.label(domain::dimension::Dimension::Agency, code);
                (lang.of(&label), address::agency(code))
            });
            view! {
                <Title text=move || format!("{} · {}", title.get(), words::PRODUCT)/>
                <Crumbs steps=scope.crumbs(lang, &boot)/>
                <h1>{title}</h1>
                <Brief tables params=scope.params() agency/>
            }
        },
    )
}

fn title(lang: Lang, name: Option<&str>, tables: BriefTables) -> String {
    let (overdue, open, worst, of) = tables.now.with(|table| {
        let overdue = column(table, Metric::Overdue);
        let mut each: Vec<i64> =
            table.rows.iter().map(|row| overdue.of(row)).filter(|number| *number > 0).collect();
        each.sort_unstable_by(|a, b| b.cmp(a));
        each.truncate(WORST);
        (sum(table, Metric::Overdue), sum(table, Metric::Open), each.iter().sum::<i64>(), each.len())
    });
    let finding = sentences::finding(lang, overdue, open, worst, of, Unit::Agencies);
    name.map_or(finding.clone(), |name| format!("{name}: {finding}"))
}

/// The tabs and the table.
#[component]
fn Split(scope: Memo<Scope>, by: Memo<By>, is_whole: Memo<bool>) -> impl IntoView {
    let lang = use_lang();
    let split = move |ask: Ask| by.get().split(scope.get().narrow(ask)).query();
    let stock = use_table(ask(move || {
        split(Ask::of(&[Metric::Open, Metric::InTime, Metric::DueSoon, Metric::Overdue, Metric::NoDeadline]))
    }));
    let resolved = use_table(ask(move || {
        let metrics = [Metric::ResolvedInTime, Metric::ResolvedExtended, Metric::ResolvedLate];
        split(Ask::of(&metrics).with("from", "today-29d"))
    }));
    let days = use_table(ask(move || match by.get() {
        By::Day => {
            scope.get().narrow(Ask::of(&DAY_METRICS)).with("from", "today-29d").with("bucket", "day").query()
        }
        _ => {
            let received = Ask::of(&[Metric::Received]).with("from", "today-14d").with("to", "today");
            split(received.with("bucket", "day"))
        }
    }));
    when_ready(
        move || {
            let about = (scope.get(), by.get(), is_whole.get());
            let firsts = (stock.first(), resolved.first(), days.first());
            async move { Ok((about, [firsts.0.await?, firsts.1.await?, firsts.2.await?])) }
        },
        move |boot: Arc<Boot>, ((scope, by, is_whole), firsts): ((Scope, By, bool), [First; 3])| {
            let [stock_first, resolved_first, days_first] = firsts;
            let days = days.rows(days_first);
            let tabs = view! { <Tabs tabs=tabs(lang, &boot, &scope, by)/> };
            if by == By::Day {
                return view! { {tabs} <DayTable table=days params=scope.params()/> }.into_any();
            }
            let tables = Tables {
                stock: stock.rows(stock_first),
                resolved: resolved.rows(resolved_first),
                fortnight: days,
            };
            let whole_href = format!("{}?by={}&rows=all", scope.href(), by.slug());
            view! { {tabs} <StoryTable tables rows=rows(lang, boot, scope, by) is_whole whole_href/> }
                .into_any()
        },
    )
}

/// The open cases themselves, where the way down ends.
#[component]
fn CasesHere(scope: Memo<Scope>) -> impl IntoView {
    let lang = use_lang();
    let asked = move || {
        let scope = scope.get();
        scope.is_deepest().then(|| {
            let mut params = scope.params();
            params.push(("timeliness".to_owned(), OPEN.to_owned()));
            params.push(("sort".to_owned(), "due".to_owned()));
            params
        })
    };
    let cases = use_list(asked, |params| async move {
        match params {
            Some(params) => load_cases(address::search(&params)).await.map(|page| Some((params, page))),
            None => Ok(None),
        }
    });
    when_ready(
        move || {
            cases.track();
            async move { Ok(cases.await?.map(|(params, page)| (params, without_instant(page)))) }
        },
        move |boot: Arc<Boot>, found: Option<(Params, CasePage)>| {
            found.map(|(params, page)| {
                let more = page.next.is_some().then(|| {
                    let text = format!(
                        "{} ({})",
                        words::LIST_CASES.to(lang),
                        number::count(lang, i64::try_from(page.total).unwrap_or(i64::MAX))
                    );
                    view! { <p class="more"><a class="button" href=address::cases(&params)>{text}</a></p> }
                });
                view! { <h2>{words::CASES_HERE.to(lang)}</h2> <CaseRows boot cases=page.cases/> {more} }
            })
        },
    )
}

/// The map of the page's cases; a tapped hexagon opens its own.
#[component]
fn SmallMap(scope: Memo<Scope>) -> impl IntoView {
    let query = Memo::new(move |_| {
        let query = Query::of(Metric::Open);
        scope.get().codes().into_iter().fold(query, |query, (dimension, code)| query.only(dimension, code))
    });
    let navigate = use_navigate();
    let on_cell = Callback::new(move |cell: String| {
        navigate(&address::cell(&cell, &scope.get_untracked().params()), NavigateOptions::default());
    });
    when_booted(
        move |boot: Arc<Boot>| view! { <HexMap query theme=Theme::Office on_cell city=boot.city.clone()/> },
    )
}

/// Who is latest here.
#[component]
fn Late(scope: Memo<Scope>) -> impl IntoView {
    let lang = use_lang();
    let asked = move || {
        let mut params = scope.get().params();
        params.push(("timeliness".to_owned(), "overdue".to_owned()));
        params.push(("sort".to_owned(), "due".to_owned()));
        params.push(("limit".to_owned(), LATE_ROWS.to_string()));
        params
    };
    let late = use_list(asked, |params| async move { load_cases(address::search(&params)).await });
    view! {
        <section class="late-panel">
            <h2>{words::LONGEST.to(lang)}</h2>
            {when_ready(
                move || {
                    late.track();
                    async move { late.await.map(without_instant) }
                },
                |boot: Arc<Boot>, page: CasePage| view! { <Longest boot cases=page.cases/> },
            )}
        </section>
    }
}

fn tabs(lang: Lang, boot: &Boot, scope: &Scope, here: By) -> Vec<Tab> {
    let tab = |by: &By| Tab {
        name: by.tab(lang, boot).into(),
        href: format!("{}?by={}", scope.href(), by.slug()),
        is_here: *by == here,
    };
    scope.ways_in(boot, here).iter().map(tab).collect()
}

fn rows(lang: Lang, boot: Arc<Boot>, scope: Scope, by: By) -> Rows {
    let heading = by.heading(lang, &boot);
    let scope = Arc::new(scope);
    let (gathering, naming, leading) = (scope.clone(), scope.clone(), scope.clone());
    let (codes, names) = (boot.clone(), boot);
    Rows {
        heading,
        gather: Arc::new(move |code| gathering.row(by, &codes.city.catalogue, code)),
        name: Arc::new(move |code| row_name(lang, &names, &naming, by, code)),
        href: Arc::new(move |code| leading.down(by, code)),
        params: Arc::new(move |code| scope.narrowed(by, code)),
    }
}

/// What people read for a row; of cases at the page's own code where others say a finer one, that they
/// say none.
fn row_name(lang: Lang, boot: &Boot, scope: &Scope, by: By, code: &str) -> String {
    let catalogue = &boot.city.catalogue;
    let Some(dimension) = by.dimension() else { return code.to_owned() };
    let name = lang.of(&catalogue.label(dimension, code));
    let has_finer = || catalogue.tree(dimension).is_some_and(|tree| !tree.children(Some(code)).is_empty());
    if scope.is_own(by, code) && has_finer() {
        return format!("{name} ({})", words::NO_FINER.to(lang));
    }
    name
}
