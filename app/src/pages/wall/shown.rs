//! What the wall shows now, whoever says so: itself, by its address or its playlist, or a tablet that holds it.

use domain::screen::Setting;
use leptos::prelude::*;

/// What the wall shows.
#[derive(Clone, Copy)]
pub struct ShownScene {
    /// The scene that it shows of itself.
    pub own: RwSignal<String>,
    /// The scene that a tablet told it.
    pub told: RwSignal<Option<String>>,
    /// The names of the scenes that there are.
    pub there: RwSignal<Vec<String>>,
    /// The scene's name: what a tablet told, unless there is no such scene; then the wall's own.
    pub name: Signal<String>,
    /// Whether somebody holds the wall on this scene.
    pub hold: RwSignal<bool>,
    /// What is shown large: `district:CODE`, `case:CODE`.
    pub spotlight: RwSignal<Option<String>>,
    /// Whether the numbers stand still.
    pub frozen: RwSignal<bool>,
    /// How the wall stands in its room.
    pub setting: RwSignal<Setting>,
    /// The past instant that is shown instead of now, RFC 3339.
    pub replayed: RwSignal<Option<String>>,
}

/// That of this page; made where there is none yet.
#[must_use]
pub fn use_shown() -> ShownScene {
    use_context::<ShownScene>().unwrap_or_else(|| {
        let (own, told) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
        let there = RwSignal::new(Vec::<String>::new());
        let is_there = move |name: &String| there.with(|there| there.is_empty() || there.contains(name));
        let shown = ShownScene {
            own,
            told,
            there,
            name: Signal::derive(move || told.get().filter(is_there).unwrap_or_else(|| own.get())),
            hold: RwSignal::new(false),
            spotlight: RwSignal::new(None),
            frozen: RwSignal::new(false),
            setting: RwSignal::new(Setting::default()),
            replayed: RwSignal::new(None),
        };
        provide_context(shown);
        shown
    })
}
