//! The list of directives: those first that wait for an answer.

use std::sync::Arc;

use domain::answer::DirectivePage;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::ready::when_ready;
use crate::address;
use crate::components::{Crumb, Crumbs, DirectiveRows, Tab, Tabs};
use crate::functions::{Boot, load_directives};
use crate::live::use_list;
use crate::locale::use_lang;
use crate::text::{Lang, directives, words};

/// How a list may be narrowed.
const STATUSES: [&str; 4] = ["overdue", "open", "answered", "closed"];

/// The page.
#[component]
pub fn Directives() -> impl IntoView {
    let lang = use_lang();
    let search = use_location().search;
    let found = use_list(
        move || search.get(),
        |search| async move { load_directives(search.clone()).await.map(|page| (search, page)) },
    );
    view! {
        <main id="content" class="office page narrow">
            <Title text=format!("{} · {}", directives::TITLE.to(lang), words::PRODUCT)/>
            <Crumbs steps=vec![
                Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
                Crumb { name: directives::DIRECTIVES.to(lang).to_owned(), href: String::new() },
            ]/>
            <h1>{directives::TITLE.to(lang)}</h1>
            <p class="aside">{directives::HELP.to(lang)}</p>
            {when_ready(
                move || {
                    found.track();
                    async move {
                        let (search, mut page) = found.await?;
                        // The state moves by itself: the list is made anew only where a directive did.
                        page.seq = domain::Seq::default();
                        page.at.clear();
                        Ok((search, page))
                    }
                },
                move |boot: Arc<Boot>, (search, page): (String, DirectivePage)| {
                    let shown = page.directives.len();
                    view! {
                        <Tabs tabs=tabs(lang, &search) name=words::STATUS.to(lang)/>
                        {if page.directives.is_empty() {
                            view! { <p class="nothing-title none-directives">{directives::NONE.to(lang)}</p> }.into_any()
                        } else {
                            view! {
                                <p class="aside">{directives::shown_of(lang, shown, page.total)}</p>
                                <DirectiveRows boot directives=page.directives/>
                            }.into_any()
                        }}
                    }
                },
            )}
        </main>
    }
}

fn tabs(lang: Lang, search: &str) -> Vec<Tab> {
    let mut params = address::pairs(search);
    let here = address::value(&params, "status");
    params.retain(|(key, _)| key != "status" && key != "lang" && key != "theme");
    let tab = |status: Option<&str>| {
        let mut params = params.clone();
        params.extend(status.map(|status| ("status".to_owned(), status.to_owned())));
        Tab {
            name: status.map_or(directives::ALL, directives::status).to(lang).into(),
            href: address::directives(&params),
            is_here: here.as_deref() == status,
        }
    };
    std::iter::once(None).chain(STATUSES.map(Some)).map(tab).collect()
}
