//! The bar of a row: how its open cases stand in their limits.

use leptos::prelude::*;

use crate::chart::{Figure, Split, stacked};
use crate::locale::use_lang;
use crate::text::number::count;
use crate::text::{Say, words};

/// The bar; the longest of its table, `full`, fills the width.
#[component]
pub fn TimelinessBar(
    /// How many stand so.
    #[prop(into)]
    split: Signal<Split>,
    /// How many cases the full width stands for.
    #[prop(into)]
    full: Signal<i64>,
) -> impl IntoView {
    let lang = use_lang();
    let drawing = Signal::derive(move || stacked(split.get(), full.get()));
    let said = Signal::derive(move || {
        let split = split.get();
        let each = [
            (words::IN_TIME, split.in_time),
            (words::NO_DEADLINE, split.no_deadline),
            (words::DUE_SOON, split.due_soon),
            (words::OVERDUE, split.overdue),
        ];
        let said = |(word, number): &(Say, i64)| format!("{} {}", word.to(lang), count(lang, *number));
        each.iter().map(said).collect::<Vec<_>>().join(", ")
    });
    view! { <Figure drawing class="bar" label=said stretched=true/> }
}
