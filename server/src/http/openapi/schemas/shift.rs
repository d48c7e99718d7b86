//! The shapes of the operations centre's shift.

use domain::directive::TEXT_CHARS_MAX;
use domain::shift::{DutyRole, DutyStatus, PERSON_CHARS_MAX};
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use super::super::parts::{boolean, instant, integer, one_of, or_null, string};
use super::directives::{body, number_then, request};
use super::{answer, made, many, object, reference};

pub(super) fn shift() -> ObjectBuilder {
    answer(
        "The operations centre's shift.",
        [
            ("shows_names", made(boolean("Whether names are told: to the administrator's token alone."))),
            ("since", made(or_null(instant("Since when somebody has been on duty; null where nobody is.")))),
            ("handovers_waiting", made(integer("How many handovers nobody has accepted."))),
            ("on_duty", many(reference("Duty"), "Who is on duty, handovers that wait first.")),
            ("recent", many(reference("Duty"), "Duties that ended within the last day, the latest first.")),
            ("unacknowledged_total", made(integer("How many alarms stand that nobody acknowledged."))),
            ("unacknowledged", many(reference("Alarm"), "The first of them, the most pressing first.")),
            ("handled_total", made(integer("How many alarms were acknowledged or shelved in this shift."))),
            ("handled", many(reference("Alarm"), "The first of them, the latest act first.")),
            ("directives_overdue_total", made(integer("How many directives wait beyond their instant."))),
            ("directives_overdue", many(reference("Directive"), "The first of them, the longest first.")),
        ],
    )
}

pub(super) fn duty() -> ObjectBuilder {
    let note = object(
        "Something to remember.",
        [("at", made(instant("When."))), ("text", made(string("In which words.")))],
    );
    object(
        "One person's duty.",
        [
            ("duty", made(string("Its name: `DU-` and twelve digits."))),
            ("person", made(or_null(string("Who; null where that is not told.")))),
            ("role", made(one_of("What for.", DutyRole::ALL.map(DutyRole::name)))),
            ("status", made(one_of("Where it stands.", DutyStatus::ALL.map(DutyStatus::name)))),
            ("began_at", made(instant("Since when."))),
            ("ended_at", made(or_null(instant("Until when.")))),
            ("reason", made(or_null(string("Why it ended without a handover.")))),
            ("notes", many(note.build(), "What was noted, in its order.")),
            ("handover", made(handover())),
        ],
    )
}

fn handover() -> ObjectBuilder {
    let summary = object(
        "How the city stood, read by the server at that moment.",
        [
            ("seq", made(string("Every event up to here was in."))),
            ("at", made(instant("The instant that it stood at."))),
            (
                "numbers",
                many(
                    number_then("A number's receipt.").build(),
                    "Open, overdue, due soon, received today, resolved today.",
                ),
            ),
            ("unacknowledged", made(integer("Alarms that nobody had acknowledged."))),
            ("acknowledged", made(integer("Alarms that stood acknowledged."))),
            ("shelved", made(integer("Alarms that were shelved."))),
            ("directives_overdue", made(integer("Directives beyond their instant without an answer."))),
        ],
    );
    let shape = object(
        "What was handed over last; null where nothing was.",
        [
            ("at", made(instant("When."))),
            ("text", made(string("In which words of whoever leaves."))),
            ("summary", made(summary)),
            ("accepted_at", made(or_null(instant("When it was accepted; null while nobody has.")))),
            ("successor", made(or_null(string("The duty that accepted.")))),
        ],
    );
    shape.schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
}

pub(super) fn begin_wish() -> ObjectBuilder {
    let person = string("Who: a name of one line.").min_length(Some(1)).max_length(Some(PERSON_CHARS_MAX));
    let members = vec![
        request(),
        ("person", made(person)),
        ("role", made(one_of("What for.", DutyRole::ALL.map(DutyRole::name)))),
    ];
    body("Somebody comes.", &["request", "person", "role"], members)
}

fn words(description: &str) -> RefOr<Schema> {
    made(string(description).min_length(Some(1)).max_length(Some(TEXT_CHARS_MAX)))
}

pub(super) fn words_wish() -> ObjectBuilder {
    let members = vec![request(), ("text", words("In which words."))];
    body("A note, or the words of a handover.", &["request", "text"], members)
}

pub(super) fn accept_wish() -> ObjectBuilder {
    let members =
        vec![request(), ("successor", made(string("The duty of whoever accepts, who is on duty.")))];
    body("An acceptance.", &["request", "successor"], members)
}

pub(super) fn end_wish() -> ObjectBuilder {
    let members = vec![request(), ("reason", words("Why nobody follows."))];
    body("An end without a handover.", &["request", "reason"], members)
}
