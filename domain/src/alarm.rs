//! Alarms (báo động): what in the city needs a person now, each with its evidence, and what people did about it.
//!
//! Which alarms there are is made of the state and of what is seen beside it ([`raise`]); that one was acknowledged
//! or shelved is an event of the product's own. An alarm's name is made of what it is about and since when, so that
//! every server that holds the same events gives it the same name, and what was said of it finds it again.

mod raise;
mod surge;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::dimension::Dimension;
use crate::time::Timestamp;

pub use raise::{Beside, Silence, raise};
pub use surge::{Peak, WEEKS_MIN, peak};

/// Alarms are counted over so many seconds: ten minutes, as in EEMUA 191, from which the target of less than one an
/// operator is too.
pub const WINDOW_SECS: i64 = 600;
/// How long one that is over is still counted, in seconds: a day.
pub const KEPT_SECS: i64 = 86_400;
/// The longest that one is shelved, in minutes: a shift of twelve hours.
pub const SHELVED_MINUTES_MAX: u32 = 720;
/// How many acknowledgements and shelvings one alarm takes.
pub const ACTS_MAX: usize = 100;
/// Grades of a case at which its delay is an alarm, the gravest first.
pub const SERIOUS: [&str; 3] = ["urgent", "major", "complex"];

/// When alarms are many, and when much is unusual: a city's own figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// More than so many within [`WINDOW_SECS`] are a flood and stand as one (default 10, as in EEMUA 191).
    pub flood_alarms: u16,
    /// Fewer reports than these are never a surge (default 10).
    pub surge_cases_min: u16,
    /// From this share of the highest of the same weekday's last eight weeks on, in percent (default 150).
    pub surge_percent: u16,
}

impl Default for Limits {
    fn default() -> Self {
        Self { flood_alarms: 10, surge_cases_min: 10, surge_percent: 150 }
    }
}

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// A limit of the regulation ran out and set something off.
    Escalation,
    /// A grave case is overdue.
    OverdueSerious,
    /// Far more of a field or in a place than usual.
    Surge,
    /// A source says nothing.
    SourceSilent,
    /// The machine's clock is kept in step by nothing.
    ClockUnsynchronised,
}

impl AlarmKind {
    /// All.
    pub const ALL: [Self; 5] =
        [Self::Escalation, Self::OverdueSerious, Self::Surge, Self::SourceSilent, Self::ClockUnsynchronised];

    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Escalation => "escalation",
            Self::OverdueSerious => "overdue_serious",
            Self::Surge => "surge",
            Self::SourceSilent => "source_silent",
            Self::ClockUnsynchronised => "clock_unsynchronised",
        }
    }
}

/// How soon somebody must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Now.
    High,
    /// Within the hour.
    Medium,
    /// Within the shift.
    Low,
}

impl Priority {
    /// All, the most pressing first.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// What an alarm is about: its evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A case and the limit that ran out.
    Case {
        /// Its code.
        case: Arc<str>,
        /// The last instant in time.
        due: Timestamp,
        /// The rule, where one sets something off.
        rule: Option<Arc<str>>,
        /// What it sets off.
        action: Option<Arc<str>>,
    },
    /// Reports of a field or in a place.
    Place {
        /// A field or a district.
        dimension: Dimension,
        /// Its code.
        code: Arc<str>,
        /// How many came in from `from` to `to`.
        count: u32,
        /// The most that came in as long on this weekday in the last eight weeks.
        usual_max: u32,
        /// The day's beginning.
        from: Timestamp,
        /// The end of the last full hour.
        to: Timestamp,
    },
    /// A source.
    Source {
        /// Its name.
        source: Arc<str>,
        /// Up to where it had sent everything.
        heard: Timestamp,
    },
    /// The machine's clock.
    Clock,
}

/// An alarm, as the state makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// `AL-` and twelve digits.
    pub name: Arc<str>,
    /// What is the matter.
    pub kind: AlarmKind,
    /// How soon somebody must act.
    pub priority: Priority,
    /// Since when.
    pub since: Timestamp,
    /// When it was over by itself; none while it stands.
    pub cleared_at: Option<Timestamp>,
    /// Its evidence.
    pub about: About,
}

impl Alarm {
    /// Whether it was raised within the [`WINDOW_SECS`] before `at`.
    #[must_use]
    pub fn is_recent(&self, at: Timestamp) -> bool {
        self.since > at.plus_secs(-WINDOW_SECS) && self.since <= at
    }
}

/// The name of an alarm: of what it is about, in a fixed order of words.
fn name(kind: AlarmKind, words: &[&str]) -> Arc<str> {
    let mut hash = Sha256::new();
    hash.update(kind.name());
    for word in words {
        hash.update([0]);
        hash.update(word);
    }
    let digits: String = hash.finalize().iter().take(6).map(|byte| format!("{byte:02X}")).collect();
    format!("AL-{digits}").into()
}

/// What a person did about an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// Somebody has seen it and takes care.
    Acknowledged {
        /// By whom.
        by: Arc<str>,
        /// What is done; may be empty.
        text: Arc<str>,
    },
    /// It is put away for a time.
    Shelved {
        /// By whom.
        by: Arc<str>,
        /// Why.
        reason: Arc<str>,
        /// Until when; from then on it stands again.
        until: Timestamp,
    },
}

/// One event of an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmNews {
    /// Which alarm.
    pub alarm: Arc<str>,
    /// The event's content digest: of two that were sent under one identity the smaller counts.
    pub digest: [u8; 32],
    /// What was done.
    pub act: Act,
}

/// One act as it was heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Heard {
    digest: [u8; 32],
    time: Timestamp,
    act: Act,
}

/// Everything that was done about one alarm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handled {
    /// By the event's id: the same event twice is said once.
    acts: BTreeMap<Arc<str>, Heard>,
}

/// How an alarm is handled at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handling<'a> {
    /// The first acknowledgement: when, by whom, in which words.
    pub acknowledged: Option<(Timestamp, &'a str, &'a str)>,
    /// The shelving that holds: when, by whom, why, until when.
    pub shelved: Option<(Timestamp, &'a str, &'a str, Timestamp)>,
    /// Whether anybody ever did anything about it.
    pub was_acted_on: bool,
}

impl Handled {
    /// Takes an event in; it may come in any order and more than once.
    pub fn hear(&mut self, id: &Arc<str>, time: Timestamp, news: &AlarmNews) {
        let stands = self.acts.get(id).is_some_and(|held| held.digest <= news.digest);
        if !stands {
            let heard = Heard { digest: news.digest, time, act: news.act.clone() };
            self.acts.insert(id.clone(), heard);
        }
    }

    /// How it is handled at `at`. Of several shelvings the latest holds: it may end an earlier one sooner.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Handling<'_> {
        let mut handling = Handling { was_acted_on: !self.acts.is_empty(), ..Handling::default() };
        let mut acts: Vec<_> = self.acts.iter().map(|(id, heard)| (heard.time, id, &heard.act)).collect();
        acts.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        for (time, _, act) in acts {
            match act {
                Act::Acknowledged { by, text } => {
                    handling.acknowledged.get_or_insert((time, &**by, &**text));
                }
                Act::Shelved { by, reason, until } => {
                    handling.shelved = (at < *until).then_some((time, &**by, &**reason, *until));
                }
            }
        }
        handling
    }

    /// What was done in an event of this id.
    #[must_use]
    pub fn act(&self, id: &str) -> Option<&Act> {
        self.acts.get(id).map(|heard| &heard.act)
    }

    /// How many acts there are.
    #[must_use]
    pub fn acts(&self) -> usize {
        self.acts.len()
    }

    /// The acknowledgements of a stretch of time, in no promised order: when, by whom.
    pub fn acknowledged_in(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = (Timestamp, &str)> {
        self.acts.values().filter_map(move |heard| match &heard.act {
            Act::Acknowledged { by, .. } if heard.time >= from && heard.time <= to => {
                Some((heard.time, &**by))
            }
            Act::Acknowledged { .. } | Act::Shelved { .. } => None,
        })
    }

    /// When somebody last did anything about it.
    #[must_use]
    pub fn last_act(&self) -> Option<Timestamp> {
        self.acts.values().map(|heard| heard.time).max()
    }

    /// The digests of everything that was said, for comparing two servers.
    pub fn digests(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.acts.values().map(|heard| &heard.digest)
    }
}

/// `POST /api/v1/alarms/{code}/acknowledge`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeWish {
    /// The caller's own name for this act: sent again under it, nothing is done twice.
    pub request: String,
    /// What is done about it.
    #[serde(default)]
    pub text: Option<String>,
}

/// `POST /api/v1/alarms/{code}/shelve`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShelveWish {
    /// As in [`AcknowledgeWish`].
    pub request: String,
    /// For how long, in minutes of the city's clock: 1 to [`SHELVED_MINUTES_MAX`].
    pub minutes: u32,
    /// Why.
    pub reason: String,
}
