//! The calls of what anybody may be told in words.

use domain::public::Split;
use utoipa::openapi::Required;
use utoipa::openapi::path::{HttpMethod, Parameter, ParameterBuilder, ParameterIn};

use super::Described;
use super::calls::read;
use super::parts::*;

fn month() -> Parameter {
    let month = string("").pattern(Some("^[0-9]{4}-[0-9]{2}$"));
    plain("month", "A month up to the one that runs, such as 2026-11; that one unless told.", month)
}

fn call(
    id: &str,
    path: &'static str,
    summary: &str,
    shape: &str,
    parameters: impl IntoIterator<Item = Parameter>,
) -> Described {
    let read = read(id, "public", summary)
        .parameters(Some(parameters))
        .response("200", ok("What anybody may be told.", [("application/json", reference(shape))]));
    (HttpMethod::Get, path, read.build())
}

/// `GET /api/v1/public/totals`.
pub(in crate::http) fn public_totals_call() -> Described {
    let summary = "Reports of a month in the whole city";
    call("publicTotals", "/api/v1/public/totals", summary, "PublicTotals", [month()])
}

/// `GET /api/v1/public/dossiers`.
pub(in crate::http) fn public_dossiers_call() -> Described {
    let by =
        plain("by", "By what they are split; by time unless told.", one_of("", Split::ALL.map(Split::name)));
    let summary = "The published set of dossiers by time, field or unit; small groups are not told";
    call("publicDossiers", "/api/v1/public/dossiers", summary, "PublicDossiers", [by, month()])
}

/// `GET /api/v1/public/satisfaction`.
pub(in crate::http) fn public_satisfaction_call() -> Described {
    let summary = "What people think, with the number of ratings and the formula";
    call("publicSatisfaction", "/api/v1/public/satisfaction", summary, "PublicSatisfaction", [month()])
}

/// `GET /api/v1/public/lobby`.
pub(in crate::http) fn public_lobby_call() -> Described {
    let place = plain("place", "Which ward, or which district of the old map. Needed.", string(""));
    let summary = "What the screen in the lobby of a place's centre shows: queues, dossiers, satisfaction";
    call("publicLobby", "/api/v1/public/lobby", summary, "PublicLobby", [place])
}

/// `GET /api/v1/public/hexagons`.
pub(in crate::http) fn public_hexagons_call() -> Described {
    let summary = "Where the reports of the last thirty whole days came from; small cells are not told";
    call("publicHexagons", "/api/v1/public/hexagons", summary, "PublicHexagons", [])
}

/// `GET /api/v1/public/cases/{code}`.
pub(in crate::http) fn public_case_call() -> Described {
    let code = ParameterBuilder::new()
        .name("code")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The case's code, percent-encoded."))
        .schema(Some(string("").build()))
        .build();
    let read =
        read("publicCase", "public", "How a case stands, without anything of whose it is or what it says")
            .parameters(Some([code]))
            .response("200", ok("How it stands.", [("application/json", reference("PublicCase"))]))
            .response(
                "404",
                problem("No case of this code can be shown: there is none, or it is confidential."),
            )
            .response("429", problem("This address looks up cases too fast; see `Retry-After`."));
    (HttpMethod::Get, "/api/v1/public/cases/{code}", read.build())
}
