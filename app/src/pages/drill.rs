//! The drill-down: the city and everything below it down to the list of cases, each level with its
//! finding as the title, the brief in prose, one table, and the longest overdue beside it.

mod compared;
mod followed;
mod scope;

use std::sync::Arc;

use domain::answer::{CasePage, Table};
use domain::metric::Metric;
use domain::query::Query;
use domain::wire::WireQuery;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use self::compared::{Compared, periods};
use self::followed::FollowedPages;
#[cfg(feature = "ssr")]
pub(crate) use self::scope::has_districts;
use self::scope::{By, Scope};
use super::ready::{when_booted, when_ready};
use crate::address;
use crate::ask::{Ask, escape};
use crate::components::{
    Brief, BriefTables, ByCode, COMPARE_COLUMNS, CaseRows, Crumbs, DAY_COLUMNS, DAY_METRICS, DayTable,
    Longest, Num, Params, Period, Rows, STORY_COLUMNS, SinceLook, Sort, Sorting, StoryTable, Tab, Tables,
    Tabs, is_silent,
};
use crate::functions::{Boot, First, load_cases};
use crate::live::{self, use_answer, use_list, use_table, without_instant};
use crate::locale::use_lang;
use crate::map::HexMap;
use crate::source::Nowhere;
use crate::table::{code, column, sum};
use crate::text::sentences::{self, Piece, Unit};
use crate::text::{Lang, number, words};
use crate::theme::Theme;
use crate::turns::in_turn;

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
    let period = Memo::new(move |_| {
        location.search.with(|search| Period::asked(search)).filter(|_| by.get() != By::Day)
    });
    let sort = Memo::new(move |_| {
        let columns: &[&str] = match (by.get(), period.get()) {
            (By::Day, _) => &DAY_COLUMNS,
            (_, Some(_)) => &COMPARE_COLUMNS,
            (_, None) => &STORY_COLUMNS,
        };
        location.search.with(|search| Sort::asked(search, columns))
    });
    view! {
        <main id="content" class="office page drill">
            <div class="main">
                <Head scope/>
                {in_turn(view! { <SinceLook params=Signal::derive(move || scope.get().params())/> })}
                {in_turn(move || (scope.get() == Scope::City).then(|| view! { <FollowedPages/> }))}
                {in_turn(move || match period.get() {
                    Some(period) => view! { <Compared scope by is_whole sort period/> }.into_any(),
                    None => view! { <Split scope by is_whole sort/> }.into_any(),
                })}
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
    // How many cases were ever about this: a code that is in no catalogue may still be in cases.
    let known = use_answer(
        move || scope.get().params(),
        |mut params| async move {
            params.push(("limit".to_owned(), "1".to_owned()));
            load_cases(address::search(&params)).await.map(|page| page.total)
        },
    );
    when_ready(
        move || {
            let (scope, firsts) = (scope.get(), (today.first(), now.first(), midnight.first()));
            known.track();
            async move { Ok(((scope, known.await?), firsts.0.await?, firsts.1.await?, firsts.2.await?)) }
        },
        move |boot: Arc<Boot>,
              ((scope, known), today_first, now_first, midnight_first): (
            (Scope, u64),
            First,
            First,
            First,
        )| {
            let tables = BriefTables {
                today: today.rows(today_first),
                now: now.rows(now_first),
                midnight: midnight.rows(midnight_first),
            };
            if known == 0 && !scope.is_known(&boot) {
                return view! { <NoSuchCode scope boot/> }.into_any();
            }
            let name = scope.name(lang, &boot);
            let silent = is_silent(&boot);
            let named = name.clone();
            let title = Memo::new(move |_| {
                if silent.get() {
                    return words::NO_SOURCE.to(lang).to_owned();
                }
                title(lang, named.as_deref(), tables)
            });
            let params = scope.params();
            let desk = params.iter().find(|(key, _)| key == "agency").map(|(_, code)| address::desk(code));
            let names = boot.clone();
            let agency: ByCode<(String, String)> = Arc::new(move |code: &str| {
                let label = names.city.catalogue.label(domain::dimension::Dimension::Agency, code);
                (lang.of(&label), address::agency(code))
            });
            view! {
                <Title text=lasting(title)/>
                <Crumbs steps=scope.crumbs(lang, &boot)/>
                <h1>
                    {name.map(|name| view! { <bdi>{name}</bdi> ": " })}
                    <Finding tables params=scope.params() silent/>
                </h1>
                <Show
                    when=move || !silent.get()
                    fallback=move || view! { <p class="brief">{words::NO_SOURCE_HELP.to(lang)}</p> }
                >
                    <Brief tables params=params.clone() agency=agency.clone()/>
                </Show>
                {desk.map(|desk| view! { <p class="acts"><a class="button" href=desk>{crate::text::desks::DESK.to(lang)}</a></p> })}
            }
            .into_any()
        },
    )
}

fn title(lang: Lang, name: Option<&str>, tables: BriefTables) -> String {
    let found = tables.now.with(|table| Found::of(table));
    let finding =
        sentences::finding(lang, found.overdue, found.open, found.worst, found.codes.len(), Unit::Agencies);
    name.map_or(finding.clone(), |name| format!("{name}: {finding}"))
}

/// What the title says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Found {
    overdue: i64,
    open: i64,
    worst: i64,
    /// The agencies of the worst; an empty code stands for the cases that have none.
    codes: Vec<String>,
}

impl Found {
    fn of(table: &Table) -> Self {
        let overdue = column(table, Metric::Overdue);
        let mut each: Vec<(i64, String)> = table
            .rows
            .iter()
            .map(|row| (overdue.of(row), code(row, 0).unwrap_or_default()))
            .filter(|(number, _)| *number > 0)
            .collect();
        each.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        each.truncate(WORST);
        Self {
            overdue: sum(table, Metric::Overdue),
            open: sum(table, Metric::Open),
            worst: each.iter().map(|(number, _)| number).sum(),
            codes: each.into_iter().map(|(_, code)| code).collect(),
        }
    }
}

/// The title's sentence, its numbers touchable.
#[component]
fn Finding(tables: BriefTables, params: Params, silent: Signal<bool>) -> impl IntoView {
    let lang = use_lang();
    let found = Memo::new(move |_| tables.now.with(|table| Found::of(table)));
    let at = Memo::new(move |_| tables.now.with(|table| table.at.clone()));
    // The words change seldom, the numbers often: only those that moved are written anew.
    let pieces = Memo::new(move |_| {
        let Found { overdue, open, worst, codes } = found.get();
        sentences::finding_pieces(lang, overdue, open, worst, codes.len(), Unit::Agencies)
    });
    let codes = Memo::new(move |_| found.with(|found| found.codes.clone()));
    let number = move |metric: Metric, value: Signal<i64>, more: Option<String>| {
        let mut params = params.clone();
        if let Some(agencies) = more {
            params.retain(|(key, _)| key != "agency");
            params.push(("agency".to_owned(), agencies));
        }
        params.push(("metric".to_owned(), metric.name().to_owned()));
        view! { <Num value params at label=""/> }
    };
    let piece = move |piece: Piece| match piece {
        Piece::Words(words) => words.into_any(),
        Piece::Overdue => {
            number(Metric::Overdue, Signal::derive(move || found.get().overdue), None).into_any()
        }
        Piece::Open => number(Metric::Open, Signal::derive(move || found.get().open), None).into_any(),
        Piece::Worst => {
            let agencies = codes.with(|codes| codes.iter().map(|code| escape(code)).collect::<Vec<_>>());
            let value = Signal::derive(move || found.get().worst);
            number(Metric::Overdue, value, Some(agencies.join(","))).into_any()
        }
    };
    move || {
        if silent.get() {
            return words::NO_SOURCE.to(lang).into_any();
        }
        pieces.get().into_iter().map(piece.clone()).collect_view().into_any()
    }
}

/// The page of a code that neither the catalogue nor any case has.
#[component]
fn NoSuchCode(scope: Scope, boot: Arc<Boot>) -> impl IntoView {
    let lang = use_lang();
    if let Some(Nowhere(say)) = use_context::<Nowhere>() {
        say();
    }
    let name = scope.name(lang, &boot).unwrap_or_default();
    view! {
        <Title text=format!("{name} · {}", words::PRODUCT)/>
        <div class="nothing no-such">
            <h1 class="nothing-title"><bdi>{name}</bdi> ": " {words::NO_SUCH_CODE.to(lang)}</h1>
            <p>{words::NO_SUCH_CODE_HELP.to(lang)}</p>
            <p><a class="button" href=address::at("/")>{words::OVERVIEW.to(lang)}</a></p>
        </div>
    }
}

/// What a table is about: the page, the way it is split, whether all rows are shown, and their order.
type About = (Scope, By, bool, Option<Sort>);

fn sorting(scope: &Scope, by: By, is_whole: bool, now: Option<Sort>) -> Sorting {
    let mut params = vec![("by".to_owned(), by.slug().to_owned())];
    if is_whole {
        params.push(("rows".to_owned(), "all".to_owned()));
    }
    Sorting { now, path: scope.href(), params }
}

/// The same page and order with all rows.
fn whole_href(sorting: &Sorting) -> String {
    let mut params = sorting.params.clone();
    params.push(("rows".to_owned(), "all".to_owned()));
    params.extend(sorting.now.as_ref().map(Sort::param));
    format!("{}?{}", sorting.path, address::search(&params))
}

/// The tabs and the table.
#[component]
fn Split(scope: Memo<Scope>, by: Memo<By>, is_whole: Memo<bool>, sort: Memo<Option<Sort>>) -> impl IntoView {
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
            let about = (scope.get(), by.get(), is_whole.get(), sort.get());
            let firsts = (stock.first(), resolved.first(), days.first());
            async move { Ok((about, [firsts.0.await?, firsts.1.await?, firsts.2.await?])) }
        },
        move |boot: Arc<Boot>, ((scope, by, is_whole, sort), firsts): (About, [First; 3])| {
            let [stock_first, resolved_first, days_first] = firsts;
            let days = days.rows(days_first);
            let tabs = view! { <Tabs tabs=tabs(lang, &boot, &scope, by, None)/> };
            let sorting = sorting(&scope, by, is_whole, sort);
            if by == By::Day {
                return view! { {tabs} <DayTable table=days params=scope.params() sorting/> }.into_any();
            }
            let tables = Tables {
                stock: stock.rows(stock_first),
                resolved: resolved.rows(resolved_first),
                fortnight: days,
            };
            let whole_href = whole_href(&sorting);
            let choice = periods(lang, &scope, by, None);
            let rows = rows(lang, boot, scope, by);
            view! { {tabs} {choice} <StoryTable tables rows is_whole whole_href sorting/> }.into_any()
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
        navigate(
            &address::cell(&cell, &scope.get_untracked().params()),
            NavigateOptions { resolve: false, ..Default::default() },
        );
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

fn tabs(lang: Lang, boot: &Boot, scope: &Scope, here: By, period: Option<Period>) -> Vec<Tab> {
    let tab = |by: &By| Tab {
        name: by.tab(lang, boot).into(),
        href: {
            // What is compared stays compared; days are the period themselves.
            let mut params = vec![("by".to_owned(), by.slug().to_owned())];
            params.extend(period.filter(|_| *by != By::Day).map(Period::param));
            format!("{}?{}", scope.href(), address::search(&params))
        },
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

/// The page's title as long as the page has one. The document's title outlives the page that gave it
/// and may be asked for once more while the next page is on its way.
fn lasting(title: Memo<String>) -> impl Fn() -> String + Send + Sync {
    let last = std::sync::Mutex::new(String::new());
    move || {
        let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(title) = title.try_get() {
            *last = format!("{title} · {}", words::PRODUCT);
        }
        last.clone()
    }
}
