//! What the wall shows now, whoever says so: what it was enrolled for, or a tablet that holds it.

use domain::screen::FIRST_SCENE;
use leptos::prelude::*;

use crate::text::{Say, words};

/// The scenes that there are: the last part of the address, and the name.
pub const SCENES: [(&str, Say); 1] = [(FIRST_SCENE, words::SCENE_CITY_NOW)];

/// What the wall shows.
#[derive(Clone, Copy)]
pub struct ShownScene {
    /// The scene's name.
    pub name: RwSignal<String>,
    /// Whether somebody holds the wall on this scene.
    pub hold: RwSignal<bool>,
    /// What is shown large: `district:CODE`, `case:CODE`.
    pub spotlight: RwSignal<Option<String>>,
    /// Whether the numbers stand still.
    pub frozen: RwSignal<bool>,
}

/// That of this page; made where there is none yet.
#[must_use]
pub fn use_shown() -> ShownScene {
    use_context::<ShownScene>().unwrap_or_else(|| {
        let shown = ShownScene {
            name: RwSignal::new(FIRST_SCENE.to_owned()),
            hold: RwSignal::new(false),
            spotlight: RwSignal::new(None),
            frozen: RwSignal::new(false),
        };
        provide_context(shown);
        shown
    })
}
