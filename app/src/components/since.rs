//! The brief since the reader's last look: what came, what was done, and where overdue cases moved.

use std::sync::Arc;
use std::time::Duration;

use domain::dimension::Dimension;
use domain::metric::Metric;
use leptos::prelude::*;

use super::mark::Shape;
use super::num::{Num, Params};
use crate::address;
use crate::ask::escape;
use crate::functions::{Boot, Changed, DirectivesMoved, Mover, load_since};
use crate::live::use_answer;
use crate::locale::use_lang;
use crate::look::use_last_look;
use crate::pages::ready::when_ready;
use crate::text::{number, since, words};

/// How often it is asked again: sentences are read, not watched.
const AGAIN: Duration = Duration::from_secs(60);

/// What changed since this device's last look. Until that is known, and on a first visit, since
/// yesterday's end of work.
#[component]
pub fn SinceLook(
    /// What the page is about.
    params: Signal<Params>,
) -> impl IntoView {
    let lang = use_lang();
    let (since, turn) = (use_last_look().since(), RwSignal::new(0_u32));
    Effect::new(move |_| {
        let again = move || {
            turn.try_update(|turn| *turn = turn.wrapping_add(1));
        };
        if let Ok(interval) = set_interval_with_handle(again, AGAIN) {
            on_cleanup(move || interval.clear());
        }
    });
    let changed = use_answer(
        move || (params.get(), since.get(), turn.get()),
        |(params, since, _)| load_since(address::search(&params), since),
    );
    view! {
        <section class="since" aria-label=since::TITLE.to(lang)>
            {when_ready(
                move || {
                    let params = params.get();
                    changed.track();
                    async move { Ok((params, changed.await?)) }
                },
                move |boot: Arc<Boot>, (params, changed): (Params, Changed)| {
                    view! { <Sentences boot params changed/> }
                },
            )}
        </section>
    }
}

#[component]
fn Sentences(boot: Arc<Boot>, params: Params, changed: Changed) -> impl IntoView {
    let lang = use_lang();
    let Changed { since: from, at, is_assumed, .. } = changed.clone();
    let asked = move |metric: Metric, more: &[(&str, &str)]| {
        let mut params = params.clone();
        params.push(("metric".to_owned(), metric.name().to_owned()));
        params.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        params
    };
    let flow = {
        let (asked, from, at) = (asked.clone(), from.clone(), at.clone());
        move |metric: Metric, value: i64, label: &'static str| {
            view! { <Num value params=asked(metric, &[("from", &from), ("to", &at)]) label/> }
        }
    };
    let level = {
        let asked = asked.clone();
        move |value: i64, at: &str, of: Option<&Mover>| {
            let code = of.map(|of| escape(&of.code));
            let mut more = vec![("at", at)];
            if let (Some(of), Some(code)) = (of, &code) {
                more.push((of.dimension.as_str(), code));
            }
            let params = asked(Metric::Overdue, &more);
            let label = words::OVERDUE.to(lang);
            if of.is_some() {
                view! { <Num value params label/> }.into_any()
            } else {
                view! { <Num value params label shape=Shape::Overdue/> }.into_any()
            }
        }
    };
    let span = since::span(lang, &from, &at, is_assumed);
    let is_still = changed.received == 0
        && changed.resolved == 0
        && changed.reopened == 0
        && changed.overdue.0 == changed.overdue.1
        && changed.movers.is_empty()
        && changed.directives.is_none_or(|moved| moved == DirectivesMoved::default());
    if is_still {
        return view! { <p class="brief"><time datetime=at>{span}</time>{since::NOTHING.to(lang)}</p> }
            .into_any();
    }
    let (then, now) = changed.overdue;
    let overdue = if then == now {
        view! { {since::OVERDUE_STILL.to(lang)} {level(now, &at, None)} }.into_any()
    } else {
        let way = if now > then { since::UP_TO } else { since::DOWN_TO };
        view! { {since::OVERDUE_FROM.to(lang)} {level(then, &from, None)} {way.to(lang)} {level(now, &at, None)} }
            .into_any()
    };
    let late = (changed.resolved_late > 0).then(|| {
        let number = flow(Metric::ResolvedLate, changed.resolved_late, words::RESOLVED.to(lang));
        view! { {since::OF_WHICH.to(lang)} {number} {since::LATE.to(lang)} }
    });
    let reopened = (changed.reopened > 0).then(|| {
        let number = flow(Metric::Reopened, changed.reopened, words::RESOLVED.to(lang));
        view! { {since::REOPENED.to(lang)} {number} }
    });
    let movers: Vec<_> = changed
        .movers
        .iter()
        .enumerate()
        .map(|(place, mover)| {
            let dimension = mover.dimension.parse::<Dimension>().ok();
            let name = dimension.map_or_else(
                || mover.code.clone(),
                |dimension| lang.of(&boot.city.catalogue.label(dimension, &mover.code)),
            );
            let way = if mover.to > mover.from { since::UP_TO } else { since::DOWN_TO };
            let before = if place == 0 { since::MOST.to(lang) } else { "; " };
            view! {
                {before}
                <a class="touch" href=href(mover)>{name}</a>
                {since::FROM.to(lang)}
                {level(mover.from, &from, Some(mover))}
                {way.to(lang)}
                {level(mover.to, &at, Some(mover))}
            }
        })
        .collect();
    let has_movers = !movers.is_empty();
    view! {
        <p class="brief">
            {span}
            {since::RECEIVED.to(lang)}
            {flow(Metric::Received, changed.received, words::RECEIVED.to(lang))}
            {since::RESOLVED.to(lang)}
            {flow(Metric::Resolved, changed.resolved, words::RESOLVED.to(lang))}
            {late}
            {reopened}
            {overdue}
            {since::STOP.to(lang)}
            {movers}
            {has_movers.then(|| since::STOP.to(lang))}
            {changed.directives.map(|moved| view! { <Directed moved/> })}
        </p>
    }
    .into_any()
}

/// What became of directives. They are no cases and have no receipt: the list is their evidence.
#[component]
fn Directed(moved: DirectivesMoved) -> impl IntoView {
    let lang = use_lang();
    let list = |status: &str| address::directives(&[("status".to_owned(), status.to_owned())]);
    if moved.is_cut {
        return view! {
            {since::DIRECTIVES.to(lang)}
            <a class="touch" href=address::directives(&[])>{since::TOO_MANY.to(lang)}</a>
            "."
        }
        .into_any();
    }
    let piece = |number: i64, href: String, word: &'static str| {
        (number > 0).then(|| view! { <a class="touch" href=href>{number::count(lang, number)} {word}</a> })
    };
    let (answered, past_due) = (moved.answered > 0, moved.past_due > 0);
    (answered || past_due)
        .then(|| {
            view! {
                {since::DIRECTIVES.to(lang)}
                {piece(moved.answered, address::directives(&[]), since::ANSWERED.to(lang))}
                {(answered && past_due).then_some(", ")}
                {piece(moved.past_due, list("overdue"), since::PAST_DUE.to(lang))}
                "."
            }
        })
        .into_any()
}

fn href(mover: &Mover) -> String {
    match mover.dimension.as_str() {
        "agency" => address::agency(&mover.code),
        "district" => address::district(&mover.code),
        "ward" => address::ward(&mover.code),
        _ => address::field(&mover.code),
    }
}
