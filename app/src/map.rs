//! The hexagon map: data → one [`HexFrame`] → bytes per cell → a thin WebGL2 layer inside MapLibre. A tick costs
//! what it changes: the frame, its legend's counts and the bytes are changed in place.
//! Everything up to the bytes is pure and tested without a browser; `layer`, `gpu`, `bridge` and
//! `stage` exist in the browser only. What MapLibre is told goes through `js/map.js` alone.

mod area;
mod asked;
mod basemap;
mod chooser;
mod counts;
mod frame;
mod legend;
mod list;
mod measure;
mod mercator;
mod names;
mod news;
mod open;
mod outline;
mod places;
mod ramp;
mod resolution;
mod scale;
mod shown;
mod small;
mod view;
mod words;

#[cfg(any(test, feature = "hydrate"))]
mod geometry;
#[cfg(any(test, feature = "hydrate"))]
mod motion;
#[cfg(any(test, feature = "hydrate"))]
mod picture;

#[cfg(feature = "hydrate")]
mod bridge;
#[cfg(feature = "hydrate")]
mod gpu;
#[cfg(feature = "hydrate")]
mod layer;

#[cfg(feature = "hydrate")]
#[path = "map/stage.rs"]
mod platform;
#[cfg(not(feature = "hydrate"))]
#[path = "map/inert.rs"]
mod platform;

pub use asked::cell_address;
pub use chooser::{MeasureChooser, MeasureChooserProps};
pub use counts::Counts;
pub use frame::{HexCell, HexFrame};
pub use measure::{MEASURES, subject};
pub use open::{OpenMap, OpenMapProps};
pub use ramp::{Rgb, ramp};
pub use scale::Scale;
pub use small::{MAPS_MAX, SmallMaps, SmallMapsProps};
pub use view::{HexMap, HexMapProps};
