//! A unit's desk: what it holds by when it is due, what it must answer, what its events lack.

use std::sync::Arc;

use domain::answer::{ContactView, DirectivePage, MissingView, UnitDesk, UnitPart};
use domain::dimension::Dimension;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::ready::when_ready;
use crate::address;
use crate::components::{CaseRows, Contacts, Crumb, Crumbs, DirectiveRows, Num, Params, Shape, named};
use crate::functions::{Boot, load_directives, load_unit_desk};
use crate::live::use_list;
use crate::locale::use_lang;
use crate::text::{date, desks, directives, words};

/// The page.
#[component]
pub fn Desk() -> impl IntoView {
    let path = use_location().pathname;
    let agency = Memo::new(move |old: Option<&String>| {
        let parts = path.with(|path| address::segments(path));
        match parts.as_slice() {
            [place, agency] if place == "desk" => agency.clone(),
            _ => old.cloned().unwrap_or_default(),
        }
    });
    let desk = use_list(move || agency.get(), load_unit_desk);
    let to_answer = use_list(
        move || agency.get(),
        |agency| async move {
            let of = |status: &str| {
                let params =
                    [("agency".to_owned(), agency.clone()), ("status".to_owned(), status.to_owned())];
                load_directives(address::search(&params))
            };
            let (mut late, open) = (of("overdue").await?, of("open").await?);
            late.total += open.total;
            late.directives.extend(open.directives);
            Ok(late)
        },
    );
    let as_of = RwSignal::new(String::new());
    view! {
        <main id="content" class="office page case">
            <div class="main">
                {when_ready(
                    move || {
                        desk.track();
                        async move {
                            let mut desk = desk.await?;
                            as_of.try_set(desk.at.clone());
                            // The state moves by itself: the desk is made anew only where a case did.
                            desk.seq = domain::Seq::default();
                            desk.at.clear();
                            Ok(desk)
                        }
                    },
                    move |boot: Arc<Boot>, desk: UnitDesk| view! { <Held boot desk as_of/> },
                )}
            </div>
            <aside class="side evidence-side">
                {when_ready(
                    move || {
                        to_answer.track();
                        async move {
                            let page = to_answer.await?;
                            Ok(DirectivePage { seq: domain::Seq::default(), at: String::new(), ..page })
                        }
                    },
                    |boot: Arc<Boot>, page: DirectivePage| view! { <ToAnswer boot page/> },
                )}
                {when_ready(
                    move || { desk.track(); async move { let desk = desk.await?; Ok((desk.agency, desk.contacts)) } },
                    |boot: Arc<Boot>, (agency, contacts): (String, Vec<ContactView>)| view! { <Contacts boot contacts agency=Some(agency)/> },
                )}
                {when_ready(
                    move || { desk.track(); async move { let desk = desk.await?; Ok((desk.missing_total, desk.missing)) } },
                    |boot: Arc<Boot>, (total, missing): (u64, Vec<MissingView>)| view! { <Missing boot total missing/> },
                )}
            </aside>
        </main>
    }
}

#[component]
fn Held(boot: Arc<Boot>, desk: UnitDesk, as_of: RwSignal<String>) -> impl IntoView {
    let lang = use_lang();
    let name = named(lang, &boot, Dimension::Agency, Some(&desk.agency)).unwrap_or_default();
    let total = |when: &str| desk.parts.iter().find(|part| part.when == when).map_or(0, |part| part.total);
    let title = desks::unit_title(lang, &name, total("overdue"), total("today"));
    let agency = desk.agency.clone();
    let parts = desk
        .parts
        .into_iter()
        .filter(|part| part.total > 0 || ["overdue", "today"].contains(&part.when.as_str()));
    let parts =
        parts.map(|part| view! { <Part boot=boot.clone() agency=agency.clone() part as_of/> }).collect_view();
    view! {
        <Title text=format!("{} {name} · {}", desks::DESK.to(lang), words::PRODUCT)/>
        <Crumbs steps=vec![
            Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
            Crumb { name, href: address::agency(&agency) },
            Crumb { name: desks::DESK.to(lang).to_owned(), href: String::new() },
        ]/>
        <h1>{title}</h1>
        <p class="aside">
            {desks::UNIT_HELP.to(lang)} " "
            {move || format!("{} {}", words::AS_OF.to(lang), date::moment(lang, &as_of.get()))}
        </p>
        {parts}
    }
}

#[component]
fn Part(boot: Arc<Boot>, agency: String, part: UnitPart, as_of: RwSignal<String>) -> impl IntoView {
    let lang = use_lang();
    let heading = desks::when(&part.when).to(lang);
    let count = i64::try_from(part.total).unwrap_or(i64::MAX);
    // The overdue are a number of the registry, with a receipt of its own.
    let number = if part.when == "overdue" {
        let params: Params =
            vec![("metric".to_owned(), "overdue".to_owned()), ("agency".to_owned(), agency.clone())];
        view! { <Num value=Signal::stored(count) params at=as_of label=heading shape=Shape::Overdue/> }
            .into_any()
    } else {
        view! { <span class="figure">{crate::text::number::count(lang, count)}</span> }.into_any()
    };
    let shown = part.cases.len();
    let more = (part.total > shown as u64).then(|| {
        let params: Params = vec![
            ("agency".to_owned(), agency),
            ("timeliness".to_owned(), "in_time,due_soon,overdue,no_deadline".to_owned()),
            ("sort".to_owned(), "due".to_owned()),
        ];
        view! { <p class="aside">{directives::shown_of(lang, shown, part.total)} " · " <a class="touch" href=address::cases(&params)>{desks::ALL.to(lang)}</a></p> }
    });
    let rows = if part.cases.is_empty() {
        view! { <p class="aside">{desks::NONE_HERE.to(lang)}</p> }.into_any()
    } else {
        view! { <CaseRows boot cases=part.cases/> }.into_any()
    };
    view! {
        <section class="desk-part">
            <h2>{heading} " " {number}</h2>
            {rows}
            {more}
        </section>
    }
}

#[component]
fn ToAnswer(boot: Arc<Boot>, page: DirectivePage) -> impl IntoView {
    let lang = use_lang();
    let rows = if page.directives.is_empty() {
        view! { <p class="aside">{desks::NONE_TO_ANSWER.to(lang)}</p> }.into_any()
    } else {
        view! { <DirectiveRows boot directives=page.directives/> }.into_any()
    };
    view! {
        <section class="of-case">
            <h2>{desks::TO_ANSWER.to(lang)}</h2>
            {rows}
        </section>
    }
}

#[component]
fn Missing(boot: Arc<Boot>, total: u64, missing: Vec<MissingView>) -> impl IntoView {
    let lang = use_lang();
    let shown = missing.len();
    let line = |line: MissingView| {
        view! {
            <li class="alarm">
                <p>{lang.of(&line.text)}</p>
                <p class="alarm-handled">
                    <a class="touch" href=address::case(&line.case)>{line.case.clone()}</a>
                    " · " {date::moment_beside(lang, &line.at, &boot.beat.at)} " · " {line.clause}
                </p>
            </li>
        }
    };
    let rows = if missing.is_empty() {
        view! { <p class="aside">{desks::NONE_MISSING.to(lang)}</p> }.into_any()
    } else {
        view! {
            <p class="aside">{directives::shown_of(lang, shown, total)}</p>
            <ul class="alarms">{missing.into_iter().map(line).collect_view()}</ul>
        }
        .into_any()
    };
    view! {
        <section>
            <h2>{desks::MISSING.to(lang)}</h2>
            {rows}
        </section>
    }
}
