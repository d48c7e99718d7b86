//! The words that rules may use: steps, flags, attributes, units, commitments and actions. The
//! product knows those of `interfaces.md` section 3; a rule file declares what else it needs.
//!
//! Long because it is one table: every word that a rule may use.

use rustc_hash::FxHashMap;

use serde::{Deserialize, Serialize};

use super::expr::{Ast, Wrong, parse};
use crate::city::Label;

/// A step by its place in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub(crate) u16);

/// A flag by its place in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FlagId(pub(crate) u16);

/// An attribute by its place in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttributeId(pub(crate) u16);

/// A condition on the facts of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// Holds always.
    Always,
    /// The flag is set.
    Flag(FlagId),
    /// The attribute has that value.
    Is(AttributeId, Box<str>),
    /// The inner one does not hold.
    Not(Box<Condition>),
    /// All hold.
    All(Vec<Condition>),
    /// One holds.
    Any(Vec<Condition>),
}

/// What has to happen for a clock to start or stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Steps {
    /// One step.
    One(StepId),
    /// All of them: the last instant decides.
    All(Vec<Steps>),
    /// One of them: the first instant decides.
    Any(Vec<Steps>),
}

impl Steps {
    /// Every step in it.
    pub fn each(&self, visit: &mut impl FnMut(StepId)) {
        match self {
            Self::One(step) => visit(*step),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each(visit)),
        }
    }

    /// Whether the step is in it.
    #[must_use]
    pub fn contains(&self, step: StepId) -> bool {
        let mut found = false;
        self.each(&mut |other| found |= other == step);
        found
    }
}

impl Condition {
    /// Whether the flag is asked about.
    #[must_use]
    pub fn mentions(&self, flag: FlagId) -> bool {
        match self {
            Self::Always | Self::Is(..) => false,
            Self::Flag(other) => *other == flag,
            Self::Not(inner) => inner.mentions(flag),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.mentions(flag)),
        }
    }
}

/// A step: an event's word, or what is made of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its word.
    pub name: String,
    /// What people read.
    pub label: Label,
    /// Steps of which each is also this one.
    pub any_of: Vec<StepId>,
    /// Each of these counts only from the first of this step on.
    pub after: Option<StepId>,
    /// What stands for it until it is known itself, in this order.
    pub stand_ins: Vec<StandIn>,
    /// It happens when this condition begins to hold.
    pub when: Option<Condition>,
}

/// What stands for a step that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// The step.
    pub step: StepId,
    /// It stands only where it comes after the last of this one.
    pub not_before: Option<StepId>,
}

/// A flag: false until said otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its word.
    pub name: String,
    /// Steps that set it.
    pub set_by: Vec<StepId>,
    /// Whether it is about the unit that holds the case, and ends when another gets it.
    pub per_unit: bool,
}

/// An attribute with a list of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its word.
    pub name: String,
    /// Its values; none is "any".
    pub values: Vec<String>,
    /// What it is where the case has none.
    pub default: Option<String>,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Continuous time, in microseconds for each.
    ClockTime(i64),
    /// Time inside working intervals, in microseconds for each.
    WorkingTime(i64),
    /// Working days for each.
    WorkingDays(u32),
    /// Calendar days for each.
    CalendarDays(u32),
}

/// A unit of limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its word.
    pub name: String,
    /// What people read after a number.
    pub label: Label,
    /// What it counts.
    pub measure: Measure,
}

/// All words of a rule set.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    steps: Vec<Step>,
    flags: Vec<Flag>,
    attributes: Vec<Attribute>,
    units: Vec<Unit>,
    commitments: Vec<String>,
    actions: Vec<String>,
    step_names: FxHashMap<String, StepId>,
    flag_names: FxHashMap<String, FlagId>,
}

/// The product's own words at the same places in every vocabulary.
pub(crate) mod own {
    use super::{AttributeId, FlagId, StepId};

    pub(crate) const RECEIVED: StepId = StepId(0);
    pub(crate) const DISPATCHED: StepId = StepId(1);
    pub(crate) const DELIVERED: StepId = StepId(2);
    pub(crate) const CITY_OFFICE: StepId = StepId(3);
    pub(crate) const SLIP_FOCAL: StepId = StepId(4);
    pub(crate) const RETURNED: StepId = StepId(5);
    pub(crate) const FORWARDED: StepId = StepId(6);
    pub(crate) const RESOLVED: StepId = StepId(7);
    pub(crate) const CLOSED: StepId = StepId(11);
    pub(crate) const REFUSED: StepId = StepId(12);
    pub(crate) const CANCELLED: StepId = StepId(13);
    pub(crate) const REOPENED: StepId = StepId(14);
    pub(crate) const VERIFIED_GENUINE: StepId = StepId(18);
    pub(crate) const VERIFIED_FALSE: StepId = StepId(19);

    pub(crate) const DUPLICATE: FlagId = FlagId(0);
    pub(crate) const INCIDENT: FlagId = FlagId(2);

    pub(crate) const GROUP: AttributeId = AttributeId(0);
    pub(crate) const SEVERITY: AttributeId = AttributeId(1);
    pub(crate) const VERIFICATION: AttributeId = AttributeId(2);
}

/// Steps that events bring, in the order of [`own`] and then of a case's life.
const EVENT_STEPS: [(&str, &str, &str); 42] = [
    ("received", "tiếp nhận phản ánh, hồ sơ", "report or dossier received"),
    ("dispatched", "phân loại, chuyển xử lý", "classified and dispatched"),
    ("delivered_to_unit", "đơn vị xử lý nhận được", "received by the handling unit"),
    ("received_by_city_office", "Văn phòng Ủy ban nhận được", "received by the City Office"),
    (
        "slip_delivered_to_focal_officer",
        "cán bộ đầu mối nhận phiếu chuyển",
        "slip delivered to the focal officer",
    ),
    ("returned", "chuyển trả", "returned"),
    ("forwarded", "chuyển tiếp đến đơn vị khác", "forwarded to another unit"),
    ("resolved", "có kết quả xử lý", "resolved"),
    ("responded_to_reporter", "đã phản hồi người phản ánh", "reporter answered"),
    ("result_recorded", "đã cập nhật kết quả", "result recorded"),
    ("repaired", "khắc phục xong", "repaired"),
    ("closed", "kết thúc", "closed"),
    ("refused", "từ chối tiếp nhận", "refused"),
    ("cancelled", "hủy", "cancelled"),
    ("reopened", "mở lại", "reopened"),
    ("recorded_notice_sent", "đã báo người phản ánh là đã ghi nhận", "reporter told that it is recorded"),
    ("result_notice_sent", "đã nhắn tin kết quả", "reporter told of the result"),
    ("duplicate_notice_sent", "đã báo trùng nội dung, đang xử lý", "reporter told that it is being handled"),
    ("verified_genuine", "xác minh có thật", "verified as genuine"),
    ("verified_false", "xác minh báo giả", "verified as false"),
    ("assigned_to_subordinate", "chuyển đơn vị trực thuộc", "assigned to the subordinate unit"),
    ("slip_delivered_to_unit_head", "Thủ trưởng đơn vị nhận phiếu chuyển", "slip delivered to the unit head"),
    ("escalated", "chuyển lên cấp trên", "escalated"),
    ("sent_to_city_office", "tổng hợp, gửi Văn phòng Ủy ban", "compiled and sent to the City Office"),
    ("guidance_received", "nhận hướng dẫn của đơn vị vận hành", "guidance received from the operator"),
    ("inspected", "kiểm tra, xác minh hiện trường xong", "inspected on site"),
    ("mitigated", "xử lý tạm thời xong", "temporary handling done"),
    ("handling_begun", "bắt đầu xử lý", "handling begun"),
    ("progress_reported", "phản hồi tiến độ", "progress reported"),
    ("clarification_requested", "đề nghị bổ sung, làm rõ", "clarification requested"),
    ("clarified", "đã bổ sung, làm rõ", "clarified"),
    ("answered_to_hotline", "đã trả lời tổng đài", "answered to the hotline"),
    ("return_confirmed", "xác nhận chuyển trả", "return confirmed"),
    ("return_rejected", "không đồng ý chuyển trả", "return rejected"),
    ("published", "công khai", "published"),
    ("circulated", "luân chuyển", "circulated"),
    ("submitted_for_approval", "trình phê duyệt", "submitted for approval"),
    ("approved", "phê duyệt", "approved"),
    ("sent_back", "trả lại để hoàn thiện", "sent back"),
    ("supplement_requested", "yêu cầu bổ sung hồ sơ", "supplement requested"),
    ("supplemented", "đã bổ sung hồ sơ", "supplemented"),
    ("returned_result", "trả kết quả", "result returned"),
];

/// Flags that rules ask about, in the order of [`own`]: word, whether it is about the unit that
/// holds the case, the steps that set it.
const FLAGS: [(&str, bool, &[&str]); 14] = [
    ("duplicate", false, &[]),
    ("dossier", false, &[]),
    ("incident", false, &[]),
    ("unit_undetermined", false, &[]),
    ("coordination_required", false, &[]),
    ("field_check", true, &[]),
    ("not_competent", true, &["returned"]),
    ("other_unit_responsible", true, &["returned"]),
    ("pressing", false, &[]),
    ("unclear", false, &[]),
    ("reporter_disagrees", false, &[]),
    ("result_needs_written_directive", false, &[]),
    (
        "transferred",
        false,
        &[
            "dispatched",
            "delivered_to_unit",
            "assigned_to_subordinate",
            "forwarded",
            "slip_delivered_to_focal_officer",
            "slip_delivered_to_unit_head",
        ],
    ),
    ("escalated_to_unit_head", true, &["escalated", "slip_delivered_to_unit_head", "escalate_to_unit_head"]),
];

/// What happens on a breach, beside `set_state:…`.
const ACTIONS: [&str; 6] = [
    "flag_overdue",
    "require_expected_completion",
    "require_progress_response",
    "escalate_to_unit_head",
    "report_to_city_leadership_via_city_office",
    "colour_and_message_reminder",
];

const COMMITMENTS: [&str; 3] = ["expected_completion_at", "committed_completion_at", "promised_answer_at"];

const SECOND: i64 = 1_000_000;

impl Default for Vocabulary {
    fn default() -> Self {
        let mut all = Self {
            steps: Vec::new(),
            flags: Vec::new(),
            attributes: Vec::new(),
            units: Vec::new(),
            commitments: COMMITMENTS.map(str::to_owned).to_vec(),
            actions: Vec::new(),
            step_names: FxHashMap::default(),
            flag_names: FxHashMap::default(),
        };
        for (name, vi, en) in EVENT_STEPS {
            all.add_step(name, label(vi, en));
        }
        for action in ACTIONS {
            all.add_action(action);
        }
        all.add_made_steps();
        for (name, per_unit, set_by) in FLAGS {
            let set_by = set_by.iter().filter_map(|step| all.step(step)).collect();
            all.add_flag(Flag { name: name.to_owned(), set_by, per_unit });
        }
        for (name, values, default) in [
            ("group", ["1", "2", "3", "4", "5", "6", "7", "8", "9"].as_slice(), None),
            ("severity", &["normal", "complex", "major", "urgent"], Some("normal")),
            ("verification", &["genuine", "false_report"], None),
        ] {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            all.add_attribute(name, values, default.map(str::to_owned));
        }
        let complex = Condition::Is(own::SEVERITY, "complex".into());
        all.change_step("marked_complex", |step| step.when = Some(complex));
        for (name, vi, en, measure) in [
            ("minute", "phút", "minutes", Measure::ClockTime(60 * SECOND)),
            ("hour", "giờ", "hours", Measure::ClockTime(3600 * SECOND)),
            ("working_hour", "giờ làm việc", "working hours", Measure::WorkingTime(3600 * SECOND)),
            ("working_day", "ngày làm việc", "working days", Measure::WorkingDays(1)),
            ("calendar_day", "ngày", "calendar days", Measure::CalendarDays(1)),
        ] {
            all.units.push(Unit { name: name.to_owned(), label: label(vi, en), measure });
        }
        all
    }
}

impl Vocabulary {
    /// Steps that are made of others, as `interfaces.md` section 3 says.
    fn add_made_steps(&mut self) {
        let any_of = |all: &mut Self, name: &str, vi: &str, en: &str, steps: &[&str]| {
            let any_of = steps.iter().filter_map(|step| all.step(step)).collect();
            all.add_step(name, label(vi, en));
            all.change_step(name, |step| step.any_of = any_of);
        };
        any_of(
            self,
            "result_responded",
            "đã phản hồi kết quả",
            "result responded",
            &["responded_to_reporter", "resolved"],
        );
        any_of(self, "result_available", "có kết quả xử lý", "result available", &["resolved"]);
        any_of(self, "result_completed", "hoàn thành giải quyết hồ sơ", "dossier settled", &["approved"]);
        any_of(self, "closed_false", "kết thúc vì báo giả", "closed as a false report", &["closed"]);
        self.add_step("marked_complex", label("ghi nhận sự cố phức tạp", "marked as a complex incident"));
        let stand_in = |step| StandIn { step, not_before: None };
        let returned_result = self.step("returned_result");
        self.change_step("result_completed", |step| {
            step.stand_ins =
                [Some(own::RESOLVED), returned_result].into_iter().flatten().map(stand_in).collect();
        });
        self.change_step("closed_false", |step| step.after = Some(own::VERIFIED_FALSE));
        // What went to the City Office was not yet delivered to a unit.
        let dispatch = StandIn { step: own::DISPATCHED, not_before: Some(own::CITY_OFFICE) };
        self.change_step("delivered_to_unit", |step| step.stand_ins = vec![dispatch]);
        self.change_step("slip_delivered_to_focal_officer", |step| {
            step.stand_ins = vec![stand_in(own::DELIVERED)];
        });
        let escalation = self.step("escalate_to_unit_head");
        self.change_step("slip_delivered_to_unit_head", |step| {
            step.stand_ins = escalation.map(stand_in).into_iter().collect();
        });
    }

    fn change_step(&mut self, name: &str, change: impl FnOnce(&mut Step)) {
        if let Some(id) = self.step(name)
            && let Some(step) = self.steps.get_mut(usize::from(id.0))
        {
            change(step);
        }
    }

    /// Adds a step, or changes the label of a known one.
    pub(super) fn add_step(&mut self, name: &str, label: Label) -> StepId {
        if let Some(id) = self.step(name) {
            self.steps[usize::from(id.0)].label = label;
            return id;
        }
        let id = StepId(next(self.steps.len()));
        self.step_names.insert(name.to_owned(), id);
        self.steps.push(Step {
            name: name.to_owned(),
            label,
            any_of: Vec::new(),
            after: None,
            stand_ins: Vec::new(),
            when: None,
        });
        id
    }

    pub(super) fn set_step(&mut self, id: StepId, change: impl FnOnce(&mut Step)) {
        change(&mut self.steps[usize::from(id.0)]);
    }

    /// Adds a flag; a known one keeps its place and gets what is said here.
    pub(super) fn add_flag(&mut self, flag: Flag) {
        if let Some(id) = self.flag(&flag.name) {
            self.flags[usize::from(id.0)].set_by.extend(flag.set_by);
            return;
        }
        self.flag_names.insert(flag.name.clone(), FlagId(next(self.flags.len())));
        self.flags.push(flag);
    }

    /// Adds an attribute; a known one gets the further values.
    pub(super) fn add_attribute(&mut self, name: &str, values: Vec<String>, default: Option<String>) {
        match self.attributes.iter_mut().find(|known| known.name == name) {
            Some(known) => {
                known.values.extend(values);
                known.default = default.or(known.default.take());
            }
            None => self.attributes.push(Attribute { name: name.to_owned(), values, default }),
        }
    }

    /// Adds a unit, in the place of one of the same name.
    pub(super) fn add_unit(&mut self, unit: Unit) {
        self.units.retain(|known| known.name != unit.name);
        self.units.push(unit);
    }

    pub(super) fn add_commitment(&mut self, name: &str) {
        if !self.commitments.iter().any(|known| known == name) {
            self.commitments.push(name.to_owned());
        }
    }

    /// Adds an action. That a limit ran out and this was to be done is a step too: others wait for it.
    pub(super) fn add_action(&mut self, name: &str) {
        if !self.actions.iter().any(|known| known == name) {
            self.actions.push(name.to_owned());
            self.add_step(name, label("hết thời hạn trước đó", "the limit before it ran out"));
        }
    }

    /// A step by its word.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<StepId> {
        self.step_names.get(name).copied()
    }

    /// What a step is.
    #[must_use]
    pub fn step_of(&self, id: StepId) -> &Step {
        &self.steps[usize::from(id.0)]
    }

    /// How many steps there are.
    #[must_use]
    pub fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// A flag by its word.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<FlagId> {
        self.flag_names.get(name).copied()
    }

    /// All flags, each at the place of its id.
    #[must_use]
    pub fn flags(&self) -> &[Flag] {
        &self.flags
    }

    /// An attribute by its word.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<AttributeId> {
        let place = self.attributes.iter().position(|known| known.name == name)?;
        Some(AttributeId(next(place)))
    }

    /// All attributes, each at the place of its id.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// A unit by its word.
    #[must_use]
    pub fn unit(&self, name: &str) -> Option<&Unit> {
        self.units.iter().find(|known| known.name == name)
    }

    /// The words of all units.
    pub fn units(&self) -> impl Iterator<Item = &str> {
        self.units.iter().map(|unit| unit.name.as_str())
    }

    /// Whether promises of that kind are known.
    #[must_use]
    pub fn knows_commitment(&self, name: &str) -> bool {
        self.commitments.iter().any(|known| known == name)
    }

    /// Whether something of that name is done on a breach.
    #[must_use]
    pub fn knows_action(&self, name: &str) -> bool {
        name.strip_prefix("set_state:").is_some_and(|state| !state.is_empty())
            || self.actions.iter().any(|known| known == name)
    }

    /// Reads a condition.
    pub(super) fn condition(&self, text: &str) -> Result<Condition, Wrong> {
        self.condition_of(&parse(text)?)
    }

    fn condition_of(&self, tree: &Ast) -> Result<Condition, Wrong> {
        let each = |parts: &[Ast]| parts.iter().map(|part| self.condition_of(part)).collect::<Result<_, _>>();
        Ok(match tree {
            Ast::All(parts) => Condition::All(each(parts)?),
            Ast::Any(parts) => Condition::Any(each(parts)?),
            Ast::Not(inner) => Condition::Not(Box::new(self.condition_of(inner)?)),
            Ast::Name(at, name) => match (self.flag(name), self.attribute(name)) {
                (Some(flag), _) => Condition::Flag(flag),
                (None, Some(_)) => {
                    return Err(Wrong::new(*at, format!("{name} has values: compare it, as in {name} == …")));
                }
                (None, None) if self.step(name).is_some() => {
                    return Err(Wrong::new(*at, format!("{name} is a step, and a condition asks for flags")));
                }
                (None, None) => {
                    let known: Vec<&str> = self.flags.iter().map(|flag| flag.name.as_str()).collect();
                    return Err(unknown(*at, "flag", name, &known, "flags"));
                }
            },
            Ast::Number(at, number) => {
                return Err(Wrong::new(
                    *at,
                    format!("{number} is no condition: compare it, as in group == {number}"),
                ));
            }
            Ast::Compare { left, equal, right } => {
                let is = self.comparison(left, right)?;
                if *equal { is } else { Condition::Not(Box::new(is)) }
            }
        })
    }

    fn comparison(&self, left: &Ast, right: &Ast) -> Result<Condition, Wrong> {
        let (Ast::Name(at, name), Ast::Name(value_at, value) | Ast::Number(value_at, value)) = (left, right)
        else {
            return Err(Wrong::new(left.at(), "an attribute stands left of == and !=, a value right of it"));
        };
        let Some(id) = self.attribute(name) else {
            let known: Vec<&str> = self.attributes.iter().map(|known| known.name.as_str()).collect();
            return Err(unknown(*at, "attribute", name, &known, "attributes"));
        };
        let known = &self.attributes[usize::from(id.0)].values;
        if !known.is_empty() && !known.contains(value) {
            let known = known.join(", ");
            return Err(Wrong::new(*value_at, format!("{name} is never {value:?}; its values are {known}")));
        }
        Ok(Condition::Is(id, value.as_str().into()))
    }

    /// Reads what starts or stops a clock.
    pub(super) fn steps(&self, text: &str) -> Result<Steps, Wrong> {
        self.steps_of(&parse(text)?)
    }

    fn steps_of(&self, tree: &Ast) -> Result<Steps, Wrong> {
        let each = |parts: &[Ast]| parts.iter().map(|part| self.steps_of(part)).collect::<Result<_, _>>();
        Ok(match tree {
            Ast::All(parts) => Steps::All(each(parts)?),
            Ast::Any(parts) => Steps::Any(each(parts)?),
            Ast::Name(at, name) => match self.step(name) {
                Some(step) => Steps::One(step),
                None => {
                    let known: Vec<&str> = self.steps.iter().map(|step| step.name.as_str()).collect();
                    return Err(unknown(*at, "step", name, &known, "steps"));
                }
            },
            Ast::Number(at, _) => return Err(Wrong::new(*at, "a step is a name, not a number")),
            Ast::Not(inner) => return Err(Wrong::new(inner.at(), "a step cannot be negated")),
            Ast::Compare { left, .. } => return Err(Wrong::new(left.at(), "a step cannot be compared")),
        })
    }
}

/// "unknown step …", with the nearest known word.
pub(super) fn unknown(at: usize, what: &str, name: &str, known: &[&str], section: &str) -> Wrong {
    let near = known.iter().map(|word| (distance(name, word), *word)).min();
    let hint = match near {
        Some((far, word)) if far <= 1 + name.len() / 4 => format!("; did you mean {word}?"),
        _ => format!("; declare it under [vocabulary] {section}"),
    };
    Wrong::new(at, format!("unknown {what} {name:?}{hint}"))
}

/// How many letters differ (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (place, letter) in left.chars().enumerate() {
        let mut corner = row[0];
        row[0] = place + 1;
        for (column, other) in right.iter().enumerate() {
            let same = corner + usize::from(letter != *other);
            corner = row[column + 1];
            row[column + 1] = same.min(corner + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

pub(super) fn label(vi: &str, en: &str) -> Label {
    Label { vi: vi.to_owned(), en: en.to_owned() }
}

fn next(place: usize) -> u16 {
    // The reader refuses files that declare thousands of words long before this number runs out.
    u16::try_from(place).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_products_own_words_stand_at_their_places() {
        let words = Vocabulary::default();
        for (name, id) in [
            ("received", own::RECEIVED),
            ("dispatched", own::DISPATCHED),
            ("delivered_to_unit", own::DELIVERED),
            ("received_by_city_office", own::CITY_OFFICE),
            ("slip_delivered_to_focal_officer", own::SLIP_FOCAL),
            ("returned", own::RETURNED),
            ("forwarded", own::FORWARDED),
            ("resolved", own::RESOLVED),
            ("closed", own::CLOSED),
            ("refused", own::REFUSED),
            ("cancelled", own::CANCELLED),
            ("reopened", own::REOPENED),
            ("verified_genuine", own::VERIFIED_GENUINE),
            ("verified_false", own::VERIFIED_FALSE),
        ] {
            assert_eq!(words.step(name), Some(id), "{name}");
        }
        assert_eq!(words.flag("duplicate"), Some(own::DUPLICATE));
        assert_eq!(words.flag("incident"), Some(own::INCIDENT));
        assert_eq!(words.attribute("group"), Some(own::GROUP));
        assert_eq!(words.attribute("severity"), Some(own::SEVERITY));
        assert_eq!(words.attribute("verification"), Some(own::VERIFICATION));
    }

    #[track_caller]
    fn check_condition(text: &str, want: &str) {
        let got =
            Vocabulary::default().condition(text).map_err(|wrong| format!("{}: {}", wrong.at, wrong.message));
        assert_eq!(got.err().unwrap_or_default(), want);
    }

    #[test]
    fn a_condition_asks_only_what_is_known() {
        check_condition("(group == 2 || !incident) && not_competent && !field_check", "");
        check_condition("incident && severity == complex", "");
        check_condition("incidnt", "0: unknown flag \"incidnt\"; did you mean incident?");
        check_condition(
            "incident && monsoon",
            "12: unknown flag \"monsoon\"; declare it under [vocabulary] flags",
        );
        check_condition(
            "severity == grave",
            "12: severity is never \"grave\"; its values are normal, complex, major, urgent",
        );
        check_condition("group", "0: group has values: compare it, as in group == …");
        check_condition("inspected", "0: inspected is a step, and a condition asks for flags");
        check_condition("2", "0: 2 is no condition: compare it, as in group == 2");
        check_condition(
            "weather == bad",
            "0: unknown attribute \"weather\"; declare it under [vocabulary] attributes",
        );
    }

    #[track_caller]
    fn check_steps(text: &str, want: &str) {
        let got =
            Vocabulary::default().steps(text).map_err(|wrong| format!("{}: {}", wrong.at, wrong.message));
        assert_eq!(got.err().unwrap_or_default(), want);
    }

    #[test]
    fn a_step_is_one_that_is_known() {
        check_steps("responded_to_reporter && result_recorded", "");
        check_steps("recieved", "0: unknown step \"recieved\"; did you mean received?");
        check_steps(
            "received || permit_checked",
            "12: unknown step \"permit_checked\"; declare it under [vocabulary] steps",
        );
        check_steps("!received", "1: a step cannot be negated");
        check_steps("received == 2", "0: a step cannot be compared");
    }
}
