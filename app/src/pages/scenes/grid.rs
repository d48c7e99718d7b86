//! The grid: a true small wall, each panel with its own numbers, to be moved and sized by pointer and by keys.

use domain::city::Label;
use domain::scene::{Area, Panel};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;

use super::draft::{Draft, area, columns, moved, put, sized};
use crate::pages::wall::PanelView;
use crate::text::editor;

/// What is held by a pointer.
#[derive(Clone, Copy)]
struct Hold {
    place: usize,
    is_size: bool,
    area: Area,
    from: (i32, i32),
    cell: (f64, f64),
}

/// What the grid is of.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub(super) draft: Draft,
    /// Which scene.
    pub(super) nth: usize,
    /// Which of its panels is chosen.
    pub(super) chosen: RwSignal<usize>,
    /// Which shape of wall is shown.
    pub(super) is_wide: RwSignal<bool>,
    /// Where a panel would stand that is being dragged.
    ghost: RwSignal<Option<(usize, Area)>>,
    hold: RwSignal<Option<Hold>>,
}

impl Grid {
    pub(super) fn new(draft: Draft, nth: usize) -> Self {
        Self {
            draft,
            nth,
            chosen: RwSignal::new(0),
            is_wide: RwSignal::new(false),
            ghost: RwSignal::new(None),
            hold: RwSignal::new(None),
        }
    }

    fn panel(self, place: usize) -> Option<Panel> {
        self.draft.scenes.with(|scenes| scenes.get(self.nth)?.panels.get(place).cloned())
    }

    fn area(self, place: usize) -> Option<Area> {
        let dragged = self.ghost.get().filter(|(of, _)| *of == place).map(|(_, area)| area);
        dragged.or_else(|| self.panel(place).map(|panel| area(&panel, self.is_wide.get())))
    }

    fn words(self, place: usize) -> String {
        let lang = self.draft.lang;
        let kind = self.panel(place).map(|panel| editor::kind(panel.kind).to(lang)).unwrap_or_default();
        let area = self.area(place).unwrap_or(Area { column: 1, row: 1, columns: 1, rows: 1 });
        editor::stands(lang, place, kind, area)
    }

    /// Puts a panel somewhere, and says what became of it.
    fn put(self, place: usize, area: Area) {
        let is_wide = self.is_wide.get_untracked();
        let mut is_put = false;
        self.draft.change_scene(self.nth, &mut |scene| is_put = put(scene, place, area, is_wide));
        let said =
            if is_put { untrack(|| self.words(place)) } else { editor::TAKEN.to(self.draft.lang).to_owned() };
        self.draft.said.set(said);
    }

    fn press(self, place: usize, event: &KeyboardEvent) {
        let (across, down) = match event.key().as_str() {
            "ArrowLeft" => (-1, 0),
            "ArrowRight" => (1, 0),
            "ArrowUp" => (0, -1),
            "ArrowDown" => (0, 1),
            _ => return,
        };
        if !self.draft.may.get_untracked() {
            return;
        }
        event.prevent_default();
        let Some(own) = untrack(|| self.area(place)) else { return };
        let all = columns(self.is_wide.get_untracked());
        let change = if event.shift_key() { sized } else { moved };
        let next = change(own, across, down, all);
        if next == own {
            self.draft.said.set(editor::EDGE.to(self.draft.lang).to_owned());
        } else {
            self.put(place, next);
        }
    }

    fn seize(self, place: usize, is_size: bool, event: &PointerEvent) {
        self.chosen.set(place);
        let (Some(area), Some(cell)) =
            (untrack(|| self.area(place)), cell_px(columns(self.is_wide.get_untracked())))
        else {
            return;
        };
        if event.button() != 0 || !self.draft.may.get_untracked() {
            return;
        }
        capture(event);
        let from = (event.client_x(), event.client_y());
        self.hold.set(Some(Hold { place, is_size, area, from, cell }));
    }

    fn drag(self, event: &PointerEvent) {
        let Some(hold) = self.hold.get_untracked() else { return };
        #[allow(clippy::cast_possible_truncation)] // Cells of one grid.
        let cells = |px: i32, cell: f64| (f64::from(px) / cell.max(1.0)).round() as i32;
        let across = cells(event.client_x() - hold.from.0, hold.cell.0);
        let down = cells(event.client_y() - hold.from.1, hold.cell.1);
        let change = if hold.is_size { sized } else { moved };
        let area = change(hold.area, across, down, columns(self.is_wide.get_untracked()));
        if self.ghost.get_untracked() != Some((hold.place, area)) {
            self.ghost.set(Some((hold.place, area)));
        }
    }

    /// Lets go: where another panel stands, it is where it was.
    fn let_go(self, is_kept: bool) {
        self.hold.set(None);
        let Some((place, area)) = self.ghost.get_untracked() else { return };
        self.ghost.set(None);
        if is_kept && untrack(|| self.area(place)) != Some(area) {
            self.put(place, area);
        }
    }

    /// Whether a dragged panel is over another.
    fn is_over(self, place: usize) -> bool {
        let dragged = self.ghost.get().filter(|(of, _)| *of == place);
        dragged.is_some_and(|(_, own)| {
            self.draft.scenes.with(|scenes| {
                let others = scenes.get(self.nth).map(|scene| scene.panels.as_slice()).unwrap_or_default();
                let others = others.iter().enumerate().filter(|(other, _)| *other != place);
                others.map(|(_, panel)| area(panel, self.is_wide.get())).any(|other| other.overlaps(own))
            })
        })
    }
}

/// How large a cell is on the page, in CSS pixels.
#[cfg(feature = "hydrate")]
fn cell_px(columns: u8) -> Option<(f64, f64)> {
    let grid = document().query_selector(".edit-grid").ok().flatten()?.get_bounding_client_rect();
    Some((grid.width() / f64::from(columns), grid.height() / f64::from(domain::scene::ROWS)))
}

#[cfg(not(feature = "hydrate"))]
const fn cell_px(_: u8) -> Option<(f64, f64)> {
    None
}

/// The pointer is ours until it is let go, wherever it goes.
#[cfg(feature = "hydrate")]
fn capture(event: &PointerEvent) {
    use wasm_bindgen::JsCast as _;
    let element = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if let Some(element) = element {
        // One that is gone already is not dragged.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

#[cfg(not(feature = "hydrate"))]
const fn capture(_: &PointerEvent) {}

/// What a panel shows, without its place: while this is the same, nothing is made anew.
fn content(panel: &Panel, title: Option<&Label>) -> String {
    const NOWHERE: Area = Area { column: 1, row: 1, columns: 1, rows: 1 };
    let panel = Panel { at: NOWHERE, wide: NOWHERE, ..panel.clone() };
    serde_json::to_string(&(panel, title)).unwrap_or_default()
}

/// The small wall.
#[component]
pub(super) fn GridView(grid: Grid) -> impl IntoView {
    let Grid { draft, nth, is_wide, .. } = grid;
    let panels = Memo::new(move |_| {
        draft.scenes.with(|scenes| {
            let Some(scene) = scenes.get(nth) else { return Vec::new() };
            let each = scene.panels.iter().enumerate();
            each.map(|(place, panel)| (place, content(panel, (place == 0).then_some(&scene.title))))
                .collect::<Vec<_>>()
        })
    });
    view! {
        <div class="edit-frame" class:is-wide=move || is_wide.get()>
            <div class="wall scene edit-wall">
                <div class="scenes">
                    <div class="panels edit-grid">
                        <For each=move || panels.get() key=Clone::clone let((place, _))>
                            <Cell grid place/>
                        </For>
                    </div>
                </div>
            </div>
        </div>
    }
}

#[component]
fn Cell(grid: Grid, place: usize) -> impl IntoView {
    let Grid { draft, nth, chosen, is_wide, .. } = grid;
    let panel = untrack(|| grid.panel(place));
    let head = draft
        .scenes
        .with_untracked(|scenes| scenes.get(nth).filter(|_| place == 0).map(|scene| scene.title.clone()));
    let class = move || {
        let Some(area) = grid.area(place) else { return "edit-cell".to_owned() };
        let Area { column, row, columns, rows } = area;
        // On the wide grid columns have names of their own.
        let wide = if is_wide.get() { "g" } else { "" };
        let chosen = if chosen.get() == place { " is-chosen" } else { "" };
        let over = if grid.is_over(place) { " is-over" } else { "" };
        format!("edit-cell {wide}x{column} y{row} {wide}w{columns} h{rows}{chosen}{over}")
    };
    view! {
        <div class=class>
            <div class="edit-live" inert aria-hidden="true">
                {panel.map(|panel| view! { <PanelView panel head/> })}
            </div>
            <button
                type="button"
                class="edit-grip"
                data-panel=place
                aria-label=move || grid.words(place)
                aria-pressed=move || (chosen.get() == place).to_string()
                on:focus=move |_| chosen.set(place)
                on:click=move |_| chosen.set(place)
                on:keydown=move |event| grid.press(place, &event)
                on:pointerdown=move |event| grid.seize(place, false, &event)
                on:pointermove=move |event| grid.drag(&event)
                on:pointerup=move |_| grid.let_go(true)
                on:pointercancel=move |_| grid.let_go(false)
            ></button>
            <Show when=move || draft.may.get()>
                <span
                    class="edit-size"
                    aria-hidden="true"
                    on:pointerdown=move |event| grid.seize(place, true, &event)
                    on:pointermove=move |event| grid.drag(&event)
                    on:pointerup=move |_| grid.let_go(true)
                    on:pointercancel=move |_| grid.let_go(false)
                ></span>
            </Show>
        </div>
    }
}
