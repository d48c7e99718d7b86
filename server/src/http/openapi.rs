//! `GET /api/v1/openapi.json`: OpenAPI 3.1 of every call, built from the same table as the routes,
//! with parameters enumerated from the metrics and dimensions themselves.

mod alarms;
mod calls;
mod desks;
mod parts;
mod problems;
mod public;
mod scenes;
mod schemas;
mod screens;
mod shift;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Paths, PathsBuilder,
};

use super::api::Api;
use super::params::Params;
use super::problem::Refusal;
use super::routes::{Call, calls as all_calls};
use super::sheet::json;

pub(super) use alarms::*;
pub(super) use calls::*;
pub(super) use desks::*;
pub(super) use public::*;
pub(super) use scenes::*;
pub(super) use screens::*;
pub(super) use shift::*;

/// `GET /api/v1/openapi.json`.
pub(super) async fn openapi(State(_): State<Api>, uri: Uri) -> Result<Response, Refusal> {
    Params::of(&uri)?.end()?;
    Ok(json(&document())?)
}

/// The whole document.
#[must_use]
pub fn document() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Toàn Cảnh")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    let tag =
        |name: &str, description: &str| TagBuilder::new().name(name).description(Some(description)).build();
    OpenApiBuilder::new()
        .info(info)
        .paths(paths())
        .components(Some(components()))
        .tags(Some([
            tag("events", "Events in"),
            tag("numbers", "Numbers out, and where they come from"),
            tag("cases", "The cases themselves"),
            tag("alarms", "What needs a person now, and what was done about it"),
            tag("shift", "Who is on duty in the operations centre, and what is handed over"),
            tag("desks", "What waits on a unit's desk and on the City Office's"),
            tag("directives", "What leadership asks of agencies, and their answers"),
            tag("public", "What anybody may be told"),
            tag("data", "How the sources and the data stand"),
            tag("screens", "Displays, and who directs them"),
            tag("operation", "Running the server"),
        ]))
        .build()
}

const DESCRIPTION: &str = "Case events in, numbers out: every answer says which events are in it (`seq`) and at which \
instant it stands (`at`). Times are RFC 3339 with the city's offset. Errors are RFC 9457 problem details; every kind \
is listed under the schema `Problem`. Every answer of `/api/v1/` carries the log's newest signed checkpoint in the \
header `Toancanh-Checkpoint` (a receipt also in its member `checkpoint`), where one was signed: `toancanh checkpoint \
--check` and `toancanh verify --checkpoint` read it. Until accounts exist, reads answer to callers on the server's own machine only, \
unless it was started with `--open-reads`.";

fn paths() -> Paths {
    let mut paths = PathsBuilder::new();
    for Call { method, path, operation, .. } in all_calls() {
        paths = paths.path(path, PathItem::new(method, operation));
    }
    paths.build()
}

fn components() -> utoipa::openapi::Components {
    let bearer = |description: &str| {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description));
        SecurityScheme::Http(scheme.build())
    };
    ComponentsBuilder::new()
        .schemas_from_iter(schemas::all())
        .schema("Problem", problems::schema())
        .security_scheme("source", bearer("The token that `toancanh source add` printed, once."))
        .security_scheme(
            "administrator",
            bearer(
                "Until accounts exist: the token in the file `admin-token` of the server's key folder, made at its \
                 first start and readable by the server's own user.",
            ),
        )
        .build()
}

/// A call of the document: where it is and what it does.
pub(super) type Described = (HttpMethod, &'static str, Operation);

#[cfg(test)]
mod tests;
