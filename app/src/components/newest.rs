//! The newest serious cases; where no source states how grave a case is, the newest, and it says so.

use std::sync::Arc;

use domain::dimension::Dimension;
use leptos::prelude::*;

use super::case_rows::{due_text, named, place, shape_now, title};
use super::mark::Mark;
use crate::address;
use crate::functions::{Boot, NewestCases};
use crate::live::use_live;
use crate::locale::use_lang;
use crate::text::{date, words};

/// The list with its heading.
#[component]
pub fn Newest(
    /// What came with the page.
    boot: Arc<Boot>,
    /// The cases.
    newest: NewestCases,
) -> impl IntoView {
    let lang = use_lang();
    let at = use_live().at(&boot);
    let (heading, under) = if newest.serious {
        (words::NEWEST_SERIOUS, words::NEWEST_SERIOUS_HELP)
    } else {
        (words::NEWEST, words::NEWEST_HELP)
    };
    let stands_at = boot.beat.at.clone();
    let each = newest.page.cases.into_iter().map(|case| {
        let title = title(lang, &boot, &case);
        let place = place(lang, &boot, &case);
        let title = if place.is_empty() { title } else { format!("{title}, {place}") };
        let holder = named(lang, &boot, Dimension::Agency, case.agency.as_deref());
        let channel = named(lang, &boot, Dimension::Channel, case.channel.as_deref());
        let shape = shape_now(&case, at);
        // Of a resolved case the limit runs no more.
        let due = case.due.clone().filter(|_| case.timeliness.is_some() && case.resolved_at.is_none());
        let left = due.map(|due| {
            let text = Memo::new(move |_| at.with(|at| due_text(lang, &due, at)));
            view! { <span class="late-left">{move || shape.get().map(|shape| view! { <Mark shape/> " " })} <span class="figure">{text}</span></span> }
        });
        view! {
            <li>
                <a class="late-line" href=address::case(&case.case)>
                    <span class="late-first">
                        <span class="late-holder">{title}</span>
                        <span class="late-clock figure">{date::moment_beside(lang, &case.received_at, &stands_at)}</span>
                    </span>
                    <span class="late-second">
                        <span class="late-about">{holder}</span>
                        {left}
                        <span class="late-limit late-channel">{channel}</span>
                    </span>
                </a>
            </li>
        }
    });
    view! {
        <h2>{heading.to(lang)}</h2>
        <p class="wall-under">{under.to(lang)}</p>
        <ul class="late">{each.collect_view()}</ul>
    }
}
