//! Where reports came from, for anybody.

use std::sync::Arc;

use domain::public::PublicHexagons;
use leptos::prelude::*;
use leptos_meta::Title;

use super::super::ready::when_ready;
use super::Head;
use crate::address;
use crate::functions::{Boot, load_public_hexagons};
use crate::live::use_answer;
use crate::locale::use_lang;
use crate::map::OpenMap;
use crate::text::{public, words};

/// The page. Its numbers are of whole days: they are asked for once.
#[component]
pub fn PublicMapPage() -> impl IntoView {
    let lang = use_lang();
    let told = use_answer(|| (), |()| load_public_hexagons());
    view! {
        <main id="content" class="office page public">
            <Head/>
            <Title text=format!("{} · {}", public::MAP_TITLE.to(lang), words::PRODUCT)/>
            <h1>{public::MAP_TITLE.to(lang)}</h1>
            {when_ready(
                move || { told.track(); async move { told.await } },
                |boot: Arc<Boot>, told: PublicHexagons| view! { <Told boot told/> },
            )}
        </main>
    }
}

#[component]
fn Told(boot: Arc<Boot>, told: PublicHexagons) -> impl IntoView {
    let lang = use_lang();
    let is_empty = told.cells.is_empty() && told.suppressed.is_empty();
    let says = match (told.is_withheld, is_empty) {
        (true, _) => public::withheld(lang, told.small_count_min),
        (false, true) => public::MAP_EMPTY.to(lang).to_owned(),
        (false, false) => public::small_groups(lang, told.small_count_min),
    };
    let days = public::map_days(lang, &told.from, &told.to);
    let map = (!is_empty).then(|| view! { <OpenMap told city=boot.city.clone()/> });
    view! {
        <p class="aside">{days}</p>
        {map}
        <p class="aside">{says}</p>
        <p class="aside"><a class="touch" href=address::at("/api/v1/public/hexagons") rel="external">{public::AS_DATA.to(lang)}</a></p>
    }
}
