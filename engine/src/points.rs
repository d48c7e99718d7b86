//! Dated counts as a polars frame: one line a point, the columns that metrics are written over.

use std::sync::Arc;

use domain::case::{Attrs, CaseIx, Point};
use domain::dimension::Dimension;
use polars::prelude::{
    ChunkedArray, Column, DataFrame, Int32Type, Int64Type, IntoColumn, IntoSeries, PolarsNumericType,
    PolarsResult, UInt32Type, UInt64Type,
};

use crate::cells::{CellCache, Cells, RESOLUTIONS};

/// The deciding instant, microseconds since 1970 UTC.
pub(crate) const AT: &str = "at";
/// From which instant it counts, microseconds since 1970 UTC.
pub(crate) const SINCE: &str = "since";
/// +1 or −1; a point taken out again has its weight negated.
pub(crate) const WEIGHT: &str = "weight";
/// A [`Measure`](domain::case::Measure) as a number.
pub(crate) const MEASURE: &str = "measure";
/// A [`Judgement`](domain::clock::Judgement) as a number.
pub(crate) const JUDGED: &str = "judged";
/// What was measured, in whole seconds or thousandths of a score; null where nothing was.
pub(crate) const QUANTITY: &str = "quantity";
/// Whether one of the codes is not in the catalogue.
pub(crate) const UNMAPPED: &str = "unmapped";
/// Whose: a [`CaseIx`].
pub(crate) const CASE: &str = "case";
/// The H3 cells by resolution; 0 is "no position".
pub(crate) const CELLS: [&str; RESOLUTIONS] = ["cell7", "cell8", "cell9", "cell10"];

/// Collects points, column by column.
#[derive(Default)]
pub(crate) struct Points {
    pub(crate) at: Vec<i64>,
    pub(crate) since: Vec<i64>,
    pub(crate) weight: Vec<i32>,
    pub(crate) measure: Vec<u32>,
    pub(crate) judged: Vec<u32>,
    pub(crate) quantity: Vec<Option<i64>>,
    pub(crate) unmapped: Vec<bool>,
    pub(crate) case: Vec<u32>,
    pub(crate) dims: [Vec<u32>; Dimension::COUNT],
    pub(crate) cells: [Vec<u64>; RESOLUTIONS],
    /// The attributes of the point before, whose cells the next one very often shares.
    pub(crate) last: Option<(Arc<Attrs>, Cells)>,
}

impl Points {
    /// Adds a point of a case; `sign` −1 takes one out.
    pub(crate) fn push(&mut self, cache: &mut CellCache, case: CaseIx, sign: i8, point: &Point) {
        self.at.push(point.at.micros());
        self.since.push(point.since.micros());
        self.weight.push(i32::from(sign) * i32::from(point.weight));
        self.measure.push(point.measure as u32);
        self.judged.push(point.judged as u32);
        self.quantity.push(point.quantity);
        self.unmapped.push(point.attrs.unmapped);
        self.case.push(case.0);
        for (column, code) in self.dims.iter_mut().zip(point.attrs.dims) {
            column.push(code.0);
        }
        let cells = self.cells_of(cache, &point.attrs);
        for (column, cell) in self.cells.iter_mut().zip(cells) {
            column.push(cell);
        }
    }

    fn cells_of(&mut self, cache: &mut CellCache, attrs: &Arc<Attrs>) -> Cells {
        if let Some((last, cells)) = &self.last
            && Arc::ptr_eq(last, attrs)
        {
            return *cells;
        }
        let cells = cache.cells(attrs.point);
        self.last = Some((attrs.clone(), cells));
        cells
    }

    /// How many points there are.
    pub(crate) fn len(&self) -> usize {
        self.at.len()
    }

    /// The points as a frame.
    pub(crate) fn into_frame(self) -> PolarsResult<DataFrame> {
        let height = self.len();
        let mut columns = vec![
            column::<Int64Type>(AT, self.at),
            column::<Int64Type>(SINCE, self.since),
            column::<Int32Type>(WEIGHT, self.weight),
            column::<UInt32Type>(MEASURE, self.measure),
            column::<UInt32Type>(JUDGED, self.judged),
            Column::new(QUANTITY.into(), self.quantity),
            Column::new(UNMAPPED.into(), self.unmapped),
            column::<UInt32Type>(CASE, self.case),
        ];
        for (dimension, codes) in Dimension::ALL.into_iter().zip(self.dims) {
            columns.push(column::<UInt32Type>(dimension.name(), codes));
        }
        for (name, cells) in CELLS.into_iter().zip(self.cells) {
            columns.push(column::<UInt64Type>(name, cells));
        }
        DataFrame::new(height, columns)
    }
}

/// Takes the numbers over without copying them.
fn column<T: PolarsNumericType>(name: &str, numbers: Vec<T::Native>) -> Column
where
    ChunkedArray<T>: IntoSeries,
{
    ChunkedArray::<T>::from_vec(name.into(), numbers).into_series().into_column()
}
