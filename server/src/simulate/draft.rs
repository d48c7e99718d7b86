//! What is going to happen, small enough that a hundred thousand of it can wait; it becomes a
//! CloudEvent when its time has come.

use std::sync::Arc;

use domain::Timestamp;
use domain::geo::LatLng;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};

use super::model::Code;

/// What a case is, as long as it lives.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) code: Code,
    pub(super) source: Code,
    pub(super) city: Code,
    pub(super) field: Code,
    pub(super) ward: Option<Code>,
    pub(super) point: Option<LatLng>,
    /// Where, in words.
    pub(super) place: String,
    pub(super) kind: Kind,
}

/// What kind of case.
#[derive(Debug)]
pub(super) enum Kind {
    Report {
        channel: Code,
        group: u8,
        incident: bool,
        severity: &'static str,
        confidential: bool,
        portal: Code,
        /// What it is about, in words.
        about: String,
    },
    Dossier {
        procedure: Code,
        online: bool,
        agency: Code,
        due: Timestamp,
    },
}

/// One event of a case that waits for its time.
#[derive(Debug)]
pub(super) enum What {
    Received,
    /// A fact becomes known: a flag, or another severity.
    Amended(Amendment),
    Transferred {
        step: &'static str,
        from: Option<Code>,
        to: Code,
        support: bool,
        reason: Option<&'static str>,
        verification: Option<&'static str>,
    },
    Step {
        step: &'static str,
        unit: Option<Code>,
        officer: Option<u16>,
        evidence: bool,
    },
    Committed {
        commitment: &'static str,
        until: Timestamp,
    },
    Linked {
        relation: &'static str,
        to: Code,
    },
    Resolved(Box<Resolution>),
    Closed(&'static str),
    Reopened(&'static str),
    Refused(&'static str),
    Cancelled(&'static str),
    Noticed(&'static str),
    Rated(Box<Rating>),
}

/// A fact that becomes known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Amendment {
    Flag(&'static str),
    Severity(&'static str),
    /// The source moves the limit.
    DueAt(Timestamp),
}

/// A result.
#[derive(Debug)]
pub(super) struct Resolution {
    pub(super) result: &'static str,
    pub(super) unit: Code,
    pub(super) handled_at: Option<Timestamp>,
    pub(super) answered: bool,
    pub(super) fixed: bool,
    pub(super) images: bool,
}

/// An opinion.
#[derive(Debug)]
pub(super) struct Rating {
    pub(super) score: u8,
    pub(super) scale: u8,
    pub(super) criteria: Vec<(String, u8)>,
    pub(super) stage: Option<String>,
    pub(super) unit: Code,
    pub(super) officer: Option<u16>,
    pub(super) channel: String,
}

impl What {
    fn kind(&self) -> &'static str {
        match self {
            Self::Received => "case.received",
            Self::Amended(_) => "case.amended",
            Self::Transferred { .. } => "case.transferred",
            Self::Step { .. } => "case.step",
            Self::Committed { .. } => "case.committed",
            Self::Linked { .. } => "case.linked",
            Self::Resolved(_) => "case.resolved",
            Self::Closed(_) => "case.closed",
            Self::Reopened(_) => "case.reopened",
            Self::Refused(_) => "case.refused",
            Self::Cancelled(_) => "case.cancelled",
            Self::Noticed(_) => "case.noticed",
            Self::Rated(_) => "case.rated",
        }
    }

    fn data(&self, facts: &Facts, zone: &TimeZone) -> Map<String, Json> {
        match self {
            Self::Received => received(facts, zone),
            Self::Amended(Amendment::Flag(name)) => members([(name, Some(json!(true)))]),
            Self::Amended(Amendment::Severity(severity)) => members([("severity", Some(json!(severity)))]),
            Self::Amended(Amendment::DueAt(due)) => members([("due_at", Some(json!(due.to_rfc3339(zone))))]),
            Self::Transferred { step, from, to, support, reason, verification } => members([
                ("step", Some(json!(step))),
                ("from", from.as_deref().map(Json::from)),
                ("to", Some(json!(**to))),
                ("role", support.then(|| json!("support"))),
                ("reason", reason.map(Json::from)),
                ("verification", verification.map(Json::from)),
            ]),
            Self::Step { step, unit, officer, evidence } => members([
                ("step", Some(json!(step))),
                ("unit", unit.as_deref().map(Json::from)),
                ("officer", officer_code(unit.as_ref(), *officer)),
                ("evidence", evidence.then(|| json!(["image"]))),
            ]),
            Self::Committed { commitment, until } => members([
                ("commitment", Some(json!(commitment))),
                ("until", Some(json!(until.to_rfc3339(zone)))),
                ("evidence", Some(json!(["proof_image"]))),
            ]),
            Self::Linked { relation, to } => {
                members([("relation", Some(json!(relation))), ("case", Some(json!(**to)))])
            }
            Self::Resolved(resolution) => resolution.data(zone),
            Self::Closed(reason) | Self::Reopened(reason) | Self::Cancelled(reason) => {
                members([("reason", Some(json!(reason)))])
            }
            Self::Refused(reason) => members([
                ("reason", Some(json!(reason))),
                ("guidance", Some(json!("Gửi đến cơ quan có thẩm quyền tiếp nhận nội dung này."))),
            ]),
            Self::Noticed(notice) => {
                members([("notice", Some(json!(notice))), ("status", Some(json!("sent")))])
            }
            Self::Rated(rating) => rating.data(),
        }
    }
}

/// The event of a case, ready to be sent.
pub(super) fn event(facts: &Facts, number: u16, time: Timestamp, what: &What, zone: &TimeZone) -> Json {
    json!({
        "specversion": "1.0",
        "id": format!("{}/{number}", facts.code),
        "source": &*facts.source,
        "type": format!("vn.toancanh.{}", what.kind()),
        "time": time.to_rfc3339(zone),
        "subject": &*facts.code,
        "data": what.data(facts, zone),
    })
}

/// An event about no case.
pub(super) fn plain(
    source: &Arc<str>,
    id: &str,
    kind: &str,
    time: Timestamp,
    zone: &TimeZone,
    data: &Json,
) -> Json {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": &**source,
        "type": format!("vn.toancanh.{kind}"),
        "time": time.to_rfc3339(zone),
        "data": data,
    })
}

fn received(facts: &Facts, zone: &TimeZone) -> Map<String, Json> {
    let mut data = members([
        ("city", Some(json!(*facts.city))),
        ("field", Some(json!(*facts.field))),
        ("incident_location", location(facts)),
    ]);
    let more = match &facts.kind {
        Kind::Report { channel, group, incident, severity, confidential, portal, about } => members([
            ("kind", Some(json!("report"))),
            ("channel", Some(json!(**channel))),
            ("content_group", Some(json!(group))),
            ("severity", Some(json!(severity))),
            // True is what group 1 means anyway; elsewhere it says nothing.
            ("is_infrastructure_incident", (*group == 1).then(|| json!(incident))),
            ("confidentiality_requested", confidential.then(|| json!(true))),
            ("first_receiving_unit", Some(json!(**portal))),
            ("content", Some(json!(about))),
        ]),
        Kind::Dossier { procedure, online, agency, due } => members([
            ("kind", Some(json!("dossier"))),
            ("procedure", Some(json!(**procedure))),
            ("submission_mode", Some(json!(if *online { "online" } else { "in_person" }))),
            ("agency", Some(json!(**agency))),
            ("due_at", Some(json!(due.to_rfc3339(zone)))),
            ("promised_return_at", Some(json!(due.to_rfc3339(zone)))),
        ]),
    };
    data.extend(more);
    data
}

fn location(facts: &Facts) -> Option<Json> {
    let mut location = members([
        ("area_code", facts.ward.as_deref().map(Json::from)),
        ("point", facts.point.map(|point| json!({"lat": point.lat, "lng": point.lng}))),
    ]);
    if location.is_empty() {
        return None;
    }
    location.insert("address_text".to_owned(), json!(facts.place));
    Some(Json::Object(location))
}

impl Resolution {
    fn data(&self, zone: &TimeZone) -> Map<String, Json> {
        members([
            ("result", Some(json!(self.result))),
            ("handling_unit", Some(json!(*self.unit))),
            ("handled_at", self.handled_at.map(|at| json!(at.to_rfc3339(zone)))),
            ("answered", Some(json!(self.answered))),
            ("fixed", Some(json!(self.fixed))),
            ("scene_images", self.images.then(|| json!(1))),
        ])
    }
}

impl Rating {
    fn data(&self) -> Map<String, Json> {
        let criteria: Map<String, Json> =
            self.criteria.iter().map(|(code, score)| (code.clone(), json!(score))).collect();
        members([
            ("score", Some(json!(self.score))),
            ("scale", Some(json!(self.scale))),
            ("criteria", (!criteria.is_empty()).then_some(Json::Object(criteria))),
            ("stage", self.stage.as_deref().map(Json::from)),
            ("unit", Some(json!(*self.unit))),
            ("officer", officer_code(Some(&self.unit), self.officer)),
            ("channel", Some(json!(self.channel))),
        ])
    }
}

/// An officer by a number of the unit: nobody's name.
fn officer_code(unit: Option<&Code>, officer: Option<u16>) -> Option<Json> {
    Some(json!(format!("{}-cb{:02}", unit?, officer?)))
}

/// Those that there are, by name.
fn members<const N: usize>(list: [(&str, Option<Json>); N]) -> Map<String, Json> {
    list.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
