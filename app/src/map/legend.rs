//! The legend: what is counted, how large a hexagon is, what its colours and outlines mean.

use domain::metric::Metric;
use leptos::prelude::*;

use super::measure::{class_label, class_range, has_outline, left_out, legend, outline_words};
use super::outline::Outline;
use super::ramp::ramp_place;
use super::scale::Scale;
use super::shown::Shown;
use super::view::Board;
use crate::text::Lang;

/// The classes of a scale, each with its colour and where it begins; of a map without a case none.
pub(super) fn swatches(lang: Lang, scale: &Scale, is_empty: bool) -> AnyView {
    // A city without a case has no colours to explain.
    let classes = if is_empty { 0 } else { scale.classes() };
    let swatch = |class: usize| {
        // Colours by class names: a style attribute would need a weaker content policy.
        let colour = format!("hexmap-swatch hexmap-class-{}", ramp_place(class, classes));
        let label = class_label(lang, scale.lowers(), class);
        let range = class_range(lang, scale.lowers(), class);
        view! {
            <li class="hexmap-class">
                <span class=colour aria-hidden="true"></span>
                <span class="hexmap-lower" aria-hidden="true">{label}</span>
                <span class="hexmap-heard">{range}</span>
            </li>
        }
    };
    (0..classes).map(swatch).collect_view().into_any()
}

/// The legend of a map, in words and colours.
#[component]
pub(super) fn Legend(
    board: Board,
    metric: Signal<Metric>,
    shown: Shown,
    scale: Signal<Scale>,
    outline: Signal<Outline>,
    is_today: Signal<bool>,
) -> impl IntoView {
    let (lang, bounds) = (board.lang, board.city.map.bounds);
    let area_label = (board.city.map.boundaries_url.is_none() && !board.is_for_all)
        .then(|| lang.of(&board.city.map.area_label));
    let res = Memo::new(move |_| shown.with(|rows| rows.frame.res()));
    let sentence = Memo::new(move |_| legend(lang, metric.get(), res.get(), bounds, is_today.get()));
    let rim = Memo::new(move |_| has_outline(metric.get()).then(|| outline_words(lang, outline.get())));
    let left_out = Memo::new(move |_| shown.with(|rows| left_out(lang, &rows.frame)));
    let is_empty = Memo::new(move |_| shown.with(|rows| rows.frame.is_empty()));
    let swatches = move || scale.with(|scale| swatches(lang, scale, is_empty.get()));
    view! {
        <figcaption class="hexmap-legend">
            <p class="hexmap-sentence">
                {move || sentence.get()}
                {move || rim.get().map(|words| view! { <span class="hexmap-rim">{words}</span> })}
            </p>
            <ol class="hexmap-classes">{swatches}</ol>
            {area_label.filter(|label| !label.is_empty()).map(|label| view! {
                <p class="hexmap-aside"><span class="hexmap-area-swatch" aria-hidden="true"></span>{label}</p>
            })}
            {move || left_out.get().map(|words| view! { <p class="hexmap-aside hexmap-left-out">{words}</p> })}
        </figcaption>
    }
}
