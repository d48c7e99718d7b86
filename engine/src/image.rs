//! The dated counts of cases as bytes, and back: what a start begins with, instead of counting every case
//! again. The bytes are of one build and one machine, and no promise to any other; whoever keeps them sees
//! to that, and to their being whole.
//!
//! ```text
//!   points u32 │ 4 × 0 │ columns of 8 bytes each │ columns of 4 │ columns of 1
//! ```
//! Columns follow each other without holes; numbers are as the machine has them.

use std::ops::Range;

use bytemuck::{Pod, cast_slice, pod_collect_to_vec};
use domain::case::CaseIx;
use domain::state::State;
use polars::prelude::{DataFrame, PolarsResult};

use crate::cells::CellCache;
use crate::points::Points;

/// Why bytes are no dated counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// They are not as many as they say.
    #[error("the counts of some cases are cut off")]
    CutOff,
    /// polars does not take them.
    #[error("the counts of some cases cannot be used: {0}")]
    Frame(String),
}

/// Writes the dated counts of cases, remembering the cells of places from one stretch to the next.
#[derive(Default)]
pub struct ImageWriter {
    cells: CellCache,
}

/// The dated counts of some cases.
#[derive(Debug)]
pub struct ImagePart(pub(crate) DataFrame);

impl ImageWriter {
    /// Those of the cases at these places, in their order.
    pub fn part(&mut self, state: &State, places: Range<usize>) -> Vec<u8> {
        points_of(state, places, &mut self.cells).to_bytes()
    }
}

impl ImagePart {
    /// Reads what [`ImageWriter::part`] wrote.
    ///
    /// # Errors
    /// [`ImageError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ImageError> {
        let points = Points::of_bytes(bytes).ok_or(ImageError::CutOff)?;
        let frame: PolarsResult<DataFrame> = points.into_frame();
        Ok(Self(frame.map_err(|error| ImageError::Frame(error.to_string()))?))
    }
}

/// The points of the cases at these places; those that nobody has read yet are not kept for it.
fn points_of(state: &State, places: Range<usize>, cells: &mut CellCache) -> Points {
    let mut points = Points::default();
    let cases = state.cases().skip(places.start);
    for (place, case) in places.zip(&cases) {
        let timeline = case.timeline.glance();
        let ix = CaseIx(u32::try_from(place).unwrap_or(u32::MAX));
        for point in timeline.iter().flat_map(|timeline| timeline.points()) {
            points.push(cells, ix, 1, &point);
        }
    }
    points
}

impl Points {
    fn to_bytes(&self) -> Vec<u8> {
        let height = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let measured: Vec<i64> = self.quantity.iter().map(|quantity| quantity.unwrap_or_default()).collect();
        let is_measured: Vec<u8> =
            self.quantity.iter().map(|quantity| u8::from(quantity.is_some())).collect();
        let unmapped: Vec<u8> = self.unmapped.iter().map(|unmapped| u8::from(*unmapped)).collect();
        let mut bytes: Vec<u8> = [height, 0].iter().flat_map(|number| number.to_ne_bytes()).collect();
        for column in [&self.at, &self.since, &measured] {
            bytes.extend_from_slice(cast_slice(column));
        }
        for column in &self.cells {
            bytes.extend_from_slice(cast_slice(column));
        }
        bytes.extend_from_slice(cast_slice(&self.weight));
        for column in [&self.measure, &self.judged, &self.case].into_iter().chain(&self.dims) {
            bytes.extend_from_slice(cast_slice(column));
        }
        bytes.extend_from_slice(&is_measured);
        bytes.extend_from_slice(&unmapped);
        bytes
    }

    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (height, rest) = bytes.split_first_chunk::<8>()?;
        let [a, b, c, d, ..] = *height;
        let mut rest = Columns { height: u32::from_ne_bytes([a, b, c, d]) as usize, rest };
        let (at, since, measured) = (rest.take()?, rest.take()?, rest.take::<i64>()?);
        let mut cells = [const { Vec::new() }; crate::cells::RESOLUTIONS];
        for column in &mut cells {
            *column = rest.take()?;
        }
        let weight = rest.take()?;
        let (measure, judged, case) = (rest.take()?, rest.take()?, rest.take()?);
        let mut dims = [const { Vec::new() }; domain::dimension::Dimension::COUNT];
        for column in &mut dims {
            *column = rest.take()?;
        }
        let is_measured: Vec<u8> = rest.take()?;
        let unmapped: Vec<u8> = rest.take()?;
        let quantity = measured.into_iter().zip(is_measured);
        rest.rest.is_empty().then(|| Self {
            at,
            since,
            weight,
            measure,
            judged,
            quantity: quantity
                .map(|(quantity, is_measured)| (is_measured != 0).then_some(quantity))
                .collect(),
            unmapped: unmapped.into_iter().map(|unmapped| unmapped != 0).collect(),
            case,
            dims,
            cells,
            ..Self::default()
        })
    }
}

/// What is left to read.
struct Columns<'a> {
    height: usize,
    rest: &'a [u8],
}

impl Columns<'_> {
    fn take<T: Pod>(&mut self) -> Option<Vec<T>> {
        let (column, rest) = self.rest.split_at_checked(self.height.checked_mul(size_of::<T>())?)?;
        self.rest = rest;
        Some(pod_collect_to_vec(column))
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use domain::case::{Attrs, Measure, Point};
    use domain::clock::Judgement;
    use domain::dimension::Dimension;
    use domain::geo::LatLng;
    use domain::symbol::Sym;

    use super::*;

    fn points(count: u32) -> Points {
        let (mut points, mut cells) = (Points::default(), CellCache::default());
        for ix in 0..count {
            let at = Timestamp::from_secs(i64::from(ix));
            let attrs = Attrs {
                dims: [Sym(ix % 7); Dimension::COUNT],
                point: (ix % 3 > 0).then_some(LatLng { lat: 10.7, lng: 106.7 }),
                unmapped: ix % 5 == 0,
            };
            let point = Point {
                at,
                since: at.plus_secs(5),
                weight: 1,
                measure: Measure::Resolved,
                judged: Judgement::None,
                quantity: (ix % 2 > 0).then_some(i64::from(ix)),
                attrs: attrs.into(),
            };
            points.push(&mut cells, CaseIx(ix / 4), if ix % 9 == 0 { -1 } else { 1 }, &point);
        }
        points
    }

    #[test]
    fn counts_come_back_as_they_were() {
        for count in [0, 1, 2, 1_000] {
            let bytes = points(count).to_bytes();
            let read = ImagePart::read(&bytes).unwrap().0;
            assert!(read.equals_missing(&points(count).into_frame().unwrap()), "{count}");
        }
    }

    #[test]
    fn bytes_of_another_number_are_refused() {
        let bytes = points(10).to_bytes();
        for wrong in [&bytes[..bytes.len() - 1], &[&bytes[..], b"x"].concat(), &bytes[..3], &[]] {
            assert_eq!(ImagePart::read(wrong).unwrap_err(), ImageError::CutOff);
        }
    }
}
