//! The calls about the operations centre's shift in words.

use utoipa::openapi::Required;
use utoipa::openapi::path::{HttpMethod, ParameterBuilder, ParameterIn};

use super::Described;
use super::calls::{administrators, read};
use super::parts::*;

/// `GET /api/v1/shift`.
pub(in crate::http) fn shift_call() -> Described {
    let limit = integer("").minimum(Some(1)).maximum(Some(200));
    let call = read("shift", "shift", "Who is on duty, what was noted and handed over, and what is open now")
        .description(Some(
            "The names of people on duty are told to the administrator's token alone; without it `person` is null. \
             Duties that are over are told for a day.",
        ))
        .parameters(Some([plain("limit", "How many lines of each list; 20 unless told.", limit)]))
        .response("200", ok("The shift.", [("application/json", reference("Shift"))]))
        .response("401", problem("The token that was given is not the administrator's."));
    (HttpMethod::Get, "/api/v1/shift", call.build())
}

/// `POST /api/v1/shift/duties`.
pub(in crate::http) fn begin_duty_call() -> Described {
    let call = administrators(
        "beginDuty",
        "shift",
        "Puts somebody on duty, at most 20 at once",
        "BeginDuty",
        "Duty",
    );
    (HttpMethod::Post, "/api/v1/shift/duties", call.build())
}

/// `POST /api/v1/shift/duties/{code}/note`.
pub(in crate::http) fn note_call() -> Described {
    of_duty("/api/v1/shift/duties/{code}/note", "noteOnDuty", "Notes something on duty", "WordsOnDuty")
}

/// `POST /api/v1/shift/duties/{code}/handover`.
pub(in crate::http) fn hand_over_call() -> Described {
    let summary = "Offers the duty to the next person, with how the city stands at this moment; it goes on until that \
                   person accepts";
    of_duty("/api/v1/shift/duties/{code}/handover", "handOverDuty", summary, "WordsOnDuty")
}

/// `POST /api/v1/shift/duties/{code}/accept`.
pub(in crate::http) fn accept_call() -> Described {
    of_duty(
        "/api/v1/shift/duties/{code}/accept",
        "acceptDuty",
        "Takes over what was handed over: the duty ends",
        "AcceptDuty",
    )
}

/// `POST /api/v1/shift/duties/{code}/end`.
pub(in crate::http) fn end_duty_call() -> Described {
    of_duty(
        "/api/v1/shift/duties/{code}/end",
        "endDuty",
        "Ends a duty that nobody takes over, with a reason",
        "EndDuty",
    )
}

fn of_duty(path: &'static str, id: &str, summary: &str, body: &str) -> Described {
    let name = ParameterBuilder::new()
        .name("code")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The duty's name, `DU-` and twelve digits."))
        .schema(Some(string("")));
    let call = administrators(id, "shift", summary, body, "Duty")
        .parameter(name)
        .response("404", problem("No duty of this name was ever begun."));
    (HttpMethod::Post, path, call.build())
}
