//! The shape of a ward, and points inside it.

use domain::geo::{Extent, LatLng};
use serde_json::Value as Json;

use super::chance::Chance;

/// How often a point is drawn in the surrounding rectangle before the shape counts as too thin: one of
/// a hundredth of its rectangle is missed so often once in 10^17.
const DRAWS_MAX: u32 = 4_000;

/// Areas with holes, in degrees.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Each ring of each polygon: outer ones and holes alike, since a point inside is surrounded by an
    /// odd number of rings.
    rings: Vec<Vec<LatLng>>,
    extent: Extent,
}

impl Shape {
    /// Reads the geometry of a GeoJSON feature. None where it is no area.
    pub(super) fn read(geometry: &Json) -> Option<Self> {
        let coordinates = geometry.get("coordinates")?.as_array()?;
        let polygons: Vec<&Json> = match geometry.get("type")?.as_str()? {
            "Polygon" => vec![geometry.get("coordinates")?],
            "MultiPolygon" => coordinates.iter().collect(),
            _ => return None,
        };
        let mut rings = Vec::new();
        for polygon in polygons {
            for ring in polygon.as_array()? {
                rings.push(ring.as_array()?.iter().map(position).collect::<Option<Vec<_>>>()?);
            }
        }
        let extent = extent(&rings)?;
        Some(Self { rings, extent })
    }

    /// Whether the point lies inside.
    pub(super) fn contains(&self, point: LatLng) -> bool {
        self.extent.contains(point) && self.rings.iter().filter(|ring| crosses(ring, point)).count() % 2 == 1
    }

    /// A point inside, each as likely as any other, with five decimals as sources send them.
    pub(super) fn draw(&self, chance: &mut Chance) -> Option<LatLng> {
        (0..DRAWS_MAX).find_map(|_| {
            let Extent { south, west, north, east } = self.extent;
            let lat = south + (north - south) * chance.unit();
            let lng = west + (east - west) * chance.unit();
            self.inside(LatLng { lat, lng })
        })
    }

    /// A point inside near another one; that one itself where none is found.
    pub(super) fn draw_near(&self, point: LatLng, radius_deg: f64, chance: &mut Chance) -> LatLng {
        (0..16).find_map(|_| self.inside(chance.near(point, radius_deg))).unwrap_or(point)
    }

    /// The area in square kilometres, good to a per cent.
    pub(super) fn area_km2(&self) -> f64 {
        const KM_PER_DEG: f64 = 111.32;
        let twice = |ring: &Vec<LatLng>| {
            let ends = ring.iter().zip(ring.iter().skip(1));
            ends.map(|(a, b)| a.lng * b.lat - b.lng * a.lat).sum::<f64>()
        };
        // Outer rings and holes run in opposite directions.
        let square_degrees = self.rings.iter().map(twice).sum::<f64>().abs() / 2.0;
        let lat = f64::midpoint(self.extent.south, self.extent.north);
        square_degrees * KM_PER_DEG * KM_PER_DEG * lat.to_radians().cos()
    }

    /// The middle of the surrounding rectangle.
    pub(super) fn middle(&self) -> LatLng {
        let Extent { south, west, north, east } = self.extent;
        LatLng { lat: f64::midpoint(south, north), lng: f64::midpoint(west, east) }
    }

    fn inside(&self, point: LatLng) -> Option<LatLng> {
        let round = |degrees: f64| (degrees * 1e5).round() / 1e5;
        let point = LatLng { lat: round(point.lat), lng: round(point.lng) };
        self.contains(point).then_some(point)
    }
}

fn position(json: &Json) -> Option<LatLng> {
    let pair = json.as_array()?;
    Some(LatLng { lng: pair.first()?.as_f64()?, lat: pair.get(1)?.as_f64()? })
}

fn extent(rings: &[Vec<LatLng>]) -> Option<Extent> {
    let first = *rings.first()?.first()?;
    let start = Extent { south: first.lat, west: first.lng, north: first.lat, east: first.lng };
    Some(rings.iter().flatten().fold(start, |extent, point| Extent {
        south: extent.south.min(point.lat),
        west: extent.west.min(point.lng),
        north: extent.north.max(point.lat),
        east: extent.east.max(point.lng),
    }))
}

/// Whether a line from the point eastwards crosses the ring an odd number of times.
fn crosses(ring: &[LatLng], point: LatLng) -> bool {
    let ends = ring.iter().zip(ring.iter().cycle().skip(1));
    ends.filter(|(a, b)| {
        let spans = (a.lat > point.lat) != (b.lat > point.lat);
        spans && point.lng < (b.lng - a.lng) * (point.lat - a.lat) / (b.lat - a.lat) + a.lng
    })
    .count()
        % 2
        == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn points_lie_inside_and_never_in_a_hole() {
        let square =
            |low: f64, high: f64| json!([[low, low], [high, low], [high, high], [low, high], [low, low]]);
        let hole = json!([[2.0, 2.0], [2.0, 8.0], [8.0, 8.0], [8.0, 2.0], [2.0, 2.0]]);
        let shape = Shape::read(&json!({
            "type": "MultiPolygon",
            "coordinates": [[square(0.0, 10.0), hole], [square(20.0, 21.0)]],
        }))
        .unwrap();
        let mut chance = Chance::of(1, "points", 0);
        let mut far = 0;
        for _ in 0..2_000 {
            let point = shape.draw(&mut chance).unwrap();
            let in_hole = (2.0..8.0).contains(&point.lat) && (2.0..8.0).contains(&point.lng);
            assert!(!in_hole && shape.contains(point), "{point:?}");
            far += u32::from(point.lat >= 20.0);
        }
        // One square of 65.
        assert!((10..60).contains(&far), "{far}");
        assert!(Shape::read(&json!({"type": "Point", "coordinates": [1.0, 2.0]})).is_none());
    }

    #[test]
    fn an_area_is_told_in_square_kilometres() {
        let shape = Shape::read(&json!({
            "type": "Polygon",
            "coordinates": [[[106.0, 0.0], [106.1, 0.0], [106.1, 0.1], [106.0, 0.1], [106.0, 0.0]]],
        }))
        .unwrap();
        assert!((shape.area_km2() - 123.9).abs() < 0.5, "{}", shape.area_km2());
    }
}
