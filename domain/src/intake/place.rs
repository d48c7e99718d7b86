//! Where a case lies: whether its point can be believed, and under which ward and district it is
//! counted. A point that cannot be believed leaves the case without a position, flagged.

use serde_json::{Map, Value as Json};

use super::attributes::{mistyped, optional_object};
use super::body::Gate;
use crate::city::City;
use crate::dimension::Dimension;
use crate::event::{Flag, Patch};
use crate::geo::LatLng;
use crate::place::Found;
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

/// What an event says of where it happened.
pub(super) struct Stated<'a> {
    /// `incident_location.area_code`: the statistics office's, as in force when it happened.
    pub(super) area: Option<&'a str>,
    /// `ward`: of the newest map, whenever it happened.
    pub(super) ward: Option<&'a str>,
    /// `incident_location.point`, believable.
    pub(super) point: Option<LatLng>,
}

/// Fills the ward and the district that the source did not state itself.
pub(super) fn areas(stated: &Stated<'_>, gate: &Gate<'_>, flags: &mut Vec<Flag>, patches: &mut Vec<Patch>) {
    let places = &gate.city.places;
    let found = match stated {
        _ if places.is_empty() => None,
        Stated { area: Some(area), point, .. } => places.resolve(area, gate.time, *point),
        Stated { ward: Some(ward), .. } => places.of_ward(ward),
        Stated { point: Some(point), .. } => places.at_point(*point),
        Stated { .. } => None,
    };
    match (found, stated.area) {
        (Some(found), _) => by_lineage(found, gate, flags, patches),
        (None, Some(area)) => by_catalogue(area, gate, flags, patches),
        (None, None) => {}
    }
}

fn by_lineage(found: Found<'_>, gate: &Gate<'_>, flags: &mut Vec<Flag>, patches: &mut Vec<Patch>) {
    let was_stated = [Dimension::Ward, Dimension::District].map(|dimension| is_stated(dimension, patches));
    if was_stated == [true, true] {
        return;
    }
    if found.is_approximate {
        flags.push(Flag::PlaceApproximate);
    }
    if found.is_of_other_epoch {
        flags.push(Flag::PlaceOfOtherEpoch);
    }
    fill(Dimension::District, found.district, gate, flags, patches);
    if let Some(ward) = found.ward {
        fill(Dimension::Ward, ward, gate, flags, patches);
    }
}

/// Without lineage the code of an area fills the ward and the district above it, or the district
/// alone, by where the catalogue has it.
fn by_catalogue(area: &str, gate: &Gate<'_>, flags: &mut Vec<Flag>, patches: &mut Vec<Patch>) {
    let tree = |dimension: Dimension| gate.city.catalogue.tree(dimension);
    let has = |dimension| tree(dimension).is_some_and(|tree| tree.entries.contains_key(area));
    if has(Dimension::District) && !has(Dimension::Ward) {
        return fill(Dimension::District, area, gate, flags, patches);
    }
    fill(Dimension::Ward, area, gate, flags, patches);
    if let Some(parent) = tree(Dimension::Ward).and_then(|tree| tree.parent(area)) {
        fill(Dimension::District, &parent, gate, flags, patches);
    }
}

/// What the source states itself wins.
fn fill(dimension: Dimension, code: &str, gate: &Gate<'_>, flags: &mut Vec<Flag>, patches: &mut Vec<Patch>) {
    if !is_stated(dimension, patches) {
        let (code, known) = gate.code(dimension, code, flags);
        patches.push(Patch::Code(dimension, code, known));
    }
}

fn is_stated(dimension: Dimension, patches: &[Patch]) -> bool {
    patches.iter().any(|patch| matches!(patch, Patch::Code(other, ..) if *other == dimension))
}
