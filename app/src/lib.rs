//! The screens of Toàn Cảnh: pages, panels, charts, the map, the live store, two languages.
//! Built for the server (`ssr`) and for the browser (`hydrate`). Never here: aggregates, business
//! rules, or fetching outside `live` and the server functions.

pub mod source;
