//! The operations centre's shift (ca trực): who is on duty, what they noted, and the handover from one to the next.
//!
//! A duty is the set of what was said of it: whatever order it came in, and whichever server took it, the same comes
//! out. It goes on until the next person accepts what was handed over, so that nobody leaves a room to nobody; one who
//! must end it without a successor says why.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::directive::NumberThen;
use crate::time::Timestamp;

/// The longest name of a person on duty, in characters.
pub const PERSON_CHARS_MAX: usize = 80;
/// How many may be on duty at once; who comes then is refused.
pub const ON_DUTY_MAX: usize = 20;
/// How many notes, handovers and ends one duty takes; what comes then is refused.
pub const ACTS_MAX: usize = 300;
/// How long a duty that is over is still told, in seconds: a day.
pub const KEPT_SECS: i64 = 86_400;

/// What somebody on duty is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyRole {
    /// Trưởng ca: answers for the shift.
    Lead,
    /// Trực ban: watches and calls.
    Operator,
    /// Kỹ thuật: keeps walls, lines and servers going.
    Technician,
}

impl DutyRole {
    /// All, who answers for the shift first.
    pub const ALL: [Self; 3] = [Self::Lead, Self::Operator, Self::Technician];

    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Operator => "operator",
            Self::Technician => "technician",
        }
    }

    /// The role of a word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Where a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DutyStatus {
    /// Handed over, and nobody has accepted: whoever hands over is still on duty.
    HandingOver,
    /// On duty.
    OnDuty,
    /// The next person accepted.
    HandedOver,
    /// Ended without a handover.
    Ended,
}

impl DutyStatus {
    /// All, those first that need somebody.
    pub const ALL: [Self; 4] = [Self::HandingOver, Self::OnDuty, Self::HandedOver, Self::Ended];

    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HandingOver => "handing_over",
            Self::OnDuty => "on_duty",
            Self::HandedOver => "handed_over",
            Self::Ended => "ended",
        }
    }

    /// Whether the person is in the room.
    #[must_use]
    pub const fn is_on_duty(self) -> bool {
        matches!(self, Self::HandingOver | Self::OnDuty)
    }
}

/// How the city stood when a duty was handed over, as the server read it at that moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverSummary {
    /// Every event up to here was in.
    pub seq: String,
    /// The instant that it stood at.
    pub at: String,
    /// The city's numbers, each with its receipt.
    pub numbers: Vec<NumberThen>,
    /// Alarms that stood and nobody had acknowledged.
    pub unacknowledged: u64,
    /// Alarms that stood acknowledged.
    pub acknowledged: u64,
    /// Alarms that were shelved.
    pub shelved: u64,
    /// Directives past their due instant without an answer.
    pub directives_overdue: u64,
}

/// What was said of a duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DutyAct {
    /// Somebody came.
    Began {
        /// Who: personal data of an officer, told by right only.
        person: Arc<str>,
        /// What for.
        role: DutyRole,
    },
    /// Something to remember.
    Noted {
        /// In which words.
        text: Arc<str>,
    },
    /// The duty was offered to the next.
    HandedOver {
        /// In which words of their own.
        text: Arc<str>,
        /// How the city stood.
        summary: Box<HandoverSummary>,
    },
    /// The next person took it.
    Accepted {
        /// By the name of the duty that goes on.
        successor: Arc<str>,
    },
    /// Ended without a successor.
    Ended {
        /// Why.
        reason: Arc<str>,
    },
}

impl DutyAct {
    /// The order at one instant: a clock that is moved by hand stands still between acts.
    fn rank(&self) -> u8 {
        match self {
            Self::Began { .. } => 0,
            Self::Noted { .. } => 1,
            Self::HandedOver { .. } => 2,
            Self::Accepted { .. } => 3,
            Self::Ended { .. } => 4,
        }
    }
}

/// One event of a duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyNews {
    /// Which duty.
    pub duty: Arc<str>,
    /// The event's content digest: of two that were sent under one identity the smaller counts.
    pub digest: [u8; 32],
    /// What was said.
    pub act: DutyAct,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Heard {
    digest: [u8; 32],
    time: Timestamp,
    act: DutyAct,
}

/// Everything that was said of one duty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// By the event's id: the same event twice is said once.
    acts: BTreeMap<Arc<str>, Heard>,
}

/// What was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handover<'a> {
    /// When.
    pub at: Timestamp,
    /// In which words.
    pub text: &'a str,
    /// How the city stood.
    pub summary: &'a HandoverSummary,
}

/// How a duty stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyStanding<'a> {
    /// Who.
    pub person: &'a str,
    /// What for.
    pub role: DutyRole,
    /// Where it stands.
    pub status: DutyStatus,
    /// Since when.
    pub began: Timestamp,
    /// Until when; none while the person is on duty.
    pub ended: Option<Timestamp>,
    /// The notes in their order.
    pub notes: Vec<(Timestamp, &'a str)>,
    /// What was handed over last.
    pub handover: Option<Handover<'a>>,
    /// The duty that accepted.
    pub successor: Option<&'a str>,
    /// Why it ended without a successor.
    pub reason: Option<&'a str>,
}

impl Duty {
    /// Takes an event in; it may come in any order and more than once.
    pub fn hear(&mut self, id: &Arc<str>, time: Timestamp, news: &DutyNews) {
        let stands = self.acts.get(id).is_some_and(|held| held.digest <= news.digest);
        if !stands {
            let heard = Heard { digest: news.digest, time, act: news.act.clone() };
            self.acts.insert(id.clone(), heard);
        }
    }

    /// How it stands; none while only what was said afterwards has been heard.
    #[must_use]
    pub fn standing(&self) -> Option<DutyStanding<'_>> {
        let mut acts: Vec<_> = self.acts.iter().map(|(id, heard)| (heard, id)).collect();
        acts.sort_unstable_by_key(|(heard, id)| (heard.act.rank() > 0, heard.time, heard.act.rank(), *id));
        let (Heard { time, act: DutyAct::Began { person, role }, .. }, _) = acts.first()? else {
            return None;
        };
        let mut standing = DutyStanding {
            person,
            role: *role,
            status: DutyStatus::OnDuty,
            began: *time,
            ended: None,
            notes: Vec::new(),
            handover: None,
            successor: None,
            reason: None,
        };
        for (heard, _) in acts {
            standing.take(heard);
        }
        Some(standing)
    }

    /// What was said in an event of this id.
    #[must_use]
    pub fn act(&self, id: &str) -> Option<&DutyAct> {
        self.acts.get(id).map(|heard| &heard.act)
    }

    /// How many acts there are.
    #[must_use]
    pub fn acts(&self) -> usize {
        self.acts.len()
    }

    /// The digests of everything that was said, for comparing two servers.
    pub fn digests(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.acts.values().map(|heard| &heard.digest)
    }
}

impl<'a> DutyStanding<'a> {
    /// What is said of a duty that is over is kept and changes nothing.
    fn take(&mut self, heard: &'a Heard) {
        if !self.status.is_on_duty() {
            return;
        }
        match &heard.act {
            DutyAct::Began { .. } => {}
            DutyAct::Noted { text } => self.notes.push((heard.time, text)),
            DutyAct::HandedOver { text, summary } => {
                self.handover = Some(Handover { at: heard.time, text, summary });
                self.status = DutyStatus::HandingOver;
            }
            // What was never offered cannot be accepted.
            DutyAct::Accepted { successor } if self.status == DutyStatus::HandingOver => {
                self.successor = Some(successor);
                self.ended = Some(heard.time);
                self.status = DutyStatus::HandedOver;
            }
            DutyAct::Accepted { .. } => {}
            DutyAct::Ended { reason } => {
                self.reason = Some(reason);
                self.ended = Some(heard.time);
                self.status = DutyStatus::Ended;
            }
        }
    }
}

/// Why words are no name of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not 1 to {PERSON_CHARS_MAX} characters of one line")]
pub struct PersonError;

/// A name as it is kept: without space around it.
///
/// # Errors
/// [`PersonError`] where nothing is left, or too much, or signs that control a screen.
pub fn person(name: &str) -> Result<&str, PersonError> {
    let name = name.trim();
    let is_name =
        !name.is_empty() && name.chars().count() <= PERSON_CHARS_MAX && !name.chars().any(char::is_control);
    if is_name { Ok(name) } else { Err(PersonError) }
}

/// `POST /api/v1/shift/duties`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeginWish {
    /// The caller's own name for this act: sent again under it, nothing is done twice.
    pub request: String,
    /// Who comes.
    pub person: String,
    /// `lead`, `operator`, `technician`.
    pub role: String,
}

/// `POST /api/v1/shift/duties/{code}/note`, and `/handover`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsWish {
    /// As in [`BeginWish`].
    pub request: String,
    /// In which words.
    pub text: String,
}

/// `POST /api/v1/shift/duties/{code}/accept`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptWish {
    /// As in [`BeginWish`].
    pub request: String,
    /// The duty of the person who accepts.
    pub successor: String,
}

/// `POST /api/v1/shift/duties/{code}/end`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndWish {
    /// As in [`BeginWish`].
    pub request: String,
    /// Why nobody follows.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn began() -> DutyAct {
        DutyAct::Began { person: "Lê Văn A".into(), role: DutyRole::Lead }
    }

    fn noted(text: &str) -> DutyAct {
        DutyAct::Noted { text: text.into() }
    }

    fn handed(text: &str) -> DutyAct {
        DutyAct::HandedOver { text: text.into(), summary: Box::default() }
    }

    fn accepted() -> DutyAct {
        DutyAct::Accepted { successor: "DU-2".into() }
    }

    fn ended() -> DutyAct {
        DutyAct::Ended { reason: "về sớm".into() }
    }

    /// Acts at seconds; how the duty stands, its notes, and what was handed over last: in every order of arrival.
    #[track_caller]
    fn check(acts: &[(i64, DutyAct)], status: Option<DutyStatus>, notes: &[&str], handover: Option<&str>) {
        let heard = |turn: usize| {
            let mut duty = Duty::default();
            for place in 0..acts.len() {
                let place = (place + turn) % acts.len();
                let (secs, act) = &acts[place];
                let news = DutyNews { duty: "DU-1".into(), digest: [0; 32], act: act.clone() };
                // Twice: an event that is heard again says nothing new.
                for _ in 0..2 {
                    duty.hear(&format!("e{place}").into(), Timestamp::from_secs(*secs), &news);
                }
            }
            duty
        };
        for turn in 0..acts.len() {
            let duty = heard(turn);
            let standing = duty.standing();
            assert_eq!(standing.as_ref().map(|standing| standing.status), status);
            let Some(standing) = standing else { continue };
            assert_eq!(standing.notes.iter().map(|(_, text)| *text).collect::<Vec<_>>(), notes);
            assert_eq!(standing.handover.map(|handover| handover.text), handover);
            assert_eq!(standing.ended.is_some(), !standing.status.is_on_duty());
        }
    }

    #[test]
    fn a_duty_goes_on_until_somebody_accepts_it_or_it_is_ended_with_a_reason() {
        use DutyStatus::{Ended, HandedOver, HandingOver, OnDuty};
        check(&[(0, began())], Some(OnDuty), &[], None);
        check(&[(0, began()), (1, noted("a")), (2, noted("b"))], Some(OnDuty), &["a", "b"], None);
        check(&[(0, began()), (1, handed("x"))], Some(HandingOver), &[], Some("x"));
        check(&[(0, began()), (1, handed("x")), (2, handed("y"))], Some(HandingOver), &[], Some("y"));
        check(&[(0, began()), (1, handed("x")), (2, noted("a"))], Some(HandingOver), &["a"], Some("x"));
        check(&[(0, began()), (1, handed("x")), (2, accepted())], Some(HandedOver), &[], Some("x"));
        check(&[(0, began()), (1, ended())], Some(Ended), &[], None);
    }

    #[test]
    fn what_comes_where_it_cannot_be_changes_nothing() {
        use DutyStatus::{Ended, HandedOver, OnDuty};
        check(&[(1, noted("a"))], None, &[], None);
        check(&[(0, began()), (1, accepted())], Some(OnDuty), &[], None);
        check(&[(0, began()), (1, accepted()), (2, ended())], Some(Ended), &[], None);
        let over = [(0, began()), (1, handed("x")), (2, accepted()), (3, noted("late")), (4, ended())];
        check(&over, Some(HandedOver), &[], Some("x"));
    }

    #[test]
    fn acts_at_one_instant_are_taken_in_the_order_in_which_they_can_be() {
        let still = [(0, accepted()), (0, handed("x")), (0, noted("a")), (0, began())];
        check(&still, Some(DutyStatus::HandedOver), &["a"], Some("x"));
    }

    #[test]
    fn a_person_has_a_name_of_one_line() {
        assert_eq!(person("  Lê Văn A "), Ok("Lê Văn A"));
        for wrong in ["", "  ", "a\nb", &"a".repeat(PERSON_CHARS_MAX + 1)] {
            assert_eq!(person(wrong), Err(PersonError));
        }
    }
}
