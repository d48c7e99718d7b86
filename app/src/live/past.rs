//! A part of a page that stands at a past instant: what is asked in it is asked of then, and followed by no socket.

use leptos::prelude::*;

/// The instant, RFC 3339.
#[derive(Clone, Copy)]
struct PastInstant(Signal<String>);

/// From here down, the page stands at this instant.
pub fn provide_past(at: Signal<String>) {
    provide_context(PastInstant(at));
}

/// The instant that this part of the page stands at; none is now. Call it while the part is being set up.
#[must_use]
pub fn use_past() -> Option<Signal<String>> {
    use_context::<PastInstant>().map(|past| past.0)
}

/// As a question's parameter: empty is now.
#[must_use]
pub fn asked_at() -> Signal<String> {
    use_past().unwrap_or_else(|| Signal::stored(String::new()))
}
