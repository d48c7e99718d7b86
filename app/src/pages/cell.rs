//! One hexagon: the open cases in it.

use std::sync::Arc;

use domain::answer::CasePage;
use domain::metric::Metric;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::ready::when_ready;
use crate::address;
use crate::ask::Ask;
use crate::components::{CaseRows, Conditions, Crumb, Crumbs, Num, Params, Shape};
use crate::functions::{Boot, First, load_cases};
use crate::live::{use_list, use_table, without_instant};
use crate::locale::use_lang;
use crate::table::sum;
use crate::text::{Lang, Say, sentences, words};

/// Parameters of the address that narrow nothing.
const NO_FILTER: [&str; 5] = ["lang", "theme", "timeliness", "cursor", "sort"];
/// How a case that is open may stand in its limit.
const OPEN: &str = "in_time,due_soon,overdue,no_deadline";

/// The page.
#[component]
pub fn Cell() -> impl IntoView {
    let location = use_location();
    let cell = Memo::new(move |old: Option<&String>| {
        let parts = location.pathname.with(|path| address::segments(path));
        match parts.as_slice() {
            [place, cell] if place == "cell" => cell.clone(),
            _ => old.cloned().unwrap_or_default(),
        }
    });
    let search = Memo::new(move |_| location.search.get());
    let filter = move || {
        let mut params = search.with(|search| address::pairs(search));
        params.retain(|(key, _)| !NO_FILTER.contains(&key.as_str()));
        params.push(("cell".to_owned(), cell.get()));
        params
    };
    let asked = Memo::new(move |_| {
        let mut params = filter();
        let timeliness = search.with(|search| address::value(&address::pairs(search), "timeliness"));
        params.push(("timeliness".to_owned(), timeliness.unwrap_or_else(|| OPEN.to_owned())));
        params.push(("sort".to_owned(), "due".to_owned()));
        if let Some(cursor) = search.with(|search| address::value(&address::pairs(search), "cursor")) {
            params.push(("cursor".to_owned(), cursor));
        }
        params
    });
    let cases =
        use_list(move || asked.get(), |params| async move { load_cases(address::search(&params)).await });
    let counts = use_table(Signal::from(Memo::new(move |_| {
        Ask::of(&[Metric::Open, Metric::DueSoon, Metric::Overdue]).narrowed(&filter()).query()
    })));
    view! {
        <main id="content" class="office page narrow">
            {when_ready(
                move || {
                    cases.track();
                    let (first, about) = (counts.first(), (cell.get(), filter()));
                    async move {
                        let page = cases.await?;
                        Ok((about, first.await?, without_instant(page)))
                    }
                },
                move |boot: Arc<Boot>, (about, first, page): ((String, Params), First, CasePage)| {
                    let counts = counts.rows(first);
                    let at = Memo::new(move |_| counts.with(|table| table.at.clone()));
                    let (cell, filter) = about;
                    let number = |metric: Metric, word: Say, shape: Option<Shape>| {
                        let mut params = filter.clone();
                        params.push(("metric".to_owned(), metric.name().to_owned()));
                        let value = Signal::derive(move || counts.with(|table| sum(table, metric)));
                        match shape {
                            Some(shape) => view! { <Num value params at label=word.to(use_lang()) shape/> }.into_any(),
                            None => view! { <Num value params at label=word.to(use_lang())/> }.into_any(),
                        }
                    };
                    let lang = use_lang();
                    let total = Memo::new(move |_| counts.with(|table| sum(table, Metric::Open)));
                    let next = page.next.clone().map(|cursor| {
                        let mut params = filter.clone();
                        params.retain(|(key, _)| key != "cell");
                        params.push(("cursor".to_owned(), cursor));
                        view! { <p class="pager"><a class="button" href=address::cell(&cell, &params)>{words::NEXT_PAGE.to(lang)}</a></p> }
                    });
                    view! {
                        <Title text=format!("{} {cell} · {}", words::CELL.to(lang), words::PRODUCT)/>
                        <Crumbs steps=crumbs(lang, &boot, &cell, &filter)/>
                        <h1>{words::CELL.to(lang)} ": " {move || sentences::cases(lang, total.get())} " " {words::OPEN_WORD.to(lang)}</h1>
                        <p class="brief">
                            {words::OPEN.to(lang)} " " {number(Metric::Open, words::OPEN, None)}
                            ", " {words::DUE_SOON.to(lang)} " " {number(Metric::DueSoon, words::DUE_SOON, Some(Shape::DueSoon))}
                            ", " {words::OVERDUE.to(lang)} " " {number(Metric::Overdue, words::OVERDUE, Some(Shape::Overdue))}
                            "."
                        </p>
                        <Conditions boot=boot.clone() params=filter.clone()/>
                        <CaseRows boot=boot.clone() cases=page.cases/>
                        {next}
                    }
                },
            )}
        </main>
    }
}

fn crumbs(lang: Lang, boot: &Boot, cell: &str, filter: &Params) -> Vec<Crumb> {
    use domain::dimension::Dimension;
    let name = |dimension, code: &str| lang.of(&boot.city.catalogue.label(dimension, code));
    let mut crumbs = vec![Crumb { name: words::CITY.to(lang).to_owned(), href: "/".to_owned() }];
    let district = address::value(filter, "district");
    if let Some(district) = &district {
        crumbs.push(Crumb { name: name(Dimension::District, district), href: address::district(district) });
    }
    if let (Some(district), Some(ward)) = (&district, address::value(filter, "ward")) {
        crumbs.push(Crumb {
            name: name(Dimension::Ward, &ward),
            href: address::district_ward(district, &ward),
        });
    }
    if district.is_none() {
        crumbs.push(Crumb { name: words::MAP.to(lang).to_owned(), href: "/map".to_owned() });
    }
    crumbs.push(Crumb { name: cell.to_owned(), href: String::new() });
    crumbs
}
