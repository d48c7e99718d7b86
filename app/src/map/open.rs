//! The map for anybody: the numbers that came with the page, each of a whole cell, and the cells whose number is
//! not told. It asks for nothing: not for finer cells, and not for the area in which cases ever were.

use domain::Value;
use domain::metric::Metric;
use domain::public::PublicHexagons;
use leptos::prelude::*;

use super::basemap::AREA_SOURCE;
use super::counts::Counts;
use super::frame::{HexCell, HexFrame, MapRows, cell_text, parse_cell};
use super::legend::Legend;
use super::news::Standing;
use super::outline::Outline;
use super::places::nearest;
use super::scale::Scale;
use super::shown::Shown;
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
    let rows = MapRows { frame: frame_of(&told), metric: Some(Metric::Received), at: told.at.clone() };
    let untold: Vec<u64> = told.suppressed.iter().filter_map(|cell| parse_cell(cell, told.res)).collect();
    let untold_count = i64::try_from(told.suppressed.len()).unwrap_or(i64::MAX);
    let (scale, outline) = (
        Scale::fit_from(i64::from(told.small_count_min).max(1), rows.frame.values()),
        Outline::fit(&Counts::default()),
    );
    let top = rows.frame.top(LISTED);
    let shown = Shown::fixed(rows);
    let chosen = RwSignal::new(None::<String>);
    let (on_board, res) = (board.clone(), told.res);
    let on_cell = Callback::new(move |cell: String| {
        let cell = parse_cell(&cell, res).and_then(|cell| shown.with_untracked(|rows| rows.frame.cell(cell)));
        chosen.try_set(cell.map(|cell| said(&on_board, cell)));
    });
    let ground = Ground::start(&board, RwSignal::new(res), on_cell);
    let Ground { node, standing, camera, .. } = ground;
    let (stage, shown_res, drawn) = (board.stage, board.shown_res, scale.clone());
    Effect::new(move |_| {
        stage.show(shown, &drawn, outline);
        stage.set_data(AREA_SOURCE, &area::apart(untold.iter().copied()));
        shown_res.set(Some(res));
    });
    follow_names(&board, shown, camera.into());
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
    let rows = top.into_iter().map(|cell| {
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
                shown
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
    let mut frame = HexFrame::empty(told.res);
    for (cell, value) in &told.cells {
        frame.set(&Value::Text(cell.clone()), &[Value::Int(*value)]);
    }
    frame
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
        let drawn: Vec<_> = frame.cells().map(|cell| (cell_text(cell.cell), cell.value)).collect();
        assert_eq!(drawn, [("882a306603fffff".to_owned(), 9), ("882a306639fffff".to_owned(), 7)]);
        assert_eq!((frame.len(), frame.no_position()), (2, 0));
    }
}
