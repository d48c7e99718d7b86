//! A list of cases by any of REST's parameters, by pages.

use std::sync::Arc;

use domain::answer::CasePage;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_location;

use super::ready::when_ready;
use crate::address;
use crate::components::{CaseRows, Conditions, Crumb, Crumbs, NameHits, Params, Tab, Tabs};
use crate::functions::{Boot, Found, load_search};
use crate::live::{use_list, without_instant};
use crate::locale::use_lang;
use crate::text::{Lang, date, sentences, words};

/// The page.
#[component]
pub fn Cases() -> impl IntoView {
    let lang = use_lang();
    let search = use_location().search;
    let as_of = RwSignal::new(String::new());
    let found = use_list(
        move || search.get(),
        |search| async move {
            let params = with_order(&search);
            load_search(address::search(&params)).await.map(|found| (search, found))
        },
    );
    view! {
        <main id="content" class="office page narrow">
            <Title text=format!("{} · {}", words::CASES.to(lang), words::PRODUCT)/>
            <Crumbs steps=vec![
                Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
                Crumb { name: words::CASES.to(lang).to_owned(), href: String::new() },
            ]/>
            {when_ready(
                move || {
                    found.track();
                    async move {
                        let (search, found) = found.await?;
                        // The instant moves by itself: the list is made anew only with other cases.
                        Ok((search, match found {
                            Found::List(page) => {
                                as_of.try_set(page.at.clone());
                                Found::List(without_instant(page))
                            }
                            found => found,
                        }))
                    }
                },
                move |boot: Arc<Boot>, (search, found): (String, Found)| match found {
                    Found::Case(code) => view! { <Redirect path=address::case(&code)/> }.into_any(),
                    Found::List(page) => view! { <List boot search page as_of/> }.into_any(),
                },
            )}
        </main>
    }
}

/// A list that says no order is shown newest first. A search's lone words stay alone: they may be a
/// code.
fn with_order(search: &str) -> Params {
    let mut params = address::pairs(search);
    let has = |key: &str, params: &Params| params.iter().any(|(name, _)| name == key);
    if !has("sort", &params) && !has("q", &params) && !has("cursor", &params) {
        params.push(("sort".to_owned(), "-received_at".to_owned()));
    }
    params
}

#[component]
fn List(boot: Arc<Boot>, search: String, page: CasePage, as_of: RwSignal<String>) -> impl IntoView {
    let lang = use_lang();
    let params = address::pairs(&search);
    let title = sentences::cases(lang, i64::try_from(page.total).unwrap_or(i64::MAX));
    let shown = page.cases.len();
    let next = page.next.as_ref().map(|cursor| {
        let mut params = params.clone();
        params.retain(|(key, _)| key != "cursor");
        params.push(("cursor".to_owned(), cursor.clone()));
        view! { <a class="button" href=address::cases(&params)>{words::NEXT_PAGE.to(lang)}</a> }
    });
    let first = address::value(&params, "cursor").map(|_| {
        let mut params = params.clone();
        params.retain(|(key, _)| key != "cursor");
        view! { <a class="button" href=address::cases(&params)>{words::FIRST_PAGE.to(lang)}</a> }
    });
    view! {
        <h1>{title}</h1>
        {address::value(&params, "q").map(|q| view! { <NameHits boot=boot.clone() q/> })}
        <Conditions boot=boot.clone() params=params.clone()/>
        <Tabs tabs=orders(lang, &params) name=words::SORT.to(lang)/>
        <p class="aside">
            {sentences::shown_of(lang, shown, page.total)} " · "
            {move || format!("{} {}", words::AS_OF.to(lang), date::moment(lang, &as_of.get()))}
        </p>
        <CaseRows boot cases=page.cases/>
        <p class="pager">{first} " " {next}</p>
    }
}

fn orders(lang: Lang, params: &Params) -> Vec<Tab> {
    let here = address::value(params, "sort").unwrap_or_else(|| "-received_at".to_owned());
    let order = |(sort, name): (&str, crate::text::Say)| {
        let mut params = params.clone();
        params.retain(|(key, _)| key != "sort" && key != "cursor");
        params.push(("sort".to_owned(), sort.to_owned()));
        Tab { name: name.to(lang).into(), href: address::cases(&params), is_here: here == sort }
    };
    [("-received_at", words::SORT_NEWEST), ("due", words::SORT_DUE), ("case", words::SORT_CODE)]
        .map(order)
        .into()
}
