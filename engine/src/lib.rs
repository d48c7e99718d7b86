//! The numbers of Toàn Cảnh: what each metric counts, and every way to ask for it.
//!
//! [`Registry`] says what a metric counts, once. [`Cube`] belongs to the task that owns the state
//! and takes in each step's changes; [`Frozen`] is a copy that any reader asks:
//!
//! | ask | for |
//! |---|---|
//! | [`evaluate`] | a table, from history |
//! | [`hexagons`] | a count over the map |
//! | [`Topic`] | a table that is kept up to date, tick by tick |
//! | [`satisfaction`] | what people think, with how many were asked and how many answered |
//! | [`receipt`] | where one number comes from |
//! | [`list_cases`], [`case_row`] | the cases themselves |
//!
//! polars and h3o stop here: neither appears in what is public. Rules about cases are `domain`'s.

mod batch;
mod calendar;
mod cases;
mod cells;
mod cube;
mod cursor;
mod error;
mod evaluate;
mod filter;
mod history;
pub mod image;
mod plan;
mod points;
mod receipt;
mod registry;
mod satisfaction;
mod scan;
mod tally;
mod topic;
mod view;

pub use batch::MicroBatch;
pub use cases::{CaseFilter, case_row, list_cases};
pub use cube::{Cube, Frozen};
pub use error::QueryError;
pub use evaluate::{evaluate, hexagons};
pub use history::History;
pub use receipt::receipt;
pub use registry::{Better, Entry, Formula, Measured, Registry};
pub use satisfaction::satisfaction;
pub use tally::share;
pub use topic::{Topic, TopicChange};
