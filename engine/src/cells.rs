//! H3 cells of points, at each resolution that answers offer.

use domain::geo::LatLng;
use h3o::{CellIndex, Resolution};
use rustc_hash::FxHashMap;

use crate::error::QueryError;

/// The coarsest resolution.
pub(crate) const FIRST_RES: u8 = 7;
/// How many resolutions there are: 7 to 10.
pub(crate) const RESOLUTIONS: usize = 4;

const EACH: [Resolution; RESOLUTIONS] =
    [Resolution::Seven, Resolution::Eight, Resolution::Nine, Resolution::Ten];

/// The cells of one point, coarsest first; all 0 where there is no point.
pub(crate) type Cells = [u64; RESOLUTIONS];

/// Remembers the cells of points met before: many cases share an address.
#[derive(Default)]
pub(crate) struct CellCache {
    known: FxHashMap<(u64, u64), Cells>,
}

impl CellCache {
    /// When full it forgets everything and starts again: only speed is lost.
    const CAPACITY: usize = 1 << 20;

    /// The cell of the point at each resolution: computed from the point itself, never as the
    /// parent of a finer one, since H3's children do not lie wholly inside their parents.
    pub(crate) fn cells(&mut self, point: Option<LatLng>) -> Cells {
        let Some(point) = point else {
            return [0; RESOLUTIONS];
        };
        let key = (point.lat.to_bits(), point.lng.to_bits());
        if let Some(cells) = self.known.get(&key) {
            return *cells;
        }
        let cells = cells_of(point);
        if self.known.len() >= Self::CAPACITY {
            self.known.clear();
        }
        self.known.insert(key, cells);
        cells
    }
}

/// The cells of a point; all 0 where it is no point on earth.
pub(crate) fn cells_of(point: LatLng) -> Cells {
    h3o::LatLng::new(point.lat, point.lng)
        .map(|point| EACH.map(|resolution| u64::from(point.to_cell(resolution))))
        .unwrap_or([0; RESOLUTIONS])
}

/// The place of a resolution in [`Cells`].
pub(crate) fn slot(res: u8) -> Result<usize, QueryError> {
    res.checked_sub(FIRST_RES)
        .map(usize::from)
        .filter(|slot| *slot < RESOLUTIONS)
        .ok_or_else(|| QueryError::bad("res", "is not a resolution from 7 to 10"))
}

/// The resolution's place of a cell that a question names.
pub(crate) fn slot_of(cell: u64) -> Result<usize, QueryError> {
    let index = CellIndex::try_from(cell).map_err(|_| {
        QueryError::bad("cell", format!("{cell:x} is not an H3 cell, such as 882a306639fffff"))
    })?;
    slot(u8::from(index.resolution()))
        .map_err(|_| QueryError::bad("cell", format!("{cell:x} has no resolution from 7 to 10")))
}

/// A cell as answers write it.
pub(crate) fn name(cell: u64) -> String {
    format!("{cell:x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_points_cell_is_taken_at_each_resolution_and_not_from_a_finer_one() {
        // A point whose cell at 7 is not the parent of its cell at 10.
        let mut differs = 0;
        for step in 0..2_000 {
            let point = LatLng { lat: 42.3 + f64::from(step) * 1e-4, lng: -71.1 };
            let cells = cells_of(point);
            let finest = CellIndex::try_from(cells[3]).unwrap();
            let parent = finest.parent(Resolution::Seven).unwrap();
            differs += usize::from(u64::from(parent) != cells[0]);
        }
        assert!(differs > 0);
    }

    #[test]
    fn no_point_and_an_impossible_one_have_no_cell() {
        let mut cache = CellCache::default();
        assert_eq!(cache.cells(None), [0; RESOLUTIONS]);
        assert_eq!(cache.cells(Some(LatLng { lat: f64::NAN, lng: 0.0 })), [0; RESOLUTIONS]);
    }

    #[track_caller]
    fn check(cell: u64, want: Option<usize>) {
        assert_eq!(slot_of(cell).ok(), want, "{cell:x}");
    }

    #[test]
    fn a_named_cell_tells_its_resolution() {
        let cells = cells_of(LatLng { lat: 10.77, lng: 106.7 });
        for (place, cell) in cells.into_iter().enumerate() {
            check(cell, Some(place));
        }
        check(0, None);
        check(u64::MAX, None);
        let coarse = CellIndex::try_from(cells[0]).unwrap().parent(Resolution::Five).unwrap();
        check(u64::from(coarse), None);
    }
}
