//! Every kind of problem that an answer may hold.

use serde_json::Value as Json;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use super::parts::{integer, one_of, string};
use crate::gateway::problems::KINDS as OF_EVENTS;

/// The kinds of everything but sending events: slug, status, what it means.
pub(super) const KINDS: [(&str, u16, &str); 40] = [
    ("bad-parameter", 400, "A parameter, named in `parameter`, is unknown or cannot be used"),
    ("bad-request", 400, "The request cannot be read"),
    ("https-only", 400, "The port speaks HTTPS, and the request came over plain HTTP"),
    ("bad-message", 400, "A message on the live socket cannot be read"),
    ("unknown-subprotocol", 400, "None of the offered subprotocols of the live socket is known"),
    ("other-version", 400, "The page is of another version than the server, and must be loaded again"),
    ("unauthorized", 401, "The administrator's token is missing or wrong"),
    ("reads-on-loopback-only", 403, "Reads answer to callers on the server's own machine only"),
    ("other-origin", 403, "A page of another site asked for the live socket"),
    ("outside-scope", 403, "A filter lies outside what the caller may see"),
    ("not-found", 404, "There is no such path, or no such case"),
    ("method-not-allowed", 405, "The path does not take this method; `Allow` says which"),
    ("not-acceptable", 406, "The answer cannot be had in any of the forms in `Accept`"),
    ("request-timeout", 408, "The body stopped coming"),
    ("request-reused", 409, "The request's name stands for another act already"),
    ("alarm-refused", 409, "The alarm is over, or has as many acts as one takes"),
    ("directive-refused", 409, "The directive is closed, or has no answer that could be sent back"),
    ("shift-refused", 409, "The duty is over or full, nothing was handed over, or too many are on duty"),
    ("not-enrolled", 403, "The device is no enrolled screen, or was put out"),
    ("unknown-code", 404, "No display waits with this code"),
    ("held", 409, "Another tablet holds one of the walls"),
    ("not-held", 409, "The tablet does not hold one of the walls"),
    ("too-many-screens", 409, "As many screens are enrolled as there may be"),
    ("scenes-changed", 409, "The scenes were saved by somebody else meanwhile"),
    ("scenes-refused", 422, "The scenes break a rule; `parameter` names the first panel and field at fault"),
    ("too-many-codes", 429, "Too many codes were asked for, or too many displays wait"),
    ("too-soon", 429, "A wall brings pictures of itself faster than it may"),
    ("too-many-lookups", 429, "An address looks up cases too fast"),
    ("clock-refused", 409, "The clock is the system's, or would go back"),
    ("body-too-large", 413, "The body is larger than the call takes"),
    ("unsupported-type", 415, "The content type is none that the call reads"),
    ("unparsable-body", 400, "The body is not what its content type says"),
    ("internal", 500, "The server made a mistake; its log says which"),
    ("rebuilding", 503, "The log is being read again after a start; no number may be shown yet"),
    ("busy", 503, "More questions wait than the server takes"),
    ("too-many-topics", 503, "Too many different questions are followed on live sockets"),
    ("too-many-sockets", 503, "As many live sockets are open as the server holds"),
    ("unavailable", 503, "The server cannot answer this now"),
    ("log-stopped", 503, "The log has stopped taking events"),
    ("core-stopped", 503, "The thread that keeps the numbers has ended"),
];

/// All kinds, each slug once, ascending.
pub(super) fn all() -> Vec<(&'static str, u16, &'static str)> {
    let mut kinds: Vec<_> = KINDS.into_iter().chain(OF_EVENTS).collect();
    kinds.sort_unstable();
    kinds.dedup_by_key(|(slug, ..)| *slug);
    kinds
}

/// The schema of a problem, with the meaning of every kind.
pub(super) fn schema() -> RefOr<Schema> {
    let kinds: Vec<String> = all().iter().map(|(slug, ..)| format!("urn:toancanh:problem:{slug}")).collect();
    let listed: Vec<String> =
        all().iter().map(|(slug, status, meaning)| format!("- `{slug}` ({status}): {meaning}.")).collect();
    let description = format!("RFC 9457 problem details. `type` is one of:\n\n{}", listed.join("\n"));
    ObjectBuilder::new()
        .description(Some(description))
        .property("type", one_of("Which kind.", kinds.iter().map(String::as_str)))
        .property("title", string("The same sentence for every problem of the kind."))
        .property("status", integer("The HTTP status."))
        .property("detail", string("What is wrong this time, where, and what to do."))
        .property("parameter", string("The parameter or attribute at fault, where there is one."))
        .required("type")
        .required("title")
        .required("status")
        .required("detail")
        .examples([Json::from_iter([
            ("type", Json::from("urn:toancanh:problem:bad-parameter")),
            ("title", Json::from("A parameter cannot be used")),
            ("status", Json::from(400)),
            ("detail", Json::from("metric: \"opne\" is not known")),
            ("parameter", Json::from("metric")),
        ])])
        .build()
        .into()
}
