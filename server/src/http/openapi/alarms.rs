//! The calls about alarms in words.

use utoipa::openapi::Required;
use utoipa::openapi::path::{HttpMethod, ParameterBuilder, ParameterIn};

use super::Described;
use super::calls::{administrators, read, tabular};
use super::parts::*;

/// `GET /api/v1/alarms`.
pub(in crate::http) fn alarms_call() -> Described {
    let statuses = one_of("", ["unacknowledged", "acknowledged", "shelved", "cleared"]);
    let limit = integer("").minimum(Some(1)).maximum(Some(1_000));
    let read = read("alarms", "alarms", "What needs a person now: unacknowledged first, the most pressing first")
        .description(Some(
            "Made of the state, and of what is seen beside it: limits that ran out and set something off; grave cases that \
             are overdue; far more of a field or in a former district than on the same weekday of the last eight weeks, by \
             the last full hour; sources that say nothing for ten minutes; the server's clock, where nothing keeps it in \
             step. A case is one alarm at a time. One that is over is told for a day.",
        ))
        .parameters(Some([
            plain("alarm", "Only this one, however it stands.", string("")),
            plain("status", "Only those that stand so; those that are neither shelved nor over unless told.", statuses),
            plain("limit", "How many; 100 unless told.", limit),
        ]));
    (HttpMethod::Get, "/api/v1/alarms", tabular(read, table("The alarms.", "Alarms")))
}

/// `POST /api/v1/alarms/{code}/acknowledge`.
pub(in crate::http) fn acknowledge_call() -> Described {
    let call = administrators(
        "acknowledgeAlarm",
        "alarms",
        "Says that somebody has seen it and takes care; the first one counts",
        "AcknowledgeAlarm",
        "Alarm",
    );
    let call = call.parameter(name()).response("404", problem("No alarm of this name stands."));
    (HttpMethod::Post, "/api/v1/alarms/{code}/acknowledge", call.build())
}

/// `POST /api/v1/alarms/{code}/shelve`.
pub(in crate::http) fn shelve_call() -> Described {
    let call = administrators(
        "shelveAlarm",
        "alarms",
        "Puts it away for a time, with a reason; the latest one counts, and then it stands again",
        "ShelveAlarm",
        "Alarm",
    );
    let call = call.parameter(name()).response("404", problem("No alarm of this name stands."));
    (HttpMethod::Post, "/api/v1/alarms/{code}/shelve", call.build())
}

fn name() -> ParameterBuilder {
    ParameterBuilder::new()
        .name("code")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The alarm's name, `AL-` and twelve digits."))
        .schema(Some(string("")))
}
