//! Web mercator: x to the east and y to the south, the whole world from 0 to 1.

use std::f64::consts::PI;

/// Where a point lies.
#[must_use]
pub(super) fn mercator(lat_deg: f64, lng_deg: f64) -> [f64; 2] {
    let lat = lat_deg.to_radians();
    [(lng_deg + 180.0) / 360.0, 0.5 - (PI / 4.0 + lat / 2.0).tan().ln() / (2.0 * PI)]
}

/// Latitude and longitude of a place on the map, in degrees.
#[must_use]
pub(super) fn from_mercator([x, y]: [f64; 2]) -> (f64, f64) {
    let lat = 2.0 * ((0.5 - y) * 2.0 * PI).exp().atan() - PI / 2.0;
    (lat.to_degrees(), x * 360.0 - 180.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mercator_is_the_webs() {
        assert_eq!(mercator(0.0, 0.0), [0.5, 0.5]);
        let [x, y] = mercator(85.051_128_779_806_6, -180.0);
        assert!(x.abs() < 1e-12 && y.abs() < 1e-12);
    }

    #[test]
    fn a_place_on_the_map_is_a_point_on_the_ground_again() {
        for (lat, lng) in [(10.776, 106.70), (42.36, -71.06), (-33.9, 151.2)] {
            let (lat_again, lng_again) = from_mercator(mercator(lat, lng));
            assert!((lat - lat_again).abs() < 1e-9 && (lng - lng_again).abs() < 1e-9);
        }
    }
}
