//! Points and extents on the ground, in degrees (WGS 84).

use serde::{Deserialize, Serialize};

/// A point on the ground.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatLng {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lng: f64,
}

/// A rectangle in degrees that does not cross the 180th meridian.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    /// Southern edge, degrees north.
    pub south: f64,
    /// Western edge, degrees east.
    pub west: f64,
    /// Northern edge, degrees north.
    pub north: f64,
    /// Eastern edge, degrees east.
    pub east: f64,
}

impl Extent {
    /// The whole world.
    pub const WORLD: Self = Self { south: -90.0, west: -180.0, north: 90.0, east: 180.0 };

    /// Whether the point lies in the rectangle, edges included.
    #[must_use]
    pub fn contains(&self, point: LatLng) -> bool {
        (self.south..=self.north).contains(&point.lat) && (self.west..=self.east).contains(&point.lng)
    }
}
