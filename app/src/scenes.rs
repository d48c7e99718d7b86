//! The city's scenes, known before anything is asked: a page that asks must know what for while it is set up, on
//! the server and in the browser alike. So they stand in the document.

use std::sync::Arc;

use domain::scene::Scene;
use leptos::prelude::*;

/// The element that carries them.
#[cfg(any(feature = "ssr", feature = "hydrate"))]
const ELEMENT: &str = "scenes";

/// The scenes, in the order of the playlist; never changed while a page lives.
pub type Scenes = Arc<[Scene]>;

/// The scenes of this page.
#[must_use]
pub fn use_scenes() -> Scenes {
    use_context::<Scenes>().unwrap_or_else(|| {
        let scenes = held();
        provide_context(scenes.clone());
        scenes
    })
}

#[cfg(feature = "hydrate")]
fn held() -> Scenes {
    thread_local!(static HELD: std::cell::OnceCell<Scenes> = const { std::cell::OnceCell::new() });
    let read = || {
        let text = document().get_element_by_id(ELEMENT)?.text_content()?;
        serde_json::from_str::<Vec<Scene>>(&text).ok()
    };
    HELD.with(|held| held.get_or_init(|| read().unwrap_or_default().into()).clone())
}

#[cfg(not(feature = "hydrate"))]
fn held() -> Scenes {
    use_context::<Arc<dyn crate::source::CitySource>>().map_or_else(|| [].into(), |source| source.scenes())
}

/// What carries them to the browser: data, no script.
#[cfg(feature = "ssr")]
#[component]
pub(crate) fn CarriedScenes() -> impl IntoView {
    // Nothing in a title may end the element.
    let text = serde_json::to_string(&*use_scenes()).unwrap_or_default().replace('<', "\\u003c");
    view! { <script type="application/json" id=ELEMENT inner_html=text></script> }
}
