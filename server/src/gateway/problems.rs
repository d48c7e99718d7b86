//! The gateway's own problems. Those with one event's content are `domain::intake`'s. No problem
//! repeats a value: it may be personal.

use domain::problem::Problem;

/// Every kind of problem that sending an event can meet, with its status and what it means: for the
/// OpenAPI document. Those below 422 and 429 and 503 are of a whole request, the others of one event.
pub const KINDS: [(&str, u16, &str); 27] = [
    ("unparsable-body", 400, "The body is not what its content type says, or ended too early"),
    ("unknown-source", 401, "No source has this token"),
    ("signature-missing", 401, "The source must sign its requests, and this one is not signed"),
    ("signature-invalid", 401, "The signature cannot be read, covers too little, or does not verify"),
    ("signature-expired", 401, "The signature is older than the window or the server's start, or lies ahead"),
    ("signature-replayed", 401, "A request with this nonce came before within the window"),
    ("unknown-key", 401, "The signature's keyid is none of the source's keys"),
    ("revoked-key", 401, "The signature's key was revoked"),
    ("digest-mismatch", 401, "The body is not the one whose digest was signed"),
    ("no-right-to-city", 403, "The source is registered for another city"),
    ("body-too-large", 413, "The body has more than 16 MiB or more than 262,144 events"),
    ("unsupported-type", 415, "The content type is none of the four content modes"),
    ("too-many-requests", 429, "The source sends too fast, or the server has too much in hand"),
    ("not-durable", 503, "The log cannot take events now"),
    ("too-large", 422, "The event has more than 256 KiB"),
    ("unparsable-event", 422, "The line or element is not JSON"),
    ("missing-attribute", 422, "An attribute is missing or empty"),
    ("mistyped-attribute", 422, "An attribute has the wrong form"),
    ("unknown-type", 422, "The type is none of the event contract's"),
    ("reserved-type", 422, "Only the product itself makes events of this type"),
    ("wrong-city", 422, "The event is of another city"),
    ("time-out-of-range", 422, "The time lies before 1990 or more than 24 hours ahead"),
    ("wrong-source", 422, "The attribute source is not one under which this source may speak"),
    ("not-your-case", 422, "The case belongs to another source"),
    ("id-reused", 422, "An event of this source and id says something else"),
    ("lost", 503, "The request could not be finished"),
    ("upgrade-required", 426, "The address is a WebSocket's"),
];

/// A token that nobody has, or none.
#[must_use]
pub fn unknown_source() -> Problem {
    let detail = "Authorization: send `Bearer <token>` with the token that `toancanh source add` printed";
    Problem::new("unknown-source", 401, "Unknown source", detail).at("Authorization")
}

/// A source of another city.
#[must_use]
pub fn no_right_to_city() -> Problem {
    let detail = "the source of this token is registered for another city than the one this server serves";
    Problem::new("no-right-to-city", 403, "No right to this city", detail)
}

/// A content type that is none of the four modes.
#[must_use]
pub fn unsupported_type(header: &str) -> Problem {
    let detail = format!(
        "{header}: send application/cloudevents+json, application/cloudevents-batch+json, \
         application/x-ndjson, or application/json with ce- headers, not compressed"
    );
    Problem::new("unsupported-type", 415, "Unsupported content type", detail).at(header)
}

/// More than a body may hold.
#[must_use]
pub fn body_too_large() -> Problem {
    let detail = "a body holds at most 16 MiB and 262,144 events; nothing of it was taken: send it in parts";
    Problem::new("body-too-large", 413, "The body is too large", detail)
}

/// A body that is not what it says.
#[must_use]
pub fn unparsable_body(what: impl Into<String>) -> Problem {
    Problem::new("unparsable-body", 400, "The body cannot be parsed", what)
}

/// Too fast.
#[must_use]
pub fn too_many_requests(what: &str) -> Problem {
    let detail = format!("{what}; send the same events again after the time in Retry-After");
    Problem::new("too-many-requests", 429, "Too many requests", detail)
}

/// Something broke inside.
#[must_use]
pub fn lost() -> Problem {
    let detail = "the server could not finish this request; send the same events again under the same ids";
    Problem::new("lost", 503, "The request could not be finished", detail)
}

pub(super) fn too_large() -> Problem {
    let detail = "the event has more than 256 KiB; send large attachments as links";
    Problem::new("too-large", 422, "The event is too large", detail)
}

pub(super) fn unparsable_event(what: impl Into<String>) -> Problem {
    Problem::new("unparsable-event", 422, "The event cannot be parsed", what)
}

pub(super) fn id_reused() -> Problem {
    let detail = "id: an event of this source and id is in the log with other content; a correction is a new \
                  event with a new id";
    Problem::new("id-reused", 422, "The id was used before", detail).at("id")
}

pub(super) fn wrong_source() -> Problem {
    let detail = "source: must be the URI that this source was registered with, or begin with it";
    Problem::new("wrong-source", 422, "Not this source's to say", detail).at("source")
}

pub(super) fn too_many_names() -> Problem {
    let detail = "source: this city has events of 1,024 sources already and takes no further one but those registered \
                  with their URI; send under one of the names used before, or ask the administrator to register it";
    Problem::new("wrong-source", 422, "Not this source's to say", detail).at("source")
}

pub(super) fn not_your_case() -> Problem {
    let detail = "subject: another source reported this case, and this source may add events only to its own";
    Problem::new("not-your-case", 422, "Another source's case", detail).at("subject")
}

pub(super) fn reserved_type() -> Problem {
    let detail = "type: events of this type are made by the product itself";
    Problem::new("reserved-type", 422, "The type is reserved", detail).at("type")
}

pub(super) fn bad_attribute(name: &str, what: &str) -> Problem {
    let detail = format!("{name}: {what}");
    Problem::new("mistyped-attribute", 422, "An attribute has the wrong form", detail).at(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_of_the_gateway_is_in_the_list() {
        let made = [
            unknown_source(),
            no_right_to_city(),
            unsupported_type("Content-Type"),
            body_too_large(),
            unparsable_body(""),
            too_many_requests(""),
            lost(),
            too_large(),
            unparsable_event(""),
            id_reused(),
            wrong_source(),
            too_many_names(),
            not_your_case(),
            reserved_type(),
            bad_attribute("data", ""),
        ];
        for problem in made {
            let listed = KINDS.iter().find(|(slug, _, _)| *slug == problem.slug());
            assert_eq!(listed.map(|(_, status, _)| *status), Some(problem.status), "{}", problem.slug());
        }
    }
}
