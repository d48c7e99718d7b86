//! The City Office's desk: what its regulation gives it to watch, each list with its clause.

use std::sync::Arc;

use domain::answer::{OfficeDesk, OfficeLineView, OfficeListView};
use domain::dimension::Dimension;
use leptos::prelude::*;
use leptos_meta::Title;

use super::ready::when_ready;
use crate::address;
use crate::components::{Crumb, Crumbs, Mark, Shape, case_title, named, status_said};
use crate::functions::{Boot, load_office_desk};
use crate::live::{use_list, use_live};
use crate::locale::use_lang;
use crate::text::{Lang, date, desks, directives, number, sentences, words};

/// The page.
#[component]
pub fn Office() -> impl IntoView {
    let lang = use_lang();
    let as_of = RwSignal::new(String::new());
    let desk = use_list(|| (), |()| load_office_desk());
    view! {
        <main id="content" class="office page narrow">
            <Title text=format!("{} · {}", desks::OFFICE.to(lang), words::PRODUCT)/>
            <Crumbs steps=vec![
                Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
                Crumb { name: desks::OFFICE.to(lang).to_owned(), href: String::new() },
            ]/>
            <h1>{desks::OFFICE.to(lang)}</h1>
            <p class="aside">
                {desks::OFFICE_HELP.to(lang)} " "
                {move || as_of.with(|at| (!at.is_empty()).then(|| format!("{} {}", words::AS_OF.to(lang), date::moment(lang, at))))}
            </p>
            {when_ready(
                move || {
                    desk.track();
                    async move {
                        let mut desk = desk.await?;
                        as_of.try_set(desk.at.clone());
                        desk.seq = domain::Seq::default();
                        desk.at.clear();
                        Ok(desk)
                    }
                },
                |boot: Arc<Boot>, desk: OfficeDesk| {
                    let list = |list| view! { <List boot=boot.clone() list/> };
                    desk.lists.into_iter().map(list).collect_view()
                },
            )}
        </main>
    }
}

#[component]
fn List(boot: Arc<Boot>, list: OfficeListView) -> impl IntoView {
    let lang = use_lang();
    let shown = list.lines.len();
    let is_asked = list.clause.is_some();
    let count = is_asked.then(|| number::count(lang, i64::try_from(list.total).unwrap_or(i64::MAX)));
    let line = |line| view! { <Line boot=boot.clone() line/> };
    let body = if !is_asked {
        view! { <p class="aside">{desks::NOT_ASKED.to(lang)}</p> }.into_any()
    } else if list.lines.is_empty() {
        view! { <p class="aside">{desks::NONE_HERE.to(lang)}</p> }.into_any()
    } else {
        view! {
            <p class="aside">{desks::list_help(&list.list).to(lang)} " " {directives::shown_of(lang, shown, list.total)}</p>
            <ul class="cases">{list.lines.into_iter().map(line).collect_view()}</ul>
        }
        .into_any()
    };
    view! {
        <section class="desk-part">
            <h2>
                {desks::list(&list.list).to(lang)} " " <span class="figure">{count}</span>
                {list.clause.map(|clause| view! { <span class="desk-clause">{clause}</span> })}
            </h2>
            {body}
        </section>
    }
}

#[component]
fn Line(boot: Arc<Boot>, line: OfficeLineView) -> impl IntoView {
    let lang = use_lang();
    let at = use_live().at(&boot);
    let OfficeLineView { case, since, due, .. } = line;
    let title = case_title(lang, &boot, &case);
    let holder = named(lang, &boot, Dimension::Agency, case.agency.as_deref());
    let status = status_said(lang, &boot, &case.status);
    let about = [holder, Some(status)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let since = format!("{} {}", desks::SINCE.to(lang), date::moment_beside(lang, &since, &boot.beat.at));
    let limit = due
        .as_deref()
        .map(|due| format!("{} {}", desks::UNTIL.to(lang), date::moment_beside(lang, due, &boot.beat.at)));
    let stands = Memo::new(move |_| due.as_ref().map(|due| at.with(|at| stand(lang, due, at))));
    view! {
        <li>
            <a class="case-line" href=address::case(&case.case)>
                <span class="case-title">{title}</span>
                <span class="case-stand figure">
                    {move || stands.get().map(|(shape, left)| view! { <Mark shape bare=true/> " " {left} })}
                </span>
                <span class="case-about">{about}</span>
                <span class="case-place">{since} {limit.map(|limit| format!(" · {limit}"))}</span>
                <span class="case-code">{case.case.clone()}</span>
            </a>
        </li>
    }
}

/// How the list's own limit stands.
fn stand(lang: Lang, due: &str, at: &str) -> (Shape, String) {
    match date::micros_between(at, due) {
        Some(left) if left >= 0 => (Shape::InTime, sentences::left(lang, &number::running(lang, left))),
        Some(over) => (Shape::Overdue, sentences::over_by(lang, &number::running(lang, over))),
        None => (Shape::None, due.to_owned()),
    }
}
