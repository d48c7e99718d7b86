//! The map for anybody: the numbers that came with the page, each of a whole cell, and the cells whose number is
//! not told. It asks for nothing: not for finer cells, and not for the area in which cases ever were.

use domain::metric::Metric;
use domain::public::PublicHexagons;
use leptos::prelude::*;

use super::basemap::AREA_SOURCE;
use super::frame::{HexCell, HexFrame, cell_text, parse_cell};
use super::legend::Legend;
use super::news::Standing;
use super::outline::Outline;
use super::places::nearest;
use super::scale::Scale;
use super::view::{Board, Ground, follow_names};
use super::{area, words};
use crate::locale::use_lang;
use crate::source::CityView;
use crate::text::number::count;
use crate::text::public;
use crate::theme::Theme;

/// How many hexagons are listed: what a reader by keyboard or by ear passes in a minute.
const LISTED: usize = 24;

/// A map of what anybody may be told.
#[component]
pub fn OpenMap(
    /// The cells.
    told: PublicHexagons,
    /// What names things, and the first view.
    city: CityView,
) -> impl IntoView {
    let lang = use_lang();
    let board = Board::new(lang, Theme::Office, city, true);
    let frame = frame_of(&told);
    let untold: Vec<u64> = told.suppressed.iter().filter_map(|cell| parse_cell(cell, told.res)).collect();
    let untold_count = i64::try_from(told.suppressed.len()).unwrap_or(i64::MAX);
    let (scale, outline) = (Scale::fit(frame.values()), Outline::fit(&[]));
    let chosen = RwSignal::new(None::<String>);
    let on_cell = {
        let (board, frame) = (board.clone(), frame.clone());
        Callback::new(move |cell: String| {
            let found = parse_cell(&cell, frame.res)
                .and_then(|cell| frame.value(cell).map(|value| HexCell { cell, value, overdue: 0 }));
            chosen.try_set(found.map(|cell| said(&board, cell)));
        })
    };
    let ground = Ground::start(&board, RwSignal::new(told.res), on_cell);
    let Ground { node, standing, camera, .. } = ground;
    let (stage, shown_res, res) = (board.stage, board.shown_res, told.res);
    let drawn = (frame.clone(), scale.clone());
    Effect::new(move |_| {
        stage.show(drawn.0.clone(), &drawn.1, outline);
        stage.set_data(AREA_SOURCE, &area::apart(untold.iter().copied()));
        shown_res.set(Some(res));
    });
    let held = frame.clone();
    let frames = Memo::new(move |_| held.clone());
    follow_names(&board, frames, camera.into());
    let has_failed = Signal::derive(move || {
        standing.with(|standing| matches!(standing, Standing::Failed(_) | Standing::Waiting))
    });
    let class = format!("hexmap hexmap-office hexmap-{}", board.shade.name());
    let attribution = board.city.map.attribution.clone();
    let left_out = (untold_count > 0).then(|| {
        view! {
            <p class="hexmap-aside open-untold">
                <span class="open-untold-swatch" aria-hidden="true"></span>
                {public::untold_cells(lang, untold_count, told.small_count_min)}
            </p>
        }
    });
    let rows = frame.top(LISTED).into_iter().map(|cell| {
        let (place, text) = (place_of(&board, cell), cell_text(cell.cell));
        view! {
            <li class="hexmap-row open-row" data-cell=text>
                <span class="hexmap-place">{place}</span>
                <b class="hexmap-count">{count(lang, cell.value)}</b>
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <figure class=class class=("hexmap-failed", move || has_failed.get()) aria-label=words::NAME.to(lang)>
            <div class="hexmap-ground" node_ref=node data-state=move || standing.with(Standing::name) data-res=move || shown_res.get()></div>
            <p class="hexmap-status" role="status">{move || ground.says(lang)}</p>
            <Legend
                board=board.clone()
                metric=Signal::stored(Metric::Received)
                frame=frames.into()
                scale=Signal::stored(scale)
                outline=Signal::stored(outline)
                is_today=Signal::stored(false)
            />
            {left_out}
            <p class="open-chosen" role="status">{move || chosen.get()}</p>
            <section class="hexmap-list">
                <h2>{words::LIST.to(lang)}</h2>
                <ol>{rows}</ol>
            </section>
            <p class="hexmap-attribution">{attribution}</p>
        </figure>
    }
}

/// What is drawn by its number: the told cells and no other.
fn frame_of(told: &PublicHexagons) -> HexFrame {
    let cell = |(cell, value): &(String, i64)| {
        parse_cell(cell, told.res).map(|cell| HexCell { cell, value: *value, overdue: 0 })
    };
    let mut cells: Vec<HexCell> = told.cells.iter().filter_map(cell).collect();
    cells.sort_unstable_by_key(|cell| cell.cell);
    HexFrame { cells: cells.into(), ..HexFrame::empty(told.res) }
}

/// A cell by the nearest place; by itself where no place is known.
fn place_of(board: &Board, cell: HexCell) -> String {
    nearest(&board.places, cell.cell).map_or_else(
        || cell_text(cell.cell),
        |place| format!("{} {}", words::NEAR.to(board.lang), place.name),
    )
}

fn said(board: &Board, cell: HexCell) -> String {
    public::reports_near(board.lang, &place_of(board, cell), cell.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_whose_number_is_not_told_is_in_no_class() {
        let told = PublicHexagons {
            res: 8,
            cells: vec![("882a306639fffff".into(), 7), ("882a306603fffff".into(), 9)],
            suppressed: vec!["882a306605fffff".into()],
            ..PublicHexagons::default()
        };
        let frame = frame_of(&told);
        let drawn: Vec<_> = frame.cells.iter().map(|cell| (cell_text(cell.cell), cell.value)).collect();
        assert_eq!(drawn, [("882a306603fffff".to_owned(), 9), ("882a306639fffff".to_owned(), 7)]);
        assert_eq!((frame.total(), frame.no_position), (16, 0));
    }
}
