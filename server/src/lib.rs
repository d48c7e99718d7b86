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
pub mod city_time;

// What answers.
pub mod http;
pub mod telemetry;
pub mod source_state;
pub mod pages;

// The whole, and its commands.
pub mod running;
pub mod serve;
pub mod settings;
pub mod import;
pub mod replay;
pub mod demo;
pub mod cli;
