//! Outlines from GeoJSON: polygons and multipolygons whose features carry a `code`.

use std::path::Path;

use domain::geo::LatLng;
use domain::place::{Outline, Ring};
use serde::Deserialize;

use super::super::CityError;
use super::super::table::fault;

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Properties,
    geometry: Geometry,
}

#[derive(Deserialize)]
struct Properties {
    code: String,
}

/// A ring is a list of positions; each begins with longitude and latitude.
type Rings = Vec<Vec<Vec<f64>>>;

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Geometry {
    Polygon { coordinates: Rings },
    MultiPolygon { coordinates: Vec<Rings> },
}

/// Reads a layer.
pub(super) fn read(path: &Path) -> Result<Vec<Outline>, CityError> {
    let open = |source| CityError::Unreadable { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(open)?;
    let collection: Collection =
        serde_json::from_str(&text).map_err(|error| fault(path, error.line(), error.to_string()))?;
    let outline = |feature: Feature| {
        let rings = match feature.geometry {
            Geometry::Polygon { coordinates } => coordinates,
            Geometry::MultiPolygon { coordinates } => coordinates.into_iter().flatten().collect(),
        };
        let code = feature.properties.code;
        let rings: Option<Vec<Ring>> =
            rings.iter().map(|ring| ring.iter().map(|at| point(at)).collect()).collect();
        let message = format!("the outline of {code:?} has a position without two numbers");
        rings.map(|rings| Outline::new(code, rings)).ok_or_else(|| fault(path, 1, message))
    };
    collection.features.into_iter().map(outline).collect()
}

fn point(position: &[f64]) -> Option<LatLng> {
    match position {
        [lng, lat, ..] => Some(LatLng { lat: *lat, lng: *lng }),
        _ => None,
    }
}
