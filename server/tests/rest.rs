//! The REST calls and the pages, asked over a real socket of a real server with a real log. One
//! program for all of them: linking the server takes longer than running them.

// A test that meets something unexpected should stop there.
#![allow(clippy::unwrap_used)]

#[path = "rest/access.rs"]
mod access;
#[path = "rest/alarms.rs"]
mod alarms;
#[path = "rest/alerts.rs"]
mod alerts;
#[path = "rest/bad_input.rs"]
mod bad_input;
#[path = "rest/case.rs"]
mod case;
#[path = "rest/centre.rs"]
mod centre;
#[path = "rest/clock.rs"]
mod clock;
#[path = "rest/data.rs"]
mod data;
#[path = "rest/desks.rs"]
mod desks;
#[path = "rest/directives.rs"]
mod directives;
#[path = "rest/law.rs"]
mod law;
#[path = "rest/live.rs"]
mod live;
#[path = "rest/numbers.rs"]
mod numbers;
#[path = "rest/openapi.rs"]
mod openapi;
#[path = "rest/opening.rs"]
mod opening;
#[path = "rest/pages.rs"]
mod pages;
#[path = "rest/public.rs"]
mod public;
#[path = "rest/quality.rs"]
mod quality;
#[path = "rest/restart.rs"]
mod restart;
#[path = "rest/scenes.rs"]
mod scenes;
#[path = "rest/screens.rs"]
mod screens;
#[path = "rest/service.rs"]
mod service;
#[path = "rest/shift.rs"]
mod shift;
#[path = "rest/support.rs"]
mod support;
