//! What a source said happened, in the form that the fold reads. The words of the wire become
//! symbols here; personal data never reaches this form.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::alarm::AlarmNews;
use crate::clock::facts::Fact;
use crate::dimension::Dimension;
use crate::directive::DirectiveNews;
use crate::geo::LatLng;
use crate::scene::saved::ScenesSaved;
use crate::screen::ScreenNews;
use crate::shift::DutyNews;
use crate::symbol::Sym;
use crate::time::{Seq, Timestamp};

/// One event, accepted and durable.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Where it stands in this server's log.
    pub seq: Seq,
    /// When the first server's log took it: the same on all servers.
    pub recorded: Timestamp,
    /// Who says so.
    pub source: Arc<str>,
    /// Unique within the source.
    pub id: Arc<str>,
    /// When it happened.
    pub time: Timestamp,
    /// The case; empty where the event is about no case.
    pub subject: Arc<str>,
    /// What happened.
    pub body: Body,
    /// What it says in the words of regulations; empty in a city that has none.
    pub facts: Box<[Fact]>,
    /// What was odd about it at the gate.
    pub flags: Box<[Flag]>,
    /// Whose cases alone it may touch: those received under this `source` or below it. None where its
    /// sender may speak of all.
    pub bound_to: Option<Arc<str>>,
    /// Set where this log held an event of the same (`source`, `id`) already.
    pub rival: Option<Box<Rival>>,
}

/// Of an event that another server took under a (`source`, `id`) which this log held already: what it
/// is weighed against. Of two contents the smaller digest counts, of the same content the earlier
/// recording, so that every server comes to the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rival {
    /// Its own content digest.
    pub digest: [u8; 32],
    /// The content digest of the one that this log held first; equal where both say the same.
    pub of_digest: [u8; 32],
    /// The case of the one that this log held first.
    pub of_subject: Arc<str>,
}

impl Event {
    /// Whether it may speak of a case that was received from `source`.
    #[must_use]
    pub fn may_touch_case_of(&self, source: &str) -> bool {
        self.bound_to.as_deref().is_none_or(|uri| is_under(uri, source))
    }

    /// The order of a case's own events (`interfaces.md` section 2): time, then kind, source, id.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        (self.time, self.body.rank(), &self.source, &self.id).cmp(&(
            other.time,
            other.body.rank(),
            &other.source,
            &other.id,
        ))
    }
}

/// Whether a `source` is a URI or lies below it.
#[must_use]
pub fn is_under(uri: &str, source: &str) -> bool {
    source.strip_prefix(uri).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '#', '?']))
}

/// What happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Body {
    /// `case.received`.
    Received(Box<Facts>),
    /// `case.amended`: what changed.
    Amended(Box<[Patch]>),
    /// `case.transferred`.
    Transferred(Transfer),
    /// `case.step`, by the step's name.
    Step(Sym),
    /// `case.committed`: completion is promised by then.
    Committed {
        /// The promised instant.
        until: Timestamp,
    },
    /// `case.suspended`, `case.resumed`, `case.noticed` and what else changes no state here.
    Noted,
    /// `case.linked`.
    Linked {
        /// How.
        relation: Relation,
        /// To which case.
        case: Arc<str>,
    },
    /// `case.resolved`.
    Resolved {
        /// When the work was done, where the source says so.
        handled_at: Option<Timestamp>,
    },
    /// `case.closed`.
    Closed,
    /// `case.reopened`.
    Reopened,
    /// `case.refused`.
    Refused,
    /// `case.cancelled`.
    Cancelled,
    /// `case.rated`.
    Rated(Rating),
    /// `source.heartbeat`: everything up to this instant has been sent.
    Heartbeat {
        /// The source's watermark.
        watermark: Timestamp,
    },
    /// `memo.*`: the product noted what it did; never an input to a case.
    Memo(Memo),
    /// `counter.reported`: how a service counter's queue stands.
    Counter(Counter),
    /// `directive.issued`, `.answered`, `.closed`: what leadership asks of an agency.
    Directive(Box<DirectiveNews>),
    /// `alarm.acknowledged`, `.shelved`: what a person did about an alarm.
    Alarm(Box<AlarmNews>),
    /// `shift.*`: who is on duty in the operations centre.
    Shift(Box<DutyNews>),
    /// `screen.enrolled`, `screen.revoked`: a device that the city knows.
    Screen(ScreenNews),
    /// `scenes.saved`: a version of what walls show.
    Scenes(Box<ScenesSaved>),
    /// `config.changed`: kept in the log, no state here.
    Other,
}

impl Body {
    /// The order of kinds at the same instant.
    #[must_use]
    pub fn rank(&self) -> u8 {
        match self {
            Self::Received(_) => 0,
            Self::Amended(_) => 1,
            Self::Linked { .. } => 2,
            Self::Transferred(_) => 3,
            Self::Resolved { .. } => 5,
            Self::Closed => 6,
            Self::Rated(_) => 7,
            Self::Step(_)
            | Self::Committed { .. }
            | Self::Noted
            | Self::Reopened
            | Self::Refused
            | Self::Cancelled
            | Self::Heartbeat { .. }
            | Self::Memo(_)
            | Self::Screen(_)
            | Self::Scenes(_)
            | Self::Counter(_)
            | Self::Directive(_)
            | Self::Alarm(_)
            | Self::Shift(_)
            | Self::Other => 4,
        }
    }
}

/// What a case is: its codes and its place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// A code for each dimension; status and timeliness are the fold's.
    pub dims: [Sym; Dimension::COUNT],
    /// A bit for each dimension (by its index) whose code is not in the catalogue.
    pub unknown: u16,
    /// Where it happened, if known and believable.
    pub point: Option<LatLng>,
    /// The limit that the source states.
    pub due_at: Option<Timestamp>,
    /// What can be searched: content and address, lower case, without diacritics.
    pub text: Option<Box<str>>,
}

/// One changed attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Patch {
    /// The code of a dimension, and whether the catalogue knows it.
    Code(Dimension, Sym, bool),
    /// The place; none where the new point is not believable.
    Point(Option<LatLng>),
    /// The limit that the source states.
    DueAt(Option<Timestamp>),
    /// The searchable text.
    Text(Box<str>),
}

/// A change of hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Whether this is a `returned`.
    pub returned: bool,
    /// Who gave it, if said.
    pub from: Sym,
    /// Who has it now.
    pub to: Sym,
    /// Whether the catalogue knows the receiver.
    pub to_is_known: bool,
    /// Whether the receiver only supports; then the holder stays.
    pub support: bool,
}

/// How a service counter's queue stands, as its source said last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// Whose counter.
    pub unit: Sym,
    /// Which of the unit's counters; empty is all of the unit.
    pub counter: Arc<str>,
    /// How many wait.
    pub waiting: u32,
    /// How many are being served.
    pub serving: u32,
    /// How many tickets were issued on the day.
    pub issued_today: u32,
    /// How long the one who waits longest has waited.
    pub oldest_wait_secs: Option<u32>,
    /// The number of the ticket that was called last.
    pub called: Option<u32>,
}

/// What the product noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memo {
    /// What it is about: made from case, rule, action and instant.
    pub of: Arc<str>,
    /// The case.
    pub case: Arc<str>,
    /// Whether it takes the note back: an answer that was in time came late.
    pub withdrawn: bool,
}

/// A rating, under what it is about; what it leaves open is the case's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// The score in thousandths, on the city's scale.
    pub score_milli: i64,
    /// Whether the score counts as satisfied, by the city's setting.
    pub satisfied: bool,
    /// The unit that was rated.
    pub unit: Sym,
    /// The stage of service that was rated; none is the whole.
    pub stage: Sym,
    /// How the rating came in.
    pub channel: Sym,
    /// The officer who was rated, by a code.
    pub officer: Option<Box<str>>,
    /// The number of the form, where its source gives one.
    pub id: Option<Box<str>>,
    /// What it says of single criteria.
    pub answers: Box<[CriterionAnswer]>,
}

/// What a rating says of one criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionAnswer {
    /// Which criterion.
    pub criterion: Sym,
    /// The score in thousandths, on the city's scale.
    pub score_milli: i64,
    /// Whether the score counts as satisfied.
    pub satisfied: bool,
}

/// How two cases belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Relation {
    /// Another report of the same matter.
    DuplicateOf,
    /// The same report, sent once more by another system.
    CopyOf,
    /// The same report under another code.
    AliasOf,
}

/// What is odd about an event or a case: kept, shown, counted, never silently mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)] // Each is explained by its sentence in `describe`.
pub enum Flag {
    StrangeDueAt,
    PointOutside,
    PointZero,
    PointSwapped,
    PointPlaceholder,
    UnknownCode(Dimension),
    NotAllowed,
    NotYourCase,
    CaseUnknown,
    ReceivedAgain,
    ClosedBeforeReceived,
    MissingAgency,
    MissingField,
    PlaceApproximate,
    PlaceOfOtherEpoch,
    RefusedWithoutReason,
    RefusedWithoutGuidance,
    ReturnedWithoutReason,
    ReturnedWithoutVerification,
    ResultWithoutEvidence,
    ProgressWithoutEvidence,
    AskedTooOften,
    RequirementUnmet,
    RatedBeforeAnswer,
    RatedAgain,
    MalformedCode,
    UnclearSubmissionMode,
}

impl Flag {
    /// Every one; the one about a code stands here for each dimension.
    pub const ALL: [Self; 27] = [
        Self::StrangeDueAt,
        Self::PointOutside,
        Self::PointZero,
        Self::PointSwapped,
        Self::PointPlaceholder,
        Self::UnknownCode(Dimension::Agency),
        Self::NotAllowed,
        Self::NotYourCase,
        Self::CaseUnknown,
        Self::ReceivedAgain,
        Self::ClosedBeforeReceived,
        Self::MissingAgency,
        Self::MissingField,
        Self::PlaceApproximate,
        Self::PlaceOfOtherEpoch,
        Self::RefusedWithoutReason,
        Self::RefusedWithoutGuidance,
        Self::ReturnedWithoutReason,
        Self::ReturnedWithoutVerification,
        Self::ResultWithoutEvidence,
        Self::ProgressWithoutEvidence,
        Self::AskedTooOften,
        Self::RequirementUnmet,
        Self::RatedBeforeAnswer,
        Self::RatedAgain,
        Self::MalformedCode,
        Self::UnclearSubmissionMode,
    ];

    /// The name that answers use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StrangeDueAt => "strange_due_at",
            Self::PointOutside => "point_outside",
            Self::PointZero => "point_zero",
            Self::PointSwapped => "point_swapped",
            Self::PointPlaceholder => "point_placeholder",
            Self::UnknownCode(_) => "unknown_code",
            Self::NotAllowed => "not_allowed",
            Self::NotYourCase => "not_your_case",
            Self::CaseUnknown => "case_unknown",
            Self::ReceivedAgain => "received_again",
            Self::ClosedBeforeReceived => "closed_before_received",
            Self::MissingAgency => "missing_agency",
            Self::MissingField => "missing_field",
            Self::PlaceApproximate => "place_approximate",
            Self::PlaceOfOtherEpoch => "place_of_other_epoch",
            Self::RefusedWithoutReason => "refused_without_reason",
            Self::RefusedWithoutGuidance => "refused_without_guidance",
            Self::ReturnedWithoutReason => "returned_without_reason",
            Self::ReturnedWithoutVerification => "returned_without_verification",
            Self::ResultWithoutEvidence => "result_without_evidence",
            Self::ProgressWithoutEvidence => "progress_without_evidence",
            Self::AskedTooOften => "asked_too_often",
            Self::RequirementUnmet => "requirement_unmet",
            Self::RatedBeforeAnswer => "rated_before_answer",
            Self::RatedAgain => "rated_again",
            Self::MalformedCode => "malformed_code",
            Self::UnclearSubmissionMode => "unclear_submission_mode",
        }
    }

    /// What it means, for the page of data quality: Vietnamese, then English.
    #[must_use]
    pub const fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::StrangeDueAt => ("Hạn xử lý bất thường", "The stated limit is strange"),
            Self::PointOutside => ("Vị trí ngoài địa bàn", "The point lies outside the city"),
            Self::PointZero => ("Vị trí (0, 0)", "The point is (0, 0)"),
            Self::PointSwapped => ("Vĩ độ và kinh độ đảo nhau", "Latitude and longitude are swapped"),
            Self::PointPlaceholder => {
                ("Vị trí thay thế, không có thật", "The point stands for “no location”")
            }
            Self::UnknownCode(_) => ("Mã chưa có trong danh mục", "A code is not in the catalogue"),
            Self::NotAllowed => ("Sự kiện trái vòng đời", "The life cycle does not allow this event"),
            Self::NotYourCase => {
                ("Nguồn không có quyền với vụ việc này", "The source may not speak of this case")
            }
            Self::CaseUnknown => ("Chưa có sự kiện tiếp nhận", "The case has not been received yet"),
            Self::ReceivedAgain => ("Tiếp nhận lần thứ hai", "Received a second time"),
            Self::ClosedBeforeReceived => ("Xong trước khi tiếp nhận", "Closed before it was received"),
            Self::MissingAgency => ("Thiếu đơn vị", "No agency is named"),
            Self::MissingField => ("Thiếu lĩnh vực", "No field is named"),
            Self::PlaceApproximate => (
                "Địa bàn suy ra gần đúng theo lịch sử sáp nhập",
                "The place follows from the mergers and is approximate",
            ),
            Self::PlaceOfOtherEpoch => {
                ("Mã địa bàn không có hiệu lực vào lúc đó", "The area code was not in force at that time")
            }
            Self::RefusedWithoutReason => ("Từ chối không nêu lý do", "Refused without a reason"),
            Self::RefusedWithoutGuidance => {
                ("Từ chối không hướng dẫn nơi tiếp nhận", "Refused without guidance to the proper address")
            }
            Self::ReturnedWithoutReason => ("Chuyển trả không nêu lý do", "Returned without a reason"),
            Self::ReturnedWithoutVerification => {
                ("Chuyển trả không có kết quả xác minh", "Returned without the result of verification")
            }
            Self::ResultWithoutEvidence => {
                ("Kết quả thiếu minh chứng bắt buộc", "The result lacks required evidence")
            }
            Self::ProgressWithoutEvidence => (
                "Phản hồi tiến độ thiếu minh chứng bắt buộc",
                "The progress response lacks required evidence",
            ),
            Self::AskedTooOften => {
                ("Yêu cầu bổ sung quá số lần cho phép", "The reporter was asked more often than is allowed")
            }
            Self::RequirementUnmet => ("Chưa đáp ứng quy định", "A duty of the regulation is not met"),
            Self::RatedBeforeAnswer => ("Đánh giá trước khi có phản hồi", "Rated before there was an answer"),
            Self::RatedAgain => ("Đánh giá lần nữa cùng một nội dung", "The same was rated once more"),
            Self::MalformedCode => {
                ("Mã hồ sơ không đúng cấu trúc", "The code does not have the prescribed form")
            }
            Self::UnclearSubmissionMode => (
                "Không rõ hình thức nộp, tính là trực tiếp",
                "Neither online nor in person; counted as in person",
            ),
        }
    }
}
