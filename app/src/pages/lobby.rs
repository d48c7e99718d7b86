//! The screen in the lobby of a centre, for whoever waits there: which number is called, how long it takes, what
//! was done this month, and what people think. It asks what anybody may be told and nothing else. It hangs as a
//! wall does: nothing to touch, nothing that scrolls, and it comes back by itself.

use std::sync::Arc;

use domain::public::{PublicCounter, PublicLobby, PublicRating};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::NotFound;
use super::ready::{when_booted, when_ready};
use crate::address;
use crate::components::{Freshness, Notice};
use crate::functions::{Boot, load_public_lobby};
use crate::live::use_list;
use crate::locale::use_lang;
use crate::source::Nowhere;
use crate::text::{Lang, centre, date, lobby, number, public, words};

/// The page.
#[component]
pub fn Lobby() -> impl IntoView {
    let path = use_location().pathname;
    let place = Memo::new(move |old: Option<&String>| {
        let parts = path.with(|path| address::segments(path));
        match parts.as_slice() {
            [page, place, last] if page == "centre" && last == "lobby" => place.clone(),
            _ => old.cloned().unwrap_or_default(),
        }
    });
    let told = use_list(move || place.get(), load_public_lobby);
    view! {
        {when_ready(
            move || { told.track(); async move {
                let told = told.await?;
                // The state moves by itself: the screen is made anew only where a number did.
                Ok(told.map(|told| PublicLobby { seq: domain::Seq::default(), at: String::new(), ..told }))
            } },
            move |_: Arc<Boot>, told: Option<PublicLobby>| match told {
                Some(told) => view! { <Screen told/> }.into_any(),
                None => {
                    if let Some(Nowhere(say)) = use_context::<Nowhere>() {
                        say();
                    }
                    view! { <NotFound/> }.into_any()
                }
            },
        )}
    }
}

#[component]
fn Screen(told: PublicLobby) -> impl IntoView {
    let lang = use_lang();
    let name = told.unit.as_ref().map_or_else(|| lang.of(&told.label), |unit| lang.of(unit));
    let month = public::month(lang, &told.month);
    let month_name = month.clone();
    view! {
        <main id="content" class="wall scene lobby">
            <Title text=format!("{} {name} · {}", centre::CENTRE.to(lang), words::PRODUCT)/>
            <div class="lobby-all">
                <h1 class="panel lobby-name">{name}</h1>
                <Queues counters=told.counters total=told.counters_total has_unit=told.unit.is_some()/>
                <section class="panel lobby-month" aria-label=month_name>
                    <Dossiers month figures=told.figures numbers=told.dossiers has_unit=told.unit.is_some()/>
                    {told.rating.map(|rating| view! { <Rating rating min=told.ratings_min/> })}
                    <p class="wall-under lobby-small">{public::small_groups(lang, told.small_count_min)}</p>
                </section>
            </div>
            <footer class="wall-foot">
                {when_booted(move |boot: Arc<Boot>| view! {
                    <Freshness boot=boot.clone() is_short=true/>
                    <Notice boot/>
                })}
            </footer>
        </main>
    }
}

#[component]
fn Queues(counters: Vec<PublicCounter>, total: u64, has_unit: bool) -> impl IntoView {
    let lang = use_lang();
    let is_lone = counters.len() == 1;
    let more = (total > counters.len() as u64).then(
        || view! { <p class="wall-under">{lobby::more_counters(lang, total - counters.len() as u64)}</p> },
    );
    let rows = if counters.is_empty() {
        let says = if has_unit { lobby::NO_QUEUE } else { centre::NO_UNIT };
        view! { <p class="aside">{says.to(lang)}</p> }.into_any()
    } else {
        let row = |counter| view! { <Counter counter/> };
        view! { <ul class="whole-rows lobby-counters" class:is-lone=is_lone>{counters.into_iter().map(row).collect_view()}</ul> }
            .into_any()
    };
    view! {
        <section class="panel lobby-queues">
            <h2>{lobby::CALLED.to(lang)}</h2>
            {rows}
            {more}
        </section>
    }
}

#[component]
fn Counter(counter: PublicCounter) -> impl IntoView {
    let lang = use_lang();
    let count = |number: u32| number::count(lang, number.into());
    let name = match counter.counter.as_str() {
        "all" => centre::ALL_COUNTERS.to(lang).to_owned(),
        "other" => lobby::OTHER_COUNTER.to(lang).to_owned(),
        number => centre::counter(lang, number),
    };
    let called = match counter.called {
        Some(called) => view! { <p class="lobby-called">{count(called)}</p> }.into_any(),
        None => view! { <p class="lobby-called is-unsaid">{lobby::NOT_SAID.to(lang)}</p> }.into_any(),
    };
    let wait = counter.longest_wait_minutes.filter(|_| counter.waiting > 0);
    let waiting = lobby::waiting(lang, counter.waiting, wait);
    view! {
        <li class="lobby-counter">
            <p class="lobby-which">{name}</p>
            {called}
            <p class="lobby-waiting">{waiting}</p>
            <p class="wall-under lobby-since">
                {lobby::served(lang, counter.serving, counter.issued_today)} " · "
                {words::AS_OF.to(lang)} " " {date::hour_minute(&counter.time).to_owned()}
            </p>
        </li>
    }
}

#[component]
fn Dossiers(month: String, figures: Vec<String>, numbers: Option<Vec<i64>>, has_unit: bool) -> impl IntoView {
    let lang = use_lang();
    let body = match numbers {
        Some(numbers) => {
            let of = |metric: &str| {
                let place = figures.iter().position(|figure| figure == metric)?;
                numbers.get(place).copied()
            };
            let sum = |metrics: [&str; 2]| metrics.into_iter().filter_map(of).sum::<i64>();
            let received = of("total_received").unwrap_or_default();
            let on_time = of("resolved_on_time").unwrap_or_default();
            let resolved = sum(["resolved_on_time", "resolved_overdue"]);
            let pending = sum(["pending_in_time", "pending_overdue"]);
            let share = match resolved {
                0 => number::NOTHING.to_owned(),
                _ => number::share(lang, on_time, resolved),
            };
            view! {
                <dl class="lobby-figures">
                    {figure(lang, public::RECEIVED.to(lang), received)}
                    {figure(lang, lobby::RESOLVED.to(lang), resolved)}
                    <div><dt>{lobby::ON_TIME.to(lang)}</dt><dd>{share}</dd></div>
                    {figure(lang, lobby::PENDING.to(lang), pending)}
                </dl>
            }
            .into_any()
        }
        None if has_unit => view! { <p class="aside">"○ " {public::UNTOLD.to(lang)}</p> }.into_any(),
        None => view! { <p class="aside">{centre::NO_UNIT.to(lang)}</p> }.into_any(),
    };
    view! {
        <h2>{format!("{} · {month}", public::DOSSIERS.to(lang))}</h2>
        {body}
    }
}

fn figure(lang: Lang, word: &'static str, value: i64) -> impl IntoView {
    view! { <div><dt>{word}</dt><dd>{number::count(lang, value)}</dd></div> }
}

#[component]
fn Rating(rating: PublicRating, min: u16) -> impl IntoView {
    let lang = use_lang();
    let body = match (rating.ratings, rating.satisfied_percent) {
        (Some(ratings), Some(share)) => view! {
            <p class="lobby-share">{number::percent(lang, share, 1)}</p>
            <p class="wall-under">{lobby::of_ratings(lang, ratings)}</p>
        }
        .into_any(),
        (Some(0), None) => view! { <p class="aside">{public::NO_RATINGS.to(lang)}</p> }.into_any(),
        _ => view! { <p class="aside">"○ " {lobby::few_ratings(lang, min)}</p> }.into_any(),
    };
    view! {
        <h2 class="lobby-second">{public::SATISFACTION.to(lang)}</h2>
        {body}
    }
}
