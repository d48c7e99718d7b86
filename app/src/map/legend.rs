//! The legend: what is counted, how large a hexagon is, what its colours and outlines mean.

use domain::metric::Metric;
use leptos::prelude::*;

use super::frame::HexFrame;
use super::measure::{class_label, class_range, legend};
use super::ramp::ramp_place;
use super::scale::Scale;
use super::view::Board;

/// The legend of a map, in words and colours.
#[component]
pub(super) fn Legend(
    board: Board,
    metric: Signal<Metric>,
    frame: Signal<HexFrame>,
    scale: Signal<Scale>,
    is_today: Signal<bool>,
) -> impl IntoView {
    let (lang, bounds) = (board.lang, board.city.map.bounds);
    let area_label = board.city.map.boundaries_url.is_none().then(|| lang.of(&board.city.map.area_label));
    let sentence =
        Memo::new(move |_| frame.with(|frame| legend(lang, metric.get(), frame, bounds, is_today.get())));
    let swatches = move || {
        let scale = scale.get();
        let classes = scale.classes();
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
        (0..classes).map(swatch).collect_view()
    };
    view! {
        <figcaption class="hexmap-legend">
            <p class="hexmap-sentence">{move || sentence.get()}</p>
            <ol class="hexmap-classes">{swatches}</ol>
            {area_label.filter(|label| !label.is_empty()).map(|label| view! {
                <p class="hexmap-area"><span class="hexmap-area-swatch" aria-hidden="true"></span>{label}</p>
            })}
        </figcaption>
    }
}
