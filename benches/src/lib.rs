//! What the benchmarks share: events of a believable city, and figures printed in one form.
//!
//! Each benchmark is a program of its own in `src/bin` and answers one question, beside a named
//! baseline measured in the same run. The figures last seen stand in `README.md`.

pub mod city;
pub mod figures;
pub mod load;
