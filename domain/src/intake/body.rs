//! The data of each type of event.

use serde_json::{Map, Value as Json};

use super::attributes::{
    missing, mistyped, one_of, optional_bool, optional_code, optional_object, optional_text, optional_time,
    text, time,
};
use super::fold_text::searchable;
use super::{alarm, directive, place, scenes, shift, unknown_type};
use crate::city::City;
use crate::dimension::Dimension;
use crate::event::{Body, Counter, CriterionAnswer, Facts, Flag, Memo, Patch, Rating, Relation, Transfer};
use crate::problem::Problem;
use crate::screen::{self, Enrolment, Role, ScreenNews, Setting};
use crate::symbol::{Sym, Symbols, word};
use crate::time::Timestamp;

/// What the words of an event are read against.
pub(super) struct Gate<'a> {
    pub(super) city: &'a City,
    pub(super) symbols: &'a Symbols,
    pub(super) time: Timestamp,
}

type Data = Map<String, Json>;

/// A stated limit is strange when it ends before it starts or more than ten years after.
const STRANGE_DUE_SECS: i64 = 10 * 366 * 24 * 60 * 60;

const TRANSFER_STEPS: [&str; 10] = [
    "dispatched",
    "delivered_to_unit",
    "assigned_to_subordinate",
    "received_by_city_office",
    "slip_delivered_to_focal_officer",
    "slip_delivered_to_unit_head",
    "returned",
    "forwarded",
    "escalated",
    "sent_to_city_office",
];

const STEPS: [&str; 23] = [
    "guidance_received",
    "verified_genuine",
    "verified_false",
    "inspected",
    "mitigated",
    "repaired",
    "handling_begun",
    "progress_reported",
    "clarification_requested",
    "clarified",
    "responded_to_reporter",
    "result_recorded",
    "answered_to_hotline",
    "return_confirmed",
    "return_rejected",
    "published",
    "circulated",
    "submitted_for_approval",
    "approved",
    "sent_back",
    "supplement_requested",
    "supplemented",
    "returned_result",
];

const OWN_PREFIXES: [&str; 6] = ["directive.", "alarm.", "shift.", "screen.", "scenes.", "config."];

/// The attributes that are one code each, by the dimension that they fill.
const CODES: [(&str, Dimension); 10] = [
    ("field", Dimension::Field),
    ("channel", Dimension::Channel),
    ("report_kind", Dimension::ReportKind),
    ("severity", Dimension::Severity),
    ("agency", Dimension::Agency),
    ("procedure", Dimension::Procedure),
    ("submission_mode", Dimension::SubmissionMode),
    ("stage", Dimension::Stage),
    ("district", Dimension::District),
    ("ward", Dimension::Ward),
];

/// Reads the data of an event of the type `kind` (without its prefix).
pub(super) fn read(kind: &str, data: &Data, gate: &Gate<'_>, flags: &mut Vec<Flag>) -> Result<Body, Problem> {
    Ok(match kind {
        "case.received" => Body::Received(Box::new(received(data, gate, flags)?)),
        "case.amended" => Body::Amended(amended(data, gate, flags)?.into_boxed_slice()),
        "case.transferred" => Body::Transferred(transferred(data, gate, flags)?),
        "case.step" => Body::Step(gate.symbols.intern(gate.step(data, &STEPS)?)),
        "case.committed" => {
            let kinds = ["expected_completion_at", "committed_completion_at", "promised_answer_at"];
            let named = text(data, "commitment")?;
            if !gate.city.regulations.knows_commitment(named) {
                one_of(data, "commitment", &kinds)?;
            }
            Body::Committed { until: time(data, "until")? }
        }
        "case.suspended" | "case.resumed" => {
            optional_text(data, "reason")?;
            Body::Noted
        }
        "case.noticed" => {
            one_of(data, "notice", &["recorded", "result", "duplicate"])?;
            Body::Noted
        }
        "case.linked" => Body::Linked { relation: relation(data)?, case: text(data, "case")?.into() },
        "case.resolved" => {
            optional_code(data, "handling_unit")?;
            optional_bool(data, "answered")?;
            optional_bool(data, "fixed")?;
            Body::Resolved { handled_at: optional_time(data, "handled_at")? }
        }
        "case.closed" => Body::Closed,
        "case.reopened" => Body::Reopened,
        "case.refused" => Body::Refused,
        "case.cancelled" => Body::Cancelled,
        "case.rated" => Body::Rated(rating(data, gate, flags)?),
        "source.heartbeat" => Body::Heartbeat { watermark: time(data, "watermark")? },
        "counter.reported" => Body::Counter(counter(data, gate, flags)?),
        // That a person was taken out of a case changes nothing of the case.
        "memo.erased" => Body::Other,
        // A signed request as it came, beside the events that were in it: no note of a case.
        "memo.signed" => Body::Other,
        other if other.starts_with("memo.") => Body::Memo(Memo {
            of: text(data, "memo")?.into(),
            case: text(data, "case")?.into(),
            withdrawn: optional_bool(data, "withdrawn")?,
        }),
        "directive.issued" | "directive.answered" | "directive.closed" => {
            Body::Directive(Box::new(directive::read(kind, data)?))
        }
        "alarm.acknowledged" | "alarm.shelved" => Body::Alarm(Box::new(alarm::read(kind, data)?)),
        "shift.began" | "shift.noted" | "shift.handed_over" | "shift.accepted" | "shift.ended" => {
            Body::Shift(Box::new(shift::read(kind, data)?))
        }
        "screen.enrolled" => Body::Screen(ScreenNews::Enrolled(Box::new(enrolment(data)?))),
        "screen.revoked" => Body::Screen(ScreenNews::Revoked { screen: text(data, "screen")?.into() }),
        "screen.set" => Body::Screen(setting(data)?),
        "scenes.saved" => Body::Scenes(Box::new(scenes::read(data)?)),
        other if OWN_PREFIXES.iter().any(|prefix| other.starts_with(prefix)) => Body::Other,
        other => return Err(unknown_type(other)),
    })
}

fn enrolment(data: &Data) -> Result<Enrolment, Problem> {
    let wrong = |member: &str| {
        let detail = format!("data.{member}: is not what the product itself writes");
        Problem::new("mistyped-attribute", 422, "An attribute has the wrong form", detail)
            .at(format!("data.{member}"))
    };
    let mut token_sha256 = [0; 32];
    let hash = text(data, "token_sha256")?;
    if hash.len() != 64 || !hash.is_ascii() {
        return Err(wrong("token_sha256"));
    }
    for (at, byte) in token_sha256.iter_mut().enumerate() {
        let digits = hash.get(2 * at..2 * at + 2).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong("token_sha256"))?;
    }
    let role = match one_of(data, "role", &["wall", "director"])? {
        "wall" => Role::Wall,
        _ => Role::Director,
    };
    Ok(Enrolment {
        screen: text(data, "screen")?.into(),
        name: screen::name(text(data, "name")?).map_err(|_| wrong("name"))?.into(),
        role,
        scene: screen::scene(text(data, "scene")?).map_err(|_| wrong("scene"))?.into(),
        token_sha256,
    })
}

fn setting(data: &Data) -> Result<ScreenNews, Problem> {
    let read =
        data.get("setting").and_then(|setting| <Setting as serde::Deserialize>::deserialize(setting).ok());
    let setting = read.and_then(|setting| setting.checked().ok());
    let setting = setting.ok_or_else(|| mistyped("setting", "is not what the product itself writes"))?;
    let number = data.get("number").and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok());
    let number = number.ok_or_else(|| mistyped("number", "is not what the product itself writes"))?;
    Ok(ScreenNews::Set { screen: text(data, "screen")?.into(), number, setting: Box::new(setting) })
}

fn received(data: &Data, gate: &Gate<'_>, flags: &mut Vec<Flag>) -> Result<Facts, Problem> {
    let kind = one_of(data, "kind", &["report", "dossier"])?;
    let city = text(data, "city")?;
    if city != gate.city.code {
        let detail = "city: is another city than the one this server serves";
        return Err(Problem::new("wrong-city", 422, "Another city", detail).at("city"));
    }
    let mut facts = Facts::default();
    facts.dims[Dimension::Kind.index()] = if kind == "report" { word::REPORT } else { word::DOSSIER };
    for patch in patches(data, gate, flags)? {
        match patch {
            Patch::Code(dimension, code, known) => {
                facts.dims[dimension.index()] = code;
                facts.unknown |= u16::from(!known) << dimension.index();
            }
            Patch::Point(point) => facts.point = point,
            Patch::DueAt(due) => facts.due_at = due,
            Patch::Text(text) => facts.text = Some(text),
        }
    }
    if facts.dims[Dimension::Agency.index()].is_none() {
        match optional_code(data, "first_receiving_unit")? {
            None => flags.push(Flag::MissingAgency),
            Some(unit) => {
                let (code, known) = gate.code(Dimension::Agency, unit, flags);
                facts.dims[Dimension::Agency.index()] = code;
                facts.unknown |= u16::from(!known) << Dimension::Agency.index();
            }
        }
    }
    if facts.dims[Dimension::Field.index()].is_none() {
        flags.push(Flag::MissingField);
    }
    let mode = facts.dims[Dimension::SubmissionMode.index()];
    if kind == "dossier" && !is_clear(mode) {
        flags.push(Flag::UnclearSubmissionMode);
    }
    Ok(facts)
}

/// Whether a mode of submission says how a dossier came in. What is not online counts as in person, so
/// that the published figures add up; it must not do so in silence.
fn is_clear(mode: Sym) -> bool {
    [word::ONLINE, word::IN_PERSON].contains(&mode)
}

/// An attribute that is null in `case.amended` is taken away: the source no longer states it.
fn amended(data: &Data, gate: &Gate<'_>, flags: &mut Vec<Flag>) -> Result<Vec<Patch>, Problem> {
    let mut all = patches(data, gate, flags)?;
    let is_null = |name: &str| data.get(name).is_some_and(Json::is_null);
    for (name, dimension) in CODES.into_iter().chain([("content_group", Dimension::ContentGroup)]) {
        if is_null(name) {
            all.push(Patch::Code(dimension, Sym::NONE, true));
        }
    }
    let modes = all.iter().filter_map(|patch| match patch {
        Patch::Code(Dimension::SubmissionMode, mode, _) => Some(*mode),
        _ => None,
    });
    if !modes.into_iter().all(is_clear) {
        flags.push(Flag::UnclearSubmissionMode);
    }
    if is_null("due_at") {
        all.push(Patch::DueAt(None));
    }
    if is_null("incident_location") {
        all.push(Patch::Point(None));
    }
    Ok(all)
}

/// Every attribute that is there, read and checked.
fn patches(data: &Data, gate: &Gate<'_>, flags: &mut Vec<Flag>) -> Result<Vec<Patch>, Problem> {
    let mut patches = Vec::new();
    for (name, dimension) in CODES {
        if let Some(code) = optional_code(data, name)? {
            let (code, known) = gate.code(dimension, code, flags);
            patches.push(Patch::Code(dimension, code, known));
        }
    }
    if let Some(group) = content_group(data)? {
        patches.push(Patch::Code(Dimension::ContentGroup, group, true));
    }
    if let Some(due) = optional_time(data, "due_at")? {
        let span = due.since(gate.time);
        if !(0..=STRANGE_DUE_SECS * 1_000_000).contains(&span) {
            flags.push(Flag::StrangeDueAt);
        }
        patches.push(Patch::DueAt(Some(due)));
    }
    for name in ["promised_return_at", "reported_at"] {
        optional_time(data, name)?;
    }
    for name in ["is_infrastructure_incident", "confidentiality_requested"] {
        optional_bool(data, name)?;
    }
    let content = optional_text(data, "content")?;
    let location = optional_object(data, "incident_location")?;
    let address = location.map(|location| optional_text(location, "address_text")).transpose()?.flatten();
    let point = match location.filter(|location| location.contains_key("point")) {
        None => None,
        Some(location) => {
            let point = place::read(location, gate.city, flags)?;
            patches.push(Patch::Point(point));
            point
        }
    };
    let area = location.map(|location| optional_code(location, "area_code")).transpose()?.flatten();
    let ward = optional_code(data, "ward")?;
    place::areas(&place::Stated { area, ward, point }, gate, flags, &mut patches);
    let words: Vec<&str> = [content, address].into_iter().flatten().collect();
    // What a confidential case says is found by nobody.
    let is_confidential = data.get("confidentiality_requested") == Some(&Json::Bool(true));
    if !words.is_empty() && !is_confidential {
        patches.push(Patch::Text(searchable(&words.join(" ")).into_boxed_str()));
    }
    Ok(patches)
}

fn content_group(data: &Data) -> Result<Option<Sym>, Problem> {
    let groups = [word::GROUP_1, word::GROUP_2, word::GROUP_3, word::GROUP_4, word::GROUP_5];
    match data.get("content_group") {
        None | Some(Json::Null) => Ok(None),
        Some(value) => value
            .as_u64()
            .and_then(|group| usize::try_from(group).ok())
            .and_then(|group| group.checked_sub(1))
            .and_then(|place| groups.get(place).copied())
            .map(Some)
            .ok_or_else(|| mistyped("content_group", "is not a number from 1 to 5")),
    }
}

fn transferred(data: &Data, gate: &Gate<'_>, flags: &mut Vec<Flag>) -> Result<Transfer, Problem> {
    let step = gate.step(data, &TRANSFER_STEPS)?;
    let to = optional_code(data, "to")?.ok_or_else(|| missing("to"))?;
    let (to, to_is_known) = gate.code(Dimension::Agency, to, flags);
    let from = match optional_code(data, "from")? {
        None => Sym::NONE,
        Some(from) => gate.symbols.intern(from),
    };
    let support = match optional_text(data, "role")? {
        None | Some("lead") => false,
        Some("support") => true,
        Some(_) => return Err(mistyped("role", "is neither lead nor support")),
    };
    Ok(Transfer { returned: step == "returned", from, to, to_is_known, support })
}

fn relation(data: &Data) -> Result<Relation, Problem> {
    Ok(match one_of(data, "relation", &["duplicate_of", "copy_of", "alias_of"])? {
        "duplicate_of" => Relation::DuplicateOf,
        "copy_of" => Relation::CopyOf,
        _ => Relation::AliasOf,
    })
}

fn rating(data: &Data, gate: &Gate<'_>, flags: &mut Vec<Flag>) -> Result<Rating, Problem> {
    let score_milli = milli(data, "score")?.ok_or_else(|| missing("score"))?;
    // A score without its scale is on the city's own, or on the smallest usual one that holds it.
    let own = gate.city.lists.satisfaction.iter().map(|level| level.score_milli).max();
    let usual = || SCALES_MILLI.into_iter().find(|scale| score_milli <= *scale).unwrap_or(score_milli);
    let scale_milli = milli(data, "scale")?.or(own).unwrap_or_else(usual);
    if scale_milli <= 0 || !(0..=scale_milli).contains(&score_milli) {
        return Err(mistyped("score", "does not lie within its scale"));
    }
    let answers = criteria(data, scale_milli, gate, flags)?;
    let mut code = |name: &str, dimension: Dimension| -> Result<Sym, Problem> {
        let code = optional_code(data, name)?;
        Ok(code.map_or(Sym::NONE, |code| gate.code(dimension, code, flags).0))
    };
    Ok(Rating {
        score_milli: gate.city.on_own_scale(score_milli, scale_milli),
        satisfied: gate.city.is_satisfied(score_milli, scale_milli),
        unit: code("unit", Dimension::Agency)?,
        stage: code("stage", Dimension::Stage)?,
        // Ratings come in where reports do not, at a kiosk of the desk: the list is another.
        channel: code("channel", Dimension::RatingChannel)?,
        officer: officer(data).map(Into::into),
        id: optional_code(data, "rating_id")?.map(Into::into),
        answers,
    })
}

/// The code of an officer, who may be named by it or by an object that holds it.
fn officer(data: &Data) -> Option<&str> {
    let officer = data.get("officer")?;
    officer.as_str().or_else(|| officer.get("code")?.as_str()).filter(|code| !code.is_empty())
}

/// What a rating says of single criteria, on the scale of the whole. A criterion
/// that the city did not ask on that day is kept and flagged.
fn criteria(
    data: &Data,
    scale_milli: i64,
    gate: &Gate<'_>,
    flags: &mut Vec<Flag>,
) -> Result<Box<[CriterionAnswer]>, Problem> {
    let Some(said) = optional_object(data, "criteria")? else { return Ok(Box::default()) };
    let lists = &gate.city.lists;
    let day = gate.time.to_jiff().to_zoned(gate.city.zone.clone()).date();
    let mut answers = Vec::with_capacity(said.len());
    for code in said.keys() {
        let read = milli(said, code).map_err(|_| mistyped("criteria", "holds a score that is no number"))?;
        let Some(score_milli) = read else { continue };
        if code.is_empty() || !(0..=scale_milli).contains(&score_milli) {
            return Err(mistyped("criteria", "holds a score without a code or outside its scale"));
        }
        if !lists.criteria.is_empty() && !lists.criteria_on(day).any(|asked| asked.code == *code) {
            flags.push(Flag::UnknownCode(Dimension::Criterion));
        }
        answers.push(CriterionAnswer {
            criterion: gate.symbols.intern(code),
            score_milli: gate.city.on_own_scale(score_milli, scale_milli),
            satisfied: gate.city.is_satisfied(score_milli, scale_milli),
        });
    }
    flags.dedup();
    Ok(answers.into())
}

fn counter(data: &Data, gate: &Gate<'_>, flags: &mut Vec<Flag>) -> Result<Counter, Problem> {
    let unit = optional_code(data, "unit")?.ok_or_else(|| missing("unit"))?;
    Ok(Counter {
        unit: gate.code(Dimension::Agency, unit, flags).0,
        counter: optional_code(data, "counter")?.unwrap_or_default().into(),
        waiting: whole(data, "waiting")?.ok_or_else(|| missing("waiting"))?,
        serving: whole(data, "serving")?.ok_or_else(|| missing("serving"))?,
        issued_today: whole(data, "issued_today")?.ok_or_else(|| missing("issued_today"))?,
        oldest_wait_secs: whole(data, "oldest_wait_secs")?,
        called: whole(data, "called")?,
    })
}

/// A whole number that may be left out, not below zero.
fn whole(data: &Data, name: &str) -> Result<Option<u32>, Problem> {
    let Some(value) = data.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number.map(Some).ok_or_else(|| mistyped(name, "is not a whole number from 0 on"))
}

/// The usual scales of ratings, in thousandths.
const SCALES_MILLI: [i64; 4] = [3_000, 5_000, 10_000, 100_000];

/// A number that may be left out, in thousandths.
fn milli(data: &Data, name: &str) -> Result<Option<i64>, Problem> {
    let Some(value) = data.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let number = value.as_f64().filter(|number| number.is_finite() && number.abs() < 1e9);
    #[allow(clippy::cast_possible_truncation)] // Bounded above.
    let milli = number.map(|number| (number * 1000.0).round() as i64);
    milli.map(Some).ok_or_else(|| mistyped(name, "is not a number"))
}

impl Gate<'_> {
    /// A step of the contract, or one that the city's regulations declare.
    fn step<'d>(&self, data: &'d Data, list: &[&str]) -> Result<&'d str, Problem> {
        let step = text(data, "step")?;
        if self.city.regulations.knows_step(step) { Ok(step) } else { one_of(data, "step", list) }
    }

    pub(super) fn code(&self, dimension: Dimension, code: &str, flags: &mut Vec<Flag>) -> (Sym, bool) {
        let known = self.city.catalogue.knows(dimension, code);
        if !known {
            flags.push(Flag::UnknownCode(dimension));
        }
        (self.symbols.intern(code), known)
    }
}
