//! The longest overdue cases, with their clocks running.

use std::sync::Arc;

use domain::answer::CaseRow;
use domain::dimension::Dimension;
use leptos::prelude::*;

use super::case_rows::{due_text, named, place, title};
use super::empties::is_silent;
use super::mark::{Mark, Shape};
use crate::address;
use crate::functions::Boot;
use crate::live::use_live;
use crate::locale::use_lang;
use crate::text::{date, number, words};

/// The list: who holds each, how long it has been overdue, and what it is.
#[component]
pub fn Longest(
    /// What came with the page.
    boot: Arc<Boot>,
    /// Overdue cases, the longest first.
    cases: Vec<CaseRow>,
) -> impl IntoView {
    let lang = use_lang();
    let at = use_live().at(&boot);
    if cases.is_empty() {
        if is_silent(&boot).get_untracked() {
            return view! { <p class="aside none-overdue">{words::NO_SOURCE.to(lang)}</p> }.into_any();
        }
        return view! { <p class="aside none-overdue"><Mark shape=Shape::InTime bare=true/> " " {words::NONE_OVERDUE.to(lang)}</p> }
            .into_any();
    }
    let each = cases.into_iter().map(|case| {
        let tree = boot.city.catalogue.tree(Dimension::Agency);
        let top = case
            .agency
            .as_deref()
            .map(|code| tree.map_or_else(|| code.to_owned(), |tree| tree.at_level(code, 1)));
        let holder = named(lang, &boot, Dimension::Agency, top.as_deref())
            .unwrap_or_else(|| words::NONE_GIVEN.to(lang).to_owned());
        let about = [title(lang, &boot, &case), place(lang, &boot, &case)];
        let about: Vec<String> = about.into_iter().filter(|part| !part.is_empty()).collect();
        let due = case.due.clone().unwrap_or_default();
        let limit = format!("{} {}", words::DUE.to(lang).to_lowercase(), date::moment(lang, &due));
        let over = Memo::new(move |_| {
            at.with(|at| match date::micros_between(&due, at) {
                Some(over) if over >= 0 => number::running(lang, over),
                _ => due_text(lang, &due, at),
            })
        });
        view! {
            <li>
                <a class="late-line" href=address::case(&case.case)>
                    <span class="late-first">
                        <span class="late-holder">{holder}</span>
                        <span class="late-clock figure overdue"><Mark shape=Shape::Overdue/> " " {over}</span>
                    </span>
                    <span class="late-second">
                        <span class="late-about">{about.join(" · ")}</span>
                        <span class="late-limit">{limit}</span>
                    </span>
                </a>
            </li>
        }
    });
    view! { <ul class="late">{each.collect_view()}</ul> }.into_any()
}
