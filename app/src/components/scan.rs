//! Reads a code with the device's camera, where the browser itself can: no picture leaves the device. Where it
//! cannot, that is said, and a code can be typed beside.

use leptos::html::Video;
use leptos::prelude::*;

use crate::locale::use_lang;
use crate::text::{Say, centre};

/// How the camera stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // Only a browser finds out.
enum Camera {
    /// Nobody has looked yet.
    Unknown,
    /// It can be started.
    Ready,
    /// It looks.
    Running,
    /// The browser reads no codes.
    Unable,
    /// There is none, or none for this page.
    Missing,
    /// The reader did not allow it.
    Refused,
}

impl Camera {
    /// What is said of it.
    const fn says(self) -> Option<Say> {
        match self {
            Self::Unknown | Self::Ready => None,
            Self::Running => Some(centre::SCANNING),
            Self::Unable => Some(centre::SCAN_NO_DETECTOR),
            Self::Missing => Some(centre::SCAN_NO_CAMERA),
            Self::Refused => Some(centre::SCAN_REFUSED),
        }
    }
}

/// The button, the camera's picture while it looks, and what is said of it.
#[component]
pub fn Scan(
    /// Gets the first code that was read.
    on_code: Callback<String>,
) -> impl IntoView {
    let lang = use_lang();
    let camera = RwSignal::new(Camera::Unknown);
    let video = NodeRef::<Video>::new();
    Effect::new(move |_| platform::look(camera));
    Effect::new(move |_| {
        // The element stands once the camera runs.
        if camera.get() == Camera::Running
            && let Some(video) = video.get()
        {
            platform::read(&video, camera, on_code);
        }
    });
    on_cleanup(platform::stop);
    let start = move |_| camera.set(Camera::Running);
    let end = move |_| {
        platform::stop();
        camera.set(Camera::Ready);
    };
    view! {
        <div class="scan">
            {move || match camera.get() {
                Camera::Ready | Camera::Refused => view! { <button type="button" class="button" on:click=start>{centre::SCAN.to(lang)}</button> }.into_any(),
                Camera::Running => view! {
                    <video class="scan-picture" node_ref=video playsinline muted aria-hidden="true"></video>
                    <button type="button" class="button" on:click=end>{centre::SCAN_STOP.to(lang)}</button>
                }.into_any(),
                Camera::Unknown | Camera::Unable | Camera::Missing => ().into_any(),
            }}
            <p class="aside scan-says" role="status">{move || camera.get().says().map(|say| say.to(lang))}</p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod platform {
    use leptos::prelude::{Callable as _, Callback, GetUntracked as _, RwSignal, Set as _};
    use leptos::web_sys::HtmlVideoElement;
    use wasm_bindgen::prelude::*;

    use super::Camera;

    #[wasm_bindgen(module = "/js/scan.js")]
    extern "C" {
        /// `ready`, `no-detector`, `no-camera`.
        async fn ability() -> JsValue;

        /// The first code; fails by the name of what went wrong.
        #[wasm_bindgen(catch)]
        async fn scan(video: &HtmlVideoElement) -> Result<JsValue, JsValue>;

        /// Gives the camera back.
        pub(super) fn stop();
    }

    pub(super) fn look(camera: RwSignal<Camera>) {
        leptos::task::spawn_local(async move {
            let found = match ability().await.as_string().as_deref() {
                Some("ready") => Camera::Ready,
                Some("no-camera") => Camera::Missing,
                _ => Camera::Unable,
            };
            camera.try_set(found);
        });
    }

    pub(super) fn read(video: &HtmlVideoElement, camera: RwSignal<Camera>, on_code: Callback<String>) {
        let video = video.clone();
        leptos::task::spawn_local(async move {
            let next = match scan(&video).await {
                Ok(code) => {
                    if let Some(code) = code.as_string()
                        && camera.try_get_untracked() == Some(Camera::Running)
                    {
                        camera.try_set(Camera::Ready);
                        on_code.run(code);
                    }
                    return;
                }
                Err(error) => match error.as_string().as_deref() {
                    Some("stopped") => return,
                    Some("NotAllowedError") => Camera::Refused,
                    _ => Camera::Missing,
                },
            };
            camera.try_set(next);
        });
    }
}

#[cfg(not(feature = "hydrate"))]
mod platform {
    use leptos::prelude::{Callback, RwSignal};
    use leptos::web_sys::HtmlVideoElement;

    use super::Camera;

    pub(super) const fn stop() {}

    pub(super) fn look(_camera: RwSignal<Camera>) {}

    pub(super) fn read(_video: &HtmlVideoElement, _camera: RwSignal<Camera>, _on_code: Callback<String>) {}
}
