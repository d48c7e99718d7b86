//! The area under the hexagons of a city without boundaries: the union of the cells that ever had a
//! case, as GeoJSON. It is no boundary and is labelled *area with cases*.

use std::collections::HashSet;

use h3o::CellIndex;
use serde_json::{Value, json};

/// The resolution of the cells that are united.
pub(super) const AREA_RES: u8 = 8;

/// A collection with the cells (`part` = `ground`) and the outline of their union (`part` =
/// `outline`). What is no H3 cell is left out.
#[must_use]
pub(super) fn area(cells: impl IntoIterator<Item = u64>) -> Value {
    let cells: HashSet<CellIndex> =
        cells.into_iter().filter_map(|cell| CellIndex::try_from(cell).ok()).collect();
    let mut sorted: Vec<CellIndex> = cells.iter().copied().collect();
    sorted.sort_unstable();
    let ground: Vec<Value> = sorted.iter().map(|cell| json!([ring(*cell)])).collect();
    let outline: Vec<Value> = sorted
        .iter()
        .flat_map(|cell| cell.edges())
        .filter(|edge| !cells.contains(&edge.destination()))
        .map(|edge| edge.boundary().iter().map(|corner| position(*corner)).collect())
        .collect();
    json!({
        "type": "FeatureCollection",
        "features": [
            feature("ground", "MultiPolygon", &ground),
            feature("outline", "MultiLineString", &outline),
        ],
    })
}

/// The same with the outline of each cell: for cells that stand for themselves and not for an area.
#[must_use]
pub(super) fn apart(cells: impl IntoIterator<Item = u64>) -> Value {
    let mut cells: Vec<CellIndex> =
        cells.into_iter().filter_map(|cell| CellIndex::try_from(cell).ok()).collect();
    cells.sort_unstable();
    let rings: Vec<Value> = cells.into_iter().map(ring).collect();
    let ground: Vec<Value> = rings.iter().map(|ring| json!([ring])).collect();
    json!({
        "type": "FeatureCollection",
        "features": [
            feature("ground", "MultiPolygon", &ground),
            feature("outline", "MultiLineString", &rings),
        ],
    })
}

fn feature(part: &str, kind: &str, coordinates: &[Value]) -> Value {
    json!({
        "type": "Feature",
        "properties": { "part": part },
        "geometry": { "type": kind, "coordinates": coordinates },
    })
}

fn ring(cell: CellIndex) -> Value {
    let boundary = cell.boundary();
    boundary.iter().chain(boundary.first()).map(|corner| position(*corner)).collect()
}

/// Longitude first, to a tenth of a metre.
fn position(at: h3o::LatLng) -> Value {
    let rounded = |degrees: f64| (degrees * 1e6).round() / 1e6;
    json!([rounded(at.lng()), rounded(at.lat())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_apart_keep_the_lines_between_them() {
        let (together, apart) = (area(disk(1)), apart(disk(1)));
        assert_eq!(together["features"][0], apart["features"][0]);
        let lines = |value: &Value| value["features"][1]["geometry"]["coordinates"].as_array().unwrap().len();
        assert_eq!((lines(&together), lines(&apart)), (18, 7));
        assert_eq!(lines(&super::apart([0, 7])), 0);
    }

    fn disk(rings: u32) -> Vec<u64> {
        let middle: CellIndex = 0x0882_a306_639f_ffff_u64.try_into().unwrap();
        middle.grid_disk::<Vec<_>>(rings).into_iter().map(u64::from).collect()
    }

    #[track_caller]
    fn check(rings: u32, ground: usize, outline: usize) {
        let area = area(disk(rings));
        let count =
            |feature: usize| area["features"][feature]["geometry"]["coordinates"].as_array().map(Vec::len);
        assert_eq!((count(0), count(1)), (Some(ground), Some(outline)));
    }

    #[test]
    fn only_edges_without_a_neighbour_are_outline() {
        check(0, 1, 6);
        check(1, 7, 18);
        check(2, 19, 30);
    }

    #[test]
    fn rings_are_closed() {
        let area = area(disk(0));
        let ring = area["features"][0]["geometry"]["coordinates"][0][0].as_array().unwrap().clone();
        assert_eq!(ring.len(), 7);
        assert_eq!(ring.first(), ring.last());
    }

    #[test]
    fn no_cells_are_an_empty_area() {
        let empty = area([0, 7]);
        assert_eq!(empty["features"][0]["geometry"]["coordinates"], json!([]));
    }
}
