//! Each call in words: parameters, answers, errors.

use domain::directive::DirectiveStatus;
use domain::metric::Metric;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Required, Response};

use super::Described;
use super::parts::*;

const GET: HttpMethod = HttpMethod::Get;

/// A read: what every read may answer besides its own.
pub(super) fn read(id: &str, tag: &str, summary: &str) -> OperationBuilder {
    operation(id, tag, summary)
        .response("400", problem("A parameter, named in the problem, cannot be used."))
        .response(
            "403",
            problem("Reads answer on loopback only, or the filter is outside the caller's scope."),
        )
        .response("503", problem("Numbers are being rebuilt, or too many questions wait; see `Retry-After`."))
}

pub(super) fn operation(id: &str, tag: &str, summary: &str) -> OperationBuilder {
    OperationBuilder::new().operation_id(Some(id)).tag(tag).summary(Some(summary))
}

pub(super) fn tabular(operation: OperationBuilder, answer: Response) -> Operation {
    operation.response("200", answer).response("406", problem("Not in a form that `Accept` names.")).build()
}

/// `GET /api/v1/metrics`.
pub(in crate::http) fn metrics_call() -> Described {
    let read = read(
        "metrics",
        "numbers",
        "The metric registry: what each number counts, and on which clause it rests",
    );
    (GET, "/api/v1/metrics", tabular(read, table("The registry.", "Metrics")))
}

/// `GET /api/v1/aggregates`.
pub(in crate::http) fn aggregates_call() -> Described {
    let parameters = [metrics(), group_by()].into_iter().chain(filters()).chain(period());
    let parameters = parameters.chain([at(), bucket(), known_at(), rules()]);
    let read = read("aggregates", "numbers", "Numbers, split and filtered by any dimension, at any instant")
        .parameters(Some(parameters));
    (GET, "/api/v1/aggregates", tabular(read, table("The numbers.", "Table")))
}

/// `GET /api/v1/hexagons`.
pub(in crate::http) fn hexagons_call() -> Described {
    let is_count =
        |metric: &Metric| engine::Registry::standard().entry(*metric).is_some_and(|entry| entry.is_count());
    let counts = Metric::ALL.into_iter().filter(is_count);
    let res =
        plain("res", "The H3 resolution; 8 unless told.", integer("").minimum(Some(7)).maximum(Some(10)));
    let parameters =
        [metric(counts), res].into_iter().chain(filters()).chain(period()).chain([at(), known_at(), rules()]);
    let read = read("hexagons", "numbers", "A count over the map").parameters(Some(parameters));
    let answer = ok(
        "The count of each cell.",
        [
            ("application/json", reference("Hexagons")),
            ("application/geo+json", reference("HexagonsGeoJson")),
            ("text/csv", string("The columns cell and metric; the bucket without a position stands in the header `Toancanh-No-Position`.").build().into()),
            ("application/vnd.apache.arrow.stream", binary()),
        ],
    );
    (GET, "/api/v1/hexagons", tabular(read, answer))
}

/// `GET /api/v1/receipt`.
pub(in crate::http) fn receipt_call() -> Described {
    let parameters = [metric(Metric::ALL)].into_iter().chain(filters()).chain(period());
    let parameters = parameters.chain([at(), known_at(), rules(), cursor()]);
    let read = read(
        "receipt",
        "numbers",
        "Where a number comes from: definition, clause, cases, and what is left out",
    )
    .parameters(Some(parameters))
    .response("200", ok("The receipt.", [("application/json", reference("Receipt"))]));
    (GET, "/api/v1/receipt", read.build())
}

/// `GET /api/v1/satisfaction`.
pub(in crate::http) fn satisfaction_call() -> Described {
    let parameters = [group_by()].into_iter().chain(filters()).chain(period()).chain([at(), known_at()]);
    let read = read(
        "satisfaction",
        "numbers",
        "What people think, by criterion, stage, agency, procedure, rating channel or any dimension",
    )
    .description(Some(
        "With `criterion` among the groups or filters, answers are those to single criteria; else they are whole \
         ratings. `criterion:1` joins a criterion with those that continue it. `rating_channel` is how the rating came \
         in, `channel` how the report did. `answers`, `mean_score` (up to `scale`) and `satisfaction_rate` are of the \
         ratings of the period; `rateable` are the cases with their first result in it, `responded` those of them \
         rated so far in the group, `response_rate` their percentage. By stage, `rateable` are the cases that went \
         through stages; by criterion, those with their result on a day on which it was asked. A mean or a rate of \
         fewer than `min_answers` is null.",
    ))
    .parameters(Some(parameters));
    (GET, "/api/v1/satisfaction", tabular(read, table("The answers.", "Satisfaction")))
}

/// `GET /api/v1/cases`.
pub(in crate::http) fn cases_call() -> Described {
    let sorts = ["received_at", "-received_at", "due", "-due", "case", "-case"];
    let own = [
        plain("q", "Words of the code or the content, with or without diacritics.", string("")),
        plain("sort", "What to sort by; a leading `-` descends.", one_of("", sorts)),
        plain(
            "limit",
            "How many on a page; 100 unless told.",
            integer("").minimum(Some(1)).maximum(Some(1_000)),
        ),
        cursor(),
        at(),
        known_at(),
        rules(),
    ];
    let read = read("cases", "cases", "The cases, filtered, sorted, by pages")
        .parameters(Some(filters().into_iter().chain(period()).chain(own)));
    (
        GET,
        "/api/v1/cases",
        tabular(
            read,
            table("A page; the cursor of the next also stands in the header `Toancanh-Next`.", "CasePage"),
        ),
    )
}

/// `GET /api/v1/cases/{code}`.
pub(in crate::http) fn case_call() -> Described {
    let code = ParameterBuilder::new()
        .name("code")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The case's code, percent-encoded."))
        .schema(Some(string("")));
    let read = read("case", "cases", "One case: how it stands, its clocks with their arithmetic, its events")
        .parameter(code)
        .parameter(rules())
        .response("200", ok("The case.", [("application/json", reference("CaseStory"))]))
        .response("404", problem("Nothing was ever heard of such a case."));
    (GET, "/api/v1/cases/{code}", read.build())
}

/// `GET /api/v1/sources`.
pub(in crate::http) fn sources_call() -> Described {
    let read = read("sources", "data", "How each source stands, and what was last wrong with its events");
    (GET, "/api/v1/sources", tabular(read, table("The sources.", "Sources")))
}

/// `GET /api/v1/quality`.
pub(in crate::http) fn quality_call() -> Described {
    let limit = integer("").minimum(Some(0)).maximum(Some(1_000));
    let read =
        read("quality", "data", "What is odd about the data, with counts and cases").parameters(Some([
            plain("flag", "Only this flag.", string("")),
            plain("limit", "How many codes of cases with each; 20 unless told.", limit),
            plain("after", "Only codes that sort after this one: the last of the page before.", string("")),
        ]));
    (GET, "/api/v1/quality", tabular(read, table("The problems.", "Quality")))
}

/// `GET /api/v1/counters`.
pub(in crate::http) fn counters_call() -> Described {
    let read = read("counters", "data", "The queues of service counters, as their sources said last")
        .parameters(Some([plain("unit", "Only this unit's.", string(""))]));
    (GET, "/api/v1/counters", tabular(read, table("The counters.", "Counters")))
}

/// `GET /api/v1/escalations`.
pub(in crate::http) fn escalations_call() -> Described {
    let limit = integer("").minimum(Some(1)).maximum(Some(1_000));
    let read = read(
        "escalations",
        "data",
        "What limits that ran out set off, each with its instant and clause, the newest first",
    )
    .parameters(Some([
        plain("action", "Only this action, such as `report_to_city_leadership_via_city_office`.", string("")),
        plain(
            "open",
            "Only cases that are open (`true`) or that are not (`false`).",
            one_of("", ["true", "false"]),
        ),
        plain("limit", "How many lines; 100 unless told.", limit),
    ]));
    (GET, "/api/v1/escalations", tabular(read, table("The escalations.", "Escalations")))
}

/// `GET /api/v1/commitments`.
pub(in crate::http) fn commitments_call() -> Described {
    let limit = integer("").minimum(Some(1)).maximum(Some(1_000));
    let truth = || one_of("", ["true", "false"]);
    let read = read(
        "commitments",
        "data",
        "Cases whose limit a recorded time can move: that time, its revisions, whether it was missed, and the cases \
         without one; the earliest limit first",
    )
    .parameters(Some([
        plain("rule", "Only limits of this rule, such as `HCM-7.2.b`.", string("")),
        plain("commitment", "Only this time, such as `expected_completion_at`.", string("")),
        plain("committed", "Only with a recorded time (`true`) or without one (`false`).", truth()),
        plain("past_due", "Only where the limit by the rule alone has passed (`true`) or not (`false`).", truth()),
        plain(
            "open",
            "Cases that are open (`true`, unless told) or over (`false`: then only those with a recorded time).",
            truth(),
        ),
        plain("limit", "How many lines; 100 unless told.", limit),
    ]));
    (GET, "/api/v1/commitments", tabular(read, table("The limits and times.", "Commitments")))
}

/// `GET /api/v1/catalogue/unmapped`.
pub(in crate::http) fn unmapped_call() -> Described {
    let read = read("unmapped", "data", "Codes that the city's catalogue does not know");
    (GET, "/api/v1/catalogue/unmapped", tabular(read, table("The codes.", "Unmapped")))
}

/// `GET /api/v1/directives`.
pub(in crate::http) fn directives_call() -> Described {
    let limit = integer("").minimum(Some(1)).maximum(Some(1_000));
    let statuses = one_of("", DirectiveStatus::ALL.map(DirectiveStatus::name));
    let read = read(
        "directives",
        "directives",
        "What leadership asked of agencies: those that wait for an answer first, by their limits",
    )
    .parameters(Some([
        plain("directive", "Only this one.", string("")),
        plain("status", "Only those that stand so.", statuses),
        plain("agency", "Only those to this agency or one under it.", string("")),
        plain("case", "Only those about this case.", string("")),
        plain("limit", "How many; 100 unless told.", limit),
    ]));
    (GET, "/api/v1/directives", tabular(read, table("The directives.", "Directives")))
}

/// `POST /api/v1/directives`.
pub(in crate::http) fn issue_call() -> Described {
    let call = act("issueDirective", "Urges an agency, or asks it for an explanation", "IssueDirective")
        .description(Some(
            "What the directive rests on is read by the server and frozen in the log: a number's receipt (question, \
             value, cases, digest, `seq`, `at`) or how the case stands. `working_days` are counted on the city's \
             working calendar, up to the end of work of the last. Sent again under the same `request` nothing is done \
             twice. Who issued it is the holder of the administrator's token, until accounts exist. The text is kept in \
             the log and shown to every reader: name cases by their codes and no person; telephone and identity numbers and \
             e-mail addresses in it are sealed and shown as `***`.",
        ));
    (HttpMethod::Post, "/api/v1/directives", call.build())
}

/// `POST /api/v1/directives/{code}/answer`.
pub(in crate::http) fn answer_call() -> Described {
    let call = act("answerDirective", "Answers a directive; a later answer adds to it", "AnswerDirective")
        .parameter(directive_code())
        .response("404", problem("There is no such directive."));
    (HttpMethod::Post, "/api/v1/directives/{code}/answer", call.build())
}

/// `POST /api/v1/directives/{code}/close`.
pub(in crate::http) fn decide_call() -> Described {
    let call = act("decideDirective", "Closes a directive, or sends its answer back", "DecideDirective")
        .parameter(directive_code())
        .response("404", problem("There is no such directive."));
    (HttpMethod::Post, "/api/v1/directives/{code}/close", call.build())
}

fn directive_code() -> ParameterBuilder {
    ParameterBuilder::new()
        .name("code")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The directive's name, `DD-` and twelve digits."))
        .schema(Some(string("")))
}

/// An act of an administrator's, answered with the directive.
fn act(id: &str, summary: &str, body: &str) -> OperationBuilder {
    administrators(id, "directives", summary, body, "Directive")
}

/// An act of an administrator's, answered with what it was about.
pub(super) fn administrators(
    id: &str,
    tag: &str,
    summary: &str,
    body: &str,
    about: &str,
) -> OperationBuilder {
    let content = ContentBuilder::new().schema(Some(reference(body))).build();
    let body = RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
    operation(id, tag, summary)
        .security(SecurityRequirement::new("administrator", Vec::<String>::new()))
        .request_body(Some(body.build()))
        .response("200", ok("How it stands now.", [("application/json", reference(about))]))
        .response("400", problem("A member, named in the problem, cannot be used."))
        .response("401", problem("The administrator's token is missing or wrong."))
        .response("403", problem("Answers on loopback only, until accounts exist."))
        .response(
            "409",
            problem("The request's name stands for another act, or how it stands does not allow this."),
        )
        .response("413", problem("The body is larger than 64 KiB."))
        .response("415", problem("The body is not application/json."))
        .response("503", problem("Not durable now; send the same under the same `request`."))
}

/// `POST /api/v1/clock`.
pub(in crate::http) fn clock_call() -> Described {
    let content = ContentBuilder::new().schema(Some(reference("MoveClock"))).build();
    let body = RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
    let call = operation("moveClock", "operation", "Moves a clock that is not the system's, forwards only")
        .description(Some(
            "Numbers follow at the next tick. Needs the administrator's token: until accounts exist it stands in the \
             file `admin-token` of the server's key folder, made at the first start.",
        ))
        .security(SecurityRequirement::new("administrator", Vec::<String>::new()))
        .request_body(Some(body.build()))
        .response("200", ok("How the clock stands now.", [("application/json", reference("CityClock"))]))
        .response("400", problem("The body cannot be parsed, or an instant cannot be read."))
        .response("401", problem("The administrator's token is missing or wrong."))
        .response("409", problem("The clock is the system's, or would go back."))
        .response("413", problem("The body is larger than 64 KiB."))
        .response("415", problem("The body is not application/json."));
    (HttpMethod::Post, "/api/v1/clock", call.build())
}

/// `GET /api/v1/openapi.json`.
pub(in crate::http) fn openapi_call() -> Described {
    let schema = utoipa::openapi::ObjectBuilder::new().build().into();
    let call = operation("openapi", "operation", "This document")
        .response("200", ok("OpenAPI 3.1.", [("application/json", schema)]))
        .response("400", problem("It takes no parameters."));
    (GET, "/api/v1/openapi.json", call.build())
}

/// `GET /api/v1/state`.
pub(in crate::http) fn state_call() -> Described {
    let read = read("state", "operation", "By which two servers know that they hold the same events")
        .response("200", ok("The digest of the state.", [("application/json", reference("State"))]));
    (GET, "/api/v1/state", read.build())
}

/// `GET /healthz`.
pub(in crate::http) fn alive_call() -> Described {
    let schema = utoipa::openapi::ObjectBuilder::new().build().into();
    let call = operation("healthz", "operation", "Whether the server is alive")
        .response("200", ok("It is; `rebuilding` is how far a start has come, per cent, while its log is still being opened.", [("application/json", schema)]))
        .response("503", problem("It must be started again."));
    (GET, "/healthz", call.build())
}

/// `GET /readyz`.
pub(in crate::http) fn ready_call() -> Described {
    let schema = utoipa::openapi::ObjectBuilder::new().build().into();
    let call = operation("readyz", "operation", "Whether the server may be asked")
        .response("200", ok("Every event of the log is in the numbers.", [("application/json", schema)]))
        .response(
            "503",
            problem("Numbers are being rebuilt, with `percent` as a member, or the log has stopped."),
        );
    (GET, "/readyz", call.build())
}

/// `GET /metrics`.
pub(in crate::http) fn figures_call() -> Described {
    let call = operation("figures", "operation", "The server's own figures, for Prometheus")
        .response(
            "200",
            ok("OpenMetrics text.", [("application/openmetrics-text", string("").build().into())]),
        )
        .response("403", problem("Reads answer on loopback only."));
    (GET, "/metrics", call.build())
}

/// `POST /api/v1/events`.
pub(in crate::http) fn events_call() -> Described {
    let content = |schema| ContentBuilder::new().schema(Some(schema)).build();
    let body = RequestBodyBuilder::new()
        .required(Some(Required::True))
        .description(Some(
            "One of four content modes; the fourth is CloudEvents' binary mode: `application/json` with the attributes \
             in `ce-` headers.",
        ))
        .content("application/cloudevents+json", content(reference("CloudEvent")))
        .content("application/cloudevents-batch+json", content(array(reference("CloudEvent"), "").build().into()))
        .content("application/x-ndjson", content(string("One event a line.").build().into()))
        .content("application/json", content(utoipa::openapi::ObjectBuilder::new().build().into()));
    let call = operation("events", "events", "Takes events; answered when the accepted ones are durable")
        .security(SecurityRequirement::new("source", Vec::<String>::new()))
        .description(Some(SIGNING))
        .parameter(signed_header("Content-Digest", "`sha-256` or `sha-512` of the body (RFC 9530)."))
        .parameter(signed_header(
            "Signature-Input",
            "What is covered, `created`, `nonce`, `keyid` (RFC 9421).",
        ))
        .parameter(signed_header("Signature", "The signature, by Ed25519 or ECDSA P-256 (RFC 9421)."))
        .request_body(Some(body.build()))
        .response("202", ok("What became of each event.", [("application/json", reference("Outcome"))]))
        .response("400", problem("The body cannot be parsed."))
        .response("401", problem("No source has this token, or the request's signature does not hold."))
        .response("403", problem("The source has no right to this city."))
        .response("413", problem("The body is larger than 16 MiB."))
        .response("415", problem("The content type is none of the four modes."))
        .response("429", problem("Too fast; see `Retry-After`."))
        .response("503", problem("Not durable now; send the same events again under the same ids."));
    (HttpMethod::Post, "/api/v1/events", call.build())
}

/// How a source signs that must.
const SIGNING: &str = "A source that was registered to sign sends HTTP Message Signatures (RFC 9421): covered are \
    `@method`, `@target-uri` (or `@authority` and `@path`), `content-digest`, `content-type`, in binary mode every \
    `ce-` header, and what its registration adds; `created` lies at most the window (300 s) back and 60 s ahead, and \
    `nonce` is used once. Each attempt is signed anew. What was signed is kept beside the events.";

/// A header of a signed request.
fn signed_header(name: &str, description: &str) -> Parameter {
    let description = format!("{description} Only of sources that sign.");
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(string("").build()))
        .build()
}

/// `GET /api/v1/events/stream`.
pub(in crate::http) fn stream_call() -> Described {
    let call = operation("eventsStream", "events", "A WebSocket on which a source sends events")
        .description(Some(
            "One event or a batch a message; each message is answered as `POST /api/v1/events` would. A source that \
             must sign signs this request, without a body and its digest; the messages are not signed one by one, and \
             no proof is kept beside their events.",
        ))
        .parameter(signed_header("Signature-Input", "What is covered, `created`, `nonce`, `keyid` (RFC 9421)."))
        .parameter(signed_header("Signature", "The signature, by Ed25519 or ECDSA P-256 (RFC 9421)."))
        .security(SecurityRequirement::new("source", Vec::<String>::new()))
        .response("101", Response::new("The WebSocket is open."))
        .response("401", problem("No source has this token, or the request's signature does not hold."))
        .response("403", problem("The source has no right to this city."))
        .response("426", problem("Only a WebSocket is answered here."));
    (GET, "/api/v1/events/stream", call.build())
}

/// `GET /api/v1/live`.
pub(in crate::http) fn live_call() -> Described {
    let call = operation("live", "numbers", "A WebSocket on which numbers move")
        .description(Some(
            "Subprotocol `toancanh.v1.json`. The client sends `{\"subscribe\": {\"id\", \"query\": {\"metric\": [], \
             \"group_by\": [], \"filter\": {}, \"res\"?}, \"since\"?: {\"epoch\", \"n\"}}}` and `{\"unsubscribe\": \
             {\"id\"}}`; the server sends `hello`, `subscribed`, `snapshot`, `delta`, `beat` and `error`. A snapshot \
             with its deltas up to (`seq`, `at`) equals a fresh snapshot at that pair; `n` counts a topic's frames by \
             one, and a hole means subscribe again.",
        ))
        .response("101", Response::new("The WebSocket is open."))
        .response("400", problem("The request opens no WebSocket, or none of the offered subprotocols is known."))
        .response("403", problem("Reads answer on loopback only, or the page is of another site."))
        .response("426", problem("The connection cannot become a WebSocket."));
    (GET, "/api/v1/live", call.build())
}
