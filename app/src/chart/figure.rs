//! A chart on a page.

use leptos::prelude::*;

use super::drawing::{Drawing, Shape};

/// A chart as an element. What it shows is said in words by `label`; without one it is an ornament
/// of the number beside it.
#[component]
pub fn Figure(
    /// The chart.
    #[prop(into)]
    drawing: Signal<Drawing>,
    /// Which chart it is, for the style.
    class: &'static str,
    /// What it shows.
    #[prop(into, optional)]
    label: Option<Signal<String>>,
    /// Whether it is stretched to its room.
    #[prop(optional)]
    stretched: bool,
) -> impl IntoView {
    let drawn = Memo::new(move |_| drawing.get());
    let ratio = stretched.then_some("none");
    let role = label.map(|_| "img");
    let hidden = label.is_none().then_some("true");
    view! {
        <svg class=format!("chart {class}") viewBox=move || drawn.with(Drawing::view_box) preserveAspectRatio=ratio role=role aria-hidden=hidden aria-label=move || label.map(|label| label.get())>
            {move || drawn.get().shapes.into_iter().map(shape).collect_view()}
        </svg>
    }
}

fn shape(shape: Shape) -> AnyView {
    match shape {
        Shape::Path { class, d } => view! { <path class=class d=d></path> }.into_any(),
        Shape::Circle { class, at: (x, y, radius) } => {
            view! { <circle class=class cx=x.to_string() cy=y.to_string() r=radius.to_string()></circle> }.into_any()
        }
        Shape::Rect { class, at: (x, y, width, height) } => view! {
            <rect class=class x=x.to_string() y=y.to_string() width=width.to_string() height=height.to_string()></rect>
        }
        .into_any(),
        Shape::Text { class, at: (x, y), anchor, size, text } => view! {
            <text class=class x=x.to_string() y=y.to_string() text-anchor=anchor font-size=size.to_string()>{text}</text>
        }
        .into_any(),
    }
}
