//! From an event's words to facts: `interfaces.md` section 3, "the words of regulations in events".
//!
//! Lenient on purpose: a step or a flag that the product has never heard of may be one that a rule
//! file declares. What no rule asks about falls away later.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::facts::{Fact, What};
use crate::time::Timestamp;

/// Members of `data` that are no flags, attributes or instants of the case.
const NOT_FACTS: [&str; 7] =
    ["city", "kind", "content", "reporter", "applicant", "attachments", "incident_location"];

/// The facts that an event brings. `kind` is its type without `vn.toancanh.`, `tie` its source and
/// id. Events that say nothing of clocks bring none.
#[must_use]
pub fn facts_of(kind: &str, time: Timestamp, tie: &Arc<str>, data: &Map<String, Json>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |what: What| facts.push(Fact { at: time, tie: tie.clone(), what });
    let text = |key: &str| data.get(key).and_then(Json::as_str);
    let truth = |key: &str| data.get(key).and_then(Json::as_bool) == Some(true);
    let step = |name: &str, done_at: Option<Timestamp>| What::Step {
        name: name.into(),
        done_at,
        evidence: evidence(data),
    };
    match kind {
        "case.received" => {
            attributes(data, &mut add);
            if text("kind") == Some("dossier") {
                add(What::Flag { name: "dossier".into(), holds: Some(true) });
            }
            add(step("received", None));
        }
        "case.amended" => attributes(data, &mut add),
        "case.transferred" | "case.step" => {
            // A unit that only supports does not hold the case: its receipt starts nothing.
            if let Some(name) = text("step")
                && text("role") != Some("support")
            {
                add(step(name, None));
            }
        }
        "case.committed" => {
            if let (Some(commitment), Some(until)) = (text("commitment"), instant(data.get("until"))) {
                add(What::Committed { commitment: commitment.into(), until, evidence: evidence(data) });
            }
        }
        "case.suspended" => add(What::Suspended),
        "case.resumed" => add(What::Resumed),
        "case.linked" => add(match text("relation") {
            Some("duplicate_of") => What::Flag { name: "duplicate".into(), holds: Some(true) },
            _ => What::Copied,
        }),
        "case.resolved" => {
            let done_at = instant(data.get("handled_at"));
            add(step("resolved", done_at));
            add(step("result_recorded", done_at));
            if truth("answered") {
                add(step("responded_to_reporter", done_at));
            }
            if truth("fixed") {
                add(step("repaired", done_at));
            }
        }
        "case.closed" | "case.reopened" | "case.refused" | "case.cancelled" => {
            add(step(kind.trim_start_matches("case."), None));
        }
        "case.noticed" => {
            if let Some(notice) = text("notice") {
                add(step(&format!("{notice}_notice_sent"), None));
            }
        }
        _ => {}
    }
    facts
}

fn attributes(data: &Map<String, Json>, add: &mut impl FnMut(What)) {
    for (key, value) in data {
        if NOT_FACTS.contains(&key.as_str()) {
            continue;
        }
        let name: Arc<str> = match key.as_str() {
            "content_group" => "group".into(),
            "is_infrastructure_incident" => "incident".into(),
            "field_check_done" => "field_check".into(),
            other => other.into(),
        };
        match value {
            Json::Bool(holds) => add(What::Flag { name, holds: Some(*holds) }),
            Json::Number(number) => {
                add(What::Attribute { name, value: Some(number.to_string().into()) });
            }
            Json::String(text) => {
                if let Some(at) = instant(Some(value)) {
                    add(What::Instant { name: name.clone(), instant: Some(at) });
                }
                add(What::Attribute { name, value: Some(text.as_str().into()) });
            }
            // No longer stated, whatever it was.
            Json::Null => {
                add(What::Flag { name: name.clone(), holds: None });
                add(What::Instant { name: name.clone(), instant: None });
                add(What::Attribute { name, value: None });
            }
            Json::Array(_) | Json::Object(_) => {}
        }
    }
}

/// What came with an event: the parts of `evidence` by name, and the members that are not empty. An
/// attachment whose media type is one of images is an `image` besides.
fn evidence(data: &Map<String, Json>) -> Box<[Arc<str>]> {
    let mut names: Vec<Arc<str>> = Vec::new();
    let mut part = |value: &Json| match value {
        Json::String(text) => names.push(text.as_str().into()),
        Json::Object(object) => {
            let named = ["kind", "type", "name"].into_iter().find_map(|key| object.get(key)?.as_str());
            match named {
                Some(name) => names.push(name.into()),
                None => names.extend(object.keys().map(|key| Arc::from(key.as_str()))),
            }
            if is_image(object) {
                names.push("image".into());
            }
        }
        _ => {}
    };
    match data.get("evidence") {
        Some(Json::Array(parts)) => parts.iter().for_each(&mut part),
        Some(other) => part(other),
        None => {}
    }
    for (key, value) in data {
        let empty = match value {
            Json::Null => true,
            Json::String(text) => text.trim().is_empty(),
            Json::Array(parts) => parts.is_empty(),
            Json::Object(parts) => parts.is_empty(),
            Json::Bool(holds) => !holds,
            Json::Number(_) => false,
        };
        if empty {
            continue;
        }
        if key == "reason" {
            names.push("reason".into());
        }
        names.push(match key.as_str() {
            "reason" => "return_reason".into(),
            "scene_images" => "scene_image".into(),
            "progress_evidence" => "proof_image".into(),
            "images" => "image".into(),
            "commitment" => value.as_str().unwrap_or(key).into(),
            other => other.into(),
        });
    }
    names.sort_unstable();
    names.dedup();
    names.into()
}

fn is_image(attachment: &Map<String, Json>) -> bool {
    let media_type = attachment.get("media_type").and_then(Json::as_str);
    media_type.is_some_and(|media_type| media_type.starts_with("image/"))
}

fn instant(value: Option<&Json>) -> Option<Timestamp> {
    let text = value?.as_str()?;
    // The shortest RFC 3339 time is longer than any code that could be taken for one.
    (text.len() >= 20).then(|| text.parse().ok()).flatten()
}
