//! A city to try the product on: a seeded, endless stream of events, statistically like a Vietnamese
//! city's. Every number in it (rates, proportions, delays, rain, outages) is data of the city's folder,
//! `simulation.toml`, with its source or the word *assumed*.
//!
//! A day at a time is planned: who reports what and where, and each case's whole story. The stories'
//! events wait in a heap and come out in the order of time, so that memory holds the open cases and
//! one day, however long the stream. The same seed gives the same bytes; a day's cases depend on the
//! seed and the day alone, whenever the stream begins.
//!
//! No names and telephone numbers of people are made up: events leave `reporter` and `applicant` out.

mod arrivals;
mod chance;
mod cluster;
mod counters;
mod dossier;
mod draft;
mod former;
mod live;
mod model;
mod polygon;
mod report;
mod sink;
mod story;
mod stream;
mod wards;
mod world;

pub use live::{Live, feed};
pub use model::{DemoPlan, Model};
pub use sink::{Made, Pace, Target, import, write};
pub use stream::{Simulated, Simulation};
pub use world::{Scale, SimulateError, World};

/// The file of a city's folder that says how to simulate it.
pub const FILE: &str = "simulation.toml";

#[cfg(test)]
mod tests;
