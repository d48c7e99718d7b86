//! When this device last looked at the city: an instant of the city's time, kept in the browser and
//! nowhere else. It says nothing of who looked, nor at what.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::functions::Boot;
use crate::live::Live;

/// A pause of this length ends a visit.
const VISIT_ENDS_MS: f64 = 30.0 * 60_000.0;
/// How often the present look is noted.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // Nobody looks at a server.
const NOTED_EVERY_MS: u64 = 15_000;

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Look {
    /// When the page was last looked at, by the device's clock, in milliseconds since 1970.
    seen_ms: f64,
    /// What the numbers stood at then: RFC 3339 in the city's time.
    as_of: String,
    /// What they stood at when the visit before ended; empty where there was none.
    since: String,
}

#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // Nobody looks at a server.
impl Look {
    /// The look now: of the same visit, or, after a pause, of a new one.
    fn now(before: Option<Self>, now_ms: f64, at: &str) -> Self {
        let since = match before {
            None => String::new(),
            // A clock that was set back says nothing of how long the pause was.
            Some(before) if (0.0..VISIT_ENDS_MS).contains(&(now_ms - before.seen_ms)) => before.since,
            Some(before) => before.as_of,
        };
        Self { seen_ms: now_ms, as_of: at.to_owned(), since }
    }
}

/// When the visit before this one ended, in the city's time; empty until it is known and where there was
/// none.
#[derive(Clone, Copy)]
pub struct LastLook(RwSignal<String>);

impl LastLook {
    /// Makes it known to every page.
    pub fn provide() -> Self {
        let look = Self(RwSignal::new(String::new()));
        provide_context(look);
        look
    }

    /// Begins to note looks. In the browser only, from an effect.
    pub fn keep(self, boot: &Boot, live: Live) {
        platform::keep(self, boot, live);
    }

    /// The instant, RFC 3339.
    #[must_use]
    pub fn since(self) -> Signal<String> {
        self.0.into()
    }
}

/// The device's last look.
#[must_use]
pub fn use_last_look() -> LastLook {
    use_context::<LastLook>().unwrap_or_else(LastLook::provide)
}

#[cfg(feature = "hydrate")]
mod platform {
    use std::time::Duration;

    use leptos::prelude::*;

    use super::{LastLook, Look, NOTED_EVERY_MS};
    use crate::functions::Boot;
    use crate::kept;
    use crate::live::Live;

    pub(super) fn keep(look: LastLook, boot: &Boot, live: Live) {
        let (name, at) = (format!("look-{}", boot.city.code), live.at(boot));
        let note = move || {
            // A page behind others is not looked at.
            let Some(at) = at.try_get_untracked().filter(|at| !at.is_empty() && !document().hidden()) else {
                return;
            };
            let now = Look::now(kept::read(&name), js_sys::Date::now(), &at);
            kept::write(&name, &now);
            if look.0.try_with_untracked(|since| *since != now.since) == Some(true) {
                look.0.set(now.since);
            }
        };
        note();
        if let Ok(interval) = set_interval_with_handle(note, Duration::from_millis(NOTED_EVERY_MS)) {
            on_cleanup(move || interval.clear());
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod platform {
    use super::LastLook;
    use crate::functions::Boot;
    use crate::live::Live;

    pub(super) fn keep(_look: LastLook, _boot: &Boot, _live: Live) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: f64 = 60_000.0;

    #[track_caller]
    fn check(before: Option<(f64, &str, &str)>, now_ms: f64, want: &str) {
        let before =
            before.map(|(seen_ms, as_of, since)| Look { seen_ms, as_of: as_of.into(), since: since.into() });
        let now = Look::now(before, now_ms, "now");
        assert_eq!((now.since.as_str(), now.as_of.as_str(), now.seen_ms), (want, "now", now_ms));
    }

    #[test]
    fn a_visit_goes_on_until_a_pause_of_half_an_hour() {
        check(None, 0.0, "");
        check(Some((0.0, "nine", "")), 29.0 * MINUTE, "");
        check(Some((0.0, "nine", "eight")), 29.0 * MINUTE, "eight");
        check(Some((0.0, "nine", "eight")), 30.0 * MINUTE, "nine");
        check(Some((MINUTE, "nine", "eight")), 0.0, "nine");
    }
}
