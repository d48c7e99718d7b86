//! The shapes of alarms: what needs a person now, on what evidence, and what was done about it.

use domain::alarm::{AlarmKind, Priority, SHELVED_MINUTES_MAX};
use utoipa::openapi::schema::{AdditionalProperties, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use super::super::parts::{boolean, instant, integer, one_of, or_null, string};
use super::directives::{body, request};
use super::{answer, made, many, object, reference};

const STATUSES: [&str; 4] = ["unacknowledged", "acknowledged", "shelved", "cleared"];

fn maybe(shape: ObjectBuilder) -> RefOr<Schema> {
    made(shape.schema_type(SchemaType::from_iter([Type::Object, Type::Null])))
}

pub(super) fn alarms() -> ObjectBuilder {
    let flood = object(
        "More alarms than a person can take in; null where there are not.",
        [
            ("alarms", made(integer("How many, each with `in_flood`."))),
            ("high", made(integer("How many of them are high."))),
            ("since", made(instant("Since when."))),
        ],
    );
    let rate = object(
        "How often people are called.",
        [
            ("window_secs", made(integer("Over how many seconds."))),
            ("raised", made(integer("How many were raised in them."))),
            ("acted_on", made(integer("How many of these somebody acknowledged or shelved."))),
            ("unactionable", made(integer("How many of these were over before anybody did anything."))),
            ("raised_day", made(integer("How many were raised in the last day."))),
        ],
    );
    answer(
        "Alarms, those first that nobody has acknowledged, the most pressing first.",
        [
            ("total", made(integer("How many match in all."))),
            ("unacknowledged", made(integer("How many stand that nobody has acknowledged."))),
            ("acknowledged", made(integer("How many stand acknowledged."))),
            ("shelved", made(integer("How many are shelved."))),
            ("flood", maybe(flood)),
            ("rate", made(rate)),
            ("alarms", many(reference("Alarm"), "The first of them.")),
        ],
    )
}

pub(super) fn alarm() -> ObjectBuilder {
    let act = |description: &str| {
        object(
            description,
            [
                ("at", made(instant("When."))),
                ("by", made(string("By whom: `administrator`, until accounts exist."))),
                ("text", made(string("In which words; may be empty."))),
                ("until", made(or_null(instant("Of a shelving: until when.")))),
            ],
        )
    };
    let query = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .additional_properties(Some(AdditionalProperties::RefOr(made(string("")))))
        .description(Some("Of a surge: the parameters of that number's receipt."));
    object(
        "What needs a person now, with its evidence.",
        [
            (
                "alarm",
                made(string(
                    "Its name, made of what it is about and since when: every server gives it the same.",
                )),
            ),
            ("kind", made(one_of("What is the matter.", AlarmKind::ALL.map(AlarmKind::name)))),
            ("priority", made(one_of("How soon somebody must act.", Priority::ALL.map(Priority::name)))),
            ("status", made(one_of("Where it stands.", STATUSES))),
            ("since", made(instant("Since when."))),
            ("cleared_at", made(or_null(instant("When it was over by itself.")))),
            ("in_flood", made(boolean("Whether it is one of a flood."))),
            ("case", made(or_null(string("The case.")))),
            ("agency", made(or_null(string("Who holds the case.")))),
            ("due", made(or_null(instant("The last instant in time.")))),
            ("rule", made(or_null(string("The rule whose limit ran out.")))),
            ("clause", made(or_null(string("Where that stands.")))),
            ("action", made(or_null(string("What that sets off.")))),
            ("count", made(or_null(integer("Of a surge: how many came in since the day began.")))),
            (
                "usual_max",
                made(or_null(integer(
                    "Of a surge: the most as long on this weekday in the last eight weeks.",
                ))),
            ),
            ("query", made(query)),
            ("source", made(or_null(string("The source.")))),
            ("heard", made(or_null(instant("Up to where the source had sent everything.")))),
            ("acknowledged", maybe(act("The first acknowledgement."))),
            ("shelved", maybe(act("The shelving that holds."))),
        ],
    )
}

pub(super) fn acknowledge_wish() -> ObjectBuilder {
    let text = ("text", made(or_null(string("What is done about it."))));
    body("An acknowledgement.", &["request"], vec![request(), text])
}

pub(super) fn shelve_wish() -> ObjectBuilder {
    let minutes = integer("For how long, in minutes of the city's clock.");
    let members = vec![
        request(),
        ("minutes", made(minutes.minimum(Some(1)).maximum(Some(SHELVED_MINUTES_MAX)))),
        ("reason", made(string("Why.").min_length(Some(1)))),
    ];
    body("A shelving.", &["request", "minutes", "reason"], members)
}
