//! Everything that the product says, in Vietnamese and in English, and how it writes numbers, days
//! and durations. No component holds a sentence of its own.

pub mod alarms;
pub mod centre;
pub mod compare;
pub mod contacts;
pub mod date;
pub mod desks;
pub mod directives;
pub mod editor;
pub mod events;
pub mod follow;
pub mod keys;
pub mod lang;
pub mod lobby;
pub mod metrics;
pub mod number;
pub mod past;
pub mod public;
pub mod scenes;
pub mod screens;
pub mod sentences;
pub mod shift;
pub mod since;
pub mod stages;
pub mod today;
pub mod words;

pub use lang::{Lang, Say, begun};
