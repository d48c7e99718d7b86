//! The shapes of bodies. A test holds them against what the product's own types write.

mod alarms;
mod data;
mod desks;
mod directives;
mod public;
mod shift;

use utoipa::openapi::schema::{AdditionalProperties, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use data::{commitment, commitments, counters, escalation, escalations, quality, sources, unmapped};

use super::parts::{array, boolean, instant, integer, number, one_of, or_null, reference, string};

const TIMELINESS: [&str; 4] = ["in_time", "due_soon", "overdue", "no_deadline"];

/// Every shape by its name.
pub(super) fn all() -> Vec<(&'static str, RefOr<Schema>)> {
    let of_answers = [
        ("Table", table()),
        ("Satisfaction", satisfaction()),
        ("Hexagons", hexagons()),
        ("HexagonsGeoJson", hexagons_geojson()),
        ("Metrics", metrics()),
        ("Metric", metric()),
        ("CasePage", case_page()),
        ("CaseRow", case_row()),
        ("CaseStory", case_story()),
        ("Clock", clock()),
        ("EventOfCase", event_of_case()),
        ("Stage", stage()),
        ("Receipt", receipt()),
        ("Sources", sources()),
        ("Quality", quality()),
        ("Counters", counters()),
        ("Escalation", escalation()),
        ("Escalations", escalations()),
        ("Commitment", commitment()),
        ("Commitments", commitments()),
        ("Unmapped", unmapped()),
        ("Alarm", alarms::alarm()),
        ("Alarms", alarms::alarms()),
        ("AcknowledgeAlarm", alarms::acknowledge_wish()),
        ("ShelveAlarm", alarms::shelve_wish()),
        ("Shift", shift::shift()),
        ("Duty", shift::duty()),
        ("BeginDuty", shift::begin_wish()),
        ("WordsOnDuty", shift::words_wish()),
        ("AcceptDuty", shift::accept_wish()),
        ("EndDuty", shift::end_wish()),
        ("UnitDesk", desks::unit()),
        ("Contact", desks::contact()),
        ("OfficeDesk", desks::office()),
        ("CentreDesk", desks::centre()),
        ("PublicTotals", public::totals()),
        ("PublicDossiers", public::dossiers()),
        ("PublicSatisfaction", public::satisfaction()),
        ("PublicLobby", public::lobby()),
        ("PublicHexagons", public::hexagons()),
        ("PublicCase", public::case()),
        ("Directive", directives::directive()),
        ("Directives", directives::directives()),
        ("IssueDirective", directives::wish()),
        ("AnswerDirective", directives::answer_wish()),
        ("DecideDirective", directives::decision_wish()),
        ("State", state()),
        ("CityClock", city_clock()),
        ("MoveClock", move_clock()),
        ("Label", label()),
        ("Point", point()),
    ];
    let of_screens = super::screens::schemas();
    let of_events = [("CloudEvent", cloud_event()), ("Outcome", outcome())];
    let of_scenes = super::scenes::schemas();
    let shapes = of_answers.into_iter().chain(of_screens).chain(of_scenes).chain(of_events);
    shapes.map(|(name, shape)| (name, shape.build().into())).collect()
}

/// An object whose members are all there.
pub(super) fn object<const N: usize>(
    description: &str,
    members: [(&str, RefOr<Schema>); N],
) -> ObjectBuilder {
    let mut object = ObjectBuilder::new().schema_type(Type::Object).description(Some(description));
    for (name, schema) in members {
        object = object.property(name, schema).required(name);
    }
    object
}

/// The state that every answer is of, then its own members.
fn answer<const N: usize>(description: &str, members: [(&str, RefOr<Schema>); N]) -> ObjectBuilder {
    let mut answer = object(
        description,
        [
            ("seq", made(seq())),
            ("at", made(instant("The instant that the numbers stand at, with the city's offset."))),
        ],
    );
    for (name, schema) in members {
        answer = answer.property(name, schema).required(name);
    }
    answer
}

fn seq() -> ObjectBuilder {
    string("Every event up to this position is in: 20 digits, so that it sorts as text.")
        .pattern(Some("^[0-9]{20}$"))
}

pub(super) fn made(schema: ObjectBuilder) -> RefOr<Schema> {
    schema.build().into()
}

pub(super) fn many(items: impl Into<RefOr<Schema>>, description: &str) -> RefOr<Schema> {
    array(items, description).build().into()
}

/// A cell of a table.
fn cell() -> RefOr<Schema> {
    use utoipa::openapi::schema::SchemaType;
    let kinds = SchemaType::from_iter([Type::String, Type::Integer, Type::Number, Type::Null]);
    ObjectBuilder::new()
        .schema_type(kinds)
        .description(Some("A code, a count, a measure, or null."))
        .build()
        .into()
}

fn codes(description: &str) -> RefOr<Schema> {
    many(string("").build(), description)
}

fn table() -> ObjectBuilder {
    let row = array(cell(), "").build();
    answer(
        "Numbers by their keys.",
        [
            ("columns", codes("The bucket (where asked for), the groups, then the metrics.")),
            ("rows", many(row, "Ascending by key, null last; only groups in which a number is not zero.")),
        ],
    )
}

fn satisfaction() -> ObjectBuilder {
    let row = array(cell(), "").build();
    answer(
        "What people think, by its keys.",
        [
            ("scale", made(number("The top of the scale on which scores are told."))),
            ("min_answers", made(integer("A mean or a rate of fewer is null."))),
            (
                "columns",
                codes(
                    "The groups, then `answers`, `mean_score`, `satisfaction_rate`, `rateable`, `responded`, \
                     `response_rate`.",
                ),
            ),
            ("rows", many(row, "Ascending by key, null last.")),
        ],
    )
}

fn hexagons() -> ObjectBuilder {
    let pair =
        array(cell(), "The cell, hexadecimal, and its number.").min_items(Some(2)).max_items(Some(2)).build();
    answer(
        "A count over the map.",
        [
            ("metric", made(string("Which metric."))),
            ("res", made(integer("The H3 resolution, 7 to 10."))),
            ("cells", many(pair, "Ascending by cell, only numbers above zero.")),
            ("no_position", made(integer("The number of what has no believable point."))),
        ],
    )
}

fn hexagons_geojson() -> ObjectBuilder {
    answer(
        "The same as a GeoJSON feature collection (RFC 7946): one polygon a cell, with the properties `cell` and `n`.",
        [
            ("type", made(one_of("", ["FeatureCollection"]))),
            ("metric", made(string("Which metric."))),
            ("res", made(integer("The H3 resolution."))),
            ("no_position", made(integer("The number of what has no believable point."))),
            ("features", many(ObjectBuilder::new().schema_type(Type::Object).build(), "Polygons.")),
        ],
    )
}

fn metrics() -> ObjectBuilder {
    answer("The metric registry.", [("metrics", many(reference("Metric"), "In the order of the contract."))])
}

fn metric() -> ObjectBuilder {
    object(
        "What a number counts.",
        [
            ("id", made(string("Its name in questions."))),
            ("label", reference("Label")),
            ("unit", made(string("`cases` or `hours`."))),
            ("kind", made(one_of("A level or a movement.", ["stock", "flow"]))),
            ("definition", reference("Label")),
            ("clause", made(or_null(string("The clause that it rests on.")))),
            ("better", made(one_of("Which way is good.", ["less", "more", "neither"]))),
            ("dimensions", codes("What it can be split by.")),
        ],
    )
}

fn case_page() -> ObjectBuilder {
    answer(
        "A page of a list of cases.",
        [
            ("total", made(integer("How many match in all."))),
            ("cases", many(reference("CaseRow"), "This page.")),
            ("next", made(or_null(string("The cursor of the next page.")))),
        ],
    )
}

fn case_row() -> ObjectBuilder {
    let code = |description: &str| made(or_null(string(description)));
    object(
        "How a case stands.",
        [
            ("case", made(string("Its code."))),
            ("kind", made(string("`report` or `dossier`."))),
            ("status", made(string("Its state; `not_received` while only later events of it are there."))),
            ("received_at", made(or_null(instant("When it was received.")))),
            ("field", code("Code of its field.")),
            ("channel", code("How it came in.")),
            ("severity", code("How grave.")),
            ("content_group", made(or_null(integer("1 to 5.")))),
            ("agency", code("Who holds it.")),
            ("district", code("Where.")),
            ("ward", code("Where.")),
            ("point", reference("Point")),
            ("timeliness", made(or_null(one_of("Null once it is not open.", TIMELINESS)))),
            ("due_soon", made(or_null(instant("The first instant of due soon, while the case is open.")))),
            ("due", made(or_null(instant("The governing due instant.")))),
            ("rule", code("The rule that sets it; `source` where the source states the limit.")),
            ("resolved_at", made(or_null(instant("When it was resolved, if it is.")))),
            ("flags", codes("What is odd about it.")),
            ("title", code("A short text to know it by.")),
        ],
    )
}

fn point() -> ObjectBuilder {
    use utoipa::openapi::schema::SchemaType;
    object(
        "Where it happened; null where no believable point is known.",
        [("lat", made(number("Degrees north."))), ("lng", made(number("Degrees east.")))],
    )
    .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
}

fn case_story() -> ObjectBuilder {
    answer(
        "A case, its clocks and its events.",
        [
            ("case", reference("CaseRow")),
            ("clocks", many(reference("Clock"), "Its limits.")),
            ("escalations", many(reference("Escalation"), "What limits that ran out set off, ascending.")),
            (
                "stages",
                many(reference("Stage"), "The stages of service in their order; empty where there are none."),
            ),
            ("events", many(reference("EventOfCase"), "In the case's own order.")),
            ("directives", many(reference("Directive"), "What leadership asked about it, the oldest first.")),
            (
                "contacts",
                many(
                    reference("Contact"),
                    "Whom to call about it: the contact points of the agency that holds it, or of the nearest above it.",
                ),
            ),
        ],
    )
}

fn clock() -> ObjectBuilder {
    let states = ["in_time", "due_soon", "overdue", "met", "met_late", "extended"];
    object(
        "A running or stopped limit, explained.",
        [
            ("rule", made(string("Which rule; `source` where the source states the limit."))),
            ("clause", made(or_null(string("Its clause.")))),
            ("text", reference("Label")),
            ("reading", reference("Label")),
            ("start", made(instant("Since when it runs."))),
            ("due_soon", made(instant("The first instant of due soon."))),
            ("due", made(instant("The last instant in time."))),
            (
                "due_before",
                made(or_null(instant("The same by what the city's folder held before it was changed."))),
            ),
            ("state", made(one_of("Where it stands.", states))),
            ("stopped_at", made(or_null(instant("When it stopped.")))),
            ("extended_until", made(or_null(instant("The recorded promise.")))),
            ("why", codes("The arithmetic, line by line, in Vietnamese.")),
            ("why_en", codes("The same in English; empty where only the source states the limit.")),
        ],
    )
}

fn event_of_case() -> ObjectBuilder {
    object(
        "An event as it was sent, personal data left out.",
        [
            ("id", made(string("Unique within the source."))),
            ("source", made(string("Who says so."))),
            ("type", made(string("`vn.toancanh.case.…`."))),
            ("time", made(instant("When it happened."))),
            ("recorded", made(instant("When the log took it."))),
            ("seq", made(seq())),
            ("applied", made(boolean("Whether it changed the case."))),
            ("data", made(ObjectBuilder::new().schema_type(Type::Object))),
        ],
    )
    .property("flag", string("Why it was not applied, or what is odd about it."))
    .property("unmet", many(unmet().build(), "What the regulation asks of it and it does not have."))
}

fn unmet() -> ObjectBuilder {
    object(
        "What a regulation asks of an event that does not have it.",
        [
            ("requirement", made(string("The requirement's id."))),
            ("clause", made(string("Where it stands."))),
            ("label", reference("Label")),
            ("flag", made(string("Its flag."))),
            (
                "missing",
                codes(
                    "What did not come, alternatives joined by `||`; empty where the event came too often.",
                ),
            ),
        ],
    )
}

fn receipt() -> ObjectBuilder {
    let cases = object(
        "The cases behind the number, by pages.",
        [
            ("total", made(integer("How many cases."))),
            ("codes", codes("Their codes, ascending.")),
            ("next", made(or_null(string("The cursor of the next page.")))),
        ],
    );
    let excluded = object(
        "Why some cases are not in the number.",
        [
            ("reason", made(string("The reason."))),
            ("count", made(integer("How many."))),
            ("codes", codes("The first codes, ascending.")),
        ],
    );
    let strings = ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::RefOr(string("").build().into())))
        .description(Some("The question, in REST parameters."));
    answer(
        "Where a number comes from.",
        [
            ("metric", made(string("Which metric."))),
            ("query", made(strings)),
            ("value", cell()),
            (
                "checkpoint",
                made(or_null(string(
                    "The newest signed checkpoint of the log, its line; null before the first.",
                ))),
            ),
            ("definition", reference("Label")),
            ("clause", made(or_null(string("The clause that it rests on.")))),
            ("events", made(integer("How many events the cases have."))),
            ("cases", made(cases)),
            ("excluded", many(excluded.build(), "Every other case of the city, by reason.")),
            ("whole", made(integer("Value and excluded together."))),
            (
                "digest",
                made(
                    string("SHA-256 of the sorted codes joined by line feeds.")
                        .pattern(Some("^[0-9a-f]{64}$")),
                ),
            ),
        ],
    )
    .property("ranked_case", string("The case that a quantile falls on."))
}

fn state() -> ObjectBuilder {
    answer(
        "What the events of the log come to, as one digest.",
        [
            ("events", made(integer("How many events there are."))),
            ("cases", made(integer("How many cases were ever heard of."))),
            (
                "digest",
                made(string(
                    "SHA-256, hexadecimal: servers with the same set of events have the same one, whatever their `seq`.",
                )),
            ),
        ],
    )
}

fn stage() -> ObjectBuilder {
    object(
        "A stage of service, and how long it took.",
        [
            ("stage", made(string("Which stage."))),
            ("from", made(or_null(instant("When the case came to it first; null where it has not yet.")))),
            ("to", made(or_null(instant("When it left it last; null while it is in it.")))),
            ("stays", made(integer("How often it was in it."))),
            ("elapsed_secs", made(integer("Whole seconds in it so far, all stays together."))),
            ("working_secs", made(or_null(integer("The same within working time; null where nothing was.")))),
        ],
    )
}

fn city_clock() -> ObjectBuilder {
    object(
        "How the city's clock stands.",
        [
            ("at", made(instant("Where the hand stands."))),
            ("speed", made(number("City seconds per second."))),
            ("clock", made(string("`set`, `still`, `replay`, `simulated`."))),
        ],
    )
}

fn move_clock() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("A later instant, another speed, or both."))
        .property(
            "at",
            string("RFC 3339 with an offset, or a date (local midnight); never before the clock."),
        )
        .property("speed", number("City seconds per second; 0 stands still."))
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

fn label() -> ObjectBuilder {
    object(
        "A text in both languages.",
        [("vi", made(string("Vietnamese."))), ("en", made(string("English.")))],
    )
}

fn cloud_event() -> ObjectBuilder {
    object(
        "A CloudEvent 1.0 in JSON. What each type's `data` holds is in the event contract; personal data goes only \
         in `reporter` and `applicant`.",
        [
            ("specversion", made(one_of("", ["1.0"]))),
            ("id", made(string("Unique within the source."))),
            ("source", made(string("Who says so."))),
            ("type", made(string("`vn.toancanh.…`."))),
            ("time", made(instant("When it happened."))),
        ],
    )
    .property("subject", string("The case's code; required for types that begin with `vn.toancanh.case.`."))
    .property("data", ObjectBuilder::new().schema_type(Type::Object))
}

fn outcome() -> ObjectBuilder {
    let rejection = object(
        "An event that was not taken.",
        [("index", made(integer("Its place in the body, from 0."))), ("problem", reference("Problem"))],
    )
    .property("id", string("Its id, where one can be read."));
    object(
        "What became of the events; given only when the accepted ones are durable.",
        [
            ("accepted", made(integer("How many are in the log now and were not before."))),
            ("duplicates", made(integer("How many were there already."))),
            ("rejected", many(rejection.build(), "The others, ascending by index.")),
            ("seq", made(seq())),
        ],
    )
}
