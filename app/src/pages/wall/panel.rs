//! A panel of a scene: its place on the grid, its heading, and what its kind shows.

mod days;
mod figures;
mod place;
mod ranked;
mod rates;
mod rows;
mod shares;
mod surge;

use std::sync::Arc;

use domain::answer::CasePage;
use domain::city::Label;
use domain::metric::Metric;
use domain::query::{Query, codes_of};
use domain::scene::{Panel, PanelKind};
use leptos::prelude::*;

use self::days::DaysPanel;
use self::figures::Figures;
use self::ranked::Ranked;
use self::rates::Rates;
use self::shares::Shares;
use self::surge::Surge;
use super::numbers::Numbers;
use crate::components::{Alarms, Longest, Newest};
use crate::functions::{Boot, NewestCases, load_longest, load_newest};
use crate::live::{use_list, use_live, use_past, without_instant};
use crate::locale::use_lang;
use crate::map::HexMap;
use crate::pages::ready::{when_booted, when_ready};
use crate::text::{date, metrics, scenes, screens, words};
use crate::theme::Theme;

pub(crate) use surge::Surging;
#[cfg(feature = "ssr")]
pub(crate) use surge::surging;

/// A panel. `head` is the scene's title, which its first panel bears.
#[component]
pub(crate) fn PanelView(panel: Panel, head: Option<Label>) -> impl IntoView {
    let lang = use_lang();
    let kind = panel.kind;
    let of_kind = match kind {
        PanelKind::Numbers => "wall-numbers",
        PanelKind::Map => "wall-map",
        _ => "wall-lists",
    };
    let class = format!("panel {of_kind} panel-{} {}", kind.name(), place::classes(&panel));
    let is_first = head.is_some();
    let head = head.map(|title| view! { <Head title=lang.of(&title)/> });
    let title = panel.title.as_ref().map(|title| lang.of(title)).or_else(|| own_title(lang, &panel));
    let label = title.clone().unwrap_or_else(|| words::MAP.to(lang).to_owned());
    // The five numbers stand for the scene itself.
    let title = title.filter(|_| !(is_first && kind == PanelKind::Numbers));
    let under = panel.under.as_ref().map(|under| lang.of(under)).or_else(|| own_under(lang, &panel));
    let heading = title.map(|title| {
        view! { <h2>{title}</h2> {under.map(|under| view! { <p class="wall-under">{under}</p> })} }
    });
    view! {
        <section class=class aria-label=label>
            {head}
            {heading}
            <Body panel/>
        </section>
    }
}

fn own_title(lang: crate::text::Lang, panel: &Panel) -> Option<String> {
    let word = match panel.kind {
        PanelKind::Longest => words::LONGEST,
        // The list's heading says whether they are the serious ones; alarms have their own; the map has its legend.
        PanelKind::Newest | PanelKind::Alarms | PanelKind::Map | PanelKind::Numbers => return None,
        _ => metrics::name(*panel.metrics.first()?),
    };
    Some(word.to(lang).to_owned())
}

fn own_under(lang: crate::text::Lang, panel: &Panel) -> Option<String> {
    let word = match panel.kind {
        PanelKind::Longest => words::BY_HOLDER,
        PanelKind::Shares => scenes::SHARE_OF_ALL,
        PanelKind::Rates => scenes::LOWEST_FIRST,
        PanelKind::Surge => scenes::AGAINST_USUAL,
        _ => return None,
    };
    Some(word.to(lang).to_owned())
}

#[component]
fn Body(panel: Panel) -> impl IntoView {
    // Their questions are of now, and nothing of now stands beside a past hour.
    let is_of_now =
        matches!(panel.kind, PanelKind::Longest | PanelKind::Newest | PanelKind::Surge | PanelKind::Alarms);
    if is_of_now && use_past().is_some() {
        return view! { <p class="aside panel-of-now">{screens::OF_NOW.to(use_lang())}</p> }.into_any();
    }
    match panel.kind {
        PanelKind::Numbers => view! { <Numbers/> }.into_any(),
        PanelKind::Map => view! { <WallMap panel/> }.into_any(),
        PanelKind::Longest => view! { <Latest rows=usize::from(panel.rows)/> }.into_any(),
        PanelKind::Newest => view! { <NewestHere rows=usize::from(panel.rows)/> }.into_any(),
        PanelKind::Ranked => view! { <Ranked panel/> }.into_any(),
        PanelKind::Shares => view! { <Shares panel/> }.into_any(),
        PanelKind::Rates => view! { <Rates panel/> }.into_any(),
        PanelKind::Figures => view! { <Figures panel/> }.into_any(),
        PanelKind::Days => view! { <DaysPanel panel/> }.into_any(),
        PanelKind::Surge => view! { <Surge panel/> }.into_any(),
        PanelKind::Alarms => view! { <Alarms limit=u32::from(panel.rows)/> }.into_any(),
    }
}

/// The title, the city and its day.
#[component]
fn Head(title: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <h1>{title}</h1>
        {when_booted(
            move |boot: Arc<Boot>| {
                let at = use_live().at(&boot);
                let city = lang.of(&boot.city.name);
                let day = Memo::new(move |_| at.with(|at| date::day(at)));
                let text = move || match day.get() {
                    Some(day) => format!("{city} · {}", date::long_date(lang, day)),
                    None => city.clone(),
                };
                view! { <p class="wall-under wall-day">{text}</p> }
            },
        )}
    }
}

#[component]
fn WallMap(panel: Panel) -> impl IntoView {
    // A wall has nobody before it to tap.
    let on_cell = Callback::new(|_: String| {});
    let metric = panel.metrics.first().copied().unwrap_or(Metric::Open);
    let query = panel.filter.iter().fold(Query::of(metric), |query, (key, code)| match key.parse() {
        // As a table's address reads it: codes between commas.
        Ok(dimension) => codes_of(code).into_iter().fold(query, |query, code| query.only(dimension, code)),
        Err(()) => query,
    });
    let query = Signal::stored(query);
    when_booted(
        move |boot: Arc<Boot>| view! { <HexMap query theme=Theme::Wall on_cell city=boot.city.clone()/> },
    )
}

#[component]
fn Latest(rows: usize) -> impl IntoView {
    let longest = use_list(|| (), move |()| load_longest(rows));
    when_ready(
        move || {
            longest.track();
            async move { longest.await.map(without_instant) }
        },
        |boot: Arc<Boot>, page: CasePage| view! { <Longest boot cases=page.cases/> },
    )
}

#[component]
fn NewestHere(rows: usize) -> impl IntoView {
    let newest = use_list(|| (), move |()| load_newest(rows));
    when_ready(
        move || {
            newest.track();
            async move {
                let newest = newest.await?;
                Ok(NewestCases { page: without_instant(newest.page), ..newest })
            }
        },
        |boot: Arc<Boot>, newest: NewestCases| view! { <Newest boot newest/> },
    )
}
