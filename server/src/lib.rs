//! The server of Toàn Cảnh: gateway → log → fold → cube → hub → screens, and the command
//! `toancanh`. Business rules live in `domain`, aggregates in `engine`, pages in `app`.

// The way of an event.
pub mod gateway;
pub mod source;
pub mod store;
pub mod core;
pub mod hub;

// The city and its time.
pub mod city;
pub mod document;
pub mod clock;

// What answers.
pub mod http;
pub mod telemetry;

// The whole, and its commands.
pub mod running;
pub mod settings;
pub mod import;
pub mod cli;
