//! The server of Toàn Cảnh: gateway → log → fold → cube → hub → screens, and the command
//! `toancanh`. Business rules live in `domain`, aggregates in `engine`, pages in `app`.

// The types of the pages are nested deeper than the compiler's default allows, as in `app`.
#![recursion_limit = "512"]

// The way of an event.
pub mod audit;
pub mod carrier;
pub mod core;
pub mod gateway;
pub mod hub;
pub mod signature;
pub mod source;
pub mod store;

// The city and its time.
pub mod city;
pub mod city_time;
pub mod clock;
pub mod clock_sync;
pub mod memos;
pub mod recompute;

// What answers.
pub mod http;
pub mod pages;
pub mod source_state;
pub mod telemetry;

// The whole, and its commands.
pub mod cli;
pub mod deadline;
pub mod demo;
pub mod image;
pub mod import;
pub mod rebuilding;
pub mod replay;
pub mod running;
mod scenes;
pub mod screens;
pub mod serve;
pub mod service;
pub mod settings;
pub mod simulate;
pub mod version;
