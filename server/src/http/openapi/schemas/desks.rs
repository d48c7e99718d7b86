//! The shapes of desks.

use domain::desk::{OfficeList, When};
use utoipa::openapi::ObjectBuilder;

use super::super::parts::{instant, integer, one_of, or_null, string};
use super::{answer, made, many, object, reference};

pub(super) fn unit() -> ObjectBuilder {
    let part = object(
        "What is due at one time.",
        [
            ("when", made(one_of("When.", When::ALL.map(When::name)))),
            ("total", made(integer("How many cases."))),
            ("cases", many(reference("CaseRow"), "The first of them by their limits.")),
        ],
    );
    let missing = object(
        "What an event of an open case should have brought along and did not.",
        [
            ("case", made(string("The case."))),
            ("at", made(instant("When the event was."))),
            ("text", reference("Label")),
            ("clause", made(string("Where it is asked for."))),
        ],
    );
    answer(
        "What a unit holds, by when it is due.",
        [
            ("agency", made(string("Which agency, with those under it."))),
            ("parts", many(part.build(), "All, also those with nothing in them.")),
            ("missing_total", made(integer("How many things are missing."))),
            ("missing", many(missing.build(), "The first of them, the oldest first.")),
        ],
    )
}

pub(super) fn office() -> ObjectBuilder {
    let line = object(
        "A case on the list.",
        [
            ("case", reference("CaseRow")),
            ("since", made(instant("Since when it is on the list."))),
            ("due", made(or_null(instant("The limit that the list is about.")))),
            ("clause", made(or_null(string("Where that limit stands.")))),
        ],
    );
    let list = object(
        "One list.",
        [
            ("list", made(one_of("Which.", OfficeList::ALL.map(OfficeList::name)))),
            (
                "clause",
                made(or_null(string("Where the city's regulations ask for it; null where they do not."))),
            ),
            ("total", made(integer("How many cases."))),
            ("lines", many(line.build(), "The first of them, the most pressing first.")),
        ],
    );
    answer(
        "What the City Office watches.",
        [("lists", many(list.build(), "All, also those with nothing in them."))],
    )
}
