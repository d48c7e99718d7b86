//! Commands of the real program that ask no server: what they print, and how they end.

#![allow(clippy::unwrap_used)] // In a test that is the failure.

mod commands {
    mod check_city;
    mod deadline;
    mod program;
    mod refused;
    mod third_city;
    mod vectors;
}
