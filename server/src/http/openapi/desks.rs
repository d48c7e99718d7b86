//! The calls about desks in words.

use utoipa::openapi::path::HttpMethod;

use super::Described;
use super::calls::{read, tabular};
use super::parts::*;

/// `GET /api/v1/desks/unit`.
pub(in crate::http) fn unit_desk_call() -> Described {
    let limit = integer("").minimum(Some(1)).maximum(Some(1_000));
    let read = read("unitDesk", "desks", "What a unit holds, by when it is due, and what its events lack")
        .parameters(Some([
            plain("agency", "Which agency; those under it are in it. Needed.", string("")),
            plain("limit", "How many lines of each part; 20 unless told.", limit),
        ]));
    (HttpMethod::Get, "/api/v1/desks/unit", tabular(read, table("The desk.", "UnitDesk")))
}

/// `GET /api/v1/desks/city-office`.
pub(in crate::http) fn office_desk_call() -> Described {
    let limit = integer("").minimum(Some(1)).maximum(Some(1_000));
    let read = read(
        "officeDesk",
        "desks",
        "What the City Office watches: overdue and pending, pressing matters, what waits for a directive, group 4, transfers",
    )
    .parameters(Some([plain("limit", "How many lines of each list; 20 unless told.", limit)]));
    (HttpMethod::Get, "/api/v1/desks/city-office", tabular(read, table("The desk.", "OfficeDesk")))
}

/// `GET /api/v1/desks/centre`.
pub(in crate::http) fn centre_desk_call() -> Described {
    let limit = integer("").minimum(Some(1)).maximum(Some(1_000));
    let read = read(
        "centreDesk",
        "desks",
        "The day of a place's centre: load by field and counter, what is due by holder, satisfaction",
    )
    .parameters(Some([
        plain("place", "Which ward, or which district of the old map. Needed.", string("")),
        plain("limit", "How many cases of each part; 20 unless told.", limit),
    ]));
    (HttpMethod::Get, "/api/v1/desks/centre", tabular(read, table("The desk.", "CentreDesk")))
}
