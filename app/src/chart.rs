//! Charts. plotters lays them out and draws on one backend of ours, which knows the served typeface
//! from a table instead of asking a browser: so the server and the browser draw the same bytes, and
//! no style attribute is ever written. Colours are names of classes; the style sheets say the rest.

mod advances;
mod backend;
mod days;
mod drawing;
mod figure;
mod paint;
mod part;
mod spark;
mod stacked;
mod usual;

pub use days::{Days, days};
pub use drawing::{Drawing, Shape};
pub use figure::Figure;
pub use paint::Paint;
pub use part::part;
pub use spark::spark;
pub use stacked::{Split, stacked};
pub use usual::{Usual, usual_band};
