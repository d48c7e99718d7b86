//! The map as a page: choose a measure and an hour, tap a hexagon, read its cases.

mod fields;
mod past;

use std::sync::Arc;

use domain::metric::Metric;
use domain::query::Query;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

pub use self::fields::FieldMaps;
use self::past::PastHours;
use super::ready::when_booted;
use crate::address;
use crate::components::{Crumb, Crumbs, Params};
use crate::functions::Boot;
use crate::live::use_live;
use crate::locale::use_lang;
use crate::map::{HexMap, MEASURES, MeasureChooser, cell_address};
use crate::text::words;
use crate::theme::Theme;

/// The page.
#[component]
pub fn MapPage() -> impl IntoView {
    let lang = use_lang();
    let search = use_location().search;
    let metric = Memo::new(move |_| search.with(|search| measure(search)));
    view! {
        <main id="content" class="office page map-page">
            <Title text=format!("{} · {}", words::MAP.to(lang), words::PRODUCT)/>
            <Crumbs steps=vec![
                Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
                Crumb { name: words::MAP.to(lang).to_owned(), href: String::new() },
            ]/>
            <h1>{words::MAP.to(lang)}</h1>
            {when_booted(move |boot: Arc<Boot>| view! { <Here boot metric/> })}
        </main>
    }
}

/// The map at the hour that the address says.
#[component]
fn Here(boot: Arc<Boot>, metric: Memo<Metric>) -> impl IntoView {
    let (lang, search, navigate) = (use_lang(), use_location().search, use_navigate());
    let now = use_live().at(&boot);
    let at = Memo::new(move |_| search.with(|search| now.with(|now| past::asked(search, now))));
    let query = Memo::new(move |_| Query { at: at.get(), ..Query::of(metric.get()) });
    let instant = move || search.with_untracked(|search| address::value(&address::pairs(search), "at"));
    let href = Callback::new(move |metric: Metric| {
        let mut params = vec![("metric".to_owned(), metric.name().to_owned())];
        params.extend(at.get().and_then(|_| instant()).map(|at| ("at".to_owned(), at)));
        format!("{}?{}", address::at("/map"), address::search(&params))
    });
    let on_cell = Callback::new(move |cell: String| {
        let past = at.get_untracked().and_then(|_| instant()).map(|at| ("at".to_owned(), at));
        let filter: Params = past.into_iter().collect();
        let to = cell_address(metric.get_untracked(), &cell, &filter, &now.get_untracked());
        navigate(&to, NavigateOptions { resolve: false, ..Default::default() });
    });
    view! {
        <MeasureChooser current=metric href/>
        <p class="aside">
            {words::MAP_HELP.to(lang)} " "
            <a class="touch" href=move || format!("{}?metric={}", address::at("/map/fields"), metric.get().name())>{words::FIELD_MAPS.to(lang)}</a>
        </p>
        <PastHours metric at now/>
        <HexMap query theme=Theme::Office on_cell city=boot.city.clone()/>
    }
}

fn measure(search: &str) -> Metric {
    let asked = address::value(&address::pairs(search), "metric");
    let asked = asked.and_then(|name| name.parse().ok());
    asked.filter(|metric| MEASURES.contains(metric)).unwrap_or(Metric::Open)
}
