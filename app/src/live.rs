//! The live store: one socket for the whole page, and tables that follow it. On the server and at
//! first paint a table has the value that came with the page; from then on the socket's rows. The
//! only place in the app that receives anything by itself.

mod answer;
mod backoff;
mod list;
mod past;
mod roaming;
mod servers;
pub mod stage;
mod table;

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod inert;

use std::sync::Arc;

use domain::Timestamp;
use domain::wire::{Beat, Delta, Held, WireQuery};
use leptos::prelude::*;

use crate::functions::Boot;

#[cfg(feature = "hydrate")]
use self::browser as platform;
#[cfg(not(feature = "hydrate"))]
use self::inert as platform;

pub use answer::{Answer, use_answer, use_list};
pub use list::without_instant;
pub use past::{asked_at, provide_past, use_past};

/// A name that no other act of any page has.
#[must_use]
pub fn fresh_name() -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Chance lies in [0, 1).
    let part = || (platform::chance() * f64::from(u32::MAX)) as u32;
    format!("ui-{:08x}{:08x}{:08x}", part(), part(), part())
}
pub use roaming::Roaming;
pub use table::{Kept, LiveRows, LiveTable, use_fixed, use_rows, use_table};

/// The state of the connection, as every screen shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Not yet connected; the numbers are those of the page.
    #[default]
    Connecting,
    /// Beats come.
    Live,
    /// The socket is gone, the numbers are seconds old at most.
    Reconnecting,
    /// No beat for some seconds: the numbers look stale.
    Stale,
}

/// How a page stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freeze {
    /// It shows nothing new.
    Now,
    /// It shows nothing later than this instant of the city's: whatever came when, two pages show the same.
    At(Timestamp),
}

#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // Nothing moves on the server.
impl Freeze {
    /// Whether what stands at `at` is still to be shown.
    fn lets(self, at: &str) -> bool {
        match self {
            Self::Now => false,
            Self::At(last) => at.parse::<Timestamp>().is_ok_and(|at| at <= last),
        }
    }
}

/// The page's hold on the live socket.
#[derive(Clone, Copy)]
pub struct Live {
    signals: Signals,
    platform: platform::Platform,
}

/// What the socket tells the page.
#[derive(Clone, Copy)]
pub(crate) struct Signals {
    beat: RwSignal<Option<Beat>>,
    link: RwSignal<Link>,
    age_secs: RwSignal<i64>,
    days_turned: RwSignal<u32>,
    returned: RwSignal<u32>,
    renewed: RwSignal<u32>,
    origin: RwSignal<String>,
    /// Whether a wall's numbers stand still, as its director asked.
    frozen: RwSignal<Option<Freeze>>,
}

impl Live {
    /// Makes the store and hands it to every component. Opens nothing.
    pub fn provide() -> Self {
        let signals = Signals {
            beat: RwSignal::new(None),
            link: RwSignal::new(Link::default()),
            age_secs: RwSignal::new(0),
            days_turned: RwSignal::new(0),
            returned: RwSignal::new(0),
            renewed: RwSignal::new(0),
            origin: RwSignal::new(String::new()),
            frozen: RwSignal::new(None),
        };
        let live = Self { signals, platform: platform::Platform::new(signals) };
        provide_context(live);
        live
    }

    /// Opens the socket, and keeps one open for ever: to the server that served the page, else to another
    /// of the city's. `boot` came with the page: a server of another version makes the page load itself
    /// anew, one that has begun anew since makes it ask everything again. In the browser only, from an
    /// effect.
    pub fn start(self, boot: &Boot) {
        self.platform.start(boot);
    }

    /// The origin of the city's server that the page asks now; empty for its own.
    #[must_use]
    pub fn origin(self) -> Signal<String> {
        self.signals.origin.into()
    }

    /// Lets everything on the page stand still, or go on at the newest. The link is watched all the same.
    pub fn freeze(self, freeze: Option<Freeze>) {
        let before = self.signals.frozen.get_untracked();
        if before != freeze {
            self.signals.frozen.set(freeze);
            if freeze.is_none() {
                self.platform.thaw();
            }
        }
    }

    /// Whether everything stands still.
    #[must_use]
    pub fn is_frozen(self) -> bool {
        self.signals.frozen.get_untracked().is_some()
    }

    /// Passes after a while; never on the server.
    pub fn pause(ms: i32) -> impl Future<Output = ()> + Send {
        platform::pause(ms)
    }

    /// The connection's state.
    #[must_use]
    pub fn link(self) -> Signal<Link> {
        self.signals.link.into()
    }

    /// How old the last beat is, in whole seconds.
    #[must_use]
    pub fn age_secs(self) -> Signal<i64> {
        self.signals.age_secs.into()
    }

    /// Time and sources: those of the page until the first beat.
    #[must_use]
    pub fn beat(self, boot: &Boot) -> Signal<Beat> {
        let (beat, first) = (self.signals.beat, boot.beat.clone());
        Signal::derive(move || beat.get().unwrap_or_else(|| first.clone()))
    }

    /// The city's time, moved on by each beat; in a part of a page that stands at a past instant, that one.
    #[must_use]
    pub fn at(self, boot: &Boot) -> Signal<String> {
        if let Some(past) = use_past() {
            return past;
        }
        let (beat, first) = (self.signals.beat, boot.beat.at.clone());
        let at = Memo::new(move |_| {
            beat.with(|beat| beat.as_ref().map_or_else(|| first.clone(), |beat| beat.at.clone()))
        });
        at.into()
    }

    /// The version of the walls' scenes, as the last beat told it; 0 until one did.
    #[must_use]
    pub fn scenes(self) -> Signal<u32> {
        let beat = self.signals.beat;
        Memo::new(move |_| beat.with(|beat| beat.as_ref().map_or(0, |beat| beat.scenes))).into()
    }

    /// Counts how often the city's day has turned since the page was served.
    #[must_use]
    pub fn days_turned(self) -> Signal<u32> {
        self.signals.days_turned.into()
    }

    /// Counts how often the link has come back: whoever was left without an answer asks again.
    #[must_use]
    pub fn returned(self) -> Signal<u32> {
        self.signals.returned.into()
    }

    /// Counts how often the server has begun anew: no earlier answer is worth anything.
    #[must_use]
    pub fn renewed(self) -> Signal<u32> {
        self.signals.renewed.into()
    }

    fn follow(self, query: Arc<WireQuery>, sinks: Sinks) -> platform::Following {
        self.platform.follow(query, sinks)
    }
}

/// The store of this page.
#[must_use]
pub fn use_live() -> Live {
    use_context::<Live>().unwrap_or_else(Live::provide)
}

/// Takes rows.
type TakeRows = Box<dyn Fn(&Held, Option<&Delta>)>;

/// Where a followed question's answers go.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // Nothing is ever answered on the server.
pub(crate) struct Sinks {
    /// All rows, after every frame; what changed since the last time, where that is not all of them.
    rows: TakeRows,
    /// The server will not let this question be followed.
    refused: Box<dyn Fn()>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_stands_still_shows_what_is_not_later() {
        let last = Freeze::At("2026-11-23T08:00:00.500+07:00".parse().unwrap());
        for (freeze, at, shown) in [
            (last, "2026-11-23T08:00:00.250+07:00", true),
            (last, "2026-11-23T08:00:00.500+07:00", true),
            (last, "2026-11-23T08:00:00.750+07:00", false),
            (last, "2026-11-23T01:00:00.250Z", true),
            (last, "", false),
            (Freeze::Now, "2026-11-23T08:00:00.250+07:00", false),
        ] {
            assert_eq!(freeze.lets(at), shown, "{freeze:?} {at}");
        }
    }
}
