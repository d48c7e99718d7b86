//! Hexagons as GeoJSON (RFC 7946): one polygon a cell, its outer ring counter-clockwise and
//! closed, longitude before latitude.

use domain::answer::Hexagons;
use domain::problem::Problem;
use h3o::CellIndex;
use serde_json::{Value as Json, json};

use super::problem::internal;

/// Decimals of a degree that are written: about a centimetre.
const SCALE: f64 = 1e7;

/// A feature collection. What belongs to the whole answer stands beside `features`.
pub(super) fn collection(hexagons: &Hexagons) -> Result<Vec<u8>, Problem> {
    let features: Vec<Json> =
        hexagons.cells.iter().filter_map(|(cell, number)| feature(cell, *number)).collect();
    let collection = json!({
        "type": "FeatureCollection",
        "seq": hexagons.seq,
        "at": hexagons.at,
        "metric": hexagons.metric,
        "res": hexagons.res,
        "no_position": hexagons.no_position,
        "features": features,
    });
    serde_json::to_vec(&collection).map_err(|error| {
        tracing::error!(%error, "hexagons could not be written");
        internal()
    })
}

fn feature(cell: &str, number: i64) -> Option<Json> {
    let ring = ring(cell.parse().ok()?);
    Some(json!({
        "type": "Feature",
        "id": cell,
        "properties": { "cell": cell, "n": number },
        "geometry": { "type": "Polygon", "coordinates": [ring] },
    }))
}

/// The corners of a cell, closed, as h3o gives them: counter-clockwise.
fn ring(cell: CellIndex) -> Vec<[f64; 2]> {
    let round = |degrees: f64| (degrees * SCALE).round() / SCALE;
    let boundary = cell.boundary();
    let mut ring: Vec<[f64; 2]> =
        boundary.iter().map(|corner| [round(corner.lng()), round(corner.lat())]).collect();
    ring.extend(ring.first().copied());
    ring
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_closed_and_runs_counter_clockwise_around_its_cell() {
        for point in [(42.36, -71.06), (10.77, 106.7), (-33.9, 151.2)] {
            let cell = h3o::LatLng::new(point.0, point.1).unwrap().to_cell(h3o::Resolution::Eight);
            let ring = ring(cell);
            assert_eq!(ring.first(), ring.last());
            assert_eq!(ring.len(), 7);
            let doubled_area: f64 =
                ring.windows(2).map(|pair| pair[0][0] * pair[1][1] - pair[1][0] * pair[0][1]).sum();
            assert!(doubled_area > 0.0, "{ring:?}");
        }
    }

    #[test]
    fn the_collection_says_which_state_it_is_of() {
        let hexagons = Hexagons {
            at: "2015-10-01T00:00:00-04:00".into(),
            metric: "open".into(),
            res: 8,
            cells: vec![("882a306639fffff".into(), 4)],
            no_position: 2,
            ..Hexagons::default()
        };
        let json: Json = serde_json::from_slice(&collection(&hexagons).unwrap()).unwrap();
        assert_eq!(json["type"], "FeatureCollection");
        assert_eq!(json["no_position"], 2);
        assert_eq!(json["features"][0]["properties"], json!({ "cell": "882a306639fffff", "n": 4 }));
        assert_eq!(json["seq"], "00000000000000000000");
    }
}
