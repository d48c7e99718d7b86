//! The map as a component: the ground that MapLibre draws on, and around it what everybody can
//! read: legend, what is left out, and the list of the fullest hexagons.

use std::sync::Arc;
use std::time::Duration;

use domain::metric::Metric;
use domain::query::Query;
use leptos::html::Div;
use leptos::prelude::*;
use serde_json::json;

use super::asked;
use super::basemap::{AREA_SOURCE, NAMES_LAYER, NAMES_SOURCE, OVER_HEXAGONS, name_em, style, style_for_all};
use super::frame::{MapRows, cell_text, parse_cell};
use super::legend::Legend;
use super::list::TopCells;
use super::news::{News, Standing};
use super::outline::Outline;
use super::places::{Place, places};
use super::platform::{Stage, ask_again, wants_less_motion};
use super::resolution::{Camera, res_at_first};
use super::scale::Scale;
use super::shown::Shown;
use super::{area, names, words};
use crate::functions::load_hexagons;
use crate::live::{LiveRows, use_live, use_rows};
use crate::locale::use_lang;
use crate::pages::ready::when_loaded;
use crate::source::CityView;
use crate::text::Lang;
use crate::theme::{Shade, Theme};

/// How long names take to come in, where motion is welcome and hands move the map.
const NAME_FADE_MS: u32 = 200;

/// What the parts of one map share.
#[derive(Clone)]
pub(super) struct Board {
    pub(super) lang: Lang,
    pub(super) theme: Theme,
    pub(super) shade: Shade,
    pub(super) city: Arc<CityView>,
    pub(super) places: Arc<[Place]>,
    pub(super) stage: Stage,
    // Whether anybody may look: then nothing is asked but what the page has.
    pub(super) is_for_all: bool,
    // The resolution on the map: that of the newest rows, while finer ones may be on the way.
    pub(super) shown_res: RwSignal<Option<u8>>,
}

impl Board {
    pub(super) fn new(lang: Lang, theme: Theme, city: CityView, is_for_all: bool) -> Self {
        Self {
            lang,
            theme,
            shade: theme.shade(),
            places: places(&city.catalogue, lang).into(),
            city: Arc::new(city),
            stage: Stage::new(theme.shade()),
            is_for_all,
            shown_res: RwSignal::new(None),
        }
    }
}

/// A hexagon map of one metric, live. `query` has one metric and filters; the resolution is the
/// map's own and follows its zoom. `on_cell` gets the H3 cell (hexadecimal) that somebody tapped;
/// only cells with a number can be tapped.
#[component]
pub fn HexMap(
    /// The metric and the filters.
    #[prop(into)]
    query: Signal<Query>,
    /// The room that the map hangs in.
    theme: Theme,
    /// What a tapped cell opens.
    on_cell: Callback<String>,
    /// What names things, and the first view.
    city: CityView,
) -> impl IntoView {
    let lang = use_lang();
    let res = RwSignal::new(res_at_first(city.map.bounds, theme));
    let rows: LiveRows<MapRows> = use_rows(Memo::new(move |_| asked::wire(&query.get(), res.get())));
    let board = Board::new(lang, theme, city, false);
    let ground = Ground::start(&board, res, on_cell);
    let shown_res = board.shown_res;
    let Ground { node, standing, camera, .. } = ground;
    let bounds = move || camera.get().map(|camera: Camera| camera.bounds_text());
    let inner = board.clone();
    let class = match theme {
        Theme::Wall => "hexmap-wall",
        Theme::Office => "hexmap-office",
    };
    let class = format!("hexmap {class} hexmap-{}", board.shade.name());
    let attribution = board.city.map.attribution.clone();
    let has_failed = Signal::derive(move || {
        standing.with(|standing| matches!(standing, Standing::Failed(_) | Standing::Waiting))
    });
    view! {
        <figure class=class class=("hexmap-failed", move || has_failed.get()) aria-label=words::NAME.to(lang)>
            <div class="hexmap-ground" node_ref=node data-state=move || standing.with(Standing::name) data-res=move || shown_res.get() data-bounds=bounds></div>
            <p class="hexmap-status" role="status">{move || ground.says(lang)}</p>
            {when_loaded(
                move || rows.first(),
                move || view! { <p class="hexmap-note">{words::LOADING.to(lang)}</p> },
                move |first| match first {
                    Ok(first) => {
                        let (board, shown) = (inner.clone(), Shown::new(rows, first));
                        view! { <Numbers board query shown camera=camera.into() is_open=has_failed/> }.into_any()
                    }
                    Err(_) => view! { <p class="hexmap-note" role="alert">{words::NO_NUMBERS.to(lang)}</p> }.into_any(),
                },
            )}
            <p class="hexmap-attribution">{attribution}</p>
        </figure>
    }
}

/// What needs the numbers: legend and list, and the hexagons themselves.
#[component]
fn Numbers(
    board: Board,
    query: Signal<Query>,
    shown: Shown,
    camera: Signal<Option<Camera>>,
    is_open: Signal<bool>,
) -> impl IntoView {
    let (lang, stage, shown_res) = (board.lang, board.stage, board.shown_res);
    let metric = Memo::new(move |_| shown.with(|rows| rows.metric));
    let scale = Memo::new(move |held: Option<&(Option<Metric>, Scale)>| {
        shown.with(|rows| match held {
            Some((of, scale)) if *of == rows.metric => (*of, scale.follow(rows.frame.values())),
            _ => (rows.metric, Scale::fit(rows.frame.values())),
        })
    });
    let scale = Signal::derive(move || scale.get().1);
    let outline = Memo::new(move |held: Option<&Outline>| {
        shown.with(|rows| {
            let overdue = rows.frame.overdue();
            held.map_or_else(|| Outline::fit(overdue), |held| held.follow(overdue))
        })
    });
    Effect::new(move |_| {
        scale.with(|scale| stage.show(shown, scale, outline.get()));
        shown_res.set(Some(shown.with(|rows| rows.frame.res())));
    });
    follow_names(&board, shown, camera);
    let is_today = Signal::derive(move || {
        query.with(|query| query.from.is_none() && query.to.is_none() && query.at.is_none())
    });
    let metric = Signal::derive(move || metric.get().unwrap_or(Metric::Open));
    let is_empty = Memo::new(move |_| shown.with(|rows| rows.frame.is_empty()));
    view! {
        <Legend board=board.clone() metric shown scale outline=outline.into() is_today/>
        {move || is_empty.get().then(|| view! { <p class="hexmap-note">{words::EMPTY.to(lang)}</p> })}
        <TopCells board query metric shown is_open/>
    }
}

/// The element that MapLibre draws on, and what it tells.
#[derive(Clone, Copy)]
pub(super) struct Ground {
    pub(super) node: NodeRef<Div>,
    pub(super) standing: RwSignal<Standing>,
    pub(super) camera: RwSignal<Option<Camera>>,
    has_fault: RwSignal<bool>,
}

impl Ground {
    pub(super) fn start(board: &Board, res: RwSignal<u8>, on_cell: Callback<String>) -> Self {
        let ground = Self {
            node: NodeRef::new(),
            standing: RwSignal::new(Standing::default()),
            camera: RwSignal::new(None),
            has_fault: RwSignal::new(false),
        };
        let (theme, stage, options) = (board.theme, board.stage, options(board));
        Effect::new(move |_| {
            // Only once: nothing tracked is read.
            stage.start(ground.node, options.clone(), move |news| {
                ground.take(&news, theme, stage, res, on_cell)
            });
        });
        let returned = use_live().returned();
        Effect::new(move |before: Option<()>| {
            returned.track();
            if before.is_some() {
                ask_again();
            }
        });
        // The area shows every cell that ever had a case: not for anybody.
        if board.city.map.boundaries_url.is_none() && !board.is_for_all {
            follow_area(stage);
        }
        ground
    }

    fn take(self, news: &News, theme: Theme, stage: Stage, res: RwSignal<u8>, on_cell: Callback<String>) {
        // A map may still speak while its page is being left: nothing is written then.
        self.standing.try_update(|standing| *standing = standing.after(news));
        match news {
            News::View(camera) => self.look(*camera, theme, stage, res),
            News::Tap(cell) => on_cell.run(cell_text(*cell)),
            News::Fault(_) => {
                self.has_fault.try_set(true);
            }
            News::Mended => {
                if self.has_fault.try_get_untracked() == Some(true) {
                    self.has_fault.try_set(false);
                }
            }
            News::Waiting | News::Drawn | News::Lost | News::Failed(_) => {}
        }
    }

    fn look(self, camera: Camera, theme: Theme, stage: Stage, res: RwSignal<u8>) {
        let wanted = camera.res(theme);
        if res.try_get_untracked().is_some_and(|res| res != wanted) {
            res.try_set(wanted);
        }
        self.camera.try_set(Some(camera));
        stage.set_text_size(NAMES_LAYER, camera.em_px * name_em(theme));
    }

    pub(super) fn says(self, lang: Lang) -> Option<&'static str> {
        let words = self.standing.with(|standing| match standing {
            Standing::Starting => Some(words::STARTING),
            Standing::Waiting => Some(words::WAITING),
            Standing::Lost => Some(words::LOST),
            Standing::Failed(_) => Some(words::FAILED),
            Standing::Drawn => None,
        });
        words.or_else(|| self.has_fault.get().then_some(words::FAULT)).map(|words| words.to(lang))
    }
}

/// Sets the names anew when the camera has come to rest, and when the hexagons under them are
/// others. A few cells more or less move no name: each move makes MapLibre lay all of them out.
pub(super) fn follow_names(board: &Board, shown: Shown, camera: Signal<Option<Camera>>) {
    let (stage, theme, places) = (board.stage, board.theme, board.places.clone());
    let cells = Memo::new(move |held: Option<&usize>| {
        let cells = shown.with(|rows| rows.frame.len());
        held.copied().filter(|held| cells.abs_diff(*held) * 20 <= cells).unwrap_or(cells)
    });
    Effect::new(move |_| {
        cells.track();
        let Some(camera) = camera.get() else { return };
        let text_px = camera.em_px * name_em(theme);
        let names = shown.with_untracked(|rows| names::names(&places, &camera, &rows.frame, text_px));
        stage.set_data(NAMES_SOURCE, &names);
    });
}

/// What `js/map.js` asks for.
fn options(board: &Board) -> String {
    let is_touched = board.theme == Theme::Office;
    let fade_ms = if is_touched && !wants_less_motion() { NAME_FADE_MS } else { 0 };
    let style = if board.is_for_all { style_for_all } else { style };
    let options = json!({
        "style": style(board.theme, board.shade, &board.city.map),
        "bounds": board.city.map.bounds,
        "interactive": is_touched,
        "fadeMs": fade_ms,
        "over": OVER_HEXAGONS,
        "overMiddles": NAMES_LAYER,
        "title": words::NAME.to(board.lang),
        "gestures": {
            "CooperativeGesturesHandler.MobileHelpText": words::TWO_FINGERS.to(board.lang),
            "CooperativeGesturesHandler.WindowsHelpText": words::WITH_CTRL.to(board.lang),
            "CooperativeGesturesHandler.MacHelpText": words::WITH_COMMAND.to(board.lang),
        },
        "padding": padding_em(board.theme),
    });
    options.to_string()
}

/// What stays free around the city in the first view, in the text size of the map's place: top,
/// right, bottom, left. On the wall the legend lies over the map's foot.
const fn padding_em(theme: Theme) -> [f64; 4] {
    match theme {
        Theme::Wall => [1.5, 1.0, 9.5, 1.0],
        Theme::Office => [3.0, 1.5, 2.5, 1.5],
    }
}

/// How long after a failure the area is asked for again.
const AREA_AGAIN: Duration = Duration::from_secs(15);

/// Draws the area with cases, and again on each of the city's days: a wall hangs for weeks.
fn follow_area(stage: Stage) {
    let (live, failures) = (use_live(), RwSignal::new(0_u32));
    Effect::new(move |_| {
        live.days_turned().track();
        failures.track();
        leptos::task::spawn_local(async move {
            match load_hexagons(asked::area_json()).await {
                Ok(first) => {
                    let (cells, res) = (first.hexagons.cells.iter(), first.hexagons.res);
                    let cells = cells.filter_map(|(cell, _)| parse_cell(cell, res));
                    stage.set_data(AREA_SOURCE, &area::area(cells));
                }
                // Until it comes the area of yesterday stays, or none; the hexagons need neither.
                Err(_) => set_timeout(
                    move || {
                        failures.try_update(|failures| *failures = failures.wrapping_add(1));
                    },
                    AREA_AGAIN,
                ),
            }
        });
    });
}
