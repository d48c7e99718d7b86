//! The city's scenes, known before anything is asked: a page that asks must know what for while it is set up, on
//! the server and in the browser alike. So they stand in the document. A newer version is told of by the beats of
//! the live socket, and asked for then.

use std::sync::Arc;

use domain::scene::Scene;
use domain::scene::saved::Playlist;
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;

use crate::live::stage::{How, call};
use crate::live::{Live, use_live};

/// The element that carries them.
#[cfg(any(feature = "ssr", feature = "hydrate"))]
const ELEMENT: &str = "scenes";
/// How long until it is asked again for a version that did not come.
const ASK_AGAIN_MS: i32 = 5_000;

/// The scenes, in the order of the playlist.
pub type Scenes = Arc<[Scene]>;

/// The scenes that the page came with, and their version; never changed while a page lives.
#[must_use]
pub fn use_playlist() -> Arc<Playlist> {
    use_context::<Arc<Playlist>>().unwrap_or_else(|| {
        let playlist = Arc::new(held());
        provide_context(playlist.clone());
        playlist
    })
}

/// The scenes that the page came with.
#[must_use]
pub fn use_scenes() -> Scenes {
    use_playlist().scenes.clone()
}

/// The newest version of the scenes: that of the page, and each newer one soon after a beat told of it. In the
/// browser; on the server it never changes.
#[must_use]
pub fn use_newest_playlist() -> RwSignal<Arc<Playlist>> {
    let newest = RwSignal::new(use_playlist());
    let told = use_live().scenes();
    Effect::new(move |_| {
        let told = told.get();
        if newest.with_untracked(|newest| newest.version >= told) {
            return;
        }
        spawn_local_scoped_with_cancellation(async move {
            while newest.with_untracked(|newest| newest.version < told) {
                match load_playlist().await {
                    Some(playlist) if playlist.version >= told => newest.set(Arc::new(playlist)),
                    _ => Live::pause(ASK_AGAIN_MS).await,
                }
            }
        });
    });
    newest
}

/// What walls show now; none where nobody answers.
pub async fn load_playlist() -> Option<Playlist> {
    let reply = call("/api/v1/scenes", How::Get).await.ok()?;
    serde_json::from_str(&reply.text).ok().filter(|_| reply.status == 200)
}

#[cfg(feature = "hydrate")]
fn held() -> Playlist {
    thread_local!(static HELD: std::cell::OnceCell<Playlist> = const { std::cell::OnceCell::new() });
    let read = || {
        let element = document().get_element_by_id(ELEMENT)?;
        let scenes: Vec<Scene> = serde_json::from_str(&element.text_content()?).ok()?;
        let version = element.get_attribute("data-version")?.parse().ok()?;
        Some(Playlist { version, scenes: scenes.into(), ..empty() })
    };
    HELD.with(|held| held.get_or_init(|| read().unwrap_or_else(empty)).clone())
}

#[cfg(not(feature = "hydrate"))]
fn held() -> Playlist {
    use_context::<Arc<dyn crate::source::CitySource>>().map_or_else(empty, |source| source.scenes())
}

fn empty() -> Playlist {
    Playlist { version: 0, at: None, by: None, why: None, scenes: [].into() }
}

/// What carries them to the browser: data, no script.
#[cfg(feature = "ssr")]
#[component]
pub(crate) fn CarriedScenes() -> impl IntoView {
    let playlist = use_playlist();
    // Nothing in a title may end the element.
    let text = serde_json::to_string(&*playlist.scenes).unwrap_or_default().replace('<', "\\u003c");
    view! { <script type="application/json" id=ELEMENT data-version=playlist.version inner_html=text></script> }
}
