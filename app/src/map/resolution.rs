//! How fine the hexagons are: as fine as a finger (or an eye at six metres) can use at the zoom
//! that is shown.

use h3o::{LatLng, Resolution};

use crate::theme::Theme;

/// The coarsest and the finest resolution that the city's numbers are kept in.
pub(super) const RES_MIN: u8 = 7;
/// See [`RES_MIN`].
pub(super) const RES_MAX: u8 = 10;

/// The earth's circumference at the equator as the web mercator projection takes it, in metres.
const EARTH_METRES: f64 = 40_075_016.685_578_49;

/// MapLibre's world is this many CSS pixels wide at zoom 0.
const WORLD_PX_AT_ZOOM_0: f64 = 512.0;

/// Mean areas of H3 cells in km², from resolution 7 on.
const AREAS_KM2: [f64; 4] = [5.161_293_36, 0.737_327_598, 0.105_332_513, 0.015_047_502];

/// What is shown of the world.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Camera {
    /// MapLibre's zoom: the world is 512 · 2^zoom CSS pixels wide.
    pub(super) zoom: f64,
    /// Western edge, degrees.
    pub(super) west: f64,
    /// Southern edge, degrees.
    pub(super) south: f64,
    /// Eastern edge, degrees.
    pub(super) east: f64,
    /// Northern edge, degrees.
    pub(super) north: f64,
    /// The text size of the map's place on the page, in CSS pixels: it grows with a wall.
    pub(super) em_px: f64,
}

impl Camera {
    /// Latitude of the middle, degrees.
    #[must_use]
    pub(super) fn lat(&self) -> f64 {
        f64::midpoint(self.south, self.north)
    }

    /// Width of the whole world, in CSS pixels.
    #[must_use]
    pub(super) fn world_px(&self) -> f64 {
        WORLD_PX_AT_ZOOM_0 * self.zoom.exp2()
    }

    /// Width of the picture, in the text size of its place on the page.
    #[must_use]
    fn width_em(&self) -> f64 {
        (self.east - self.west) / 360.0 * self.world_px() / self.em_px
    }

    /// Whether a point is in the picture.
    #[must_use]
    pub(super) fn sees(&self, lat: f64, lng: f64) -> bool {
        (self.south..=self.north).contains(&lat) && (self.west..=self.east).contains(&lng)
    }

    /// West, south, east and north, for who reads the page.
    #[must_use]
    pub(super) fn bounds_text(&self) -> String {
        let Self { west, south, east, north, .. } = self;
        format!("{west:.7},{south:.7},{east:.7},{north:.7}")
    }

    /// How far a point is from the middle of the picture: only to be compared.
    #[must_use]
    pub(super) fn off_middle(&self, point: domain::geo::LatLng) -> f64 {
        (point.lat - self.lat()).hypot(point.lng - f64::midpoint(self.west, self.east))
    }

    /// Width of a mean hexagon across its flats, in CSS pixels.
    #[must_use]
    pub(super) fn hexagon_px(&self, res: u8) -> f64 {
        hexagon_metres(res) * self.world_px() / (EARTH_METRES * self.lat().to_radians().cos())
    }

    /// The resolution to show.
    #[must_use]
    pub(super) fn res(&self, theme: Theme) -> u8 {
        let px_min = hexagon_em_min(theme, self.width_em()) * self.em_px;
        let fine_enough = (RES_MIN..=RES_MAX).rev().find(|res| self.hexagon_px(*res) >= px_min);
        fine_enough.unwrap_or(RES_MIN)
    }
}

/// From this width on a map is a screen of its own and no longer a panel beside a table.
const SCREEN_EM: f64 = 40.0;

/// The narrowest hexagon that still says something, in the text's own size: a wall is read from
/// afar, a map of its own is tapped with a finger, a panel shows the pattern.
fn hexagon_em_min(theme: Theme, width_em: f64) -> f64 {
    match theme {
        Theme::Wall => 1.6,
        Theme::Office if width_em >= SCREEN_EM => 1.2,
        Theme::Office => 0.7,
    }
}

/// Across the flats of a regular hexagon with the mean area of this resolution.
fn hexagon_metres(res: u8) -> f64 {
    let place = usize::from(res.clamp(RES_MIN, RES_MAX) - RES_MIN);
    (AREAS_KM2[place] * 2.0 / 3.0_f64.sqrt()).sqrt() * 1_000.0
}

/// The resolution of a first picture that nobody has looked at yet: what the server draws.
/// `bounds` is west, south, east, north in degrees; the width is a usual one.
#[must_use]
pub(super) fn res_at_first(bounds: [f64; 4], theme: Theme) -> u8 {
    let [west, south, east, north] = bounds;
    // A map's place on the page: 1,820 px of 32 px text on the wall, 380 px of 16 px text in the
    // office. The browser measures the true one and asks again if it comes out otherwise.
    let (width_px, em_px) = match theme {
        Theme::Wall => (1_820.0, 32.0),
        Theme::Office => (380.0, 16.0),
    };
    let share = ((east - west) / 360.0).max(1e-9);
    let zoom = (width_px / (WORLD_PX_AT_ZOOM_0 * share)).log2();
    Camera { zoom, west, south, east, north, em_px }.res(theme)
}

/// The area of the hexagons of this resolution where the map lies, in km²: hexagons are not equally
/// large everywhere on earth. The mean where the place makes no sense.
#[must_use]
pub(super) fn hexagon_km2(res: u8, bounds: [f64; 4]) -> f64 {
    let [west, south, east, north] = bounds;
    let mean = AREAS_KM2[usize::from(res.clamp(RES_MIN, RES_MAX) - RES_MIN)];
    let middle = LatLng::new(f64::midpoint(south, north), f64::midpoint(west, east)).ok();
    let res = Resolution::try_from(res).ok();
    middle.zip(res).map_or(mean, |(middle, res)| middle.to_cell(res).area_km2())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOSTON: [f64; 4] = [-71.20, 42.23, -70.98, 42.40];

    fn camera(zoom: f64) -> Camera {
        Camera { zoom, west: -71.2, south: 42.2, east: -70.9, north: 42.4, em_px: 16.0 }
    }

    #[test]
    fn resolution_follows_zoom_from_7_to_10() {
        let shown: Vec<u8> = (6..=18).map(|zoom| camera(f64::from(zoom)).res(Theme::Office)).collect();
        assert_eq!(shown.first(), Some(&RES_MIN));
        assert_eq!(shown.last(), Some(&RES_MAX));
        assert!(shown.windows(2).all(|pair| pair[0] <= pair[1] && pair[1] - pair[0] <= 1), "{shown:?}");
        for zoom in 10..15 {
            let camera = camera(f64::from(zoom));
            assert!(camera.hexagon_px(camera.res(Theme::Office)) >= 11.2);
        }
    }

    #[test]
    fn larger_text_wants_larger_hexagons() {
        let near = camera(12.0);
        let far = Camera { em_px: 64.0, ..near };
        assert!(far.res(Theme::Wall) < near.res(Theme::Wall));
    }

    #[test]
    fn a_first_picture_of_a_city_is_of_resolution_8() {
        assert_eq!(res_at_first(BOSTON, Theme::Wall), 8);
        assert_eq!(res_at_first(BOSTON, Theme::Office), 8);
        // Bounds that make no sense still give a resolution that exists.
        assert_eq!(res_at_first([0.0; 4], Theme::Wall), RES_MAX);
    }

    #[test]
    fn the_stated_area_is_that_of_the_citys_own_hexagons() {
        let there = hexagon_km2(8, BOSTON);
        assert!((0.4..1.0).contains(&there), "{there}");
        assert!((hexagon_km2(8, [f64::NAN; 4]) - 0.737_327_598).abs() < 1e-9);
        assert!(hexagon_km2(7, BOSTON) > there * 6.0);
    }
}
