//! The pages that this device's reader follows, each with what became of it since the last look.

use std::sync::Arc;
use std::time::Duration;

use domain::metric::Metric;
use leptos::prelude::*;

use super::super::ready::when_ready;
use super::scope::{By, Scope};
use crate::address;
use crate::components::{Mark, Num, Params, Shape, conditions_said, status_said};
use crate::error::AppError;
use crate::follow::{View, use_followed};
use crate::functions::{Boot, load_case, load_since};
use crate::live::{Live, use_answer};
use crate::locale::use_lang;
use crate::look::use_last_look;
use crate::text::{Lang, begun, date, follow, words};

/// How often the followed pages are asked about again.
const EVERY: Duration = Duration::from_secs(120);

/// By then a page that has just come waits for its answers.
const SETTLED_MS: i32 = 150;

/// What became of a page.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
enum State {
    /// Of the drill-down.
    Level(Level),
    /// Of a case: its state and where it stands in its limit.
    Case { status: String, timeliness: Option<String> },
    /// Of a case that is not there.
    NoCase,
    /// Any other: it is named alone.
    Other,
    /// The server could not say it.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Level {
    since: String,
    at: String,
    overdue: (i64, i64),
    received: i64,
    resolved: i64,
}

/// The list; nothing where nothing is followed.
#[component]
pub(super) fn FollowedPages() -> impl IntoView {
    let (lang, views, since) = (use_lang(), use_followed().views(), use_last_look().since());
    // Numbers that stand beside live ones do not grow old.
    let times = RwSignal::new(0_u32);
    Effect::new(move |_| {
        let again = move || times.update(|times| *times = times.wrapping_add(1));
        if let Ok(interval) = set_interval_with_handle(again, EVERY) {
            on_cleanup(move || interval.clear());
        }
    });
    let states = use_answer(
        move || (views.get(), since.get(), times.get()),
        |(views, since, _)| async move {
            // An answer that is there before the page waits for it would not be seen to be another one: pages that are
            // named alone ask the server nothing.
            if !views.is_empty() {
                Live::pause(SETTLED_MS).await;
            }
            let mut states = Vec::new();
            for view in views {
                let state = state(&view, &since).await.unwrap_or(State::Unknown);
                states.push((view, state));
            }
            Ok::<_, AppError>(states)
        },
    );
    when_ready(
        move || {
            states.track();
            async move { states.await }
        },
        move |boot: Arc<Boot>, states: Vec<(View, State)>| {
            (!states.is_empty()).then(|| {
                let at = states.iter().find_map(|(_, state)| match state {
                    State::Level(level) => Some(level.at.clone()),
                    _ => None,
                });
                let as_of = at.map(|at| format!("{} {}. ", words::AS_OF.to(lang), date::moment(lang, &at)));
                let lines: Vec<_> = states
                    .into_iter()
                    .map(|(view, state)| view! { <Line boot=boot.clone() view state/> })
                    .collect();
                view! {
                    <section class="followed" aria-labelledby="followed">
                        <h2 id="followed">{follow::FOLLOWED.to(lang)}</h2>
                        <ul>{lines}</ul>
                        <p class="aside">{as_of} {follow::KEPT_HERE.to(lang)}</p>
                    </section>
                }
            })
        },
    )
}

/// What a page of the drill-down or of a case is about.
fn parts(view: &View) -> (Option<Scope>, Option<String>) {
    let path = view.path.split('?').next().unwrap_or_default();
    let case = match address::segments(path).as_slice() {
        [first, code] if first == "case" => Some(code.clone()),
        _ => None,
    };
    (Scope::from_path(path), case)
}

async fn state(view: &View, since: &str) -> Result<State, AppError> {
    match parts(view) {
        (Some(scope), _) => {
            let changed = load_since(address::search(&scope.params()), since.to_owned()).await?;
            Ok(State::Level(Level {
                since: changed.since,
                at: changed.at,
                overdue: changed.overdue,
                received: changed.received,
                resolved: changed.resolved,
            }))
        }
        (None, Some(code)) => Ok(load_case(code).await?.map_or(State::NoCase, |story| State::Case {
            status: story.case.status,
            timeliness: story.case.timeliness,
        })),
        (None, None) => Ok(State::Other),
    }
}

/// What a page is called: by its codes, so that it is named in the reader's language and without old numbers.
fn name(lang: Lang, boot: &Boot, view: &View) -> String {
    let (path, search) = view.path.split_once('?').unwrap_or((&view.path, ""));
    let Some(scope) = Scope::from_path(path) else {
        let said =
            if path == "/cases" { conditions_said(lang, boot, &address::pairs(search)) } else { Vec::new() };
        return match said.is_empty() {
            true => view.title.clone(),
            false => format!("{} · {}", words::CASES.to(lang), said.join(" · ")),
        };
    };
    let name = scope.name(lang, boot).unwrap_or_else(|| words::CITY.to(lang).to_owned());
    match address::value(&address::pairs(search), "by") {
        Some(_) => format!("{name} · {}", By::asked(&scope, search).tab(lang, boot)),
        None => name,
    }
}

#[component]
fn Line(boot: Arc<Boot>, view: View, state: State) -> impl IntoView {
    let (lang, followed) = (use_lang(), use_followed());
    let name = name(lang, &boot, &view);
    let said = match state {
        State::Level(level) => {
            let params = parts(&view).0.map(|scope| scope.params()).unwrap_or_default();
            view! { <LevelSaid level params/> }.into_any()
        }
        State::Case { status, timeliness } => view! {
            {timeliness.as_deref().map(|code| view! { <Mark shape=Shape::of(code)/> " " })}
            {begun(&status_said(lang, &boot, &status))}
        }
        .into_any(),
        State::NoCase => follow::NO_CASE.to(lang).into_any(),
        State::Other => ().into_any(),
        State::Unknown => follow::UNKNOWN.to(lang).into_any(),
    };
    let label = format!("{}: {name}", follow::LET_GO.to(lang));
    let href = address::at(&view.path);
    view! {
        <li>
            <a class="touch" href=href>{name}</a>
            <span class="followed-said">{said}</span>
            <button type="button" class="let-go" aria-label=label on:click=move |_| followed.toggle(view.clone())>"×"</button>
        </li>
    }
}

/// Overdue then and now, and what moved in between.
#[component]
fn LevelSaid(level: Level, params: Params) -> impl IntoView {
    let lang = use_lang();
    let Level { since, at, overdue: (then, now), received, resolved } = level;
    let number = move |metric: Metric, value: i64, more: &[(&str, &str)], label: &'static str| {
        let mut params = params.clone();
        params.push(("metric".to_owned(), metric.name().to_owned()));
        params.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        view! { <Num value params label/> }
    };
    let span = [("from", since.as_str()), ("to", at.as_str())];
    let overdue = words::OVERDUE.to(lang);
    let before =
        (then != now).then(|| view! { {number(Metric::Overdue, then, &[("at", &since)], overdue)} " → " });
    view! {
        {follow::OVERDUE.to(lang)} {before} {number(Metric::Overdue, now, &[("at", &at)], overdue)}
        {follow::RECEIVED.to(lang)} {number(Metric::Received, received, &span, words::RECEIVED.to(lang))}
        {follow::RESOLVED.to(lang)} {number(Metric::Resolved, resolved, &span, words::RESOLVED.to(lang))}
    }
}
