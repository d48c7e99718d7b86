//! The same map for each field, side by side.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::super::ready::when_booted;
use super::measure;
use crate::address;
use crate::components::{Crumb, Crumbs};
use crate::functions::Boot;
use crate::locale::use_lang;
use crate::map::{MeasureChooser, SmallMaps};
use crate::text::words;

/// The page.
#[component]
pub fn FieldMaps() -> impl IntoView {
    let (lang, search) = (use_lang(), use_location().search);
    let metric = Memo::new(move |_| search.with(|search| measure(search)));
    let href = Callback::new(|metric: domain::metric::Metric| {
        format!("{}?metric={}", address::at("/map/fields"), metric.name())
    });
    view! {
        <main id="content" class="office page map-page">
            <Title text=format!("{} · {}", words::FIELD_MAPS.to(lang), words::PRODUCT)/>
            <Crumbs steps=vec![
                Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
                Crumb { name: words::MAP.to(lang).to_owned(), href: address::at("/map") },
                Crumb { name: words::FIELD_MAPS.to(lang).to_owned(), href: String::new() },
            ]/>
            <h1>{words::FIELD_MAPS.to(lang)}</h1>
            <MeasureChooser current=metric href/>
            {when_booted(move |boot: Arc<Boot>| view! { <SmallMaps boot metric/> })}
        </main>
    }
}
