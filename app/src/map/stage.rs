//! The map in the browser: started from an effect, fed with frames, taken off the page with its
//! component.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use h3o::{LatLng, Resolution};
use leptos::html::Div;
use leptos::prelude::*;
use serde_json::Value;

pub(super) use super::bridge::ask_again;
use super::bridge::{Hooks, MapHandle, start_map};
use super::frame::MapRows;
use super::layer::Layer;
use super::news::News;
use super::outline::Outline;
use super::scale::Scale;
use super::shown::Shown;
use crate::theme::Shade;

/// A map's hold on its browser side.
#[derive(Clone, Copy)]
pub(super) struct Stage(StoredValue<Rc<Held>, LocalStorage>);

struct Held {
    layer: Rc<RefCell<Layer>>,
    // What is drawn, to know what a tap means.
    shown: Rc<Cell<Option<Shown>>>,
    running: RefCell<Option<Running>>,
    // GeoJSON and text sizes that came before the map did.
    early: RefCell<Vec<Early>>,
}

/// Dropped in this order: first the map ends, then its hooks go.
struct Running {
    handle: MapHandle,
    _hooks: Hooks,
}

enum Early {
    Data { source: String, geojson: String },
    TextSize { layer: String, px: f64 },
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.remove();
    }
}

impl Stage {
    pub(super) fn new(shade: Shade) -> Self {
        Self(StoredValue::new_local(Rc::new(Held {
            layer: Rc::new(RefCell::new(Layer::new(shade, !wants_less_motion()))),
            shown: Rc::default(),
            running: RefCell::default(),
            early: RefCell::default(),
        })))
    }

    /// Starts the map in an element of the page. `options` is what `js/map.js` asks for, as JSON.
    pub(super) fn start(self, ground: NodeRef<Div>, options: String, tell: impl Fn(News) + 'static) {
        let (Some(ground), Some(held)) = (ground.get_untracked(), self.0.try_get_value()) else { return };
        let tell = Rc::new(tell);
        let told = Rc::clone(&tell);
        let shown = Rc::clone(&held.shown);
        let hooks =
            Hooks::new(&held.layer, move |news| told(news), move |lat, lng| cell_at(shown.get()?, lat, lng));
        // Weak: a page that is left before the library has come has no map to give it to.
        let held = Rc::downgrade(&held);
        leptos::task::spawn_local(async move {
            match start_map(&ground, &options, &hooks).await {
                Ok(handle) => {
                    let running = Running { handle, _hooks: hooks };
                    if let Some(held) = held.upgrade() {
                        held.begin(running);
                    }
                }
                Err(why) => tell(News::Failed(why)),
            }
        });
    }

    /// Draws these numbers from the next picture on.
    pub(super) fn show(self, shown: Shown, scale: &Scale, outline: Outline) {
        let Some(held) = self.0.try_get_value() else { return };
        if let Ok(mut layer) = held.layer.try_borrow_mut() {
            shown.with(|rows| layer.show(&rows.frame, scale, outline));
        }
        held.shown.set(Some(shown));
        held.with_map(|map| map.repaint());
    }

    pub(super) fn set_data(self, source: &str, geojson: &Value) {
        self.change(Early::Data { source: source.to_owned(), geojson: geojson.to_string() });
    }

    pub(super) fn set_text_size(self, layer: &str, px: f64) {
        self.change(Early::TextSize { layer: layer.to_owned(), px });
    }

    fn change(self, change: Early) {
        let Some(held) = self.0.try_get_value() else { return };
        if held.running.borrow().is_some() {
            held.with_map(|map| change.apply(map));
        } else {
            held.early.borrow_mut().push(change);
        }
    }
}

impl Held {
    fn begin(&self, running: Running) {
        for change in self.early.take() {
            change.apply(&running.handle);
        }
        running.handle.repaint();
        self.running.replace(Some(running));
    }

    fn with_map(&self, call: impl FnOnce(&MapHandle)) {
        if let Some(running) = self.running.borrow().as_ref() {
            call(&running.handle);
        }
    }
}

impl Early {
    fn apply(&self, map: &MapHandle) {
        match self {
            Self::Data { source, geojson } => map.set_data(source, geojson),
            Self::TextSize { layer, px } => map.set_text_size(layer, *px),
        }
    }
}

/// The cell drawn at a point, if it has a number: exactly what is seen there.
fn cell_at(shown: Shown, lat: f64, lng: f64) -> Option<u64> {
    let at = LatLng::new(lat, lng).ok()?;
    let there = |rows: &MapRows| {
        let res = Resolution::try_from(rows.frame.res()).ok()?;
        rows.frame.cell(at.to_cell(res).into()).map(|there| there.cell)
    };
    shown.try_with(there).flatten()
}

/// Whether the reader asked for little motion.
pub(super) fn wants_less_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|query| query.matches())
}
