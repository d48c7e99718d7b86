//! Taking over a page that the server made, part by part: between two parts the browser draws and hears the reader.
//! All at once keeps both waiting for a tenth of a second and more, for every function of the program is made ready
//! when it is first called.

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::ssr::StreamBuilder;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::any_view::{AnyView, AnyViewState};
use leptos::tachys::view::{Position, PositionState, Render, RenderHtml};

/// A part of a page that is taken over in a turn of its own, whole. It leaves no trace in the document.
///
/// Whatever follows signals stands in such a part: taken over outside of one, between turns, its first content
/// would live as long as the page and not until it is replaced.
pub(crate) struct InTurn(AnyView);

/// This part in a turn of its own.
pub(crate) fn in_turn(part: impl IntoView + 'static) -> InTurn {
    InTurn(part.into_any())
}

/// A page that is taken over as one part.
pub(crate) fn whole<V: IntoView + 'static>(
    page: impl Fn() -> V + Clone + Send + Sync + 'static,
) -> impl Fn() -> InTurn + Clone + Send + Sync + 'static {
    move || in_turn(page())
}

impl Render for InTurn {
    type State = AnyViewState;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.0.rebuild(state);
    }
}

impl AddAnyAttr for InTurn {
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, attr: NewAttr) -> Self
    where
        Self: RenderHtml,
    {
        Self(self.0.add_any_attr(attr).into_any())
    }
}

impl RenderHtml for InTurn {
    type AsyncOutput = <AnyView as RenderHtml>::AsyncOutput;
    type Owned = Self;

    const MIN_LENGTH: usize = AnyView::MIN_LENGTH;
    const EXISTS: bool = AnyView::EXISTS;

    fn dry_resolve(&mut self) {
        self.0.dry_resolve();
    }

    async fn resolve(self) -> Self::AsyncOutput {
        self.0.resolve().await
    }

    fn html_len(&self) -> usize {
        self.0.html_len()
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_async_with_buf::<OUT_OF_ORDER>(buf, position, escape, mark_branches, extra_attrs);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        self.0.hydrate::<FROM_SERVER>(cursor, position)
    }

    #[cfg(feature = "hydrate")]
    async fn hydrate_async(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        clock::turn().await;
        self.0.hydrate::<true>(cursor, position)
    }

    fn into_owned(self) -> Self::Owned {
        self
    }
}

#[cfg(feature = "hydrate")]
pub use clock::{is_over, next_turn, turn};

#[cfg(feature = "hydrate")]
mod clock {
    use std::cell::Cell;

    use leptos::prelude::window;
    use wasm_bindgen::JsValue;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::MessageChannel;

    /// How long a turn takes others' time: less than a drawn frame.
    const TURN_MS: f64 = 12.0;

    thread_local! {
        static BEGUN_MS: Cell<f64> = const { Cell::new(0.0) };
    }

    /// Whether this turn took as long as one may.
    #[must_use]
    pub fn is_over() -> bool {
        now_ms() - BEGUN_MS.get() >= TURN_MS
    }

    /// Goes on in this turn, or in the next one if this is over.
    pub async fn turn() {
        if is_over() {
            next_turn().await;
        }
    }

    /// Passes once the browser has done what waited. A message, for timers are slowed down in pages that nobody
    /// sees.
    pub async fn next_turn() {
        if let Ok(channel) = MessageChannel::new() {
            let passes = js_sys::Promise::new(&mut |resolve, _| {
                channel.port1().set_onmessage(Some(&resolve));
                channel.port2().post_message(&JsValue::NULL).ok();
            });
            JsFuture::from(passes).await.ok();
            channel.port1().close();
        }
        BEGUN_MS.set(now_ms());
    }

    fn now_ms() -> f64 {
        window().performance().map_or(0.0, |performance| performance.now())
    }
}
