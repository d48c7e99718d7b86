//! The map as a page: choose a measure, tap a hexagon, read its cases.

use std::sync::Arc;

use domain::metric::Metric;
use domain::query::Query;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use super::ready::when_booted;
use crate::address;
use crate::components::{Crumb, Crumbs};
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
    let query = Memo::new(move |_| Query::of(metric.get()));
    let navigate = use_navigate();
    let href = Callback::new(|metric: Metric| format!("{}?metric={}", address::at("/map"), metric.name()));
    view! {
        <main id="content" class="office page map-page">
            <Title text=format!("{} · {}", words::MAP.to(lang), words::PRODUCT)/>
            <Crumbs steps=vec![
                Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
                Crumb { name: words::MAP.to(lang).to_owned(), href: String::new() },
            ]/>
            <h1>{words::MAP.to(lang)}</h1>
            <MeasureChooser current=metric href/>
            <p class="aside">{words::MAP_HELP.to(lang)}</p>
            {when_booted(
                move |boot: Arc<Boot>| {
                    let at = use_live().at(&boot);
                    let on_cell = Callback::new(move |cell: String| {
                        let to = cell_address(metric.get_untracked(), &cell, &[], &at.get_untracked());
                        navigate(&to, NavigateOptions { resolve: false, ..Default::default() });
                    });
                    view! { <HexMap query theme=Theme::Office on_cell city=boot.city.clone()/> }
                },
            )}
        </main>
    }
}

fn measure(search: &str) -> Metric {
    let asked = address::value(&address::pairs(search), "metric");
    let asked = asked.and_then(|name| name.parse().ok());
    asked.filter(|metric| MEASURES.contains(metric)).unwrap_or(Metric::Open)
}
