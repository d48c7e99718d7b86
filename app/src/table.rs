//! Reading an answer: columns by name, numbers by column, codes by key.

use domain::Value;
use domain::answer::Table;
use domain::metric::Metric;
use domain::wire::Row;

/// The numbers of one metric in a table, by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column(Option<usize>);

/// The column of a metric. A table without it answers zero: what has no row is zero too.
#[must_use]
pub fn column(table: &Table, metric: Metric) -> Column {
    Column(table.columns.iter().position(|column| column == metric.name()))
}

impl Column {
    /// The count in a row.
    #[must_use]
    pub fn of(self, row: &Row) -> i64 {
        self.0.and_then(|place| row.get(place)).and_then(Value::as_int).unwrap_or(0)
    }
}

/// The sum of a metric over all rows.
#[must_use]
pub fn sum(table: &Table, metric: Metric) -> i64 {
    let column = column(table, metric);
    table.rows.iter().map(|row| column.of(row)).sum()
}

/// The code at a place of a row's key; `None` where the cases have none.
#[must_use]
pub fn code(row: &Row, place: usize) -> Option<String> {
    row.get(place).and_then(Value::as_text).map(str::to_owned)
}
