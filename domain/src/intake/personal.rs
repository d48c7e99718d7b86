//! What is personal in an event is taken out before the log sees it: the members that say so by their names, whatever
//! stands in attributes that nobody has agreed on, and in free text what repeats a person or reads as a number or an
//! address by which somebody is reached. The text stays, with the place marked; what was taken is put back by its path.

use serde_json::{Map, Value as Json};

use super::TYPE_PREFIX;
use super::free_text::{Known, MARK};

/// The members of `data` that hold personal data, wherever in it they stand.
pub const PERSONAL_MEMBERS: [&str; 24] = [
    "reporter",
    "applicant",
    "rater",
    "full_name",
    "phone",
    "phone_number",
    "reporter_phone",
    "reporter_name",
    "email",
    "id_number",
    "identity_number",
    "national_id",
    "date_of_birth",
    "recording_url",
    "citizen_name",
    "citizen_phone",
    "contact_name",
    "contact_phone",
    "caller",
    "caller_name",
    "caller_phone",
    "mobile",
    "mobile_phone",
    "passport_number",
];

/// Where a notice went, which is somebody's number or address: never kept in the clear.
const NOTICE_MEMBERS: [&str; 3] = ["number", "recipient", "address"];

/// The attributes of a CloudEvent's envelope that say nothing of a person: those of the specification, of its
/// extension for distributed tracing, and the product's own. What else is sent is kept sealed.
const KNOWN_ATTRIBUTES: [&str; 11] = [
    "specversion",
    "id",
    "source",
    "type",
    "time",
    "subject",
    "data",
    "datacontenttype",
    "dataschema",
    "traceparent",
    "tracestate",
];

/// The members of `data` that are codes, times and places for the fold: read as they are, never as text.
const CODE_MEMBERS: [&str; 55] = [
    "kind",
    "city",
    "channel",
    "rating_channel",
    "submission_mode",
    "submission_source",
    "field",
    "content_group",
    "report_kind",
    "severity",
    "area_code",
    "first_receiving_unit",
    "agency",
    "procedure",
    "district",
    "ward",
    "stage",
    "step",
    "from",
    "to",
    "role",
    "unit",
    "officer",
    "officers",
    "officer_code",
    "handling_officer",
    "processing_officer",
    "to_person",
    "commitment",
    "until",
    "relation",
    "case",
    "notice",
    "status",
    "handling_unit",
    "handled_at",
    "due_at",
    "promised_return_at",
    "reported_at",
    "received_at",
    "watermark",
    "counter",
    "memo",
    "rule",
    "action",
    "at",
    "since",
    "digest",
    "media_type",
    "code",
    "rating_id",
    "point",
    "lat",
    "lng",
    "scale",
];

/// What the product itself writes of people's acts.
const OF_WORDS: [&str; 4] = ["directive.", "alarm.", "shift.", "scenes."];
/// Where their words stand in it.
const WORDS: [&str; 2] = ["text", "reason"];

/// An attribute of the envelope, in the path of what was taken.
const OF_ENVELOPE: char = '@';

/// Takes out what is personal; each is named by its path in `data` (`reporter`, `officer/phone`, and `content` where a
/// text had something in it), or by `@` and its name where it was an attribute of the envelope.
pub fn take_personal(envelope: &mut Json) -> Map<String, Json> {
    let mut taken = take_data(envelope);
    if let Some(members) = envelope.as_object_mut() {
        let is_ours = |name: &str| KNOWN_ATTRIBUTES.contains(&name) || name == super::BOUND_TO;
        let others: Vec<String> = members.keys().filter(|name| !is_ours(name)).cloned().collect();
        for name in others {
            if let Some(value) = members.remove(&name) {
                taken.insert(format!("{OF_ENVELOPE}{name}"), value);
            }
        }
    }
    taken
}

/// Whether there is anything personal in an event's data: an attribute of the envelope is no part of what it says.
#[must_use]
pub fn has_personal_data(envelope: &Json) -> bool {
    !take_data(&mut envelope.clone()).is_empty()
}

/// Whether what was taken under this path is part of what the event says.
#[must_use]
pub fn is_of_data(path: &str) -> bool {
    !path.starts_with(OF_ENVELOPE)
}

fn take_data(envelope: &mut Json) -> Map<String, Json> {
    let mut taken = Map::new();
    let kind = envelope.get("type").and_then(Json::as_str).and_then(|kind| kind.strip_prefix(TYPE_PREFIX));
    let is_notice = kind == Some("case.noticed");
    let is_own = kind.is_some_and(|kind| OF_WORDS.iter().any(|prefix| kind.starts_with(prefix)));
    if let Some(data) = envelope.get_mut("data") {
        take_from(data, "", is_notice, &mut taken);
        let known = Known::of(&taken);
        // What the product itself writes of people's acts are codes, digests and instants, but for the officer's words.
        if is_own {
            for name in WORDS {
                if let Some(text) = data.get_mut(name) {
                    mark(text, &format!("/{name}"), &known, &mut taken);
                }
            }
        } else {
            mark(data, "", &known, &mut taken);
        }
    }
    taken
}

/// Puts back what [`take_personal`] took, by its paths.
pub fn put_personal_back(envelope: &mut Json, taken: Map<String, Json>) {
    for (path, value) in taken {
        if let Some(name) = path.strip_prefix(OF_ENVELOPE) {
            if let Json::Object(members) = &mut *envelope {
                members.insert(name.to_owned(), value);
            }
            continue;
        }
        let Some(data) = envelope.get_mut("data") else { continue };
        let (way, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let inner = way.split('/').filter(|step| !step.is_empty()).try_fold(&mut *data, |json, step| {
            let place = step.parse::<usize>();
            match json {
                Json::Array(items) => items.get_mut(place.ok()?),
                json => json.get_mut(step),
            }
        });
        match inner {
            Some(Json::Object(members)) => drop(members.insert(name.to_owned(), value)),
            Some(Json::Array(items)) => {
                if let Some(item) = name.parse().ok().and_then(|place: usize| items.get_mut(place)) {
                    *item = value;
                }
            }
            _ => {}
        }
    }
}

fn take_from(json: &mut Json, path: &str, is_notice: bool, taken: &mut Map<String, Json>) {
    match json {
        Json::Object(members) => {
            let is_personal = |name: &str| {
                PERSONAL_MEMBERS.contains(&name)
                    || (is_notice && path.is_empty() && NOTICE_MEMBERS.contains(&name))
            };
            let names: Vec<String> = members.keys().filter(|name| is_personal(name)).cloned().collect();
            for name in names {
                if let Some(value) = members.remove(&name).filter(|value| !value.is_null()) {
                    taken.insert(format!("{path}{name}"), value);
                }
            }
            for (name, inner) in members.iter_mut() {
                take_from(inner, &format!("{path}{name}/"), is_notice, taken);
            }
        }
        Json::Array(items) => {
            for (place, item) in items.iter_mut().enumerate() {
                take_from(item, &format!("{path}{place}/"), is_notice, taken);
            }
        }
        _ => {}
    }
}

/// Marks the places in free text; the whole text is taken, to be put back as it was.
fn mark(json: &mut Json, path: &str, known: &Known, taken: &mut Map<String, Json>) {
    match json {
        Json::Object(members) => {
            for (name, inner) in members.iter_mut().filter(|(name, _)| !CODE_MEMBERS.contains(&name.as_str()))
            {
                mark(inner, &format!("{path}/{name}"), known, taken);
            }
        }
        Json::Array(items) => {
            for (place, item) in items.iter_mut().enumerate() {
                mark(item, &format!("{path}/{place}"), known, taken);
            }
        }
        Json::String(text) => {
            if let Some(marked) = known.marked(text) {
                let whole = std::mem::replace(text, marked);
                taken.insert(path.trim_start_matches('/').to_owned(), Json::String(whole));
            }
        }
        Json::Number(number) if known.is_number(&number.to_string()) => {
            let whole = std::mem::replace(json, Json::String(MARK.to_owned()));
            taken.insert(path.trim_start_matches('/').to_owned(), whole);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(kind: &str, data: Json, left: Json, taken: &[&str]) {
        let whole = json!({ "type": format!("{TYPE_PREFIX}{kind}"), "data": data });
        let mut envelope = whole.clone();
        let personal = take_personal(&mut envelope);
        assert_eq!(envelope["data"], left);
        assert_eq!(personal.keys().collect::<Vec<_>>(), taken);
        put_personal_back(&mut envelope, personal);
        assert_eq!(envelope, whole, "it is put back");
    }

    #[test]
    fn personal_data_are_taken_out_wherever_they_stand() {
        let kept = json!({"agency": "A"});
        check("case.received", json!({"agency": "A", "reporter": {"phone": "1"}}), kept, &["reporter"]);
        check(
            "case.step",
            json!({"officer": {"code": "7", "full_name": "x", "phone": "1"}}),
            json!({"officer": {"code": "7"}}),
            &["officer/full_name", "officer/phone"],
        );
        check("case.rated", json!({"score": 5, "rater": "x"}), json!({"score": 5}), &["rater"]);
        check(
            "case.noticed",
            json!({"status": "sent", "number": "1"}),
            json!({"status": "sent"}),
            &["number"],
        );
        check("counter.reported", json!({"number": 7}), json!({"number": 7}), &[]);
        check("case.received", json!({"list": [{"email": "a"}]}), json!({"list": [{}]}), &["list/0/email"]);
    }

    #[test]
    fn free_text_is_kept_without_the_person_and_put_back_whole() {
        let reporter = json!({"full_name": "Nguyễn Thị Bích", "phone": "+84 90 123 45 67"});
        check(
            "case.received",
            json!({
                "reporter": reporter, "content": "Tôi là NGUYỄN THỊ BÍCH, gọi 0901.234.567 nhé",
                "notes": ["bich@example.vn", {"x": 901_234_567}], "agency": "0901234567", "field": "Nguyễn Thị Bích",
            }),
            json!({
                "content": "Tôi là ***, gọi *** nhé", "notes": ["***", {"x": "***"}], "agency": "0901234567",
                "field": "Nguyễn Thị Bích",
            }),
            &["content", "notes/0", "notes/1/x", "reporter"],
        );
        check("case.closed", json!({"reason": "gọi 0281234567"}), json!({"reason": "gọi 0281234567"}), &[]);
        check("case.closed", json!({"reason": "gọi 02812345678"}), json!({"reason": "gọi ***"}), &["reason"]);
    }

    #[test]
    fn attributes_that_nobody_agreed_on_are_taken_whole_and_say_nothing() {
        let whole =
            json!({"id": "1", "traceparent": "00-1", "boundto": "u", "citizenphone": "1", "data": {"a": 1}});
        let mut envelope = whole.clone();
        assert!(!has_personal_data(&envelope));
        let taken = take_personal(&mut envelope);
        assert_eq!(envelope, json!({"id": "1", "traceparent": "00-1", "boundto": "u", "data": {"a": 1}}));
        assert!(taken.keys().eq(["@citizenphone"]) && !taken.keys().any(|path| is_of_data(path)));
        put_personal_back(&mut envelope, taken);
        assert_eq!(envelope, whole);
    }
}
