//! Whether a point lies in an area that is drawn as rings of points.

use crate::geo::{Extent, LatLng};

/// A closed line; the last point may repeat the first.
pub type Ring = Vec<LatLng>;

/// Where a unit lies: an extent to look at first, and all rings of all its parts, holes among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    code: String,
    extent: Extent,
    rings: Vec<Ring>,
}

impl Outline {
    /// The outline of the unit with this code.
    #[must_use]
    pub fn new(code: String, rings: Vec<Ring>) -> Self {
        let none = Extent {
            south: f64::INFINITY,
            west: f64::INFINITY,
            north: f64::NEG_INFINITY,
            east: f64::NEG_INFINITY,
        };
        let extent = rings.iter().flatten().fold(none, |extent, point| Extent {
            south: extent.south.min(point.lat),
            west: extent.west.min(point.lng),
            north: extent.north.max(point.lat),
            east: extent.east.max(point.lng),
        });
        Self { code, extent, rings }
    }

    /// The unit's code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether the point lies inside: a line from it to the east crosses the rings an odd number of
    /// times. Each edge holds its southern end and not its northern one, so that of two areas with a
    /// common edge exactly one has a point on it.
    #[must_use]
    pub fn contains(&self, point: LatLng) -> bool {
        self.extent.contains(point)
            && self.rings.iter().map(|ring| crossings(ring, point)).sum::<usize>() % 2 == 1
    }
}

fn crossings(ring: &[LatLng], point: LatLng) -> usize {
    let ends = ring.iter().skip(1).chain(ring.first());
    ring.iter()
        .zip(ends)
        .filter(|(a, b)| {
            let (low, high) = if a.lat <= b.lat { (a, b) } else { (b, a) };
            // The same sum whichever area's ring holds the edge: from its southern to its northern end.
            let is_beside = low.lat <= point.lat && point.lat < high.lat;
            is_beside && {
                let share = (point.lat - low.lat) / (high.lat - low.lat);
                point.lng < low.lng + share * (high.lng - low.lng)
            }
        })
        .count()
}
