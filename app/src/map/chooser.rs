//! Choosing what a map shows: each measure is an address, so that a choice can be sent to someone.

use domain::metric::Metric;
use leptos::prelude::*;

use super::measure::{MEASURES, subject};
use super::words;
use crate::locale::use_lang;

/// Links to the same map with another measure.
#[component]
pub fn MeasureChooser(
    /// What is shown now.
    #[prop(into)]
    current: Signal<Metric>,
    /// The address of the map with a measure.
    href: Callback<Metric, String>,
) -> impl IntoView {
    let lang = use_lang();
    let choice = move |metric: Metric| {
        view! {
            <li>
                <a
                    class="hexmap-choice"
                    href=move || href.run(metric)
                    aria-current=move || (current.get() == metric).then_some("true")
                >
                    {subject(metric).to(lang)}
                </a>
            </li>
        }
    };
    view! {
        <nav class="hexmap-chooser" aria-label=words::MEASURE.to(lang)>
            <ul>{MEASURES.map(choice).collect_view()}</ul>
        </nav>
    }
}
