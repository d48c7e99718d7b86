//! Displays that the city knows, and what is said between them and the server: a wall that shows, a tablet
//! that directs. Devices are no people: nothing personal has a place here.

mod setting;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::time::Timestamp;

pub use setting::{CENTIMETRES_MAX, DISPLAYS_MAX, SEAM_MM_MAX, Setting, SettingError};

/// Longest name of a screen, in characters: it is read from six metres.
pub const NAME_CHARS_MAX: usize = 40;
/// Longest name of a scene.
pub const SCENE_BYTES_MAX: usize = 32;
/// Most screens that a tablet names at once.
pub const NAMED_MAX: usize = 64;
/// Stands for all scenes in turn, where a wall is told what it opens with; no scene has this name.
pub const PLAYLIST: &str = "playlist";
/// Longest side of a wall's picture of itself, in pixels.
pub const PICTURE_PX_MAX: u32 = 640;
/// Most bytes of one.
pub const PICTURE_BYTES_MAX: usize = 60_000;
/// A picture that is older says nothing of now: a wall takes one each minute.
pub const PICTURE_OLD_SECS: u64 = 180;
/// How long a hold lasts that is not renewed.
pub const LEASE_SECS: u64 = 15;
/// How often a tablet renews it; two may be lost.
pub const RENEW_SECS: u64 = 5;

/// What a device is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It shows.
    #[default]
    Wall,
    /// It directs walls.
    Director,
}

impl Role {
    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wall => "wall",
            Self::Director => "director",
        }
    }
}

/// Why a word is no name of a screen or a scene.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// A name.
    #[error("is not 1 to {NAME_CHARS_MAX} characters on one line")]
    Name,
    /// A scene.
    #[error("is not 1 to {SCENE_BYTES_MAX} of a-z, 0-9 and -")]
    Scene,
}

/// A screen's name as it is kept: without space around it.
///
/// # Errors
/// [`WordError::Name`].
pub fn name(text: &str) -> Result<&str, WordError> {
    let text = text.trim();
    let fits = (1..=NAME_CHARS_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text) } else { Err(WordError::Name) }
}

/// A scene's name: a part of an address.
///
/// # Errors
/// [`WordError::Scene`].
pub fn scene(text: &str) -> Result<&str, WordError> {
    let is_of_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let fits = (1..=SCENE_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_of_word);
    if fits { Ok(text) } else { Err(WordError::Scene) }
}

/// That an administrator approved a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The screen's own name for machines: random, for ever.
    pub screen: Arc<str>,
    /// What people call it.
    pub name: Arc<str>,
    /// What it is for.
    pub role: Role,
    /// The scene that it opens with.
    pub scene: Arc<str>,
    /// SHA-256 of the device's token; the token itself is nowhere but in the device.
    pub token_sha256: [u8; 32],
}

/// What the log says of a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScreenNews {
    /// `screen.enrolled`.
    Enrolled(Box<Enrolment>),
    /// `screen.revoked`: for good.
    Revoked {
        /// Which.
        screen: Arc<str>,
    },
    /// `screen.set`: how it stands in its room.
    Set {
        /// Which.
        screen: Arc<str>,
        /// The how-manieth it is of the screen, from 1: a city's clock may stand still between two.
        number: u32,
        /// The whole setting.
        setting: Box<Setting>,
    },
}

impl ScreenNews {
    /// The screen that it is about.
    #[must_use]
    pub fn screen(&self) -> &Arc<str> {
        match self {
            Self::Enrolled(enrolment) => &enrolment.screen,
            Self::Revoked { screen } | Self::Set { screen, .. } => screen,
        }
    }
}

/// A screen, as the set of its events makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screen {
    /// Its enrolment and when; none while only its revocation has been heard.
    pub enrolled: Option<(Timestamp, Enrolment)>,
    /// When it was revoked first.
    pub revoked: Option<Timestamp>,
    /// Its newest setting, the how-manieth that is, and when it was said.
    pub set: Option<(u32, Timestamp, Setting)>,
}

impl Screen {
    /// The enrolment that holds.
    #[must_use]
    pub fn stands(&self) -> Option<&Enrolment> {
        self.enrolled.as_ref().filter(|_| self.revoked.is_none()).map(|(_, enrolment)| enrolment)
    }

    /// How it stands in its room.
    #[must_use]
    pub fn setting(&self) -> Setting {
        self.set.as_ref().map(|(.., setting)| setting.clone()).unwrap_or_default()
    }

    /// How many settings were said of it.
    #[must_use]
    pub fn settings(&self) -> u32 {
        self.set.as_ref().map_or(0, |(number, ..)| *number)
    }

    /// Takes news in. Whatever order they come in, the first enrolment, the first revocation and the last setting count.
    pub fn hear(&mut self, news: &ScreenNews, time: Timestamp) {
        match news {
            ScreenNews::Enrolled(enrolment) => {
                let is_earlier = |held: &(Timestamp, Enrolment)| {
                    (time, &enrolment.token_sha256) < (held.0, &held.1.token_sha256)
                };
                if self.enrolled.as_ref().is_none_or(is_earlier) {
                    self.enrolled = Some((time, (**enrolment).clone()));
                }
            }
            ScreenNews::Revoked { .. } => {
                self.revoked = Some(self.revoked.map_or(time, |held| held.min(time)));
            }
            ScreenNews::Set { number, setting, .. } => {
                // Of two that bear one number, said on two servers at once: the same one whatever order they come in.
                let said = (*number, time, (**setting).clone());
                if self.set.as_ref().is_none_or(|held| *held < said) {
                    self.set = Some(said);
                }
            }
        }
    }
}

/// What a wall shows large.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spotlight {
    /// A district or centre, by its code.
    District(String),
    /// A case, by its code.
    Case(String),
}

impl fmt::Display for Spotlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::District(code) => write!(f, "district:{code}"),
            Self::Case(code) => write!(f, "case:{code}"),
        }
    }
}

/// Steps of a past hour, the first and the last included: one each five minutes of the city's time.
pub const REPLAY_STEPS: u32 = 13;
/// The city's time between two steps, in seconds.
pub const REPLAY_STEP_SECS: i64 = 300;
/// How long the hour may take, in seconds: a step stands long enough to be read and to be asked for.
pub const REPLAY_TAKES_SECS: std::ops::RangeInclusive<u32> = 30..=600;
/// How far back an hour may lie, in seconds of the city's time.
pub const REPLAY_BACK_SECS: i64 = 8 * 86_400;

/// A past hour that walls are to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayWish {
    /// Where it begins, RFC 3339: a full hour.
    pub from: String,
    /// How long it takes to be shown, in seconds.
    pub takes_secs: u32,
}

/// A past hour as walls show it: all of them the same step at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// Where it begins, RFC 3339 with the city's offset.
    pub from: String,
    /// When its first step is shown, in milliseconds since 1970 by the server's clock.
    pub begin_ms: i64,
    /// How long a step stands, in milliseconds.
    pub step_ms: u32,
}

impl Replay {
    /// The hour of a wish, beginning at an instant of the server's clock. `from` is the wish's own in the city's time.
    #[must_use]
    pub fn of(wish: &ReplayWish, from: String, begin_ms: i64) -> Self {
        Self { from, begin_ms, step_ms: wish.takes_secs * 1_000 / REPLAY_STEPS }
    }

    /// The step that is shown at an instant of the server's clock; none once the hour is over.
    #[must_use]
    pub fn step(&self, now_ms: i64) -> Option<u32> {
        let step = (now_ms - self.begin_ms).max(0) / i64::from(self.step_ms.max(1));
        u32::try_from(step).ok().filter(|step| *step < REPLAY_STEPS)
    }

    /// The city's instant that a step stands at; none where `from` is no instant.
    #[must_use]
    pub fn at(&self, step: u32) -> Option<Timestamp> {
        let from: Timestamp = self.from.parse().ok()?;
        Some(from.plus_secs(i64::from(step) * REPLAY_STEP_SECS))
    }
}

/// What a wall is to show from an instant on. Without a scene it goes on with its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WallShow {
    /// Counts the changes on this server: a wall never goes back.
    pub revision: u64,
    /// From which instant it counts, in milliseconds since 1970 by the server's clock. All walls of one order
    /// have the same.
    pub from_ms: i64,
    /// The scene.
    pub scene: Option<String>,
    /// What is shown large.
    pub spotlight: Option<Spotlight>,
    /// Whether numbers stand still.
    pub frozen: bool,
    /// The city's instant at which they do, RFC 3339: nothing later is shown, so that all walls of one order show the
    /// very same. None where the city's clock stands still itself: then `from_ms` decides.
    pub frozen_at: Option<String>,
    /// The past hour that it shows instead of now.
    #[serde(default)]
    pub replay: Option<Replay>,
    /// The name of the tablet that directs it.
    pub holder: Option<String>,
    /// The name of the tablet that directed it and was lost less than a minute ago.
    pub lost: Option<String>,
}

/// How a wall says that it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WallBeat {
    /// Which build its page is of.
    pub version: String,
    /// In CSS pixels.
    pub width_px: u32,
    /// In CSS pixels.
    pub height_px: u32,
    /// What it shows.
    pub scene: String,
    /// Up to which event its numbers are.
    pub seq: String,
    /// At which instant they stand.
    pub at: String,
    /// The order that it shows.
    pub revision: u64,
    /// What its page has taken of the browser's memory, where the browser says so.
    pub memory_mb: Option<u32>,
    /// Whether nobody can see the page: the display is locked or dark, or something lies over it.
    #[serde(default)]
    pub is_hidden: bool,
}

/// That there is a picture of a wall, and of when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureView {
    /// Counts the pictures of this server: another number, another picture.
    pub taken: u64,
    /// How old it is, in seconds.
    pub age_secs: u64,
    /// The scene that it shows.
    pub scene: String,
}

/// How fresh a device's last word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// Less than ten seconds ago.
    Live,
    /// Longer ago, or never since this server's start.
    Silent,
    /// It was put out.
    Revoked,
}

/// A screen as the fleet page and the tablet see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScreenView {
    /// Its name for machines.
    pub screen: String,
    /// Its name for people.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The scene that it opens with.
    pub scene: String,
    /// RFC 3339 with the city's offset.
    pub enrolled_at: String,
    /// How fresh its last word is.
    pub heard: Heard,
    /// How old its last word is, in seconds; none where it said nothing since this server's start.
    pub age_secs: Option<u64>,
    /// That word.
    pub beat: Option<WallBeat>,
    /// Its last picture of itself; none where there was none since this server's start.
    #[serde(default)]
    pub picture: Option<PictureView>,
    /// What it is to show.
    pub show: WallShow,
    /// How it stands in its room.
    #[serde(default)]
    pub setting: Setting,
}

/// What a tablet asks of the walls that it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Show this scene; none goes on with the wall's own.
    Scene(Option<String>),
    /// Show this large; none shows nothing large.
    Spotlight(Option<Spotlight>),
    /// Let the numbers stand still, or go on.
    Frozen(bool),
    /// Show a past hour; none goes back to now.
    Replay(Option<ReplayWish>),
}

/// From a device to the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DeviceFrame {
    /// What time is it there? `sent_ms` comes back as it is.
    Time {
        /// By the device's own clock.
        sent_ms: f64,
    },
    /// From a wall: that it is.
    Beat(WallBeat),
    /// From a tablet: that it is there. It renews what it holds.
    Renew {},
    /// From a tablet: these walls are mine.
    Take {
        /// Which.
        screens: Vec<String>,
        /// Whether another's hold is taken over.
        #[serde(default)]
        over: bool,
    },
    /// From a tablet: these walls, which I hold, shall show this.
    Drive {
        /// Which.
        screens: Vec<String>,
        /// What.
        order: Order,
    },
    /// From a tablet: these walls are free.
    Release {
        /// Which.
        screens: Vec<String>,
    },
}

/// From the server to a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageFrame {
    /// First: who you are.
    Hello {
        /// The screen's name for machines.
        screen: String,
        /// Its name for people.
        name: String,
        /// What it is for.
        role: Role,
        /// The scene that it opens with.
        scene: String,
    },
    /// To `Time`.
    Time {
        /// As it was sent.
        sent_ms: f64,
        /// Milliseconds since 1970.
        now_ms: i64,
    },
    /// To a wall: how it stands in its room. Only the newest counts.
    Setting(Setting),
    /// To a wall: what to show. Only the newest counts.
    Show(WallShow),
    /// To a tablet: how all walls stand. Only the newest counts.
    Walls(Vec<ScreenView>),
    /// What was asked is not so.
    Refused {
        /// Why.
        problem: Problem,
    },
    /// It was put out, and must be enrolled anew.
    Out {},
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enrolled(byte: u8) -> ScreenNews {
        ScreenNews::Enrolled(Box::new(Enrolment {
            screen: "s1".into(),
            name: "Tường 1".into(),
            role: Role::Wall,
            scene: "city-now".into(),
            token_sha256: [byte; 32],
        }))
    }

    #[track_caller]
    fn check(news: &[(i64, ScreenNews)], token: Option<u8>) {
        let mut orders = vec![news.to_vec(), news.iter().rev().cloned().collect()];
        orders.dedup();
        for order in orders {
            let mut screen = Screen::default();
            for (secs, news) in &order {
                screen.hear(news, Timestamp::from_secs(*secs));
            }
            assert_eq!(screen.stands().map(|held| held.token_sha256[0]), token, "{order:?}");
        }
    }

    #[test]
    fn a_screen_stands_from_its_enrolment_to_its_revocation_in_any_order() {
        let revoked = ScreenNews::Revoked { screen: "s1".into() };
        check(&[], None);
        check(&[(1, enrolled(7))], Some(7));
        check(&[(1, enrolled(7)), (2, revoked.clone())], None);
        check(&[(1, revoked), (2, enrolled(7))], None);
        check(&[(1, enrolled(7)), (2, enrolled(1))], Some(7));
        check(&[(1, enrolled(7)), (1, enrolled(1))], Some(1));
    }

    #[test]
    fn the_last_setting_counts_in_whatever_order_they_come() {
        let set = |number, length| ScreenNews::Set {
            screen: "s1".into(),
            number,
            setting: Box::new(Setting { distance_cm: Some(length), ..Setting::default() }),
        };
        for (news, length) in [
            (vec![], None),
            (vec![(1, set(1, 200)), (2, set(2, 400))], Some(400)),
            (vec![(2, set(2, 400)), (1, set(1, 200))], Some(400)),
            // The city's clock stands still.
            (vec![(1, set(1, 400)), (1, set(2, 200))], Some(200)),
            (vec![(1, set(2, 200)), (1, set(1, 400))], Some(200)),
            // Two servers at once.
            (vec![(1, set(1, 400)), (1, set(1, 200))], Some(400)),
            (vec![(1, set(1, 200)), (1, set(1, 400))], Some(400)),
        ] {
            let mut screen = Screen::default();
            for (secs, news) in &news {
                screen.hear(news, Timestamp::from_secs(*secs));
            }
            assert_eq!(screen.setting().distance_cm, length, "{news:?}");
        }
    }

    #[test]
    fn names_and_scenes_are_bounded() {
        assert_eq!(name("  Tường phía Đông "), Ok("Tường phía Đông"));
        for wrong in ["", "  ", "a\nb", &"ư".repeat(NAME_CHARS_MAX + 1)] {
            assert_eq!(name(wrong), Err(WordError::Name), "{wrong:?}");
        }
        assert_eq!(scene("city-now"), Ok("city-now"));
        for wrong in ["", "City", "a/b", "..", &"a".repeat(SCENE_BYTES_MAX + 1)] {
            assert_eq!(scene(wrong), Err(WordError::Scene), "{wrong:?}");
        }
    }

    #[test]
    fn an_hour_is_shown_step_by_step_and_then_is_over() {
        let wish = ReplayWish { from: "2026-11-23T07:00:00Z".into(), takes_secs: 65 };
        let replay = Replay::of(&wish, "2026-11-23T14:00:00+07:00".into(), 10_000);
        assert_eq!(replay.step_ms, 5_000);
        for (now_ms, step) in [
            (0, Some(0)),
            (10_000, Some(0)),
            (14_999, Some(0)),
            (15_000, Some(1)),
            (74_999, Some(12)),
            (75_000, None),
            (i64::MAX, None),
        ] {
            assert_eq!(replay.step(now_ms), step, "{now_ms}");
        }
        let at = |step| replay.at(step).map(|at| at.to_rfc3339_at(jiff::tz::Offset::UTC));
        assert_eq!(at(0).as_deref(), Some("2026-11-23T07:00:00+00:00"));
        assert_eq!(at(REPLAY_STEPS - 1).as_deref(), Some("2026-11-23T08:00:00+00:00"));
        assert_eq!(Replay { from: "then".into(), ..replay.clone() }.at(0), None);
    }

    #[test]
    fn messages_are_read_as_they_are_written() {
        let text = r#"{"drive":{"screens":["s1"],"order":{"spotlight":{"district":"3"}}}}"#;
        let frame: DeviceFrame = serde_json::from_str(text).unwrap();
        let order = Order::Spotlight(Some(Spotlight::District("3".into())));
        assert_eq!(frame, DeviceFrame::Drive { screens: vec!["s1".into()], order });
        assert_eq!(serde_json::to_string(&frame).unwrap(), text);
        assert_eq!(serde_json::from_str::<DeviceFrame>(r#"{"renew":{}}"#).unwrap(), DeviceFrame::Renew {});
    }
}
