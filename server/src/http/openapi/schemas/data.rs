//! The shapes of what is said of the sources and the data: how they stand, what is odd, what limits set
//! off and what moves them.

use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::schema::Type;

use super::super::parts::{boolean, instant, integer, one_of, or_null, reference, string};
use super::{answer, codes, made, many, object};

pub(super) fn sources() -> ObjectBuilder {
    use utoipa::openapi::schema::SchemaType;
    let last_error = object(
        "What was last wrong with an event of it; null where nothing was since the start.",
        [
            ("at", made(instant("When, on the machine's clock."))),
            ("type", made(string("The kind of problem."))),
            ("detail", made(string("What."))),
        ],
    )
    .schema_type(SchemaType::from_iter([Type::Object, Type::Null]));
    let source = object(
        "How a source stands.",
        [
            ("source", made(string("The attribute `source` of its events."))),
            (
                "state",
                made(one_of("By how long ago it was last heard.", ["live", "late", "silent", "closed"])),
            ),
            (
                "watermark",
                made(or_null(instant(
                    "It has sent everything up to here: what it says itself, else the time of its latest event, at most now.",
                ))),
            ),
            ("lag_secs", made(or_null(integer("From its watermark to the city's now.")))),
            ("latest", made(or_null(instant("The latest time of one of its events.")))),
            ("recorded", made(or_null(instant("When something of it was last recorded.")))),
            ("events", made(integer("How many of its events there are."))),
            ("rejected", made(integer("How many were rejected since the server started."))),
            ("last_error", made(last_error)),
        ],
    );
    answer("The sources.", [("sources", many(source.build(), "Ascending by name."))])
}

pub(super) fn quality() -> ObjectBuilder {
    let problem = object(
        "What is odd about some cases.",
        [
            ("flag", made(string("The flag."))),
            ("dimension", made(or_null(string("Which list, where the flag is about one.")))),
            ("requirement", made(or_null(string("What the regulation asks and is not there, by its id.")))),
            ("clause", made(or_null(string("Where that stands.")))),
            ("label", reference("Label")),
            ("cases", made(integer("How many cases have it."))),
            ("codes", codes("The first of them, ascending.")),
        ],
    );
    answer("Data-quality problems.", [("problems", many(problem.build(), "Those that some case has."))])
}

pub(super) fn counters() -> ObjectBuilder {
    answer("Service counters.", [("counters", many(counter().build(), "Ascending by unit and counter."))])
}

pub(super) fn counter() -> ObjectBuilder {
    object(
        "How a service counter's queue stands.",
        [
            ("unit", made(string("Whose counter."))),
            ("counter", made(or_null(string("Which of the unit's; null is all of the unit.")))),
            ("waiting", made(integer("How many wait."))),
            ("serving", made(integer("How many are being served."))),
            ("issued_today", made(integer("How many tickets were issued on the day."))),
            ("oldest_wait_secs", made(or_null(integer("How long the one who waits longest has waited.")))),
            ("called", made(or_null(integer("The number of the ticket that was called last.")))),
            ("time", made(instant("When this was said."))),
            ("age_secs", made(integer("How long ago that is."))),
        ],
    )
}

pub(super) fn escalation() -> ObjectBuilder {
    object(
        "A limit ran out, and that sets something off.",
        [
            ("case", made(string("The case."))),
            ("agency", made(or_null(string("Who holds it.")))),
            ("status", made(string("Its state."))),
            ("action", made(string("What is to be done."))),
            ("rule", made(string("The rule that says so."))),
            ("clause", made(string("Where that stands."))),
            ("at", made(instant("The last instant in time."))),
            ("since", made(instant("From when on it was so: later where the fact came later."))),
            ("noted", made(boolean("Whether a memo in the log says that it was done."))),
        ],
    )
}

pub(super) fn escalations() -> ObjectBuilder {
    answer(
        "What limits that ran out set off.",
        [
            ("total", made(integer("How many there are in all."))),
            ("escalations", many(reference("Escalation"), "The newest first.")),
        ],
    )
}

pub(super) fn commitment() -> ObjectBuilder {
    object(
        "A limit that a recorded time can move.",
        [
            ("case", made(string("The case."))),
            ("agency", made(or_null(string("Who holds it.")))),
            ("status", made(string("Its state."))),
            ("rule", made(string("The rule that sets the limit."))),
            ("clause", made(string("Where that stands."))),
            ("commitment", made(string("Which time moves it."))),
            ("due", made(instant("The last instant in time by the rule alone."))),
            (
                "reference",
                made(or_null(instant("The recorded time that judges: the first, unless set otherwise."))),
            ),
            ("until", made(or_null(instant("The recorded time that counts now: the latest.")))),
            ("recorded_at", made(or_null(instant("When the first was recorded.")))),
            ("revisions", made(integer("How often it was changed since."))),
            (
                "state",
                made(string("How the clock stands: `overdue` where the recorded time was missed too.")),
            ),
            ("missing", codes("What should have come along and did not.")),
        ],
    )
}

pub(super) fn commitments() -> ObjectBuilder {
    answer(
        "Limits that recorded times can move.",
        [
            ("total", made(integer("How many there are in all."))),
            ("commitments", many(reference("Commitment"), "The earliest limit first.")),
        ],
    )
}

pub(super) fn unmapped() -> ObjectBuilder {
    let code = object(
        "A code that the catalogue does not know.",
        [
            ("dimension", made(string("Which list it is missing from."))),
            ("code", made(string("The code as sent."))),
            ("cases", made(integer("How many cases have it now."))),
            ("open", made(integer("How many of these are open."))),
            ("examples", codes("Some of them, ascending.")),
        ],
    );
    answer("Codes without a place.", [("codes", many(code.build(), "Ascending."))])
}
