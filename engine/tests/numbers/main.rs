//! The engine from outside: events in, numbers out, held against a count that shares nothing with
//! it but the timelines of cases.
//!
//! One binary, since linking polars is what takes the time.

// A test says that something is wrong by panicking.
#![allow(clippy::unwrap_used)]

mod agree;
mod buckets;
mod images;
mod known;
mod lists;
mod live;
mod oracle;
mod receipts;
mod refused;
mod registry;
mod satisfaction;
mod stages;
mod world;
