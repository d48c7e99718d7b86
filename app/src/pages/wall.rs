//! The wall's scene *City now*: five numbers, the map, who is latest, what is newest. Read from six
//! metres: no scrollbars, nothing to hover, type that grows with the wall.

mod control;
mod numbers;
mod past;
mod shown;
mod spotlight;

use std::sync::Arc;

use domain::answer::CasePage;
use domain::metric::Metric;
use domain::query::Query;
use leptos::prelude::*;
use leptos_meta::Title;

use self::numbers::Numbers;
use super::ready::{when_booted, when_ready};
use crate::components::{Freshness, Longest, Newest, Notice};
use crate::functions::{Boot, NewestCases, load_longest, load_newest};
use crate::live::{use_list, use_live, without_instant};
use crate::locale::use_lang;
use crate::map::HexMap;
use crate::text::{date, words};
use crate::theme::Theme;

pub use control::WallControl;
#[cfg(feature = "ssr")]
pub(crate) use numbers::LEVELS;
pub use past::{Levels, UsualDay};
#[cfg(feature = "ssr")]
pub(crate) use past::{levels_of, usual_of};
pub(crate) use shown::SCENES;

/// How many agencies stand in the list of the latest.
const LONGEST_ROWS: usize = 4;
/// How many cases stand in the list of the newest.
const NEWEST_ROWS: usize = 4;

/// The scene.
#[component]
pub fn CityNow() -> impl IntoView {
    let lang = use_lang();
    view! {
        <main id="content" class="wall scene">
            <Title text=format!("{} · {}", words::WALL_TITLE.to(lang), words::PRODUCT)/>
            <WallControl/>
            <section class="wall-numbers">
                <Head/>
                <Numbers/>
            </section>
            <section class="wall-map" aria-label=words::MAP.to(lang)>
                <WallMap/>
            </section>
            <section class="wall-lists">
                <h2>{words::LONGEST.to(lang)}</h2>
                <p class="wall-under">{words::BY_HOLDER.to(lang)}</p>
                <Latest/>
                <NewestHere/>
            </section>
            <footer class="wall-foot">
                {when_booted(
                    move |boot: Arc<Boot>| view! {
                        <Freshness boot=boot.clone()/>
                        <Notice boot/>
                        <p class="scene-name">{words::SCENE_CITY_NOW.to(lang)}</p>
                    },
                )}
            </footer>
        </main>
    }
}

/// The title, the city and its day.
#[component]
fn Head() -> impl IntoView {
    let lang = use_lang();
    view! {
        <h1>{words::WALL_TITLE.to(lang)}</h1>
        {when_booted(
            move |boot: Arc<Boot>| {
                let at = use_live().at(&boot);
                let city = lang.of(&boot.city.name);
                let day = Memo::new(move |_| at.with(|at| date::day(at)));
                let text = move || match day.get() {
                    Some(day) => format!("{city} · {}", date::long_date(lang, day)),
                    None => city.clone(),
                };
                view! { <p class="wall-under">{text}</p> }
            },
        )}
    }
}

#[component]
fn WallMap() -> impl IntoView {
    // A wall has nobody before it to tap.
    let on_cell = Callback::new(|_: String| {});
    let query = Signal::stored(Query::of(Metric::Open));
    when_booted(
        move |boot: Arc<Boot>| view! { <HexMap query theme=Theme::Wall on_cell city=boot.city.clone()/> },
    )
}

#[component]
fn Latest() -> impl IntoView {
    let longest = use_list(|| (), |()| load_longest(LONGEST_ROWS));
    when_ready(
        move || {
            longest.track();
            async move { longest.await.map(without_instant) }
        },
        |boot: Arc<Boot>, page: CasePage| view! { <Longest boot cases=page.cases/> },
    )
}

#[component]
fn NewestHere() -> impl IntoView {
    let newest = use_list(|| (), |()| load_newest(NEWEST_ROWS));
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
