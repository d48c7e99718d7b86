//! The screens of Toàn Cảnh: pages, panels, charts, the map, the live store, two languages.
//! Built for the server (`ssr`) and for the browser (`hydrate`). Never here: aggregates, business
//! rules, or fetching outside `live` and the server functions.

// A page is one type, as deep as its markup; optimised builds look through all of it.
#![recursion_limit = "512"]
#![allow(unreachable_pub)] // The component macro makes its functions and properties public.

pub mod address;
pub mod ask;
pub mod chart;
pub mod components;
pub mod error;
pub mod follow;
pub mod functions;
mod kept;
pub mod live;
pub mod locale;
mod look;
pub mod map;
mod offline;
pub mod pages;
mod places;
mod print;
pub mod scenes;
mod shell;
pub mod source;
pub mod table;
pub mod text;
pub mod theme;
pub mod training;
pub mod turns;

pub use shell::{App, shell};
