//! A district or a case, shown large over the scene. Nothing of a person is in it.

use std::sync::Arc;

use domain::answer::CaseStory;
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::screen::Spotlight;
use leptos::prelude::*;

use crate::ask::Ask;
use crate::components::{Shape, case_title, named};
use crate::functions::{Boot, First, load_case};
use crate::live::{use_list, use_table};
use crate::locale::use_lang;
use crate::pages::ready::when_ready;
use crate::table::sum;
use crate::text::{Say, date, number, screens, words};

/// The levels of a district, each with its word and its sign.
const LEVELS: [(Metric, Say, Option<Shape>); 3] = [
    (Metric::Open, words::OPEN, None),
    (Metric::DueSoon, words::DUE_SOON, Some(Shape::DueSoon)),
    (Metric::Overdue, words::OVERDUE, Some(Shape::Overdue)),
];

/// The panel.
#[component]
pub fn SpotlightPanel(
    /// What came with the page.
    boot: Arc<Boot>,
    /// What is shown.
    large: Spotlight,
) -> impl IntoView {
    match large {
        Spotlight::District(code) => view! { <District boot code/> }.into_any(),
        Spotlight::Case(code) => view! { <Case code/> }.into_any(),
    }
}

#[component]
fn District(boot: Arc<Boot>, code: String) -> impl IntoView {
    let lang = use_lang();
    let name = named(lang, &boot, Dimension::District, Some(&code)).unwrap_or_default();
    let ask = Ask::of(&LEVELS.map(|(metric, ..)| metric)).with("district", &code);
    let table = use_table(Signal::stored(ask.query()));
    view! {
        <section class="spotlight">
            <h2>{name}</h2>
            {when_ready(
                move || table.first(),
                move |_: Arc<Boot>, first: First| {
                    let rows = table.rows(first);
                    LEVELS
                        .map(|(metric, word, shape)| {
                            let value = move || number::count(lang, rows.with(|table| sum(table, metric)));
                            let class = shape.map_or("", Shape::class);
                            let sign = shape.map(|shape| view! { <span class="sign" aria-hidden="true">{shape.sign()}</span> });
                            view! {
                                <p class="spotlight-line">
                                    <span class=class>{sign} " " {word.to(lang)}</span>
                                    <strong class="number">{value}</strong>
                                </p>
                            }
                        })
                        .into_iter()
                        .collect_view()
                },
            )}
        </section>
    }
}

#[component]
fn Case(code: String) -> impl IntoView {
    let lang = use_lang();
    let shown = code.clone();
    let story = use_list(move || code.clone(), load_case);
    view! {
        <section class="spotlight">
            <h2>{shown}</h2>
            {when_ready(
                move || {
                    story.track();
                    async move { story.await }
                },
                move |boot: Arc<Boot>, story: Option<CaseStory>| {
                    let Some(story) = story else {
                        return view! { <p>{screens::NO_SUCH_CASE.to(lang)}</p> }.into_any();
                    };
                    let case = story.case;
                    let holder = named(lang, &boot, Dimension::Agency, case.agency.as_deref());
                    let due = case.due.as_ref().map(|due| format!("{} {}", words::DUE.to(lang), date::moment(lang, due)));
                    let stand = case.timeliness.as_deref().map(Shape::of).map(|shape| {
                        view! {
                            <p class=shape.class()>
                                <span class="sign" aria-hidden="true">{shape.sign()}</span>
                                " "
                                {shape.word().to(lang)}
                            </p>
                        }
                    });
                    view! {
                        <p>{case_title(lang, &boot, &case)}</p>
                        <p>{holder}</p>
                        {stand}
                        <p class="wall-under">{due}</p>
                    }
                        .into_any()
                },
            )}
        </section>
    }
}
