//! A limit drawn along time: where it began, from where it is due soon, where it ends, and where the
//! case stands or stopped.

use domain::answer::ClockView;
use leptos::prelude::*;

use super::mark::Shape;
use crate::text::date;

/// How much of the width stays free behind the last mark, so that none is cut off.
const MARGIN: f64 = 2.0;

/// Where things lie, in percent of the width.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Places {
    due_soon: f64,
    due: f64,
    promised: Option<f64>,
    /// The instant at which it stopped, else now.
    end: f64,
}

impl Places {
    fn new(clock: &ClockView, at: &str) -> Option<Self> {
        let since = |instant: &str| date::micros_between(&clock.start, instant);
        let end = since(clock.stopped_at.as_deref().unwrap_or(at))?.max(0);
        let due = since(&clock.due)?.max(0);
        let due_soon = since(&clock.due_soon)?.max(0);
        let promised = clock.extended_until.as_deref().and_then(since).map(|until| until.max(0));
        let whole = due.max(end).max(promised.unwrap_or_default()).max(1);
        #[allow(clippy::cast_precision_loss)] // A place on a line.
        let place = |micros: i64| MARGIN + micros as f64 / whole as f64 * (100.0 - 2.0 * MARGIN);
        Some(Self {
            due_soon: place(due_soon),
            due: place(due),
            promised: promised.map(place),
            end: place(end),
        })
    }
}

/// The drawing. What it shows stands in words beside it.
#[component]
pub(super) fn ClockDrawing(
    clock: StoredValue<ClockView>,
    state: Memo<String>,
    at: Signal<String>,
) -> impl IntoView {
    let places = Memo::new(move |_| at.with(|at| clock.with_value(|clock| Places::new(clock, at))));
    let percent = |place: f64| format!("{place:.2}%");
    let width = move |from: f64, to: f64| percent((to - from).max(0.0));
    let drawing = move || {
        places.get().map(|places| {
            let last = places.promised.unwrap_or(places.due);
            let shape = Shape::of(&state.get()).class();
            view! {
                <svg class="clock-line-drawing" aria-hidden="true">
                    <rect class="rest" x=percent(MARGIN) y="8" width=width(MARGIN, last) height="6" rx="3"></rect>
                    <rect class="soon" x=percent(places.due_soon.min(last)) y="8" width=width(places.due_soon, last) height="6"></rect>
                    <rect class=shape x=percent(MARGIN) y="8" width=width(MARGIN, places.end) height="6" rx="3"></rect>
                    <line class="due" x1=percent(places.due) x2=percent(places.due) y1="1" y2="21"></line>
                    {places.promised.map(|promised| view! {
                        <line class="promised" x1=percent(promised) x2=percent(promised) y1="1" y2="21"></line>
                    })}
                    <circle class=shape cx=percent(places.end) cy="11" r="6"></circle>
                </svg>
            }
        })
    };
    view! { {drawing} }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> ClockView {
        ClockView {
            start: "2024-03-14T10:00:00+07:00".into(),
            due_soon: "2024-03-14T18:00:00+07:00".into(),
            due: "2024-03-14T20:00:00+07:00".into(),
            ..ClockView::default()
        }
    }

    #[track_caller]
    fn check(clock: &ClockView, at: &str, want: (f64, f64, Option<f64>, f64)) {
        let got = Places::new(clock, at).unwrap();
        let got = (got.due_soon, got.due, got.promised, got.end);
        let near = |one: f64, other: f64| (one - other).abs() < 0.01;
        let same = near(got.0, want.0) && near(got.1, want.1) && near(got.3, want.3);
        assert!(same && got.2.zip(want.2).is_none_or(|(one, other)| near(one, other)), "{got:?}");
    }

    #[test]
    fn a_limit_is_drawn_to_scale_until_the_later_of_its_end_and_now() {
        check(&clock(), "2024-03-14T15:00:00+07:00", (78.8, 98.0, None, 50.0));
        check(&clock(), "2024-03-15T06:00:00+07:00", (40.4, 50.0, None, 98.0));
        let promised = ClockView { extended_until: Some("2024-03-15T06:00:00+07:00".into()), ..clock() };
        check(&promised, "2024-03-14T20:00:00+07:00", (40.4, 50.0, Some(98.0), 50.0));
        let stopped = ClockView { stopped_at: Some("2024-03-14T10:00:00+07:00".into()), ..clock() };
        check(&stopped, "2024-03-20T20:00:00+07:00", (78.8, 98.0, None, MARGIN));
    }

    #[test]
    fn what_has_no_time_is_not_drawn() {
        assert_eq!(Places::new(&ClockView::default(), "2024-03-14T15:00:00+07:00"), None);
    }
}
