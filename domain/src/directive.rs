//! Directives of the city's leadership (chỉ đạo): an urge (đôn đốc) or a request for an explanation, to one agency,
//! about a number or a case, by an instant; its answers; its end.
//!
//! A directive is the set of what was said of it: whatever order it came in, and whichever server took it, the same
//! comes out. No case is changed by it: what is done about a case, its own sources say.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;
use crate::value::Value;

/// The longest text of a directive or an answer, in characters: a page and a half of a letter.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// How many answers and decisions one directive takes.
pub const STEPS_MAX: usize = 100;

/// What is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectiveKind {
    /// Đôn đốc: go on with it.
    #[default]
    Urging,
    /// Yêu cầu giải trình: say why.
    ExplanationRequest,
}

impl DirectiveKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Urging, Self::ExplanationRequest];

    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Urging => "urging",
            Self::ExplanationRequest => "explanation_request",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A number's receipt as it stood when the directive was issued.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberThen {
    /// Which metric.
    pub metric: String,
    /// The question, in REST parameters, its instant among them.
    pub query: BTreeMap<String, String>,
    /// The number.
    pub value: Value,
    /// How many cases were behind it.
    pub cases: u64,
    /// SHA-256 of their sorted codes joined by line feeds, hexadecimal.
    pub digest: String,
}

/// A case as it stood when the directive was issued.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseThen {
    /// Its code.
    pub case: String,
    /// Its state.
    pub status: String,
    /// Who held it.
    pub agency: Option<String>,
    /// `in_time`, `due_soon`, `overdue`, `no_deadline`; null once it was not open.
    pub timeliness: Option<String>,
    /// Its governing due instant.
    pub due: Option<String>,
    /// The rule that set it.
    pub rule: Option<String>,
}

/// What the directive rests on: a number or a case, and the state of the log that it was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Every event up to here was in.
    pub seq: String,
    /// The instant that it stood at.
    pub at: String,
    /// The number.
    #[serde(default)]
    pub number: Option<NumberThen>,
    /// The case.
    #[serde(default)]
    pub case: Option<CaseThen>,
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// What is asked.
    pub kind: DirectiveKind,
    /// Which agency.
    pub to: Arc<str>,
    /// In which words.
    pub text: Arc<str>,
    /// By when; the instant itself is in time.
    pub due: Timestamp,
    /// Who sent it.
    pub by: Arc<str>,
    /// What it rests on.
    pub evidence: Evidence,
}

/// What was said of it afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// It was answered.
    Answered,
    /// It is done with.
    Closed,
    /// The answer was not enough; `due` is the new limit.
    SentBack {
        /// By when the next answer is due.
        due: Timestamp,
    },
}

impl StepKind {
    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Closed => "closed",
            Self::SentBack { .. } => "sent_back",
        }
    }
}

/// An answer or a decision. The order is the directive's own: by round, and in a round answers before the end
/// before a sending back, so that of two decisions that crossed each other the end stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Step {
    /// How often it had been sent back when this was said.
    pub round: u32,
    /// What.
    pub kind: StepKind,
    /// When.
    pub time: Timestamp,
    /// By whom.
    pub by: Arc<str>,
    /// In which words.
    pub text: Arc<str>,
}

/// One event of a directive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectiveNews {
    /// Which directive.
    pub directive: Arc<str>,
    /// The event's content digest: of two that were sent under one identity the smaller counts.
    pub digest: [u8; 32],
    /// What was said.
    pub said: Said,
}

/// What an event says of a directive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Said {
    /// It was sent.
    Issued(Box<Issued>),
    /// It was answered or decided on. The event's time is put in when it is heard.
    Step(Box<Step>),
}

/// Where a directive stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectiveStatus {
    /// No answer, and the limit has passed.
    Overdue,
    /// No answer yet.
    Open,
    /// Answered; whoever sent it has not decided yet.
    Answered,
    /// Done with.
    Closed,
}

impl DirectiveStatus {
    /// All, by how much they need somebody.
    pub const ALL: [Self; 4] = [Self::Overdue, Self::Open, Self::Answered, Self::Closed];

    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// The status of a word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// A directive as it was issued, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    digest: [u8; 32],
    time: Timestamp,
    issued: Issued,
}

/// Everything that was said of one directive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directive {
    head: Option<Head>,
    /// By the event's id: the same event twice is said once.
    steps: BTreeMap<Arc<str>, ([u8; 32], Step)>,
}

/// How a directive stands at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    /// What was sent.
    pub issued: &'a Issued,
    /// When.
    pub issued_at: Timestamp,
    /// Where it stands.
    pub status: DirectiveStatus,
    /// By when the present round's answer is due.
    pub due: Timestamp,
    /// How often it was sent back.
    pub round: u32,
    /// When the present round was answered first.
    pub answered_at: Option<Timestamp>,
    /// Whether any round was answered after its limit, or waits beyond it.
    pub was_late: bool,
    /// What was said, in its order, each with whether it counted.
    pub steps: Vec<(&'a Step, bool)>,
}

impl Directive {
    /// Takes an event in; it may come in any order and more than once.
    pub fn hear(&mut self, id: &Arc<str>, time: Timestamp, news: &DirectiveNews) {
        match &news.said {
            Said::Issued(issued) => {
                if self.head.as_ref().is_none_or(|held| news.digest < held.digest) {
                    self.head = Some(Head { digest: news.digest, time, issued: (**issued).clone() });
                }
            }
            Said::Step(step) => {
                let stands = self.steps.get(id).is_some_and(|(held, _)| *held <= news.digest);
                if !stands {
                    let step = Step { time, ..(**step).clone() };
                    self.steps.insert(id.clone(), (news.digest, step));
                }
            }
        }
    }

    /// How it stands at `at`; `None` while only what was said afterwards has been heard.
    #[must_use]
    pub fn standing(&self, at: Timestamp) -> Option<Standing<'_>> {
        let Head { time, issued, .. } = self.head.as_ref()?;
        let mut steps: Vec<(&Arc<str>, &Step)> =
            self.steps.iter().map(|(id, (_, step))| (id, step)).collect();
        steps.sort_unstable_by(|a, b| (a.1, a.0).cmp(&(b.1, b.0)));
        let mut standing = Standing {
            issued,
            issued_at: *time,
            status: DirectiveStatus::Open,
            due: issued.due,
            round: 0,
            answered_at: None,
            was_late: false,
            steps: Vec::with_capacity(steps.len()),
        };
        for (_, step) in steps {
            let counts = standing.take(step);
            standing.steps.push((step, counts));
        }
        if standing.status == DirectiveStatus::Open && at > standing.due {
            standing.status = DirectiveStatus::Overdue;
            standing.was_late = true;
        }
        Some(standing)
    }

    /// What was said in an event of this id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.get(id).map(|(_, step)| step)
    }

    /// The digests of everything that was said, for comparing two servers.
    pub fn digests(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.head.iter().map(|head| &head.digest).chain(self.steps.values().map(|(digest, _)| digest))
    }
}

impl Standing<'_> {
    /// Whether the step counted.
    fn take(&mut self, step: &Step) -> bool {
        // What was said to another round, or after the end, is kept and changes nothing.
        if self.status == DirectiveStatus::Closed || step.round != self.round {
            return false;
        }
        match step.kind {
            StepKind::Answered => {
                self.was_late |= self.answered_at.is_none() && step.time > self.due;
                self.answered_at.get_or_insert(step.time);
                self.status = DirectiveStatus::Answered;
                true
            }
            StepKind::Closed => {
                self.was_late |= self.answered_at.is_none() && step.time > self.due;
                self.status = DirectiveStatus::Closed;
                true
            }
            StepKind::SentBack { due } => {
                if self.answered_at.is_none() {
                    return false;
                }
                self.round += 1;
                self.due = due;
                self.answered_at = None;
                self.status = DirectiveStatus::Open;
                true
            }
        }
    }
}

/// Why words are no text of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not 1 to {TEXT_CHARS_MAX} characters of text")]
pub struct TextError;

/// A text as it is kept: without space around it, and without signs that control a screen.
///
/// # Errors
/// [`TextError`] where nothing is left, or too much.
pub fn text(words: &str) -> Result<String, TextError> {
    let kept: String = words.trim().chars().filter(|char| *char == '\n' || !char.is_control()).collect();
    let is_text = !kept.is_empty() && kept.chars().count() <= TEXT_CHARS_MAX;
    if is_text { Ok(kept) } else { Err(TextError) }
}

/// The most working days that a directive gives.
pub const WORKING_DAYS_MAX: u32 = 60;
/// The farthest limit, in days.
pub const DUE_DAYS_MAX: i64 = 366;

/// `POST /api/v1/directives`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// The caller's own name for this act: sent again under it, nothing is done twice.
    pub request: String,
    /// `urging`, `explanation_request`.
    pub kind: String,
    /// Which agency, by its code.
    pub to: String,
    /// In which words.
    pub text: String,
    /// How long, in working days on the city's calendar. Either this or `due`.
    #[serde(default)]
    pub working_days: Option<u32>,
    /// By when: RFC 3339, or a date.
    #[serde(default)]
    pub due: Option<String>,
    /// About which case. Either this or `query`.
    #[serde(default)]
    pub case: Option<String>,
    /// About which number: the parameters of its receipt.
    #[serde(default)]
    pub query: Option<BTreeMap<String, String>>,
}

/// `POST /api/v1/directives/{code}/answer`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerWish {
    /// As in [`Wish`].
    pub request: String,
    /// In which words.
    pub text: String,
}

/// `POST /api/v1/directives/{code}/close`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionWish {
    /// As in [`Wish`].
    pub request: String,
    /// `closed`, `sent_back`.
    pub outcome: String,
    /// In which words.
    pub text: String,
    /// Of a sending back: how long, in working days. Either this or `due`.
    #[serde(default)]
    pub working_days: Option<u32>,
    /// Of a sending back: by when.
    #[serde(default)]
    pub due: Option<String>,
}
