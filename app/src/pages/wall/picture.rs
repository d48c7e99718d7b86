//! A wall's small picture of itself, for the page of all screens: soon after another thing is shown, else each minute.

use std::time::Duration;

use leptos::prelude::*;

use super::shown::ShownScene;
use crate::live::stage::Stage;

/// How often one is taken while nothing changes.
const EVERY: Duration = Duration::from_secs(60);
/// How long after a change: its numbers and its map are there.
const SOON: Duration = Duration::from_secs(4);

pub(super) use platform::is_hidden;

/// Takes pictures for as long as the wall stands in front of somebody and the server speaks. In the browser only.
pub(super) fn take_pictures(stage: Stage, shown: ShownScene) {
    let what =
        Memo::new(move |_| (shown.name.get(), shown.spotlight.get(), shown.replayed.with(Option::is_some)));
    Effect::new(move |_| {
        what.track();
        if !stage.is_linked() {
            return;
        }
        let take = move || {
            let scene = shown.name.try_get_untracked();
            if let Some(scene) = scene.filter(|scene| !scene.is_empty() && !is_hidden()) {
                platform::send(scene);
            }
        };
        let soon = set_timeout_with_handle(take, SOON);
        let every = set_interval_with_handle(take, EVERY);
        on_cleanup(move || {
            if let Ok(soon) = soon {
                soon.clear();
            }
            if let Ok(every) = every {
                every.clear();
            }
        });
    });
}

#[cfg(feature = "hydrate")]
mod platform {
    use domain::screen::{PICTURE_BYTES_MAX, PICTURE_PX_MAX};
    use leptos::logging::warn;
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/js/picture.js")]
    extern "C" {
        /// Whether nobody can see the page.
        #[wasm_bindgen(js_name = isHidden)]
        pub(in super::super) fn is_hidden() -> bool;

        #[wasm_bindgen(catch, js_name = sendPicture)]
        async fn send_picture(scene: &str, side_px: u32, bytes: usize) -> Result<JsValue, JsValue>;
    }

    /// Takes one and gives it to the server. One that fails is taken again with the next minute.
    pub(super) fn send(scene: String) {
        leptos::task::spawn_local(async move {
            if let Err(error) = send_picture(&scene, PICTURE_PX_MAX, PICTURE_BYTES_MAX).await {
                warn!("picture: {error:?}");
            }
        });
    }
}

#[cfg(not(feature = "hydrate"))]
mod platform {
    /// Nobody looks at a server.
    pub(in super::super) const fn is_hidden() -> bool {
        false
    }

    pub(super) fn send(scene: String) {
        drop(scene);
    }
}
