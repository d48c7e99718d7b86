//! The shapes of directives: what is asked of an agency, on what evidence, and what became of it.

use domain::directive::{DirectiveKind, DirectiveStatus, TEXT_CHARS_MAX};
use utoipa::openapi::schema::{AdditionalProperties, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use super::super::parts::{boolean, instant, integer, one_of, or_null, string};
use super::{answer, cell, made, many, object, reference};

pub(super) fn directives() -> ObjectBuilder {
    answer(
        "Directives, those first that wait for an answer.",
        [
            ("total", made(integer("How many match in all."))),
            ("directives", many(reference("Directive"), "The first of them.")),
        ],
    )
}

pub(super) fn directive() -> ObjectBuilder {
    let steps = object(
        "An answer or a decision.",
        [
            ("step", made(one_of("What.", ["answered", "closed", "sent_back"]))),
            ("at", made(instant("When."))),
            ("by", made(string("By whom."))),
            ("text", made(string("In which words."))),
            ("due", made(or_null(instant("Of a sending back: by when the next answer is due.")))),
            (
                "applied",
                made(boolean("Whether it counted: after the end, or to an earlier round, it does not.")),
            ),
        ],
    );
    object(
        "What leadership asked of an agency, and what became of it.",
        [
            ("directive", made(string("Its name."))),
            ("kind", made(one_of("What is asked.", DirectiveKind::ALL.map(DirectiveKind::name)))),
            ("status", made(one_of("Where it stands.", DirectiveStatus::ALL.map(DirectiveStatus::name)))),
            ("to", made(string("Which agency."))),
            ("text", made(string("In which words."))),
            ("by", made(string("Who sent it: `administrator`, until accounts exist."))),
            ("issued_at", made(instant("When."))),
            ("due", made(instant("The last instant at which the answer is in time."))),
            ("round", made(integer("How often it was sent back."))),
            ("answered_at", made(or_null(instant("When the present round was answered first.")))),
            ("was_late", made(boolean("Whether a round was answered after its limit, or waits beyond it."))),
            ("evidence", made(evidence())),
            ("steps", many(steps.build(), "What was said since, in its order.")),
        ],
    )
}

/// A number's receipt as it stood at an instant.
pub(super) fn number_then(description: &str) -> ObjectBuilder {
    let query = ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::RefOr(made(string("")))))
        .description(Some("The number's question, in REST parameters."));
    object(
        description,
        [
            ("metric", made(string("Which metric."))),
            ("query", made(query)),
            ("value", cell()),
            ("cases", made(integer("How many cases were behind it."))),
            ("digest", made(string("SHA-256 of their sorted codes joined by line feeds."))),
        ],
    )
}

fn evidence() -> ObjectBuilder {
    let maybe = |shape: ObjectBuilder| {
        use utoipa::openapi::schema::SchemaType;
        shape.schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
    };
    let number =
        number_then("A number's receipt as it stood then; null where the directive is about a case.");
    let case = object(
        "The case as it stood then; null where the directive is about a number.",
        [
            ("case", made(string("Its code."))),
            ("status", made(string("Its state."))),
            ("agency", made(or_null(string("Who held it.")))),
            ("timeliness", made(or_null(string("Where it stood in its limit.")))),
            ("due", made(or_null(instant("Its governing due instant.")))),
            ("rule", made(or_null(string("The rule that set it.")))),
        ],
    );
    object(
        "What it rests on, frozen when it was issued.",
        [
            ("seq", made(string("Every event up to here was in."))),
            ("at", made(instant("The instant that it stood at."))),
            ("number", made(maybe(number))),
            ("case", made(maybe(case))),
        ],
    )
}

/// A body with no other members.
pub(super) fn body(
    description: &str,
    required: &[&str],
    members: Vec<(&str, RefOr<Schema>)>,
) -> ObjectBuilder {
    let mut body = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(description))
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    for (name, schema) in members {
        body = body.property(name, schema);
    }
    required.iter().fold(body, |body, name| body.required(*name))
}

pub(super) fn request() -> (&'static str, RefOr<Schema>) {
    let description = "The caller's own name for this act: sent again under it, nothing is done twice.";
    ("request", made(string(description).pattern(Some("^[A-Za-z0-9_-]{8,64}$"))))
}

fn words() -> (&'static str, RefOr<Schema>) {
    ("text", made(string("In which words.").min_length(Some(1)).max_length(Some(TEXT_CHARS_MAX))))
}

fn limits() -> [(&'static str, RefOr<Schema>); 2] {
    let days = integer("How long, in working days on the city's calendar; or else `due`.");
    [
        ("working_days", made(or_null(days.minimum(Some(1)).maximum(Some(60))))),
        ("due", made(or_null(string("By when, within the year ahead: RFC 3339 with an offset, or a date.")))),
    ]
}

pub(super) fn wish() -> ObjectBuilder {
    let query = ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::RefOr(made(string("")))))
        .description(Some("About which number: the parameters of its receipt."));
    let members = [
        request(),
        ("kind", made(one_of("What is asked.", DirectiveKind::ALL.map(DirectiveKind::name)))),
        ("to", made(string("Which agency, by its code in the catalogue."))),
        words(),
        ("case", made(or_null(string("About which case; or else `query`.")))),
        ("query", made(query)),
    ];
    body(
        "A directive to be issued.",
        &["request", "kind", "to", "text"],
        members.into_iter().chain(limits()).collect(),
    )
}

pub(super) fn answer_wish() -> ObjectBuilder {
    body("An answer.", &["request", "text"], vec![request(), words()])
}

pub(super) fn decision_wish() -> ObjectBuilder {
    let outcome = ("outcome", made(one_of("What is decided.", ["closed", "sent_back"])));
    let members = [request(), outcome, words()].into_iter().chain(limits()).collect();
    body("A decision; a limit belongs to a sending back alone.", &["request", "outcome", "text"], members)
}
