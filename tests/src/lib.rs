//! What the end-to-end tests share: the real program, started and stopped; a plain HTTP client; an
//! oracle that counts the Boston file by itself, with no code of the product.

pub mod boston;
pub mod events;
pub mod left_out;
pub mod power;
pub mod program;
pub mod redis;
pub mod servers;
pub mod socket;

pub use program::{Program, Reply};
