//! The places whose centre can be looked at.

use std::sync::Arc;

use domain::dimension::Dimension;
use leptos::prelude::*;
use leptos_meta::Title;

use super::super::ready::when_booted;
use crate::address;
use crate::components::{Crumb, Crumbs};
use crate::functions::Boot;
use crate::locale::use_lang;
use crate::text::{Lang, Say, centre, words};

/// The page.
#[component]
pub fn Centres() -> impl IntoView {
    let lang = use_lang();
    view! {
        <main id="content" class="office page">
            <Title text=format!("{} · {}", centre::CENTRE.to(lang), words::PRODUCT)/>
            <Crumbs steps=vec![
                Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
                Crumb { name: centre::CENTRE.to(lang).to_owned(), href: String::new() },
            ]/>
            <h1>{centre::CHOOSE.to(lang)}</h1>
            <p class="aside">{centre::CHOOSE_HELP.to(lang)}</p>
            {when_booted(move |boot: Arc<Boot>| {
                let wards = places(lang, &boot, Dimension::Ward);
                let districts = places(lang, &boot, Dimension::District);
                if wards.is_empty() && districts.is_empty() {
                    return view! { <p>{centre::NO_PLACES.to(lang)}</p> }.into_any();
                }
                view! {
                    <Places heading=centre::WARDS places=wards/>
                    <Places heading=centre::DISTRICTS places=districts/>
                }
                .into_any()
            })}
        </main>
    }
}

/// The places of a tree: name and code, by name.
fn places(lang: Lang, boot: &Boot, dimension: Dimension) -> Vec<(String, String)> {
    let tree = boot.city.catalogue.tree(dimension);
    let entries = tree.into_iter().flat_map(|tree| &tree.entries);
    let mut places: Vec<(String, String)> =
        entries.map(|(code, entry)| (lang.of(&entry.label), code.clone())).collect();
    places.sort();
    places
}

#[component]
fn Places(heading: Say, places: Vec<(String, String)>) -> impl IntoView {
    let lang = use_lang();
    (!places.is_empty()).then(|| {
        let each = places.into_iter().map(|(name, code)| {
            view! { <li><a href=address::centre(&code)>{name}</a></li> }
        });
        view! {
            <section class="desk-part">
                <h2>{heading.to(lang)}</h2>
                <ul class="centre-places">{each.collect_view()}</ul>
            </section>
        }
    })
}
