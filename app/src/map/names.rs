//! Where the names stand. A name must not cover the middle of a hexagon, whose colour is a number:
//! each name is moved as little as needed, so that the middles of drawn hexagons, and the names
//! placed before it, stay free. Where there is no such place it is left out; only where hexagons are
//! hardly larger than letters, so that no name would be left, it takes the place that covers least.

use serde_json::{Value, json};

use super::frame::HexFrame;
use super::mercator::{from_mercator, mercator};
use super::places::Place;
use super::resolution::Camera;

/// Mean width of a letter, and half the height of a line with its marks above and below, in the
/// size of the text; both with their halo. Generous: a name must not reach further.
const LETTER_EM: f64 = 0.6;
const HALF_HEIGHT_EM: f64 = 0.68;
/// Room for rounding to pixels.
const MARGIN_PX: f64 = 2.0;

/// How far a name may move, in widths of a hexagon, and in how many steps and directions it tries.
const REACH: f64 = 0.9;
const RINGS: u32 = 9;
const DIRECTIONS: u32 = 16;

/// From this width of a hexagon on, in the size of the text, there is room for names between middles.
const ROOMY: f64 = 2.0;

/// A covered name counts as much as so many covered hexagons.
const NAME_WEIGHT: usize = 3;

/// A rectangle on the screen by its middle, in CSS pixels of the whole world at this zoom.
#[derive(Clone, Copy, Debug)]
struct Plate {
    x: f64,
    y: f64,
    half_width: f64,
    half_height: f64,
}

impl Plate {
    fn moved(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }

    fn covers(&self, [x, y]: [f64; 2]) -> bool {
        (x - self.x).abs() <= self.half_width && (y - self.y).abs() <= self.half_height
    }

    fn meets(&self, other: &Self) -> bool {
        (other.x - self.x).abs() < self.half_width + other.half_width
            && (other.y - self.y).abs() < self.half_height + other.half_height
    }
}

/// The names as GeoJSON, standing where they cover least at this camera. `text_px` is their size in
/// CSS pixels. Where two do not fit beside each other MapLibre keeps the one nearer to the middle.
#[must_use]
pub(super) fn names(places: &[Place], camera: &Camera, frame: &HexFrame, text_px: f64) -> Value {
    let world_px = camera.world_px();
    let on_screen = |lat: f64, lng: f64| mercator(lat, lng).map(|share| share * world_px);
    let reach_px = camera.hexagon_px(frame.res()) * REACH;
    let is_roomy = camera.hexagon_px(frame.res()) >= text_px * ROOMY;
    let middles: Vec<[f64; 2]> = frame
        .cells()
        .filter_map(|cell| h3o::CellIndex::try_from(cell.cell).ok())
        .map(h3o::LatLng::from)
        .filter(|middle| camera.sees(middle.lat(), middle.lng()))
        .map(|middle| on_screen(middle.lat(), middle.lng()))
        .collect();
    let mut ranked: Vec<&Place> =
        places.iter().filter(|place| camera.sees(place.centre.lat, place.centre.lng)).collect();
    ranked.sort_by(|one, two| camera.off_middle(one.centre).total_cmp(&camera.off_middle(two.centre)));
    let mut placed: Vec<Plate> = Vec::new();
    let mut features = Vec::new();
    for (rank, place) in ranked.into_iter().enumerate() {
        let [x, y] = on_screen(place.centre.lat, place.centre.lng);
        let plate = stand(plate(&place.name, x, y, text_px), reach_px, &middles, &placed);
        if is_roomy && middles.iter().any(|middle| plate.covers(*middle)) {
            continue;
        }
        let (lat, lng) = from_mercator([plate.x / world_px, plate.y / world_px]);
        features.push(json!({
            "type": "Feature",
            "properties": { "name": place.name, "rank": rank },
            "geometry": { "type": "Point", "coordinates": [lng, lat] },
        }));
        placed.push(plate);
    }
    json!({ "type": "FeatureCollection", "features": features })
}

#[allow(clippy::cast_precision_loss)] // Letters of a name.
fn plate(name: &str, x: f64, y: f64, text_px: f64) -> Plate {
    let half_width = name.chars().count() as f64 * LETTER_EM * text_px / 2.0 + MARGIN_PX;
    Plate { x, y, half_width, half_height: HALF_HEIGHT_EM * text_px + MARGIN_PX }
}

/// The nearest place that covers least.
fn stand(own: Plate, reach_px: f64, middles: &[[f64; 2]], placed: &[Plate]) -> Plate {
    let within =
        Plate { half_width: own.half_width + reach_px, half_height: own.half_height + reach_px, ..own };
    let near: Vec<[f64; 2]> = middles.iter().copied().filter(|middle| within.covers(*middle)).collect();
    let covered = |plate: &Plate| {
        let hexagons = near.iter().filter(|middle| plate.covers(**middle)).count();
        hexagons + NAME_WEIGHT * placed.iter().filter(|other| plate.meets(other)).count()
    };
    let mut best = (covered(&own), own);
    for (dx, dy) in steps(reach_px) {
        if best.0 == 0 {
            break;
        }
        let plate = own.moved(dx, dy);
        let count = covered(&plate);
        if count < best.0 {
            best = (count, plate);
        }
    }
    best.1
}

/// Moves in all directions, the smallest first.
fn steps(reach_px: f64) -> impl Iterator<Item = (f64, f64)> {
    (1..=RINGS).flat_map(move |ring| {
        let far = reach_px * f64::from(ring) / f64::from(RINGS);
        (0..DIRECTIONS).map(move |direction| {
            let angle = f64::from(direction) / f64::from(DIRECTIONS) * std::f64::consts::TAU;
            (far * angle.cos(), far * angle.sin())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Value;
    use domain::geo::LatLng;

    const NAMES: [&str; 9] = [
        "Sài Gòn",
        "Bến Thành",
        "Tân Định",
        "Cầu Ông Lãnh",
        "Gia Định",
        "Bình Thạnh",
        "An Khánh",
        "Chợ Lớn",
        "Gò Vấp",
    ];

    /// Hexagons without a hole, `text_px` a share of their width.
    fn city(text_share: f64) -> (Vec<Place>, Camera, HexFrame, f64) {
        let middle = h3o::LatLng::new(10.78, 106.70).unwrap().to_cell(h3o::Resolution::Eight);
        let mut frame = HexFrame::empty(8);
        for cell in middle.grid_disk::<Vec<_>>(12) {
            frame.set(&Value::Text(cell.to_string()), &[Value::Int(1)]);
        }
        let camera =
            Camera { zoom: 12.5, west: 106.62, south: 10.70, east: 106.78, north: 10.86, em_px: 16.0 };
        let places = NAMES.iter().enumerate().map(|(place, name)| Place {
            name: (*name).to_owned(),
            centre: LatLng {
                lat: 10.73 + 0.013 * (place % 3) as f64 * 2.5,
                lng: 106.66 + 0.011 * (place / 3) as f64 * 2.7,
            },
        });
        let text_px = camera.hexagon_px(8) * text_share;
        (places.collect(), camera, frame, text_px)
    }

    /// How many names there are, how many middles they cover, and how many they would cover unmoved.
    fn covered(text_share: f64) -> (usize, usize, usize) {
        let (places, camera, frame, text_px) = city(text_share);
        let names = names(&places, &camera, &frame, text_px);
        let features = names["features"].as_array().unwrap();
        let moved = features.iter().map(|feature| {
            let at = |place: usize| feature["geometry"]["coordinates"][place].as_f64().unwrap();
            (feature["properties"]["name"].as_str().unwrap(), at(1), at(0))
        });
        let unmoved = places.iter().map(|place| (place.name.as_str(), place.centre.lat, place.centre.lng));
        let count = |name: &str, lat: f64, lng: f64| {
            let on_screen = |lat, lng| mercator(lat, lng).map(|share| share * camera.world_px());
            let [x, y] = on_screen(lat, lng);
            let plate = plate(name, x, y, text_px);
            let cells = frame.cells().map(|cell| h3o::CellIndex::try_from(cell.cell).unwrap());
            cells
                .map(h3o::LatLng::from)
                .filter(|cell| plate.covers(on_screen(cell.lat(), cell.lng())))
                .count()
        };
        let sum = |names: &mut dyn Iterator<Item = (&str, f64, f64)>| {
            names.map(|(name, lat, lng)| count(name, lat, lng)).sum::<usize>()
        };
        (features.len(), sum(&mut moved.into_iter()), sum(&mut unmoved.into_iter()))
    }

    #[test]
    fn on_a_wall_no_name_covers_the_middle_of_a_hexagon() {
        for text_share in [0.2, 0.3, 0.4] {
            let (shown, covered, unmoved) = covered(text_share);
            assert_eq!((shown, covered), (NAMES.len(), 0), "{text_share}");
            assert!(unmoved > 0, "nothing was in the way: the test says nothing");
        }
    }

    #[test]
    fn where_hexagons_are_small_a_name_covers_fewer_than_where_it_belongs() {
        let (shown, covered, unmoved) = covered(0.7);
        assert_eq!(shown, NAMES.len());
        assert!(covered < unmoved, "{covered} of {unmoved}");
    }

    #[test]
    fn a_name_stays_where_it_belongs_when_nothing_is_under_it() {
        let (places, camera, _, text_px) = city(0.3);
        let names = names(&places, &camera, &HexFrame::empty(8), text_px);
        for feature in names["features"].as_array().unwrap() {
            let place =
                places.iter().find(|place| feature["properties"]["name"] == place.name.as_str()).unwrap();
            let lat = feature["geometry"]["coordinates"][1].as_f64().unwrap();
            assert!((lat - place.centre.lat).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_out_of_sight_is_not_named() {
        let (mut places, camera, frame, text_px) = city(0.3);
        places[0].centre = LatLng { lat: 8.69, lng: 106.6 };
        let names = names(&places, &camera, &frame, text_px);
        assert_eq!(names["features"].as_array().map(Vec::len), Some(NAMES.len() - 1));
    }
}
