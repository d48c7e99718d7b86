//! The map for those who do not see it or do not point: the fullest hexagons as links, each called
//! by the nearest place.

use domain::metric::Metric;
use domain::query::Query;
use leptos::prelude::*;

use super::frame::{HexCell, cell_text};
use super::measure::subject;
use super::places::nearest;
use super::shown::Shown;
use super::view::Board;
use super::{asked, words};
use crate::text::number::count;
use crate::theme::Theme;

/// How many hexagons are listed: what a reader by keyboard passes in a few seconds.
const LISTED: usize = 12;

/// The hexagons with the greatest numbers.
#[component]
pub(super) fn TopCells(
    board: Board,
    query: Signal<Query>,
    metric: Signal<Metric>,
    shown: Shown,
    /// Where no map can be drawn the list stands open in its place.
    is_open: Signal<bool>,
) -> impl IntoView {
    let lang = board.lang;
    // A wall has nobody who could open the list; there it is for screen readers and for failures.
    let is_folded = board.theme == Theme::Office;
    let top = Memo::new(move |_| shown.with(|rows| rows.frame.top(LISTED)));
    let rows = move || {
        let (filter, at) = (query.with(asked::filter), shown.with_untracked(|rows| rows.at.clone()));
        let row = |cell: HexCell| {
            let name = nearest(&board.places, cell.cell)
                .map(|place| format!("{} {}", words::NEAR.to(lang), place.name));
            let text = cell_text(cell.cell);
            let late = (cell.overdue > 0).then(|| {
                let words = format!("{} {}", count(lang, cell.overdue), words::OVERDUE.to(lang));
                view! { <span class="hexmap-late">{words}</span> }
            });
            view! {
                <li class="hexmap-row" data-cell=text.clone()>
                    <a href=asked::cell_address(metric.get(), &text, &filter, &at)>
                        <span class="hexmap-place">{name.unwrap_or_else(|| text.clone())}</span>
                        {late}
                        <b class="hexmap-count">{count(lang, cell.value)}</b>
                    </a>
                </li>
            }
        };
        top.get().into_iter().map(row).collect_view()
    };
    let heading = move || format!("{} · {}", words::LIST.to(lang), subject(metric.get()).to(lang));
    if is_folded {
        view! {
            <details class="hexmap-list" open=move || is_open.get()>
                <summary>{heading}</summary>
                <ol>{rows}</ol>
            </details>
        }
        .into_any()
    } else {
        view! {
            <section class="hexmap-list">
                <h3>{heading}</h3>
                <ol>{rows}</ol>
            </section>
        }
        .into_any()
    }
}
