//! The calls about what walls show, and their shapes.

use domain::scene::{LIST_ROWS, PanelKind, SECONDS};
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{Ref, RefOr, Required, Schema};

use super::Described;
use super::calls::operation;
use super::parts::{array, instant, integer, ok, one_of, or_null, problem, reference, string};
use super::schemas::{made, many, object};
use super::screens::administered;

const GET: HttpMethod = HttpMethod::Get;

fn read(id: &str, summary: &str) -> utoipa::openapi::path::OperationBuilder {
    operation(id, "screens", summary)
        .response("403", problem("Reads answer on loopback only."))
        .response("503", problem("The log is being read again."))
}

/// `GET /api/v1/scenes`.
pub(in crate::http) fn scenes_call() -> Described {
    let call =
        read("scenes", "What walls show: the newest version of the scenes, in the order of their turns")
            .response("200", ok("The scenes.", [("application/json", reference("Playlist"))]));
    (GET, "/api/v1/scenes", call.build())
}

/// `PUT /api/v1/scenes`.
pub(in crate::http) fn save_scenes_call() -> Described {
    let content = ContentBuilder::new().schema(Some(reference("SaveScenes"))).build();
    let body =
        RequestBodyBuilder::new().required(Some(Required::True)).content("application/json", content).build();
    let call =
        administered("saveScenes", "Saves the scenes as a new version; walls show it at their next turn")
            .description(Some(
                "No version is ever changed: going back to an older one saves its scenes as a new one.",
            ))
            .request_body(Some(body))
            .response("200", ok("The new version.", [("application/json", reference("Playlist"))]))
            .response("409", problem("Another version has come since the one that this was made from."))
            .response("413", problem("The body is larger than 64 KiB."))
            .response("422", problem("A rule of scenes is broken: the panel and field are named."));
    (HttpMethod::Put, "/api/v1/scenes", call.build())
}

/// `GET /api/v1/scenes/versions`.
pub(in crate::http) fn scenes_versions_call() -> Described {
    let call = read(
        "scenesVersions",
        "Who saved the scenes, when and why; the newest thirty, and the city's own file",
    )
    .response("200", ok("The versions.", [("application/json", reference("ScenesVersions"))]));
    (GET, "/api/v1/scenes/versions", call.build())
}

/// `GET /api/v1/scenes/versions/{version}`.
pub(in crate::http) fn scenes_version_call() -> Described {
    let version = ParameterBuilder::new()
        .name("version")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("Its number; 0 is the city's own file."))
        .schema(Some(integer("")));
    let call = read("scenesVersion", "One version of the scenes")
        .parameter(version)
        .response("200", ok("The version.", [("application/json", reference("Playlist"))]))
        .response("404", problem("There is no such version, or it is older than those that are kept."));
    (GET, "/api/v1/scenes/versions/{version}", call.build())
}

/// The shapes by name.
pub(super) fn schemas() -> Vec<(&'static str, ObjectBuilder)> {
    vec![
        ("Playlist", version().property("scenes", scenes()).required("scenes")),
        ("ScenesVersions", versions()),
        ("SaveScenes", save()),
        ("Scene", scene()),
        ("Panel", panel()),
        ("Area", area()),
    ]
}

fn scenes() -> RefOr<Schema> {
    many(reference("Scene"), "In the order of their turns; 1 to 32.")
}

fn version() -> ObjectBuilder {
    object(
        "A version of what walls show.",
        [
            ("version", made(integer("Its number; 0 is the city's own file."))),
            ("at", made(or_null(instant("When it was saved; null for the city's own file.")))),
            ("by", made(or_null(string("Who saved it.")))),
            ("why", made(or_null(string("Why.")))),
        ],
    )
}

fn versions() -> ObjectBuilder {
    let one = version().property("scenes", integer("How many scenes it has.")).required("scenes");
    object("The versions.", [("versions", many(one, "The newest first; the city's own file last."))])
}

fn save() -> ObjectBuilder {
    object(
        "Scenes to be saved.",
        [
            ("made_from", made(integer("The version that they were made from."))),
            ("by", made(string("Who saves them; 1 to 200 characters."))),
            ("why", made(string("Why, in a line; 1 to 200 characters."))),
            ("scenes", scenes()),
        ],
    )
}

fn scene() -> ObjectBuilder {
    let (shortest, longest) = (SECONDS.start(), SECONDS.end());
    object(
        "Panels on a wall.",
        [
            ("name", made(string("The last part of its address.").pattern(Some("^[a-z0-9-]{1,32}$")))),
            ("title", reference("Label")),
            ("seconds", made(integer(&format!("How long it stands: {shortest} to {longest}.")))),
            ("panels", many(reference("Panel"), "1 to 12, in the order of reading.")),
        ],
    )
}

fn panel() -> ObjectBuilder {
    let (fewest, most) = (LIST_ROWS.start(), LIST_ROWS.end());
    let kinds = PanelKind::ALL.map(PanelKind::name);
    let by = object("A dimension, perhaps at a level of its tree.", [("dimension", made(string("Which.")))])
        .property("level", or_null(integer("1 is the top.")));
    let label = RefOr::Ref(Ref::from_schema_name("Label"));
    object(
        "One question on a wall.",
        [
            ("kind", made(one_of("How it is drawn.", kinds))),
            ("rows", made(integer(&format!("How many rows a list has: {fewest} to {most}.")))),
            ("at", reference("Area")),
            ("wide", reference("Area")),
        ],
    )
    .property("title", label.clone())
    .property("under", label)
    .property("metrics", array(string("A metric."), "What is counted, in the order of showing."))
    .property("by", by)
    .property("filter", array(array(string("A dimension, then its code."), "One filter."), "Only these."))
    .property("from", string("From which of the city's days on: `today`, `today-29d`."))
}

fn area() -> ObjectBuilder {
    object(
        "A rectangle of the grid, counted from 1: 24 columns and 12 rows, on a wide wall 48 and 12.",
        [
            ("column", made(integer("Its first column."))),
            ("row", made(integer("Its first row."))),
            ("columns", made(integer("How many columns."))),
            ("rows", made(integer("How many rows."))),
        ],
    )
}
