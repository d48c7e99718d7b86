//! What is late and what falls due today and tomorrow, by who holds it.

use std::sync::Arc;

use domain::answer::{CentreCase, CentreDesk, CentreHolder, CentrePart};
use domain::dimension::Dimension;
use leptos::prelude::*;

use super::of_place;
use crate::address;
use crate::components::{Mark, Num, Params, Shape, case_title, due_text, named, shape_now};
use crate::functions::Boot;
use crate::live::use_live;
use crate::locale::use_lang;
use crate::text::{centre, date, desks, directives, number, words};

/// The three parts.
#[component]
pub(super) fn Parts(boot: Arc<Boot>, desk: CentreDesk, as_of: RwSignal<String>) -> impl IntoView {
    let place = of_place(&desk);
    let part = |part| view! { <Part boot=boot.clone() part place=place.clone() as_of/> };
    desk.parts.into_iter().map(part).collect_view()
}

#[component]
fn Part(boot: Arc<Boot>, part: CentrePart, place: Params, as_of: RwSignal<String>) -> impl IntoView {
    let lang = use_lang();
    let heading = desks::when(&part.when).to(lang);
    let count = i64::try_from(part.total).unwrap_or(i64::MAX);
    // The overdue are a number of the registry, with a receipt of its own; the others are counted in this list.
    let number = if part.when == "overdue" {
        let mut params = place.clone();
        params.push(("metric".to_owned(), "overdue".to_owned()));
        let value = Signal::stored(count);
        match count {
            0 => view! { <Num value params at=as_of label=heading/> }.into_any(),
            _ => view! { <Num value params at=as_of label=heading shape=Shape::Overdue/> }.into_any(),
        }
    } else {
        view! { <span class="figure">{number::count(lang, count)}</span> }.into_any()
    };
    let shown: usize = part.holders.iter().map(|holder| holder.cases.len()).sum();
    let more = (part.total > shown as u64).then(|| {
        let mut params = place;
        params.push(("timeliness".to_owned(), "in_time,due_soon,overdue".to_owned()));
        params.push(("sort".to_owned(), "due".to_owned()));
        view! {
            <p class="aside">
                {directives::shown_of(lang, shown, part.total)} " · "
                <a class="touch" href=address::cases(&params)>{desks::ALL.to(lang)}</a>
            </p>
        }
    });
    let holders = if part.holders.is_empty() {
        view! { <p class="aside">{desks::NONE_HERE.to(lang)}</p> }.into_any()
    } else {
        let holder = |holder| view! { <Holder boot=boot.clone() holder/> };
        part.holders.into_iter().map(holder).collect_view().into_any()
    };
    view! {
        <section class="desk-part">
            <h2>{heading} " " {number}</h2>
            {holders}
            {more}
        </section>
    }
}

#[component]
fn Holder(boot: Arc<Boot>, holder: CentreHolder) -> impl IntoView {
    let lang = use_lang();
    let count = number::count(lang, i64::try_from(holder.total).unwrap_or(i64::MAX));
    let name = match holder.agency.as_deref() {
        Some(code) => {
            let name = named(lang, &boot, Dimension::Agency, Some(code));
            view! { <a class="touch" href=address::desk(code)>{name}</a> }.into_any()
        }
        None => view! { <span>{words::NONE_GIVEN.to(lang)}</span> }.into_any(),
    };
    let lines = holder.cases.into_iter().map(|case| view! { <Line boot=boot.clone() case/> }).collect_view();
    view! {
        <h3 class="centre-holder">{name} " " <span class="figure">{count}</span></h3>
        <ul class="cases">{lines}</ul>
    }
}

#[component]
fn Line(boot: Arc<Boot>, case: CentreCase) -> impl IntoView {
    let lang = use_lang();
    let at = use_live().at(&boot);
    let CentreCase { case, working_left_secs } = case;
    let shape = shape_now(&case, at);
    let title = case_title(lang, &boot, &case);
    let limit = case
        .due
        .as_deref()
        .map(|due| format!("{} {}", desks::UNTIL.to(lang), date::moment_beside(lang, due, &boot.beat.at)));
    let working = working_left_secs.map(|secs| centre::working_left(lang, secs));
    let about = [limit, working].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let due = case.due.clone().unwrap_or_default();
    view! {
        <li>
            <a class="case-line" href=address::case(&case.case)>
                <span class="case-title">{title}</span>
                <span class="case-stand figure">
                    {move || shape.get().map(|shape| view! { <Mark shape bare=true/> " " })}
                    {move || due_text(lang, &due, &at.get())}
                </span>
                <span class="case-about">{about}</span>
                <span class="case-code">{case.case.clone()}</span>
            </a>
        </li>
    }
}
