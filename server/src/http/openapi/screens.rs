//! The calls about displays, and their shapes.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Required, Response, Schema, SchemaFormat};

use super::Described;
use super::calls::operation;
use super::parts::{boolean, instant, integer, ok, one_of, or_null, problem, reference, string};
use super::schemas::{made, many, object};

const GET: HttpMethod = HttpMethod::Get;
const POST: HttpMethod = HttpMethod::Post;
const PUT: HttpMethod = HttpMethod::Put;
const ROLES: [&str; 2] = ["wall", "director"];

/// A call of the administrator's: by his token, or by a browser that he signed in.
pub(super) fn administered(id: &str, summary: &str) -> OperationBuilder {
    operation(id, "screens", summary)
        .security(SecurityRequirement::new("administrator", Vec::<String>::new()))
        .response("400", problem("Something asked for, named in the problem, cannot be used."))
        .response(
            "401",
            problem("Neither the administrator's token nor a browser that was signed in with it."),
        )
        .response("403", problem("A page of another site asks, or reads answer on loopback only."))
        .response("503", problem("The log is being read again, or cannot take it now."))
}

/// `GET /api/v1/screens`.
pub(in crate::http) fn fleet_call() -> Described {
    let call = administered("screens", "Every display that the city knows, as it was heard last")
        .response("200", ok("The displays.", [("application/json", reference("Screens"))]));
    (GET, "/api/v1/screens", call.build())
}

/// `POST /api/v1/screens/codes`.
pub(in crate::http) fn ask_code_call() -> Described {
    let call = operation(
        "askScreenCode",
        "screens",
        "A display asks for the code that it shows until it is approved",
    )
    .description(Some(
        "The answer sets the cookie `__Host-toancanh-screen`, the device's token, which no script reads; the \
             server keeps its SHA-256. A code holds for ten minutes and once.",
    ))
    .response("201", ok("The code.", [("application/json", reference("ScreenCode"))]))
    .response("403", problem("A page of another site asks, or reads answer on loopback only."))
    .response("429", problem("Too many codes were asked for, or too many displays wait."));
    (POST, "/api/v1/screens/codes", call.build())
}

/// `GET /api/v1/screens/me`.
pub(in crate::http) fn me_call() -> Described {
    let call = operation("screenMe", "screens", "How the device stands that asks, by its cookie")
        .response("200", ok("How it stands.", [("application/json", reference("ScreenMe"))]))
        .response("403", problem("Reads answer on loopback only."))
        .response("503", problem("The log is being read again: who is enrolled is not known yet."));
    (GET, "/api/v1/screens/me", call.build())
}

/// `PUT /api/v1/screens/me/picture`.
pub(in crate::http) fn keep_picture_call() -> Described {
    let content = || ContentBuilder::new().schema(Some(image())).build();
    let body = RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content("image/webp", content())
        .content("image/jpeg", content())
        .build();
    let scene = ParameterBuilder::new()
        .name("scene")
        .parameter_in(ParameterIn::Query)
        .required(Required::True)
        .description(Some("The scene that it shows."))
        .schema(Some(string("").pattern(Some("^[a-z0-9-]{1,32}$"))));
    let call = operation("keepScreenPicture", "screens", "A wall brings a small picture of itself, by its cookie")
        .description(Some(
            "WebP or JPEG by its own bytes, 640 pixels at most on each side, 60,000 bytes at most. The server keeps the \
             last one of each wall, in memory.",
        ))
        .parameter(scene)
        .request_body(Some(body))
        .response("204", Response::new("It is kept."))
        .response("400", problem("It is no such picture, or no scene is said."))
        .response("403", problem("The device is no enrolled wall, the page is of another site, or reads answer on loopback only."))
        .response("429", problem("The one before is of the same moment."))
        .response("503", problem("The log is being read again: who is enrolled is not known yet."));
    (PUT, "/api/v1/screens/me/picture", call.build())
}

/// `GET /api/v1/screens/{screen}/picture`.
pub(in crate::http) fn picture_call() -> Described {
    let screen = ParameterBuilder::new()
        .name("screen")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The screen's name for machines."))
        .schema(Some(string("")));
    let taken = ParameterBuilder::new()
        .name("taken")
        .parameter_in(ParameterIn::Query)
        .description(Some("Any word: a browser asks for each picture anew. The newest is answered."))
        .schema(Some(string("")));
    let call = administered("screenPicture", "The last picture that a wall brought of itself")
        .parameter(screen)
        .parameter(taken)
        .response("200", ok("The picture.", [("image/webp", image()), ("image/jpeg", image())]))
        .response("404", problem("There is none since the server's start."));
    (GET, "/api/v1/screens/{screen}/picture", call.build())
}

/// `POST /api/v1/screens/approve`.
pub(in crate::http) fn approve_call() -> Described {
    let content = ContentBuilder::new().schema(Some(reference("ApproveScreen"))).build();
    let body =
        RequestBodyBuilder::new().required(Some(Required::True)).content("application/json", content).build();
    let call = administered("approveScreen", "Approves the display that shows a code")
        .request_body(Some(body))
        .response("201", ok("The display.", [("application/json", reference("EnrolledScreen"))]))
        .response("404", problem("No display waits with this code."))
        .response("409", problem("As many screens are enrolled as there may be."));
    (POST, "/api/v1/screens/approve", call.build())
}

/// `POST /api/v1/screens/{screen}/revoke`.
pub(in crate::http) fn revoke_call() -> Described {
    let screen = ParameterBuilder::new()
        .name("screen")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The screen's name for machines."))
        .schema(Some(string("")));
    let call = administered("revokeScreen", "Puts a display out, for good")
        .parameter(screen)
        .response("204", Response::new("It is out; a page that it shows goes within five seconds."))
        .response("404", problem("No such screen is enrolled."));
    (POST, "/api/v1/screens/{screen}/revoke", call.build())
}

/// `PUT /api/v1/screens/{screen}/setting`.
pub(in crate::http) fn set_screen_call() -> Described {
    let screen = ParameterBuilder::new()
        .name("screen")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The screen's name for machines."))
        .schema(Some(string("")));
    let content = ContentBuilder::new().schema(Some(reference("ScreenSetting"))).build();
    let body = RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
    let call = administered("setScreen", "Says how a display stands in its room: the whole setting")
        .parameter(screen)
        .request_body(Some(body.build()))
        .response("204", Response::new("It holds; an open wall takes it up within two seconds."))
        .response("404", problem("No such screen is enrolled."));
    (HttpMethod::Put, "/api/v1/screens/{screen}/setting", call.build())
}

/// `POST /api/v1/screens/session`.
pub(in crate::http) fn sign_in_call() -> Described {
    let call = administered("beginScreenSession", "Signs a browser in with the administrator's token")
        .description(Some(
            "The answer sets the cookie `__Host-toancanh-administrator`, for eight hours at most.",
        ))
        .response("204", Response::new("It is signed in."));
    (POST, "/api/v1/screens/session", call.build())
}

/// `GET /api/v1/screens/session`.
pub(in crate::http) fn session_call() -> Described {
    let shape = object(
        "Of the browser that asks.",
        [(
            "signed_in",
            made(boolean("Whether the browser's session, or the token sent, is the administrator's.")),
        )],
    );
    let call = operation("screenSession", "screens", "Whether the browser that asks is signed in")
        .response("200", ok("How it stands.", [("application/json", made(shape))]))
        .response("403", problem("A page of another site asks, or reads answer on loopback only."));
    (GET, "/api/v1/screens/session", call.build())
}

/// `POST /api/v1/screens/session/end`.
pub(in crate::http) fn sign_out_call() -> Described {
    let call = operation("endScreenSession", "screens", "Signs the browser out that asks")
        .response("204", Response::new("It is signed out."))
        .response("403", problem("A page of another site asks, or reads answer on loopback only."));
    (POST, "/api/v1/screens/session/end", call.build())
}

/// `GET /api/v1/screens/live`.
pub(in crate::http) fn screens_live_call() -> Described {
    let call = operation("screensLive", "screens", "The WebSocket of an enrolled device")
        .description(Some(
            "JSON. The server sends `hello`, then to a wall `show` (what it is to show, and from which instant \
             `from_ms` on), to a tablet `walls` (at every change and each second); to `{\"time\": {\"sent_ms\"}}` its \
             own time; `refused` with a problem; `out` when the device was put out. A wall sends `beat`; a tablet \
             `renew` every five seconds (what it holds ends fifteen after the last), `take` {screens, over?}, \
             `drive` {screens, order: {scene} | {spotlight: {district} | {case}} | {frozen} | \
             {replay: {from, takes_secs}}}, `release` {screens}.",
        ))
        .response("101", Response::new("The WebSocket is open."))
        .response("403", problem("The device is not enrolled, the page is of another site, or reads answer on loopback only."))
        .response("426", problem("The connection cannot become a WebSocket."))
        .response("503", problem("The log is being read again, or as many devices are connected as may be."));
    (GET, "/api/v1/screens/live", call.build())
}

/// The shapes by name.
pub(super) fn schemas() -> Vec<(&'static str, ObjectBuilder)> {
    vec![
        ("Screens", screens()),
        ("Screen", screen()),
        ("WallShow", wall_show()),
        ("WallBeat", wall_beat()),
        ("ScreenCode", code()),
        ("ScreenSetting", setting()),
        ("ScreenMe", me()),
        ("EnrolledScreen", enrolled()),
        ("ApproveScreen", approve()),
    ]
}

fn screens() -> ObjectBuilder {
    object(
        "The displays: first those that stand.",
        [
            ("version", made(string("The server's build; a display of another one has not loaded it yet."))),
            ("screens", many(reference("Screen"), "Walls, then tablets, then those that were put out.")),
        ],
    )
}

fn screen() -> ObjectBuilder {
    enrolled()
        .property("enrolled_at", instant("When it was approved."))
        .property("heard", one_of("Whether it was heard within ten seconds.", ["live", "silent", "revoked"]))
        .property(
            "age_secs",
            or_null(integer("How old its last word is; null for none since this server's start.")),
        )
        .property(
            "beat",
            utoipa::openapi::schema::OneOfBuilder::new().item(reference("WallBeat")).item(null()),
        )
        .property("picture", utoipa::openapi::schema::OneOfBuilder::new().item(picture()).item(null()))
        .property("show", reference("WallShow"))
        .property("setting", reference("ScreenSetting"))
}

fn setting() -> ObjectBuilder {
    object("How a display stands in its room. What is left out is the product's own choice.", [])
        .property("distance_cm", or_null(integer("From how far it is read, in centimetres: 30 to 10,000.")))
        .property("height_cm", or_null(integer("How high its picture is, in centimetres: 30 to 10,000.")))
        .property(
            "displays_across",
            or_null(integer("Of how many displays side by side it is made: 1 to 16.")),
        )
        .property("displays_down", or_null(integer("Of how many one above the other: 1 to 16.")))
        .property(
            "seam_mm",
            or_null(integer("How far the pictures of two displays lie apart, in millimetres: 0 to 200.")),
        )
        .property("group", or_null(string("The group that it is directed with; at most 40 characters.")))
}

/// A picture's bytes.
fn image() -> RefOr<Schema> {
    let bytes = SchemaFormat::KnownFormat(KnownFormat::Binary);
    string("The picture.").format(Some(bytes)).build().into()
}

fn picture() -> ObjectBuilder {
    object(
        "Its last picture of itself.",
        [
            ("taken", made(integer("Counts the pictures of this server: another number, another picture."))),
            ("age_secs", made(integer("How old it is, in seconds."))),
            ("scene", made(string("The scene that it shows."))),
        ],
    )
}

fn null() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::Null)
}

fn wall_show() -> ObjectBuilder {
    let spotlight = object("A district or a case, by its code: one of the two.", [])
        .property("district", string("A district."))
        .property("case", string("A case."));
    let spotlight = utoipa::openapi::schema::OneOfBuilder::new().item(spotlight).item(null());
    let replay = object(
        "A past hour, shown in thirteen steps of five minutes.",
        [
            ("from", made(instant("Where it begins."))),
            (
                "begin_ms",
                made(integer(
                    "When its first step is shown, in milliseconds since 1970 by the server's clock.",
                )),
            ),
            ("step_ms", made(integer("How long a step stands, in milliseconds."))),
        ],
    );
    let replay = utoipa::openapi::schema::OneOfBuilder::new().item(replay).item(null());
    object(
        "What a wall is to show; without a scene it goes on with its own.",
        [
            ("revision", made(integer("Counts the changes on this server."))),
            ("from_ms", made(integer("From when on, in milliseconds since 1970 by the server's clock."))),
            ("scene", made(or_null(string("The scene.")))),
            ("spotlight", utoipa::openapi::Schema::OneOf(spotlight.build()).into()),
            ("frozen", made(boolean("Whether its numbers stand still."))),
            (
                "frozen_at",
                made(or_null(instant(
                    "At which instant they do; null where they do not, or the clock stands still.",
                ))),
            ),
            ("replay", utoipa::openapi::Schema::OneOf(replay.build()).into()),
            ("holder", made(or_null(string("The tablet that directs it.")))),
            ("lost", made(or_null(string("The tablet that was lost less than a minute ago.")))),
        ],
    )
}

fn wall_beat() -> ObjectBuilder {
    object(
        "What a wall says of itself.",
        [
            ("version", made(string("The build of its page."))),
            ("width_px", made(integer("Its page, in CSS pixels."))),
            ("height_px", made(integer("Its page, in CSS pixels."))),
            ("scene", made(string("What it shows."))),
            ("seq", made(string("Up to which event."))),
            ("at", made(string("At which instant."))),
            ("revision", made(integer("The order that it shows."))),
            ("memory_mb", made(or_null(integer("What its page has taken of the browser's memory, in MiB.")))),
            ("is_hidden", made(boolean("Whether nobody can see the page: the display is locked or dark."))),
        ],
    )
}

fn code() -> ObjectBuilder {
    object(
        "A code.",
        [
            ("code", made(string("As it is shown: `K7M-4QP`.").pattern(Some("^[A-Z0-9]{3}-[A-Z0-9]{3}$")))),
            ("holds_secs", made(integer("How long it still holds, in seconds."))),
        ],
    )
}

fn me() -> ObjectBuilder {
    let states = ["unknown", "waiting", "enrolled", "revoked"];
    object("How a device stands.", [("state", made(one_of("How.", states)))])
        .property("code", string("While it waits."))
        .property("holds_secs", integer("While it waits, in seconds."))
        .property("screen", string("Once enrolled: its name for machines."))
        .property("name", string("Once enrolled: its name for people."))
        .property("role", one_of("Once enrolled: what it is for.", ROLES))
        .property("scene", string("Once enrolled: the scene that it opens with."))
}

fn enrolled() -> ObjectBuilder {
    object(
        "An enrolled display.",
        [
            ("screen", made(string("Its name for machines."))),
            ("name", made(string("Its name for people."))),
            ("role", made(one_of("What it is for.", ROLES))),
            ("scene", made(string("The scene that it opens with."))),
        ],
    )
}

fn approve() -> ObjectBuilder {
    object(
        "An approval.",
        [
            ("code", made(string("As the display shows it; small letters and spaces are the same."))),
            ("name", made(string("What people will call it; at most 40 characters."))),
        ],
    )
    .property("role", one_of("`wall` unless told.", ROLES))
    .property(
        "scene",
        string("The scene that it opens with; `city-now` unless told.").pattern(Some("^[a-z0-9-]{1,32}$")),
    )
}
