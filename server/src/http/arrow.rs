//! A table as an Arrow IPC stream, with `seq` and `at` in the schema's metadata.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use domain::metric::Metric;
use domain::problem::Problem;
use domain::{Seq, Value};

use super::problem::internal;
use super::sheet::Sheet;

/// Writes a table. Codes are `utf8`, counts `int64`, measures `float64`; every column may be null.
pub(super) fn stream(sheet: &Sheet, seq: Seq, at: &str) -> Result<Vec<u8>, Problem> {
    write(sheet, seq, at).map_err(|error| {
        tracing::error!(%error, "an answer could not be written as an Arrow stream");
        internal()
    })
}

fn write(sheet: &Sheet, seq: Seq, at: &str) -> Result<Vec<u8>, ArrowError> {
    let mut fields = Vec::with_capacity(sheet.columns.len());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(sheet.columns.len());
    for (place, name) in sheet.columns.iter().enumerate() {
        let kind = kind_of(name, sheet.rows.iter().filter_map(|row| row.get(place)));
        columns.push(column(&kind, sheet.rows.iter().map(|row| row.get(place))));
        fields.push(Field::new(name, kind, true));
    }
    let facts = HashMap::from([("seq".to_owned(), seq.to_string()), ("at".to_owned(), at.to_owned())]);
    let schema = Arc::new(Schema::new_with_metadata(fields, facts));
    let batch = RecordBatch::try_new(schema.clone(), columns)?;
    let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
    writer.write(&batch)?;
    writer.into_inner()
}

/// A metric's column has the metric's type, whatever the rows hold: a reader's schema must not
/// change with the numbers.
fn kind_of<'a>(name: &str, values: impl Iterator<Item = &'a Value>) -> DataType {
    match name.parse() {
        Ok(Metric::HoursToResolveP50 | Metric::HoursToResolveP90) => return DataType::Float64,
        Ok(_) => return DataType::Int64,
        Err(()) => {}
    }
    let mut kind = None;
    for value in values {
        kind = match (kind, value) {
            (_, Value::Text(_)) => return DataType::Utf8,
            (Some(DataType::Float64), Value::Int(_)) | (_, Value::Float(_)) => Some(DataType::Float64),
            (_, Value::Int(_)) => Some(DataType::Int64),
            (kind, Value::Null) => kind,
        };
    }
    kind.unwrap_or(DataType::Utf8)
}

fn column<'a>(kind: &DataType, values: impl Iterator<Item = Option<&'a Value>>) -> ArrayRef {
    match kind {
        DataType::Int64 => Arc::new(Int64Array::from_iter(values.map(|value| value.and_then(Value::as_int)))),
        DataType::Float64 => {
            Arc::new(Float64Array::from_iter(values.map(|value| value.and_then(Value::as_f64))))
        }
        _ => Arc::new(StringArray::from_iter(values.map(|value| value.and_then(shown)))),
    }
}

/// A cell of a column of texts: what is no text there is written as one, never dropped.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Int(int) => Some(int.to_string()),
        Value::Float(float) => Some(float.to_string()),
        Value::Null => None,
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, Int64Type};
    use arrow_ipc::reader::StreamReader;

    use super::*;

    #[test]
    fn a_stream_reads_back_as_the_table_with_its_state() {
        let rows = [
            ["PWDx".into(), Value::Int(1), Value::Int(12), Value::Null],
            [Value::Null, Value::Int(2), Value::Int(0), Value::Float(1.5)],
        ];
        let sheet = Sheet::new(["agency", "content_group", "open", "hours_to_resolve_p50"], rows.into_iter());
        let bytes = stream(&sheet, Seq(7), "2015-10-01T00:00:00-04:00").unwrap();
        let mut reader = StreamReader::try_new(bytes.as_slice(), None).unwrap();
        assert_eq!(reader.schema().metadata()["seq"], "00000000000000000007");
        assert_eq!(reader.schema().metadata()["at"], "2015-10-01T00:00:00-04:00");
        let batch = reader.next().unwrap().unwrap();
        let agencies: Vec<_> = batch.column(0).as_string::<i32>().iter().collect();
        assert_eq!(agencies, [Some("PWDx"), None]);
        assert_eq!(batch.column(2).as_primitive::<Int64Type>().values(), &[12, 0]);
        let hours: Vec<_> = batch.column(3).as_primitive::<Float64Type>().iter().collect();
        assert_eq!(hours, [None, Some(1.5)]);
        assert!(reader.next().is_none());
    }

    #[test]
    fn a_table_without_rows_has_its_columns() {
        let sheet = Sheet::new(["agency", "open"], std::iter::empty());
        let bytes = stream(&sheet, Seq(0), "").unwrap();
        let schema = StreamReader::try_new(bytes.as_slice(), None).unwrap().schema();
        let kinds: Vec<_> = schema.fields().iter().map(|field| field.data_type().clone()).collect();
        assert_eq!(kinds, [DataType::Utf8, DataType::Int64]);
    }
}
