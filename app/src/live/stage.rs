//! An enrolled device's hold on its socket: what a wall is to show, or how all walls stand. And the few calls that
//! go with it. In the browser only; on the server nothing is ever heard.

use domain::problem::Problem;
use domain::screen::{DeviceFrame, Role, ScreenView, Setting, WallShow};
use leptos::prelude::*;
use serde::Deserialize;

use super::{Freeze, platform};

/// How this device stands, as `GET /api/v1/screens/me` says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Me {
    /// `unknown`, `waiting`, `enrolled`, `revoked`.
    pub state: String,
    /// While it waits.
    pub code: Option<String>,
    /// While it waits, in seconds.
    pub holds_secs: Option<u64>,
    /// Once enrolled: its name for people.
    pub name: Option<String>,
    /// Once enrolled.
    pub role: Option<Role>,
    /// Once enrolled: the scene that it opens with.
    pub scene: Option<String>,
}

/// An answer: its status and its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub text: String,
}

/// Nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server cannot be reached")]
pub struct Unreached;

/// Asks the page's own server: cookies of a device are of one host. `POST` with a body or without, else `GET`.
///
/// # Errors
/// Where nobody answers.
pub async fn call(path: &str, how: How) -> Result<Reply, Unreached> {
    platform::stage::call(path, how).await
}

/// How a call is made.
#[derive(Clone, Debug)]
pub enum How {
    /// `GET`.
    Get,
    /// `POST` with this body.
    Post(String),
    /// `PUT` with this body.
    Put(String),
    /// `POST` with this token as Bearer.
    PostAs(String),
}

/// How this device stands; none where it is not known now.
pub async fn load_me() -> Option<Me> {
    let reply = call("/api/v1/screens/me", How::Get).await.ok()?;
    serde_json::from_str(&reply.text).ok().filter(|_| reply.status == 200)
}

/// Whether this browser is the administrator's; none where that is not known now.
pub async fn is_signed_in() -> Option<bool> {
    #[derive(Deserialize)]
    struct Session {
        signed_in: bool,
    }
    let reply = call("/api/v1/screens/session", How::Get).await.ok()?;
    let session: Session = serde_json::from_str(&reply.text).ok().filter(|_| reply.status == 200)?;
    Some(session.signed_in)
}

/// Leaves the page for another, which takes its place.
pub fn go_to(path: &str) {
    platform::stage::go_to(path);
}

/// What a wall's page has taken of the browser's memory, in MiB, and its size in CSS pixels.
#[must_use]
pub fn of_page() -> (Option<u32>, u32, u32) {
    platform::stage::of_page()
}

/// The device's socket and what was heard on it.
#[derive(Clone, Copy)]
pub struct Stage {
    signals: StageSignals,
    wire: platform::stage::Wire,
}

/// What was heard.
#[derive(Clone, Copy)]
pub(crate) struct StageSignals {
    /// Whether the server speaks.
    pub(crate) linked: RwSignal<bool>,
    /// The device's name for people.
    pub(crate) name: RwSignal<String>,
    /// What the wall shows from now on.
    pub(crate) show: RwSignal<WallShow>,
    /// How it stands in its room.
    pub(crate) setting: RwSignal<Setting>,
    /// Whether numbers stand still: heard ahead of the order's own instant.
    pub(crate) freeze: RwSignal<Option<Freeze>>,
    /// How all walls stand.
    pub(crate) walls: RwSignal<Option<Vec<ScreenView>>>,
    /// What was refused last.
    pub(crate) refused: RwSignal<Option<Problem>>,
    /// Whether the device was put out.
    pub(crate) is_out: RwSignal<bool>,
}

impl Stage {
    /// Makes the store; it lives as long as whoever made it. Opens nothing.
    #[must_use]
    pub fn new() -> Self {
        let signals = StageSignals {
            linked: RwSignal::new(false),
            name: RwSignal::new(String::new()),
            show: RwSignal::new(WallShow::default()),
            setting: RwSignal::new(Setting::default()),
            freeze: RwSignal::new(None),
            walls: RwSignal::new(None),
            refused: RwSignal::new(None),
            is_out: RwSignal::new(false),
        };
        Self { signals, wire: platform::stage::Wire::new(signals) }
    }

    /// Opens the socket, and keeps one open until the device is put out. From an effect.
    pub fn start(self) {
        self.wire.start();
    }

    /// Says something; what cannot be said now is lost, for all of it is said again or is the user's to repeat.
    pub fn say(self, frame: &DeviceFrame) {
        self.wire.say(frame);
    }

    /// Whether the server speaks.
    #[must_use]
    pub fn is_linked(self) -> bool {
        self.signals.linked.get()
    }

    /// The device's name for people.
    #[must_use]
    pub fn name(self) -> Signal<String> {
        self.signals.name.into()
    }

    /// What the wall shows: each order from its own instant on.
    #[must_use]
    pub fn show(self) -> Signal<WallShow> {
        self.signals.show.into()
    }

    /// How the wall stands in its room, as an administrator said last.
    #[must_use]
    pub fn setting(self) -> Signal<Setting> {
        self.signals.setting.into()
    }

    /// Whether numbers stand still, known as soon as the order is: frames later than it may come before its instant.
    #[must_use]
    pub fn freeze(self) -> Signal<Option<Freeze>> {
        self.signals.freeze.into()
    }

    /// How all walls stand; none before the first word.
    #[must_use]
    pub fn walls(self) -> Signal<Option<Vec<ScreenView>>> {
        self.signals.walls.into()
    }

    /// The server's clock, in milliseconds since 1970, as well as the device knows it. Never asked on the server.
    #[must_use]
    pub fn now_ms(self) -> i64 {
        self.wire.now_ms()
    }

    /// What was refused last.
    #[must_use]
    pub fn refused(self) -> RwSignal<Option<Problem>> {
        self.signals.refused
    }

    /// Whether the device was put out.
    #[must_use]
    pub fn is_out(self) -> bool {
        self.signals.is_out.get()
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}
