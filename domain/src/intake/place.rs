//! Whether a point can be believed. One that cannot leaves the case without a position, flagged.

use serde_json::{Map, Value as Json};

use super::attributes::{mistyped, optional_object};
use crate::city::City;
use crate::event::Flag;
use crate::geo::LatLng;
use crate::problem::Problem;

/// Reads `point` of an incident location: `{"lat", "lng"}`.
pub(super) fn read(
    location: &Map<String, Json>,
    city: &City,
    flags: &mut Vec<Flag>,
) -> Result<Option<LatLng>, Problem> {
    let Some(point) = optional_object(location, "point")? else {
        return Ok(None);
    };
    let degree = |name: &str| {
        let value = point.get(name).and_then(Json::as_f64).filter(|value| value.is_finite());
        value.ok_or_else(|| mistyped("point", "is not {\"lat\": degrees, \"lng\": degrees}"))
    };
    let point = LatLng { lat: degree("lat")?, lng: degree("lng")? };
    let flag = doubt(point, city);
    flags.extend(flag);
    Ok(flag.is_none().then_some(point))
}

fn doubt(point: LatLng, city: &City) -> Option<Flag> {
    if point.lat == 0.0 && point.lng == 0.0 {
        return Some(Flag::PointZero);
    }
    if city.is_placeholder(point) {
        return Some(Flag::PointPlaceholder);
    }
    if city.extent.contains(point) {
        return None;
    }
    let swapped = LatLng { lat: point.lng, lng: point.lat };
    Some(if city.extent.contains(swapped) { Flag::PointSwapped } else { Flag::PointOutside })
}
