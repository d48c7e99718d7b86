//! The shapes of desks.

use domain::desk::{OfficeList, When};
use domain::dimension::Dimension;
use utoipa::openapi::schema::{OneOfBuilder, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use super::super::parts::{instant, integer, one_of, or_null, string};
use super::data::counter;
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
            ("contacts", many(reference("Contact"), "The contact points that others have of it.")),
        ],
    )
}

pub(super) fn contact() -> ObjectBuilder {
    let text = |what: &str| made(or_null(string(what)));
    object(
        "A unit's contact point, as it holds on the answer's day.",
        [
            (
                "agency",
                made(string(
                    "The agency whose it is: the one asked for, or the nearest above that has some.",
                )),
            ),
            ("role", reference("Label")),
            ("phone", text("Its telephone number.")),
            ("email", text("Its e-mail address.")),
            ("website", text("Its site, `https`.")),
            ("address", label_or_null()),
            ("hours", label_or_null()),
            ("source", made(string("Where that is published."))),
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

pub(super) fn centre() -> ObjectBuilder {
    let field = object(
        "The load of a field.",
        [
            ("field", made(or_null(string("The field at the top of its tree; null for cases without one.")))),
            ("received_today", made(integer("Received today."))),
            ("open", made(integer("Open now."))),
            ("due_soon", made(integer("Those of them due soon."))),
            ("overdue", made(integer("Those of them past their limit."))),
        ],
    );
    let case = object(
        "A case and how long there is to work on it.",
        [
            ("case", reference("CaseRow")),
            (
                "working_left_secs",
                made(or_null(integer("Working time until its limit; null where the city has no calendar."))),
            ),
        ],
    );
    let holder = object(
        "What one unit holds of a part.",
        [
            ("agency", made(or_null(string("The unit; null where nobody holds them.")))),
            ("total", made(integer("How many cases."))),
            ("cases", many(case.build(), "The first of them by their limits.")),
        ],
    );
    let part = object(
        "What is due at one time.",
        [
            ("when", made(one_of("When.", [When::Overdue, When::Today, When::Tomorrow].map(When::name)))),
            ("total", made(integer("How many cases."))),
            ("holders", many(holder.build(), "Whoever has the most first.")),
        ],
    );
    let rating = object(
        "What people think, by how the rating came in.",
        [
            ("channel", made(or_null(string("How it came in; null where that is not said.")))),
            ("rated", made(integer("How many ratings."))),
            ("satisfied", made(integer("Those of them satisfied."))),
        ],
    );
    let tree = [Dimension::Ward, Dimension::District].map(Dimension::name);
    answer(
        "The day of a place's centre.",
        [
            ("dimension", made(one_of("In which tree the place stands.", tree))),
            ("place", made(string("The place."))),
            ("unit", made(or_null(string("The agency that runs its centre; null where the city has none.")))),
            ("received_today", made(integer("Received today, over all fields."))),
            ("fields", many(field.build(), "The load by field, the fullest first.")),
            ("counters", many(counter().build(), "The counters of its agency.")),
            ("parts", many(part.build(), "What is overdue, and what falls due today and tomorrow.")),
            ("ratings_from", made(instant("From when on ratings are counted."))),
            ("ratings_min", made(integer("Below so many ratings no share is said."))),
            ("ratings", many(rating.build(), "Ascending by channel.")),
        ],
    )
}

fn label_or_null() -> RefOr<Schema> {
    let null = ObjectBuilder::new().schema_type(Type::Null);
    Schema::OneOf(OneOfBuilder::new().item(reference("Label")).item(null).build()).into()
}
