//! The shapes of what anybody may be told.

use domain::public::Split;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use super::super::parts::{array, boolean, instant, integer, number, one_of, or_null, string};
use super::{TIMELINESS, answer, codes, made, many, object, reference};

fn month() -> RefOr<Schema> {
    made(string("The month, such as 2026-11."))
}

fn small_count_min() -> RefOr<Schema> {
    made(integer("Groups of fewer cases are not told; what would let them be reckoned is not told either."))
}

fn withheld() -> RefOr<Schema> {
    made(boolean("Whether the whole is too small to be split without telling of persons."))
}

fn key(what: &str) -> RefOr<Schema> {
    made(or_null(string(what)))
}

pub(super) fn totals() -> ObjectBuilder {
    answer(
        "Reports of a month in the whole city.",
        [
            ("month", month()),
            ("received", made(integer("Reports received."))),
            ("resolved", made(integer("Resolutions."))),
            ("resolved_in_time", made(integer("Those of them no later than the limit."))),
            (
                "resolved_extended",
                made(integer("After the limit, within a time promised before it ran out.")),
            ),
            ("resolved_late", made(integer("After both."))),
            ("in_time_percent", made(or_null(number("Of the resolutions with a limit, those in time.")))),
            ("open", made(integer("Open at the end of the month, or now."))),
            ("overdue", made(integer("Those of them past their limit."))),
        ],
    )
}

pub(super) fn dossiers() -> ObjectBuilder {
    let figures = |what: &str| array(integer("").build(), what);
    let line = object(
        "A line of the published set.",
        [
            ("key", key("A month or a code of the city's catalogue; null for all that it does not name.")),
            ("label", reference("Label")),
            ("figures", nullable(figures("In the order of `figures`; null where the group is not told."))),
        ],
    );
    answer(
        "The published set of dossiers.",
        [
            ("month", month()),
            ("by", made(one_of("By what.", Split::ALL.map(Split::name)))),
            ("figures", codes("The metrics, in their order.")),
            ("total", nullable(figures("The whole city; null by time."))),
            ("small_count_min", small_count_min()),
            ("is_withheld", withheld()),
            ("lines", many(line.build(), "Ascending by key, what has no name last.")),
        ],
    )
}

fn nullable(list: utoipa::openapi::schema::ArrayBuilder) -> RefOr<Schema> {
    use utoipa::openapi::schema::{SchemaType, Type};
    list.schema_type(SchemaType::from_iter([Type::Array, Type::Null])).build().into()
}

fn rating() -> ObjectBuilder {
    object(
        "What people think of a unit.",
        [
            ("key", key("The unit; null for the whole city and for all that its catalogue does not name.")),
            ("label", reference("Label")),
            ("ratings", made(or_null(integer("How many ratings; null where they are too few.")))),
            ("satisfied_percent", made(or_null(number("The percentage satisfied.")))),
        ],
    )
}

pub(super) fn satisfaction() -> ObjectBuilder {
    answer(
        "What people think.",
        [
            ("month", month()),
            ("formula", reference("Label")),
            ("clause", made(or_null(string("Where it is asked for.")))),
            ("ratings_min", made(integer("Fewer ratings are not told."))),
            ("all", made(rating())),
            ("is_withheld", withheld()),
            ("units", many(rating().build(), "Ascending by unit.")),
        ],
    )
}

pub(super) fn hexagons() -> ObjectBuilder {
    use utoipa::openapi::schema::{SchemaType, Type};
    let part = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Integer]));
    answer(
        "Where reports came from.",
        [
            ("from", made(instant("The first day's midnight."))),
            ("to", made(instant("The midnight after the last day."))),
            ("res", made(integer("The H3 resolution."))),
            ("small_count_min", small_count_min()),
            ("is_withheld", withheld()),
            ("cells", many(array(part.build(), "Cell and number.").build(), "Ascending by cell.")),
            ("suppressed", codes("Cells with reports whose number is not told.")),
        ],
    )
}

pub(super) fn case() -> ObjectBuilder {
    answer(
        "How a case stands.",
        [
            ("case", made(string("Its code."))),
            ("kind", made(one_of("Which kind.", ["report", "dossier"]))),
            ("status", made(string("Its state."))),
            ("stage", made(or_null(string("The stage of service that it is in.")))),
            ("unit", label_or_null()),
            ("received_at", made(instant("When it came in."))),
            ("due", made(or_null(instant("Its limit.")))),
            ("timeliness", made(or_null(one_of("How it stands in it, or was judged.", TIMELINESS)))),
            ("resolved_at", made(or_null(instant("When it was resolved.")))),
            ("outcome", made(one_of("What became of it.", ["open", "resolved", "ended"]))),
        ],
    )
}

/// The unit's name, where the city's catalogue has it.
fn label_or_null() -> RefOr<Schema> {
    use utoipa::openapi::schema::{SchemaType, Type};
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .description(Some("The unit that holds it; null where the catalogue does not name it."))
        .property("vi", string("Vietnamese."))
        .property("en", string("English."))
        .required("vi")
        .required("en")
        .build()
        .into()
}

pub(super) fn lobby() -> ObjectBuilder {
    let counter = object(
        "A counter of the centre.",
        [
            (
                "counter",
                made(string(
                    "`all` for the whole centre, the counter's number, `other` for one without a number.",
                )),
            ),
            ("called", made(or_null(integer("The number of the ticket that was called last.")))),
            ("waiting", made(integer("How many wait."))),
            ("serving", made(integer("How many are being served."))),
            ("issued_today", made(integer("How many tickets were issued today."))),
            (
                "longest_wait_minutes",
                made(or_null(integer("How long the one who waits longest has waited."))),
            ),
            ("time", made(instant("When this was said."))),
        ],
    );
    let figures = array(integer("").build(), "In the order of `figures`; null where the group is not told.");
    answer(
        "What the screen in the lobby of a place's centre shows.",
        [
            ("place", made(string("The place."))),
            ("label", reference("Label")),
            ("unit", label_or_null()),
            ("counters", many(counter.build(), "Those that have said something today, by number.")),
            ("counters_total", made(integer("How many there are."))),
            ("month", month()),
            ("figures", codes("The metrics, in their order.")),
            ("dossiers", nullable(figures)),
            ("small_count_min", small_count_min()),
            ("rating", rating_or_null()),
            ("ratings_min", made(integer("Below so many ratings nothing is told."))),
        ],
    )
}

fn rating_or_null() -> RefOr<Schema> {
    let null = ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::Null);
    let either = utoipa::openapi::schema::OneOfBuilder::new().item(rating()).item(null);
    Schema::OneOf(either.build()).into()
}
