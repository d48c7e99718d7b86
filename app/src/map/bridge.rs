//! The border to `js/map.js`, which alone speaks to MapLibre. Calling rules: the hooks must live as
//! long as the map; [`MapHandle::remove`] ends it, and no hook is called after.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, WebGl2RenderingContext as Gl};

use super::layer::{FrameView, Layer};
use super::news::News;
use super::resolution::Camera;

#[wasm_bindgen(module = "/js/map.js")]
extern "C" {
    /// A running map.
    pub(super) type MapHandle;

    #[wasm_bindgen(catch)]
    async fn start(container: &HtmlElement, options: &str, hooks: &Object) -> Result<JsValue, JsValue>;

    /// Whoever waits to ask again does so now.
    #[wasm_bindgen(js_name = again)]
    pub(super) fn ask_again();

    /// Draws again when the browser next draws.
    #[wasm_bindgen(method)]
    pub(super) fn repaint(this: &MapHandle);

    /// Gives a source of the style other GeoJSON.
    #[wasm_bindgen(method, js_name = setData)]
    pub(super) fn set_data(this: &MapHandle, source: &str, geojson: &str);

    /// Sets the text size of a layer, in CSS pixels.
    #[wasm_bindgen(method, js_name = setTextSize)]
    pub(super) fn set_text_size(this: &MapHandle, layer: &str, px: f64);

    /// Takes the map off the page and frees what it holds.
    #[wasm_bindgen(method)]
    pub(super) fn remove(this: &MapHandle);
}

/// Draws one frame, and says whether another is to follow.
type Draw = fn(&mut Layer, &FrameView<'_>) -> bool;

/// The functions that the map calls. Dropped after the map is removed.
pub(super) struct Hooks {
    object: Object,
    // Kept alive for JavaScript; never called from here.
    _kept: Vec<Box<dyn std::any::Any>>,
}

impl Hooks {
    /// `cell_at` gives the cell with a number at a latitude and longitude.
    pub(super) fn new(
        layer: &Rc<RefCell<Layer>>,
        tell: impl Fn(News) + 'static,
        cell_at: impl Fn(f64, f64) -> Option<u64> + 'static,
    ) -> Self {
        let tell: Rc<dyn Fn(News)> = Rc::new(tell);
        let mut hooks = Self { object: Object::new(), _kept: Vec::new() };
        hooks.add_layer(layer, &tell);
        let view = Rc::clone(&tell);
        hooks.add(
            "view",
            Closure::<dyn FnMut(Vec<f64>)>::new(move |numbers: Vec<f64>| {
                if let Some(camera) = camera(&numbers) {
                    view(News::View(camera));
                }
            }),
        );
        let drawn = Rc::clone(&tell);
        hooks.add("drawn", Closure::<dyn FnMut()>::new(move || drawn(News::Drawn)));
        let waiting = Rc::clone(&tell);
        hooks.add("waiting", Closure::<dyn FnMut()>::new(move || waiting(News::Waiting)));
        let mended = Rc::clone(&tell);
        hooks.add("mended", Closure::<dyn FnMut()>::new(move || mended(News::Mended)));
        let lost = Rc::clone(&tell);
        hooks.add("lost", Closure::<dyn FnMut()>::new(move || lost(News::Lost)));
        hooks.add_taps(&tell, Rc::new(cell_at));
        let fault = tell;
        let on_fault = move |message: String| fault(News::Fault(message));
        hooks.add("fault", Closure::<dyn FnMut(String)>::new(on_fault));
        hooks
    }

    fn add_taps(&mut self, tell: &Rc<dyn Fn(News)>, cell_at: Rc<dyn Fn(f64, f64) -> Option<u64>>) {
        let (tell, cell_there) = (Rc::clone(tell), Rc::clone(&cell_at));
        let tap = move |lat: f64, lng: f64| {
            if let Some(cell) = cell_there(lat, lng) {
                tell(News::Tap(cell));
            }
        };
        self.add("tap", Closure::<dyn FnMut(f64, f64)>::new(tap));
        let can_tap = move |lat: f64, lng: f64| cell_at(lat, lng).is_some();
        self.add("canTap", Closure::<dyn FnMut(f64, f64) -> bool>::new(can_tap));
    }

    fn add_layer(&mut self, layer: &Rc<RefCell<Layer>>, tell: &Rc<dyn Fn(News)>) {
        // MapLibre calls one at a time; a borrow can only fail inside another of these calls, and
        // then the next frame does what was left out.
        let (held, failed) = (Rc::clone(layer), Rc::clone(tell));
        self.add(
            "added",
            Closure::<dyn FnMut(Gl)>::new(move |gl| {
                if let Ok(mut layer) = held.try_borrow_mut()
                    && let Err(error) = layer.added(gl)
                {
                    failed(News::Failed(error.to_string()));
                }
            }),
        );
        self.add_drawing("render", layer, Layer::render);
        self.add_drawing("renderMiddles", layer, Layer::render_middles);
        let held = Rc::clone(layer);
        self.add(
            "removed",
            Closure::<dyn FnMut()>::new(move || {
                if let Ok(mut layer) = held.try_borrow_mut() {
                    layer.removed();
                }
            }),
        );
    }

    fn add_drawing(&mut self, name: &str, layer: &Rc<RefCell<Layer>>, draw: Draw) {
        let held = Rc::clone(layer);
        let render = move |matrix: Vec<f64>, numbers: Vec<f64>, pixel_ratio: f64, now_ms: f64| {
            let (Ok(mut layer), Some(camera)) = (held.try_borrow_mut(), camera(&numbers)) else {
                return false;
            };
            draw(&mut layer, &FrameView { matrix: &matrix, camera, pixel_ratio, now_ms })
        };
        self.add(name, Closure::<dyn FnMut(Vec<f64>, Vec<f64>, f64, f64) -> bool>::new(render));
    }

    fn add<F: ?Sized + 'static>(&mut self, name: &str, hook: Closure<F>) {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&self.object, &JsValue::from_str(name), hook.as_ref());
        self._kept.push(Box::new(hook));
    }
}

/// Zoom, west, south, east, north, em.
fn camera(numbers: &[f64]) -> Option<Camera> {
    let [zoom, west, south, east, north, em_px] = <[f64; 6]>::try_from(numbers).ok()?;
    Some(Camera { zoom, west, south, east, north, em_px })
}

/// Starts a map in a container.
///
/// # Errors
/// What went wrong in words: the library did not load, or the browser has no WebGL2.
pub(super) async fn start_map(
    container: &HtmlElement,
    options: &str,
    hooks: &Hooks,
) -> Result<MapHandle, String> {
    let handle = start(container, options, &hooks.object).await.map_err(|error| message(&error))?;
    Ok(handle.unchecked_into())
}

fn message(error: &JsValue) -> String {
    let text = Reflect::get(error, &JsValue::from_str("message")).ok().and_then(|text| text.as_string());
    text.unwrap_or_else(|| format!("{error:?}"))
}
