//! The words of which descriptions of calls are made.

use domain::dimension::Dimension;
use domain::metric::Metric;
use serde_json::Value as Json;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Required, Schema};

use crate::http::params::closed_list;
use crate::http::problem::PROBLEM_JSON;

pub(super) fn reference(name: &str) -> RefOr<Schema> {
    Ref::from_schema_name(name).into()
}

pub(super) fn string(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

pub(super) fn integer(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).description(Some(description))
}

pub(super) fn number(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Number).description(Some(description))
}

pub(super) fn boolean(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean).description(Some(description))
}

pub(super) fn instant(description: &str) -> ObjectBuilder {
    string(description).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
}

pub(super) fn one_of<'a>(description: &str, values: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    let values: Vec<&str> = values.into_iter().collect();
    string(description).enum_values(Some(values))
}

pub(super) fn array(items: impl Into<RefOr<Schema>>, description: &str) -> ArrayBuilder {
    let items: RefOr<Schema> = items.into();
    ArrayBuilder::new().items(items).description(Some(description))
}

/// Either the type or null. A closed list of values holds null too: `enum` is asked besides `type`.
pub(super) fn or_null(schema: ObjectBuilder) -> ObjectBuilder {
    use utoipa::openapi::schema::SchemaType;
    let mut built = schema.build();
    if let Some(values) = &mut built.enum_values {
        values.push(Json::Null);
    }
    let kind = match built.schema_type.clone() {
        SchemaType::Type(kind) => SchemaType::from_iter([kind, Type::Null]),
        other => other,
    };
    ObjectBuilder::from(built).schema_type(kind)
}

fn query(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
}

/// A parameter of one value.
pub(super) fn plain(name: &str, description: &str, schema: ObjectBuilder) -> Parameter {
    query(name, description, schema.build()).build()
}

/// A parameter of several values with commas between them.
fn listed(name: &str, description: &str, item: ObjectBuilder) -> ParameterBuilder {
    let items = ArrayBuilder::new().items(item.build()).build();
    query(name, description, items).style(Some(ParameterStyle::Form)).explode(Some(false))
}

/// Which metrics, in the order of the answer's columns.
pub(super) fn metrics() -> Parameter {
    let names = one_of("", Metric::ALL.map(Metric::name));
    listed("metric", "The metrics, with commas between them, in the order of the columns.", names)
        .required(Required::True)
        .build()
}

/// Exactly one metric.
pub(super) fn metric(names: impl IntoIterator<Item = Metric>) -> Parameter {
    let schema = one_of("", names.into_iter().map(Metric::name));
    query("metric", "The metric.", schema.build()).required(Required::True).build()
}

/// What to split by.
pub(super) fn group_by() -> Parameter {
    let names: Vec<&str> = Dimension::ALL.map(Dimension::name).to_vec();
    let pattern = format!("^({})(:[1-9])?$", names.join("|"));
    let description = "Dimensions to split by, with commas between them; `agency:1`, `field:2` roll up to a level \
                       of the tree. Without it there is one row.";
    listed("group_by", description, string("").pattern(Some(pattern))).build()
}

/// Every dimension filters.
pub(super) fn filters() -> Vec<Parameter> {
    let filter = |dimension: Dimension| {
        // The empty value is one too.
        let item = match closed_list(dimension) {
            Some(list) => one_of("", list.iter().copied().chain([""])),
            None => string(""),
        };
        let description = format!(
            "Only cases with one of these codes of {} or a code under it. Where a code holds a comma, repeat the \
             parameter (then commas do not separate) or write `\\,`. An empty value asks for the cases that have \
             none.",
            dimension.name()
        );
        listed(dimension.name(), &description, item).build()
    };
    let mut filters = Dimension::ALL.map(filter).to_vec();
    let cell = string("").pattern(Some("^[0-9a-f]{15}$"));
    filters.push(
        listed("cell", "Only cases whose point lies in one of these H3 cells (resolutions 7 to 10).", cell)
            .build(),
    );
    filters.push(plain("no_position", "Only cases without a believable point.", boolean("")));
    filters
}

fn time(name: &str, description: &str) -> Parameter {
    let description = format!("{description} RFC 3339 with an offset, or a date (local midnight).");
    let example = Json::from("2015-10-01T00:00:00-04:00");
    ParameterBuilder::from(plain(name, &description, string(""))).example(Some(example)).build()
}

/// The instant of a level.
pub(super) fn at() -> Parameter {
    time("at", "The instant of a level, and from which a movement is seen; without it `to`, else now.")
}

/// What was known then.
pub(super) fn known_at() -> Parameter {
    time("known_at", "Only events recorded by then: as it was shown then.")
}

/// Under which rules.
pub(super) fn rules() -> Parameter {
    let names = one_of("", ["kept", "newest", "former"]);
    let description = "Where the city's folder was changed: `kept` looks at each instant under the rules of then \
                       (this unless told), `newest` as if today's had always held, `former` as if the last change \
                       had not been made.";
    plain("rules", description, names)
}

/// The period.
pub(super) fn period() -> [Parameter; 2] {
    [
        time("from", "Start of the period, included; without it the city's today."),
        time("to", "End of the period, not included; without it now."),
    ]
}

/// Split by time.
pub(super) fn bucket() -> Parameter {
    let names = one_of("", ["hour", "day", "week", "month", "year"]);
    plain(
        "bucket",
        "Split by stretches of the city's own time, named by their start, every one present.",
        names,
    )
}

/// Where a list goes on.
pub(super) fn cursor() -> Parameter {
    plain("cursor", "`next` of the page before; pinned to its (`seq`, `at`).", string(""))
}

/// A success.
pub(super) fn ok<const N: usize>(description: &str, contents: [(&str, RefOr<Schema>); N]) -> Response {
    let mut response = ResponseBuilder::new().description(description);
    for (media_type, schema) in contents {
        response = response.content(media_type, ContentBuilder::new().schema(Some(schema)).build());
    }
    response.build()
}

/// A table, in its three forms.
pub(super) fn table(description: &str, schema: &str) -> Response {
    ok(
        description,
        [
            ("application/json", reference(schema)),
            ("text/csv", string("A line of names, then the rows; `seq` and `at` stand in the headers `Toancanh-Seq` and `Toancanh-At`.").build().into()),
            ("application/vnd.apache.arrow.stream", binary()),
        ],
    )
}

/// An Arrow IPC stream.
pub(super) fn binary() -> RefOr<Schema> {
    let description = "An Arrow IPC stream; `seq` and `at` stand in the schema's metadata.";
    string(description).format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).build().into()
}

/// An error.
pub(super) fn problem(description: &str) -> Response {
    ok(description, [(PROBLEM_JSON, reference("Problem"))])
}
