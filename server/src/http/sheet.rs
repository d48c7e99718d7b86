//! A table on its way out, in the form that was asked for: JSON, CSV or an Arrow stream.
//!
//! What JSON says beside the rows (`seq`, `at`) stands in headers of the other forms, so that no
//! form of an answer hides which state it is of.

use axum::http::header::{CONTENT_TYPE, VARY};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use domain::problem::Problem;
use domain::{Seq, Value};
use serde::Serialize;

use super::accept::Form;
use super::problem::internal;

/// Which state an answer is of.
pub(super) const SEQ_HEADER: HeaderName = HeaderName::from_static("toancanh-seq");
/// The instant that an answer stands at.
pub(super) const AT_HEADER: HeaderName = HeaderName::from_static("toancanh-at");
/// Where the next page of a list begins.
pub(super) const NEXT_HEADER: HeaderName = HeaderName::from_static("toancanh-next");
/// The number of what has no believable point.
pub(super) const NO_POSITION_HEADER: HeaderName = HeaderName::from_static("toancanh-no-position");

/// Columns and rows.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
}

impl Sheet {
    pub(super) fn new<const N: usize>(columns: [&str; N], rows: impl Iterator<Item = [Value; N]>) -> Self {
        Self { columns: columns.map(str::to_owned).to_vec(), rows: rows.map(|row| row.to_vec()).collect() }
    }
}

/// A text or nothing.
pub(super) fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| Value::Text(text.to_owned()))
}

/// An answer as JSON.
pub(super) fn json(body: &impl Serialize) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(body).map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        internal()
    })?;
    Ok(of_type(Form::Json.media_type(), bytes))
}

/// A body of a media type, dependent on `Accept`.
pub(super) fn of_type(media_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    response
}

/// Says in a header what JSON says beside the rows.
pub(super) fn note(response: &mut Response, name: HeaderName, value: &str) {
    // Cursors, instants and numbers are plain ASCII.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// A table in the form asked for; `body` is its JSON.
pub(super) fn answer(
    form: Form,
    seq: Seq,
    at: &str,
    body: &impl Serialize,
    sheet: impl FnOnce() -> Sheet,
) -> Result<Response, Problem> {
    let mut response = match form {
        Form::Json | Form::GeoJson => json(body)?,
        Form::Csv => of_type("text/csv; charset=utf-8; header=present", csv(&sheet())?),
        Form::Arrow => of_type(Form::Arrow.media_type(), super::arrow::stream(&sheet(), seq, at)?),
    };
    note(&mut response, SEQ_HEADER, &seq.to_string());
    note(&mut response, AT_HEADER, at);
    Ok(response)
}

/// CSV by RFC 4180: a line of names, then the rows; nothing between two commas is null.
fn csv(sheet: &Sheet) -> Result<Vec<u8>, Problem> {
    let write = || -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(&sheet.columns)?;
        for row in &sheet.rows {
            writer.write_record(row.iter().map(cell))?;
        }
        Ok(writer.into_inner()?)
    };
    write().map_err(|error| {
        tracing::error!(%error, "an answer could not be written as CSV");
        internal()
    })
}

fn cell(value: &Value) -> String {
    match value {
        Value::Int(int) => int.to_string(),
        Value::Float(float) => float.to_string(),
        Value::Text(text) => text.clone(),
        Value::Null => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_what_would_break_it_and_leaves_null_empty() {
        let rows = [
            ["a,\"b\"\nc".into(), Value::Int(-3), Value::Float(0.5)],
            [Value::Null, Value::Int(1), Value::Null],
        ];
        let sheet = Sheet::new(["district", "open", "hours"], rows.into_iter());
        let text = String::from_utf8(csv(&sheet).unwrap()).unwrap();
        assert_eq!(text, "district,open,hours\r\n\"a,\"\"b\"\"\nc\",-3,0.5\r\n,1,\r\n");
    }
}
