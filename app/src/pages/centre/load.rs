//! The load of a centre: by field, by counter; and what people think.

use std::sync::Arc;

use domain::answer::{CentreDesk, CentreField, CentreRating, CounterView};
use domain::dimension::Dimension;
use leptos::prelude::*;

use super::of_place;
use crate::address;
use crate::ask::escape;
use crate::components::{Num, Params, Shape, named};
use crate::functions::Boot;
use crate::locale::use_lang;
use crate::text::{centre, date, number, words};

/// The load by field.
#[component]
pub(super) fn Fields(boot: Arc<Boot>, desk: CentreDesk, as_of: RwSignal<String>) -> impl IntoView {
    let lang = use_lang();
    let place = of_place(&desk);
    let table = if desk.fields.is_empty() {
        view! { <p class="aside">{centre::NO_LOAD.to(lang)}</p> }.into_any()
    } else {
        let row = |field| view! { <Field boot=boot.clone() field place=place.clone() as_of/> };
        let rows = desk.fields.into_iter().map(row).collect_view();
        view! {
            <table class="centre-table">
                <thead><tr>
                    <th scope="col">{words::FIELD.to(lang)}</th>
                    <th scope="col" class="number">{centre::TODAY.to(lang)}</th>
                    <th scope="col" class="number">{words::OPEN.to(lang)}</th>
                    <th scope="col" class="number">{words::DUE_SOON.to(lang)}</th>
                    <th scope="col" class="number">{words::OVERDUE.to(lang)}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="desk-part">
            <h2>{centre::BY_FIELD.to(lang)}</h2>
            {table}
        </section>
    }
}

#[component]
fn Field(boot: Arc<Boot>, field: CentreField, place: Params, as_of: RwSignal<String>) -> impl IntoView {
    let lang = use_lang();
    let mut filter = place;
    // Cases without a field cannot be asked for by it: their numbers lead to the place's.
    let name = named(lang, &boot, Dimension::Field, field.field.as_deref());
    let link = field.field.as_deref().map(|code| {
        filter.push(("field".to_owned(), escape(code)));
        address::cases(&filter)
    });
    let said = name.clone().unwrap_or_else(|| words::NONE_GIVEN.to(lang).to_owned());
    let head = match link.clone() {
        Some(href) => view! { <a href=href>{said.clone()}</a> }.into_any(),
        None => view! { <span>{said.clone()}</span> }.into_any(),
    };
    let number = |metric: &str, word: &str, value: i64, shape: Option<Shape>| {
        if link.is_none() {
            return view! { <td class="number">{number::count(lang, value)}</td> }.into_any();
        }
        let mut params = filter.clone();
        params.push(("metric".to_owned(), metric.to_owned()));
        if metric == "received" {
            params.push(("from".to_owned(), "today".to_owned()));
        }
        let (value, label) = (Signal::stored(value), format!("{said}, {word}"));
        let num = match shape {
            Some(shape) => view! { <Num value params at=as_of label shape/> }.into_any(),
            None => view! { <Num value params at=as_of label/> }.into_any(),
        };
        view! { <td class="number">{num}</td> }.into_any()
    };
    view! {
        <tr>
            <th scope="row">{head}</th>
            {number("received", centre::TODAY.to(lang), field.received_today, None)}
            {number("open", words::OPEN.to(lang), field.open, None)}
            {number("due_soon", words::DUE_SOON.to(lang), field.due_soon, (field.due_soon > 0).then_some(Shape::DueSoon))}
            {number("overdue", words::OVERDUE.to(lang), field.overdue, (field.overdue > 0).then_some(Shape::Overdue))}
        </tr>
    }
}

/// The counters and their queues.
#[component]
pub(super) fn Counters(boot: Arc<Boot>, desk: CentreDesk) -> impl IntoView {
    let lang = use_lang();
    let list = match (&desk.unit, desk.counters.is_empty()) {
        (None, _) => view! { <p class="aside">{centre::NO_UNIT.to(lang)}</p> }.into_any(),
        (Some(_), true) => view! { <p class="aside">{centre::NO_COUNTERS.to(lang)}</p> }.into_any(),
        (Some(_), false) => {
            let line = |counter| view! { <Counter boot=boot.clone() counter/> };
            view! { <ul class="centre-counters">{desk.counters.into_iter().map(line).collect_view()}</ul> }
                .into_any()
        }
    };
    view! {
        <section>
            <h2>{centre::COUNTERS.to(lang)}</h2>
            {list}
        </section>
    }
}

#[component]
fn Counter(boot: Arc<Boot>, counter: CounterView) -> impl IntoView {
    let lang = use_lang();
    let name = match counter.counter.as_deref() {
        Some(name) => centre::counter(lang, name),
        None => centre::ALL_COUNTERS.to(lang).to_owned(),
    };
    let called = counter.called.map(|number| format!(" · {}", centre::called(lang, number)));
    let CounterView { waiting, serving, issued_today, oldest_wait_secs, .. } = counter;
    view! {
        <li>
            <p><b>{name}</b>{called}</p>
            <p>{centre::queue(lang, waiting, serving, issued_today, oldest_wait_secs)}</p>
            <p class="aside">{words::AS_OF.to(lang)} " " {date::moment_beside(lang, &counter.time, &boot.beat.at)}</p>
        </li>
    }
}

/// What people think, by how the rating came in.
#[component]
pub(super) fn Ratings(boot: Arc<Boot>, desk: CentreDesk, as_of: RwSignal<String>) -> impl IntoView {
    let lang = use_lang();
    let place = of_place(&desk);
    let mut all = CentreRating::default();
    for rating in &desk.ratings {
        all.rated += rating.rated;
        all.satisfied += rating.satisfied;
    }
    let row = |rating: CentreRating, is_all: bool| {
        let name = match rating.channel.as_deref() {
            _ if is_all => centre::ALL_RATINGS.to(lang).to_owned(),
            Some(code) => named(lang, &boot, Dimension::RatingChannel, Some(code)).unwrap_or_default(),
            None => words::NONE_GIVEN.to(lang).to_owned(),
        };
        let share = if rating.rated < i64::from(desk.ratings_min) {
            centre::few_ratings(lang, desk.ratings_min)
        } else {
            number::share(lang, rating.satisfied, rating.rated)
        };
        let mut params = place.clone();
        params.push(("metric".to_owned(), "rated".to_owned()));
        params.push(("from".to_owned(), desk.ratings_from.clone()));
        let is_asked = is_all || rating.channel.is_some();
        if let Some(code) = rating.channel.as_deref() {
            params.push(("rating_channel".to_owned(), escape(code)));
        }
        let label = format!("{name}, {}", centre::RATINGS.to(lang));
        let many = if is_asked {
            view! { <Num value=Signal::stored(rating.rated) params at=as_of label/> }.into_any()
        } else {
            view! { <span>{number::count(lang, rating.rated)}</span> }.into_any()
        };
        view! { <tr><th scope="row">{name}</th><td class="number">{share}</td><td class="number">{many}</td></tr> }
    };
    let table = if all.rated == 0 {
        view! { <p class="aside">{centre::NO_RATINGS.to(lang)}</p> }.into_any()
    } else {
        let rows: Vec<_> = std::iter::once(row(all, true))
            .chain(desk.ratings.iter().cloned().map(|rating| row(rating, false)))
            .collect();
        view! {
            <table class="centre-table">
                <thead><tr>
                    <th scope="col">{centre::RATING_CHANNEL.to(lang)}</th>
                    <th scope="col" class="number">{centre::SATISFIED.to(lang)}</th>
                    <th scope="col" class="number">{centre::RATINGS.to(lang)}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section>
            <h2>{centre::SATISFACTION.to(lang)}</h2>
            {table}
        </section>
    }
}
