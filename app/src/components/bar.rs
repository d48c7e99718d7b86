//! How the open cases of a row stand in their limits: one bar, in time first, overdue last.

use leptos::prelude::*;

use crate::locale::use_lang;
use crate::text::number::count;
use crate::text::words;

/// The units of the drawing across.
const WIDTH: f64 = 160.0;
/// The units of the drawing down.
const HEIGHT: f64 = 16.0;
/// The white between two parts.
const GAP: f64 = 1.5;

/// How many stand so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// ● in time.
    pub in_time: i64,
    /// ○ without a limit.
    pub no_deadline: i64,
    /// ▲ due soon.
    pub due_soon: i64,
    /// ■ overdue.
    pub overdue: i64,
}

impl Split {
    /// All of them: the open cases.
    #[must_use]
    pub const fn open(self) -> i64 {
        self.in_time + self.no_deadline + self.due_soon + self.overdue
    }
}

/// One part of a bar: its class, where it begins and how wide it is.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    class: &'static str,
    x: f64,
    width: f64,
}

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
    let parts = Memo::new(move |_| parts(split.get(), full.get()));
    let said = move || {
        let split = split.get();
        let each = [
            (words::IN_TIME, split.in_time),
            (words::NO_DEADLINE, split.no_deadline),
            (words::DUE_SOON, split.due_soon),
            (words::OVERDUE, split.overdue),
        ];
        let said = |(word, number): &(crate::text::Say, i64)| format!("{} {}", word.to(lang), count(lang, *number));
        each.iter().map(said).collect::<Vec<_>>().join(", ")
    };
    view! {
        <svg class="bar" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=said>
            {move || parts.get().into_iter().map(|part| view! {
                <rect class=part.class x=number(part.x) y="0" width=number(part.width) height=number(HEIGHT)></rect>
            }).collect_view()}
        </svg>
    }
}

fn parts(split: Split, full: i64) -> Vec<Part> {
    let each = [
        ("in-time", split.in_time),
        ("no-data", split.no_deadline),
        ("due-soon", split.due_soon),
        ("overdue", split.overdue),
    ];
    let mut parts = Vec::new();
    let mut x = 0.0;
    for (class, number) in each.into_iter().filter(|(_, number)| *number > 0) {
        let width = share(number, full) * WIDTH;
        // A single case is seen too.
        let drawn = (width - GAP).max(1.0);
        parts.push(Part { class, x, width: drawn });
        x += width.max(drawn + GAP);
    }
    // Slivers that were made visible must not push the last part off the drawing.
    let end = parts.last().map_or(0.0, |part| part.x + part.width);
    if end > WIDTH {
        for part in &mut parts {
            part.x *= WIDTH / end;
            part.width *= WIDTH / end;
        }
    }
    parts
}

#[allow(clippy::cast_precision_loss)] // Counts of cases.
fn share(part: i64, whole: i64) -> f64 {
    if whole <= 0 { 0.0 } else { (part as f64 / whole as f64).min(1.0) }
}

/// Two decimals, so that server and browser write the same attribute.
fn number(value: f64) -> String {
    format!("{value:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(split: Split, full: i64) {
        let parts = parts(split, full);
        let end = parts.last().map_or(0.0, |part| part.x + part.width);
        assert!(end <= WIDTH + 1e-9, "{parts:?}");
        assert!(parts.iter().all(|part| part.width > 0.0), "{parts:?}");
        for pair in parts.windows(2) {
            assert!(pair[0].x + pair[0].width <= pair[1].x + 1e-9, "{parts:?}");
        }
    }

    #[test]
    fn parts_never_overlap_nor_leave_the_bar() {
        check(Split { in_time: 97, no_deadline: 0, due_soon: 21, overdue: 14 }, 132);
        check(Split { in_time: 100_000, no_deadline: 1, due_soon: 1, overdue: 1 }, 100_003);
        check(Split { in_time: 1, no_deadline: 1, due_soon: 1, overdue: 1 }, 1_000_000);
        check(Split::default(), 0);
    }
}
